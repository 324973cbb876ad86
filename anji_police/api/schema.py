"""OpenAPI: every operation names the problem answers that it can give."""

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers


class ProblemSerializer(serializers.Serializer):
    """RFC 9457 problem details, with the members that this API adds."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    errors = serializers.DictField(child=serializers.ListField(child=serializers.CharField()), required=False)
    changes = serializers.DictField(required=False)


PROBLEMS = ("400", "401", "403", "404", "405", "409", "415", "422", "429")


class PortalSchema(AutoSchema):
    def _get_response_bodies(self, direction="response"):
        bodies = super()._get_response_bodies(direction)
        for code in PROBLEMS:
            if code not in bodies:
                bodies[code] = self._get_response_for_code(
                    OpenApiResponse(ProblemSerializer), code, media_types=["application/problem+json"]
                )
        return bodies
