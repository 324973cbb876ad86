"""The help desk as JSON: the same services, filters and sight as the pages."""

from django.core.cache import cache
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from anji_police.api.permissions import HasActionPermission
from anji_police.helpdesk import codes, services
from anji_police.helpdesk.api import serializers
from anji_police.helpdesk.filters import HelpRequestFilter
from anji_police.helpdesk.models import HelpRequest
from anji_police.places.models import Place, Unit

VIEW, HANDLE, ASSIGN = "helpdesk.view_request", "helpdesk.handle_request", "helpdesk.assign_request"
COLUMNS = (
    "reference",
    "status",
    "category",
    "channel",
    "priority",
    "unit_id",
    "township_id",
    "assignee__username",
    "received_at",
    "due_at",
    "version",
    "id",
)
NAMES = {"unit_id": "unit", "township_id": "township", "assignee__username": "assignee"}
MEMBERS = [NAMES.get(column, column) for column in COLUMNS]
_NAMES_SECONDS = 60


def _codes_of(model) -> dict[int, str]:
    """Key to code of all units or townships, from the process cache: a list page then joins nothing."""

    def ask() -> dict[int, str]:
        queryset = Unit.objects.all() if model is Unit else Place.objects.townships()
        return dict(queryset.values_list("pk", "code"))

    return cache.get_or_set(f"codes:{model._meta.label}", ask, _NAMES_SECONDS)


class RequestViewSet(mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Requests of citizens in sight of the account."""

    permission_classes = (HasActionPermission,)
    action_permissions = {
        "list": VIEW,
        "retrieve": VIEW,
        "create": "helpdesk.enter_request",
        "accept": HANDLE,
        "assign": ASSIGN,
        "note": HANDLE,
        "reply": HANDLE,
        "answer": HANDLE,
        "give_back": HANDLE,
        "route": HANDLE,
    }
    serializer_class = serializers.RequestSerializer
    filterset_class = HelpRequestFilter
    queryset = HelpRequest.objects.none()
    lookup_field = "reference"
    lookup_value_regex = r"[0-9]{6}-[0-9]{6}"

    def get_queryset(self):
        visible = HelpRequest.objects.visible_to(self.request.user)
        if self.action == "list":
            return visible.order_by("-received_at", "-id")
        return visible.select_related("unit", "township", "village", "assignee").prefetch_related("messages")

    @extend_schema(responses=serializers.RequestRowSerializer(many=True))
    def list(self, request, *args, **kwargs) -> Response:
        """Requests, newest first."""
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset()).values_list(*COLUMNS))
        units, townships = _codes_of(Unit), _codes_of(Place)
        found = [dict(zip(MEMBERS, row, strict=True)) for row in rows]
        for one in found:
            one["unit"], one["township"] = units.get(one["unit"]), townships.get(one["township"])
            del one["id"]  # was asked for the mark of the next page
        return self.get_paginated_response(found)

    @extend_schema(request=serializers.EnterSerializer, responses={201: serializers.ReceiptSerializer})
    def create(self, request, *args, **kwargs) -> Response:
        """Enter a request for a citizen; the same token again gives the same request."""
        body = serializers.EnterSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        receipt = services.submit(actor=request.user, **body.validated_data)
        answer = {"reference": receipt.request.reference, "query_code": codes.shown(receipt.secret)}
        return Response(answer, status=201)

    def _done(self, found: HelpRequest) -> Response:
        fresh = get_object_or_404(self.get_queryset(), pk=found.pk)
        return Response(serializers.RequestSerializer(fresh, context=self.get_serializer_context()).data)

    def _body(self, kind) -> dict:
        body = kind(data=self.request.data, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        return body.validated_data

    @extend_schema(request=serializers.VersionSerializer)
    @action(detail=True, methods=["post"])
    def accept(self, request, reference=None) -> Response:
        """Accept the request (签收)."""
        found = self.get_object()
        return self._done(
            services.accept(request=found, actor=request.user, **self._body(serializers.VersionSerializer))
        )

    @extend_schema(request=serializers.AssignSerializer)
    @action(detail=True, methods=["post"])
    def assign(self, request, reference=None) -> Response:
        """Give the request to a unit or an officer."""
        found = self.get_object()
        services.assign(request=found, actor=request.user, **self._body(serializers.AssignSerializer))
        visible = HelpRequest.objects.visible_to(request.user).filter(pk=found.pk).exists()
        return self._done(found) if visible else Response(status=204)

    @extend_schema(request=serializers.NoteSerializer)
    @action(detail=True, methods=["post"])
    def note(self, request, reference=None) -> Response:
        """Write an internal note."""
        found = self.get_object()
        services.add_note(request=found, actor=request.user, **self._body(serializers.NoteSerializer))
        return self._done(found)

    @extend_schema(request=serializers.NoteSerializer)
    @action(detail=True, methods=["post"])
    def reply(self, request, reference=None) -> Response:
        """Write to the citizen."""
        found = self.get_object()
        services.reply(request=found, actor=request.user, **self._body(serializers.NoteSerializer))
        return self._done(found)

    @extend_schema(request=serializers.TextSerializer)
    @action(detail=True, methods=["post"])
    def answer(self, request, reference=None) -> Response:
        """Give the final answer."""
        found = self.get_object()
        return self._done(
            services.answer(request=found, actor=request.user, **self._body(serializers.TextSerializer))
        )

    @extend_schema(request=serializers.ReturnSerializer)
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def give_back(self, request, reference=None) -> Response:
        """Return the request to the duty desk (退单)."""
        found = self.get_object()
        services.give_back(request=found, actor=request.user, **self._body(serializers.ReturnSerializer))
        return self._done(found)

    @extend_schema(request=serializers.RouteSerializer, responses=serializers.RoutedSerializer)
    @action(detail=True, methods=["post"])
    def route(self, request, reference=None) -> Response:
        """Hand the request to a field."""
        found = self.get_object()
        kind = self._body(serializers.RouteSerializer)["kind"]
        record = services.route_to_field(request=found, actor=request.user, kind=kind)
        return Response({"kind": kind, "code": record.code})
