"""Disputes made through the services."""

import io
from datetime import date, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from anji_police.periods import today
from mediation import services
from mediation.models import Agreement, Committee, Dispute, FollowUp, Mediator, Party, ServiceStation, Team
from mediation.services import PartySpec
from mediation.services.public_security import BARS
from tests.factories import chief, place
from tests.helpdesk.factories import seed_rules, town

APPLICANT = PartySpec(side=Party.Side.APPLICANT, name="王小明", phone="13812345678")
RESPONDENT = PartySpec(side=Party.Side.RESPONDENT, name="李大山", phone="13987654321")


def mediator(name: str = "张守源", **facts) -> Mediator:
    origin = place("341524", "金寨县", "county")
    return services.add_mediator(actor=None, name=name, origin=origin, place=town(), **facts)


def committee() -> Committee:
    return Committee.objects.get_or_create(name="孝源街道人民调解委员会", place=town())[0]


def appointed(name: str = "张守源", **facts) -> Mediator:
    """A mediator whom the committee of 孝源 has appointed for three years from a year ago."""
    made = mediator(name, **facts)
    start = today() - timedelta(days=365)
    services.appoint(
        actor=None, mediator=made, committee=committee(), start=start, end=start + timedelta(days=1096)
    )
    return made


def team(name: str = "金寨乡音调解团", unit=None) -> Team:
    named = f"{unit.pk}号新居民服务站" if unit else "孝源新居民服务站"
    station = ServiceStation.objects.get_or_create(name=named, place=town(), unit=unit)[0]
    return Team.objects.create(
        name=name, origin=place("341524", "金寨县", "county"), station=station, founded_on=date(2021, 3, 1)
    )


def registered(actor, **changes) -> Dispute:
    seed_rules()
    facts = {
        "source": Dispute.Source.STATION,
        "type": Dispute.Type.NEIGHBOURS,
        "title": "围墙占路纠纷",
        "facts": "双方因围墙位置多次争吵，尚未动手。",
        "unit": actor.unit,
        "parties": [APPLICANT, RESPONDENT],
    } | changes
    return services.register(actor=actor, **facts)


def checked(actor, dispute: Dispute, *, act="beating", ground="trivial", minor=True, bars=()) -> Dispute:
    """The check of a public-security case, with `bars` applying; the applicant is the victim."""
    services.check_suitability(
        dispute=dispute,
        actor=actor,
        act=act,
        ground=ground,
        is_minor_case=minor,
        answers={bar: {"applies": bar in bars, "reason": "经核实存在"} for bar in BARS},
        parts={
            party.pk: "victim" if party.side == Party.Side.APPLICANT else "suspect"
            for party in dispute.parties.all()
        },
    )
    dispute.refresh_from_db()
    return dispute


def consented(actor, **changes) -> Dispute:
    dispute = registered(actor, **changes)
    if dispute.track == Dispute.Track.PUBLIC_SECURITY:
        checked(actor, dispute)
    for party in dispute.parties.all():
        services.record_consent(
            party=party, actor=actor, given=True, form=Party.Form.ORAL, guardian_present=party.is_minor
        )
    dispute.refresh_from_db()
    return dispute


def mediating(actor, by: Mediator | None = None, **changes) -> Dispute:
    dispute = consented(actor, **changes)
    services.offer(dispute=dispute, actor=actor, mediator=by or mediator())
    return services.accept_offer(dispute=dispute, actor=actor, conflict_disclosed=True)


def with_session(actor, by: Mediator | None = None, **changes) -> Dispute:
    dispute = mediating(actor, by, **changes)
    services.record_session(
        dispute=dispute,
        actor=actor,
        held_at=timezone.now(),
        venue="孝源派出所调解室",
        text="双方各退一步，围墙内移五十公分。",
        mediators=[dispute.mediator],
        officer=actor,
        is_signed=True,
    )
    return dispute


def reopened(actor) -> Dispute:
    """A dispute whose agreement was performed in part, closed, and opened again with a new mediator."""
    dispute = with_session(actor)
    services.record_agreement(
        dispute=dispute,
        actor=actor,
        is_written=False,
        terms="分两次付清医药费",
        items=[("第一期", 500, today()), ("第二期", 500, today())],
    )
    item = dispute.agreement.items.first()
    services.record_performance(
        dispute=dispute, actor=actor, done={item.pk: today()}, failed_reason="第二期拒不支付"
    )
    services.tell_routes(dispute=dispute, actor=actor, form="oral")
    services.waive_follow_up(follow_up=FollowUp.objects.get(dispute=dispute), actor=actor, reason="已知情")
    services.close(dispute=dispute, actor=actor, reason="告知向法院申请")
    services.reopen(dispute=dispute, actor=chief(unit=actor.unit), reason="双方愿再谈")
    services.offer(dispute=dispute, actor=actor, mediator=mediator("周调解"))
    return services.accept_offer(dispute=dispute, actor=actor, conflict_disclosed=True)


def again(actor, dispute) -> Agreement:
    """A second agreement of a dispute in mediation, after a session of its own."""
    services.record_session(
        dispute=dispute,
        actor=actor,
        held_at=timezone.now(),
        venue="村委会",
        text="双方重新商定付款",
        mediators=[dispute.mediator],
        is_signed=True,
    )
    return services.record_agreement(
        dispute=dispute,
        actor=actor,
        is_written=False,
        terms="改为一次付清",
        items=[("余款", 500, today())],
    )


WRITTEN = {
    "is_written": True,
    "terms": "围墙内移五十公分，赔偿五百元",
    "method": "现金当面支付",
}


def signed(actor, **changes) -> Dispute:
    """A dispute of people's mediation with a written agreement in effect."""
    by = appointed("周调解")
    dispute = with_session(actor, by, **changes)
    services.record_agreement(
        dispute=dispute,
        actor=actor,
        signed_by=by,
        committee=committee(),
        items=[("赔偿款", 500, today() + timedelta(days=10))],
        **WRITTEN,
    )
    return services.put_into_effect(dispute=dispute, actor=actor)


def visited(actor, dispute: Dispute, times: int = 1, **changes) -> None:
    """Record the planned visit, `times` over."""
    for _n in range(times):
        visit = FollowUp.objects.open().filter(dispute=dispute).first()
        services.record_follow_up(
            follow_up=visit,
            actor=actor,
            **{"performance": "双方情绪平稳", "cadre": "村干部老周"} | changes,
        )


def photo(name: str = "现场.png") -> SimpleUploadedFile:
    """A photo as a browser sends it."""
    out = io.BytesIO()
    Image.new("RGB", (4, 4), "white").save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/png")
