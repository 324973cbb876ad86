"""Mediators from and to spreadsheets, each known by identity number, else by phone."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anji_police.crypto import normal_phone
from anji_police.ledgers.cells import Places, by_numbers, check_numbers, indexes, listed, one, verdict
from anji_police.ledgers.reading import plain
from anji_police.ledgers.registry import Column, Ledger, Planned, SheetRow, register
from mediation import services
from mediation.matching import age_limit
from mediation.models import Mediator, ServiceStation, Team

VIEW, CHANGE = "mediation.view_mediator", "mediation.change_mediator"


MEDIATOR_COLUMNS = [
    Column("name", gettext_lazy("Name"), required=True, aliases=("姓名",), example="张三"),
    Column(
        "phone",
        gettext_lazy("Phone number"),
        aliases=("手机号", "手机号码", "联系电话", "电话"),
        example="13900000000",
    ),
    Column("id_number", gettext_lazy("Identity number"), aliases=("身份证号", "身份证号码", "公民身份号码")),
    Column(
        "origin",
        gettext_lazy("Declared origin"),
        required=True,
        aliases=("籍贯", "申报籍贯", "户籍地"),
        example="341524",
    ),
    Column(
        "place",
        gettext_lazy("Township"),
        required=True,
        aliases=("乡镇", "乡镇街道", "所在乡镇"),
        example="孝源街道",
    ),
    Column("team", gettext_lazy("Hometown team"), aliases=("乡音调解团", "调解团")),
    Column("station", gettext_lazy("Service station"), aliases=("新居民服务站", "服务站")),
    Column("dialects", gettext_lazy("Dialects"), aliases=("方言",), example="江淮官话"),
    Column("languages", gettext_lazy("Languages"), aliases=("语言",), example="普通话"),
    Column("skills", gettext_lazy("Skills"), aliases=("专长",), example="劳资纠纷"),
    Column("load_limit", gettext_lazy("Cases at once"), aliases=("同时办理上限",), example="5"),
]


def plan_mediators(rows: list[SheetRow], user) -> list[Planned]:
    places = Places()
    teams = {team.name: team for team in Team.objects.select_related("station")}
    stations = {station.name: station for station in ServiceStation.objects.all()}
    people = Mediator.objects.select_related("origin", "place", "team", "station")
    born_by, young = age_limit()
    by_phone, by_id = by_numbers(people, rows)
    seen: dict[str, int] = {}
    planned = []
    for row in rows:
        cells = row.cells
        phone, id_number = normal_phone(cells.get("phone", "")), plain(cells.get("id_number", "")).upper()
        check_numbers(row, phone, id_number, seen, born_by=born_by, young=young)
        team = one(row, str(_("Hometown team")), teams, cells.get("team", ""))
        station = one(row, str(_("Service station")), stations, cells.get("station", ""))
        facts = {
            "name": cells["name"],
            "phone": phone,
            "id_number": id_number,
            "origin": places.origin(row, cells["origin"]),
            "place": one(row, str(_("Township")), places.towns, cells["place"]),
            "team": team,
            "station": station or (team.station if team else None),
            **{name: listed(row, cells.get(name, "")) for name in ("dialects", "languages", "skills")},
        }
        if limit := plain(cells.get("load_limit", "")):
            if limit.isascii() and limit.isdigit() and 1 <= int(limit[:4]) <= 50:
                facts["load_limit"] = int(limit)
            else:
                row.faults.append(_("“%(text)s” is no number from 1 to 50.") % {"text": limit[:20]})
        target = next(
            (by_id[i] for i in indexes(Mediator, "id_number", id_number) if i in by_id), None
        ) or next((by_phone[i] for i in indexes(Mediator, "phone", phone) if i in by_phone), None)
        if target is not None:
            # A cell that the sheet leaves empty takes nothing away.
            facts = {name: value for name, value in facts.items() if value not in (None, "", [])}
            for name in ("phone", "id_number"):
                if name in facts and getattr(target, f"{name}_index") in indexes(Mediator, name, facts[name]):
                    del facts[name]  # the same number, perhaps written otherwise
            if target.left_on:
                row.faults.append(_("This mediator has left."))
        planned.append(verdict(row, facts, target, services.people.FACTS))
    return planned


def apply_mediator(plan: Planned, user) -> Mediator:
    if plan.target is None:
        return services.add_mediator(actor=user, **plan.facts)
    return services.change_mediator(actor=user, mediator=plan.target, **plan.facts)


def export_mediators(user) -> Iterable[list[str]]:
    rows = Mediator.objects.visible_to(user).active().select_related("origin", "place", "team", "station")
    for mediator in rows.order_by("name", "pk").iterator(chunk_size=500):
        yield [
            mediator.name,
            str(mediator.phone),
            str(mediator.id_number),
            mediator.origin.code,
            mediator.place.name,
            mediator.team.name if mediator.team else "",
            mediator.station.name if mediator.station else "",
            *("、".join(getattr(mediator, name)) for name in ("dialects", "languages", "skills")),
            str(mediator.load_limit),
        ]


register(
    Ledger(
        key="mediation.mediators",
        label=gettext_lazy("Mediators"),
        permission=CHANGE,
        view_permission=VIEW,
        columns=MEDIATOR_COLUMNS,
        plan=plan_mediators,
        apply=apply_mediator,
        export=export_mediators,
    )
)
