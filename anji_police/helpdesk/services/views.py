"""Saved views, and who else has a request open."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anji_police.accounts.models import User
from anji_police.audit import services as audit
from anji_police.errors import InvalidInput, NotAllowed
from anji_police.helpdesk.models import HelpRequest, Presence, SavedView

SHARE = "helpdesk.share_view"
PRESENT = timedelta(seconds=45)
MAX_VIEWS = 30


def save_view(
    *, actor: User, name: str, query: dict[str, list[str]], columns: list[str], is_shared: bool = False
) -> SavedView:
    """Keep a filter under a name; the same name again replaces it. Sharing shows it to the actor's unit and those below."""
    name = name.strip()
    if not 1 <= len(name) <= 40:
        raise InvalidInput(fields={"name": [_("Give the view a name of at most 40 characters.")]})
    if is_shared and not actor.has_perm(SHARE):
        raise NotAllowed(_("Only chiefs and the duty desk share views."))
    with transaction.atomic():
        own = SavedView.objects.select_for_update().filter(owner=actor)
        if own.exclude(name=name).count() >= MAX_VIEWS:
            raise InvalidInput(
                fields={"name": [_("You have %(count)d views. Delete one first.") % {"count": MAX_VIEWS}]}
            )
        view, _created = SavedView.objects.update_or_create(
            owner=actor,
            name=name,
            defaults={
                "query": query,
                "columns": columns,
                "is_shared": is_shared,
                "shared_with": actor.unit if is_shared and not actor.is_county_wide else None,
            },
        )
        audit.record(actor=actor, action="helpdesk.view.saved", subject=view, after={"shared": is_shared})
    return view


def delete_view(*, actor: User, view: SavedView) -> None:
    """Delete one's own view."""
    if view.owner_id != actor.pk:
        raise NotAllowed(_("This view belongs to %(name)s.") % {"name": view.owner.name})
    with transaction.atomic():
        audit.record(actor=actor, action="helpdesk.view.deleted", subject=view, before={"name": view.name})
        view.delete()


def mark_present(*, request: HelpRequest, actor: User) -> None:
    """`actor` has the request open now."""
    Presence.objects.bulk_create(
        [Presence(request=request, user=actor, seen_at=timezone.now())],
        update_conflicts=True,
        unique_fields=["request", "user"],
        update_fields=["seen_at"],
    )


def others_present(*, request: HelpRequest, actor: User) -> list[str]:
    """Names of the others who had it open within the last 45 seconds."""
    return list(
        Presence.objects.filter(request=request, seen_at__gte=timezone.now() - PRESENT)
        .exclude(user=actor)
        .order_by("user__name")
        .values_list("user__name", flat=True)
    )
