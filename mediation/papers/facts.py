"""The papers of one dispute as data: blocks that papers.typ prints as they are. Only what is on record is in them.

A block is {"kind": "p" | "plain" | "h" | "list" | "rows" | "table" | "sign" | "seal" | "picture", …}. The papers are Chinese: who
calls this has switched the language over. Personal data come in the clear: who draws a paper has been written down before
(services/drawing.py).
"""

from datetime import date, datetime

from anji_police.periods import SHANGHAI
from anji_police.workflow import services as workflow
from mediation.models import (
    Agreement,
    Dispute,
    DisputeStatus,
    FollowUp,
    JudicialConfirmation,
    Mediator,
    Party,
    Session,
)
from mediation.papers import texts
from mediation.roles import LegalRole, roles_in, roles_on

NAMED = "，"
ROLES = {LegalRole.PRESIDES: "人民调解员", LegalRole.ASSISTS: "协助调解人"}


def chinese_date(day: date | datetime | None) -> str:
    if day is None:
        return ""
    if isinstance(day, datetime):
        day = day.astimezone(SHANGHAI).date()
    return f"{day.year}年{day.month}月{day.day}日"


def _moment(at: datetime | None) -> str:
    if at is None:
        return ""
    local = at.astimezone(SHANGHAI)
    return f"{chinese_date(local)}{local.hour}时{local.minute:02}分"


def _yuan(amount) -> str:
    return f"{amount:,.2f}元" if amount is not None else "—"


def p(text: str, *, keep: bool = False) -> dict:
    """A paragraph; with `keep` it stays on the page of what follows."""
    return {"kind": "p", "text": text, "keep": keep}


def plain(text: str) -> dict:
    return {"kind": "plain", "text": text}


def h(text: str) -> dict:
    return {"kind": "h", "text": text}


def rows(*pairs) -> dict:
    return {"kind": "rows", "rows": [[label, value or "—"] for label, value in pairs]}


def lines(text: str) -> list[dict]:
    return [p(line.strip()) for line in text.splitlines() if line.strip()]


def table(widths: list[int], head: list[str], cells: list[list[str]]) -> dict:
    return {"kind": "table", "widths": widths, "head": head, "rows": cells}


def signs(*people) -> dict:
    """Lines to sign on, each (role, name)."""
    return {"kind": "sign", "lines": [[role, name] for role, name in people]}


def paper(key: str, title: str, *blocks, number: str = "") -> dict:
    return {"key": key, "title": title, "number": number, "blocks": [b for b in blocks if b]}


SIDES = {Party.Side.APPLICANT: "申请人", Party.Side.RESPONDENT: "被申请人"}
PARTS = {
    Party.Part.SUSPECT: "违法嫌疑人",
    Party.Part.VICTIM: "被侵害人",
    Party.Part.BOTH: "违法嫌疑人（被侵害人）",
}


def _is_people(dispute: Dispute) -> bool:
    return dispute.track == Dispute.Track.PEOPLE


def _titled(dispute: Dispute, rest: str) -> str:
    return ("人民调解" if _is_people(dispute) else "治安调解") + rest


def _role_on(mediator: Mediator, day: date) -> str:
    """人民调解员 with a committee's appointment in force on `day`, else 协助调解人 (人民调解法 art. 20, 29)."""
    return ROLES[roles_on([mediator.pk], day)[mediator.pk]]


def person(party: Party) -> str:
    """A party as a paper names it."""
    told = [party.name.reveal()]
    if party.id_number:
        told.append(f"证件号码：{party.id_number.reveal()}")
    if party.uscc:
        told.append(f"统一社会信用代码：{party.uscc}")
    if party.address:
        told.append(f"住址：{party.address.reveal()}")
    if party.phone:
        told.append(f"联系电话：{party.phone.reveal()}")
    if party.is_minor:
        relation = f"（{party.guardian_relation}）" if party.guardian_relation else ""
        told.append(f"未成年人，监护人：{party.guardian_name.reveal() or '未登记'}{relation}")
    if party.representative_name:
        told.append(f"委托代理人：{party.representative_name.reveal()}{_authority(party)}")
    if party.speaks_for:
        told.append(f"代表{party.speaks_for}人")
    return NAMED.join(told)


def _authority(party: Party) -> str:
    if not party.authority:
        return ""
    kind = "特别授权" if party.authority == Party.Authority.SPECIAL else "一般授权"
    return f"（{kind}{'：' + party.authority_text if party.authority_text else ''}）"


def _people(dispute: Dispute, parties: list[Party]) -> dict:
    return rows(*((_side(dispute, party), person(party)) for party in parties))


def _side(dispute: Dispute, party: Party) -> str:
    if _is_people(dispute):
        return SIDES[party.side]
    return PARTS.get(party.part, "当事人")


def _signing(dispute: Dispute, parties: list[Party]) -> list[tuple[str, str]]:
    found = []
    for party in parties:
        found.append((_side(dispute, party), party.name.reveal()))
        if party.is_minor and party.guardian_name:
            found.append(("监护人", party.guardian_name.reveal()))
        if party.representative_name:
            found.append(("委托代理人", party.representative_name.reveal()))
    return found


def _matter(dispute: Dispute) -> str:
    """The sort of dispute as a noun: 邻里纠纷."""
    return str(dispute.get_type_display()).removesuffix("纠纷") + "纠纷"


def _addressed(parties: list[Party]) -> dict:
    return plain("、".join(party.name.reveal() for party in parties) + "：")


def application(dispute: Dispute, parties: list[Party]) -> dict:
    source = str(dispute.get_source_display())
    return paper(
        "application",
        _titled(dispute, "受理登记表"),
        rows(
            ("纠纷编号", dispute.code),
            ("来源", source + (f"（{dispute.source_code}）" if dispute.source_code else "")),
            ("登记时间", _moment(dispute.registered_at)),
            ("登记单位", dispute.unit.name),
            ("登记人", dispute.registered_by.name),
            ("纠纷类型", str(dispute.get_type_display())),
            ("发生地", str(dispute.place or "")),
            ("涉及金额", _yuan(dispute.amount_yuan)),
            ("风险等级", str(dispute.get_risk_display())),
        ),
        h("当事人"),
        _people(dispute, parties),
        h("纠纷简要情况"),
        *lines(dispute.facts),
        number=dispute.code,
    )


def rights(dispute: Dispute, parties: list[Party]) -> dict:
    asked = [
        [
            party.name.reveal(),
            str(party.get_consent_display()) if party.consent_at else "",
            str(party.get_consent_form_display()),
            chinese_date(party.consent_at),
        ]
        for party in parties
    ]
    return paper(
        "rights",
        _titled(dispute, "权利义务告知书"),
        _addressed(parties),
        p(
            f"关于你们之间的{_matter(dispute)}（编号 {dispute.code}），现将当事人在调解活动中的权利和义务告知如下。"
        ),
        h("当事人的权利"),
        {"kind": "list", "items": list(texts.RIGHTS if _is_people(dispute) else texts.RIGHTS_POLICE)},
        h("当事人的义务"),
        {"kind": "list", "items": list(texts.DUTIES if _is_people(dispute) else texts.DUTIES_POLICE)},
        p(texts.NOTICE if _is_people(dispute) else texts.NOTICE_POLICE),
        h("是否同意调解"),
        table([3, 2, 2, 3], ["当事人", "意愿", "方式", "日期"], asked),
        p(f"告知时间：{_moment(dispute.rights_told_at)}") if dispute.rights_told_at else None,
        signs(*_signing(dispute, parties)),
        number=dispute.code,
    )


def identity(dispute: Dispute, parties: list[Party]) -> dict:
    return paper(
        "identity",
        "当事人身份核验表",
        table(
            [5, 4, 9, 6, 6],
            ["当事人", "类别", "证件号码", "监护人或代理人", "核验日期"],
            [
                [
                    party.name.reveal(),
                    str(party.get_kind_display()) + ("（未成年）" if party.is_minor else ""),
                    party.id_number.reveal() or party.uscc or "—",
                    party.guardian_name.reveal() or party.representative_name.reveal() or "—",
                    chinese_date(party.identity_checked_at),
                ]
                for party in parties
            ],
        ),
        p("以上当事人的身份证件已经核对。"),
        number=dispute.code,
    )


def sessions(dispute: Dispute, parties: list[Party], found: list[Session]) -> list[dict]:
    """One record for each session, in their order; `found` have their mediators prefetched."""
    legal = roles_in(found)
    return [
        _session(dispute, parties, one, n if len(found) > 1 else 0, legal) for n, one in enumerate(found, 1)
    ]


def _session(dispute: Dispute, parties: list[Party], session: Session, count: int, legal: dict) -> dict:
    chairs = [(ROLES[legal[session.pk, mediator.pk]], mediator.name) for mediator in session.mediators.all()]
    if session.officer_id:
        chairs.insert(0, ("参加民警" if _is_people(dispute) else "主持民警", session.officer.name))
    guardian = str(session.get_guardian_display()) if session.guardian else ""
    return paper(
        "session",
        "调解记录" + (f"（第{count}次）" if count else ""),
        rows(
            ("时间", _moment(session.held_at)),
            ("地点", session.venue),
            *chairs,
            *([("其他在场人员", session.others_present)] if session.others_present else []),
            *([("未成年人监护人", guardian)] if guardian else []),
            *([("再次调解原因", str(session.get_again_because_display()))] if session.again_because else []),
            ("记录人", session.recorded_by.name),
        ),
        h("当事人"),
        _people(dispute, parties),
        h("调解情况"),
        *lines(session.record),
        p(texts.READ_TO, keep=True) if session.is_signed else None,
        signs(*_signing(dispute, parties), *chairs, ("记录人", session.recorded_by.name)),
        number=dispute.code,
    )


def agreement(dispute: Dispute, parties: list[Party], found: Agreement) -> dict:
    """What 人民调解法 art. 29 asks for, or 程序规定 art. 184 in public-security mediation."""
    people = _is_people(dispute)
    effect = (
        texts.EFFECT_POLICE if not people else texts.EFFECT_WRITTEN if found.is_written else texts.EFFECT_ORAL
    )
    title = _titled(dispute, "协议书") if found.is_written or not people else "人民调解口头协议登记表"
    items = [
        [str(n), item.what, _yuan(item.amount_yuan), chinese_date(item.due_on)]
        for n, item in enumerate(found.items.all(), start=1)
    ]
    signing = _signing(dispute, parties)
    if found.presider_id:
        signing.append(("主持民警", found.presider.name))
    if found.signed_by_id:
        signing.append((_role_on(found.signed_by, found.agreed_on), found.signed_by.name))
    happened = NAMED.join(filter(None, (_moment(found.incident_at), found.incident_place)))
    return paper(
        "agreement",
        title,
        p(f"本协议已于{chinese_date(found.superseded_at)}被后来达成的协议取代。")
        if found.superseded_at
        else None,
        h("当事人"),
        _people(dispute, parties),
        p(f"其他在场人员：{found.others_present}") if found.others_present else None,
        h("纠纷的主要事实和争议事项"),
        p(f"发生时间、地点：{happened}。") if happened else None,
        *lines(found.facts or dispute.facts),
        *lines(found.matters),
        h("达成协议的内容"),
        *lines(found.terms),
        h("履行的内容、方式和期限") if items or found.method else None,
        table([2, 7, 4, 4], ["序号", "履行内容", "金额", "期限"], items) if items else None,
        p(f"履行方式：{found.method}") if found.method else None,
        p(effect, keep=True),
        p(texts.CONFIRMATION, keep=True)
        if people and found.is_written and dispute.type != Dispute.Type.FAMILY
        else None,
        signs(*signing),
        {
            "kind": "seal",
            "name": found.committee.name if found.committee_id else dispute.unit.name,
            "date": chinese_date(found.agreed_on),
        },
        number=dispute.code,
    )


def statements(dispute: Dispute, parties: list[Party]) -> list[dict]:
    """A notice for each time that mediation ended without agreement, or that there was none, with the reason given then."""
    ends = workflow.history(dispute).filter(to_state__in=[DisputeStatus.FAILED, DisputeStatus.REFUSED])
    return [_statement(dispute, parties, end) for end in ends.order_by("id")]


def _statement(dispute: Dispute, parties: list[Party], end) -> dict:
    failed, day = end.to_state == DisputeStatus.FAILED, chinese_date(end.at)
    about = f"关于你们之间的{_matter(dispute)}（编号 {dispute.code}），"
    words = f"经调解未能达成协议，现决定自{day}起终止调解。" if failed else f"现决定自{day}起不予调解。"
    return paper(
        "statement",
        "终止调解通知书" if failed else "不予调解告知书",
        _addressed(parties),
        p(about + words),
        p(f"{'终止' if failed else '不予调解的'}原因：{end.reason}") if end.reason else None,
        p(texts.ROUTES if _is_people(dispute) else texts.ROUTES_POLICE),
        {"kind": "seal", "name": dispute.unit.name, "date": day},
        signs(*_signing(dispute, parties)),
        number=dispute.code,
    )


def follow_up(dispute: Dispute, visits: list[FollowUp]) -> dict:
    blocks = []
    for n, visit in enumerate(visits, start=1):
        visitors = "、".join(filter(None, (visit.done_by.name if visit.done_by_id else "", visit.cadre)))
        blocks += [
            h(f"第{n}次回访") if len(visits) > 1 else None,
            rows(
                ("回访时间", _moment(visit.done_at)),
                ("回访方式", str(visit.get_way_display())),
                ("回访人", visitors),
                ("协议履行情况", visit.performance),
                ("满意度（1至5）", str(visit.satisfaction or "")),
                ("法院处理结果", visit.court_outcome),
                ("激化苗头", "有" if visit.signs_of_escalation else "无"),
                ("采取的措施", visit.measures),
                ("情况记录", visit.note),
            ),
        ]
    return paper("follow_up", "回访记录", *blocks, number=dispute.code)


def performance(dispute: Dispute, found: Agreement) -> dict:
    return paper(
        "performance",
        "履行情况登记表",
        table(
            [8, 6, 7, 7, 7],
            ["履行内容", "金额", "约定期限", "履行日期", "凭证"],
            [
                [
                    item.what,
                    _yuan(item.amount_yuan),
                    chinese_date(item.due_on),
                    chinese_date(item.done_on) or "未履行",
                    item.proof or "—",
                ]
                for item in found.items.all()
            ],
        ),
        number=dispute.code,
    )


def confirmation(dispute: Dispute, found: list[JudicialConfirmation]) -> dict:
    return paper(
        "confirmation",
        "司法确认情况登记表",
        *(
            rows(
                ("法院", row.court),
                ("申请日期", chinese_date(row.applied_on)),
                ("受理日期", chinese_date(row.accepted_on)),
                ("结果", str(row.get_status_display())),
                ("裁定日期", chinese_date(row.decided_on)),
                ("裁定书文号", row.decision_number),
            )
            for row in found
        ),
        number=dispute.code,
    )


def on_paper(item_key: str, title: str, pages: int, number: str) -> dict:
    """The sheet that stands in the drawn file for a paper that is kept on paper only."""
    return paper(
        item_key,
        title,
        rows(("保存方式", "纸质原件，另行装订"), ("页数", f"{pages}页")),
        number=number,
    )
