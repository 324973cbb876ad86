"""Requests of citizens (群众求助), from the form to the rating."""

from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anji_police import memo
from anji_police.audit.history import tracked
from anji_police.crypto import NAME, PHONE, TEXT, EncryptedField, SealedRow
from anji_police.geo import SRID
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


@tracked
class Message(SealedRow):
    """One message of a request's thread: from the citizen, to the citizen, or an internal note."""

    class Kind(models.TextChoices):
        CITIZEN = "citizen", _("From the citizen")
        REPLY = "reply", _("Reply to the citizen")
        PROGRESS = "progress", _("Progress")
        NOTE = "note", _("Internal note")

    PUBLIC = (Kind.CITIZEN, Kind.REPLY, Kind.PROGRESS)
    is_new = False  # for who has just sent it: not a repetition

    request = models.ForeignKey(HelpRequest, models.PROTECT, related_name="messages")
    kind = models.CharField(max_length=8, choices=Kind)
    body = models.TextField(_("text"))
    author = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    author_name = models.CharField(max_length=60, blank=True)
    key = models.CharField(
        max_length=120, unique=True
    )  # the same key is one message, however often it is sent
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("message")
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.request} {self.kind}"


@tracked
class Attachment(SealedRow):
    """A photo or PDF, checked and written anew; the file lies outside the web root and leaves through a view only."""

    request = models.ForeignKey(
        HelpRequest, models.PROTECT, null=True, blank=True, related_name="attachments"
    )
    message = models.ForeignKey(Message, models.PROTECT, null=True, blank=True, related_name="attachments")
    draft = models.ForeignKey("Draft", models.CASCADE, null=True, blank=True, related_name="attachments")
    name = EncryptedField(_("file name"), kind=TEXT)
    path = models.CharField(max_length=120, unique=True)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    from_citizen = models.BooleanField(default=True)
    added_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("attachment")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="attachment_one_home",
                condition=Q(draft__isnull=False, request__isnull=True)
                | Q(draft__isnull=True, request__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return str(self.uid)


class Draft(SealedRow):
    """What a citizen has filled in so far, so that a reload loses nothing. Named by the hash of a token that only the
    citizen's browser holds; deleted when the request is accepted, or after a day."""

    token_hash = models.CharField(max_length=64, unique=True)
    content = EncryptedField(kind=TEXT)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("draft")

    def __str__(self) -> str:
        return str(self.uid)


class AssistQuerySet(models.QuerySet):
    def keys_for(self, user, units: list[int]) -> list[int]:
        """The keys of the requests that `units` assist with now. As a list, so that a list of requests can be answered from
        the indexes of unit, officer and key together, however few of a million a small unit sees."""
        assisting = self.filter(unit__in=units, ended_at=None)
        return memo.once(("assists", user.pk), lambda: list(assisting.values_list("request", flat=True)))


@tracked
class Assist(models.Model):
    """A unit that helps the lead unit (协办)."""

    request = models.ForeignKey(HelpRequest, models.CASCADE, related_name="assists")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    objects = AssistQuerySet.as_manager()

    class Meta:
        verbose_name = _("assisting unit")
        constraints = [
            models.UniqueConstraint(
                fields=["request", "unit"], name="assist_once", condition=Q(ended_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.request} {self.unit}"


@tracked
class Exclusion(models.Model):
    """An officer with a conflict of interest: sees nothing of the request."""

    request = models.ForeignKey(HelpRequest, models.CASCADE, related_name="exclusions")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("conflict of interest")
        constraints = [models.UniqueConstraint(fields=["request", "user"], name="exclusion_once")]

    def __str__(self) -> str:
        return f"{self.request} {self.user}"

    @classmethod
    def requests_kept_from(cls, user) -> RawSQL:
        """The keys of the requests that `user` sees nothing of. Every look at requests asks it, and as a query of the ORM it
        took as long to build as all the rest of such a look."""
        return RawSQL(f"SELECT request_id FROM {cls._meta.db_table} WHERE user_id = %s", [user.pk])  # noqa: S608, S611


@tracked
class Return(models.Model):
    """A unit sends a request back (退单); the duty desk rules on it, and after a ruling there is no second return."""

    class Reason(models.TextChoices):
        NOT_OURS = "not_ours", _("Not this unit's area")
        NOT_POLICE = "not_police", _("Not a police matter")
        UNCLEAR = "unclear", _("Facts too unclear to act on")
        DOUBLE = "double", _("Handled already")

    class Ruling(models.TextChoices):
        UPHELD = "upheld", _("Return upheld")
        REFUSED = "refused", _("Return refused")

    request = models.ForeignKey(HelpRequest, models.PROTECT, related_name="returns")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    reason = models.CharField(_("ground"), max_length=10, choices=Reason)
    explanation = models.TextField(_("explanation"))
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    ruling = models.CharField(_("ruling"), max_length=8, choices=Ruling, blank=True)
    ruled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ruled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("return")
        constraints = [
            models.UniqueConstraint(fields=["request"], name="return_one_open", condition=Q(ruling="")),
        ]

    def __str__(self) -> str:
        return f"{self.request} {self.unit}"


@tracked
class Merge(models.Model):
    """One merge of a duplicate into the request that goes on; undone by setting `undone_at`."""

    duplicate = models.ForeignKey(HelpRequest, models.PROTECT, related_name="merges")
    target = models.ForeignKey(HelpRequest, models.PROTECT, related_name="+")
    state_before = models.CharField(max_length=30)
    merged_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    merged_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("merge")
        constraints = [
            models.UniqueConstraint(fields=["duplicate"], name="merge_once", condition=Q(undone_at=None)),
            models.CheckConstraint(name="merge_not_itself", condition=~Q(duplicate=models.F("target"))),
        ]

    def __str__(self) -> str:
        return f"{self.duplicate} → {self.target}"


@tracked
class Rating(SealedRow):
    """One rating (好差评) of one round: 5 very satisfied to 1 very dissatisfied. Officers see it, never who gave it."""

    class Score(models.IntegerChoices):
        VERY_SATISFIED = 5, _("Very satisfied")
        SATISFIED = 4, _("Satisfied")
        FAIR = 3, _("Fair")
        DISSATISFIED = 2, _("Dissatisfied")
        VERY_DISSATISFIED = 1, _("Very dissatisfied")

    BAD = (1, 2)

    request = models.ForeignKey(HelpRequest, models.PROTECT, related_name="ratings")
    round = models.PositiveSmallIntegerField()
    score = models.PositiveSmallIntegerField(
        _("rating"), choices=Score, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    comment = models.TextField(_("comment"), blank=True)
    rated_at = models.DateTimeField(default=timezone.now)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("rating")
        constraints = [
            models.UniqueConstraint(fields=["request", "round"], name="rating_once_a_round"),
            models.CheckConstraint(name="rating_one_to_five", condition=Q(score__gte=1, score__lte=5)),
        ]

    def __str__(self) -> str:
        return f"{self.request} {self.score}"


@tracked
class RoutingRule(models.Model):
    """Which unit a request goes to, by category and place; the most exact one in force wins, else the jurisdiction."""

    category = models.CharField(_("category"), max_length=12, choices=Category)
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, verbose_name=_("place"))
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("unit"))
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("routing rule")
        constraints = [
            models.UniqueConstraint(
                fields=["category", "place"],
                name="routing_one_unit",
                condition=Q(is_active=True),
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_category_display()} → {self.unit}"


@tracked
class CannedReply(models.Model):
    """A reply to start from, with variables {reference} {unit} {officer} {day}."""

    title = models.CharField(_("title"), max_length=60)
    category = models.CharField(_("category"), max_length=12, choices=Category, blank=True)
    body = models.TextField(_("text"))
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, verbose_name=_("unit"))
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("canned reply")
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title


class SavedViewQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Own views, and those shared with the units that the person belongs to."""
        if not user.is_authenticated:
            return self.none()
        shared = Q(shared_with=None, is_shared=True)
        if user.unit_id:
            shared |= Q(
                is_shared=True, shared_with__in=[int(pk) for pk in user.unit.path.strip("/").split("/")]
            )
        return self.filter(Q(owner=user) | shared)


@tracked
class SavedView(models.Model):
    """A named filter, order and set of columns of the queue; one's own or shared with a unit and those below it."""

    owner = models.ForeignKey(User, models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=40)
    query = models.JSONField(default=dict)  # the query string of the queue page, as {name: [values]}
    columns = ArrayField(models.CharField(max_length=20), default=list)
    is_shared = models.BooleanField(_("shared"), default=False)
    shared_with = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved view")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="savedview_name")]

    def __str__(self) -> str:
        return self.name
