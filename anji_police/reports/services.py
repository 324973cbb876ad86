"""The life of a monthly report. Only these functions write its tables."""

import hashlib
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from anji_police.accounts.models import User
from anji_police.accounts.roles import Role
from anji_police.audit import services as audit
from anji_police.errors import DomainError, InvalidInput, NotAllowed
from anji_police.jobs import services as jobs
from anji_police.notifications import services as notifications
from anji_police.periods import SHANGHAI, Period, add_months, today
from anji_police.places.models import Unit
from anji_police.reports import drawing, figures, numbers, paper
from anji_police.reports.models import OPEN, Report, ReportRun, ReportVersion, VersionStatus
from anji_police.workflow import services as workflow

DRAW = "reports.draw"


# -- asking for a report --------------------------------------------------------------------------------------------


def request_report(*, month: str, actor: User) -> ReportVersion:
    """Ask for the report of a past `month` (YYYY-MM, Asia/Shanghai); the draft is measured and drawn in the background.

    A month that has a report, at whatever state, keeps it and is returned: nothing is made twice. After a withdrawal a new
    version is begun. Raises DomainError while the month still runs, NotAllowed without reports.request_report.
    """
    _must(actor, "reports.request_report")
    return _begin(Period.past_month(month), actor)


def close_month(*, month: str) -> ReportVersion:
    """The month's end asks for the report of `month`, as nobody in person. Running it again changes nothing."""
    return _begin(Period.past_month(month), None)


def close_months(*, until: str) -> list[ReportVersion]:
    """Close `until` (YYYY-MM) and, oldest first, every month before it that was missed, such as in an outage of some months.

    Missed is a month without any report since the first one that was closed by itself. Running it again changes nothing.
    """
    last = Period.past_month(until)
    first = (
        ReportVersion.objects.filter(requested_by=None, report__edition=settings.COUNTY_CODE)
        .order_by("report__month")
        .values_list("report__month", flat=True)
        .first()
    ) or last.first_day
    known = set(Report.objects.filter(edition=settings.COUNTY_CODE).values_list("month", flat=True))
    missed, month = [], min(first, last.first_day)
    while month < last.first_day:
        if month not in known:
            missed.append(month)
        month = add_months(month, 1)
    return [close_month(month=month.strftime("%Y-%m")) for month in [*missed, last.first_day]]


def _begin(period: Period, actor: User | None) -> ReportVersion:
    with transaction.atomic():
        report, _created = Report.objects.get_or_create(
            kind=Report.Kind.MONTHLY, month=period.first_day, edition=settings.COUNTY_CODE
        )
        report = Report.objects.select_for_update().get(pk=report.pk)
        current = report.versions.exclude(status=VersionStatus.WITHDRAWN).order_by("-number").first()
        if current is not None:
            return current
        return _new_version(report, actor)


def _new_version(report: Report, actor: User | None, **facts) -> ReportVersion:
    number = report.versions.count() + 1
    version = ReportVersion.objects.create(
        report=report, number=number, requested_by=actor, created_at=timezone.now(), **facts
    )
    workflow.begin(record=version, actor=actor)
    audit.record(
        actor=actor,
        action="reports.version.requested",
        subject=version,
        after={"month": report.iso_month, "number": number},
        reason=version.reason,
    )
    _run(version, ReportRun.Purpose.DRAFT, actor)
    return version


def _run(version: ReportVersion, purpose: str, actor: User | None) -> ReportRun:
    run, created = ReportRun.objects.get_or_create(
        version=version, purpose=purpose, defaults={"requested_by": actor, "requested_at": timezone.now()}
    )
    if created:
        run.job = jobs.enqueue(
            DRAW, key=f"{DRAW}:{version.pk}:{purpose}", payload={"run": run.pk}, owner=actor
        )
        run.save(update_fields=["job"])
    return run


def restart_run(*, run: ReportRun, actor: User) -> ReportRun:
    """Try a run again that was given up. `run` came through visible_to(actor)."""
    _must(actor, "reports.request_report")
    with transaction.atomic():
        run = ReportRun.objects.select_for_update().get(pk=run.pk)
        if run.state != "dead" or run.job is None:
            raise DomainError(_("Only a run that was given up can be started again."))
        jobs.retry(job=run.job, actor=actor)
    return run


# -- making it ------------------------------------------------------------------------------------------------------


@contextmanager
def _one_moment():
    """All figures are read from one moment of the database, however long the measuring takes."""
    if connection.in_atomic_block:
        yield  # the caller's transaction decides
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def perform(*, run_id: int, progress: Callable[[int, int, str], None]) -> Callable[[], None]:
    """Measure (once) and draw the version of a run; returns what writes the result, for the job's last transaction.

    Nothing is written before that, so a worker that dies halfway leaves nothing behind, and another one begins afresh.
    """
    ReportRun.objects.filter(pk=run_id, started_at=None).update(started_at=timezone.now())
    run = ReportRun.objects.select_related("version__report", "version__signed_by", "version__corrects").get(
        pk=run_id
    )
    version = run.version
    if version.figures is None:
        progress(0, 3, _("Measuring"))
        _measure(version)
    progress(1, 3, _("Composing"))
    if version.paper is None:
        version.paper = paper.compose(version.figures, _facts(version))
    progress(2, 3, _("Drawing"))
    drawn = drawing.draw_with_facts(version.paper)
    name = _store(version, drawn)
    progress(3, 3, _("Storing"))
    return partial(_finish, run_id, version, drawn, name)


def _measure(version: ReportVersion) -> None:
    with _one_moment():
        version.measured_at = timezone.now()
        version.figures = figures.measure(version.report.period)
        version.chain_number, version.chain_hash = audit.chain_head()
    version.figures_sha256 = figures.fingerprint(version.figures)


def _store(version: ReportVersion, drawn: drawing.Drawn) -> str:
    """Keep the PDF under a name that holds its digest: written twice it is the same file."""
    name = f"reports/{version.report.iso_month}/v{version.number}-{drawn.sha256}.pdf"
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(drawn.pdf))
    return name


def _finish(run_id: int, made: ReportVersion, drawn: drawing.Drawn, name: str) -> None:
    version = workflow.lock(made)
    fields = ["pdf", "pdf_sha256", "fonts", "engine", "drawn_at"]
    if version.figures is None:
        for field in ("figures", "figures_sha256", "measured_at", "chain_number", "chain_hash", "paper"):
            setattr(version, field, getattr(made, field))
            fields.append(field)
    elif version.paper != made.paper:
        raise DomainError(
            _("The paper changed while it was drawn.")
        )  # the job comes back and draws the new one
    version.pdf.name = name
    version.pdf_sha256, version.fonts, version.engine = drawn.sha256, drawn.faces, drawn.engine
    version.drawn_at = timezone.now()
    workflow.save(version, *fields)
    ReportRun.objects.filter(pk=run_id).update(finished_at=timezone.now())
    audit.record(
        actor=None,
        action="reports.version.drawn",
        subject=version,
        after={"figures": version.figures_sha256, "pdf": version.pdf_sha256, "engine": version.engine},
    )
    _tell(version)


def _tell(version: ReportVersion) -> None:
    """The duty desk hears of a draft to review, leadership of a signed paper that is ready."""
    if version.status == VersionStatus.DRAFT:
        people, text = Role.DUTY_DESK, _("The draft of the report of %(month)s waits for review.")
    else:
        people, text = Role.LEADERSHIP, _("The report of %(month)s was issued.")
    notifications.tell_all(
        users=User.objects.with_role(people).distinct(),
        text=text % {"month": version.report.iso_month},
        url=reverse("reports:version-detail", args=[version.report.iso_month, version.number]),
        key=f"reports:{version.pk}:{version.status}",
    )


def _facts(version: ReportVersion) -> paper.Facts:
    issued = version.issued_at is not None
    moment = version.issued_at or version.created_at
    document = getattr(version.report, "document", None)
    corrects = version.corrects
    return paper.Facts(
        bureau=settings.BUREAU_NAME,
        code=settings.BUREAU_DOCUMENT_CODE,
        addressee=settings.REPORT_ADDRESSEE,
        copies=tuple(settings.REPORT_COPIES),
        on=moment.astimezone(SHANGHAI).date(),
        figures_sha256=version.figures_sha256,
        chain=(version.chain_number, version.chain_hash),
        number=str(document) if document and (issued or corrects) else "",
        signatory=version.signed_by.name if issued else "",
        edition=_edition(version),
        corrects=corrects.issued_at.astimezone(SHANGHAI).date() if corrects else None,
        reason=version.reason,
        issued=issued,
    )


def _edition(version: ReportVersion) -> int:
    """Which issued version this is or will be: drafts that were withdrawn don't count."""
    return 1 + version.report.versions.filter(number__lt=version.number, issued_at__isnull=False).count()


# -- deciding -------------------------------------------------------------------------------------------------------


def review(*, version: ReportVersion, actor: User, seen: int | None = None) -> ReportVersion:
    """Mark a draft as reviewed, figures and PDF being there. `seen`: the row's version that the reviewer looked at.

    Raises StaleError when it changed since, InvalidInput before it is drawn, NotAllowed, TransitionError.
    """
    with transaction.atomic():
        version = workflow.lock(version, version=seen)
        version.reviewed_by, version.reviewed_at = actor, timezone.now()
        return workflow.move(
            record=version,
            to=VersionStatus.REVIEWED,
            actor=actor,
            action="reports.version.reviewed",
            after={"figures": version.figures_sha256},
            fields=("reviewed_by", "reviewed_at"),
        )


def send_back(*, version: ReportVersion, actor: User, reason: str, seen: int | None = None) -> ReportVersion:
    """Make a reviewed version a draft again, with the reason; its figures stay as they are."""
    with transaction.atomic():
        version = workflow.lock(version, version=seen)
        version.reviewed_by = version.reviewed_at = None
        return workflow.move(
            record=version,
            to=VersionStatus.DRAFT,
            actor=actor,
            reason=reason,
            action="reports.version.sent-back",
            fields=("reviewed_by", "reviewed_at"),
        )


def sign_and_issue(*, version: ReportVersion, actor: User, seen: int | None = None) -> ReportVersion:
    """Sign a reviewed version and issue it: number allotted, paper without the draft mark, drawn again in the background.

    The signer is another person than the reviewer and than who asked for it. A corrected version keeps the document's number
    and supersedes the version before. Raises NotAllowed, StaleError, TransitionError.
    """
    with transaction.atomic():
        # The report first, then its version, in every service: two who issue can't wait for each other.
        report = Report.objects.select_for_update().get(pk=version.report_id)
        version = workflow.lock(version, version=seen)
        if actor.pk in (version.reviewed_by_id, version.requested_by_id):
            raise NotAllowed(_("Who asked for or reviewed a report can't sign it; ask another person."))
        _must(actor, "reports.issue_report")
        earlier = report.versions.filter(status=VersionStatus.ISSUED).select_for_update().first()
        if earlier is not None:
            workflow.move(
                record=earlier, to=VersionStatus.SUPERSEDED, actor=None, action="reports.version.superseded"
            )
        version.signed_by, version.issued_at = actor, timezone.now()
        if version.step(version.status, VersionStatus.ISSUED):
            document = numbers.allot(report=report, actor=actor)
            version.report = report
            report.document = document
            version.paper = paper.compose(version.figures, _facts(version))
            version.pdf, version.pdf_sha256 = "", ""  # the draft's PDF must not pass for the issued one
        version = workflow.move(
            record=version,
            to=VersionStatus.ISSUED,
            actor=actor,
            action="reports.version.issued",
            after={"document": str(report.document) if hasattr(report, "document") else ""},
            fields=("signed_by", "issued_at", "paper", "pdf", "pdf_sha256"),
        )
        _run(version, ReportRun.Purpose.ISSUE, actor)
    return version


def restate(*, version: ReportVersion, actor: User, reason: str) -> ReportVersion:
    """Begin a corrected version of an issued report: measured anew, same document number once issued. Returns its draft.

    Raises InvalidInput without a reason, DomainError when the version isn't the issued one or a correction is under way.
    """
    _must(actor, "reports.request_report")
    if len(reason.strip()) < 4:
        raise InvalidInput(
            fields={"reason": [_("Say what is corrected and why, in at least four characters.")]}
        )
    with transaction.atomic():
        report = Report.objects.select_for_update().get(pk=version.report_id)
        version = workflow.lock(version)
        if version.status != VersionStatus.ISSUED:
            raise DomainError(_("Only the version in force can be corrected."))
        if report.versions.filter(status__in=OPEN).exists():
            raise DomainError(_("A corrected version is under way already."))
        return _new_version(report, actor, corrects=version, reason=reason.strip())


def withdraw(*, version: ReportVersion, actor: User, reason: str, seen: int | None = None) -> ReportVersion:
    """Withdraw a version that was never issued; the month can then be asked for again."""
    with transaction.atomic():
        Report.objects.select_for_update().get(pk=version.report_id)
        version = workflow.lock(version, version=seen)
        return workflow.move(
            record=version,
            to=VersionStatus.WITHDRAWN,
            actor=actor,
            reason=reason,
            action="reports.version.withdrawn",
        )


def _must(actor: User, permission: str) -> None:
    if not actor.has_perm(permission):
        raise NotAllowed(_("Your account may not do this."))


# -- reading --------------------------------------------------------------------------------------------------------


def open_pdf(*, version: ReportVersion, actor: User, download: bool) -> bytes:
    """The stored PDF, after the access was written down. `version` came through visible_to(actor).

    Raises DomainError while it isn't drawn, or when the stored file is not the one that was drawn.
    """
    if not version.pdf:
        raise DomainError(_("The PDF isn't drawn yet."))
    audit.accessed(
        actor=actor,
        kind="download" if download else "open",
        subject=version,
        fields=["pdf"],
        reason=version.pdf_sha256,
    )
    content = _stored(version)
    if content is None or hashlib.sha256(content).hexdigest() != version.pdf_sha256:
        raise DomainError(
            _("The stored PDF is damaged; tell the system administrator to restore it from the backup.")
        )
    return content


def _stored(version: ReportVersion) -> bytes | None:
    try:
        with version.pdf.open("rb") as file:
            return file.read()
    except OSError:
        return None


@dataclass(frozen=True)
class Proof:
    """What a check of one version found. `redrawn` is None when another engine drew it, which may set it differently."""

    figures: bool
    stored: bool
    redrawn: bool | None

    @property
    def holds(self) -> bool:
        return self.figures and self.stored and self.redrawn is not False


def verify_pdf(version: ReportVersion) -> Proof:
    """Compare frozen figures, stored file and a new drawing with the digests that were kept."""
    content = _stored(version) if version.pdf else None
    same_engine = version.engine == drawing.engine() and version.fonts == drawing.faces_now()
    return Proof(
        figures=version.figures is not None
        and figures.fingerprint(version.figures) == version.figures_sha256,
        stored=content is not None and hashlib.sha256(content).hexdigest() == version.pdf_sha256,
        redrawn=drawing.draw_with_facts(version.paper).sha256 == version.pdf_sha256 if same_engine else None,
    )


def preview(*, month: str, actor: User) -> dict:
    """Figures of the month that runs, up to this second, for the units that `actor` sees. Kept nowhere, never issuable."""
    _must(actor, "reports.preview_report")
    return figures.preview(_running(month), Unit.objects.visible_to(actor))


def preview_pdf(*, month: str, actor: User) -> bytes:
    """The month that runs as a paper over all units, marked as unfinished and without a number; the access is written down.

    For those who see drafts. Kept nowhere, never issuable. Raises DomainError for any other month.
    """
    _must(actor, "reports.view_draft")
    period = _running(month)
    with _one_moment():
        found = figures.preview(period, Unit.objects.all())
        chain = audit.chain_head()
    facts = paper.Facts(
        bureau=settings.BUREAU_NAME,
        code=settings.BUREAU_DOCUMENT_CODE,
        addressee=settings.REPORT_ADDRESSEE,
        copies=tuple(settings.REPORT_COPIES),
        on=today(),
        figures_sha256=figures.fingerprint(found),
        chain=chain,
        until=period.end,
    )
    drawn = drawing.draw_with_facts(paper.compose(found, facts))
    with transaction.atomic():
        audit.record(actor=actor, action="reports.preview.drawn", after={"month": month, "pdf": drawn.sha256})
    return drawn.pdf


def _running(month: str) -> Period:
    """From the start of `month` to the end of this second, so that what was just received counts.

    Raises DomainError unless it is the month that runs now.
    """
    whole = Period.month(month)
    now = timezone.now().replace(microsecond=0) + timedelta(seconds=1)
    if month != today().strftime("%Y-%m") or now <= whole.start:
        raise DomainError(_("Only the month that runs now can be previewed."))
    return Period(whole.start, now)
