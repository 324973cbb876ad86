"""The way of a member on duty: recorded only between check-in and check-out, only with a consent of its own, and never needed for hours."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anji_police.accounts.models import User
from anji_police.errors import DomainError, NotAllowed
from anji_police.tracks import selectors as track_selectors
from anji_police.tracks import services as tracks
from anji_police.tracks.models import Track
from anji_police.tracks.reading import RawPoint
from anji_police.workflow import rules
from anji_police.workflow import services as workflow
from volunteers.models import Attendance, Member, SignUp
from volunteers.models.people import SERVE
from volunteers.models.shifts import PLAN_SHIFT
from volunteers.services.common import held, is_self, may_run, record, require


def consent_to_tracks(*, member: Member, actor: User, given: bool) -> Member:
    """The member consents to recording the way on duty, or takes that back (个人信息保护法 art. 15, 29). Nobody else can."""
    require(actor, SERVE)
    with transaction.atomic():
        member = held(member, actor)
        if not is_self(actor, member):
            raise NotAllowed(_("Only the volunteer consents to being recorded."))
        if given == (member.track_consent_at is not None):
            return member
        member.track_consent_at = timezone.now() if given else None
        workflow.save(member, "track_consent_at")
        record(actor, "member.track-consented" if given else "member.track-consent-withdrawn", member)
    return member


def add_points(*, sign_up: SignUp, actor: User, points: Iterable[tuple[int, RawPoint]]) -> int:
    """Keep positions that the member's phone recorded, (number, point); the first ones begin the track. Returns how many were new.

    Positions from before the check-in or after the check-out are not kept. Raises DomainError without check-in or consent.
    """
    require(actor, SERVE)
    with transaction.atomic():
        found = _attendance(sign_up, actor)
        if not is_self(actor, found.sign_up.member):
            raise NotAllowed(_("Only the volunteer's own phone records the way."))
        if found.track_id is None:
            found.track = tracks.begin(
                actor=actor,
                consented_at=found.sign_up.member.track_consent_at,
                starts_at=found.in_at,
            )
            found.save(update_fields=["track"])
        new = tracks.add_points(track=found.track, points=points)
        if found.out_at is not None:
            tracks.end(track=found.track, ends_at=found.out_at)
            _measure(found)
    return new


def end_track(attendance: Attendance) -> None:
    """The member has checked out: the track ends then. Called inside the check-out's transaction."""
    if attendance.track_id is not None:
        tracks.end(track=attendance.track, ends_at=attendance.out_at)
        _measure(attendance)


def import_track(*, sign_up: SignUp, actor: User, content: bytes, name: str) -> Track:
    """A track of the shift from a file of another device (GPX, KML, KMZ, OwnTracks), by the member or who runs the team.

    Only after the check-out, once, and with the member's consent. Raises InvalidInput for a file that can't be used.
    """
    require(actor, SERVE)
    with transaction.atomic():
        found = _attendance(sign_up, actor)
        if not is_self(actor, found.sign_up.member):
            may_run(actor, found.sign_up.shift.team)
        if found.out_at is None:
            raise DomainError(_("Check out first; then the file is cut to the time of duty."))
        if found.track_id is not None:
            raise DomainError(_("This duty has a track already."))
        found.track = tracks.import_file(
            actor=actor,
            content=content,
            name=name,
            consented_at=found.sign_up.member.track_consent_at,
            starts_at=found.in_at,
            ends_at=found.out_at,
        )
        found.save(update_fields=["track"])
        _measure(found)
    return found.track


def rule_on_track(*, sign_up: SignUp, actor: User, trusted: bool, reason: str) -> Track:
    """The leader or the police rule on a doubtful track. Hours don't depend on it."""
    require(actor, PLAN_SHIFT)
    with transaction.atomic():
        found = _attendance(sign_up, actor)
        may_run(actor, found.sign_up.shift.team)
        if is_self(actor, found.sign_up.member):
            raise NotAllowed(_("Somebody else has to decide about yourself."))
        if found.track_id is None:
            raise DomainError(_("There is no track."))
        return tracks.rule_on(track=found.track, actor=actor, trusted=trusted, reason=reason)


def _attendance(sign_up: SignUp, actor: User) -> Attendance:
    row = held(sign_up, actor)
    found = (
        Attendance.objects.select_for_update(of=("self",))
        .select_related("sign_up__member", "sign_up__shift__team", "sign_up__shift__beat", "track")
        .filter(sign_up=row)
        .first()
    )
    if found is None:
        raise DomainError(_("Check in first. The way is recorded on duty only."))
    return found


def _measure(attendance: Attendance) -> None:
    """Keep how much of the beat was reached; it stays when the positions are purged."""
    beat = attendance.sign_up.shift.beat
    if beat is None:
        return
    reach = float(rules.value("tracks.reach"))
    track = Track.objects.get(pk=attendance.track_id)
    attendance.covered = track_selectors.coverage(track, beat.shape, reach)
    places = [checkpoint.point for checkpoint in beat.checkpoints.all()]
    attendance.checkpoints_reached = sum(track_selectors.reached(track, places, reach))
    attendance.save(update_fields=["covered", "checkpoints_reached"])
