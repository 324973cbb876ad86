"""Requests made through the service, as citizens make them."""

from datetime import date

from anji_police.helpdesk import codes, services
from anji_police.helpdesk.models import HelpRequest
from anji_police.places.models import Jurisdiction, Place, Unit
from anji_police.workflow import rules
from anji_police.workflow.models import Rule
from tests.factories import UnitFactory, place


def seed_rules() -> None:
    """The dated rules of all apps, as load_reference enters them."""
    if not Rule.objects.exists():
        Rule.objects.bulk_create(
            Rule(
                code=s.code,
                label=s.label,
                value=s.value,
                unit=s.unit,
                article=s.article,
                valid=(s.valid_from, s.valid_to),
            )
            for s in rules.specs()
        )


def town(code: str = "330523004", name: str = "孝源街道") -> Place:
    return place(code, name)


def station_of(township: Place, **facts) -> Unit:
    """The police station that answers for a township."""
    unit = UnitFactory(**facts)
    Jurisdiction.objects.create(unit=unit, place=township, valid=(date(2020, 1, 1), None))
    return unit


ANSWERS = {"danger": "no", "about": "neighbours", "other_side": "yes", "mediated": "no", "dialect": "yes"}


def form(**changes) -> dict:
    """A whole dispute form of a citizen who leaves a number."""
    facts = {
        "category": "dispute",
        "answers": ANSWERS,
        "description": "邻居家的围墙占了我家的路，几次商量都没有结果。",
        "happened": "今年三月起",
        "township": None,
        "location_text": "皈山场村文化礼堂旁",
        "name": "王小明",
        "phone": "138 1234 5678",
        "contact": "phone",
        "consent": True,
    }
    return facts | changes


def submitted(token: str | None = None, **changes) -> services.Receipt:
    seed_rules()
    return services.submit(token=token or codes.new_token(), **form(**changes))


def in_progress(officer, **changes) -> HelpRequest:
    """A request that `officer` of the responsible station has accepted."""
    township = changes.pop("township", None) or town()
    if not township.jurisdictions.exists():
        Jurisdiction.objects.create(unit=officer.unit, place=township, valid=(date(2020, 1, 1), None))
    request = submitted(township=township, **changes).request
    return services.accept(request=request, actor=officer)
