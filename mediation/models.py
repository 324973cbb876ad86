"""Dispute mediation (矛盾调解): who mediates, what is disputed, and how it went.

Two tracks with rules of their own: people's mediation (人民调解, 人民调解法) and public-security mediation (治安调解, 公安机关办理行政案件
程序规定 ch. 10). The grade of risk is of the dispute, never of a person; no origin enters it.
"""

import pgtrigger
from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from anji_police.audit.history import tracked
from anji_police.audit.models import append_only_triggers
from anji_police.crypto import ADDRESS, ID_NUMBER, NAME, PHONE, EncryptedField, SealedRow
from anji_police.geo import SRID
from anji_police.places.models import Place, Unit
from anji_police.workflow.models import Stateful, Step, TransitionEntry
from mediation.registers import CommitteeMember, Complaint, Conflict, Rejection, Training  # noqa: F401

User = settings.AUTH_USER_MODEL
REGISTER, DISPATCH, MEDIATE = (
    "mediation.register_dispute",
    "mediation.dispatch_dispute",
    "mediation.mediate_dispute",
)
CLOSE, REOPEN = "mediation.close_dispute", "mediation.reopen_dispute"
CALL = "mediation.call_party"


class BodyQuerySet(models.QuerySet):
    def idle_in(self, period):
        """Of teams: those that were there in the half-open `period` and of which nobody took on a dispute in it."""
        taken = Assignment.objects.filter(
            answered_at__gte=period.start,
            answered_at__lt=period.end,
            state__in=[Assignment.State.ACCEPTED, Assignment.State.ENDED, Assignment.State.REPLACED],
        )
        busy = taken.exclude(mediator__team=None).values("mediator__team")
        there = self.filter(
            Q(dissolved_on=None) | Q(dissolved_on__gt=period.first_day), founded_on__lte=period.last_day
        )
        return there.exclude(pk__in=busy)

    def visible_to(self, user):
        """Stations, teams and committees are the whole county's: all police see them, nobody else."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self if user.has_perm("mediation.view_mediator") else self.none()


@tracked
class ServiceStation(models.Model):
    """A new-resident service station (新居民服务站), where hometown teams are at home."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name=_("township"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("police station"))
    location = models.PointField(srid=SRID, null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_demo = models.BooleanField(default=False)
    objects = BodyQuerySet.as_manager()

    class Meta:
        verbose_name = _("service station")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("mediation:station-detail", args=[self.pk])


@tracked
class Team(models.Model):
    """A hometown-dialect mediation team (乡音调解团): people of one origin at one service station."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    origin = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name=_("origin"))
    dialects = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, verbose_name=_("dialects")
    )
    station = models.ForeignKey(
        ServiceStation, models.PROTECT, related_name="teams", verbose_name=_("service station")
    )
    founded_on = models.DateField(_("founded"))
    dissolved_on = models.DateField(_("dissolved"), null=True, blank=True)
    is_demo = models.BooleanField(default=False)
    objects = BodyQuerySet.as_manager()

    class Meta:
        verbose_name = _("hometown mediation team")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="team_dissolved_after_founded",
                condition=Q(dissolved_on=None) | Q(dissolved_on__gt=models.F("founded_on")),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("mediation:team-detail", args=[self.pk])


@tracked
class Committee(models.Model):
    """A people's mediation committee (人民调解委员会): it appoints mediators and seals agreements."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name=_("place"))
    is_active = models.BooleanField(_("active"), default=True)
    is_demo = models.BooleanField(default=False)
    objects = BodyQuerySet.as_manager()

    class Meta:
        verbose_name = _("people's mediation committee")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("mediation:committee-detail", args=[self.pk])


class MatchGroup(models.Model):
    """Mediators who are alike in what a match weighs. A trigger puts each mediator into one, so that a match weighs hundreds of
    groups and not thousands of people. No fact of its own: nothing but the match reads it."""

    origin = models.ForeignKey(Place, models.PROTECT, related_name="+")
    dialects = ArrayField(models.CharField(max_length=20), default=list)
    station = models.ForeignKey(ServiceStation, models.PROTECT, null=True, related_name="+")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["origin", "place", "station", "dialects"],
                name="match_group_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.origin} · {self.place}"


class MediatorQuerySet(models.QuerySet):
    def active(self, on=None):
        """Active on the day `on` (default today): joined, and not left by then."""
        on = on or timezone.localdate()
        return self.filter(joined_on__lte=on).filter(Q(left_on=None) | Q(left_on__gt=on))

    def visible_to(self, user):
        """Police see all mediators of the county, so that one from elsewhere can be asked; a mediator sees the own entry."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.has_perm("mediation.view_mediator"):
            return self
        return self.filter(user=user)


@tracked(exclude=["match_group"])
class Mediator(SealedRow):
    """One mediator. The origin is what the person declares (GB/T 2260), never read from an identity number."""

    name = models.CharField(_("name"), max_length=40)
    phone = EncryptedField(_("phone number"), kind=PHONE, index=True)
    id_number = EncryptedField(_("identity number"), kind=ID_NUMBER, index=True)
    user = models.OneToOneField(
        User, models.PROTECT, null=True, blank=True, related_name="mediator", verbose_name=_("account")
    )
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="members", verbose_name=_("hometown team")
    )
    origin = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name=_("declared origin"))
    dialects = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, verbose_name=_("dialects")
    )
    languages = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, verbose_name=_("languages")
    )
    skills = ArrayField(models.CharField(max_length=20), default=list, blank=True, verbose_name=_("skills"))
    station = models.ForeignKey(
        ServiceStation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="mediators",
        verbose_name=_("service station"),
    )
    born_on = models.DateField(_("born"), null=True, blank=True)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name=_("township"))
    load_limit = models.PositiveSmallIntegerField(_("cases at once"), default=5)
    joined_on = models.DateField(_("joined"), default=timezone.localdate)
    left_on = models.DateField(_("left"), null=True, blank=True)
    match_group = models.ForeignKey(MatchGroup, models.PROTECT, editable=False, related_name="mediators")
    is_demo = models.BooleanField(default=False)
    objects = MediatorQuerySet.as_manager()

    class Meta:
        verbose_name = _("mediator")
        ordering = ["name", "id"]
        indexes = [
            models.Index(fields=["origin"], name="mediator_origin"),
            models.Index(fields=["place"], name="mediator_place"),
            models.Index(fields=["name", "id"], name="mediator_name"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="account_has_the_role",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("user_id"),
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__user__isnull=False),
                func="""
                    IF NOT EXISTS (SELECT 1 FROM accounts_userrole
                                   WHERE user_id = NEW.user_id AND role = 'mediator') THEN
                        RAISE EXCEPTION 'the account does not have the mediator role'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="belongs_to_its_match_group",
                operation=pgtrigger.Insert
                | pgtrigger.UpdateOf("origin_id", "dialects", "station_id", "place_id", "match_group_id"),
                when=pgtrigger.Before,
                func="""
                    INSERT INTO mediation_matchgroup (origin_id, dialects, station_id, place_id)
                    VALUES (NEW.origin_id, NEW.dialects, NEW.station_id, NEW.place_id) ON CONFLICT DO NOTHING;
                    SELECT id INTO NEW.match_group_id FROM mediation_matchgroup
                    WHERE (origin_id, dialects, place_id) = (NEW.origin_id, NEW.dialects, NEW.place_id)
                      AND station_id IS NOT DISTINCT FROM NEW.station_id;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("mediation:mediator-detail", args=[self.pk])


@tracked
class Appointment(models.Model):
    """A committee appoints a mediator for [from, to). Who isn't appointed on the day can assist, not sign (人民调解法 art. 29)."""

    mediator = models.ForeignKey(Mediator, models.PROTECT, related_name="appointments")
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="appointments", verbose_name=_("committee")
    )
    valid = DateRangeField(_("valid"))

    class Meta:
        verbose_name = _("appointment")
        indexes = [GistIndex(fields=["valid"], name="appointment_valid")]
        constraints = [
            ExclusionConstraint(
                name="appointment_no_overlap",
                expressions=[
                    ("mediator", RangeOperators.EQUAL),
                    ("committee", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"{self.mediator} · {self.committee}"


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


class DisputeQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Disputes of the units whose work `user` may see; a mediator sees the ones offered to or taken by that mediator."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_county_wide:
            return self
        if user.is_police:
            units = Unit.objects.keys_visible_to(user)
            referred = Referral.objects.filter(direction="out", unit__in=units, answered_at=None)
            return self.filter(Q(unit__in=units) | Q(pk__in=referred.values("dispute")))
        if "mediator" in user.roles:
            return self.filter(
                pk__in=Assignment.objects.filter(
                    mediator__user=user, state__in=[Assignment.State.OFFERED, Assignment.State.ACCEPTED]
                ).values("dispute")
            )
        return self.none()

    def live(self):
        return self.filter(status__in=LIVE)

    def overdue(self, now=None):
        return self.live().filter(due_at__lt=now or timezone.now())

    def follow_up_due(self, day):
        """With a planned visit that is due by `day` and neither made nor waived."""
        due = FollowUp.objects.filter(due_on__lte=day, done_at=None, waived_reason="")
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
        close = Assignment.objects.filter(
            dispute=OuterRef("pk"),
            mediator=OuterRef("mediator"),
            role=Assignment.Role.LEAD,
            match__in=[Assignment.Match.ORIGIN, Assignment.Match.DIALECT, Assignment.Match.PAIR],
        )
        return self.filter(Exists(close) if wanted else ~Exists(close))

    def with_factor(self, *factors: str):
        """Ever graded with one of the signs of risk."""
        rows = RiskAssessment.objects.filter(factors__overlap=list(factors))
        return self.filter(pk__in=rows.values("dispute"))

    def ever_graded(self, *grades: str):
        return self.filter(pk__in=RiskAssessment.objects.filter(grade__in=grades).values("dispute"))

    def confirmed_in(self, period):
        """Whose agreement the court confirmed on a day of the half-open `period`."""
        rows = JudicialConfirmation.objects.filter(
            status="confirmed", decided_on__gte=period.first_day, decided_on__lte=period.last_day
        )
        return self.filter(pk__in=rows.values("dispute"))

    def escalated_in(self, period):
        """Reported to the police in the half-open `period`."""
        rows = PoliceTask.objects.filter(raised_at__gte=period.start, raised_at__lt=period.end)
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
        people = Party.objects.exclude(origin=None).exclude(origin__code__startswith=settings.COUNTY_CODE)
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
        Step("offered", "mediating", MEDIATE, label=_("Accept")),
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
    def agreement(self) -> "Agreement | None":
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


class PartyQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Parties of the disputes that `user` may see."""
        return self.filter(dispute__in=Dispute.objects.visible_to(user))


@tracked
class Party(SealedRow):
    """One party of a dispute. Mediation waits until every party has consented; one clear refusal ends it (人民调解法 art. 17)."""

    class Kind(models.TextChoices):
        PERSON = "person", _("Natural person")
        ORGANISATION = "organisation", _("Organisation")

    class Side(models.TextChoices):
        APPLICANT = "applicant", _("Applicant")
        RESPONDENT = "respondent", _("Other side")

    class Consent(models.TextChoices):
        UNASKED = "unasked", _("Not asked yet")
        GIVEN = "given", _("Consent given")
        REFUSED = "refused", _("Refused")

    class Form(models.TextChoices):
        ORAL = "oral", _("Orally")
        WRITTEN = "written", _("In writing")
        ONLINE = "online", _("Online")

    class Part(models.TextChoices):
        SUSPECT = "suspect", _("Suspect")
        VICTIM = "victim", _("Victim")
        BOTH = "both", _("Both suspect and victim")

    class Authority(models.TextChoices):
        GENERAL = "general", _("General authority")
        SPECIAL = "special", _("Special authority")

    class Speaker(models.TextChoices):
        PARTY = "party", _("The party")
        GUARDIAN = "guardian", _("The guardian")
        REPRESENTATIVE = "representative", _("The representative")

    dispute = models.ForeignKey(Dispute, models.PROTECT, related_name="parties")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.PERSON)
    side = models.CharField(_("side"), max_length=10, choices=Side)
    name = EncryptedField(_("name"), kind=NAME)
    phone = EncryptedField(_("phone number"), kind=PHONE, index=True)
    id_number = EncryptedField(_("identity number"), kind=ID_NUMBER, index=True)
    address = EncryptedField(_("address"), kind=ADDRESS)
    origin = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("declared origin")
    )
    dialects = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, verbose_name=_("dialects")
    )
    part = models.CharField(_("part in the case"), max_length=7, choices=Part, blank=True)
    uscc = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    is_minor = models.BooleanField(_("minor"), default=False)
    guardian_name = EncryptedField(_("guardian"), kind=NAME)
    guardian_relation = models.CharField(_("relation of the guardian"), max_length=20, blank=True)
    representative_name = EncryptedField(_("representative"), kind=NAME)
    authority = models.CharField(_("authority"), max_length=7, choices=Authority, blank=True)
    authority_text = models.CharField(_("what the authority covers"), max_length=200, blank=True)
    speaks_for = models.PositiveSmallIntegerField(_("speaks for a crowd of"), default=0)
    identity_checked_at = models.DateTimeField(_("identity checked"), null=True, blank=True)
    consent_by = models.CharField(_("who answered"), max_length=14, choices=Speaker, blank=True)
    consent = models.CharField(_("consent"), max_length=8, choices=Consent, default=Consent.UNASKED)
    consent_form = models.CharField(_("how"), max_length=8, choices=Form, blank=True)
    consent_at = models.DateTimeField(null=True, blank=True)
    objects = PartyQuerySet.as_manager()

    class Meta:
        verbose_name = _("party")
        ordering = ["side", "id"]
        constraints = [
            models.CheckConstraint(
                name="party_consent_has_form",
                condition=Q(consent="unasked", consent_at=None)
                | (~Q(consent="unasked") & Q(consent_at__isnull=False) & ~Q(consent_form="")),
            )
        ]

    def __str__(self) -> str:
        return str(self.name)


class RiskAssessment(models.Model):
    """One grading of a dispute's risk of turning criminal (民转刑): the suggested grade and the officer's, both kept."""

    APPEND_ONLY = True

    dispute = models.ForeignKey(Dispute, models.PROTECT, related_name="assessments")
    factors = ArrayField(models.CharField(max_length=30), default=list, verbose_name=_("factors"))
    suggested = models.CharField(_("suggested"), max_length=1, choices=Dispute.Risk)
    grade = models.CharField(_("grade"), max_length=1, choices=Dispute.Risk)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    assessed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    assessed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("risk assessment")
        ordering = ["-assessed_at", "-id"]
        triggers = append_only_triggers

    def __str__(self) -> str:
        return f"{self.dispute} {self.grade}"


@tracked
class Assignment(models.Model):
    """One offer of a dispute to a mediator, and what became of it."""

    class State(models.TextChoices):
        OFFERED = "offered", _("Offered")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        REPLACED = "replaced", _("Replaced")
        ENDED = "ended", _("Ended")

    class Role(models.TextChoices):
        LEAD = "lead", _("Leads")
        ASSISTS = "assists", _("Assists")

    class Match(models.TextChoices):
        """How near the mediator is to the sides, on the day of the offer. Kept for figures in the aggregate only."""

        ORIGIN = "origin", _("Hometown of both sides")
        DIALECT = "dialect", _("Speech of both sides")
        PAIR = "pair", _("A pair, one of each side")
        ONE_SIDED = "one_sided", _("Of one side only")
        NEUTRAL = "neutral", _("Neutral")

    dispute = models.ForeignKey(Dispute, models.PROTECT, related_name="assignments")
    mediator = models.ForeignKey(
        Mediator, models.PROTECT, related_name="assignments", verbose_name=_("mediator")
    )
    role = models.CharField(_("role"), max_length=8, choices=Role, default=Role.LEAD)
    match = models.CharField(_("match"), max_length=9, choices=Match, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OFFERED)
    offered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    offered_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("assignment")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["dispute"],
                name="assignment_one_lead",
                condition=Q(role="lead", state__in=["offered", "accepted"]),
            ),
            models.UniqueConstraint(
                fields=["dispute", "mediator"],
                name="assignment_mediator_once",
                condition=Q(state__in=["offered", "accepted"]),
            ),
        ]
        indexes = [
            models.Index(fields=["mediator", "state"], name="assignment_load"),
            models.Index(
                fields=["mediator"],
                name="assignment_current",
                condition=Q(state__in=["offered", "accepted"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dispute} · {self.mediator}"


@tracked
class Session(models.Model):
    """One mediation session and its record (调解记录)."""

    class Again(models.TextChoices):
        POLICE = "police", _("The police find it necessary")
        PARTY = "party", _("A party asked for it")

    class Guardian(models.TextChoices):
        PRESENT = "present", _("Was there")
        EARNING = "earning", _("Sixteen or older, lives on own earnings, did not want it told")

    dispute = models.ForeignKey(Dispute, models.PROTECT, related_name="sessions")
    held_at = models.DateTimeField(_("held"))
    venue = models.CharField(_("where"), max_length=100)
    record = models.TextField(_("record"))
    mediators = models.ManyToManyField(Mediator, related_name="+", verbose_name=_("mediators"))
    officer = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("officer")
    )
    is_signed = models.BooleanField(_("signed by the parties"), default=False)
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=1)
    again_because = models.CharField(_("why once more"), max_length=7, choices=Again, blank=True)
    guardian = models.CharField(_("guardian of a minor"), max_length=7, choices=Guardian, blank=True)
    others_present = models.CharField(_("others present"), max_length=200, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("mediation session")
        ordering = ["held_at", "id"]

    def __str__(self) -> str:
        return f"{self.dispute} {self.held_at:%Y-%m-%d}"


@tracked
class Agreement(models.Model):
    """What the parties agreed (调解协议), in writing or by word of mouth.

    One agreement of a dispute stands. When the dispute is opened again and the parties agree anew, the new one takes its place
    and the old one stays as it was, with its items.
    """

    dispute = models.ForeignKey(Dispute, models.PROTECT, related_name="agreements")
    is_written = models.BooleanField(_("in writing"))
    terms = models.TextField(_("terms"))
    agreed_on = models.DateField(_("agreed on"))
    signed_by = models.ForeignKey(
        Mediator, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("signing mediator")
    )
    committee = models.ForeignKey(
        Committee,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("sealing committee"),
    )
    effective_on = models.DateField(_("in effect on"), null=True, blank=True)
    superseded_at = models.DateTimeField(_("superseded"), null=True, blank=True)
    facts = models.TextField(_("main facts"), blank=True)
    matters = models.TextField(_("matters in dispute and liability"), blank=True)
    method = models.CharField(_("way of performance"), max_length=200, blank=True)
    presider = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("presiding officer")
    )
    others_present = models.CharField(_("others present"), max_length=200, blank=True)
    incident_at = models.DateTimeField(_("when it happened"), null=True, blank=True)
    incident_place = models.CharField(_("where it happened"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("agreement")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["dispute"], name="agreement_one_standing", condition=Q(superseded_at=None)
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="superseded_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__superseded_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return str(self.dispute)


@tracked
class PerformanceItem(models.Model):
    """One thing a party is to do under the agreement, by a day."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="items")
    what = models.CharField(_("what"), max_length=200)
    amount_yuan = models.DecimalField(
        _("amount (yuan)"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    due_on = models.DateField(_("due"))
    done_on = models.DateField(_("done"), null=True, blank=True)
    proof = models.CharField(_("proof"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("item of performance")
        ordering = ["due_on", "id"]
        triggers = [
            pgtrigger.Trigger(
                name="of_superseded_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func="""
                    IF EXISTS (SELECT 1 FROM mediation_agreement
                               WHERE id = OLD.agreement_id AND superseded_at IS NOT NULL) THEN
                        RAISE EXCEPTION 'an item of a superseded agreement stays as it is';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return self.what


class FollowUpQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Visits of the disputes that `user` may see."""
        return self.filter(dispute__in=Dispute.objects.visible_to(user))

    def open(self):
        return self.filter(done_at=None, waived_reason="")

    def made_in(self, period):
        """Recorded in the half-open `period`."""
        return self.filter(done_at__gte=period.start, done_at__lt=period.end)

    def on_time(self):
        """Made by the end of the day for which they were planned, in Asia/Shanghai."""
        return self.filter(done_at__date__lte=models.F("due_on"))

    def of(self, user):
        """Those that wait for `user`: named for the account, or for nobody and of the own unit or of a dispute taken on."""
        own = (
            Q(dispute__unit=user.unit_id)
            if user.is_police
            else Q(dispute__in=Dispute.objects.visible_to(user))
        )
        return self.filter(Q(assignee=user) | Q(own, assignee=None))


@tracked
class FollowUp(models.Model):
    """One follow-up visit (回访): planned for a day, then told."""

    class Way(models.TextChoices):
        PHONE = "phone", _("By phone")
        VISIT = "visit", _("At home")

    dispute = models.ForeignKey(Dispute, models.PROTECT, related_name="follow_ups")
    due_on = models.DateField(_("due"))
    way = models.CharField(_("way"), max_length=5, choices=Way, default=Way.PHONE)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    performance = models.CharField(_("performance"), max_length=200, blank=True)
    satisfaction = models.PositiveSmallIntegerField(_("satisfaction (1 to 5)"), null=True, blank=True)
    signs_of_escalation = models.BooleanField(_("signs of escalation"), default=False)
    note = models.TextField(_("note"), blank=True)
    waived_reason = models.CharField(_("waived because"), max_length=200, blank=True)
    assignee = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("who visits")
    )
    cadre = models.CharField(_("village cadre who came along"), max_length=40, blank=True)
    court_outcome = models.CharField(_("outcome at court"), max_length=200, blank=True)
    measures = models.CharField(_("measures taken"), max_length=300, blank=True)
    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow-up visit")
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(
                fields=["due_on", "id"],
                name="followup_open",
                condition=Q(done_at=None, waived_reason=""),
            ),
            models.Index(fields=["done_at"], name="followup_done"),
        ]
        constraints = [
            models.CheckConstraint(
                name="followup_satisfaction_range",
                condition=Q(satisfaction=None) | Q(satisfaction__gte=1, satisfaction__lte=5),
            )
        ]

    def __str__(self) -> str:
        return f"{self.dispute} {self.due_on}"

    @property
    def is_open(self) -> bool:
        return self.done_at is None and not self.waived_reason


# Django finds models in this module only.
from mediation.life import (  # noqa: E402, F401
    Appraisal,
    CaseFile,
    Extension,
    JudicialConfirmation,
    Paper,
    PoliceCase,
    PoliceTask,
    Referral,
    ScreeningRound,
    SuitabilityCheck,
)
