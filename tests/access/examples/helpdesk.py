"""Requests of the own unit in each of their states, and a browser that holds a half-filled form or an opened request."""

import time
import uuid

from django.core import signing

from anji_police.helpdesk import codes, services
from anji_police.helpdesk.models import CannedReply, Return, SavedView
from anji_police.helpdesk.public import steps
from anji_police.helpdesk.public.tracking import OPENED
from tests.access.world import Example
from tests.factories import chief, officer
from tests.helpdesk.factories import ANSWERS, form, in_progress, submitted, town
from tests.helpdesk.files import jpeg

NOBODY = uuid.UUID(int=1)
BODY = "已联系当事人，约定周五下午上门查看。"
REASON = "当事人补充了新的情况"


def prepare(world) -> dict[str, Example]:
    records = Records(world)
    world.more += _more(records)
    return {
        **_pages(records),
        **_acts(records),
        **_citizens(records),
        **_programs(records),
        "audit:reveal": Example(
            data={
                "subject": f"helpdesk.helprequest:{records.open.pk}",
                "field": "reporter_phone",
                "reason": "核实身份",
            }
        ),
    }


class Records:
    """One request in each state, all of the own unit and in hand of its officer."""

    def __init__(self, world):
        self.world = world
        self.officer, self.desk = world.users["officer_own"], world.users["duty_desk"]
        self.colleague = officer(unit=world.own_unit)
        self.phones = (f"138000000{n:02d}" for n in range(90))
        self.open = self.accepted()
        self.edited = self.accepted()
        self.assigned = submitted(township=town(), phone=next(self.phones)).request
        self.waiting = services.ask_citizen(
            request=self.accepted(), actor=self.officer, body="请补充照片。", key="access-ask"
        )
        self.returned = services.give_back(
            request=self.accepted(),
            actor=self.officer,
            ground=Return.Reason.values[0],
            explanation="地点属于梅溪派出所辖区",
        ).request
        self.answered = self.given_answer("access-answer")
        self.closed = services.close(request=self.given_answer("access-closed"), actor=self.officer)
        self.merged = self.accepted()
        services.merge(duplicate=self.merged, target=self.open, actor=self.officer)
        self.assist = services.add_assist(
            request=self.open, actor=chief(unit=world.own_unit), unit=world.users["duty_desk"].unit
        )
        self.canned = CannedReply.objects.create(title="已受理", body="您好，{reference} 已由{unit}受理。")
        self.rule = services.add_routing_rule(
            actor=world.users["security_admin"], category="fraud", place=None, unit=world.own_unit
        )
        services.save_view(actor=self.officer, name="临期件", query={"view": ["soon"]}, columns=["category"])
        self.view = SavedView.objects.get()
        services.add_note(
            request=self.open, actor=self.officer, body=BODY, key="access-note", files=[jpeg("现场.jpg")]
        )
        self.file = self.open.attachments.get()
        token = codes.new_token()
        self.content = {k: v for k, v in form(name="李梅", phone="13811112222").items() if k != "township"}
        services.save_draft(token=token, content=self.content)
        services.attach_to_draft(token=token, files=[jpeg("现场.jpg")])
        self.half = draft_cookie(token)

    def accepted(self):
        return in_progress(self.officer, phone=next(self.phones))

    def given_answer(self, key: str):
        return services.answer(
            request=self.accepted(),
            actor=self.officer,
            body="已处置完毕。",
            key=key,
            files=[jpeg("处置.jpg")],
        )


def _more(records: Records) -> list[tuple[str, str, Example]]:
    """The page of a request in each state, the queue in each view, and the citizen's page before and after the answer."""
    found = []
    states = ("assigned", "edited", "waiting", "returned", "answered", "closed", "merged")
    for state in states:
        example = Example({"reference": getattr(records, state).reference})
        found += [("helpdesk:request-detail", column, example) for column in ("duty_desk", "officer_own")]
    found += [
        ("helpdesk:request-list", column, Example(query=f"view={view}"))
        for column, view in (("duty_desk", "all"), ("duty_desk", "returned"), ("leadership", "all"))
    ]
    found += [
        ("public:tracked", "anonymous", Example(session=tracking_session(getattr(records, state))))
        for state in ("waiting", "answered", "closed", "merged")
    ]
    found += [
        ("helpdesk:enter", "officer_own", Example()),
        ("public:stop", "anonymous", Example({"number": "96110"}, cookies=records.half)),
        ("public:done", "anonymous", Example()),
    ]
    return found


def _pages(records: Records) -> dict[str, Example]:
    entered = {
        "channel": "phone",
        "token": codes.new_token(),
        **{name: value or "" for name, value in form(consent="on").items() if name != "answers"},
        **ANSWERS,
    }
    return {
        "helpdesk:request-detail": Example({"reference": records.open.reference}),
        "helpdesk:presence": Example({"reference": records.open.reference}),
        "helpdesk:file": Example({"reference": records.open.reference, "uid": records.file.uid}),
        "helpdesk:bulk": Example(data={"act": "priority", "pk": [records.open.reference]}),
        "helpdesk:enter": Example(query="category=dispute", data=entered),
        "helpdesk:canned": Example(data={"title": "已办结", "body": "您好，事项已办结。", "is_active": "on"}),
        "helpdesk:canned-change": Example(
            {"pk": records.canned.pk}, data={"title": "已受理", "body": "您好。", "is_active": "on"}
        ),
        "helpdesk:routing-rules": Example(data={"category": "ecology", "unit": records.world.own_unit.pk}),
        "helpdesk:end-routing-rule": Example({"pk": records.rule.pk}),
        "helpdesk:save-view": Example(data={"name": "我的视图", "query": "view=mine&col=status"}),
        "helpdesk:open-view": Example({"pk": records.view.pk}),
        "helpdesk:delete-view": Example({"pk": records.view.pk}),
    }


def _acts(records: Records) -> dict[str, Example]:
    unit, colleague = records.world.own_unit, records.colleague
    acts = {
        "accept": (records.assigned, {}),
        "message": (records.open, {"act": "reply", "body": BODY, "key": "access-message"}),
        "assign": (records.assigned, {"unit": unit.pk, "assignee": colleague.pk}),
        "return": (
            records.assigned,
            {"ground": Return.Reason.values[0], "explanation": "地点属于梅溪派出所辖区"},
        ),
        "rule": (
            records.returned,
            {"ruling": "upheld", "unit": records.world.other_unit.pk, "reason": "事发地在梅溪镇"},
        ),
        "route": (records.edited, {"kind": "mediation.dispute"}),
        "assist": (records.open, {"unit": records.world.other_unit.pk, "note": "协助走访"}),
        "exclude": (records.open, {"user": colleague.pk, "reason": "与当事人是亲属"}),
        "merge": (records.edited, {"target": records.open.reference}),
        "unmerge": (records.merged, {"reason": "不是同一件事"}),
        "go-on": (records.waiting, {}),
        "close": (records.answered, {}),
        "reopen": (records.answered, {"reason": REASON}),
        "edit": (
            records.edited,
            {
                "description": "邻居家的围墙占了我家的路约半米。",
                "happened": "今年三月",
                "location_text": "文化礼堂旁",
                "version": records.edited.version,
            },
        ),
        "priority": (records.open, {"priority": "high"}),
    }
    found = {
        f"helpdesk:{name}": Example({"reference": request.reference}, data=data)
        for name, (request, data) in acts.items()
    }
    ended = {"reference": records.open.reference, "pk": records.assist.pk}
    return found | {"helpdesk:end-assist": Example(ended)}


def draft_cookie(token: str) -> dict[str, str]:
    """The cookie of a browser that fills in the form kept under `token`."""
    return {steps.COOKIE: signing.get_cookie_signer(salt=steps.COOKIE + steps.SALT).sign(token)}


def tracking_session(request) -> dict:
    """The session of a citizen who has opened `request` with both codes."""
    return {OPENED: [request.pk, int(time.time()) + 600]}


def _citizens(records: Records) -> dict[str, Example]:
    half, content = records.half, records.content
    sent_token = codes.new_token()
    sent = submitted(token=sent_token, phone=next(records.phones), township=town())
    opened = tracking_session(records.open)
    answered = records.answered.messages.filter(attachments__isnull=False).get()
    return {
        "public:start": Example(data={"category": "hazard"}, cookies=half),
        "public:questions": Example(data=ANSWERS, cookies=half),
        "public:stop": Example({"number": "110"}, cookies=half),
        "public:called": Example(cookies=half),
        "public:story": Example(data={"description": content["description"]}, cookies=half),
        "public:place": Example(data={"location_text": "文化礼堂旁"}, cookies=half),
        "public:files": Example(cookies=half),
        "public:drop-file": Example({"uid": NOBODY}, cookies=half),
        "public:contact": Example(
            data={"contact": "phone", "name": "李梅", "phone": "13811112222", "consent": "on"}, cookies=half
        ),
        "public:check": Example(cookies=half),
        "public:done": Example(cookies=draft_cookie(sent_token)),
        "public:receipt": Example(cookies=draft_cookie(sent_token)),
        "public:another": Example(cookies=draft_cookie(sent_token)),
        "public:track": Example(data={"reference": sent.request.reference, "secret": sent.secret}),
        "public:tracked": Example(session=opened),
        "public:reply": Example(data={"body": "照片已补充。", "key": "access-reply"}, session=opened),
        "public:rate": Example(data={"score": "5"}, session=tracking_session(records.answered)),
        "public:withdraw": Example(session=opened),
        "public:leave": Example(session=opened),
        "public:file": Example(
            {"uid": answered.attachments.get().uid}, session=tracking_session(records.answered)
        ),
    }


def _programs(records: Records) -> dict[str, Example]:
    hazard = submitted(
        category="hazard",
        answers={"danger": "no", "kind": "road"},
        phone=next(records.phones),
        township=town(),
    ).request
    report = {
        "service_code": "hazard",
        "attribute[danger]": "no",
        "attribute[kind]": "road",
        "description": "路边护栏断了一截，夜间很危险。",
        "address_string": "孝源街道皈山场村口",
    }
    entered = {
        **{k: v for k, v in form().items() if k != "township"},
        "token": codes.new_token(),
        "channel": "phone",
        "phone": "13833334444",
    }
    acts = {
        "accept": (records.assigned, {}),
        "assign": (records.assigned, {"unit": records.world.own_unit.code}),
        "note": (records.open, {"body": BODY, "key": "access-api-note"}),
        "reply": (records.open, {"body": BODY, "key": "access-api-reply"}),
        "answer": (records.open, {"body": BODY, "key": "access-api-answer"}),
        "return": (
            records.assigned,
            {"ground": Return.Reason.values[0], "explanation": "地点属于梅溪派出所辖区"},
        ),
        "route": (records.edited, {"kind": "mediation.dispute"}),
    }
    return {
        **{
            f"api:helpdesk:request-{name}": Example({"reference": request.reference}, data=data)
            for name, (request, data) in acts.items()
        },
        "api:helpdesk:request-list": Example(data=entered),
        "api:helpdesk:request-detail": Example({"reference": records.open.reference}),
        "open311:discovery": Example({"fmt": "json"}),
        "open311:services": Example({"fmt": "json"}),
        "open311:service": Example({"code": "hazard", "fmt": "json"}),
        "open311:requests": Example({"fmt": "json"}, data=report),
        "open311:request": Example({"reference": hazard.reference, "fmt": "json"}),
        "open311:request-alias": Example({"reference": hazard.reference, "fmt": "xml"}),
    }
