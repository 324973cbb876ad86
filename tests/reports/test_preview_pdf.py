"""The month that runs, as a paper that nobody can take for a report."""

import io
import re

import pikepdf
import pytest
from django.urls import reverse

from anji_police.audit.models import AuditEntry
from anji_police.reports.models import Report
from tests.factories import duty_desk, officer
from tests.helpdesk.factories import in_progress

pytestmark = pytest.mark.django_db


def test_the_running_month_is_drawn_marked_and_kept_nowhere(client_of, tmp_path):
    import subprocess

    in_progress(officer())
    browser = client_of(duty_desk())
    answer = browser.get(reverse("reports:preview-pdf"))
    assert answer.status_code == 200
    with pikepdf.open(io.BytesIO(answer.content)) as document:
        assert len(document.pages) >= 2
    path = tmp_path / "preview.pdf"
    path.write_bytes(answer.content)
    text = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True
    ).stdout
    # the stamp across the page falls between the letters of the text
    assert re.search("本.?月.?尚.?未.?结.?束", "".join(text.split()))
    assert re.search("来.?件.?数.?1.?件", "".join(text.split()))  # received this very second
    assert not Report.objects.exists()
    assert AuditEntry.objects.filter(action="reports.preview.drawn").count() == 1
    assert client_of(officer()).get(reverse("reports:preview-pdf")).status_code == 403
