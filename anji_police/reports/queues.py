"""What waits for those who review and those who sign."""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from anji_police.queues import WorkItem, queue
from anji_police.reports.models import ReportVersion, VersionStatus


def _to_review(user):
    return ReportVersion.objects.visible_to(user).filter(status=VersionStatus.DRAFT).exclude(pdf_sha256="")


def _to_sign(user):
    """Reviewed versions that `user` neither reviewed nor asked for."""
    waiting = ReportVersion.objects.visible_to(user).filter(status=VersionStatus.REVIEWED)
    return waiting.exclude(Q(reviewed_by=user) | Q(requested_by__isnull=False, requested_by=user))


def _items(versions, action, tone: str, limit: int) -> list[WorkItem]:
    rows = versions.select_related("report").defer("figures", "paper").order_by("pk")[:limit]
    return [
        WorkItem(
            code=version.report.iso_month,
            title=version.title,
            state=version.get_status_display(),
            url=reverse("reports:version-detail", args=[version.report.iso_month, version.number]),
            tone=tone,
            action=action,
        )
        for version in rows
    ]


@queue(
    "reports.review",
    label=_("Reports to review"),
    rows=_to_review,
    permission="reports.review_report",
)
def to_review(user, limit: int) -> list[WorkItem]:
    return _items(_to_review(user), _("Review"), "warn", limit)


@queue(
    "reports.sign",
    label=_("Reports to sign"),
    rows=_to_sign,
    permission="reports.issue_report",
)
def to_sign(user, limit: int) -> list[WorkItem]:
    return _items(_to_sign(user), _("Sign"), "warn", limit)
