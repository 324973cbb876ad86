"""Monthly reports: the month, its versions with frozen figures, the document number, and the runs that make the drafts."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from anji_police.audit.history import tracked
from anji_police.audit.models import append_only_triggers
from anji_police.jobs.models import Job
from anji_police.periods import Period
from anji_police.reports import wording
from anji_police.workflow.models import Stateful, Step


class ReportQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Months that `user` may open: all for those who make or sign reports, else those with an issued version."""
        if not user.is_authenticated or not user.has_perm("reports.view_report"):
            return self.none()
        if user.has_perm("reports.view_draft"):
            return self
        return self.filter(versions__status__in=PUBLISHED).distinct()


@tracked
class Report(models.Model):
    """The report of one month for one edition (the county). A month has one report, whatever is clicked how often."""

    class Kind(models.TextChoices):
        MONTHLY = "monthly", _("Monthly report")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.MONTHLY)
    month = models.DateField(_("month"), help_text=_("First day of the month, Asia/Shanghai"))
    edition = models.CharField(_("edition"), max_length=12, help_text=_("GB/T 2260 code of the county"))
    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        ordering = ["-month"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "edition", "month"], name="report_month_once"),
            models.CheckConstraint(name="report_first_day", condition=Q(month__day=1)),
        ]

    def __str__(self) -> str:
        return self.iso_month

    @property
    def iso_month(self) -> str:
        return self.month.strftime("%Y-%m")

    @property
    def period(self) -> Period:
        return Period.month(self.iso_month)


class DocumentNumber(models.Model):
    """发文字号, such as 安公〔2024〕1号: gap-free in its year, allotted at issue, never given back or used again."""

    APPEND_ONLY = True

    code = models.CharField(_("code"), max_length=10)  # 代字
    year = models.PositiveSmallIntegerField(_("year"))
    number = models.PositiveIntegerField(_("number"))
    report = models.OneToOneField(Report, models.PROTECT, related_name="document")
    allotted_at = models.DateTimeField(_("allotted"))
    allotted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("document number")
        ordering = ["code", "year", "number"]
        constraints = [
            models.UniqueConstraint(fields=["code", "year", "number"], name="documentnumber_once"),
            models.CheckConstraint(name="documentnumber_from_one", condition=Q(number__gte=1)),
        ]
        triggers = append_only_triggers

    def __str__(self) -> str:
        return f"{self.code}〔{self.year}〕{self.number}号"


class VersionStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    REVIEWED = "reviewed", _("Reviewed")
    ISSUED = "issued", _("Issued")
    SUPERSEDED = "superseded", _("Superseded")
    WITHDRAWN = "withdrawn", _("Withdrawn")


OPEN = (VersionStatus.DRAFT, VersionStatus.REVIEWED)
PUBLISHED = (VersionStatus.ISSUED, VersionStatus.SUPERSEDED)


class ReportVersionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Versions that `user` may open: drafts only for those who make, review or sign reports."""
        if not user.is_authenticated or not user.has_perm("reports.view_report"):
            return self.none()
        return self if user.has_perm("reports.view_draft") else self.filter(status__in=PUBLISHED)


@tracked(exclude=["figures", "paper"])
class ReportVersion(Stateful):
    """One version of a month's report. Its figures are frozen when they are measured; the PDF is drawn from `paper` alone.

    The figures themselves aren't copied into the row history: their SHA-256 is, and they never change once set.
    """

    Status = VersionStatus
    STATUS_TONES = {
        "draft": "warn",
        "reviewed": "warn",
        "issued": "ok",
        "superseded": "violet",
        "withdrawn": "mute",
    }
    TRANSITIONS = (
        Step(
            "draft",
            "reviewed",
            "reports.review_report",
            needs=("figures_sha256", "pdf_sha256"),
            label=_("Mark as reviewed"),
        ),
        Step("reviewed", "draft", "reports.review_report", reason=True, label=_("Send back")),
        Step("reviewed", "issued", "reports.issue_report", label=_("Sign and issue")),
        Step("issued", "superseded"),
        Step("draft", "withdrawn", "reports.request_report", reason=True, label=_("Withdraw")),
        Step("reviewed", "withdrawn", "reports.request_report", reason=True, label=_("Withdraw")),
    )

    report = models.ForeignKey(Report, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    status = models.CharField(_("state"), max_length=30, choices=VersionStatus, default=VersionStatus.DRAFT)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="corrections")
    reason = models.TextField(_("reason of the correction"), blank=True)
    created_at = models.DateTimeField(_("created"))
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("asked for by"),
    )
    figures = models.JSONField(null=True, blank=True)
    figures_sha256 = models.CharField(max_length=64, blank=True)
    measured_at = models.DateTimeField(_("measured"), null=True, blank=True)
    chain_number = models.BigIntegerField(default=0)  # head of the trail's chain when the figures were frozen
    chain_hash = models.CharField(max_length=64, blank=True)
    paper = models.JSONField(null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reviewed by"),
    )
    reviewed_at = models.DateTimeField(_("reviewed"), null=True, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("signed by"),
    )
    issued_at = models.DateTimeField(_("issued"), null=True, blank=True)
    pdf = models.FileField(upload_to="reports", blank=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True)
    fonts = models.JSONField(default=list)
    engine = models.CharField(max_length=80, blank=True)
    drawn_at = models.DateTimeField(_("drawn"), null=True, blank=True)
    objects = ReportVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a report")
        ordering = ["-report__month", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="reportversion_number_once"),
            models.UniqueConstraint(
                fields=["report"], condition=Q(status__in=OPEN), name="reportversion_one_open"
            ),
            models.UniqueConstraint(
                fields=["report"], condition=Q(status="issued"), name="reportversion_one_issued"
            ),
            models.CheckConstraint(
                name="reportversion_issued_is_signed",
                condition=~Q(status__in=PUBLISHED)
                | Q(signed_by__isnull=False, reviewed_by__isnull=False, issued_at__isnull=False),
            ),
            models.CheckConstraint(
                name="reportversion_other_signer",
                condition=Q(signed_by__isnull=True)
                | (
                    ~Q(signed_by=F("reviewed_by"))
                    & (Q(requested_by__isnull=True) | ~Q(signed_by=F("requested_by")))
                ),
            ),
            models.CheckConstraint(
                name="reportversion_correction_has_reason", condition=Q(corrects__isnull=True) | ~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report.iso_month} v{self.number}"

    @property
    def title(self) -> str:
        return f"{wording.month(self.report.month)}警务工作情况的报告"

    @property
    def substituted(self) -> list[dict]:
        """The faces of the standard that were not installed when this was drawn."""
        return [face for face in self.fonts if face["substituted"]]


class ReportRunQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Runs are seen by those who make reports."""
        return self if user.is_authenticated and user.has_perm("reports.view_draft") else self.none()


class ReportRun(models.Model):
    """One attempt to measure and draw a version, asked for by a person or by the month's end. The work itself is a job."""

    class Purpose(models.TextChoices):
        DRAFT = "draft", _("Measure and draw the draft")
        ISSUE = "issue", _("Draw the issued paper")

    version = models.ForeignKey(ReportVersion, models.PROTECT, related_name="runs")
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("asked for by"),
    )
    requested_at = models.DateTimeField(_("asked for"))
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    job = models.OneToOneField(Job, models.SET_NULL, null=True, blank=True, related_name="+")
    objects = ReportRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("run of a report")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["version", "purpose"], name="reportrun_once"),
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.purpose}"

    @property
    def state(self) -> str:
        """done, dead, cancelling, running, waiting or retrying; the job behind it may be gone once it is done."""
        if self.finished_at:
            return "done"
        return self.job.state if self.job else "dead"

    @property
    def is_moving(self) -> bool:
        """True while it is worth looking again."""
        return self.state in {"running", "waiting", "retrying", "cancelling"}

    @property
    def error(self) -> str:
        return self.job.error if self.job and not self.finished_at else ""
