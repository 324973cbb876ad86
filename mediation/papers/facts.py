"""The papers of one dispute as data: blocks that papers.typ prints as they are. Only what is on record is in them.

A block is {"kind": "p" | "h" | "list" | "rows" | "table" | "sign" | "seal" | "picture", …}. Personal data come in the clear:
who draws a paper has been written down before (services/filing.py).
"""

from datetime import date, datetime

from anji_police.periods import SHANGHAI
from mediation.models import Agreement, Appointment, Dispute, FollowUp, Mediator, Party, Session
from mediation.papers import texts


def chinese_date(day: date | datetime | None) -> str:
    if day is None:
        return ""
    if isinstance(day, datetime):
        day = day.astimezone(SHANGHAI).date()
    return f"{day.year}年{day.month}月{day.day}日"


def _moment(at: datetime) -> str:
    local = at.astimezone(SHANGHAI)
    return f"{chinese_date(local)}{local.hour}时{local.minute:02}分"


def _zh(value) -> str:
    """A translated label as it is in Chinese."""
    from django.utils.translation import override

    with override("zh-hans"):
        return str(value)


def p(text: str) -> dict:
    return {"kind": "p", "text": text}


def h(text: str) -> dict:
    return {"kind": "h", "text": text}


def rows(*pairs) -> dict:
    return {"kind": "rows", "rows": [[label, value or "—"] for label, value in pairs]}


def signs(*people) -> dict:
    """Lines to sign on: (role, name, whether a thumb-print may stand for the signature)."""
    return {"kind": "sign", "lines": [[role, name] for role, name in people]}


def paper(key: str, title: str, *blocks, number: str = "") -> dict:
    return {"key": key, "title": title, "number": number, "blocks": [b for b in blocks if b]}


SIDES = {Party.Side.APPLICANT: "申请人", Party.Side.RESPONDENT: "被申请人"}


def role_on(mediator: Mediator, day: date) -> str:
    """主持调解员 with a committee's appointment in force on `day`, else 协助调解人 (人民调解法 art. 20, 29)."""
    appointed = Appointment.objects.filter(mediator=mediator, valid__contains=day).exists()
    return "人民调解员" if appointed else "协助调解人"


def person(party: Party) -> str:
    """A party as a paper names it."""
    told = [party.name.reveal()]
    if party.id_number:
        told.append(
            f"{'证件号码' if party.kind == Party.Kind.PERSON else '统一社会信用代码'}：{party.id_number.reveal()}"
        )
    if party.address:
        told.append(f"住址：{party.address.reveal()}")
    if party.phone:
        told.append(f"联系电话：{party.phone.reveal()}")
    if party.is_minor:
        told.append(f"未成年人，监护人：{party.guardian_name.reveal()}")
    if party.representative_name:
        told.append(f"代理人：{party.representative_name.reveal()}")
    return "，".join(told)


def _people(dispute: Dispute, parties: list[Party]) -> dict:
    return rows(*((_side(dispute, party), person(party)) for party in parties))


def _side(dispute: Dispute, party: Party) -> str:
    return SIDES[party.side] if dispute.track == Dispute.Track.PEOPLE else "当事人"


def _signing(dispute: Dispute, parties: list[Party]) -> list[tuple[str, str]]:
    lines = []
    for party in parties:
        lines.append((_side(dispute, party), party.name.reveal()))
        if party.is_minor and party.guardian_name:
            lines.append(("监护人", party.guardian_name.reveal()))
    return lines


def _matter(dispute: Dispute) -> str:
    """The sort of dispute as a noun: 邻里纠纷."""
    return _zh(dispute.get_type_display()).removesuffix("纠纷") + "纠纷"


def application(dispute: Dispute, parties: list[Party]) -> dict:
    return paper(
        "application",
        "人民调解受理登记表" if dispute.track == Dispute.Track.PEOPLE else "治安调解受理登记表",
        rows(
            ("纠纷编号", dispute.code),
            (
                "来源",
                _zh(dispute.get_source_display())
                + (f"（{dispute.source_code}）" if dispute.source_code else ""),
            ),
            ("登记时间", _moment(dispute.registered_at)),
            ("登记单位", dispute.unit.name),
            ("登记人", dispute.registered_by.name),
            ("纠纷类型", _zh(dispute.get_type_display())),
            ("发生地", str(dispute.place or "")),
            ("涉及金额", f"{dispute.amount_yuan:,.2f} 元" if dispute.amount_yuan else ""),
            ("风险等级", _zh(dispute.get_risk_display())),
        ),
        h("当事人"),
        _people(dispute, parties),
        h("纠纷简要情况"),
        p(dispute.facts),
        number=dispute.code,
    )


def notice(dispute: Dispute, parties: list[Party]) -> dict:
    people = dispute.track == Dispute.Track.PEOPLE
    asked = [
        [
            party.name.reveal(),
            _zh(party.get_consent_display()),
            _zh(party.get_consent_form_display()),
            chinese_date(party.consent_at),
        ]
        for party in parties
    ]
    return paper(
        "notice",
        "人民调解权利义务告知书" if people else "治安调解权利义务告知书",
        p("　".join(party.name.reveal() for party in parties) + "：") | {"kind": "plain"},
        p(
            f"关于你们之间的{_matter(dispute)}（编号 {dispute.code}），现将当事人在调解活动中的权利和义务告知如下。"
        ),
        h("当事人的权利"),
        {"kind": "list", "items": list(texts.RIGHTS)},
        h("当事人的义务"),
        {"kind": "list", "items": list(texts.DUTIES)},
        p(texts.NOTICE if people else texts.NOTICE_POLICE),
        h("是否同意调解"),
        {"kind": "table", "widths": [3, 2, 2, 3], "head": ["当事人", "意愿", "方式", "日期"], "rows": asked},
        signs(*_signing(dispute, parties)),
        number=dispute.code,
    )


def identity(dispute: Dispute, parties: list[Party]) -> dict:
    return paper(
        "identity",
        "当事人身份核验表",
        {
            "kind": "table",
            "widths": [2, 2, 4, 3],
            "head": ["当事人", "类别", "证件号码", "监护人或代理人"],
            "rows": [
                [
                    party.name.reveal(),
                    _zh(party.get_kind_display()) + ("（未成年）" if party.is_minor else ""),
                    party.id_number.reveal() or "—",
                    party.guardian_name.reveal() or party.representative_name.reveal() or "—",
                ]
                for party in parties
            ],
        },
        number=dispute.code,
    )


def record(dispute: Dispute, parties: list[Party], session: Session, count: int) -> dict:
    day = session.held_at.astimezone(SHANGHAI).date()
    mediators = list(session.mediators.all())
    chairs = [(role_on(mediator, day), mediator.name) for mediator in mediators]
    if session.officer_id:
        chairs.insert(
            0,
            (
                "主持民警" if dispute.track == Dispute.Track.PUBLIC_SECURITY else "参加民警",
                session.officer.name,
            ),
        )
    return paper(
        "record",
        "调解记录" + (f"（第{count}次）" if count > 1 else ""),
        rows(
            ("时间", _moment(session.held_at)),
            ("地点", session.venue),
            *chairs,
            ("记录人", session.recorded_by.name),
        ),
        h("当事人"),
        _people(dispute, parties),
        h("记录"),
        *(p(line) for line in session.record.splitlines() if line.strip()),
        p(texts.READ_TO) if session.is_signed else None,
        signs(*_signing(dispute, parties), *chairs, ("记录人", session.recorded_by.name)),
        number=dispute.code,
    )


def agreement(dispute: Dispute, parties: list[Party], found: Agreement) -> dict:
    people = dispute.track == Dispute.Track.PEOPLE
    effect = (
        texts.EFFECT_POLICE if not people else texts.EFFECT_WRITTEN if found.is_written else texts.EFFECT_ORAL
    )
    items = [
        [
            str(n),
            item.what,
            f"{item.amount_yuan:,.2f} 元" if item.amount_yuan else "—",
            chinese_date(item.due_on),
        ]
        for n, item in enumerate(found.items.all(), start=1)
    ]
    title = (
        ("人民调解协议书" if people else "治安调解协议书") if found.is_written else "人民调解口头协议登记表"
    )
    signing = _signing(dispute, parties)
    if found.signed_by_id:
        signing.append((role_on(found.signed_by, found.agreed_on), found.signed_by.name))
    return paper(
        "agreement",
        title,
        h("当事人"),
        _people(dispute, parties),
        h("纠纷的主要事实和争议事项"),
        *(p(line) for line in dispute.facts.splitlines() if line.strip()),
        h("达成协议的内容"),
        *(p(line) for line in found.terms.splitlines() if line.strip()),
        h("履行的内容、方式和期限") if items else None,
        {"kind": "table", "widths": [2, 7, 4, 4], "head": ["序号", "履行内容", "金额", "期限"], "rows": items}
        if items
        else None,
        p(effect),
        p(texts.CONFIRMATION) if people and dispute.type != Dispute.Type.FAMILY else None,
        signs(*signing),
        {
            "kind": "seal",
            "name": found.committee.name if found.committee_id else dispute.unit.name,
            "date": chinese_date(found.agreed_on),
        },
        number=dispute.code,
    )


def termination(dispute: Dispute, parties: list[Party], reason: str, ended_at: datetime) -> dict:
    return paper(
        "statement",
        "终止调解通知书",
        {"kind": "plain", "text": "　".join(party.name.reveal() for party in parties) + "："},
        p(
            f"关于你们之间的{_matter(dispute)}（编号 {dispute.code}），经调解未能达成协议，"
            f"现决定自{chinese_date(ended_at)}起终止调解。"
        ),
        p(f"终止原因：{reason}") if reason else None,
        p(texts.ROUTES),
        {
            "kind": "seal",
            "name": dispute.unit.name,
            "date": chinese_date(ended_at),
        },
        signs(*_signing(dispute, parties)),
        number=dispute.code,
    )


def follow_up(dispute: Dispute, visits: list[FollowUp]) -> dict:
    blocks = []
    for n, visit in enumerate(visits, start=1):
        blocks += [
            h(f"第{n}次回访") if len(visits) > 1 else None,
            rows(
                ("回访时间", _moment(visit.done_at)),
                ("回访方式", _zh(visit.get_way_display())),
                ("回访人", visit.done_by.name if visit.done_by_id else ""),
                ("协议履行情况", visit.performance),
                ("满意度（1至5）", str(visit.satisfaction or "")),
                ("激化苗头", "有" if visit.signs_of_escalation else "无"),
                ("情况记录", visit.note),
            ),
        ]
    return paper("follow_up", "回访记录", *blocks, number=dispute.code)


def performance(dispute: Dispute, found: Agreement) -> dict | None:
    done = [item for item in found.items.all() if item.done_on]
    if not done:
        return None
    return paper(
        "performance",
        "履行情况登记表",
        {
            "kind": "table",
            "widths": [6, 3, 3, 3],
            "head": ["履行内容", "金额", "约定期限", "履行日期"],
            "rows": [
                [
                    item.what,
                    f"{item.amount_yuan:,.2f} 元" if item.amount_yuan else "—",
                    chinese_date(item.due_on),
                    chinese_date(item.done_on),
                ]
                for item in done
            ],
        },
        number=dispute.code,
    )
