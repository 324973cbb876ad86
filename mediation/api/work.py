"""Follow-up visits and screening rounds as JSON."""

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.response import Response

from anji_police.api.permissions import HasActionPermission
from anji_police.api.serializers import StrictSerializer
from anji_police.places.models import Place, Unit
from mediation import services
from mediation.filters import RoundFilter, VisitFilter
from mediation.models import FollowUp, ScreeningRound


class VisitRowSerializer(serializers.ModelSerializer):
    dispute = serializers.SlugRelatedField(slug_field="code", read_only=True)

    class Meta:
        model = FollowUp
        fields = [
            "id",
            "dispute",
            "due_on",
            "way",
            "done_at",
            "performance",
            "satisfaction",
            "signs_of_escalation",
            "measures",
            "court_outcome",
            "waived_reason",
        ]
        read_only_fields = fields


class VisitViewSet(viewsets.ReadOnlyModelViewSet):
    """Follow-up visits of the disputes in sight, the newest planned first. They are recorded at the dispute."""

    permission_classes = (HasActionPermission,)
    action_permissions = dict.fromkeys(("list", "retrieve"), "mediation.view_dispute")
    serializer_class = VisitRowSerializer
    filterset_class = VisitFilter
    queryset = FollowUp.objects.none()

    def get_queryset(self):
        visible = FollowUp.objects.visible_to(self.request.user).select_related("dispute")
        return visible.only("dispute__code", *self.serializer_class.Meta.fields).order_by("-due_on", "-id")


class RoundSerializer(serializers.ModelSerializer):
    place = serializers.SlugRelatedField(slug_field="code", read_only=True)
    unit = serializers.SlugRelatedField(slug_field="code", read_only=True)

    class Meta:
        model = ScreeningRound
        fields = ["id", "held_on", "place", "unit", "people", "households", "note"]
        read_only_fields = fields


class RoundBodySerializer(StrictSerializer):
    held_on = serializers.DateField()
    place = serializers.SlugRelatedField(slug_field="code", queryset=Place.objects.defer("area", "seat"))
    unit = serializers.SlugRelatedField(slug_field="code", queryset=Unit.objects.active())
    people = serializers.CharField(max_length=100)
    households = serializers.IntegerField(min_value=0, max_value=100_000, default=0)
    note = serializers.CharField(max_length=300, allow_blank=True, default="")


class RoundViewSet(mixins.CreateModelMixin, viewsets.ReadOnlyModelViewSet):
    """Screening rounds (排查) of the units in sight, the newest first."""

    permission_classes = (HasActionPermission,)
    action_permissions = {
        **dict.fromkeys(("list", "retrieve"), "mediation.view_mediator"),
        "create": "mediation.register_dispute",
    }
    serializer_class = RoundSerializer
    filterset_class = RoundFilter
    queryset = ScreeningRound.objects.none()

    def get_queryset(self):
        visible = ScreeningRound.objects.visible_to(self.request.user).select_related("place", "unit")
        return visible.defer("place__area", "place__seat").order_by("-held_on", "-id")

    @extend_schema(request=RoundBodySerializer, responses={201: RoundSerializer})
    def create(self, request, *args, **kwargs) -> Response:
        """Record a round, also one that found nothing."""
        body = RoundBodySerializer(data=request.data, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        made = services.record_round(actor=request.user, **body.validated_data)
        return Response(RoundSerializer(made).data, status=201)
