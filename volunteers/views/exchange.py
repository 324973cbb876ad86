"""Export of the lists as they are filtered, with the reason in the trail."""

from django.http import Http404

from anji_police.ledgers import writing
from anji_police.periods import today
from volunteers import exchange, selectors, services
from volunteers.filters import IncidentFilter, MemberFilter, ShiftFilter, SignUpFilter, TeamFilter
from volunteers.models import Incident, Member, Shift, SignUp
from volunteers.services.exporting import EXPORT, NUMBERS
from volunteers.views.common import door
from volunteers.views.shifts import taken

CAP = 20_000


def _answer(kind: str, name: str, head, body):
    return writing.answer(kind, f"{name}-{today():%Y%m%d}", head, body)


@door(EXPORT)
def export_teams(request, kind: str):
    """The teams of the list as it is filtered."""
    rows = TeamFilter(request.GET, queryset=selectors.teams(request.user)).qs.order_by("name")[:CAP]
    head, body = exchange.team_table(rows)
    services.record_export(actor=request.user, fields=["teams"])
    return _answer(kind, "volunteer-teams", head, body)


@door(EXPORT)
def export_members(request, kind: str):
    """The members of the list as it is filtered; with a reason the numbers come in the clear."""
    plain = bool(request.POST.get("plain"))
    visible = Member.objects.visible_to(request.user).select_related("team", "origin")
    rows = MemberFilter(request.GET, queryset=visible).qs.order_by("team__name", "name", "pk")[:CAP]
    fields = ["name", *NUMBERS] if plain else ["name"]
    services.record_export(actor=request.user, fields=fields, reason=request.POST.get("reason", ""))
    head, body = exchange.member_table(rows, plain=plain)
    return _answer(kind, "volunteers", head, body)


_LISTS = {
    "shifts": (
        lambda user: Shift.objects.visible_to(user).select_related("team", "beat").annotate(taken=taken()),
        ShiftFilter,
        exchange.shift_table,
        "-starts_at",
    ),
    "hours": (
        lambda user: SignUp.objects.visible_to(user).select_related("member", "shift__team", "attendance"),
        SignUpFilter,
        exchange.hours_table,
        "-pk",
    ),
    "incidents": (
        lambda user: Incident.objects.visible_to(user).select_related("unit", "team"),
        IncidentFilter,
        exchange.incident_table,
        "-reported_at",
    ),
}


@door(EXPORT)
def export_list(request, name: str, kind: str):
    """Shifts, hours or incidents of the list as it is filtered."""
    if name not in _LISTS:
        raise Http404
    visible, filterset, table, order = _LISTS[name]
    rows = filterset(request.GET, queryset=visible(request.user)).qs.order_by(order, "-pk")[:CAP]
    services.record_export(actor=request.user, fields=[name])
    return _answer(kind, f"volunteer-{name}", *table(rows))
