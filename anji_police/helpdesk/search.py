from django.utils.translation import gettext_lazy as _

from anji_police.helpdesk.filters import HelpRequestFilter
from anji_police.helpdesk.models import HelpRequest
from anji_police.search import Hit, finds


@finds("helpdesk.request", label=_("Requests"), permission="helpdesk.view_request")
def requests(user, text: str, limit: int) -> list[Hit]:
    visible = HelpRequest.objects.visible_to(user)
    found = (
        HelpRequestFilter({"q": text}, queryset=visible)
        .qs.select_related("unit")
        .order_by("-received_at", "-id")
    )
    return [
        Hit(r.reference, r.excerpt, r.get_absolute_url(), f"{r.unit or ''} {r.get_status_display()}")
        for r in found[:limit]
    ]
