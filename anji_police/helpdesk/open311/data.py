"""What the portal shows to the world through Open311: public categories only, and never a personal datum.

The citizen's own words are not shown: people write names and numbers into them. The description is made of the answers to the
standing questions, the place is rounded to 0.001 degrees (about 100 m), the address is the township.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from anji_police.helpdesk import questions
from anji_police.helpdesk.models import OPEN, HelpRequest, Status
from anji_police.helpdesk.questions import HINTS, PUBLIC_CATEGORIES, QUESTIONS, Category
from anji_police.workflow.models import TransitionEntry

MAX_SPAN = timedelta(days=90)  # GeoReport v2: without a range, the last 90 days or 1000 requests
MAX_ROWS = 1000
GRID = 3  # decimals of a degree


def services() -> list[dict]:
    return [
        {
            "service_code": str(category),
            "service_name": str(Category(category).label),
            "description": str(HINTS[category]),
            "metadata": True,
            "type": "realtime",
            "keywords": str(category),
            "group": settings.BUREAU_NAME,
        }
        for category in PUBLIC_CATEGORIES
    ]


def definition(code: str) -> dict | None:
    """The questions of a public category as attributes; None for any other code."""
    if code not in PUBLIC_CATEGORIES:
        return None
    attributes = []
    for order, question in enumerate(QUESTIONS[code], 1):
        attributes.append(
            {
                "variable": True,
                "code": question.key,
                "datatype": "singlevaluelist" if question.options else "string",
                "required": question.required,
                "datatype_description": str(question.hint) or None,
                "order": order,
                "description": str(question.label),
                "values": [{"key": key, "name": str(name)} for key, name in question.options.items()],
            }
        )
    return {"service_code": code, "attributes": attributes}


def public():
    """The requests that the world may see."""
    return HelpRequest.objects.filter(category__in=PUBLIC_CATEGORIES, is_restricted=False).exclude(
        status__in=[Status.WITHDRAWN, Status.MERGED]
    )


def chosen(
    *, ids: list[str], codes: list[str], start: datetime | None, end: datetime | None, state: str
) -> list[HelpRequest]:
    """The newest 1000 that match; a range longer than 90 days is cut at its start."""
    found = public().select_related("unit", "township")
    if ids:
        return list(found.filter(reference__in=ids[:MAX_ROWS]).order_by("-received_at", "-id"))
    end = end or timezone.now()
    start = max(start or end - MAX_SPAN, end - MAX_SPAN)
    found = found.filter(received_at__gte=start, received_at__lte=end)
    if codes:
        found = found.filter(category__in=codes)
    states = {"open": OPEN, "closed": (Status.ANSWERED, Status.CLOSED)}.get(state)
    if states:
        found = found.filter(status__in=states)
    return list(found.order_by("-received_at", "-id")[:MAX_ROWS])


def rows(found: list[HelpRequest]) -> list[dict]:
    last = dict(
        TransitionEntry.objects.filter(
            subject_type="helpdesk.helprequest", subject_id__in=[r.pk for r in found]
        )
        .order_by("id")
        .values_list("subject_id", "at")
    )
    return [_row(request, last.get(request.pk, request.received_at)) for request in found]


def _row(request: HelpRequest, updated: datetime) -> dict:
    said = "；".join(str(answer) for _question, answer in questions.spoken(request.category, request.answers))
    return {
        "service_request_id": request.reference,
        "status": "open" if request.is_open else "closed",
        "status_notes": str(request.get_status_display()),
        "service_name": str(request.get_category_display()),
        "service_code": request.category,
        "description": said or str(request.get_category_display()),
        "agency_responsible": request.unit.name if request.unit_id else settings.BUREAU_NAME,
        "service_notice": None,
        "requested_datetime": _stamp(request.received_at),
        "updated_datetime": _stamp(updated),
        "expected_datetime": _stamp(request.due_at) if request.due_at else None,
        "address": request.township.name if request.township_id else None,
        "address_id": None,
        "zipcode": None,
        "lat": round(request.location.y, GRID) if request.location else None,
        "long": round(request.location.x, GRID) if request.location else None,
        "media_url": None,
    }


def _stamp(moment: datetime) -> str:
    return timezone.localtime(moment).isoformat(timespec="seconds")
