"""Serializer parts that all fields share."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers


class MaskedField(serializers.CharField):
    """A sealed value as its mask."""

    def __init__(self, **kwargs):
        kwargs["read_only"] = True
        super().__init__(**kwargs)

    def to_representation(self, value) -> str:
        return str(value)


class StrictSerializer(serializers.Serializer):
    """Refuses what it does not know, so that a misspelt member is not silently lost."""

    def to_internal_value(self, data):
        if isinstance(data, dict):
            unknown = sorted(set(data) - set(self.fields))
            if unknown:
                raise serializers.ValidationError(
                    {str(name): [_("This member is not known.")] for name in unknown}
                )
        return super().to_internal_value(data)
