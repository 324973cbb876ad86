"""Hometown teams, service stations and committees from and to spreadsheets, each known by its name."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anji_police.ledgers.cells import Places, day, listed, one, verdict
from anji_police.ledgers.registry import Column, Ledger, Planned, SheetRow, register
from anji_police.places.models import Unit
from mediation import services
from mediation.models import Committee, ServiceStation, Team

VIEW, CHANGE = "mediation.view_mediator", "mediation.change_mediator"


def _named(rows: list[SheetRow], limit: int) -> Iterable[tuple[SheetRow, str]]:
    """Each row with its name, after the faults that a name may have."""
    seen: dict[str, int] = {}
    for row in rows:
        name = row.cells["name"]
        if len(name) > limit:
            row.faults.append(_("The name is longer than %(limit)d characters.") % {"limit": limit})
        if name and (first := seen.setdefault(name, row.number)) != row.number:
            row.faults.append(_("The same name stands in row %(number)d.") % {"number": first})
        yield row, name


TEAM_COLUMNS = [
    Column(
        "name",
        gettext_lazy("Hometown team"),
        required=True,
        aliases=("乡音调解团", "名称", "调解团名称"),
        example="孝源金寨乡音调解团",
    ),
    Column("origin", gettext_lazy("Origin"), required=True, aliases=("籍贯", "来源地"), example="341524"),
    Column(
        "station",
        gettext_lazy("Service station"),
        required=True,
        aliases=("新居民服务站", "服务站"),
        example="孝源新居民服务站",
    ),
    Column("dialects", gettext_lazy("Dialects"), aliases=("方言",), example="江淮官话"),
    Column(
        "founded_on",
        gettext_lazy("Founded"),
        required=True,
        aliases=("成立日期", "成立时间"),
        example="2021-03-01",
    ),
]


def plan_teams(rows: list[SheetRow], user) -> list[Planned]:
    places = Places()
    stations = {station.name: station for station in ServiceStation.objects.all()}
    known = {team.name: team for team in Team.objects.select_related("origin", "station")}
    planned = []
    for row, name in _named(rows, 60):
        facts = {
            "name": name,
            "origin": places.origin(row, row.cells["origin"]),
            "station": one(row, str(_("Service station")), stations, row.cells["station"]),
            "dialects": listed(row, row.cells.get("dialects", "")),
            "founded_on": day(row, row.cells["founded_on"]),
        }
        target = known.get(name)
        if target is not None and not facts["dialects"]:
            facts.pop("dialects")
        planned.append(verdict(row, facts, target, ("origin", "station", "dialects", "founded_on")))
    return planned


def apply_team(plan: Planned, user) -> Team:
    if plan.target is None:
        return services.add_team(actor=user, **plan.facts)
    return services.change_team(actor=user, team=plan.target, **plan.facts)


def export_teams(user) -> Iterable[list[str]]:
    rows = Team.objects.visible_to(user).filter(dissolved_on=None).select_related("origin", "station")
    for team in rows.order_by("name", "pk"):
        yield [
            team.name,
            team.origin.code,
            team.station.name,
            "、".join(team.dialects),
            team.founded_on.isoformat(),
        ]


register(
    Ledger(
        key="mediation.teams",
        label=gettext_lazy("Hometown teams"),
        permission=CHANGE,
        view_permission=VIEW,
        columns=TEAM_COLUMNS,
        plan=plan_teams,
        apply=apply_team,
        export=export_teams,
    )
)


TOWNSHIP = Column(
    "place",
    gettext_lazy("Township"),
    required=True,
    aliases=("乡镇", "乡镇街道", "所在乡镇"),
    example="孝源街道",
)
STATION_COLUMNS = [
    Column(
        "name",
        gettext_lazy("Service station"),
        required=True,
        aliases=("新居民服务站", "服务站", "名称"),
        example="孝源新居民服务站",
    ),
    TOWNSHIP,
    Column(
        "unit",
        gettext_lazy("Police station"),
        required=True,
        aliases=("派出所", "所属派出所"),
        example="孝源派出所",
    ),
]
COMMITTEE_COLUMNS = [
    Column(
        "name",
        gettext_lazy("Committee"),
        required=True,
        aliases=("人民调解委员会", "调委会", "名称"),
        example="孝源街道人民调解委员会",
    ),
    TOWNSHIP,
]


def plan_stations(rows: list[SheetRow], user) -> list[Planned]:
    towns = Places().towns
    units = {name: u for u in Unit.objects.stations().active() for name in (u.name, u.short_name)}
    known = {found.name: found for found in ServiceStation.objects.select_related("place", "unit")}
    planned = []
    for row, name in _named(rows, 60):
        facts = {
            "name": name,
            "place": one(row, str(_("Township")), towns, row.cells["place"]),
            "unit": one(row, str(_("Police station")), units, row.cells["unit"]),
        }
        planned.append(_as_it_is(row, facts, known.get(name), ("place", "unit")))
    return planned


def plan_committees(rows: list[SheetRow], user) -> list[Planned]:
    towns = Places().towns
    known = {found.name: found for found in Committee.objects.select_related("place")}
    planned = []
    for row, name in _named(rows, 80):
        facts = {"name": name, "place": one(row, str(_("Township")), towns, row.cells["place"])}
        planned.append(_as_it_is(row, facts, known.get(name), ("place",)))
    return planned


def _as_it_is(row: SheetRow, facts: dict, target, fields) -> Planned:
    """What a sheet does not change: another place or unit under a known name is a fault."""
    if target is not None and any(facts[name] not in (None, getattr(target, name)) for name in fields):
        row.faults.append(_("There is one of this name already, with other facts."))
    return verdict(row, facts, target, ())


def export_stations(user) -> Iterable[list[str]]:
    rows = ServiceStation.objects.visible_to(user).filter(is_active=True).select_related("place", "unit")
    for found in rows.order_by("name", "pk"):
        yield [found.name, found.place.name, found.unit.short_name or found.unit.name]


def export_committees(user) -> Iterable[list[str]]:
    rows = Committee.objects.visible_to(user).filter(is_active=True).select_related("place")
    for found in rows.order_by("name", "pk"):
        yield [found.name, found.place.name]


register(
    Ledger(
        key="mediation.stations",
        label=gettext_lazy("Service stations"),
        permission=CHANGE,
        view_permission=VIEW,
        columns=STATION_COLUMNS,
        plan=plan_stations,
        apply=lambda plan, user: services.add_station(actor=user, **plan.facts),
        export=export_stations,
    )
)
register(
    Ledger(
        key="mediation.committees",
        label=gettext_lazy("Committees"),
        permission=CHANGE,
        view_permission=VIEW,
        columns=COMMITTEE_COLUMNS,
        plan=plan_committees,
        apply=lambda plan, user: services.add_committee(actor=user, **plan.facts),
        export=export_committees,
    )
)
