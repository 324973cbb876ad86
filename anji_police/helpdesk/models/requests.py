"""The request itself, from the form to its end, and who may see it."""

from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anji_police.audit.history import tracked
from anji_police.crypto import NAME, PHONE, EncryptedField, SealedRow
from anji_police.geo import SRID
from anji_police.helpdesk.models.sharing import Assist, Exclusion
from anji_police.helpdesk.questions import Category
from anji_police.logs import masked
from anji_police.places.models import Place, Unit
from anji_police.workflow.models import Stateful, Step

User = settings.AUTH_USER_MODEL
HANDLE, ASSIGN, RULE = "helpdesk.handle_request", "helpdesk.assign_request", "helpdesk.rule_return"


class Status(models.TextChoices):
    RECEIVED = "received", _("Received")
    ASSIGNED = "assigned", _("Waiting for acceptance")
    IN_PROGRESS = "in_progress", _("In progress")
    WAITING = "waiting", _("Waiting for the citizen")
    RETURNED = "returned", _("Returned, to be ruled on")
    ANSWERED = "answered", _("Answered")
    CLOSED = "closed", _("Closed")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    MERGED = "merged", _("Merged")


OPEN = (Status.RECEIVED, Status.ASSIGNED, Status.IN_PROGRESS, Status.WAITING, Status.RETURNED)
ENDED = (Status.CLOSED, Status.WITHDRAWN, Status.MERGED)


class HelpRequestQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Requests that `user` may see: of the own unit and below, those it assists with, and those assigned by name.

        County-wide roles see all. Restricted ones need clearance. Officers named in a conflict of interest see nothing of it.
        """
        if not user.is_authenticated or not user.is_active or not user.is_police:
            return self.none()
        sight = ~Q(pk__in=Exclusion.requests_kept_from(user))
        if user.clearance < 1:
            sight &= Q(is_restricted=False)
        if not user.is_county_wide:
            units = Unit.objects.keys_visible_to(user)
            sight &= Q(unit__in=units) | Q(assignee=user) | Q(pk__in=Assist.objects.keys_for(user, units))
        return self.filter(sight)

    def open(self):
        return self.filter(status__in=OPEN)

    def mine(self, user):
        return self.open().filter(assignee=user)

    def unassigned(self):
        return self.filter(status__in=[Status.RECEIVED, Status.ASSIGNED], assignee=None)

    def overdue(self, now=None):
        return self.open().filter(due_at__lt=now or timezone.now())

    def due_within(self, span, now=None):
        now = now or timezone.now()
        return self.open().filter(due_at__gte=now, due_at__lt=now + span)

    def received_in(self, period):
        """Received in the half-open `period`."""
        return self.filter(received_at__gte=period.start, received_at__lt=period.end)


@tracked
class HelpRequest(SealedRow, Stateful):
    """One request of one citizen. `reference` may be printed anywhere; the secret code that opens it is kept as a hash only."""

    TRANSITIONS = (
        Step("received", "assigned", ASSIGN, needs=("unit",), label=_("Assign")),
        Step("assigned", "assigned", ASSIGN, needs=("unit",), label=_("Assign again")),
        Step("in_progress", "assigned", ASSIGN, needs=("unit",), label=_("Assign again")),
        Step("waiting", "assigned", ASSIGN, needs=("unit",), label=_("Assign again")),
        Step("assigned", "in_progress", HANDLE, needs=("assignee",), label=_("Accept")),
        Step("assigned", "returned", HANDLE, reason=True, label=_("Return")),
        Step("in_progress", "returned", HANDLE, reason=True, label=_("Return")),
        Step("returned", "assigned", RULE, reason=True, label=_("Rule on it")),
        Step("in_progress", "waiting", HANDLE, label=_("Ask the citizen")),
        Step("waiting", "in_progress", HANDLE, label=_("Go on")),
        Step("in_progress", "answered", HANDLE, label=_("Answer")),
        Step("waiting", "answered", HANDLE, label=_("Answer")),
        Step("answered", "closed", HANDLE, label=_("Close the request")),
        Step("answered", "assigned", HANDLE, reason=True, label=_("Reopen")),
        Step("closed", "assigned", RULE, reason=True, label=_("Reopen")),
        *(Step(s, "withdrawn") for s in ("received", "assigned", "in_progress", "waiting", "returned")),
        *(
            Step(s, "merged", HANDLE, label=_("Merge"))
            for s in ("received", "assigned", "in_progress", "waiting", "answered")
        ),
        *(
            Step("merged", s, HANDLE, reason=True, label=_("Unmerge"))
            for s in ("received", "assigned", "in_progress", "waiting", "answered")
        ),
    )

    STATUS_TONES = {
        Status.RECEIVED: "danger",
        Status.ASSIGNED: "warn",
        Status.IN_PROGRESS: "info",
        Status.WAITING: "mute",
        Status.RETURNED: "violet",
        Status.ANSWERED: "ok",
        Status.CLOSED: "ok",
        Status.WITHDRAWN: "mute",
        Status.MERGED: "violet",
    }

    class Channel(models.TextChoices):
        WEB = "web", _("Web form")
        PHONE = "phone", _("Phone")
        WALK_IN = "walk_in", _("Walk-in")
        OPEN311 = "open311", _("Open311")

    class Contact(models.TextChoices):
        PHONE = "phone", _("Call me")
        SMS = "sms", _("Send me an SMS")
        NONE = "none", _("I look here myself")

    class Priority(models.TextChoices):
        NORMAL = "normal", _("Normal")
        HIGH = "high", _("High")

    status = models.CharField(_("state"), max_length=30, choices=Status, default=Status.RECEIVED)
    reference = models.CharField(_("reference"), max_length=16, unique=True)
    secret_hash = models.CharField(max_length=160)
    token_hash = models.CharField(max_length=64, unique=True)  # of the idempotency token of the form
    body_hash = models.CharField(max_length=64)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    category = models.CharField(_("category"), max_length=12, choices=Category)
    answers = models.JSONField(default=dict)
    description = models.TextField(_("what happened"))
    happened = models.CharField(_("when"), max_length=100, blank=True)
    township = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("township")
    )
    village = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("village")
    )
    location = models.PointField(srid=SRID, null=True, blank=True)
    location_text = models.CharField(_("where"), max_length=200, blank=True)
    reporter_name = EncryptedField(_("name"), kind=NAME)
    reporter_phone = EncryptedField(_("phone number"), kind=PHONE, index=True)
    contact = models.CharField(_("contact"), max_length=6, choices=Contact, default=Contact.PHONE)
    language = models.CharField(max_length=8, default="zh-hans")
    consent_at = models.DateTimeField(null=True, blank=True)
    entered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit")
    )
    assignee = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("officer")
    )
    priority = models.CharField(_("priority"), max_length=6, choices=Priority, default=Priority.NORMAL)
    is_restricted = models.BooleanField(_("restricted"), default=False)
    may_return = models.BooleanField(default=True)  # no second return after a ruling
    round = models.PositiveSmallIntegerField(default=1)  # counts up when a bad rating opens it again
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    routed_kind = models.CharField(max_length=60, blank=True)
    routed_type = models.CharField(max_length=60, blank=True)
    routed_id = models.BigIntegerField(null=True, blank=True)
    is_demo = models.BooleanField(default=False)
    search_text = models.TextField(blank=True, editable=False)
    search_pairs = ArrayField(models.CharField(max_length=2, db_collation="C"), default=list, editable=False)
    objects = HelpRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request")
        ordering = ["-received_at", "-id"]
        indexes = [
            models.Index(fields=["-received_at", "-id"], name="helpreq_received"),
            models.Index(fields=["unit", "-received_at", "-id"], name="helpreq_unit_received"),
            models.Index(fields=["due_at", "id"], name="helpreq_due", condition=Q(due_at__isnull=False)),
            models.Index(
                fields=["-received_at", "-id"], name="helpreq_answered", condition=Q(status="answered")
            ),
            models.Index(fields=["due_at", "id"], name="helpreq_open_due", condition=Q(status__in=OPEN)),
            models.Index(
                fields=["unit", "due_at", "id"], name="helpreq_unit_open_due", condition=Q(status__in=OPEN)
            ),
            models.Index(fields=["assignee", "due_at"], name="helpreq_mine", condition=Q(status__in=OPEN)),
            models.Index(fields=["routed_type", "routed_id"], name="helpreq_routed"),
            GinIndex(fields=["search_pairs"], name="helpreq_search"),
        ]
        constraints = [
            models.CheckConstraint(
                name="helpreq_merged_has_target",
                condition=Q(status="merged", merged_into__isnull=False)
                | (~Q(status="merged") & Q(merged_into__isnull=True)),
            ),
            models.CheckConstraint(
                name="helpreq_closed_has_time", condition=~Q(status="closed") | Q(closed_at__isnull=False)
            ),
            models.CheckConstraint(
                name="helpreq_answered_has_time",
                condition=~Q(status="answered") | Q(answered_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def code(self) -> str:
        return self.reference

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def is_late(self) -> bool:
        return self.is_open and self.due_at is not None and self.due_at < timezone.now()

    @property
    def excerpt(self) -> str:
        """The first words of the description for lists, numbers of people hidden."""
        return masked(" ".join(self.description.split())[:60])

    def get_absolute_url(self) -> str:
        return reverse("helpdesk:request-detail", args=[self.reference])
