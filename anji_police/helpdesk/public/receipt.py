"""The citizen's PDF record of a request: what was sent, when, and both codes."""

import re
from functools import cache
from pathlib import Path

import orjson
import typst
from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from anji_police.helpdesk import questions
from anji_police.helpdesk.models import HelpRequest
from anji_police.periods import SHANGHAI

TEMPLATE = Path(__file__).with_name("receipt.typ")
# Beyond Latin, Greek, Cyrillic, common punctuation and symbols, kana and the common ideographs the typeface has gaps, such as
# emoji.
_UNSURE = re.compile(
    r"[^\n -~\u00a0-\u00ff\u0391-\u03c9\u0401-\u0451\u2010-\u2027\u2030-\u203b\u2160-\u217b\u2460-\u249b"
    r"\u25a0-\u25cf\u3000-\u30ff\u4e00-\u9fa5\uff01-\uff5e\uffe5]"
)


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(
        input=str(TEMPLATE),
        font_paths=[p for p in settings.FONT_DIRS if Path(p).is_dir()],
        ignore_system_fonts=True,
    )


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
    """The PDF. Name and number are masked, as the paper may be seen by others.

    PDF/A-2a refuses a character that the typeface lacks, such as an emoji: it stands as a box then. A paper that is refused
    even so comes without the standard, since a citizen must never be left without the codes.
    """
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
    text = orjson.dumps(data).decode()
    for drawn, standards in ((text, ["a-2a"]), (_UNSURE.sub("□", text), ["a-2a"]), (text, [])):
        try:
            return _compiler().compile(format="pdf", sys_inputs={"data": drawn}, pdf_standards=standards)
        except typst.TypstError as error:
            refused = error
    raise refused


def response(request: HelpRequest, secret: str) -> HttpResponse:
    found = HttpResponse(draw(request, secret), content_type="application/pdf")
    found["Content-Disposition"] = f'attachment; filename="{request.reference}.pdf"'
    return found
