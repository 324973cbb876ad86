"""Open311 GeoReport v2. No account; the limits of the public form hold here, too."""

from django.conf import settings
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from anji_police import geo
from anji_police.errors import DomainError, InvalidInput, TooMany
from anji_police.helpdesk import codes, questions, services
from anji_police.helpdesk.models import HelpRequest
from anji_police.helpdesk.open311 import data
from anji_police.helpdesk.open311.render import answer, errors
from anji_police.helpdesk.questions import PUBLIC_CATEGORIES

MAX_DESCRIPTION = 3000


def _foreign(request, fmt: str):
    """The error for a jurisdiction that is not ours, or None."""
    wanted = request.GET.get("jurisdiction_id") or request.POST.get("jurisdiction_id")
    if wanted and wanted != settings.COUNTY_CODE:
        return errors(fmt, (404, _("jurisdiction_id provided was not found")))
    return None


@require_safe
def discovery(request, fmt: str):
    base = request.build_absolute_uri(reverse("open311:services", args=["xml"])).rsplit("/", 1)[0]
    found = {
        "changeset": "2026-11-24T00:00:00+08:00",
        "contact": settings.BUREAU_NAME,
        "key_service": "",
        "endpoints": [
            {
                "specification": "http://wiki.open311.org/GeoReport_v2",
                "url": base,
                "changeset": "2026-11-24T00:00:00+08:00",
                "type": "production",
                "formats": ["text/xml", "application/json"],
            }
        ],
    }
    return answer("discovery", found, fmt)


@require_safe
def service_list(request, fmt: str):
    return _foreign(request, fmt) or answer("services", data.services(), fmt)


@require_safe
def service_definition(request, code: str, fmt: str):
    found = data.definition(code)
    if found is None:
        return errors(fmt, (404, _("service_code provided was not found")))
    return _foreign(request, fmt) or answer("service_definition", found, fmt)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def requests(request, fmt: str):
    foreign = _foreign(request, fmt)
    if foreign:
        return foreign
    return _receive(request, fmt) if request.method == "POST" else _list(request, fmt)


def _moment(text: str | None):
    """An ISO 8601 instant with its zone, or None. Raises ValueError."""
    if not text:
        return None
    found = parse_datetime(text)
    if found is None or found.tzinfo is None or not 1970 <= found.year <= 9000:
        raise ValueError
    return found


def _list(request, fmt: str):
    try:
        start, end = _moment(request.GET.get("start_date")), _moment(request.GET.get("end_date"))
    except ValueError:
        return errors(fmt, (400, _("Write dates as 2024-05-01T00:00:00+08:00.")))
    found = data.chosen(
        ids=[i.strip() for i in request.GET.get("service_request_id", "").split(",") if i.strip()],
        codes=[c for c in request.GET.get("service_code", "").split(",") if c],
        start=start,
        end=end,
        state=request.GET.get("status", ""),
    )
    return answer("service_requests", data.rows(found), fmt)


@require_safe
def one_request(request, reference: str, fmt: str):
    found = data.chosen(ids=[reference], codes=[], start=None, end=None, state="")
    if not found:
        return errors(fmt, (404, _("service_request_id provided was not found")))
    return _foreign(request, fmt) or answer("service_requests", data.rows(found), fmt)


def _receive(request, fmt: str):
    """Take a report in. The query code, which opens the own page, is in the notice; an Idempotency-Key makes it once only."""
    category = request.POST.get("service_code", "")
    if category not in PUBLIC_CATEGORIES:
        return errors(fmt, (400 if not category else 404, _("service_code provided was not found")))
    answers = {q.key: request.POST.get(f"attribute[{q.key}]", "") for q in questions.QUESTIONS[category]}
    number = questions.stop_for(category, answers)
    if number:
        return errors(fmt, (400, _("This is an emergency: call %(number)s now.") % {"number": number}))
    has_pin = bool(request.POST.get("lat") and request.POST.get("long"))
    if not (has_pin or request.POST.get("address_string", "").strip()):
        return errors(fmt, (400, _("Send lat and long, or address_string.")))
    given = request.headers.get("Idempotency-Key", "")
    token = f"open311:{given[:100]}" if len(given) >= 16 else codes.new_token()
    try:
        receipt = services.submit(token=token, category=category, answers=answers, **_facts(request, has_pin))
    except InvalidInput as error:
        faults = [(400, f"{name}: {words[0]}") for name, words in error.fields.items()] or [(400, str(error))]
        return errors(fmt, *faults)
    except TooMany as error:
        return errors(fmt, (429, str(error)))
    except DomainError as error:
        return errors(fmt, (409, str(error)))
    notice = _("Query code %(code)s. Keep it: with the number it opens the answer at %(page)s") % {
        "code": codes.shown(receipt.secret),
        "page": request.build_absolute_uri(reverse("public:track")),
    }
    found = [{"service_request_id": receipt.request.reference, "service_notice": notice, "account_id": None}]
    return answer("service_requests", found, fmt, status=201)


def _facts(request, has_pin: bool) -> dict:
    sent = request.POST
    phone = sent.get("phone", "").strip()
    name = f"{sent.get('last_name', '')}{sent.get('first_name', '')}".strip()
    return {
        "description": sent.get("description", "")[:MAX_DESCRIPTION],
        "location": geo.point(sent["long"], sent["lat"]) if has_pin else None,
        "location_text": sent.get("address_string", "")[:200],
        "name": name[:40],
        "phone": phone,
        "contact": HelpRequest.Contact.PHONE if phone else HelpRequest.Contact.NONE,
        # An app asks its user before it sends a number here; the notice is the portal's own.
        "consent": bool(phone or name),
        "channel": HelpRequest.Channel.OPEN311,
        "language": get_language() or "zh-hans",
    }
