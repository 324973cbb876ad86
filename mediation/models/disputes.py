"""What is disputed, and where it stands."""

from django.apps import apps
from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from anji_police.audit.history import tracked
from anji_police.geo import SRID
from anji_police.places.models import Place, Unit
from anji_police.workflow.models import Stateful, Step, TransitionEntry
from mediation.models.people import Mediator

User = settings.AUTH_USER_MODEL
REGISTER, DISPATCH, MEDIATE = (
    "mediation.register_dispute",
    "mediation.dispatch_dispute",
    "mediation.mediate_dispute",
)
CLOSE, REOPEN = "mediation.close_dispute", "mediation.reopen_dispute"
CALL = "mediation.call_party"


class DisputeStatus(models.TextChoices):
    REGISTERED = "registered", _("Registered")
    CONSULTING = "consulting", _("Asking for consent")
    TO_ASSIGN = "to_assign", _("Waiting for a mediator")
    REFUSED = "refused", _("Mediation refused")
    OFFERED = "offered", _("Waiting for the mediator's acceptance")
    MEDIATING = "mediating", _("In mediation")
    AGREED = "agreed", _("Agreement reached")
    EFFECTIVE = "effective", _("Agreement in effect")
    PERFORMED = "performed", _("Performed")
    UNPERFORMED = "unperformed", _("Not performed")
    FAILED = "failed", _("Mediation failed")
    CLOSED = "closed", _("Closed")
    ARCHIVED = "archived", _("Archived")


LIVE = (
    DisputeStatus.REGISTERED,
    DisputeStatus.CONSULTING,
    DisputeStatus.TO_ASSIGN,
    DisputeStatus.OFFERED,
    DisputeStatus.MEDIATING,
    DisputeStatus.AGREED,
    DisputeStatus.EFFECTIVE,
    DisputeStatus.UNPERFORMED,
)


# Not yet filed away: also the ends of mediation, after which visits and the grade go on.
OPEN = (
    *LIVE,
    DisputeStatus.REFUSED,
    DisputeStatus.PERFORMED,
    DisputeStatus.FAILED,
)
# The ends of mediation as such; a refusal is none, as nobody mediated.
ENDS = (DisputeStatus.AGREED, DisputeStatus.FAILED)


def _rows(table: str):
    """The rows of a table whose module stands on this one."""
    return apps.get_model("mediation", table).objects


class DisputeQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Disputes of the units whose work `user` may see; a mediator sees the ones offered to or taken by that mediator."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_county_wide:
            return self
        if user.is_police:
            units = Unit.objects.keys_visible_to(user)
            referred = _rows("Referral").filter(direction="out", unit__in=units, answered_at=None)
            return self.filter(Q(unit__in=units) | Q(pk__in=referred.values("dispute")))
        if "mediator" in user.roles:
            return self.filter(
                pk__in=_rows("Assignment")
                .filter(mediator__user=user, state__in=["offered", "accepted"])
                .values("dispute")
            )
        return self.none()

    def live(self):
        return self.filter(status__in=LIVE)

    def overdue(self, now=None):
        return self.live().filter(due_at__lt=now or timezone.now())

    def follow_up_due(self, day):
        """With a planned visit that is due by `day` and neither made nor waived."""
        due = _rows("FollowUp").filter(due_on__lte=day, done_at=None, waived_reason="")
        return self.filter(pk__in=due.values("dispute"))

    def with_end_in(self, period):
        """Those whose mediation ended in the half-open `period`, each with `end`, the last such state: agreed or failed, at `end_at`.

        Read from the changes of state: a dispute that was opened again since, or ended otherwise later, still counts for the
        month in which it ended.
        """
        ends = TransitionEntry.objects.filter(
            subject_type=self.model._meta.label_lower,
            to_state__in=ENDS,
            at__gte=period.start,
            at__lt=period.end,
        )
        last = ends.filter(subject_id=OuterRef("pk")).order_by("-id")
        return self.filter(pk__in=ends.values("subject_id")).annotate(
            end=Subquery(last.values("to_state")[:1]), end_at=Subquery(last.values("at")[:1])
        )

    def matched(self, wanted: bool):
        """Led by a mediator who, on the day of the offer, was close to both sides or one of a pair; or by any other."""
        close = _rows("Assignment").filter(
            dispute=OuterRef("pk"),
            mediator=OuterRef("mediator"),
            role="lead",
            match__in=["origin", "dialect", "pair"],
        )
        return self.filter(Exists(close) if wanted else ~Exists(close))

    def with_factor(self, *factors: str):
        """Ever graded with one of the signs of risk."""
        rows = _rows("RiskAssessment").filter(factors__overlap=list(factors))
        return self.filter(pk__in=rows.values("dispute"))

    def ever_graded(self, *grades: str):
        return self.filter(pk__in=_rows("RiskAssessment").filter(grade__in=grades).values("dispute"))

    def confirmed_in(self, period):
        """Whose agreement the court confirmed on a day of the half-open `period`."""
        rows = _rows("JudicialConfirmation").filter(
            status="confirmed", decided_on__gte=period.first_day, decided_on__lte=period.last_day
        )
        return self.filter(pk__in=rows.values("dispute"))

    def escalated_in(self, period):
        """Reported to the police in the half-open `period`."""
        rows = _rows("PoliceTask").filter(raised_at__gte=period.start, raised_at__lt=period.end)
        return self.filter(pk__in=rows.values("dispute"))

    def open_at(self, moment):
        """Registered before `moment` and not closed by then."""
        return self.filter(Q(closed_at=None) | Q(closed_at__gte=moment), registered_at__lt=moment)

    def overdue_at(self, moment):
        """Still to be settled at `moment`, or now where that is still to come, and past their time limit by then."""
        moment = min(moment, timezone.now())
        return self.open_at(moment).filter(status__in=LIVE, due_at__lt=moment)

    def of_new_residents(self):
        """With a party whose declared origin lies outside the county (新居民)."""
        people = _rows("Party").exclude(origin=None).exclude(origin__code__startswith=settings.COUNTY_CODE)
        return self.filter(pk__in=people.values("dispute"))

    def performed(self):
        """Whose agreement was performed, also when the dispute was closed since."""
        moves = TransitionEntry.objects.filter(
            subject_type=self.model._meta.label_lower, to_state=DisputeStatus.PERFORMED
        )
        return self.filter(pk__in=moves.values("subject_id"))

    def registered_in(self, period):
        """Registered in the half-open `period`."""
        return self.filter(registered_at__gte=period.start, registered_at__lt=period.end)


class OfDisputeQuerySet(models.QuerySet):
    """Rows that hang on a dispute: in sight with it."""

    def visible_to(self, user):
        return self.filter(dispute__in=Dispute.objects.visible_to(user))


@tracked
class Dispute(Stateful):
    """One dispute with one code (一案一码), from any source to its file."""

    TRANSITIONS = (
        Step("registered", "consulting", REGISTER, label=_("Ask the parties")),
        Step("consulting", "to_assign", REGISTER, label=_("Consent complete")),
        Step("consulting", "refused", REGISTER, reason=True, label=_("No mediation")),
        Step("to_assign", "refused", REGISTER, reason=True, label=_("No mediation")),
        Step("offered", "refused", REGISTER, reason=True, label=_("No mediation")),
        Step("to_assign", "offered", DISPATCH, label=_("Assign a mediator")),
        Step("offered", "to_assign", MEDIATE, reason=True, label=_("Decline")),
        Step("offered", "mediating", MEDIATE, label=_("Take it on")),
        Step("mediating", "to_assign", DISPATCH, reason=True, label=_("Replace the mediator")),
        Step("mediating", "agreed", MEDIATE, label=_("Agreement reached")),
        Step("mediating", "failed", MEDIATE, reason=True, label=_("Mediation failed")),
        Step("agreed", "effective", MEDIATE, label=_("In effect")),
        Step("effective", "performed", MEDIATE, label=_("Performed")),
        Step("effective", "unperformed", MEDIATE, reason=True, label=_("Not performed")),
        Step("unperformed", "performed", MEDIATE, label=_("Performed")),
        Step("unperformed", "closed", CLOSE, reason=True, label=_("Close")),
        Step("performed", "closed", CLOSE, label=_("Close")),
        Step("failed", "closed", CLOSE, label=_("Close")),
        Step("refused", "closed", CLOSE, label=_("Close")),
        Step("closed", "archived", CLOSE, label=_("Archive")),
        Step("closed", "to_assign", REOPEN, reason=True, label=_("Reopen")),
        Step("closed", "consulting", REOPEN, reason=True, label=_("Reopen")),
    )

    STATUS_TONES = {
        DisputeStatus.REGISTERED: "warn",
        DisputeStatus.CONSULTING: "warn",
        DisputeStatus.TO_ASSIGN: "danger",
        DisputeStatus.REFUSED: "mute",
        DisputeStatus.OFFERED: "warn",
        DisputeStatus.MEDIATING: "info",
        DisputeStatus.AGREED: "info",
        DisputeStatus.EFFECTIVE: "info",
        DisputeStatus.PERFORMED: "ok",
        DisputeStatus.UNPERFORMED: "danger",
        DisputeStatus.FAILED: "mute",
        DisputeStatus.CLOSED: "ok",
        DisputeStatus.ARCHIVED: "mute",
    }

    class Track(models.TextChoices):
        PEOPLE = "people", _("People's mediation")
        PUBLIC_SECURITY = "public_security", _("Public-security mediation")

    class Source(models.TextChoices):
        REQUEST = "request", _("Citizen's request")
        CALL_110 = "call_110", _("110 hand-over")
        STATION = "station", _("Police station")
        SCREENING = "screening", _("Village screening")
        SELF = "self", _("Self-report")
        FIELD = "field", _("Another field")
        REFERRAL = "referral", _("Referred to us")

    class Type(models.TextChoices):
        NEIGHBOURS = "neighbours", _("Neighbours")
        FAMILY = "family", _("Marriage and family")
        WAGES = "wages", _("Labour and wages")
        DEBT = "debt", _("Debt and contract")
        LAND = "land", _("Land and houses")
        INJURY = "injury", _("Injury and damages")
        CONSUMER = "consumer", _("Consumer")
        OTHER = "other", _("Other")

    class Risk(models.TextChoices):
        A = "A", _("A (red)")
        B = "B", _("B (orange)")
        C = "C", _("C (yellow)")
        D = "D", _("D (blue)")

    class Outcome(models.TextChoices):
        WRITTEN = "written", _("Written agreement")
        ORAL = "oral", _("Oral agreement")
        FAILED = "failed", _("No agreement")
        REFUSED = "refused", _("Not mediated")

    status = models.CharField(
        _("state"), max_length=30, choices=DisputeStatus, default=DisputeStatus.REGISTERED
    )
    code = models.CharField(_("code"), max_length=20, unique=True)
    track = models.CharField(_("track"), max_length=16, choices=Track, default=Track.PEOPLE)
    source = models.CharField(pgettext_lazy("dispute", "source"), max_length=10, choices=Source)
    source_code = models.CharField(_("source number"), max_length=40, blank=True)
    type = models.CharField(_("type"), max_length=10, choices=Type)
    title = models.CharField(_("matter"), max_length=80)
    facts = models.TextField(_("facts"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("unit"))
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("place")
    )
    location = models.PointField(srid=SRID, null=True, blank=True)
    amount_yuan = models.DecimalField(
        _("amount (yuan)"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    risk = models.CharField(_("risk"), max_length=1, choices=Risk, default=Risk.D)
    mediator = models.ForeignKey(
        Mediator,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="disputes",
        verbose_name=_("lead mediator"),
    )
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome, blank=True)
    registered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    registered_at = models.DateTimeField(_("registered"), default=timezone.now)
    concluded_at = models.DateTimeField(_("concluded"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    source_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("caller's station")
    )
    screening = models.ForeignKey(
        "mediation.ScreeningRound",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="disputes",
        verbose_name=_("screening round"),
    )
    is_outside = models.BooleanField(_("happened outside our area"), default=False)
    leader = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("leader in charge")
    )
    rights_told_at = models.DateTimeField(_("told of rights and duties"), null=True, blank=True)
    routes_told_at = models.DateTimeField(_("told of other ways"), null=True, blank=True)
    routes_told_form = models.CharField(_("how they were told"), max_length=8, blank=True)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)
    archive_number = models.CharField(_("file number"), max_length=40, null=True, blank=True, unique=True)
    retain_until = models.DateField(_("kept until"), null=True, blank=True)
    is_demo = models.BooleanField(default=False)
    search_text = models.TextField(blank=True, editable=False)
    search_pairs = ArrayField(models.CharField(max_length=2, db_collation="C"), default=list, editable=False)
    objects = DisputeQuerySet.as_manager()

    class Meta:
        verbose_name = _("dispute")
        ordering = ["-registered_at", "-id"]
        indexes = [
            models.Index(fields=["-registered_at", "-id"], name="dispute_registered"),
            models.Index(fields=["unit", "-registered_at", "-id"], name="dispute_unit_registered"),
            models.Index(
                fields=["unit", "due_at", "id"], name="dispute_unit_live_due", condition=Q(status__in=LIVE)
            ),
            GinIndex(fields=["search_pairs"], name="dispute_search"),
        ]
        constraints = [
            models.CheckConstraint(
                name="dispute_mediating_has_mediator",
                condition=~Q(status__in=["offered", "mediating", "agreed", "effective"])
                | Q(mediator__isnull=False),
            ),
            models.CheckConstraint(
                name="dispute_closed_has_time", condition=~Q(status="closed") | Q(closed_at__isnull=False)
            ),
            models.CheckConstraint(
                name="dispute_concluded_has_outcome",
                condition=Q(concluded_at=None) | ~Q(outcome=""),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def agreement(self):
        """The agreement that stands, if any. A read of its own."""
        return self.agreements.filter(superseded_at=None).first()

    @property
    def is_ended(self) -> bool:
        """Mediation is over, the file is not: follow-up and closure are left."""
        return self.status in ("performed", "unperformed", "failed", "refused")

    @property
    def is_late(self) -> bool:
        return self.is_live and self.due_at is not None and self.due_at < timezone.now()

    @property
    def is_live(self) -> bool:
        return self.status in LIVE

    def get_absolute_url(self) -> str:
        return reverse("mediation:dispute-detail", args=[self.code])
