"""Divisions and units as JSON, for lists to choose from."""

from rest_framework import viewsets

from anji_police.api.permissions import HasActionPermission
from anji_police.places.api.serializers import PlaceSerializer, UnitSerializer
from anji_police.places.models import Place, Unit

VIEW = "places.view_place"


class TownshipViewSet(viewsets.ReadOnlyModelViewSet):
    """Townships and subdistricts of the county."""

    serializer_class = PlaceSerializer
    permission_classes = (HasActionPermission,)
    action_permissions = {"list": VIEW, "retrieve": VIEW}
    queryset = Place.objects.townships()
    lookup_field = "code"


class VillageViewSet(TownshipViewSet):
    """Villages and communities of the county."""

    queryset = Place.objects.villages()


class UnitViewSet(viewsets.ReadOnlyModelViewSet):
    """Police units and partner departments that are open."""

    serializer_class = UnitSerializer
    permission_classes = (HasActionPermission,)
    action_permissions = {"list": VIEW, "retrieve": VIEW}
    queryset = Unit.objects.active().select_related("parent").order_by("code")
    lookup_field = "code"
