"""Tracks of people on duty: sensitive personal data (个人信息保护法 art. 28), kept apart from the figures that come of them."""

import uuid

from django.contrib.gis.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anji_police.audit.history import tracked
from anji_police.geo import SRID


@tracked(exclude=["line"])  # the history would keep the way beyond its time
class Track(models.Model):
    """One way of one person within one time of duty, [starts_at, ends_at). What was done there, a field's record points here.

    `distance_m`, `seconds`, `gaps` and `doubts` come from quality.judge() of `version` and stay when the points are purged.
    """

    class Source(models.TextChoices):
        PHONE = "phone", _("phone")
        GPX = "gpx", "GPX"
        KML = "kml", "KML"
        OWNTRACKS = "owntracks", "OwnTracks"

    class State(models.TextChoices):
        RECORDING = "recording", _("Recording")
        TRUSTED = "trusted", _("Trusted")
        DOUBTFUL = "doubtful", _("Doubtful")
        VOID = "void", _("Void")

    class Mode(models.TextChoices):
        FOOT = "foot", _("On foot or by bicycle")
        VEHICLE = "vehicle", _("By car or boat")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    source = models.CharField(_("source"), max_length=10, choices=Source)
    mode = models.CharField(_("way of moving"), max_length=8, choices=Mode, default=Mode.FOOT)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.RECORDING)
    consented_at = models.DateTimeField(_("consent to recording"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    notes = models.JSONField(default=dict, blank=True)
    points_seen = models.PositiveIntegerField(default=0)
    points_kept = models.PositiveIntegerField(default=0)
    distance_m = models.PositiveIntegerField(_("distance in metres"), default=0)
    seconds = models.PositiveIntegerField(_("recorded time in seconds"), default=0)
    gaps = models.JSONField(default=list, blank=True)
    dropped = models.JSONField(default=dict, blank=True)
    doubts = models.JSONField(default=list, blank=True)
    version = models.PositiveSmallIntegerField(default=0)
    judged_at = models.DateTimeField(null=True, blank=True)
    ruled_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    ruling = models.CharField(_("reason"), max_length=200, blank=True)
    line = models.MultiLineStringField(srid=SRID, null=True, blank=True)
    purged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("recorded track")
        ordering = ["-starts_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="track_ends_after_start", condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at"))
            ),
            models.CheckConstraint(
                name="track_judged_when_ended",
                condition=Q(state="recording") | (Q(ends_at__isnull=False) & Q(judged_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="track_purged_has_no_line", condition=Q(purged_at=None) | Q(line=None)
            ),
        ]
        indexes = [
            models.Index(fields=["ends_at"], name="track_to_purge", condition=Q(purged_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def is_trusted(self) -> bool:
        return self.state == self.State.TRUSTED


class TrackPoint(models.Model):
    """One position as it came, purged by retention. `number` is the sender's own count within the track: sent twice, kept once.

    Not in the row history, which would keep what has to be deleted; points are only added and purged.
    """

    track = models.ForeignKey(Track, models.CASCADE, related_name="points")
    number = models.PositiveIntegerField()
    leg = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField(null=True, blank=True)
    place = models.PointField(srid=SRID, spatial_index=False)
    accuracy_m = models.FloatField(null=True, blank=True)
    speed_mps = models.FloatField(null=True, blank=True)
    is_mock = models.BooleanField(default=False)
    reason = models.CharField(max_length=12, blank=True)
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("position")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["track", "number"], name="trackpoint_once")]

    def __str__(self) -> str:
        return f"{self.track_id}/{self.number}"
