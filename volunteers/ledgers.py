"""Volunteer teams and their members from and to spreadsheets. A team is known by its name, a member by identity number or phone;
who is there already is left as is."""

from collections.abc import Callable, Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anji_police.crypto import Secret, normal_phone
from anji_police.ledgers.cells import Places, by_numbers, check_numbers, indexes, listed, one
from anji_police.ledgers.reading import plain
from anji_police.ledgers.registry import BAD, NEW, SAME, Column, Ledger, Planned, SheetRow, register
from anji_police.places.models import Unit
from volunteers import services
from volunteers.models import Member, Team
from volunteers.models.people import GONE
from volunteers.services.exporting import EXPORT
from volunteers.services.members import age_limit

IMPORT = "volunteers.import_members"


def _state(row: SheetRow, facts: dict, target) -> Planned:
    if row.faults:
        return Planned(row, BAD)
    return Planned(row, SAME, {}, target) if target is not None else Planned(row, NEW, facts)


# -- teams ------------------------------------------------------------------------------------------------------------

TEAM_COLUMNS = [
    Column(
        "name",
        gettext_lazy("Name of the team"),
        required=True,
        aliases=("名称", "义警队"),
        example="孝源守源义警队",
    ),
    Column("category", gettext_lazy("Category"), required=True, aliases=("类别",), example="守源义警"),
    Column(
        "unit", gettext_lazy("Unit"), required=True, aliases=("派出所", "所属派出所"), example="孝源派出所"
    ),
    Column("place", gettext_lazy("Township"), aliases=("乡镇", "乡镇街道", "所在乡镇"), example="孝源街道"),
    Column("purpose", gettext_lazy("Purpose"), aliases=("宗旨",), example="水源地巡护"),
]


def plan_teams(rows: list[SheetRow], user) -> list[Planned]:
    units = {name: u for u in Unit.objects.visible_to(user) for name in (u.name, u.short_name)}
    towns = Places().towns
    kinds = {name: value for value, label in Team.Category.choices for name in (str(label), value)}
    known = {team.name: team for team in Team.objects.all()}
    seen: dict[str, int] = {}
    planned = []
    for row in rows:
        name = row.cells["name"]
        if name and not 2 <= len(name) <= 60:
            row.faults.append(_("Give the team a name of 2 to 60 characters."))
        if name and (first := seen.setdefault(name, row.number)) != row.number:
            row.faults.append(_("The same name stands in row %(number)d.") % {"number": first})
        facts = {
            "name": name,
            "category": one(row, str(_("Category")), kinds, row.cells["category"]),
            "unit": one(row, str(_("Unit")), units, row.cells["unit"]),
            "place": one(row, str(_("Township")), towns, row.cells.get("place", "")),
            "purpose": row.cells.get("purpose", ""),
        }
        planned.append(_state(row, facts, known.get(name)))
    return planned


def team_cells(team: Team) -> list[str]:
    """A team in TEAM_COLUMNS."""
    place = team.place.name if team.place else ""
    return [team.name, team.get_category_display(), team.unit.short_name, place, team.purpose]


def export_teams(user) -> Iterable[list[str]]:
    rows = Team.objects.visible_to(user).exclude(status="dissolved").select_related("unit", "place")
    return (team_cells(team) for team in rows.order_by("name", "pk"))


register(
    Ledger(
        key="volunteers.teams",
        label=gettext_lazy("Volunteer teams"),
        permission=IMPORT,
        view_permission=EXPORT,
        columns=TEAM_COLUMNS,
        plan=plan_teams,
        apply=lambda plan, user: services.enter_team(actor=user, **plan.facts),
        export=export_teams,
    )
)


# -- members ----------------------------------------------------------------------------------------------------------

MEMBER_COLUMNS = [
    Column("name", gettext_lazy("Name"), required=True, aliases=("姓名",), example="张三"),
    Column(
        "team",
        gettext_lazy("Name of the team"),
        required=True,
        aliases=("队伍", "义警队"),
        example="孝源守源义警队",
    ),
    Column(
        "phone",
        gettext_lazy("Phone number"),
        aliases=("手机号", "手机号码", "联系电话", "电话"),
        example="13900000000",
    ),
    Column(
        "id_number",
        gettext_lazy("Identity number"),
        aliases=("身份证", "身份证号", "身份证号码", "公民身份号码"),
    ),
    Column("origin", gettext_lazy("Declared origin"), aliases=("籍贯", "户籍地"), example="341524"),
    Column("dialects", gettext_lazy("Dialects"), aliases=("方言",), example="江淮官话"),
]


def plan_members(rows: list[SheetRow], user) -> list[Planned]:
    places = Places()
    teams = {team.name: team for team in Team.objects.visible_to(user)}
    people = Member.objects.exclude(status__in=GONE).select_related("team")
    by_phone, by_id = by_numbers(people, rows)
    born_by, young = age_limit()
    seen: dict[str, int] = {}
    planned = []
    for row in rows:
        cells = row.cells
        phone, id_number = normal_phone(cells.get("phone", "")), plain(cells.get("id_number", "")).upper()
        check_numbers(row, phone, id_number, seen, born_by=born_by, young=young)
        if len(cells["name"]) > 40:
            row.faults.append(_("Enter the name."))
        team = teams.get(cells["team"])
        if cells["team"] and team is None:
            row.faults.append(_("“%(name)s” is no team of yours.") % {"name": cells["team"]})
        facts = {
            "name": cells["name"],
            "team": team,
            "phone": phone,
            "id_number": id_number,
            "origin": places.origin(row, cells.get("origin", "")),
            "dialects": listed(row, cells.get("dialects", "")),
        }
        target = next(
            (by_id[i] for i in indexes(Member, "id_number", id_number) if i in by_id), None
        ) or next((by_phone[i] for i in indexes(Member, "phone", phone) if i in by_phone), None)
        if target is not None and team is not None and target.team_id != team.pk:
            row.faults.append(_("This person is in a volunteer team already, or has applied to one."))
        planned.append(_state(row, facts, target))
    return planned


def member_cells(member: Member, shown: Callable[[Secret], str] = str) -> list[str]:
    """A member in MEMBER_COLUMNS, the numbers as `shown` says: masked."""
    origin = member.origin.code if member.origin else ""
    numbers = (shown(member.phone), shown(member.id_number))
    return [member.name, member.team.name, *numbers, origin, "、".join(member.dialects)]


def export_members(user) -> Iterable[list[str]]:
    rows = Member.objects.visible_to(user).exclude(status__in=GONE).select_related("team", "origin")
    found = rows.order_by("team__name", "name", "pk").iterator(chunk_size=500)
    return (member_cells(member) for member in found)


register(
    Ledger(
        key="volunteers.members",
        label=gettext_lazy("Volunteers"),
        permission=IMPORT,
        view_permission=EXPORT,
        columns=MEMBER_COLUMNS,
        plan=plan_members,
        apply=lambda plan, user: services.add_member(actor=user, **plan.facts),
        export=export_members,
    )
)
