"""Teams and members from and into tables. A dry run says what each row would do; the same file again changes nothing."""

from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from anji_police import crypto
from anji_police.accounts.models import User
from anji_police.audit import services as audit
from anji_police.errors import DomainError, InvalidInput
from anji_police.places.models import Place, Unit
from volunteers.models import Member, Team
from volunteers.models.people import GONE
from volunteers.services import add_member, enter_team
from volunteers.services.common import require

IMPORT = "volunteers.import_members"
TEAMS = {"名称": "name", "类别": "category", "派出所": "unit", "乡镇街道": "place", "宗旨": "purpose"}
MEMBERS = {
    "姓名": "name",
    "队伍": "team",
    "手机号": "phone",
    "身份证号": "id_number",
    "籍贯": "origin",
    "方言": "dialects",
}
ALIASES = {
    "队伍名称": "名称",
    "义警队": "队伍",
    "电话": "手机号",
    "联系电话": "手机号",
    "身份证": "身份证号",
    "所属派出所": "派出所",
}


@dataclass
class Report:
    """What an import did, or would do: rows by number as in the file (the head is 1)."""

    added: int = 0
    known: int = 0
    faults: list[tuple[int, str]] = field(default_factory=list)
    done: bool = False


class _DryRun(Exception):
    pass


def load(*, actor: User, kind: str, head: list[str], rows: list[list[str]], dry: bool) -> Report:
    """Take good rows in and explain bad ones; rows that are there already are left alone. `dry` writes nothing."""
    require(actor, IMPORT)
    names = TEAMS if kind == "teams" else MEMBERS
    columns = {}
    for number, label in enumerate(head):
        plain = "".join(label.split())
        plain = ALIASES.get(plain, plain)
        if plain in names:
            columns[names[plain]] = number
    needed = ("name", "category", "unit") if kind == "teams" else ("name", "team")
    missing = [label for label, name in names.items() if name in needed and name not in columns]
    if missing:
        raise InvalidInput(
            fields={"file": [_("These headings are missing: %(names)s.") % {"names": "、".join(missing)}]}
        )
    report = Report()
    take = _Teams(actor) if kind == "teams" else _Members(actor)
    try:
        with transaction.atomic():
            for number, row in enumerate(rows, start=2):
                facts = {name: row[column].strip() for name, column in columns.items() if column < len(row)}
                _one(take, facts, number, report)
            if dry:
                raise _DryRun
            audit.record(
                actor=actor,
                action=f"volunteers.{kind}.imported",
                after={"added": report.added, "known": report.known, "faults": len(report.faults)},
            )
            report.done = True
    except _DryRun:
        pass
    return report


def _one(take, facts: dict, number: int, report: Report) -> None:
    try:
        with transaction.atomic():
            if take(facts):
                report.added += 1
            else:
                report.known += 1
    except InvalidInput as error:
        words = [word for given in error.fields.values() for word in given] or [str(error)]
        report.faults.append((number, " ".join(words)))
    except DomainError as error:
        report.faults.append((number, str(error)))


class _Teams:
    def __init__(self, actor: User):
        self.actor = actor
        self.units = {u.short_name: u for u in Unit.objects.visible_to(actor)} | {
            u.name: u for u in Unit.objects.visible_to(actor)
        }
        self.places = {p.name: p for p in Place.objects.townships()}
        self.categories = {str(label): value for value, label in Team.Category.choices}

    def __call__(self, facts: dict) -> bool:
        if Team.objects.filter(name=facts["name"]).exists():
            return False
        unit = self.units.get(facts["unit"])
        if unit is None:
            raise InvalidInput(
                fields={"unit": [_("“%(name)s” is no unit of yours.") % {"name": facts["unit"]}]}
            )
        category = self.categories.get(facts["category"], facts["category"])
        place = self.places.get(facts.get("place", ""))
        if facts.get("place") and place is None:
            raise InvalidInput(fields={"place": [_("“%(name)s” is no township.") % {"name": facts["place"]}]})
        enter_team(
            actor=self.actor,
            name=facts["name"],
            category=category,
            unit=unit,
            place=place,
            purpose=facts.get("purpose", ""),
        )
        return True


class _Members:
    def __init__(self, actor: User):
        self.actor = actor
        self.teams = {t.name: t for t in Team.objects.visible_to(actor)}

    def __call__(self, facts: dict) -> bool:
        team = self.teams.get(facts["team"])
        if team is None:
            raise InvalidInput(
                fields={"team": [_("“%(name)s” is no team of yours.") % {"name": facts["team"]}]}
            )
        if self._is_known(team, facts):
            return False
        add_member(
            actor=self.actor,
            team=team,
            name=facts["name"],
            phone=facts.get("phone", ""),
            id_number=facts.get("id_number", ""),
            origin=_origin(facts.get("origin", "")),
            dialects=[
                d for d in facts.get("dialects", "").replace("、", ",").replace("，", ",").split(",") if d
            ],
        )
        return True

    @staticmethod
    def _is_known(team: Team, facts: dict) -> bool:
        """The same person in the same team: by identity number, else by phone, else by name."""
        here = Member.objects.filter(team=team).exclude(status__in=GONE)
        for name in ("id_number", "phone"):
            if facts.get(name):
                return here.filter(crypto.matching(Member, name, facts[name])).exists()
        return here.filter(name=facts["name"]).exists()


def _origin(text: str) -> Place | None:
    if not text:
        return None
    level = Place.objects.filter(level__in=["province", "prefecture", "county"])
    found = list(level.filter(code=text)[:2] if text.isdigit() else level.filter(name=text)[:2])
    if len(found) != 1:
        raise InvalidInput(
            fields={"origin": [_("Write the county as in the list, such as 金寨县, or its six-digit code.")]}
        )
    return found[0]


def team_table(rows):
    """Head and rows of the teams' export, in the columns that the import takes."""
    head = [*TEAMS, _("Leader"), _("Liaison officer"), _("Active members"), _("State")]
    body = (
        [
            t.name,
            t.get_category_display(),
            t.unit.short_name,
            t.place or "",
            t.purpose,
            t.leader or "",
            t.liaison or "",
            t.size,
            t.get_status_display(),
        ]
        for t in rows
    )
    return head, body


def member_table(rows, *, plain: bool):
    """Head and rows of the members' export. `plain`: numbers in the clear, after an access row with the reason was written."""
    head = [*MEMBERS, _("Joined"), _("State")]

    def shown(secret) -> str:
        return secret.reveal() if plain else str(secret)

    body = (
        [
            m.name,
            m.team.name,
            shown(m.phone),
            shown(m.id_number),
            m.origin or "",
            "、".join(m.dialects),
            m.joined_on or "",
            m.get_status_display(),
        ]
        for m in rows
    )
    return head, body


def shift_table(rows):
    """Head and rows of the shifts' export."""
    head = [
        _("Starts"),
        _("Ends"),
        _("Title"),
        _("Team"),
        _("Duty"),
        _("Beat"),
        _("Risk"),
        _("Places"),
        _("State"),
    ]
    body = (
        [
            s.starts_at,
            s.ends_at,
            s.title,
            s.team.name,
            s.get_duty_display(),
            s.beat or "",
            s.get_risk_display(),
            f"{s.taken}/{s.slots}",
            s.get_status_display(),
        ]
        for s in rows
    )
    return head, body


def hours_table(rows):
    """Head and rows of the sign-ups' export, with what was claimed."""
    head = [
        _("Volunteer"),
        _("Team"),
        _("Shift"),
        _("Starts"),
        _("Check-in"),
        _("Check-out"),
        _("Claimed"),
        _("State"),
    ]

    def seen(row, name: str):
        return getattr(row.attendance, name) if hasattr(row, "attendance") else None

    body = (
        [
            r.member.name,
            r.shift.team.name,
            r.shift.title,
            r.shift.starts_at,
            seen(r, "in_at"),
            seen(r, "out_at"),
            seen(r, "claimed_minutes"),
            r.get_status_display(),
        ]
        for r in rows
    )
    return head, body


def incident_table(rows):
    """Head and rows of the incidents' export; who reported stays out of it."""
    head = [_("Number"), _("Kind"), _("What was seen"), _("Where exactly"), _("Unit"), _("Team"), _("Reported at"),
            _("State"), _("Passed on to"), _("Answer to the reporter")]  # fmt: skip
    body = (
        [
            i.code,
            i.get_kind_display(),
            i.facts,
            i.location_text,
            i.unit.name,
            i.team or "",
            i.reported_at,
            i.get_status_display(),
            i.transfer_code,
            i.feedback,
        ]
        for i in rows
    )
    return head, body
