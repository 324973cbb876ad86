"""Import with a dry run, and export with the reason in the trail."""

from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _

from anji_police import tables
from anji_police.accounts.forms import with_errors
from anji_police.audit import services as audit
from anji_police.audit.models import AccessEntry
from anji_police.errors import InvalidInput
from anji_police.htmx import posted
from anji_police.periods import today
from volunteers import exchange, forms, selectors
from volunteers.filters import IncidentFilter, MemberFilter, ShiftFilter, SignUpFilter, TeamFilter
from volunteers.models import Incident, Member, Shift, SignUp
from volunteers.views.common import door, get_post, page_for
from volunteers.views.shifts import taken

EXPORT = "volunteers.export_members"
CAP = 20_000


@page_for(exchange.IMPORT, get_post)
def load(request):
    """The file is looked at first (dry run); the second button takes the good rows in."""
    form = forms.ImportForm(posted(request), request.FILES or None)
    report = None
    if request.method == "POST" and form.is_valid():
        try:
            head, rows = tables.read(form.cleaned_data["file"])
            report = exchange.load(
                actor=request.user,
                kind=form.cleaned_data["kind"],
                head=head,
                rows=rows,
                dry="commit" not in request.POST,
            )
        except InvalidInput as error:
            with_errors(form, error)
    context = {
        "form": form,
        "report": report,
        "team_columns": "、".join(exchange.TEAMS),
        "member_columns": "、".join(exchange.MEMBERS),
    }
    return render(request, "volunteers/import.html", context, status=422 if form.errors else 200)


def _answer(kind: str, name: str, head, body):
    if kind not in ("xlsx", "csv"):
        raise Http404
    make = tables.as_xlsx if kind == "xlsx" else tables.as_csv
    return make(f"{name}-{today():%Y%m%d}", head, body)


@door(EXPORT)
def export_teams(request, kind: str):
    """The teams of the list as it is filtered."""
    rows = TeamFilter(request.GET, queryset=selectors.teams(request.user)).qs.order_by("name")[:CAP]
    head, body = exchange.team_table(rows)
    audit.accessed(actor=request.user, kind=AccessEntry.Kind.EXPORT, subject=_subject(), fields=["teams"])
    return _answer(kind, "volunteer-teams", head, body)


@door(EXPORT)
def export_members(request, kind: str):
    """The members of the list as it is filtered; with a reason the numbers come in the clear."""
    reason = request.POST.get("reason", "").strip()
    plain = bool(request.POST.get("plain"))
    if plain and len(reason) < 4:
        raise InvalidInput(_("Say why you need to see it, in at least four characters."))
    visible = Member.objects.visible_to(request.user).select_related("team", "origin")
    rows = MemberFilter(request.GET, queryset=visible).qs.order_by("team__name", "name", "pk")[:CAP]
    fields = ["name", "phone", "id_number"] if plain else ["name"]
    audit.accessed(
        actor=request.user, kind=AccessEntry.Kind.EXPORT, subject=_subject(), fields=fields, reason=reason
    )
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
    audit.accessed(actor=request.user, kind=AccessEntry.Kind.EXPORT, subject=_subject(), fields=[name])
    return _answer(kind, f"volunteer-{name}", *table(rows))


def _subject() -> Member:
    """What the access row names: the table, not one row of it."""
    return Member(pk=0, name=str(_("Volunteers")))
