"""Recording, importing, judging and purging tracks. The field whose record a track belongs to checks the right and holds the lock
of its own record; these services hold the track's."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.contrib.gis.geos import LineString, MultiLineString, Point
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anji_police.accounts.models import User
from anji_police.audit import services as audit
from anji_police.errors import DomainError, InvalidInput
from anji_police.geo import SRID
from anji_police.periods import SHANGHAI, add_months, midnight
from anji_police.tracks import quality, reading
from anji_police.tracks.models import Track, TrackPoint
from anji_police.tracks.reading import RawPoint
from anji_police.workflow import rules

BATCH = 1_000
MAX_SPAN = timedelta(hours=24)  # no time of duty is longer; a longer one is a check-out forgotten


def begin(
    *, actor: User | None, consented_at: datetime | None, starts_at: datetime, mode: str = Track.Mode.FOOT
) -> Track:
    """A track that a phone records from `starts_at` on. Raises DomainError without the person's separate consent
    (个人信息保护法 art. 29)."""
    if consented_at is None:
        raise DomainError(_("Consent to recording the way first. Without it the duty counts all the same."))
    with transaction.atomic():
        track = Track.objects.create(
            source=Track.Source.PHONE, mode=mode, consented_at=consented_at, starts_at=starts_at
        )
        audit.record(actor=actor, action="tracks.track.begun", subject=track, after={"mode": mode})
    return track


def add_points(*, track: Track, points: Iterable[tuple[int, RawPoint]]) -> int:
    """Keep what a phone sends, (number, point), in any order, late or twice; returns how many were new.

    Positions from outside the time of duty are not kept at all, only counted. A track that was already judged is judged
    again when late positions arrive. Raises InvalidInput for a batch of more than 1,000, DomainError for a purged or void track.
    """
    points = list(points)
    if len(points) > BATCH:
        raise InvalidInput(_("Send at most %(limit)d positions at once.") % {"limit": BATCH})
    with transaction.atomic():
        track = Track.objects.select_for_update().get(pk=track.pk)
        if track.purged_at or track.state == Track.State.VOID:
            raise DomainError(_("This track is closed."))
        inside = [(n, p) for n, p in points if _is_inside(p, track)]
        before = track.points.count()
        _keep(track, [(n, 0, p) for n, p in inside])
        new = track.points.count() - before
        outside = len(points) - len(inside)
        if outside:
            track.notes = {**track.notes, "outside_time": track.notes.get("outside_time", 0) + outside}
            track.save(update_fields=["notes"])
        if new and track.state != Track.State.RECORDING:
            _judge(track)
    return new


def end(*, track: Track, ends_at: datetime) -> Track:
    """End the recording at `ends_at` (open end) and judge it. What came from later is deleted. Ending again changes nothing."""
    with transaction.atomic():
        track = Track.objects.select_for_update().get(pk=track.pk)
        if track.state != Track.State.RECORDING:
            return track
        track.ends_at = min(ends_at, track.starts_at + MAX_SPAN)
        track.points.filter(at__gte=track.ends_at).delete()
        _judge(track)
    return track


def import_file(
    *,
    actor: User,
    content: bytes,
    name: str,
    consented_at: datetime | None,
    starts_at: datetime,
    ends_at: datetime,
    mode: str = Track.Mode.FOOT,
) -> Track:
    """A track from a file (GPX, KML, KMZ, OwnTracks) for the time of duty [starts_at, ends_at), judged at once.

    Positions with a time outside of it are counted and not kept. Raises InvalidInput when the file can't be read or nothing of
    it falls into the time of duty.
    """
    if consented_at is None:
        raise DomainError(_("Consent to recording the way first. Without it the duty counts all the same."))
    found = reading.read(content, name=name)
    numbered: list[tuple[int, int, RawPoint]] = []
    outside = 0
    for leg, segment in enumerate(found.segments):
        for point in segment:
            if point.at is not None and not starts_at <= point.at < ends_at:
                outside += 1
            else:
                numbered.append((len(numbered), min(leg, 32_000), point))
    if not numbered:
        message = _("No position of the file falls into the time of duty, %(start)s to %(end)s.") % {
            "start": f"{starts_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
            "end": f"{ends_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
        }
        raise InvalidInput(message, fields={"file": [message]})
    notes = dict(found.notes) | ({"outside_time": outside} if outside else {})
    with transaction.atomic():
        track = Track.objects.create(
            source=found.kind,
            mode=mode,
            consented_at=consented_at,
            starts_at=starts_at,
            ends_at=ends_at,
            file_sha256=hashlib.sha256(content).hexdigest(),
            notes=notes,
        )
        _keep(track, numbered)
        _judge(track)
        audit.record(
            actor=actor, action="tracks.track.imported", subject=track, after={"source": found.kind, **notes}
        )
    return track


def rule_on(*, track: Track, actor: User, trusted: bool, reason: str) -> Track:
    """A person's ruling on a doubtful track: trusted after all, or void. The caller has checked the right.

    Raises InvalidInput without a reason, DomainError for a track that is not doubtful.
    """
    if not reason.strip():
        raise InvalidInput(fields={"reason": [_("Give the reason.")]})
    with transaction.atomic():
        track = Track.objects.select_for_update().get(pk=track.pk)
        if track.state != Track.State.DOUBTFUL:
            raise DomainError(_("Only a doubtful track is ruled on."))
        track.state = Track.State.TRUSTED if trusted else Track.State.VOID
        track.ruled_by, track.ruling = actor, reason.strip()[:200]
        track.save(update_fields=["state", "ruled_by", "ruling"])
        audit.record(
            actor=actor,
            action="tracks.track.ruled_on",
            subject=track,
            reason=track.ruling,
            before={"state": Track.State.DOUBTFUL},
            after={"state": track.state},
        )
    return track


def limits_for(mode: str, on) -> quality.Limits:
    """The limits in force on the day `on`."""
    speed = "tracks.speed_vehicle" if mode == Track.Mode.VEHICLE else "tracks.speed_foot"
    return quality.Limits(
        accuracy_m=float(rules.value("tracks.accuracy", on)),
        speed_mps=float(rules.value(speed, on)) / 3.6,
        gap_s=float(rules.value("tracks.gap", on)) * 60,
        step_m=float(rules.value("tracks.step", on)),
        kept_share=float(rules.value("tracks.kept_share", on)) / 100,
    )


def _is_inside(point: RawPoint, track: Track) -> bool:
    """Whether a phone's point belongs to the time of duty. Without a time it can't be told, and is not kept."""
    return (
        point.at is not None
        and point.at >= track.starts_at
        and (track.ends_at is None or point.at < track.ends_at)
    )


def _keep(track: Track, numbered: list[tuple[int, int, RawPoint]]) -> None:
    TrackPoint.objects.bulk_create(
        [
            TrackPoint(
                track=track,
                number=number,
                leg=leg,
                at=p.at,
                place=Point(round(p.lon, 7), round(p.lat, 7), srid=SRID),
                accuracy_m=p.accuracy_m,
                speed_mps=p.speed_mps,
                is_mock=p.is_mock,
            )
            for number, leg, p in numbered
        ],
        ignore_conflicts=True,
        batch_size=2_000,
    )


def _judge(track: Track) -> None:
    """Judge all kept points and write the figures. A ruling of a person stands."""
    rows = list(track.points.order_by("leg", "number"))
    segments: dict[int, list[RawPoint]] = {}
    for row in rows:
        segments.setdefault(row.leg, []).append(
            RawPoint(row.place.x, row.place.y, row.at, row.accuracy_m, row.speed_mps, row.is_mock)
        )
    now = timezone.now()
    verdict = quality.judge(
        list(segments.values()),
        limits=limits_for(track.mode, track.starts_at.astimezone(SHANGHAI).date()),
        now=now,
        start=track.starts_at,
        end=track.ends_at,
    )
    changed = []
    for row, reason in zip(rows, verdict.reasons, strict=True):
        if row.reason != reason:
            row.reason = reason
            changed.append(row)
    TrackPoint.objects.bulk_update(changed, ["reason"], batch_size=2_000)
    lines = [
        LineString([rows[n].place.coords for n in leg], srid=SRID) for leg in verdict.legs if len(leg) > 1
    ]
    track.line = MultiLineString(lines, srid=SRID) if lines else None
    track.points_seen = len(rows)
    track.points_kept = sum(not reason for reason in verdict.reasons)
    track.distance_m = round(verdict.distance_m)
    track.seconds = verdict.seconds
    track.gaps = [[a.isoformat(), b.isoformat()] for a, b in verdict.gaps]
    track.dropped = {code: n for code, n in verdict.counted.items() if code}
    track.doubts = verdict.doubts
    track.version = quality.VERSION
    track.judged_at = now
    if track.ruled_by_id is None:
        track.state = Track.State.TRUSTED if verdict.is_trusted else Track.State.DOUBTFUL
    track.save()


def purge(on=None) -> int:
    """Delete the positions of tracks that ended longer ago than the rule allows; figures stay. Returns how many tracks."""
    from anji_police.periods import today

    on = on or today()
    months = int(rules.value("tracks.raw_months", on))
    before = midnight(add_months(on, -months))
    done = 0
    while True:
        with transaction.atomic():
            due = list(
                Track.objects.select_for_update(skip_locked=True)
                .filter(purged_at=None, ends_at__lt=before)
                .order_by("ends_at")
                .values_list("pk", flat=True)[:200]
            )
            if not due:
                return done
            TrackPoint.objects.filter(track__in=due).delete()
            Track.objects.filter(pk__in=due).update(line=None, purged_at=timezone.now())
            audit.record(actor=None, action="tracks.points.purged", after={"tracks": len(due)})
        done += len(due)
