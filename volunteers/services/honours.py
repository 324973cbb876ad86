"""Certificates, stars and other honours."""

from datetime import date

from django.db import IntegrityError, connection, transaction
from django.db.models import Count, F, Q, Sum
from django.db.models.functions import ExtractYear
from django.utils.translation import gettext as _

from anji_police.accounts.models import User
from anji_police.errors import DomainError, InvalidInput, NotAllowed
from anji_police.periods import today
from anji_police.workflow import rules
from volunteers.models import Award, Certificate, HoursEntry, Member
from volunteers.models.shifts import Duty
from volunteers.services.common import is_self, record, require

_NUMBER_LOCK = 7_331_005


def _next_number(year: int) -> str:
    """安公志证 + year + running number, under a lock and in the certificate's transaction: unique and without gaps."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_NUMBER_LOCK])
    start = f"ZM{year}-"
    last = (
        Certificate.objects.filter(number__startswith=start)
        .order_by("-number")
        .values_list("number", flat=True)
        .first()
    )
    return f"{start}{int(last.split('-')[1]) + 1 if last else 1:06d}"


def issue_certificate(
    *, member: Member, actor: User, first_day: date, last_day: date, purpose: str = ""
) -> Certificate:
    """Issue a certificate of volunteer service (志愿服务记录证明) over both days included: free, on request, for whoever served
    (志愿服务条例 art. 19). Its figures stay as they are today."""
    require(actor, "volunteers.issue_certificate")
    if last_day < first_day:
        raise InvalidInput(fields={"last_day": [_("The end comes after the start.")]})
    if last_day > today():
        raise InvalidInput(fields={"last_day": [_("This lies in the future.")]})
    if not (is_self(actor, member) or actor.is_police):
        raise NotAllowed(_("Only the member, or the police on the member's behalf, may do this."))
    served = HoursEntry.objects.filter(member=member, served_on__gte=first_day, served_on__lte=last_day)
    with transaction.atomic():
        rows = [
            {
                "year": row["year"],
                "duty": row["duty"],
                "services": row["services"],
                "minutes": row["minutes"],
            }
            for row in served.annotate(
                year=ExtractYear("served_on"), duty=F("attendance__sign_up__shift__duty")
            )
            .order_by()
            .values("year", "duty")
            .annotate(
                services=Count("attendance", distinct=True, filter=Q(kind="service")), minutes=Sum("minutes")
            )
            .order_by("year", "duty")
        ]
        minutes = sum(row["minutes"] for row in rows)
        if minutes <= 0:
            raise DomainError(_("There are no approved hours in this time."))
        made = Certificate.objects.create(
            number=_next_number(today().year),
            member=member,
            first_day=first_day,
            last_day=last_day,
            services=sum(row["services"] for row in rows),
            minutes=minutes,
            rows=rows,
            purpose=purpose.strip()[:100],
            issued_on=today(),
            issued_by=actor,
            issuer_name=member.team.unit.name,
        )
        record(actor, "certificate.issued", made, after={"member": member, "minutes": minutes})
    return made


def duty_label(value: str) -> str:
    return str(dict(Duty.choices).get(value, value))


def total_minutes(member: Member) -> int:
    """All approved minutes of a member."""
    return HoursEntry.objects.filter(member=member).aggregate(t=Sum("minutes"))["t"] or 0


def star_for(minutes: int) -> int:
    """The stars that so many minutes allow, 0 to 5, by the rules of today."""
    return max(
        (n for n in range(1, 6) if minutes >= 60 * int(rules.value(f"volunteers.star_{n}"))), default=0
    )


def award_star(*, member: Member, actor: User, stars: int) -> Award:
    """Award a star (星级评定) that the member's hours allow, once each."""
    require(actor, "volunteers.change_member")
    allowed = star_for(total_minutes(member))
    if not 1 <= stars <= 5:
        raise InvalidInput(fields={"stars": [_("Choose one of the answers.")]})
    if stars > allowed:
        raise DomainError(_("The approved hours allow %(stars)d stars.") % {"stars": allowed})
    return _award(
        member,
        actor,
        kind=Award.Kind.STAR,
        stars=stars,
        title=_("%(stars)d-star volunteer") % {"stars": stars},
    )


def award_honour(*, member: Member, actor: User, title: str, reason: str) -> Award:
    """Award another honour, with its reason."""
    require(actor, "volunteers.change_member")
    if not 2 <= len(title.strip()) <= 60 or not reason.strip():
        raise InvalidInput(fields={"reason": [_("Name the honour and the reason.")]})
    return _award(member, actor, kind=Award.Kind.HONOUR, title=title.strip(), reason=reason.strip()[:300])


def _award(member: Member, actor: User, **facts) -> Award:
    if is_self(actor, member):
        raise NotAllowed(_("Somebody else has to decide about yourself."))
    try:
        with transaction.atomic():
            made = Award.objects.create(member=member, awarded_by=actor, awarded_on=today(), **facts)
            record(actor, "award.given", member, after={"title": made.title})
    except IntegrityError:
        raise DomainError(_("The member has this star already.")) from None
    return made
