"""Disputes as JSON; names and numbers of parties come masked."""

from rest_framework import serializers

from anji_police.api.serializers import MaskedField, StrictSerializer
from anji_police.places.models import Place, Unit
from mediation.models import (
    Agreement,
    Assignment,
    Committee,
    Dispute,
    DisputeStatus,
    Mediator,
    Party,
    PerformanceItem,
    Referral,
    ScreeningRound,
    ServiceStation,
    Session,
    Team,
)
from mediation.selectors_people import faults_of
from mediation.services.grading import RISK_FACTORS
from mediation.services.mediating import MAX_ITEMS
from mediation.services.registering import MAX_PARTIES


class DisputeRowSerializer(serializers.Serializer):
    """One row of the list."""

    code = serializers.CharField()
    status = serializers.ChoiceField(choices=DisputeStatus.choices)
    type = serializers.ChoiceField(choices=Dispute.Type.choices)
    track = serializers.ChoiceField(choices=Dispute.Track.choices)
    title = serializers.CharField()
    risk = serializers.ChoiceField(choices=Dispute.Risk.choices)
    unit = serializers.CharField()
    mediator = serializers.IntegerField(allow_null=True)
    registered_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()


class PartySerializer(serializers.ModelSerializer):
    name, phone = MaskedField(), MaskedField()
    origin = serializers.SlugRelatedField(slug_field="code", read_only=True, allow_null=True)

    class Meta:
        model = Party
        fields = [
            "id",
            "side",
            "kind",
            "name",
            "phone",
            "origin",
            "is_minor",
            "consent",
            "consent_form",
            "consent_at",
        ]


class PerformanceItemSerializer(serializers.ModelSerializer):
    class Meta:
        model = PerformanceItem
        fields = ["id", "what", "amount_yuan", "due_on", "done_on", "proof"]


class AgreementRowSerializer(serializers.ModelSerializer):
    """One agreement; `superseded_at` is empty for the one that stands."""

    items = PerformanceItemSerializer(many=True, read_only=True)

    class Meta:
        model = Agreement
        fields = [
            "is_written",
            "terms",
            "agreed_on",
            "signed_by",
            "committee",
            "effective_on",
            "superseded_at",
            "facts",
            "matters",
            "method",
            "incident_at",
            "incident_place",
            "items",
        ]


class AssignmentSerializer(serializers.ModelSerializer):
    name = serializers.CharField(source="mediator.name", read_only=True)

    class Meta:
        model = Assignment
        fields = ["id", "mediator", "name", "role", "state", "offered_at", "answered_at"]


class DisputeSerializer(serializers.ModelSerializer):
    unit = serializers.SlugRelatedField(slug_field="code", read_only=True, allow_null=True)
    place = serializers.SlugRelatedField(slug_field="code", read_only=True, allow_null=True)
    parties = PartySerializer(many=True, read_only=True)
    assignments = AssignmentSerializer(many=True, read_only=True)
    agreements = AgreementRowSerializer(many=True, read_only=True)

    class Meta:
        model = Dispute
        fields = [
            "code",
            "status",
            "track",
            "source",
            "source_code",
            "type",
            "title",
            "facts",
            "unit",
            "place",
            "amount_yuan",
            "risk",
            "mediator",
            "outcome",
            "registered_at",
            "concluded_at",
            "closed_at",
            "due_at",
            "version",
            "parties",
            "assignments",
            "agreements",
        ]


class MediatorSerializer(serializers.ModelSerializer):
    phone = MaskedField()
    origin = serializers.SlugRelatedField(slug_field="code", read_only=True, allow_null=True)
    place = serializers.SlugRelatedField(slug_field="code", read_only=True, allow_null=True)
    team = serializers.StringRelatedField(allow_null=True)
    station = serializers.StringRelatedField(allow_null=True)
    load = serializers.IntegerField(read_only=True)

    class Meta:
        model = Mediator
        fields = [
            "id",
            "name",
            "phone",
            "origin",
            "place",
            "team",
            "station",
            "dialects",
            "languages",
            "skills",
            "load",
            "load_limit",
            "joined_on",
            "left_on",
        ]


class StationSerializer(serializers.ModelSerializer):
    place = serializers.SlugRelatedField(slug_field="code", read_only=True)
    unit = serializers.SlugRelatedField(slug_field="code", read_only=True)
    teams = serializers.IntegerField(source="team_count", read_only=True)
    mediators = serializers.IntegerField(source="mediator_count", read_only=True)

    class Meta:
        model = ServiceStation
        fields = ["id", "name", "place", "unit", "is_active", "teams", "mediators"]


class TeamSerializer(serializers.ModelSerializer):
    origin = serializers.SlugRelatedField(slug_field="code", read_only=True)
    members = serializers.IntegerField(source="size", read_only=True)
    load = serializers.IntegerField(read_only=True)
    settled_this_year = serializers.IntegerField(source="settled", read_only=True)

    class Meta:
        model = Team
        fields = [
            "id",
            "name",
            "origin",
            "dialects",
            "station",
            "founded_on",
            "dissolved_on",
            "members",
            "load",
            "settled_this_year",
        ]


class CommitteeSerializer(serializers.ModelSerializer):
    place = serializers.SlugRelatedField(slug_field="code", read_only=True)
    members = serializers.IntegerField(source="size", read_only=True)
    women = serializers.IntegerField(read_only=True)
    appointed = serializers.IntegerField(read_only=True)
    faults = serializers.SerializerMethodField()

    class Meta:
        model = Committee
        fields = ["id", "name", "place", "is_active", "members", "women", "appointed", "faults"]

    def get_faults(self, committee) -> list[str]:
        return faults_of(committee)


class PartySpecSerializer(StrictSerializer):
    side = serializers.ChoiceField(choices=Party.Side.choices)
    kind = serializers.ChoiceField(choices=Party.Kind.choices, required=False)
    name = serializers.CharField(max_length=60)
    phone = serializers.CharField(max_length=30, required=False, allow_blank=True)
    id_number = serializers.CharField(max_length=30, required=False, allow_blank=True)
    address = serializers.CharField(max_length=120, required=False, allow_blank=True)
    origin = serializers.SlugRelatedField(
        slug_field="code", queryset=Place.objects.all(), required=False, allow_null=True
    )
    dialects = serializers.ListField(
        child=serializers.CharField(max_length=20), required=False, max_length=10
    )
    is_minor = serializers.BooleanField(required=False)
    guardian_name = serializers.CharField(max_length=60, required=False, allow_blank=True)
    guardian_relation = serializers.CharField(max_length=20, required=False, allow_blank=True)
    representative_name = serializers.CharField(max_length=60, required=False, allow_blank=True)
    authority = serializers.ChoiceField(choices=Party.Authority.choices, required=False, allow_blank=True)
    authority_text = serializers.CharField(max_length=200, required=False, allow_blank=True)
    uscc = serializers.CharField(max_length=18, required=False, allow_blank=True)
    part = serializers.ChoiceField(choices=Party.Part.choices, required=False, allow_blank=True)
    speaks_for = serializers.IntegerField(min_value=0, max_value=30_000, required=False)


class ReferredBySerializer(StrictSerializer):
    """Who referred the dispute to us."""

    body = serializers.ChoiceField(choices=[c for c in Referral.Body.choices if c[0] != "station"])
    body_name = serializers.CharField(max_length=80, required=False, allow_blank=True)
    number = serializers.CharField(max_length=40, required=False, allow_blank=True)
    reason = serializers.CharField(max_length=300)


class RegisterSerializer(StrictSerializer):
    title = serializers.CharField(max_length=80)
    type = serializers.ChoiceField(choices=Dispute.Type.choices)
    track = serializers.ChoiceField(choices=Dispute.Track.choices, required=False)
    source = serializers.ChoiceField(choices=["call_110", "station", "screening", "self", "referral"])
    source_code = serializers.CharField(max_length=40, required=False, allow_blank=True)
    facts = serializers.CharField(max_length=5000)
    unit = serializers.SlugRelatedField(slug_field="code", queryset=Unit.objects.active())
    place = serializers.SlugRelatedField(
        slug_field="code", queryset=Place.objects.of_county(), required=False, allow_null=True
    )
    source_unit = serializers.SlugRelatedField(
        slug_field="code", queryset=Unit.objects.active(), required=False, allow_null=True
    )
    screening = serializers.PrimaryKeyRelatedField(
        queryset=ScreeningRound.objects.all(), required=False, allow_null=True
    )
    referred_by = ReferredBySerializer(required=False, allow_null=True)
    is_outside = serializers.BooleanField(required=False)
    risk_factors = serializers.ListField(
        child=serializers.ChoiceField(choices=sorted(RISK_FACTORS)), required=False, max_length=20
    )
    parties = PartySpecSerializer(many=True, max_length=MAX_PARTIES)


class ConsentSerializer(StrictSerializer):
    party = serializers.IntegerField(min_value=1, max_value=2**62)
    given = serializers.BooleanField()
    form = serializers.ChoiceField(choices=Party.Form.choices)
    guardian_present = serializers.BooleanField(required=False)
    by_representative = serializers.BooleanField(required=False)


class MatchQuerySerializer(serializers.Serializer):
    neutral = serializers.BooleanField(default=False, help_text="Also those who are close to neither side.")


class MatchedPersonSerializer(serializers.Serializer):
    """One mediator as a match shows it. `near_a` and `near_b`: 3 the same county as that side, 2 city, 1 province, 0 none."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    near_a = serializers.IntegerField()
    near_b = serializers.IntegerField()
    load = serializers.IntegerField()
    load_limit = serializers.IntegerField()
    metres = serializers.FloatField(allow_null=True)
    dialects = serializers.ListField(child=serializers.CharField())
    skills = serializers.ListField(child=serializers.CharField())
    origin = serializers.CharField()
    team = serializers.CharField(allow_null=True)
    station = serializers.CharField(allow_null=True)
    is_appointed = serializers.BooleanField(source="appointed")


class ProposalSerializer(serializers.Serializer):
    """One mediator, or a pair whose first leads."""

    match = serializers.ChoiceField(choices=Assignment.Match.choices, source="kind")
    people = MatchedPersonSerializer(many=True)
    reasons = serializers.ListField(child=serializers.CharField())
    warning = serializers.CharField(help_text="The risk of taking sides, in words; empty without one.")


class MatchedVolunteerSerializer(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    team = serializers.CharField()
    reason = serializers.CharField()
    metres = serializers.FloatField(allow_null=True)


class MatchSerializer(serializers.Serializer):
    proposals = ProposalSerializer(many=True)
    volunteers = MatchedVolunteerSerializer(many=True)


class OfferSerializer(StrictSerializer):
    mediator = serializers.IntegerField(min_value=1, max_value=2**62)
    role = serializers.ChoiceField(choices=Assignment.Role.choices, required=False)
    version = serializers.IntegerField(required=False, min_value=1, max_value=2_000_000_000)


class AnswerSerializer(StrictSerializer):
    """`assignment` names the offer; without it the lead's is answered, or the account's own."""

    assignment = serializers.IntegerField(min_value=1, max_value=2**62, required=False)


class AcceptSerializer(AnswerSerializer):
    conflict_disclosed = serializers.BooleanField()


class DeclineSerializer(AnswerSerializer):
    reason = serializers.CharField(max_length=300)


class SessionSerializer(StrictSerializer):
    held_at = serializers.DateTimeField()
    venue = serializers.CharField(max_length=100)
    text = serializers.CharField(max_length=5000)
    mediators = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**62), max_length=10
    )
    is_signed = serializers.BooleanField()
    guardian = serializers.ChoiceField(choices=Session.Guardian.choices, required=False, allow_blank=True)
    again_because = serializers.ChoiceField(choices=Session.Again.choices, required=False, allow_blank=True)
    others_present = serializers.CharField(max_length=200, required=False, allow_blank=True)


class PerformanceSpecSerializer(StrictSerializer):
    """One thing that a party is to do."""

    what = serializers.CharField(max_length=200)
    amount_yuan = serializers.DecimalField(
        max_digits=14, decimal_places=2, min_value=0, required=False, allow_null=True
    )
    due_on = serializers.DateField()


class AgreementSerializer(StrictSerializer):
    is_written = serializers.BooleanField()
    terms = serializers.CharField(max_length=5000)
    agreed_on = serializers.DateField(required=False)
    signed_by = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=2**62)
    committee = serializers.PrimaryKeyRelatedField(
        queryset=Committee.objects.filter(is_active=True), required=False, allow_null=True
    )
    items = PerformanceSpecSerializer(many=True, required=False, max_length=MAX_ITEMS)
    facts = serializers.CharField(max_length=5000, required=False, allow_blank=True)
    matters = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    method = serializers.CharField(max_length=200, required=False, allow_blank=True)
    others_present = serializers.CharField(max_length=200, required=False, allow_blank=True)
    incident_at = serializers.DateTimeField(required=False, allow_null=True)
    incident_place = serializers.CharField(max_length=100, required=False, allow_blank=True)
    at_once = serializers.BooleanField(required=False)


class CloseSerializer(StrictSerializer):
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)


class FiledPaperSerializer(serializers.Serializer):
    title = serializers.CharField()
    pages = serializers.IntegerField()
    content_type = serializers.CharField()
    sha256 = serializers.CharField()
    added_at = serializers.DateTimeField()


class CatalogueLineSerializer(serializers.Serializer):
    """`recorded`: the portal's records hold it. `needed`: compulsory in this dispute. `missing`: needed, and neither recorded nor
    filed."""

    number = serializers.IntegerField(source="item.number")
    key = serializers.CharField(source="item.key")
    label = serializers.CharField(source="item.label")
    needed = serializers.BooleanField()
    recorded = serializers.BooleanField()
    missing = serializers.BooleanField()
    papers = FiledPaperSerializer(many=True)
