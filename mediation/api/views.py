"""Mediation as JSON: the same services, filters and sight as the pages."""

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from anji_police.api.permissions import HasActionPermission
from anji_police.errors import InvalidInput
from mediation import assistance, casefile, matching, selectors, selectors_people, services
from mediation.api import serializers
from mediation.api.acts import RIGHTS, LifeActs
from mediation.filters import DisputeFilter
from mediation.filters_people import CommitteeFilter, MediatorFilter, StationFilter, TeamFilter
from mediation.models import Committee, Dispute, Mediator, Party, ServiceStation, Team
from mediation.services.assisting import ASKING

VIEW = "mediation.view_dispute"
REGISTER, DISPATCH, MEDIATE = (
    "mediation.register_dispute",
    "mediation.dispatch_dispute",
    "mediation.mediate_dispute",
)
COLUMNS = (
    "code",
    "status",
    "type",
    "track",
    "title",
    "risk",
    "unit__code",
    "mediator_id",
    "registered_at",
    "due_at",
    "version",
    "id",
)


class DisputeViewSet(LifeActs, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Disputes in sight of the account."""

    permission_classes = (HasActionPermission,)
    action_permissions = {
        "list": VIEW,
        "retrieve": VIEW,
        "papers": VIEW,
        "create": REGISTER,
        "consent": REGISTER,
        "match": DISPATCH,
        "offer": DISPATCH,
        "accept": MEDIATE,
        "decline": MEDIATE,
        "session": MEDIATE,
        "agreement": MEDIATE,
        "close": "mediation.close_dispute",
        **RIGHTS,
    }
    serializer_class = serializers.DisputeSerializer
    filterset_class = DisputeFilter
    queryset = Dispute.objects.none()
    lookup_field = "code"
    lookup_value_regex = r"TJ[0-9]{4}-[0-9]{6}"

    def get_queryset(self):
        visible = Dispute.objects.visible_to(self.request.user)
        if self.action == "list":
            return visible.order_by("-registered_at", "-id")
        return visible.select_related("unit", "place").prefetch_related(
            "parties__origin", "agreements__items", "assignments__mediator"
        )

    @extend_schema(responses=serializers.DisputeRowSerializer(many=True))
    def list(self, request, *args, **kwargs) -> Response:
        """Disputes, newest first."""
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset()).values(*COLUMNS))
        found = [
            {
                "code": row["code"],
                "status": row["status"],
                "type": row["type"],
                "track": row["track"],
                "title": row["title"],
                "risk": row["risk"],
                "unit": row["unit__code"],
                "mediator": row["mediator_id"],
                "registered_at": row["registered_at"],
                "due_at": row["due_at"],
                "version": row["version"],
            }
            for row in rows
        ]
        return self.get_paginated_response(found)

    def _body(self, kind) -> dict:
        body = kind(data=self.request.data, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)

    def _done(self, found: Dispute, status: int = 200) -> Response:
        fresh = get_object_or_404(self.get_queryset(), pk=found.pk)
        return Response(
            serializers.DisputeSerializer(fresh, context=self.get_serializer_context()).data, status=status
        )

    def _done_or_gone(self, found: Dispute) -> Response:
        """The record as it is now; nothing when the act took it out of sight."""
        visible = Dispute.objects.visible_to(self.request.user).filter(pk=found.pk).exists()
        return self._done(found) if visible else Response(status=204)

    @extend_schema(request=serializers.RegisterSerializer, responses={201: serializers.DisputeSerializer})
    def create(self, request, *args, **kwargs) -> Response:
        """Register a dispute with its parties."""
        facts = self._body(serializers.RegisterSerializer)
        facts["parties"] = [services.PartySpec(**party) for party in facts["parties"]]
        if facts.get("referred_by"):
            facts["referred_by"] = services.ReferredBy(**facts["referred_by"])
        facts["risk_factors"] = tuple(facts.get("risk_factors", ()))
        return self._done(services.register(actor=request.user, **facts), status=201)

    @extend_schema(responses=serializers.CatalogueLineSerializer(many=True))
    @action(detail=True, pagination_class=None, filterset_class=None)
    def papers(self, request, code=None) -> Response:
        """The thirteen lines of the case file with their state, and the papers filed under them."""
        lines = casefile.catalogue(self.get_object())
        return Response(serializers.CatalogueLineSerializer(lines, many=True).data)

    @extend_schema(request=serializers.ConsentSerializer)
    @action(detail=True, methods=["post"])
    def consent(self, request, code=None) -> Response:
        """Record what a party said to mediation."""
        found, data = self.get_object(), self._body(serializers.ConsentSerializer)
        party = get_object_or_404(Party, pk=data.pop("party"), dispute=found)
        services.record_consent(party=party, actor=request.user, **data)
        return self._done(found)

    @extend_schema(
        parameters=[serializers.MatchQuerySerializer],
        responses={200: serializers.MatchSerializer},
        filters=False,
    )
    @action(detail=True, methods=["get"])
    def match(self, request, code=None) -> Response:
        """Who could mediate, the best first, with the reasons in words; and which volunteers could assist. Nobody in a state in which
        no mediator is looked for."""
        found = self.get_object()
        query = serializers.MatchQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        asks = found.status in ASKING
        made = {
            "proposals": matching.propose(found, **query.validated_data) if asks else [],
            "volunteers": assistance.for_dispute(found, request.user) if asks else [],
        }
        return Response(serializers.MatchSerializer(made).data)

    @extend_schema(request=serializers.OfferSerializer)
    @action(detail=True, methods=["post"])
    def offer(self, request, code=None) -> Response:
        """Offer the dispute to a mediator."""
        found, data = self.get_object(), self._body(serializers.OfferSerializer)
        mediator = _mediator(request.user, data.pop("mediator"), "mediator")
        services.offer(dispute=found, actor=request.user, mediator=mediator, **data)
        return self._done(found)

    @extend_schema(request=serializers.AcceptSerializer)
    @action(detail=True, methods=["post"])
    def accept(self, request, code=None) -> Response:
        """The mediator takes the dispute on."""
        found = self.get_object()
        answer = _named(found, self._body(serializers.AcceptSerializer))
        services.accept_offer(dispute=found, actor=request.user, **answer)
        return self._done(found)

    @extend_schema(request=serializers.DeclineSerializer, responses={204: None})
    @action(detail=True, methods=["post"])
    def decline(self, request, code=None) -> Response:
        """The mediator does not take the dispute on."""
        found = self.get_object()
        answer = _named(found, self._body(serializers.DeclineSerializer))
        services.decline_offer(dispute=found, actor=request.user, **answer)
        return Response(status=204)

    @extend_schema(request=serializers.SessionSerializer)
    @action(detail=True, methods=["post"])
    def session(self, request, code=None) -> Response:
        """Record a session."""
        found, data = self.get_object(), self._body(serializers.SessionSerializer)
        data["mediators"] = [_mediator(request.user, pk, "mediators") for pk in data["mediators"]]
        officer = request.user if request.user.is_police else None
        services.record_session(dispute=found, actor=request.user, officer=officer, **data)
        return self._done(found)

    @extend_schema(request=serializers.AgreementSerializer)
    @action(detail=True, methods=["post"])
    def agreement(self, request, code=None) -> Response:
        """Record what the parties agreed."""
        found, data = self.get_object(), self._body(serializers.AgreementSerializer)
        if data.get("signed_by"):
            data["signed_by"] = _mediator(request.user, data["signed_by"], "signed_by")
        if found.track == Dispute.Track.PUBLIC_SECURITY and request.user.is_police:
            data["presider"] = request.user
        data["items"] = [
            (item["what"], item.get("amount_yuan"), item["due_on"]) for item in data.get("items", ())
        ]
        services.record_agreement(dispute=found, actor=request.user, **data)
        return self._done(found)

    @extend_schema(request=serializers.CloseSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request, code=None) -> Response:
        """Close the dispute."""
        found = self.get_object()
        return self._done(
            services.close(dispute=found, actor=request.user, **self._body(serializers.CloseSerializer))
        )


def _named(found: Dispute, data: dict) -> dict:
    """The answer's facts with the offer that it names, which must be of this dispute."""
    if key := data.pop("assignment", None):
        data["assignment"] = get_object_or_404(found.assignments, pk=key)
    return data


def _mediator(user, pk: int, field: str) -> Mediator:
    """A mediator in sight of the account, named in the body."""
    found = Mediator.objects.visible_to(user).filter(pk=pk).first()
    if found is None:
        raise InvalidInput(fields={field: [_("There is no such mediator.")]})
    return found


_SEEN = {"list": "mediation.view_mediator", "retrieve": "mediation.view_mediator"}


class MediatorViewSet(viewsets.ReadOnlyModelViewSet):
    """Mediators, in the order of their names."""

    permission_classes = (HasActionPermission,)
    action_permissions = _SEEN
    serializer_class = serializers.MediatorSerializer
    filterset_class = MediatorFilter
    queryset = Mediator.objects.none()

    def get_queryset(self):
        return selectors.people(self.request.user).order_by("name", "id")


class StationViewSet(viewsets.ReadOnlyModelViewSet):
    """New-resident service stations, in the order of their names."""

    permission_classes = (HasActionPermission,)
    action_permissions = _SEEN
    serializer_class = serializers.StationSerializer
    filterset_class = StationFilter
    queryset = ServiceStation.objects.none()

    def get_queryset(self):
        return selectors_people.stations(self.request.user).order_by("name", "id")


class TeamViewSet(viewsets.ReadOnlyModelViewSet):
    """Hometown teams with members, load and disputes settled this year, in the order of their names."""

    permission_classes = (HasActionPermission,)
    action_permissions = _SEEN
    serializer_class = serializers.TeamSerializer
    filterset_class = TeamFilter
    queryset = Team.objects.none()

    def get_queryset(self):
        return selectors_people.teams(self.request.user).order_by("name", "id")


class CommitteeViewSet(viewsets.ReadOnlyModelViewSet):
    """Committees with what each still lacks by law, in the order of their names."""

    permission_classes = (HasActionPermission,)
    action_permissions = _SEEN
    serializer_class = serializers.CommitteeSerializer
    filterset_class = CommitteeFilter
    queryset = Committee.objects.none()

    def get_queryset(self):
        return selectors_people.committees(self.request.user).order_by("name", "id")
