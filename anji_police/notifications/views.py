"""The inbox of a person, and the outbox for who watches delivery."""

from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from anji_police.notifications import services, sms
from anji_police.notifications.models import Notification, OutboxMessage
from anji_police.paging import Column, keyset


@require_safe
@login_required
def inbox(request):
    page = keyset(request, Notification.objects.visible_to(request.user).order_by("-id"), count=False)
    return render(request, "notifications/inbox.html", {"page": page})


@require_POST
@login_required
def read_all(request):
    services.mark_read(user=request.user)
    return redirect("notifications:inbox")


@require_POST
@login_required
def read_one(request, pk: int):
    """Mark one as read and go where it points."""
    found = get_object_or_404(Notification.objects.visible_to(request.user), pk=pk)
    services.mark_read(user=request.user, pk=found.pk)
    return redirect(found.url if found.url.startswith("/") else "notifications:inbox")


@require_safe
@login_required
@permission_required("notifications.view_outbox", raise_exception=True)
def outbox(request):
    columns = [
        Column(_("Written")),
        Column(_("Channel")),
        Column(_("To")),
        Column(_("State")),
        Column(_("Sent")),
        Column(_("Error")),
    ]
    page = keyset(request, OutboxMessage.objects.visible_to(request.user).order_by("-id"), count=False)
    gateway = sms.backend()
    written = gateway.recent() if isinstance(gateway, sms.FileBackend) else None
    return render(
        request, "notifications/outbox.html", {"page": page, "columns": columns, "written": written}
    )
