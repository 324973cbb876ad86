"""What volunteers report (线索): one record from the report to the answer, linked to what becomes of it, never copied."""

from django.conf import settings
from django.contrib.gis.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from anji_police.audit.history import tracked
from anji_police.geo import SRID
from anji_police.places.models import Place, Unit
from anji_police.workflow.models import Stateful, Step
from volunteers.models.people import Member, Team, oversees
from volunteers.models.shifts import Attendance

User = settings.AUTH_USER_MODEL
HANDLE = "volunteers.handle_incident"


class IncidentStatus(models.TextChoices):
    REPORTED = "reported", _("Reported")
    RECEIVED = "received", pgettext_lazy("incident", "Received")
    HANDLED = "handled", _("Handled on the spot")
    TRANSFERRED = "transferred", _("Passed on")
    FED_BACK = "fed_back", _("Reporter told")
    CLOSED = "closed", _("Closed")


OPEN_INCIDENT = (
    IncidentStatus.REPORTED,
    IncidentStatus.RECEIVED,
    IncidentStatus.HANDLED,
    IncidentStatus.TRANSFERRED,
)


class IncidentQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Incidents of the units whose work `user` may see; a volunteer those that the own account reported."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if oversees(user):
            return self
        if user.is_police:
            return self.filter(unit__in=Unit.objects.keys_visible_to(user))
        if "volunteer" in user.roles:
            return self.filter(reported_by=user)
        return self.none()

    def open(self):
        return self.filter(status__in=OPEN_INCIDENT)

    def reported_in(self, period):
        """Reported in the half-open `period`."""
        return self.filter(reported_at__gte=period.start, reported_at__lt=period.end)

    def closed_in(self, period):
        """Closed in the half-open `period`."""
        return self.filter(closed_at__gte=period.start, closed_at__lt=period.end)


@tracked
class Incident(Stateful):
    """One incident or lead. `uid` is the reporter's phone's own number of it, so that a report sent twice is one record."""

    TRANSITIONS = (
        Step("reported", "received", HANDLE, label=_("Receive")),
        Step("received", "handled", HANDLE, needs=("handling",), label=_("Handled on the spot")),
        Step("received", "transferred", HANDLE, label=_("Pass on")),
        Step("handled", "fed_back", HANDLE, needs=("feedback",), label=_("Tell the reporter")),
        Step("transferred", "fed_back", HANDLE, needs=("feedback",), label=_("Tell the reporter")),
        Step("fed_back", "closed", HANDLE, label=_("Close the incident")),
    )
    STATUS_TONES = {
        IncidentStatus.REPORTED: "danger",
        IncidentStatus.RECEIVED: "warn",
        IncidentStatus.HANDLED: "info",
        IncidentStatus.TRANSFERRED: "violet",
        IncidentStatus.FED_BACK: "ok",
        IncidentStatus.CLOSED: "ok",
    }

    class Kind(models.TextChoices):
        DISPUTE = "dispute", _("Quarrel or dispute")
        SAFETY = "safety", _("Public safety")
        FRAUD = "fraud", _("Fraud")
        ECOLOGY = "ecology", _("Environment")
        TRAFFIC = "traffic", _("Traffic")
        HELP = "help", _("Person in need")
        OTHER = "other", _("Something else")

    status = models.CharField(
        _("state"), max_length=30, choices=IncidentStatus, default=IncidentStatus.REPORTED
    )
    code = models.CharField(_("code"), max_length=20, unique=True)
    uid = models.UUIDField(unique=True)
    body_hash = models.CharField(max_length=64)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    facts = models.TextField(_("what was seen"))
    seen_at = models.DateTimeField(_("seen"))
    reported_at = models.DateTimeField(_("reported"), default=timezone.now)
    reported_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("reporter"))
    member = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="incidents", verbose_name=_("volunteer")
    )
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="incidents", verbose_name=_("team")
    )
    attendance = models.ForeignKey(
        Attendance, models.PROTECT, null=True, blank=True, related_name="incidents"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("unit"))
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("place")
    )
    location = models.PointField(srid=SRID, null=True, blank=True)
    location_text = models.CharField(_("where exactly"), max_length=200, blank=True)
    received_at = models.DateTimeField(pgettext_lazy("incident", "received"), null=True, blank=True)
    handling = models.CharField(_("what was done"), max_length=1000, blank=True)
    transfer_kind = models.CharField(_("passed on to"), max_length=60, blank=True)  # a route's kind, or "110"
    transfer_type = models.CharField(max_length=60, blank=True)
    transfer_id = models.BigIntegerField(null=True, blank=True)
    transfer_code = models.CharField(_("number there"), max_length=40, blank=True)
    transfer_url = models.CharField(max_length=200, blank=True)
    feedback = models.CharField(_("answer to the reporter"), max_length=1000, blank=True)
    became_case = models.BooleanField(_("became a case"), default=False)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    is_demo = models.BooleanField(default=False)
    objects = IncidentQuerySet.as_manager()

    class Meta:
        verbose_name = _("incident")
        ordering = ["-reported_at", "-id"]
        indexes = [
            models.Index(fields=["-reported_at", "-id"], name="vol_incident_reported"),
            models.Index(fields=["unit", "-reported_at", "-id"], name="vol_incident_unit"),
            models.Index(fields=["transfer_type", "transfer_id"], name="vol_incident_transfer"),
        ]
        constraints = [
            models.CheckConstraint(
                name="vol_incident_closed_has_time",
                condition=~Q(status="closed") | Q(closed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="vol_incident_transferred_has_target",
                condition=~Q(status="transferred") | ~Q(transfer_kind=""),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("volunteers:incident-detail", args=[self.code])

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_INCIDENT

    @property
    def is_late(self) -> bool:
        return self.is_open and self.due_at is not None and self.due_at < timezone.now()


@tracked
class IncidentPhoto(models.Model):
    """A photo of an incident, checked and written anew; it leaves through a view only."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="photos")
    uid = models.UUIDField(unique=True)
    path = models.CharField(max_length=120, unique=True)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("photo")
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.uid)
