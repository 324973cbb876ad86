"""Planning shifts, opening them for sign-up and calling them off."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from anji_police.accounts.models import User
from anji_police.errors import DomainError, InvalidInput
from anji_police.periods import SHANGHAI
from anji_police.workflow import services as workflow
from anji_police.workflow import workingdays
from volunteers.models import (
    SEATED,
    Beat,
    Shift,
    ShiftStatus,
    ShiftTemplate,
    SignUp,
    SignUpStatus,
    Team,
    TeamStatus,
)
from volunteers.models.shifts import PLAN_SHIFT, Duty, Risk
from volunteers.services.common import held, may_run, must_be, record, require, tell_member

MAX_LENGTH = timedelta(hours=12)
MAX_SPAN_DAYS = 92


def _check(*, title, starts_at, ends_at, slots, duty, risk, risk_notice, beat, meeting_point) -> None:
    faults: dict[str, list[str]] = {}
    if not 2 <= len(title.strip()) <= 60:
        faults["title"] = [_("Give it a title of 2 to 60 characters.")]
    if ends_at <= starts_at:
        faults["ends_at"] = [_("The end comes after the start.")]
    elif ends_at - starts_at > MAX_LENGTH:
        faults["ends_at"] = [_("A shift lasts at most 12 hours.")]
    if not 1 <= slots <= 500:
        faults["slots"] = [_("A shift has 1 to 500 places.")]
    if duty not in Duty.values:
        faults["duty"] = [_("Choose one of the answers.")]
    if risk not in Risk.values:
        faults["risk"] = [_("Choose one of the answers.")]
    elif risk != Risk.NONE and not risk_notice.strip():
        faults["risk_notice"] = [_("Tell the risks to those who sign up (志愿服务条例 art. 12).")]
    if beat is None and meeting_point is None:
        faults["beat"] = [_("Choose a beat, or mark where to meet: the check-in goes by it.")]
    if faults:
        raise InvalidInput(fields=faults)


def plan_shift(
    *,
    actor: User,
    team: Team,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    slots: int,
    duty: str = Duty.PATROL,
    beat: Beat | None = None,
    meeting_text: str = "",
    meeting_point=None,
    risk: str = Risk.NONE,
    risk_notice: str = "",
    leader_confirms: bool = False,
    template: ShiftTemplate | None = None,
    is_demo: bool = False,
) -> Shift:
    """Plan a shift as a draft. `meeting_point`: Point in SRID 4326. By the team's leader or its police."""
    require(actor, PLAN_SHIFT)
    may_run(actor, team)
    _check(
        title=title,
        starts_at=starts_at,
        ends_at=ends_at,
        slots=slots,
        duty=duty,
        risk=risk,
        risk_notice=risk_notice,
        beat=beat,
        meeting_point=meeting_point,
    )
    if (
        beat is not None
        and not Beat.objects.filter(Q(team=team) | Q(team=None, unit=team.unit), pk=beat.pk).exists()
    ):
        raise InvalidInput(fields={"beat": [_("This beat belongs to somebody else.")]})
    with transaction.atomic():
        team = Team.objects.select_for_update().get(pk=team.pk)
        if team.status != TeamStatus.APPROVED:
            raise DomainError(_("The team is not approved."))
        shift = Shift.objects.create(
            team=team,
            template=template,
            beat=beat,
            title=title.strip(),
            duty=duty,
            starts_at=starts_at,
            ends_at=ends_at,
            slots=slots,
            meeting_text=meeting_text.strip()[:120],
            meeting_point=meeting_point,
            risk=risk,
            risk_notice=risk_notice.strip()[:300],
            leader_confirms=leader_confirms,
            created_by=actor,
            is_demo=is_demo,
        )
        workflow.begin(record=shift, actor=actor)
        record(actor, "shift.planned", shift, after={"starts": starts_at, "ends": ends_at, "slots": slots})
    return shift


def add_template(*, actor: User, team: Team, **facts) -> ShiftTemplate:
    """Keep a shift that comes again; the same checks as for one shift."""
    require(actor, PLAN_SHIFT)
    may_run(actor, team)
    start = datetime.combine(date(2024, 1, 1), facts["starts"], tzinfo=SHANGHAI)
    _check(
        title=facts["title"],
        starts_at=start,
        ends_at=start + timedelta(minutes=facts["minutes"]),
        slots=facts["slots"],
        duty=facts.get("duty", Duty.PATROL),
        risk=facts.get("risk", Risk.NONE),
        risk_notice=facts.get("risk_notice", ""),
        beat=facts.get("beat"),
        meeting_point=None,
    )
    if facts["minutes"] < 15:
        raise InvalidInput(fields={"minutes": [_("A shift lasts at least 15 minutes.")]})
    if facts["days"] == ShiftTemplate.Days.WEEKLY and facts.get("weekday") is None:
        raise InvalidInput(fields={"weekday": [_("Choose the weekday.")]})
    with transaction.atomic():
        template = ShiftTemplate.objects.create(team=team, **facts)
        record(actor, "template.added", template, after={"team": team.name})
    return template


def falls_on(template: ShiftTemplate, day: date) -> bool:
    """Whether a shift of the template begins on `day`; make-up working days (调休) count as working days."""
    match template.days:
        case ShiftTemplate.Days.DAILY:
            return True
        case ShiftTemplate.Days.WORKING:
            return workingdays.is_working(day)
        case ShiftTemplate.Days.RESTING:
            return not workingdays.is_working(day)
        case _:
            return day.weekday() == template.weekday


def plan_from_template(*, template: ShiftTemplate, actor: User, first: date, last: date) -> list[Shift]:
    """Plan drafts from `first` to `last`, both included; doing it again adds only what is missing."""
    if last < first:
        raise InvalidInput(fields={"last": [_("The end comes after the start.")]})
    if (last - first).days > MAX_SPAN_DAYS:
        raise InvalidInput(fields={"last": [_("Plan at most three months at once.")]})
    require(actor, PLAN_SHIFT)
    may_run(actor, template.team)
    made = []
    with transaction.atomic():
        template = (
            ShiftTemplate.objects.select_for_update(of=("self",))
            .select_related("team", "beat")
            .get(pk=template.pk)
        )
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            start = datetime.combine(day, template.starts, tzinfo=SHANGHAI)
            if not falls_on(template, day) or start <= timezone.now():
                continue
            if Shift.objects.filter(template=template, starts_at=start).exists():
                continue
            made.append(
                plan_shift(
                    actor=actor,
                    team=template.team,
                    title=template.title,
                    starts_at=start,
                    ends_at=start + timedelta(minutes=template.minutes),
                    slots=template.slots,
                    duty=template.duty,
                    beat=template.beat,
                    risk=template.risk,
                    risk_notice=template.risk_notice,
                    template=template,
                )
            )
    return made


def open_shift(*, shift: Shift, actor: User) -> Shift:
    """Let members sign up."""
    require(actor, PLAN_SHIFT)
    with transaction.atomic():
        shift = held(shift, actor)
        may_run(actor, shift.team)
        if shift.starts_at <= timezone.now():
            raise DomainError(_("The shift has begun already."))
        if shift.team.status != TeamStatus.APPROVED:
            raise DomainError(_("The team is not approved."))
        return workflow.move(record=shift, to=ShiftStatus.OPEN, actor=actor, action="volunteers.shift.opened")


def change_shift(*, shift: Shift, actor: User, version: int | None = None, **changes) -> Shift:
    """Change a shift that has not begun: title, places, meeting place, notice; the times only while nobody signed up."""
    from volunteers.services.signing import fill_up

    require(actor, PLAN_SHIFT)
    unknown = set(changes) - {"title", "slots", "meeting_text", "risk_notice", "starts_at", "ends_at"}
    if unknown:
        raise ValueError(f"not changed here: {unknown}")
    with transaction.atomic():
        shift = held(shift, actor, version=version)
        may_run(actor, shift.team)
        must_be(shift, ShiftStatus.DRAFT, ShiftStatus.OPEN, ShiftStatus.FULL)
        before = {name: getattr(shift, name) for name in changes}
        changed = {name: value for name, value in changes.items() if before[name] != value}
        for name, value in changed.items():
            setattr(shift, name, value)
        _check(
            title=shift.title,
            starts_at=shift.starts_at,
            ends_at=shift.ends_at,
            slots=shift.slots,
            duty=shift.duty,
            risk=shift.risk,
            risk_notice=shift.risk_notice,
            beat=shift.beat,
            meeting_point=shift.meeting_point,
        )
        if {"starts_at", "ends_at"} & set(changed) and shift.sign_ups.live().exists():
            raise DomainError(_("People have signed up for this time. Call it off and plan another one."))
        if "slots" in changed and shift.slots < shift.sign_ups.filter(status__in=SEATED).count():
            raise InvalidInput(fields={"slots": [_("More people than that have a place already.")]})
        workflow.save(shift, *changed)
        record(actor, "shift.changed", shift, before={k: before[k] for k in changed}, after=changed)
        fill_up(shift)
    return shift


def cancel_shift(*, shift: Shift, actor: User, reason: str) -> Shift:
    """Call a shift off; only those who signed up are told, each once."""
    require(actor, PLAN_SHIFT)
    with transaction.atomic():
        shift = held(shift, actor)
        may_run(actor, shift.team)
        return call_off(shift, actor, reason)


def call_off(shift: Shift, actor: User | None, reason: str) -> Shift:
    """Cancel a shift that the caller holds under lock."""
    workflow.move(
        record=shift,
        to=ShiftStatus.CANCELLED,
        actor=actor,
        reason=reason,
        action="volunteers.shift.cancelled",
    )
    told = SignUp.objects.select_for_update(of=("self",)).select_related("member__user", "member__team")
    for sign_up in told.filter(shift=shift, status__in=["signed", "waiting", "confirmed"]).order_by("id"):
        workflow.move(record=sign_up, to=SignUpStatus.CANCELLED, actor=None, reason=reason)
        tell_member(
            sign_up.member,
            _("The shift “%(shift)s” is cancelled: %(reason)s") % {"shift": shift, "reason": reason},
            url=shift.get_absolute_url(),
            key=f"volunteers.cancelled:{sign_up.pk}",
        )
    return shift
