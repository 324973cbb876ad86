"""Bodies of the acts on a dispute, and its follow-up visits."""

from rest_framework import serializers

from anji_police.api.serializers import StrictSerializer
from anji_police.places.models import Unit
from mediation.models import (
    Dispute,
    FollowUp,
    JudicialConfirmation,
    Party,
    PoliceCase,
    PoliceTask,
    Referral,
    SuitabilityCheck,
)
from mediation.services.grading import RISK_FACTORS
from mediation.services.public_security import BARS

KEY = {"min_value": 1, "max_value": 2**62}


class NothingSerializer(StrictSerializer):
    """An act without words."""


class ReasonSerializer(StrictSerializer):
    reason = serializers.CharField(max_length=300)


class AskVolunteerSerializer(StrictSerializer):
    volunteer = serializers.IntegerField(min_value=1, max_value=2**62)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True)
    version = serializers.IntegerField(required=False, min_value=1, max_value=2_000_000_000)


class ReplaceSerializer(ReasonSerializer):
    """`assignment` names an assistant; without it the lead is replaced."""

    assignment = serializers.IntegerField(required=False, **KEY)


class AssessSerializer(StrictSerializer):
    risk_factors = serializers.ListField(
        child=serializers.ChoiceField(choices=sorted(RISK_FACTORS)), required=False, max_length=20
    )
    risk = serializers.ChoiceField(choices=Dispute.Risk.choices, required=False, allow_null=True)
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)


class DoneItemSerializer(StrictSerializer):
    item = serializers.IntegerField(**KEY)
    on = serializers.DateField()


class PerformanceSerializer(StrictSerializer):
    done = DoneItemSerializer(many=True, required=False, max_length=50)
    proof = serializers.CharField(max_length=200, required=False, allow_blank=True)
    failed_reason = serializers.CharField(max_length=300, required=False, allow_blank=True)


class VisitSerializer(StrictSerializer):
    """The result of a visit; without `visit` it is the one that is planned next."""

    visit = serializers.IntegerField(required=False, **KEY)
    performance = serializers.CharField(max_length=200)
    satisfaction = serializers.IntegerField(min_value=1, max_value=5, required=False, allow_null=True)
    signs_of_escalation = serializers.BooleanField(required=False)
    measures = serializers.CharField(max_length=300, required=False, allow_blank=True)
    court_outcome = serializers.CharField(max_length=200, required=False, allow_blank=True)
    cadre = serializers.CharField(max_length=40, required=False, allow_blank=True)
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True)


class WaiveSerializer(ReasonSerializer):
    visit = serializers.IntegerField(required=False, **KEY)


class PlanSerializer(StrictSerializer):
    due_on = serializers.DateField()
    way = serializers.ChoiceField(choices=FollowUp.Way.choices)


class AnswerToBarSerializer(StrictSerializer):
    bar = serializers.ChoiceField(choices=sorted(BARS))
    applies = serializers.BooleanField()
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)


class PartInCaseSerializer(StrictSerializer):
    party = serializers.IntegerField(**KEY)
    part = serializers.ChoiceField(choices=Party.Part.choices)


class CheckSerializer(StrictSerializer):
    act = serializers.ChoiceField(choices=SuitabilityCheck.Act.choices)
    ground = serializers.ChoiceField(choices=SuitabilityCheck.Ground.choices)
    is_minor_case = serializers.BooleanField()
    answers = AnswerToBarSerializer(many=True, max_length=7)
    parts = PartInCaseSerializer(many=True, required=False, max_length=30)


class DecideCaseSerializer(StrictSerializer):
    decision = serializers.ChoiceField(choices=PoliceCase.Decision.choices)
    number = serializers.CharField(max_length=60, required=False, allow_blank=True)
    decided_on = serializers.DateField(required=False)


class ExtendCaseSerializer(ReasonSerializer):
    approved_by = serializers.CharField(max_length=60)


class ExtendSerializer(ReasonSerializer):
    days = serializers.IntegerField(min_value=1, max_value=365)
    form = serializers.ChoiceField(choices=Party.Form.choices)
    agreed_by = serializers.ListField(child=serializers.IntegerField(**KEY), max_length=30)


class AppraisalSerializer(StrictSerializer):
    what = serializers.CharField(max_length=100)
    agency = serializers.CharField(max_length=80, required=False, allow_blank=True)


class AppraisedSerializer(StrictSerializer):
    result = serializers.CharField(max_length=300)


class EscalateSerializer(StrictSerializer):
    signs = serializers.CharField(max_length=300, required=False, allow_blank=True)


class AnswerTaskSerializer(StrictSerializer):
    result = serializers.ChoiceField(choices=PoliceTask.Result.choices)
    answer = serializers.CharField(max_length=300)
    case_number = serializers.CharField(max_length=60, required=False, allow_blank=True)


class ConfirmationSerializer(StrictSerializer):
    court = serializers.CharField(max_length=60)
    applied_on = serializers.DateField(required=False)
    about_identity = serializers.BooleanField()
    agreed_by = serializers.ListField(child=serializers.IntegerField(**KEY), max_length=30)


class CourtSerializer(StrictSerializer):
    to = serializers.ChoiceField(
        choices=[c for c in JudicialConfirmation.Status.choices if c[0] != "applied"]
    )
    on = serializers.DateField(required=False)
    number = serializers.CharField(max_length=60, required=False, allow_blank=True)
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)


class ReferSerializer(ReasonSerializer):
    body = serializers.ChoiceField(choices=Referral.Body.choices)
    body_name = serializers.CharField(max_length=80, required=False, allow_blank=True)
    unit = serializers.SlugRelatedField(
        slug_field="code", queryset=Unit.objects.stations().active(), required=False, allow_null=True
    )


class ReceiptSerializer(StrictSerializer):
    receipt = serializers.CharField(max_length=80, required=False, allow_blank=True)


class ReferralAnswerSerializer(StrictSerializer):
    answer = serializers.CharField(max_length=300)


class RoutesSerializer(StrictSerializer):
    form = serializers.ChoiceField(choices=Party.Form.choices)


class IdentitySerializer(StrictSerializer):
    party = serializers.IntegerField(**KEY)
