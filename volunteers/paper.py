"""The certificate of volunteer service (志愿服务记录证明) as a PDF, drawn from its row alone: the same row gives the same bytes."""

from pathlib import Path

from django.conf import settings
from django.utils import translation

from anji_police import typesetting
from anji_police.periods import midnight
from volunteers.models import Certificate
from volunteers.services.honours import duty_label

TEMPLATE = Path(__file__).with_name("certificate.typ")


def hours(minutes: int) -> str:
    """Hours with one decimal, rounded down: a certificate never says more than was served."""
    return f"{minutes * 10 // 60 / 10:.1f}"


def draw(certificate: Certificate) -> bytes:
    """The PDF/A-2a. The name stands in full, the identity number masked. An official paper: always in Chinese."""
    member = certificate.member
    with translation.override("zh-hans"):
        data = {
            "bureau": settings.BUREAU_NAME,
            "number": certificate.number,
            "name": member.name,
            "id_number": str(member.id_number),
            "team": member.team.name,
            "first": _day(certificate.first_day),
            "last": _day(certificate.last_day),
            "services": certificate.services,
            "hours": hours(certificate.minutes),
            "purpose": certificate.purpose,
            "rows": [
                [str(row["year"]), duty_label(row["duty"]), str(row["services"]), hours(row["minutes"])]
                for row in certificate.rows
            ],
            "issuer": certificate.issuer_name,
            "issued": _day(certificate.issued_on),
            "demo": member.is_demo,
        }
    return typesetting.pdf(TEMPLATE, data, moment=midnight(certificate.issued_on), at_any_rate=True)


def _day(day) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
