from django.utils.translation import gettext_lazy as _

from anji_police.search import Hit, finds
from volunteers.filters import IncidentFilter, MemberFilter, TeamFilter
from volunteers.models import Incident, Member, Team


@finds("volunteers.team", label=_("Volunteer teams"), permission="volunteers.view_team")
def teams(user, text: str, limit: int) -> list[Hit]:
    found = TeamFilter({"q": text}, queryset=Team.objects.visible_to(user)).qs.select_related("unit")
    return [
        Hit(t.get_category_display(), t.name, t.get_absolute_url(), f"{t.unit} {t.get_status_display()}")
        for t in found.order_by("name")[:limit]
    ]


@finds("volunteers.member", label=_("Volunteers"), permission="volunteers.view_member")
def members(user, text: str, limit: int) -> list[Hit]:
    found = MemberFilter({"q": text}, queryset=Member.objects.visible_to(user)).qs.select_related("team")
    return [
        Hit(m.team.name, m.name, m.get_absolute_url(), m.get_status_display())
        for m in found.order_by("name", "pk")[:limit]
    ]


@finds("volunteers.incident", label=_("Reports of volunteers"), permission="volunteers.view_incident")
def incidents(user, text: str, limit: int) -> list[Hit]:
    found = IncidentFilter({"q": text}, queryset=Incident.objects.visible_to(user)).qs.select_related("unit")
    return [
        Hit(i.code, i.facts[:40], i.get_absolute_url(), f"{i.unit} {i.get_status_display()}")
        for i in found.order_by("-reported_at", "-pk")[:limit]
    ]
