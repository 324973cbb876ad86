from django.utils.translation import gettext_lazy as _

from anji_police.search import Hit, finds
from mediation.filters import DisputeFilter
from mediation.models import Dispute


@finds("mediation.dispute", label=_("Disputes"), permission="mediation.view_dispute")
def disputes(user, text: str, limit: int) -> list[Hit]:
    found = DisputeFilter({"q": text}, queryset=Dispute.objects.visible_to(user)).qs
    rows = found.select_related("unit").order_by("-registered_at", "-id")[:limit]
    return [Hit(d.code, d.title, d.get_absolute_url(), f"{d.unit} {d.get_status_display()}") for d in rows]
