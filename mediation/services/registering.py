"""Registering a dispute: facts, parties, their consent, and the first grading of its risk."""

from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anji_police import bigrams
from anji_police.accounts.models import User
from anji_police.errors import DomainError, InvalidInput
from anji_police.periods import today
from anji_police.places.models import Place, Unit
from anji_police.workflow import services as workflow
from mediation.models import OPEN, REGISTER, Dispute, DisputeStatus, Party, RiskAssessment
from mediation.services.common import held, must_be, record, require, sync_due, tell_origin
from mediation.services.dispatching import end_open_offers

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
    representative_name: str = ""


# Weight of each factor of the grading sheet; the sum suggests the grade. Bureau rule (default), see docs/glossary.md.
RISK_FACTORS = {
    "violence": (4, gettext_lazy("Violence was used")),
    "threat": (3, gettext_lazy("A threat was spoken")),
    "weapon": (5, gettext_lazy("A weapon was shown")),
    "domestic": (3, gettext_lazy("Domestic violence")),
    "alcohol": (1, gettext_lazy("Alcohol")),
    "repeat_calls": (2, gettext_lazy("Repeated 110 calls")),
    "failed_before": (2, gettext_lazy("Mediation failed before")),
    "debt_or_marriage": (1, gettext_lazy("Debt, wages or marriage")),
    "group": (2, gettext_lazy("Ten or more people")),
    "minor": (2, gettext_lazy("A minor is involved")),
}
_GRADES = ((7, Dispute.Risk.A), (4, Dispute.Risk.B), (2, Dispute.Risk.C))  # lowest sum of each grade


def suggested_grade(factors) -> str:
    """The grade that the factor sheet suggests; an officer confirms or changes it with a reason."""
    total = sum(RISK_FACTORS[f][0] for f in factors)
    return next((grade for least, grade in _GRADES if total >= least), Dispute.Risk.D)


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
    is_demo: bool = False,
) -> Dispute:
    """Register a dispute (登记) with at least one party and grade its risk. `location`: Point in SRID 4326.

    The parties are asked for their consent next. Raises InvalidInput for what must be mended.
    """
    require(actor, REGISTER)
    handed_over = source == Dispute.Source.REQUEST  # with the unit that answers for it
    if unit is None or not (handed_over or units_open_to(actor).filter(pk=unit.pk).exists()):
        raise InvalidInput(fields={"unit": [_("Choose a unit of your own sight.")]})
    _check(
        type=type, source=source, track=track, title=title, facts=facts, parties=parties, factors=risk_factors
    )
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
            is_demo=is_demo,
        )
        dispute.search_text = f"{dispute.code} {text}"
        dispute.search_pairs = bigrams.pairs_of(dispute.search_text)
        dispute.save(force_insert=True)
        for spec in parties:
            _enter(dispute, spec)
        workflow.begin(record=dispute, actor=actor)
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
        faults |= _party_faults(party, f"parties.{number}.")
    unknown = set(factors) - set(RISK_FACTORS)
    if unknown:
        faults["risk_factors"] = [_("Choose one of the answers.")]
    if faults:
        raise InvalidInput(fields=faults)


def _too_many() -> str:
    return _("A dispute has at most %(max)d parties; of a crowd enter who speaks for it.") % {
        "max": MAX_PARTIES
    }


def _party_faults(party: PartySpec, prefix: str = "") -> dict[str, list[str]]:
    faults: dict[str, list[str]] = {}
    if not party.name.strip():
        faults[f"{prefix}name"] = [_("Enter the name.")]
    if party.side not in Party.Side.values:
        faults[f"{prefix}side"] = [_("Choose one of the answers.")]
    if party.kind not in Party.Kind.values:
        faults[f"{prefix}kind"] = [_("Choose one of the answers.")]
    if party.is_minor and not party.guardian_name.strip():
        faults[f"{prefix}guardian_name"] = [_("A minor needs a guardian.")]
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
        representative_name=spec.representative_name,
    )


def add_party(*, dispute: Dispute, actor: User, spec: PartySpec) -> Party:
    """Enter a further party, while consent is being asked for."""
    require(actor, REGISTER)
    faults = _party_faults(spec)
    if faults:
        raise InvalidInput(fields=faults)
    with transaction.atomic():
        dispute = held(dispute, actor)
        must_be(dispute, DisputeStatus.CONSULTING)
        if dispute.parties.count() >= MAX_PARTIES:
            raise DomainError(_too_many())
        party = _enter(dispute, spec)
        workflow.save(dispute)
        record(actor, "party-entered", dispute, after={"side": spec.side})
    return party


def record_consent(
    *, party: Party, actor: User, given: bool, form: str, guardian_present: bool = False
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
        party.save(update_fields=["consent", "consent_form", "consent_at"])
        record(actor, "consent-recorded", dispute, after={"side": party.side, "given": given, "form": form})
        if not given:
            return _refuse(dispute, actor, _("A party does not want mediation."))
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
        return _refuse(held(dispute, actor), actor, reason)


def _refuse(dispute: Dispute, actor: User, reason: str) -> Dispute:
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


def assess_risk(
    *, dispute: Dispute, actor: User, factors=(), grade: str | None = None, reason: str = ""
) -> RiskAssessment:
    """Grade the risk that the dispute turns criminal (民转刑): the sheet suggests, the officer decides, both are kept.

    A grade other than the suggested one needs a reason. A grade only drops after a follow-up visit, so a lower one than now is
    refused until one was done since the last grading.
    """
    require(actor, REGISTER)
    unknown = set(factors) - set(RISK_FACTORS)
    if unknown:
        raise InvalidInput(fields={"factors": [_("Choose one of the answers.")]})
    suggested = suggested_grade(factors)
    grade = grade or suggested
    if grade not in Dispute.Risk.values:
        raise InvalidInput(fields={"grade": [_("Choose one of the answers.")]})
    if grade != suggested and not reason.strip():
        raise InvalidInput(fields={"reason": [_("Say why the grade differs from the suggested one.")]})
    with transaction.atomic():
        dispute = held(dispute, actor)
        must_be(dispute, *OPEN)
        last = dispute.assessments.first()
        if (
            last
            and grade > dispute.risk
            and not dispute.follow_ups.filter(done_at__gt=last.assessed_at).exists()
        ):
            raise DomainError(_("The grade can drop only after a follow-up visit."))
        row = RiskAssessment.objects.create(
            dispute=dispute,
            factors=sorted(factors),
            suggested=suggested,
            grade=grade,
            reason=reason.strip()[:300],
            assessed_by=actor,
        )
        before, dispute.risk = dispute.risk, grade
        workflow.save(dispute, "risk")
        record(
            actor,
            "risk-assessed",
            dispute,
            before={"risk": before},
            after={"risk": grade, "suggested": suggested},
        )
    return row
