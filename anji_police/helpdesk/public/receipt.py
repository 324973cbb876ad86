"""The citizen's PDF record of a request: what was sent, when, and both codes."""

from pathlib import Path

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from anji_police import typesetting
from anji_police.helpdesk import questions
from anji_police.helpdesk.models import HelpRequest
from anji_police.periods import SHANGHAI

TEMPLATE = Path(__file__).with_name("receipt.typ")


def _rows(request: HelpRequest) -> list[list[str]]:
    received = request.received_at.astimezone(SHANGHAI)
    rows = [
        (_("Received at"), f"{date_format(received, 'DATE_FORMAT')} {received:%H:%M}"),
        (_("About"), request.get_category_display()),
        *questions.spoken(request.category, request.answers),
        (_("What happened"), request.description),
        (_("When"), request.happened),
        (
            _("Where"),
            " ".join(str(p) for p in (request.township, request.village, request.location_text) if p),
        ),
        (_("Files"), str(request.attachments.filter(from_citizen=True).count())),
        (_("Name"), str(request.reporter_name)),
        (_("Phone"), str(request.reporter_phone)),
    ]
    return [[str(label), str(value)] for label, value in rows if str(value).strip()]


def draw(request: HelpRequest, secret: str) -> bytes:
    """The PDF. Name and number are masked, as the paper may be seen by others. It comes at any rate: a citizen must never be
    left without the codes."""
    data = {
        "bureau": settings.BUREAU_NAME,
        "title": _("Record of a request"),
        "lang": "zh" if (get_language() or "zh").startswith("zh") else "en",
        "codes": [[_("Reference number"), request.reference], [_("Query code"), secret]],
        "rows": _rows(request),
        "note": _(
            "With both codes you can follow the request, add to it, withdraw it and rate the answer. "
            "Keep the query code to yourself: whoever has both can read the answers."
        ),
        "printed": date_format(timezone.localtime(), "DATE_FORMAT"),
    }
    return typesetting.pdf(TEMPLATE, data, moment=request.received_at, at_any_rate=True)


def response(request: HelpRequest, secret: str) -> HttpResponse:
    found = HttpResponse(draw(request, secret), content_type="application/pdf")
    found["Content-Disposition"] = f'attachment; filename="{request.reference}.pdf"'
    return found
