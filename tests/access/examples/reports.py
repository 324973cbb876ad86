"""The report of the month before last: a draft of which the figures and the paper are drawn."""

from anji_police.jobs import services as jobs
from anji_police.jobs.models import Job
from anji_police.periods import Period, today
from anji_police.reports import services
from anji_police.reports.models import ReportRun
from tests.access.world import Example
from tests.factories import UserFactory, bureau


def prepare(world) -> dict[str, Example]:
    asker = UserFactory(username="report-asker", unit=bureau(), roles=["duty_desk"])
    month = Period.month(today().strftime("%Y-%m")).shifted(-2).iso_month
    version = services.request_report(month=month, actor=asker)
    jobs.run_due()
    version.refresh_from_db()
    assert version.pdf, Job.objects.filter(kind="reports.draw").values_list("error", flat=True)
    run = ReportRun.objects.get(version=version)
    place = {"month": month, "number": version.number}
    return {
        "reports:report-request": Example(data={"month": Period.month(month).shifted(-1).iso_month}),
        "reports:version-detail": Example(place),
        "reports:version-pdf": Example(place),
        "reports:version-verify": Example(place),
        "reports:version-act": Example({**place, "act": "review"}, data={"seen": str(version.version)}),
        "reports:run-detail": Example({"pk": run.pk}),
        "reports:run-restart": Example({"pk": run.pk}),
        "api:reports:version-detail": Example({"pk": version.pk}),
        "api:reports:version-pdf": Example({"pk": version.pk}),
    }
