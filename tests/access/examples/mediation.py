from datetime import date

from anji_police.periods import today
from mediation import services
from mediation.api.acts import RIGHTS
from mediation.models import FollowUp
from mediation.views import acts
from tests.access.world import Example
from tests.factories import place
from tests.helpdesk.factories import town
from tests.mediation.factories import (
    committee,
    consented,
    mediating,
    mediator,
    photo,
    registered,
    team,
    with_session,
)
from tests.volunteers import factories as make


def prepare(world) -> dict[str, Example]:
    clerk = world.users["officer_own"]
    place("341524", "金寨县", "county")
    fresh = registered(clerk)
    waiting = consented(clerk)
    own = mediator("金水根", user=world.users["mediator"])
    other = mediator("周调解")
    boss = world.users["station_chief"]
    tie = services.record_conflict(actor=boss, mediator=own, kind="kin", name="金小山")
    group, board = team(unit=world.own_unit), committee()
    member = services.add_member(
        actor=boss, committee=board, name="施月琴", sex="female", start=date(2026, 1, 1), end=date(2029, 1, 1)
    )
    offered = consented(clerk)
    services.offer(dispute=offered, actor=clerk, mediator=own)
    held = mediating(clerk, own)
    third = mediator("吴调解")
    complaint = services.record_complaint(actor=boss, mediator=third, ground="other", text="迟到一个小时")
    helper = make.member(clerk, make.team(clerk, "协助义警队"), "赵守源", account=False)
    asked = services.ask_volunteer(dispute=held, actor=clerk, volunteer=helper)
    settled = with_session(clerk, mediator("沈调解"))
    services.record_agreement(dispute=settled, actor=clerk, is_written=False, terms="当场和解，各自让步")
    visit = FollowUp.objects.get(dispute=settled)
    party = fresh.parties.first()
    reason = {"reason": "双方已自行和解"}
    held_round = services.record_round(
        actor=clerk, unit=clerk.unit, place=town(), held_on=today(), people="民警老王、村干部老周"
    )
    code = {"code": held.code}
    at = {"code": settled.code, "pk": visit.pk}
    session = {
        "held_at": "2026-01-05T10:00",
        "venue": "村委会",
        "text": "双方陈述经过",
        "mediators": [str(own.pk)],
        "is_signed": "on",
    }
    agreement = {"is_written": "no", "terms": "围墙内移五十公分", "agreed_on": today().isoformat()}
    api = {"code": offered.code}
    filed = services.file_paper(dispute=held, actor=clerk, item="evidence", title="现场照片", upload=photo())
    acts_on = {"code": held.code}
    forms = {
        "answer-task": {"result": "calmed", "answer": "已到场平息"},
        "leader": {"leader": str(world.users["station_chief"].pk)},
        "extend": {
            "days": "10",
            "reason": "需要补充证据",
            "form": "oral",
            "agreed_by": [str(p.pk) for p in held.parties.all()],
        },
        "appraisal": {"what": "房屋受损"},
        "refer": {"body": "centre", "reason": "需要部门联动"},
        "paper": {"item": "statement", "title": "情况说明", "pages": "1"},
        "identity": {"party": str(held.parties.first().pk)},
    }
    return {
        **{f"mediation:{name}": Example(acts_on, data=forms.get(name, {})) for name in acts.BY_NAME},
        **{f"api:mediation:dispute-{name.replace('_', '-')}": Example(api) for name in RIGHTS},
        "mediation:paper-file": Example({"code": held.code, "pk": filed.pk}),
        "mediation:paper-withdraw": Example(
            {"code": held.code, "pk": filed.pk}, data={"reason": "传错了文件"}
        ),
        "mediation:draw": Example({"code": held.code, "item": "rights"}),
        "mediation:file": Example({"code": held.code}),
        "mediation:visit": Example({"pk": visit.pk}, data={"performance": "已履行"}),
        "mediation:call": Example(
            {"code": held.code, "pk": held.parties.first().pk}, data={"reason": "约定回访时间"}
        ),
        "mediation:register": Example(data={"more": "1"}),
        "mediation:mediator-add": Example(
            data={"name": "张守源", "origin": "341524", "place": str(town().pk)}
        ),
        "mediation:mediator-detail": Example({"pk": own.pk}),
        "mediation:appoint": Example({"pk": own.pk}),
        "mediation:account": Example({"pk": own.pk}, data={"user": "no-such-account"}),
        "mediation:retire": Example({"pk": own.pk}),
        "mediation:mediator-change": Example({"pk": own.pk}),
        "mediation:conflict": Example({"pk": own.pk}, data={"kind": "kin", "name": "金大山"}),
        "mediation:conflict-end": Example({"pk": own.pk, "row": tie.pk}),
        "mediation:complaint": Example({"pk": own.pk}, data={"ground": "partial", "text": "只听一方的话"}),
        "mediation:complaint-decide": Example(
            {"pk": third.pk, "row": complaint.pk}, data={"finding": "unfounded", "result": "查无实据"}
        ),
        "mediation:training": Example(
            {"pk": own.pk}, data={"topic": "调解技巧", "held_on": today().isoformat(), "hours": "4"}
        ),
        "mediation:station-detail": Example({"pk": group.station_id}),
        "mediation:team-detail": Example({"pk": group.pk}),
        "mediation:committee-detail": Example({"pk": board.pk}),
        "mediation:member-add": Example({"pk": board.pk}),
        "mediation:member-end": Example({"pk": board.pk, "member": member.pk}, data={"on": "2026-06-01"}),
        "api:mediation:station-detail": Example({"pk": group.station_id}),
        "api:mediation:team-detail": Example({"pk": group.pk}),
        "api:mediation:committee-detail": Example({"pk": board.pk}),
        "api:mediation:visit-detail": Example({"pk": visit.pk}),
        "api:mediation:round-detail": Example({"pk": held_round.pk}),
        "mediation:bodies": Example(
            data={
                "kind": "committee",
                "committee-name": "梅溪镇人民调解委员会",
                "committee-place": str(town().pk),
            }
        ),
        "mediation:dispute-detail": Example(code),
        "mediation:add-party": Example(
            {"code": fresh.code}, data={"side": "respondent", "kind": "person", "name": "赵六"}
        ),
        "mediation:consent": Example(
            {"code": fresh.code, "pk": party.pk}, data={"given": "yes", "form": "oral"}
        ),
        "mediation:phone": Example(
            {"code": held.code, "pk": held.parties.first().pk}, data={"reason": "约定调解时间"}
        ),
        "mediation:refuse": Example({"code": fresh.code}, data=reason),
        "mediation:assess": Example({"code": fresh.code}, data={"factors": ["weapon", "threat"]}),
        "mediation:offer": Example({"code": waiting.code}, data={"mediator": str(own.pk)}),
        "mediation:match": Example({"code": waiting.code}),
        "mediation:offer-pair": Example(
            {"code": waiting.code}, data={"lead": str(own.pk), "second": str(other.pk)}
        ),
        "mediation:ask-volunteer": Example({"code": waiting.code}, data={"volunteer": str(helper.pk)}),
        "mediation:volunteer": Example({"code": held.code, "pk": asked.pk, "answer": "yes"}),
        "mediation:reject": Example(
            {"code": waiting.code}, data={"mediator": str(own.pk), "reason": "对方不同意"}
        ),
        "mediation:declare": Example(
            {"code": waiting.code, "pk": waiting.parties.first().pk}, data={"origin": "341524"}
        ),
        "mediation:accept": Example({"code": offered.code}, data={"conflict_disclosed": "on"}),
        "mediation:decline": Example({"code": offered.code}, data=reason),
        "mediation:replace": Example(code, data=reason),
        "mediation:session": Example(code, data=session),
        "mediation:agreement": Example(code, data=agreement),
        "mediation:in-effect": Example(code),
        "mediation:performance": Example({"code": settled.code}),
        "mediation:failed": Example(code, data=reason),
        "mediation:follow-up": Example(at, data={"performance": "已履行"}),
        "mediation:waive": Example(at, data=reason),
        "mediation:plan": Example(code, data={"due_on": today().isoformat(), "way": "phone"}),
        "mediation:close": Example(code),
        "mediation:reopen": Example(code, data=reason),
        "api:mediation:dispute-detail": Example(api),
        "api:mediation:dispute-papers": Example(api),
        "api:mediation:dispute-consent": Example(api),
        "api:mediation:dispute-match": Example({"code": waiting.code}),
        "api:mediation:dispute-offer": Example(api),
        "api:mediation:dispute-accept": Example(api),
        "api:mediation:dispute-decline": Example(api),
        "api:mediation:dispute-session": Example(api),
        "api:mediation:dispute-agreement": Example(api),
        "api:mediation:dispute-close": Example(api),
        "api:mediation:mediator-detail": Example({"pk": own.pk}),
    }
