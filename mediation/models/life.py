"""What else is recorded in the life of a dispute: checks, the case behind it, pauses, police tasks, court, referrals, papers."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from anji_police.audit.history import tracked
from anji_police.audit.models import append_only_triggers
from anji_police.workflow.models import Stateful, Step
from mediation.models.disputes import OfDisputeQuerySet

User = settings.AUTH_USER_MODEL
CONFIRM = "mediation.file_confirmation"


class SuitabilityCheck(models.Model):
    """Whether public-security mediation is open to a case: the minor acts of 程序规定 art. 178, and the seven bars of art. 179,
    asked one by one. The latest counts; none is overwritten."""

    APPEND_ONLY = True

    class Act(models.TextChoices):
        BEATING = "beating", _("Beating")
        INJURY = "injury", _("Intentional injury")
        INSULT = "insult", _("Insult")
        DEFAMATION = "defamation", _("Defamation")
        FALSE_ACCUSATION = "accusation", _("False accusation")
        DAMAGE = "damage", _("Intentional damage to property")
        DISTURBANCE = "disturbance", _("Disturbing another's life")
        PRIVACY = "privacy", _("Violation of privacy")
        TRESPASS = "trespass", _("Unlawful entry into a home")
        OTHER = "other", _("Another act")

    class Ground(models.TextChoices):
        TRIVIAL = "trivial", _("Trifles among kin, friends, neighbours, colleagues or pupils")
        FAULT = "fault", _("Caused by an earlier fault of the victim")
        EASIER = "easier", _("Mediation settles it more easily")
        NONE = "none", _("None of these")

    dispute = models.ForeignKey("mediation.Dispute", models.PROTECT, related_name="checks")
    act = models.CharField(_("act"), max_length=12, choices=Act)
    ground = models.CharField(pgettext_lazy("case", "ground"), max_length=8, choices=Ground)
    is_minor_case = models.BooleanField(_("the circumstances are minor"))
    answers = models.JSONField(_("answers"))  # bar -> {"applies": bool, "reason": str}
    is_suitable = models.BooleanField(_("open to mediation"))
    checked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("check of suitability")
        ordering = ["-id"]
        triggers = append_only_triggers

    def __str__(self) -> str:
        return f"{self.dispute} {self.is_suitable}"


@tracked
class PoliceCase(models.Model):
    """The public-security case that goes on when mediation failed, was not kept, or was barred (程序规定 art. 185). Its time limit
    runs from that day."""

    class Cause(models.TextChoices):
        FAILED = "failed", _("No agreement")
        UNPERFORMED = "unperformed", _("Agreement not performed")
        BARRED = "barred", _("Not open to mediation")

    class Decision(models.TextChoices):
        PENALTY = "penalty", _("Penalty")
        NO_PENALTY = "no_penalty", _("No penalty")
        PERFORMED = "performed", _("Performed after all, no penalty")
        CRIMINAL = "criminal", _("Turned into a criminal case")
        TERMINATED = "terminated", _("Investigation ended")

    dispute = models.ForeignKey("mediation.Dispute", models.PROTECT, related_name="cases")
    cause = models.CharField(_("cause"), max_length=11, choices=Cause)
    opened_at = models.DateTimeField(_("opened"))
    extended_by = models.CharField(_("extension approved by"), max_length=60, blank=True)
    extension_reason = models.CharField(_("reason of the extension"), max_length=300, blank=True)
    decision = models.CharField(_("decision"), max_length=10, choices=Decision, blank=True)
    decision_number = models.CharField(_("number of the decision"), max_length=60, blank=True)
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    objects = OfDisputeQuerySet.as_manager()

    class Meta:
        verbose_name = _("public-security case")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["dispute"], name="policecase_one_open", condition=Q(decided_on=None)
            ),
            models.CheckConstraint(
                name="policecase_decided_whole",
                condition=Q(decided_on=None, decision="") | (Q(decided_on__isnull=False) & ~Q(decision="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dispute} {self.cause}"


class Extension(models.Model):
    """The time to conclude was extended, with the consent of every party."""

    APPEND_ONLY = True

    dispute = models.ForeignKey("mediation.Dispute", models.PROTECT, related_name="extensions")
    days = models.PositiveSmallIntegerField(_("days"))
    from_due = models.DateTimeField()
    to_due = models.DateTimeField(_("new time limit"))
    reason = models.CharField(_("reason"), max_length=300)
    form = models.CharField(_("how the parties agreed"), max_length=8)
    parties = models.PositiveSmallIntegerField(_("parties that agreed"))
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("extension")
        ordering = ["id"]
        triggers = append_only_triggers

    def __str__(self) -> str:
        return f"{self.dispute} +{self.days}"


@tracked
class Appraisal(models.Model):
    """An expert opinion (鉴定). While it is made, the time to conclude stands still (在线调解规则 art. 26)."""

    dispute = models.ForeignKey("mediation.Dispute", models.PROTECT, related_name="appraisals")
    what = models.CharField(_("what is appraised"), max_length=100)
    agency = models.CharField(_("agency"), max_length=80, blank=True)
    started_at = models.DateTimeField(_("begun"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    result = models.CharField(_("result"), max_length=300, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("appraisal")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["dispute"], name="appraisal_one_open", condition=Q(ended_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.dispute} {self.what}"


@tracked
class PoliceTask(models.Model):
    """A sign that a dispute turns violent or criminal, handed to the police at once (人民调解法 art. 25). The dispute stays open."""

    class Result(models.TextChoices):
        CALMED = "calmed", _("Calmed, mediation goes on")
        WARNED = "warned", _("Warned, mediation goes on")
        CASE = "case", _("Taken up as a case")
        GROUNDLESS = "groundless", _("Nothing found")

    dispute = models.ForeignKey("mediation.Dispute", models.PROTECT, related_name="tasks")
    signs = models.CharField(_("signs"), max_length=300, blank=True)
    raised_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    raised_at = models.DateTimeField(_("reported"), default=timezone.now)
    taken_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    taken_at = models.DateTimeField(_("taken"), null=True, blank=True)
    result = models.CharField(_("result"), max_length=10, choices=Result, blank=True)
    answer = models.CharField(_("answer"), max_length=300, blank=True)
    case_number = models.CharField(_("case number"), max_length=60, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    objects = OfDisputeQuerySet.as_manager()

    class Meta:
        verbose_name = _("police task")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["dispute"], name="policetask_one_open", condition=Q(answered_at=None)
            ),
            models.CheckConstraint(
                name="policetask_answered_whole",
                condition=Q(answered_at=None, result="")
                | (Q(answered_at__isnull=False) & ~Q(result="") & ~Q(answer="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dispute} {self.raised_at:%Y-%m-%d %H:%M}"


@tracked
class JudicialConfirmation(Stateful):
    """The parties' joint application that the court confirm their agreement (司法确认)."""

    class Status(models.TextChoices):
        APPLIED = "applied", _("Applied for")
        ACCEPTED = "accepted", _("Accepted by the court")
        CONFIRMED = "confirmed", _("Confirmed")
        REJECTED = "rejected", _("Rejected")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    TRANSITIONS = (
        Step("applied", "accepted", CONFIRM),
        Step("applied", "rejected", CONFIRM, reason=True),
        Step("applied", "withdrawn", CONFIRM, reason=True),
        Step("accepted", "confirmed", CONFIRM, needs=("decision_number",)),
        Step("accepted", "rejected", CONFIRM, reason=True),
        Step("accepted", "withdrawn", CONFIRM, reason=True),
    )
    STATUS_TONES = {
        "applied": "warn",
        "accepted": "info",
        "confirmed": "ok",
        "rejected": "danger",
        "withdrawn": "mute",
    }

    status = models.CharField(_("state"), max_length=30, choices=Status, default=Status.APPLIED)
    dispute = models.ForeignKey("mediation.Dispute", models.PROTECT, related_name="confirmations")
    agreement = models.ForeignKey("mediation.Agreement", models.PROTECT, related_name="confirmations")
    court = models.CharField(_("court"), max_length=60)
    applied_on = models.DateField(_("applied on"))
    accepted_on = models.DateField(_("accepted on"), null=True, blank=True)
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    decision_number = models.CharField(_("number of the decision"), max_length=60, blank=True)
    filed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    objects = OfDisputeQuerySet.as_manager()

    class Meta:
        verbose_name = _("judicial confirmation")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement"],
                name="confirmation_one_standing",
                condition=Q(status__in=["applied", "accepted", "confirmed"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.dispute} {self.court}"


@tracked
class Referral(models.Model):
    """A dispute handed over, in or out, with the receipt and the answer of who got it."""

    class Direction(models.TextChoices):
        IN = "in", _("Referred to us")
        OUT = "out", _("Referred on")

    class Body(models.TextChoices):
        COURT = "court", _("Court")
        CENTRE = "centre", _("Social governance centre")
        HOTLINE = "hotline", _("12345 hotline")
        STATION = "station", _("Another police station")
        OUTSIDE = "outside", _("Police outside the county")
        DEPARTMENT = "department", _("Another authority")

    dispute = models.ForeignKey("mediation.Dispute", models.PROTECT, related_name="referrals")
    direction = models.CharField(_("direction"), max_length=3, choices=Direction)
    body = models.CharField(_("body"), max_length=10, choices=Body)
    body_name = models.CharField(_("name"), max_length=80, blank=True)
    unit = models.ForeignKey(
        "places.Unit",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("police station"),
    )
    number = models.CharField(_("number at the source"), max_length=40, blank=True)
    reason = models.CharField(_("reason"), max_length=300)
    sent_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(_("sent"), default=timezone.now)
    received_at = models.DateTimeField(_("received"), null=True, blank=True)
    receipt = models.CharField(_("receipt"), max_length=80, blank=True)
    answer = models.CharField(_("answer"), max_length=300, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    objects = OfDisputeQuerySet.as_manager()

    class Meta:
        verbose_name = _("referral")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["dispute"],
                name="referral_one_open_out",
                condition=Q(direction="out", answered_at=None),
            ),
            models.CheckConstraint(
                name="referral_station_has_unit", condition=~Q(body="station") | Q(unit__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dispute} {self.direction} {self.body}"


class ScreeningRoundQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Rounds of the units whose work `user` may see."""
        if not user.is_authenticated or not user.is_active or not user.is_police:
            return self.none()
        if user.is_county_wide:
            return self
        units = self.model._meta.get_field("unit").related_model
        return self.filter(unit__in=units.objects.keys_visible_to(user))

    def held_in(self, period):
        """Held on a day of the half-open `period`."""
        return self.filter(held_on__gte=period.first_day, held_on__lte=period.last_day)


@tracked
class ScreeningRound(models.Model):
    """A round through a village to find disputes (排查), also when none was found."""

    unit = models.ForeignKey("places.Unit", models.PROTECT, related_name="+", verbose_name=_("unit"))
    place = models.ForeignKey("places.Place", models.PROTECT, related_name="+", verbose_name=_("village"))
    held_on = models.DateField(_("day"))
    people = models.CharField(_("who went"), max_length=100)
    households = models.PositiveIntegerField(_("households visited"), default=0)
    note = models.CharField(_("note"), max_length=300, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    objects = ScreeningRoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("screening round")
        ordering = ["-held_on", "-id"]
        indexes = [models.Index(fields=["-held_on", "-id"], name="screening_day")]

    def __str__(self) -> str:
        return f"{self.place} {self.held_on}"


class PaperQuerySet(OfDisputeQuerySet):
    def standing(self):
        """Those that were not taken out of the file."""
        return self.filter(withdrawn_at=None)


@tracked
class Paper(models.Model):
    """A paper of the case file (卷宗): by its line of the catalogue, kept on paper or as a checked file. One that was filed by mistake
    is taken out with a reason, and kept."""

    dispute = models.ForeignKey("mediation.Dispute", models.PROTECT, related_name="papers")
    item = models.CharField(_("item of the catalogue"), max_length=12)
    title = models.CharField(_("title"), max_length=80)
    pages = models.PositiveSmallIntegerField(_("pages"), default=1)
    path = models.CharField(max_length=120, unique=True, null=True, blank=True)
    content_type = models.CharField(max_length=40, blank=True)
    size = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(_("filed"), default=timezone.now)
    withdrawn_at = models.DateTimeField(_("taken out"), null=True, blank=True)
    withdrawn_reason = models.CharField(_("taken out because"), max_length=200, blank=True)
    objects = PaperQuerySet.as_manager()

    class Meta:
        verbose_name = _("paper of the file")
        ordering = ["item", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["dispute", "item", "sha256"],
                name="paper_once_in_its_line",
                condition=Q(withdrawn_at=None) & ~Q(sha256=""),
            ),
            models.CheckConstraint(
                name="paper_taken_out_with_reason",
                condition=Q(withdrawn_at=None, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class CaseFile(models.Model):
    """The whole file of an archived dispute as it was drawn then (PDF/A-2a): kept byte for byte, never drawn anew."""

    APPEND_ONLY = True

    dispute = models.OneToOneField("mediation.Dispute", models.PROTECT, related_name="case_file")
    path = models.CharField(max_length=120, unique=True)
    size = models.PositiveIntegerField()
    pages = models.PositiveIntegerField(_("pages"))
    sha256 = models.CharField(max_length=64)
    filed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("filed by"))
    drawn_at = models.DateTimeField(_("drawn"), default=timezone.now)
    objects = OfDisputeQuerySet.as_manager()

    class Meta:
        verbose_name = _("case file")
        ordering = ["id"]
        triggers = append_only_triggers

    def __str__(self) -> str:
        return str(self.dispute)
