"""Registering a dispute: facts, parties, their consent, and the first grading of its risk."""

from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anji_police import bigrams
from anji_police.accounts.models import User
from anji_police.audit import services as audit
from anji_police.crypto import matching
from anji_police.errors import DomainError, InvalidInput
from anji_police.periods import today
from anji_police.places.models import Place, Unit
from anji_police.workflow import rules
from anji_police.workflow import services as workflow
from mediation.models import REGISTER, Dispute, DisputeStatus, Party, ScreeningRound
from mediation.services.common import held, must_be, record, require, sync_due, tell_origin
from mediation.services.dispatching import end_open_offers
from mediation.services.grading import RISK_FACTORS, assess_risk
from mediation.services.limits import OUTSIDE
from mediation.services.public_security import what_is_missing
from mediation.services.referring import ReferredBy, note_referral_in

_CODE_LOCK = 7_331_002
MAX_PARTIES = 30


@dataclass(frozen=True)
class PartySpec:
    """What is known of a party when it is entered."""

    side: str
    name: str
    kind: str = Party.Kind.PERSON
    phone: str = ""
    id_number: str = ""
    address: str = ""
    origin: Place | None = None
    dialects: tuple[str, ...] = ()
    is_minor: bool = False
    guardian_name: str = ""
    guardian_relation: str = ""
    representative_name: str = ""
    authority: str = ""
    authority_text: str = ""
    uscc: str = ""
    part: str = ""
    speaks_for: int = 0


def _next_code(unit: Unit) -> str:
    """TJ + year + running number in the year, under a lock: unique, and gap-free as the row is written with it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CODE_LOCK])
    year = today().year
    last = (
        Dispute.objects.filter(code__startswith=f"TJ{year}-")
        .order_by("-code")
        .values_list("code", flat=True)
        .first()
    )
    return f"TJ{year}-{int(last.split('-')[1]) + 1 if last else 1:06d}"


def register(
    *,
    actor: User,
    source: str,
    type: str,
    title: str,
    facts: str,
    unit: Unit,
    parties: list[PartySpec],
    track: str = Dispute.Track.PEOPLE,
    source_code: str = "",
    place: Place | None = None,
    location=None,
    amount_yuan=None,
    risk_factors: tuple[str, ...] = (),
    source_unit: Unit | None = None,
    screening: ScreeningRound | None = None,
    referred_by: ReferredBy | None = None,
    is_outside: bool = False,
    is_demo: bool = False,
) -> Dispute:
    """Register a dispute (登记) with at least one party and grade its risk. `location`: Point in SRID 4326.

    The parties are asked for their consent next. Raises InvalidInput for what must be mended.
    """
    require(actor, REGISTER)
    handed_over = source in (
        Dispute.Source.REQUEST,
        Dispute.Source.FIELD,
    )  # with the unit that answers for it
    if unit is None or not (handed_over or units_open_to(actor).filter(pk=unit.pk).exists()):
        raise InvalidInput(fields={"unit": [_("Choose a unit of your own sight.")]})
    _check(
        type=type, source=source, track=track, title=title, facts=facts, parties=parties, factors=risk_factors
    )
    _check_source(source, source_code, screening, referred_by, actor)
    with transaction.atomic():
        text = bigrams.normal(f"{title} {facts}")
        dispute = Dispute(
            code=_next_code(unit),
            track=track,
            source=source,
            source_code=source_code,
            type=type,
            title=title.strip(),
            facts=facts.strip(),
            unit=unit,
            place=place,
            location=location,
            amount_yuan=amount_yuan,
            registered_by=actor,
            source_unit=source_unit,
            screening=screening,
            is_outside=is_outside,
            is_demo=is_demo,
        )
        dispute.search_text = f"{dispute.code} {text}"
        dispute.search_pairs = bigrams.pairs_of(dispute.search_text)
        dispute.save(force_insert=True)
        for spec in parties:
            _enter(dispute, spec)
        workflow.begin(record=dispute, actor=actor)
        if referred_by is not None:
            note_referral_in(dispute, actor, referred_by)
        if is_outside:
            workflow.start_clock(record=dispute, kind=OUTSIDE, rule=OUTSIDE, at=dispute.registered_at)
        record(actor, "registered", dispute, after={"type": type, "source": source, "unit": unit.name})
        assess_risk(dispute=dispute, actor=actor, factors=risk_factors)
        dispute.refresh_from_db()
        workflow.move(
            record=dispute, to=DisputeStatus.CONSULTING, actor=actor, action="mediation.dispute.consent-asked"
        )
        tell_origin(
            dispute,
            gettext_lazy("The dispute was registered for mediation. We ask both sides for their consent."),
        )
    return dispute


def _check_source(source, source_code, screening, referred_by, actor) -> None:
    """A 110 call has its number, a screening its round, a referral its sender."""
    if source == Dispute.Source.CALL_110 and not source_code.strip():
        raise InvalidInput(fields={"source_code": [_("Enter the number of the 110 call.")]})
    if source == Dispute.Source.SCREENING and (
        screening is None or not ScreeningRound.objects.visible_to(actor).filter(pk=screening.pk).exists()
    ):
        raise InvalidInput(fields={"screening": [_("Name the screening round in which it was found.")]})
    if (source == Dispute.Source.REFERRAL) != (referred_by is not None):
        raise InvalidInput(fields={"referred_body": [_("Say who referred it to us.")]})


def record_round(
    *,
    actor: User,
    unit: Unit,
    place: Place,
    held_on: date,
    people: str,
    households: int = 0,
    note: str = "",
) -> ScreeningRound:
    """Record a round through a village to find disputes (排查); what was found is registered with it."""
    require(actor, REGISTER)
    faults: dict[str, list[str]] = {}
    if unit is None or not units_open_to(actor).filter(pk=unit.pk).exists():
        faults["unit"] = [_("Choose a unit of your own sight.")]
    if held_on > today():
        faults["held_on"] = [_("The day lies in the future.")]
    if len(people.strip()) < 2:
        faults["people"] = [_("Name who went.")]
    if faults:
        raise InvalidInput(fields=faults)
    with transaction.atomic():
        row = ScreeningRound.objects.create(
            unit=unit,
            place=place,
            held_on=held_on,
            people=people.strip()[:100],
            households=households,
            note=note.strip()[:300],
            recorded_by=actor,
        )
        audit.record(
            actor=actor,
            action="mediation.screening.recorded",
            subject=row,
            after={"place": place.name, "day": held_on, "households": households},
        )
    return row


def possible_duplicates(*, actor: User, type: str, parties: list[PartySpec]) -> list[Dispute]:
    """Disputes in sight, not filed away, of the same type in which the same two sides meet: each side is known by phone or identity
    number, or by its name beside the other side's number. Shown before registering; never a bar by itself."""
    mine = [_same_party(p) for p in parties if p.side == Party.Side.APPLICANT]
    theirs = [_same_party(p) for p in parties if p.side == Party.Side.RESPONDENT]
    numbers = [found for found in (*mine, *theirs) if found is not None]
    if not numbers:
        return []
    open_ones = Dispute.objects.visible_to(actor).filter(type=type).exclude(status=DisputeStatus.ARCHIVED)
    hit = Party.objects.filter(reduce(or_, numbers)).values("dispute")
    names = {_plain(p.name) for p in parties}
    found = []
    for dispute in open_ones.filter(pk__in=hit).prefetch_related("parties")[:50]:
        known = {_plain(p.name.reveal()) for p in dispute.parties.all()}
        if len(known & names) >= min(2, len(names)) or _all_hit(dispute, mine, theirs):
            found.append(dispute)
    return found[:10]


def _plain(name: str) -> str:
    return "".join(name.split())


def _same_party(spec: PartySpec) -> Q | None:
    found = None
    for field in ("id_number", "phone"):
        if value := getattr(spec, field).strip():
            same = matching(Party, field, value)
            found = same if found is None else found | same
    return found


def _all_hit(dispute: Dispute, mine, theirs) -> bool:
    """Each side is met by a number of its own."""
    sides = [[q for q in side if q is not None] for side in (mine, theirs)]
    return all(side and dispute.parties.filter(reduce(or_, side)).exists() for side in sides)


def units_open_to(actor: User):
    """The units for which `actor` registers: those in sight, but no partner department."""
    return Unit.objects.visible_to(actor).active().exclude(kind=Unit.Kind.DEPARTMENT)


def _check(*, type, source, track, title, facts, parties, factors) -> None:
    faults: dict[str, list[str]] = {}
    for name, value, choices in (
        ("type", type, Dispute.Type.values),
        ("source", source, Dispute.Source.values),
        ("track", track, Dispute.Track.values),
    ):
        if value not in choices:
            faults[name] = [_("Choose one of the answers.")]
    if not 2 <= len(title.strip()) <= 80:
        faults["title"] = [_("Name the matter in 2 to 80 characters.")]
    if len(facts.strip()) < 5:
        faults["facts"] = [_("Tell the facts in at least five characters.")]
    if not parties:
        faults["parties"] = [_("Enter at least one party.")]
    if len(parties) > MAX_PARTIES:
        faults["parties"] = [_too_many()]
    for number, party in enumerate(parties):
        faults |= _party_faults(party, f"parties.{number}.", track)
    faults |= _crowd_faults(parties)
    unknown = set(factors) - set(RISK_FACTORS)
    if unknown:
        faults["risk_factors"] = [_("Choose one of the answers.")]
    if faults:
        raise InvalidInput(fields=faults)


def _too_many() -> str:
    return _("A dispute has at most %(max)d parties; of a crowd enter who speaks for it.") % {
        "max": MAX_PARTIES
    }


def _crowd_faults(parties) -> dict[str, list[str]]:
    """A crowd is spoken for by at most as many people as the rule mediation.crowd_speakers says (宁波市人民调解条例 art. 20)."""
    most = rules.value("mediation.crowd_speakers")
    for side in Party.Side.values:
        if sum(1 for p in parties if p.side == side and p.speaks_for) > most:
            return {"parties": [_("At most %(max)d people speak for a crowd.") % {"max": most}]}
    return {}


_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def is_credit_code(text: str) -> bool:
    """Whether `text` is a unified social credit code with a right check character (GB 32100-2015)."""
    text = text.strip().upper()
    if len(text) != 18 or any(char not in _USCC for char in text):
        return False
    total = sum(_USCC.index(char) * pow(3, place, 31) for place, char in enumerate(text[:17]))
    return _USCC[(31 - total % 31) % 31] == text[17]


def _party_faults(party: PartySpec, prefix: str = "", track: str = "") -> dict[str, list[str]]:
    faults: dict[str, list[str]] = {}
    if not party.name.strip():
        faults[f"{prefix}name"] = [_("Enter the name.")]
    if party.side not in Party.Side.values:
        faults[f"{prefix}side"] = [_("Choose one of the answers.")]
    if party.kind not in Party.Kind.values:
        faults[f"{prefix}kind"] = [_("Choose one of the answers.")]
    if party.is_minor and not party.guardian_name.strip():
        faults[f"{prefix}guardian_name"] = [_("A minor needs a guardian.")]
    if party.kind == Party.Kind.ORGANISATION:
        if party.is_minor:
            faults[f"{prefix}is_minor"] = [_("An organisation is no minor.")]
        if not party.representative_name.strip():
            faults[f"{prefix}representative_name"] = [_("Name who acts for the organisation.")]
    if party.uscc.strip() and not is_credit_code(party.uscc):
        faults[f"{prefix}uscc"] = [_("This is no valid unified social credit code.")]
    if party.authority and party.authority not in Party.Authority.values:
        faults[f"{prefix}authority"] = [_("Choose one of the answers.")]
    if party.representative_name.strip() and party.kind == Party.Kind.PERSON:
        if not party.authority or not party.authority_text.strip():
            faults[f"{prefix}authority"] = [
                _("Say which authority the representative has, and what it covers.")
            ]
        if track == Dispute.Track.PUBLIC_SECURITY and party.part in ("suspect", "both"):
            faults[f"{prefix}representative_name"] = [
                _("A suspect comes in person and can't send a representative (art. 181).")
            ]
    if party.part and party.part not in Party.Part.values:
        faults[f"{prefix}part"] = [_("Choose one of the answers.")]
    if not 0 <= party.speaks_for <= 30_000:
        faults[f"{prefix}speaks_for"] = [_("Enter how many people it speaks for.")]
    return faults


def _enter(dispute: Dispute, spec: PartySpec) -> Party:
    return Party.objects.create(
        dispute=dispute,
        side=spec.side,
        kind=spec.kind,
        name=spec.name,
        phone=spec.phone,
        id_number=spec.id_number,
        address=spec.address,
        origin=spec.origin,
        dialects=list(spec.dialects),
        is_minor=spec.is_minor,
        guardian_name=spec.guardian_name,
        guardian_relation=spec.guardian_relation.strip()[:20],
        representative_name=spec.representative_name,
        authority=spec.authority,
        authority_text=spec.authority_text.strip()[:200],
        uscc=spec.uscc.strip().upper(),
        part=spec.part,
        speaks_for=spec.speaks_for,
    )


def add_party(*, dispute: Dispute, actor: User, spec: PartySpec) -> Party:
    """Enter a further party, while consent is being asked for."""
    require(actor, REGISTER)
    faults = _party_faults(spec, track=dispute.track)
    if faults:
        raise InvalidInput(fields=faults)
    with transaction.atomic():
        dispute = held(dispute, actor)
        must_be(dispute, DisputeStatus.CONSULTING)
        if dispute.parties.count() >= MAX_PARTIES:
            raise DomainError(_too_many())
        others = dispute.parties.filter(side=spec.side, speaks_for__gt=0).count()
        if spec.speaks_for and others >= rules.value("mediation.crowd_speakers"):
            raise InvalidInput(fields=_crowd_faults([spec] * (others + 1)))
        party = _enter(dispute, spec)
        workflow.save(dispute)
        record(actor, "party-entered", dispute, after={"side": spec.side})
    return party


def record_consent(
    *,
    party: Party,
    actor: User,
    given: bool,
    form: str,
    guardian_present: bool = False,
    by_representative: bool = False,
) -> Dispute:
    """Record what a party said to mediation, and how it was said. When both sides have consented the dispute waits for a
    mediator; one clear refusal ends it (人民调解法 art. 17). A minor's consent is the guardian's.
    """
    require(actor, REGISTER)
    if form not in Party.Form.values:
        raise InvalidInput(fields={"form": [_("Say how the party answered.")]})
    with transaction.atomic():
        dispute = held(party.dispute, actor)
        must_be(dispute, DisputeStatus.CONSULTING)
        party = Party.objects.select_for_update().get(pk=party.pk)
        if party.is_minor and given and not guardian_present:
            raise DomainError(_("For a minor the guardian has to consent."))
        party.consent = Party.Consent.GIVEN if given else Party.Consent.REFUSED
        party.consent_form, party.consent_at = form, timezone.now()
        if by_representative and not party.representative_name:
            raise InvalidInput(fields={"by_representative": [_("This party has no representative.")]})
        party.consent_by = (
            Party.Speaker.GUARDIAN
            if party.is_minor and guardian_present
            else Party.Speaker.REPRESENTATIVE
            if by_representative or party.kind == Party.Kind.ORGANISATION
            else Party.Speaker.PARTY
        )
        party.save(update_fields=["consent", "consent_form", "consent_at", "consent_by"])
        record(actor, "consent-recorded", dispute, after={"side": party.side, "given": given, "form": form})
        if not given:
            return refuse(dispute, actor, _("A party does not want mediation."))
        return advance(dispute, actor)


def advance(dispute: Dispute, actor: User) -> Dispute:
    """Let the dispute wait for a mediator when nothing is missing any more: the consent of every party of both sides, and in
    public-security mediation the check of suitability. The caller holds it under lock."""
    if dispute.status != DisputeStatus.CONSULTING or what_is_missing(dispute):
        return dispute
    sides = set(dispute.parties.values_list("side", flat=True))
    if sides != set(Party.Side.values):
        return dispute  # the other side is not even entered yet
    if not dispute.parties.exclude(consent=Party.Consent.GIVEN).exists():
        workflow.move(
            record=dispute,
            to=DisputeStatus.TO_ASSIGN,
            actor=actor,
            action="mediation.dispute.consent-complete",
        )
        tell_origin(dispute, gettext_lazy("Both sides have consented. We look for a mediator now."))
    return dispute


def refuse_mediation(*, dispute: Dispute, actor: User, reason: str) -> Dispute:
    """Don't mediate: forbidden by law, or a party does not want it; the citizen is told other ways."""
    require(actor, REGISTER)
    with transaction.atomic():
        return refuse(held(dispute, actor), actor, reason)


def refuse(dispute: Dispute, actor: User, reason: str) -> Dispute:
    """End it before mediation. The caller holds it under lock."""
    dispute.outcome, dispute.concluded_at = Dispute.Outcome.REFUSED, timezone.now()
    workflow.move(
        record=dispute,
        to=DisputeStatus.REFUSED,
        actor=actor,
        reason=reason,
        action="mediation.dispute.refused",
        fields=("outcome", "concluded_at"),
    )
    end_open_offers(dispute)
    workflow.cancel_clocks(dispute)
    sync_due(dispute)
    return dispute
