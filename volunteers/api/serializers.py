"""Volunteers as JSON; phone and identity numbers come masked."""

import json

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers
from rest_framework_gis.serializers import GeoFeatureModelSerializer

from anji_police.api.serializers import MaskedField, StrictSerializer
from anji_police.places.models import Place, Unit
from volunteers.models import (
    Assistance,
    Attendance,
    Beat,
    Checkpoint,
    Incident,
    Member,
    Shift,
    ShiftStatus,
    SignUp,
    SignUpStatus,
    Team,
)

KEY = {"min_value": 1, "max_value": 2**62}


@extend_schema_serializer(component_name="VolunteerTeam")
class TeamSerializer(serializers.ModelSerializer):
    unit = serializers.SlugRelatedField(slug_field="code", read_only=True)
    place = serializers.SlugRelatedField(slug_field="code", read_only=True, allow_null=True)
    size = serializers.IntegerField(read_only=True, help_text="active members")

    class Meta:
        model = Team
        fields = [
            "id",
            "name",
            "category",
            "status",
            "unit",
            "place",
            "leader",
            "liaison",
            "purpose",
            "is_recruiting",
            "founded_on",
            "size",
            "version",
        ]


class TeamEntrySerializer(StrictSerializer):
    name = serializers.CharField(max_length=60)
    category = serializers.ChoiceField(choices=Team.Category.choices)
    unit = serializers.SlugRelatedField(slug_field="code", queryset=Unit.objects.active())
    place = serializers.SlugRelatedField(
        slug_field="code", queryset=Place.objects.townships(), required=False, allow_null=True
    )
    purpose = serializers.CharField(max_length=300, required=False, allow_blank=True)


class MemberSerializer(serializers.ModelSerializer):
    phone, id_number = MaskedField(), MaskedField()
    origin = serializers.SlugRelatedField(slug_field="code", read_only=True, allow_null=True)

    class Meta:
        model = Member
        fields = [
            "id",
            "name",
            "team",
            "status",
            "phone",
            "id_number",
            "origin",
            "dialects",
            "joined_on",
            "left_on",
            "version",
        ]


class ShiftRowSerializer(serializers.Serializer):
    """One row of the list."""

    id = serializers.IntegerField()
    status = serializers.ChoiceField(choices=ShiftStatus.choices)
    team = serializers.IntegerField()
    title = serializers.CharField()
    duty = serializers.ChoiceField(choices=Shift.Duty.choices)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    slots = serializers.IntegerField()
    risk = serializers.ChoiceField(choices=Shift.Risk.choices)
    beat = serializers.IntegerField(allow_null=True)
    version = serializers.IntegerField()


class ShiftSerializer(serializers.ModelSerializer):
    class Meta:
        model = Shift
        fields = [
            "id",
            "status",
            "team",
            "beat",
            "title",
            "duty",
            "starts_at",
            "ends_at",
            "slots",
            "meeting_text",
            "risk",
            "risk_notice",
            "leader_confirms",
            "version",
        ]


class ShiftEntrySerializer(StrictSerializer):
    team = serializers.IntegerField(**KEY)
    title = serializers.CharField(max_length=60)
    duty = serializers.ChoiceField(choices=Shift.Duty.choices, required=False)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    slots = serializers.IntegerField(min_value=1, max_value=500)
    beat = serializers.IntegerField(required=False, allow_null=True, **KEY)
    lon = serializers.FloatField(required=False, allow_null=True)
    lat = serializers.FloatField(required=False, allow_null=True)
    meeting_text = serializers.CharField(max_length=120, required=False, allow_blank=True)
    risk = serializers.ChoiceField(choices=Shift.Risk.choices, required=False)
    risk_notice = serializers.CharField(max_length=300, required=False, allow_blank=True)
    leader_confirms = serializers.BooleanField(required=False)


class ActReasonSerializer(StrictSerializer):
    reason = serializers.CharField(max_length=300)


class SignUpEntrySerializer(StrictSerializer):
    member = serializers.IntegerField(required=False, help_text="absent: the own member", **KEY)


class AttendanceSerializer(serializers.ModelSerializer):
    class Meta:
        model = Attendance
        fields = ["in_at", "in_method", "out_at", "out_method", "claimed_minutes"]


class SignUpSerializer(serializers.ModelSerializer):
    status = serializers.ChoiceField(choices=SignUpStatus.choices, read_only=True)
    attendance = AttendanceSerializer(read_only=True, allow_null=True, default=None)

    class Meta:
        model = SignUp
        fields = ["id", "shift", "member", "status", "signed_at", "attendance", "version"]


class AssistanceSerializer(serializers.ModelSerializer):
    """A request to assist: the number and kind of the matter, and nothing of its people."""

    member = serializers.IntegerField(source="member_id", read_only=True)
    name = serializers.CharField(source="member.name", read_only=True)
    unit = serializers.SlugRelatedField(slug_field="code", read_only=True, allow_null=True)

    class Meta:
        model = Assistance
        fields = ["id", "member", "name", "state", "code", "what", "note", "unit", "asked_at", "answered_at"]
        read_only_fields = fields


class AssistanceAnswerSerializer(StrictSerializer):
    accepts = serializers.BooleanField()
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)


class LeaveSerializer(StrictSerializer):
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)


@extend_schema_serializer(component_name="CheckInOut")
class CheckSerializer(StrictSerializer):
    """A check-in or check-out, as a phone sends it, perhaps later: `at` is when it happened, `uid` its number on the phone."""

    uid = serializers.UUIDField(required=False)
    method = serializers.ChoiceField(choices=Attendance.Method.choices)
    at = serializers.DateTimeField(required=False)
    lon = serializers.FloatField(required=False)
    lat = serializers.FloatField(required=False)
    code = serializers.CharField(max_length=200, required=False)
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True)


class PositionSerializer(StrictSerializer):
    """One position as a phone told it: `n` is the phone's own number within the track, `acc` metres, `speed` metres a second."""

    n = serializers.IntegerField(min_value=0, max_value=2_147_483_647)
    at = serializers.DateTimeField()
    lon = serializers.FloatField(min_value=-180, max_value=180)
    lat = serializers.FloatField(min_value=-90, max_value=90)
    acc = serializers.FloatField(required=False, allow_null=True, min_value=0)
    speed = serializers.FloatField(required=False, allow_null=True)


class PointsSerializer(StrictSerializer):
    """Positions of one duty, at most 1,000 at once. `uid`: the phone's number of this sending. A form sends `points` as JSON."""

    uid = serializers.UUIDField(required=False)
    at = serializers.DateTimeField(required=False)
    points = PositionSerializer(many=True, allow_empty=False, max_length=1000)

    def to_internal_value(self, data):
        sent = data.get("points") if hasattr(data, "get") else None
        if isinstance(sent, str):
            try:
                data = {key: data.get(key) for key in data} | {"points": json.loads(sent)}
            except (ValueError, RecursionError):
                raise serializers.ValidationError({"points": [_("This is no list of positions.")]}) from None
        return super().to_internal_value(data)


class TrackFileSerializer(StrictSerializer):
    file = serializers.FileField()


class TrackSerializer(serializers.Serializer):
    """What became of a track: `state`, `distance_m`, `seconds`, why positions do not count, and what is doubtful, by code."""

    state = serializers.CharField()
    distance_m = serializers.IntegerField()
    seconds = serializers.IntegerField()
    points_seen = serializers.IntegerField()
    points_kept = serializers.IntegerField()
    dropped = serializers.DictField(child=serializers.IntegerField())
    doubts = serializers.ListField(child=serializers.CharField())
    gaps = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))


class TakenSerializer(serializers.Serializer):
    """What a phone's queue waits for: its own number of the act, now that the act is kept."""

    uid = serializers.UUIDField(allow_null=True)
    code = serializers.CharField(allow_blank=True)
    status = serializers.CharField()


class ApproveSerializer(StrictSerializer):
    minutes = serializers.IntegerField(min_value=0, max_value=1440, required=False, allow_null=True)
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)


class IncidentSerializer(serializers.ModelSerializer):
    unit = serializers.SlugRelatedField(slug_field="code", read_only=True)
    place = serializers.SlugRelatedField(slug_field="code", read_only=True, allow_null=True)

    class Meta:
        model = Incident
        fields = [
            "code",
            "uid",
            "kind",
            "status",
            "facts",
            "location_text",
            "unit",
            "place",
            "team",
            "seen_at",
            "reported_at",
            "received_at",
            "transfer_kind",
            "transfer_code",
            "feedback",
            "became_case",
            "due_at",
            "closed_at",
            "version",
        ]


class IncidentEntrySerializer(StrictSerializer):
    uid = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=Incident.Kind.choices)
    facts = serializers.CharField(min_length=5, max_length=2000)
    seen_at = serializers.DateTimeField(required=False)
    lon = serializers.FloatField(required=False)
    lat = serializers.FloatField(required=False)
    location_text = serializers.CharField(max_length=200, required=False, allow_blank=True)
    photos = serializers.ListField(child=serializers.FileField(), required=False, max_length=3)


class HandlingSerializer(StrictSerializer):
    handling = serializers.CharField(max_length=1000)


class TransferSerializer(StrictSerializer):
    kind = serializers.CharField(max_length=60)
    code = serializers.CharField(max_length=40, required=False, allow_blank=True)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True)


class FeedBackSerializer(StrictSerializer):
    feedback = serializers.CharField(max_length=1000)
    became_case = serializers.BooleanField(required=False)


class CheckpointSerializer(serializers.ModelSerializer):
    point = serializers.SerializerMethodField()

    class Meta:
        model = Checkpoint
        fields = ["number", "name", "point"]

    def get_point(self, row) -> list[float]:
        """Longitude, latitude in WGS-84."""
        return [row.point.x, row.point.y]


class BeatSerializer(GeoFeatureModelSerializer):
    unit = serializers.SlugRelatedField(slug_field="code", read_only=True)
    checkpoints = CheckpointSerializer(many=True, read_only=True)

    class Meta:
        model = Beat
        geo_field = "shape"
        fields = ["id", "name", "unit", "team", "is_active", "checkpoints"]
