"""Moving records along their states, and the clocks that run meanwhile."""

from datetime import datetime, timedelta

import structlog
from django.apps import apps
from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from anji_police.accounts.models import User
from anji_police.audit import services as audit
from anji_police.errors import DomainError, InvalidInput, NotAllowed, StaleError, TransitionError
from anji_police.periods import SHANGHAI, today
from anji_police.workflow import rules, workingdays
from anji_police.workflow.models import (
    CalendarDay,
    CalendarYear,
    Deadline,
    Rule,
    Stateful,
    Step,
    TransitionEntry,
)
from anji_police.workflow.registry import escalation_of

log = structlog.get_logger(__name__)


# -- states ---------------------------------------------------------------------------------------------------------


def begin(*, record: Stateful, actor: User | None, at=None, reason: str = "") -> TransitionEntry:
    """Write the first transition row of a new record, whose status is set already. Call it once, after the first save."""
    return TransitionEntry.objects.create(
        subject_type=record._meta.label_lower,
        subject_id=record.pk,
        to_state=record.status,
        at=at or timezone.now(),
        actor=actor,
        actor_name=actor.name if actor else "",
        reason=reason,
    )


def lock(record: Stateful, *, version: int | None = None) -> Stateful:
    """`record` read again under a row lock. With `version`, raises StaleError when somebody changed it since."""
    held = type(record)._default_manager.select_for_update(of=("self",)).get(pk=record.pk)
    if version is not None and version != held.version:
        last = TransitionEntry.objects.filter(
            subject_type=record._meta.label_lower, subject_id=record.pk
        ).last()
        who = last.actor_name if last and last.actor_name else _("Somebody")
        raise StaleError(
            _("%(who)s changed this while you had it open. Look at it again, then decide.") % {"who": who}
        )
    return held


def require(actor: User, permission: str) -> None:
    """Raises NotAllowed unless `actor` holds `permission`."""
    if not actor.has_perm(permission):
        raise NotAllowed(_("Your account may not do this."))


def held(record: Stateful, actor: User | None, *, version: int | None = None) -> Stateful:
    """`record` under lock, and still in sight of `actor`: it may be taken away between the page and the click. None is the
    system, or a citizen who showed both codes. Raises NotAllowed, StaleError."""
    locked = lock(record, version=version)
    if actor is not None and not type(record).objects.visible_to(actor).filter(pk=locked.pk).exists():
        raise NotAllowed(_("This is not yours any more."))
    return locked


def must_be(record: Stateful, *states: str) -> None:
    """Raises TransitionError unless the record is in one of `states`: for acts that share a step with another act."""
    if record.status not in states:
        raise TransitionError(_wrong_state(record, ""))


def sync_due(record: Model, *, but: tuple[str, ...] = ()) -> None:
    """Copy the nearest running clock, but for the kinds in `but`, to the record's `due_at`, by which queues are ordered."""
    record.due_at = nearest_due(record, but=but)
    record.save(update_fields=["due_at"])


def nearest_due(record: Model, *, but: tuple[str, ...] = ()) -> datetime | None:
    """When the nearest running clock of `record`, but for the kinds in `but`, runs out."""
    running = Deadline.objects.about(record).running().exclude(kind__in=but)
    return running.order_by("due_at").values_list("due_at", flat=True).first()


def save(record: Stateful, *fields: str) -> None:
    """Save `fields` of a locked record and count its version up."""
    record.version += 1
    record.save(update_fields=[*dict.fromkeys([*fields, "version"])])


def move(
    *,
    record: Stateful,
    to: str,
    actor: User | None,
    reason: str = "",
    action: str | None = None,
    at=None,
    after: dict | None = None,
    fields: tuple[str, ...] = (),
) -> Stateful:
    """Move a record that the caller holds under lock (see `lock`) to state `to`, in the caller's transaction.

    Checks that the step exists, that `actor` has its right (None is the system, which may take every step), that the facts it
    needs are there, and that a reason is given where one is due. Writes the row with the caller's changed `fields`, the
    transition and the trail. Raises TransitionError, NotAllowed or InvalidInput. Returns the record.
    """
    step = record.step(record.status, to)
    if step is None:
        raise TransitionError(_wrong_state(record, to))
    if actor is not None and (step.permission is None or not actor.has_perm(step.permission)):
        raise NotAllowed(_("Your account may not do this."))
    missing = [name for name in step.needs if not getattr(record, name)]
    if missing:
        raise InvalidInput(
            fields={name: [_("This is needed before the record can move on.")] for name in missing}
        )
    if step.reason and not reason.strip():
        raise InvalidInput(fields={"reason": [_("Give the reason.")]})
    before, now = record.status, at or timezone.now()
    record.status, record.status_since = to, now
    save(record, "status", "status_since", *fields)
    TransitionEntry.objects.create(
        subject_type=record._meta.label_lower,
        subject_id=record.pk,
        from_state=before,
        to_state=to,
        at=now,
        actor=actor,
        actor_name=actor.name if actor else "",
        reason=reason.strip(),
    )
    audit.record(
        actor=actor,
        action=action or f"{record._meta.label_lower}.moved",
        subject=record,
        before={"status": before},
        after={"status": to, **(after or {})},
        reason=reason.strip(),
    )
    return record


def _wrong_state(record: Stateful, to: str) -> str:
    labels = dict(record._meta.get_field("status").flatchoices) or {}
    last = TransitionEntry.objects.filter(subject_type=record._meta.label_lower, subject_id=record.pk).last()
    state = labels.get(record.status, record.status)
    if last is not None and last.actor_name:
        minutes = max(int((timezone.now() - last.at).total_seconds() // 60), 0)
        return _("%(who)s moved this to “%(state)s” %(minutes)d minutes ago, so this can't be done now.") % {
            "who": last.actor_name,
            "state": state,
            "minutes": minutes,
        }
    return _("This can't be done in the state “%(state)s”.") % {"state": state}


def steps_open_to(record: Stateful, user: User) -> list[Step]:
    """The steps that `user` has the right to take from here; facts may still be missing."""
    return [
        s
        for s in record.TRANSITIONS
        if s.source == record.status and s.permission and user.has_perm(s.permission)
    ]


def history(record: Model):
    """The transitions of one record, oldest first."""
    return TransitionEntry.objects.filter(
        subject_type=record._meta.label_lower, subject_id=record.pk
    ).order_by("id")


# -- clocks ---------------------------------------------------------------------------------------------------------


def start_clock(*, record: Model, kind: str, rule: str, at=None) -> Deadline:
    """Start the clock `kind` of `record` at `at` (default now) with the limit `rule`; a running one is left as it is."""
    at = at or timezone.now()
    open_clock = Deadline.objects.about(record).filter(kind=kind, met_at=None, cancelled_at=None).first()
    if open_clock:
        return open_clock
    return Deadline.objects.create(
        subject_type=record._meta.label_lower,
        subject_id=record.pk,
        kind=kind,
        rule_code=rule,
        started_at=at,
        due_at=rules.due_after(rule, at),
    )


def _open_clock(record: Model, kind: str) -> Deadline | None:
    return (
        Deadline.objects.select_for_update()
        .about(record)
        .filter(kind=kind, met_at=None, cancelled_at=None)
        .first()
    )


def pause_clock(record: Model, kind: str, *, reason: str, at=None) -> None:
    """Stop the clock for a stated reason, such as waiting for the citizen. Nothing happens to a clock that doesn't run."""
    clock = _open_clock(record, kind)
    if clock and clock.paused_at is None:
        clock.paused_at, clock.pause_reason = at or timezone.now(), reason
        clock.save(update_fields=["paused_at", "pause_reason"])


def resume_clock(record: Model, kind: str, *, at=None) -> None:
    """Let a paused clock run on: its due time moves by as long as it stood.

    A limit in working days, days, months or years moves by the days of the pause, and keeps ending at 24:00.
    """
    clock = _open_clock(record, kind)
    if clock is None or clock.paused_at is None:
        return
    at = at or timezone.now()
    rule = rules.row(clock.rule_code, clock.started_at.astimezone(SHANGHAI).date())
    first, last = (moment.astimezone(SHANGHAI).date() for moment in (clock.paused_at, at))
    if rule.unit == Rule.Unit.WORKING_DAYS:
        stood = workingdays.between(first, last)
        if stood:
            clock.due_at = workingdays.add(clock.due_at - timedelta(seconds=1), stood)
    elif rule.unit in (Rule.Unit.DAYS, Rule.Unit.MONTHS, Rule.Unit.YEARS):
        clock.due_at += last - first
    else:
        clock.due_at += at - clock.paused_at
    clock.paused_at, clock.pause_reason = None, ""
    clock.save(update_fields=["paused_at", "pause_reason", "due_at"])


def extend_clock(record: Model, kind: str, *, days: int) -> tuple[datetime, datetime] | None:
    """Let an open clock end `days` calendar days later, still at the same time of day; (old, new) due time, or None when no such
    clock is open. It is escalated again when the new time is missed."""
    clock = _open_clock(record, kind)
    if clock is None:
        return None
    before = clock.due_at
    local = before.astimezone(rules.SHANGHAI)
    clock.due_at = local + timedelta(days=days)
    clock.warned_at = clock.escalated_at = None
    clock.save(update_fields=["due_at", "warned_at", "escalated_at"])
    return before, clock.due_at


def meet_clock(record: Model, kind: str, *, at=None) -> None:
    """What the clock waited for has happened, in time or not."""
    clock = _open_clock(record, kind)
    if clock:
        clock.met_at, clock.paused_at = at or timezone.now(), None
        clock.save(update_fields=["met_at", "paused_at"])


def cancel_clocks(record: Model, *kinds: str) -> None:
    """The record ended in a way that makes its clocks pointless; all of them when no kind is named."""
    clocks = Deadline.objects.about(record).filter(met_at=None, cancelled_at=None)
    if kinds:
        clocks = clocks.filter(kind__in=kinds)
    clocks.update(cancelled_at=timezone.now())


def clocks_of(record: Model):
    """All clocks of one record, nearest first."""
    return Deadline.objects.about(record).order_by("met_at", "due_at")


def escalate_missed(limit: int = 200) -> int:
    """Escalate each missed clock once and only once; returns how many. Two sweeps at once share the work.

    A clock whose escalation fails, or whose record somebody works on now, is left for the next sweep and harms no other.
    """
    missed = Deadline.objects.running().filter(escalated_at=None, due_at__lte=timezone.now())
    count = 0
    for found in list(missed.order_by("due_at", "pk")[:limit]):
        with transaction.atomic():
            # First the record, then its clock, as every service does: a sweep and an officer can't wait for each other.
            if not _free_to_escalate(found):
                continue
            clock = missed.select_for_update(skip_locked=True).filter(pk=found.pk).first()
            if clock is None:
                continue
            clock.escalated_at = timezone.now()
            clock.save(update_fields=["escalated_at"])
            try:
                with transaction.atomic():
                    act = escalation_of(clock.kind)
                    if act is not None:
                        act(clock)
            except Exception:
                log.exception("escalation_failed", deadline=clock.pk, kind=clock.kind)
                transaction.set_rollback(True)
                continue
            count += 1
    return count


def _free_to_escalate(clock: Deadline) -> bool:
    """Lock the record of `clock`; False while somebody works on it, who may be meeting the clock just now."""
    rows = apps.get_model(clock.subject_type)._base_manager.filter(pk=clock.subject_id)
    return rows.select_for_update(skip_locked=True, of=("self",)).exists() or not rows.exists()


# -- rules and calendar ---------------------------------------------------------------------------------------------


def change_rule(*, code: str, value, valid_from, article: str, actor: User) -> Rule:
    """Give rule `code` a new value from `valid_from` on; the old row ends there and stays for old records.

    For the security administrator. Raises NotAllowed, InvalidInput for a day in the past or a value that is no limit, or
    DomainError when a later row exists already.
    """
    if not actor.has_perm("workflow.change_rule"):
        raise NotAllowed(_("Only the security administrator changes rules."))
    if not article.strip():
        raise InvalidInput(fields={"article": [_("Name the law, standard or order that says so.")]})
    if valid_from < today():
        raise InvalidInput(
            fields={"valid_from": [_("A rule can't change the past: take today or a later day.")]}
        )
    with transaction.atomic():
        old = Rule.objects.select_for_update().filter(code=code).order_by("-valid").first()
        if old is None:
            raise DomainError(_("There is no rule %(code)s.") % {"code": code})
        rules.check_value(old.unit, value)
        if old.valid.lower is not None and old.valid.lower >= valid_from:
            raise DomainError(
                _("A value from %(day)s exists already.") % {"day": old.valid.lower.isoformat()}
            )
        end = old.valid.upper
        if end is not None and end <= valid_from:
            end = None  # the old row ended before; it stays as it is
        else:
            old.valid = (old.valid.lower, valid_from)
            old.save(update_fields=["valid"])
        new = Rule.objects.create(
            code=code,
            label=old.label,
            unit=old.unit,
            value=value,
            article=article.strip(),
            valid=(valid_from, end),
        )
        audit.record(
            actor=actor,
            action="workflow.rule.changed",
            subject=new,
            before={"value": old.value},
            after={"value": value, "from": valid_from},
            reason=article.strip(),
        )
    return new


def enter_calendar_year(*, year: int, days: dict, source: str, actor: User | None) -> CalendarYear:
    """Enter the holidays and make-up days of a year: `days` maps date to (is_working, name). Replaces that year's days."""
    if actor is not None and not actor.has_perm("workflow.change_rule"):
        raise NotAllowed(_("Only the security administrator changes the calendar."))
    if any(day.year != year for day in days):
        raise InvalidInput(_("All days must lie in the year %(year)d.") % {"year": year})
    with transaction.atomic():
        CalendarDay.objects.filter(day__year=year).delete()
        CalendarDay.objects.bulk_create(
            CalendarDay(day=day, is_working=working, name=name)
            for day, (working, name) in sorted(days.items())
        )
        entry, _created = CalendarYear.objects.update_or_create(year=year, defaults={"source": source})
        audit.record(
            actor=actor, action="workflow.calendar.entered", subject=entry, after={"days": len(days)}
        )
        transaction.on_commit(workingdays.forget)
    return entry
