import uuid
from datetime import timedelta

from django.utils import timezone

from anji_police.accounts.models import User
from anji_police.helpdesk.codes import new_token
from anji_police.periods import today
from tests.access.world import Example
from tests.factories import place
from tests.volunteers import factories as make
from volunteers import qr, services
from volunteers.models import Attendance, Shift, SignUp
from volunteers.services import honours, ledger


class Records:
    """A team of the own unit with one volunteer, who has the account of the table, and a shift in each state."""

    def __init__(self, world):
        place("330523004", "孝源街道")
        place("341524", "金寨县", "county")
        self.clerk = world.users["officer_own"]
        self.home = make.team(self.clerk)
        self.leader = make.with_leader(self.clerk, self.home)
        self.who = make.member(self.clerk, self.home, "张阿龙", account=False)
        self.who = services.link_account(
            member=self.who, actor=self.clerk, user=User.objects.get(pk=world.users["volunteer"].pk)
        )
        self.beat = make.beat(self.clerk)
        self.other = make.member(self.clerk, self.home, "李志愿")

    def in_state(self, status: str, hours_ago: float = 1, shift_status: str = "running", **facts):
        """A sign-up of the volunteer in `status`, in a shift of its own."""
        start = timezone.now() - timedelta(hours=hours_ago)
        shift = Shift.objects.create(
            team=self.home,
            title="夜巡",
            starts_at=start,
            ends_at=start + timedelta(hours=2),
            slots=3,
            meeting_point=make.HERE,
            status=shift_status,
        )
        row = SignUp.objects.create(
            shift=shift,
            member=facts.pop("member", self.who),
            status=status,
            during=(shift.starts_at, shift.ends_at),
        )
        if status not in ("confirmed", "no_show", "signed"):
            gone = status != "in"
            Attendance.objects.create(
                sign_up=row,
                in_at=start + timedelta(minutes=1),
                in_method="gps",
                in_point=make.HERE,
                out_at=start + timedelta(hours=1) if gone else None,
                out_method="gps" if gone else "",
                claimed_minutes=59 if gone else None,
            )
        return row


def prepare(world) -> dict[str, Example]:
    records = Records(world)
    clerk, home, who, beat = records.clerk, records.home, records.who, records.beat
    new_team = services.enter_team(actor=clerk, name="新义警队", category="other", unit=clerk.unit)
    suspended = make.team(clerk, "停用义警队")
    desk = world.users["duty_desk"]
    suspended = services.suspend_team(team=suspended, actor=desk, reason="整顿")
    applicant = make.applied(
        clerk, home, "赵申请", id_number=make.id_number(make.date(1985, 3, 3)), phone="13900001111"
    )
    vetted = services.vet_member(member=make.applied(clerk, home, "钱审查"), actor=clerk)
    services.record_qualification(
        member=vetted, actor=clerk, kind="training", start=today(), end=today() + timedelta(days=30)
    )
    trained = services.vet_member(member=make.applied(clerk, home, "孙培训"), actor=clerk)
    for kind in ("training", "commitment"):
        services.record_qualification(
            member=trained, actor=clerk, kind=kind, start=today(), end=today() + timedelta(days=30)
        )
    trained = services.mark_trained(member=trained, actor=clerk)
    paused = services.suspend_member(member=records.other, actor=clerk, reason="违纪")
    draft = make.planned(clerk, home, beat=beat)
    opened = make.opened(clerk, home, make.at(today() + timedelta(days=4), 9))
    mine = make.opened(clerk, home, make.at(today() + timedelta(days=6), 9), leader_confirms=True)
    signed = make.signed(mine, who)
    now_running = records.in_state("confirmed", 0.1)
    serving = records.in_state("in", 2.5)
    pending = records.in_state("pending", 12, "to_settle")
    rejecting = records.in_state("pending", 18, "to_settle")
    missed = records.in_state("no_show", 24, "settled")
    objected = records.in_state("no_show", 30, "settled")
    services.file_appeal(sign_up=objected, actor=who.user, text="当时在文化礼堂")
    settled = records.in_state("approved", 36, "settled")
    ledger.book_service(settled.attendance, minutes=59, night_minutes=0, computed_minutes=59, actor=desk)
    to_settle = records.in_state("out", 42, "to_settle").shift
    template = services.add_template(
        actor=clerk, team=home, title="每周夜巡", days="weekly", weekday=5, starts=make.datetime(2026, 1, 1, 19).time(),
        minutes=120, slots=4, beat=beat,
    )  # fmt: skip
    certificate = honours.issue_certificate(
        member=who, actor=clerk, first_day=today() - timedelta(days=30), last_day=today()
    )

    def told(**facts):
        return services.report(
            actor=who.user,
            uid=uuid.uuid4(),
            kind="safety",
            facts="路灯不亮，有人摔倒",
            location_text="文化礼堂",
            **facts,
        )

    fresh = told(photos=[photo_file()])
    received = services.receive(incident=told(), actor=clerk)
    handled = services.handle_on_spot(
        incident=services.receive(incident=told(location=make.HERE), actor=clerk),
        actor=clerk,
        handling="已修复",
    )
    answered = services.feed_back(
        incident=services.handle_on_spot(
            incident=services.receive(incident=told(), actor=clerk), actor=clerk, handling="已修复"
        ),
        actor=clerk,
        feedback="路灯已修复",
    )
    asked = services.ask_to_assist(
        member=who, actor=clerk, subject=fresh, unit=clerk.unit, code=fresh.code, what="邻里 · 孝源街道"
    )
    reason = {"reason": "按规定处理"}
    day = today().isoformat()
    team, member = {"pk": home.pk}, {"pk": who.pk}

    def row(found, **data):
        return Example({"pk": found.pk}, data=data)

    def incident(found, **data):
        return Example({"code": found.code}, data=data)

    by_phone = {"method": "gps", "lon": "119.61", "lat": "30.625"}
    token = ticket_cookie(new_token())
    return {
        "volunteers:team-add": Example(data={"name": "鄣吴义警队", "category": "other", "unit": str(clerk.unit_id)}),
        "volunteers:team-export": Example({"kind": "xlsx"}),
        "volunteers:team-detail": Example(team),
        "volunteers:team-approve": Example({"pk": new_team.pk}),
        "volunteers:team-refuse": Example({"pk": new_team.pk}, data=reason),
        "volunteers:team-suspend": Example(team, data=reason),
        "volunteers:team-resume": Example({"pk": suspended.pk}, data=reason),
        "volunteers:team-dissolve": Example(team, data=reason),
        "volunteers:team-leader": Example(team, data={"leader": str(who.pk)}),
        "volunteers:team-recruiting": Example(team),
        "volunteers:template-add": Example(
            team,
            data={"title": "每日巡逻", "days": "daily", "starts": "19:00", "minutes": "60", "slots": "3",
                  "duty": "patrol", "beat": str(beat.pk), "risk": "none"},
        ),
        "volunteers:template-plan": Example(
            {"pk": home.pk, "template": template.pk}, data={"first": day, "last": day}
        ),
        "volunteers:member-add": Example(data={"team": str(home.pk), "name": "周新人"}),
        "volunteers:member-export": Example({"kind": "csv"}),
        "volunteers:list-export": Example({"name": "shifts", "kind": "xlsx"}),
        "volunteers:member-detail": Example(member),
        "volunteers:member-vet": Example({"pk": applicant.pk}),
        "volunteers:member-refuse": Example({"pk": applicant.pk}, data=reason),
        "volunteers:member-trained": Example({"pk": vetted.pk}),
        "volunteers:member-activate": Example({"pk": trained.pk}),
        "volunteers:member-suspend": Example(member, data=reason),
        "volunteers:member-resume": Example({"pk": paused.pk}, data=reason),
        "volunteers:member-qualify": Example(
            {"pk": applicant.pk},
            data={"kind": "health", "start": day, "end": (today() + timedelta(days=30)).isoformat()},
        ),
        "volunteers:member-star": Example(member, data={"stars": "1"}),
        "volunteers:member-honour": Example(member, data={"title": "最美义警", "reason": "见义勇为"}),
        "volunteers:member-redeem": Example(
            member, data={"points": "1", "reason": "雨伞", "uid": str(uuid.uuid4())}
        ),
        "volunteers:member-account": Example({"pk": vetted.pk}, data={"username": "nobody"}),
        "volunteers:member-leave": Example(member),
        "volunteers:certificate-issue": Example(member, data={"first_day": "2026-01-01", "last_day": day}),
        "volunteers:certificate-pdf": Example({"number": certificate.number}),
        "volunteers:assistance-answer": Example({"pk": asked.pk}, data={"answer": "yes"}),
        "api:volunteers:assistance-detail": Example({"pk": asked.pk}),
        "api:volunteers:assistance-answer": Example({"pk": asked.pk}),
        "volunteers:shift-add": Example(data={"team": str(home.pk), "title": "夜巡"}),
        "volunteers:shift-detail": Example({"pk": opened.pk}),
        "volunteers:shift-open": Example({"pk": draft.pk}),
        "volunteers:shift-change": Example({"pk": opened.pk}, data={"title": "晨巡", "slots": "5"}),
        "volunteers:shift-cancel": Example({"pk": opened.pk}, data=reason),
        "volunteers:shift-sign-up": Example({"pk": opened.pk}),
        "volunteers:shift-settle": Example({"pk": to_settle.pk}),
        "volunteers:shift-codes": Example({"pk": opened.pk}),
        "volunteers:sign-up-confirm": row(signed),
        "volunteers:sign-up-leave": row(signed),
        "volunteers:sign-up-in": row(now_running, **by_phone),
        "volunteers:sign-up-out": row(serving, **by_phone),
        "volunteers:sign-up-approve": row(pending),
        "volunteers:sign-up-reject": row(rejecting, **reason),
        "volunteers:sign-up-adjust": row(settled, minutes="30", **reason),
        "volunteers:sign-up-appeal": row(missed, text="当时手机没电"),
        "volunteers:track-consent": Example(data={"given": "yes"}),
        "volunteers:sign-up-track": row(objected),
        "volunteers:sign-up-track-ruling": row(objected, trusted="yes", reason="与照片一致"),
        "volunteers:sign-up-rule": row(objected, upheld="yes", ruling="监控属实"),
        "volunteers:hours-approve": Example(data={"pk": [str(pending.pk)]}),
        "volunteers:close-month": Example(data={"month": "2026-01"}),
        "volunteers:incident-detail": incident(handled),
        "volunteers:incident-photo": Example({"code": fresh.code, "uid": fresh.photos.get().uid}),
        "volunteers:incident-receive": incident(fresh),
        "volunteers:incident-handle": incident(received, handling="已处置"),
        "volunteers:incident-transfer": incident(received, kind="110", code="J2026001"),
        "volunteers:incident-feed-back": incident(handled, feedback="已修复"),
        "volunteers:incident-close": incident(answered),
        "volunteers:beat-add": Example(data={"name": "新巡区", "unit": str(clerk.unit_id)}),
        "volunteers:beat-detail": Example({"pk": beat.pk}),
        "volunteers:report": Example(
            data={"kind": "safety", "facts": "井盖松动，请处理", "location_text": "村口", "uid": str(uuid.uuid4())}
        ),
        "volunteers:scan": Example({"code": qr.code_for(now_running.shift)}),
        "volunteers:apply": Example(
            cookies=token,
            data={
                "team": str(home.pk),
                "name": "吴小兰",
                "phone": "13900002222",
                "id_number": make.id_number(make.date(1991, 1, 1)),
                "consent": "on",
            },
        ),
        "api:volunteers:team-detail": Example(team),
        "api:volunteers:member-detail": Example(member),
        "api:volunteers:shift-detail": Example({"pk": opened.pk}),
        "api:volunteers:shift-open": Example({"pk": draft.pk}),
        "api:volunteers:shift-cancel": Example({"pk": opened.pk}),
        "api:volunteers:shift-sign-up": Example({"pk": opened.pk}),
        "api:volunteers:signup-detail": row(signed),
        "api:volunteers:signup-leave": row(signed),
        "api:volunteers:signup-check-in": row(now_running, method="gps", lon=119.61, lat=30.625),
        "api:volunteers:signup-points": row(serving, points="[]"),
        "api:volunteers:signup-track": row(objected),
        "api:volunteers:signup-check-out": row(serving, method="gps", lon=119.61, lat=30.625),
        "api:volunteers:signup-approve": row(pending),
        "api:volunteers:signup-reject": row(rejecting),
        "api:volunteers:incident-detail": incident(handled),
        "api:volunteers:incident-receive": incident(fresh),
        "api:volunteers:incident-handle": incident(received),
        "api:volunteers:incident-transfer": incident(received),
        "api:volunteers:incident-feed-back": incident(handled),
        "api:volunteers:incident-close": incident(answered),
        "api:volunteers:beat-detail": Example({"pk": beat.pk}),
    }  # fmt: skip


def ticket_cookie(token: str) -> dict[str, str]:
    """The signed cookie that the public page gives."""
    from django.http import HttpResponse

    from volunteers.views.public import TICKET

    response = TICKET.remember(HttpResponse(), token)
    return {TICKET.cookie: response.cookies[TICKET.cookie].value}


def photo_file():
    import io

    from django.core.files.uploadedfile import SimpleUploadedFile
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (32, 24), (20, 80, 120)).save(out, "JPEG")
    return SimpleUploadedFile("photo.jpg", out.getvalue(), content_type="image/jpeg")
