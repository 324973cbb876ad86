"""The certificate of volunteer service (志愿服务记录证明) as a PDF, drawn from its row alone, so that it can be drawn again."""

from functools import cache
from pathlib import Path

import orjson
import typst
from django.conf import settings
from django.utils import translation

from volunteers.models import Certificate
from volunteers.services.honours import duty_label

TEMPLATE = Path(__file__).with_name("certificate.typ")


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(
        input=str(TEMPLATE),
        font_paths=[p for p in settings.FONT_DIRS if Path(p).is_dir()],
        ignore_system_fonts=True,
    )


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
    text = orjson.dumps(data).decode()
    try:
        return _compiler().compile(format="pdf", sys_inputs={"data": text}, pdf_standards=["a-2a"])
    except typst.TypstError:  # a rare character that the typeface lacks: the paper comes without the standard
        return _compiler().compile(format="pdf", sys_inputs={"data": text})


def _day(day) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
