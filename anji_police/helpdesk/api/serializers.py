"""Requests as JSON. Personal data is masked here as on the pages; unmasking is a page of its own with a reason."""

from rest_framework import serializers
from rest_framework_gis.fields import GeometryField

from anji_police.accounts.models import User
from anji_police.api.serializers import MaskedField, StrictSerializer
from anji_police.helpdesk.models import HelpRequest, Message, Return
from anji_police.helpdesk.questions import Category
from anji_police.places.models import Place, Unit


class RequestRowSerializer(serializers.Serializer):
    """One row of the list; its values come from values_list, never through model instances."""

    reference = serializers.CharField()
    status = serializers.ChoiceField(choices=HelpRequest._meta.get_field("status").choices)
    category = serializers.ChoiceField(choices=Category.choices)
    channel = serializers.CharField()
    priority = serializers.CharField()
    unit = serializers.CharField(allow_null=True)
    township = serializers.CharField(allow_null=True)
    assignee = serializers.CharField(allow_null=True)
    received_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()


class MessageSerializer(serializers.ModelSerializer):
    class Meta:
        model = Message
        fields = ["kind", "body", "author_name", "at"]


class RequestSerializer(serializers.ModelSerializer):
    unit = serializers.SlugRelatedField(slug_field="code", read_only=True, allow_null=True)
    township = serializers.SlugRelatedField(slug_field="code", read_only=True, allow_null=True)
    village = serializers.SlugRelatedField(slug_field="code", read_only=True, allow_null=True)
    assignee = serializers.SlugRelatedField(slug_field="username", read_only=True, allow_null=True)
    location = GeometryField(read_only=True, allow_null=True)
    reporter_name = MaskedField()
    reporter_phone = MaskedField()
    messages = MessageSerializer(many=True, read_only=True)

    class Meta:
        model = HelpRequest
        fields = [
            "reference",
            "status",
            "category",
            "answers",
            "description",
            "happened",
            "township",
            "village",
            "location",
            "location_text",
            "reporter_name",
            "reporter_phone",
            "contact",
            "channel",
            "priority",
            "unit",
            "assignee",
            "received_at",
            "due_at",
            "answered_at",
            "closed_at",
            "round",
            "version",
            "messages",
        ]


class AssignSerializer(StrictSerializer):
    unit = serializers.SlugRelatedField(slug_field="code", queryset=Unit.objects.none())
    assignee = serializers.SlugRelatedField(
        slug_field="username", queryset=User.objects.none(), required=False, allow_null=True
    )
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)
    version = serializers.IntegerField(required=False, min_value=1, max_value=2_000_000_000)

    def get_fields(self):
        fields = super().get_fields()
        user = self.context["request"].user if self.context.get("request") else None
        if user is not None and user.is_authenticated:
            units = Unit.objects.active() if user.is_county_wide else Unit.objects.visible_to(user).active()
            fields["unit"].queryset = units
            fields["assignee"].queryset = User.objects.police()
        return fields


class TextSerializer(StrictSerializer):
    body = serializers.CharField(max_length=3000)
    key = serializers.CharField(max_length=40)
    version = serializers.IntegerField(required=False, min_value=1, max_value=2_000_000_000)


class NoteSerializer(StrictSerializer):
    body = serializers.CharField(max_length=3000)
    key = serializers.CharField(max_length=40)


class ReturnSerializer(StrictSerializer):
    ground = serializers.ChoiceField(choices=Return.Reason.choices)
    explanation = serializers.CharField(max_length=500, min_length=5)
    version = serializers.IntegerField(required=False, min_value=1, max_value=2_000_000_000)


class RouteSerializer(StrictSerializer):
    kind = serializers.CharField(max_length=60)


class RoutedSerializer(serializers.Serializer):
    kind = serializers.CharField()
    code = serializers.CharField()


class VersionSerializer(StrictSerializer):
    version = serializers.IntegerField(required=False, min_value=1, max_value=2_000_000_000)


class EnterSerializer(StrictSerializer):
    """A request that an officer's program enters for a citizen; `token` makes it once only."""

    token = serializers.CharField(min_length=16, max_length=60)
    channel = serializers.ChoiceField(choices=["phone", "walk_in"])
    category = serializers.ChoiceField(choices=Category.choices)
    answers = serializers.DictField(child=serializers.CharField(max_length=100))
    description = serializers.CharField(max_length=3000)
    happened = serializers.CharField(max_length=100, required=False, allow_blank=True)
    township = serializers.SlugRelatedField(
        slug_field="code", queryset=Place.objects.townships(), required=False, allow_null=True
    )
    village = serializers.SlugRelatedField(
        slug_field="code", queryset=Place.objects.villages(), required=False, allow_null=True
    )
    location_text = serializers.CharField(max_length=200, required=False, allow_blank=True)
    name = serializers.CharField(max_length=40, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=30, required=False, allow_blank=True)
    contact = serializers.ChoiceField(choices=HelpRequest.Contact.choices)
    consent = serializers.BooleanField()


class ReceiptSerializer(serializers.Serializer):
    reference = serializers.CharField()
    query_code = serializers.CharField()
