"""Document numbers (发文字号): gap-free per code and year, allotted at issue and never before (GB/T 9704-2012 7.2.5)."""

from django.conf import settings
from django.db import connection
from django.db.models import Max
from django.utils import timezone

from anji_police.periods import today
from anji_police.reports.models import DocumentNumber, Report


def allot(*, report: Report, actor) -> DocumentNumber:
    """The report's number; a report that has one keeps it, also for a corrected version.

    Call it inside the transaction that issues: if that fails no number is lost. Waits for whoever issues in the same year.
    """
    held = DocumentNumber.objects.filter(report=report).first()
    if held is not None:
        return held
    code, year = settings.BUREAU_DOCUMENT_CODE, today().year
    with connection.cursor() as cursor:
        # A row lock can't stop two first numbers of a year; this lock can, and it ends with the transaction.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"document-number/{code}/{year}"]
        )
    last = DocumentNumber.objects.filter(code=code, year=year).aggregate(last=Max("number"))["last"] or 0
    return DocumentNumber.objects.create(
        code=code, year=year, number=last + 1, report=report, allotted_at=timezone.now(), allotted_by=actor
    )
