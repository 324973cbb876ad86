"""Volunteers as JSON: the same services, filters and sight as the pages."""

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.response import Response

from anji_police import geo
from anji_police.api.permissions import HasActionPermission
from anji_police.errors import InvalidInput
from anji_police.tracks.reading import RawPoint
from volunteers import selectors, services
from volunteers.api import serializers
from volunteers.filters import BeatFilter, IncidentFilter, MemberFilter, ShiftFilter, SignUpFilter, TeamFilter
from volunteers.models import Assistance, Attendance, Beat, Incident, Member, Shift, SignUp, Team

TEAMS, MEMBERS, SHIFTS = "volunteers.view_team", "volunteers.view_member", "volunteers.view_shift"
INCIDENTS, SERVE, HANDLE = "volunteers.view_incident", "volunteers.serve", "volunteers.handle_incident"


def _body(view, kind) -> dict:
    body = kind(data=view.request.data, context=view.get_serializer_context())
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


def _point(data: dict):
    """The marked point of a body, taken out of it; None without both."""
    lon, lat = data.pop("lon", None), data.pop("lat", None)
    return geo.point(lon, lat) if lon is not None and lat is not None else None


def _named(model, user, key: int, field: str):
    """A record in sight of the account, named in the body."""
    found = model.objects.visible_to(user).filter(pk=key).first()
    if found is None:
        raise InvalidInput(fields={field: [_("There is no such record, or it is not yours to see.")]})
    return found


class TeamViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Volunteer teams, in the order of their names."""

    permission_classes = (HasActionPermission,)
    action_permissions = {"list": TEAMS, "retrieve": TEAMS, "create": "volunteers.enter_team"}
    serializer_class = serializers.TeamSerializer
    filterset_class = TeamFilter
    queryset = Team.objects.none()

    def get_queryset(self):
        return selectors.teams(self.request.user).order_by("name", "id")

    @extend_schema(request=serializers.TeamEntrySerializer, responses={201: serializers.TeamSerializer})
    def create(self, request, *args, **kwargs) -> Response:
        """Enter a team; it waits for approval."""
        team = services.enter_team(actor=request.user, **_body(self, serializers.TeamEntrySerializer))
        fresh = get_object_or_404(self.get_queryset(), pk=team.pk)
        return Response(self.get_serializer(fresh).data, status=201)


class MemberViewSet(viewsets.ReadOnlyModelViewSet):
    """Volunteers, in the order of their names."""

    permission_classes = (HasActionPermission,)
    action_permissions = {"list": MEMBERS, "retrieve": MEMBERS}
    serializer_class = serializers.MemberSerializer
    filterset_class = MemberFilter
    queryset = Member.objects.none()

    def get_queryset(self):
        return Member.objects.visible_to(self.request.user).select_related("origin").order_by("name", "id")


SHIFT_COLUMNS = (
    "id",
    "status",
    "team_id",
    "title",
    "duty",
    "starts_at",
    "ends_at",
    "slots",
    "risk",
    "beat_id",
    "version",
)


class ShiftViewSet(mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Shifts in sight of the account."""

    permission_classes = (HasActionPermission,)
    action_permissions = {
        "list": SHIFTS,
        "retrieve": SHIFTS,
        "create": "volunteers.plan_shift",
        "open": "volunteers.plan_shift",
        "cancel": "volunteers.plan_shift",
        "sign_up": SERVE,
    }
    serializer_class = serializers.ShiftSerializer
    filterset_class = ShiftFilter
    queryset = Shift.objects.none()

    def get_queryset(self):
        return (
            Shift.objects.visible_to(self.request.user)
            .select_related("team__leader")
            .order_by("-starts_at", "-id")
        )

    @extend_schema(responses=serializers.ShiftRowSerializer(many=True))
    def list(self, request, *args, **kwargs) -> Response:
        """Shifts, the latest first."""
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset()).values(*SHIFT_COLUMNS))
        for row in rows:
            row["team"], row["beat"] = row.pop("team_id"), row.pop("beat_id")
        return self.get_paginated_response(rows)

    def _done(self, shift: Shift, status: int = 200) -> Response:
        fresh = get_object_or_404(self.get_queryset(), pk=shift.pk)
        return Response(self.get_serializer(fresh).data, status=status)

    @extend_schema(request=serializers.ShiftEntrySerializer, responses={201: serializers.ShiftSerializer})
    def create(self, request, *args, **kwargs) -> Response:
        """Plan a shift as a draft."""
        data = _body(self, serializers.ShiftEntrySerializer)
        data["meeting_point"] = _point(data)
        data["team"] = _named(Team, request.user, data["team"], "team")
        if data.get("beat"):
            data["beat"] = _named(Beat, request.user, data["beat"], "beat")
        return self._done(services.plan_shift(actor=request.user, **data), 201)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def open(self, request, pk=None) -> Response:
        """Let members sign up."""
        return self._done(services.open_shift(shift=self.get_object(), actor=request.user))

    @extend_schema(request=serializers.ActReasonSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request, pk=None) -> Response:
        """Call the shift off; those who signed up are told."""
        found = self.get_object()
        return self._done(
            services.cancel_shift(
                shift=found, actor=request.user, **_body(self, serializers.ActReasonSerializer)
            )
        )

    @extend_schema(request=serializers.SignUpEntrySerializer, responses={201: serializers.SignUpSerializer})
    @action(detail=True, methods=["post"], url_path="sign-up")
    def sign_up(self, request, pk=None) -> Response:
        """Sign oneself, or a member who asked for it, up: a place, or the wait-list."""
        found, data = self.get_object(), _body(self, serializers.SignUpEntrySerializer)
        if "member" in data:
            member = _named(Member, request.user, data["member"], "member")
        else:
            member = Member.objects.filter(user=request.user).first()
        if member is None:
            raise InvalidInput(fields={"member": [_("Name the member.")]})
        row = services.sign_up(shift=found, member=member, actor=request.user)
        return Response(serializers.SignUpSerializer(row).data, status=201)


class AssistanceViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Requests to assist in a matter of another field, in sight of the account: a volunteer's own, a station's all."""

    permission_classes = (HasActionPermission,)
    action_permissions = {"list": SERVE, "retrieve": SERVE, "answer": SERVE}
    serializer_class = serializers.AssistanceSerializer
    queryset = Assistance.objects.none()

    def get_queryset(self):
        return (
            Assistance.objects.visible_to(self.request.user)
            .select_related("member", "unit", "asked_by")
            .order_by("-id")
        )

    @extend_schema(request=serializers.AssistanceAnswerSerializer)
    @action(detail=True, methods=["post"])
    def answer(self, request, pk=None) -> Response:
        """Say whether the volunteer assists."""
        row = services.answer_assistance(
            assistance=self.get_object(),
            actor=request.user,
            **_body(self, serializers.AssistanceAnswerSerializer),
        )
        return Response(self.get_serializer(row).data)


class SignUpViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Sign-ups in sight of the account, with their attendance."""

    permission_classes = (HasActionPermission,)
    action_permissions = {
        "list": SHIFTS,
        "retrieve": SHIFTS,
        "leave": SERVE,
        "check_in": SERVE,
        "check_out": SERVE,
        "points": SERVE,
        "track": SERVE,
        "approve": "volunteers.approve_hours",
        "reject": "volunteers.approve_hours",
    }
    serializer_class = serializers.SignUpSerializer
    filterset_class = SignUpFilter
    queryset = SignUp.objects.none()

    def get_queryset(self):
        return (
            SignUp.objects.visible_to(self.request.user)
            .select_related("attendance", "shift__team__leader", "member")
            .order_by("-id")
        )

    def _done(self, row: SignUp) -> Response:
        return Response(self.get_serializer(get_object_or_404(self.get_queryset(), pk=row.pk)).data)

    @extend_schema(request=serializers.LeaveSerializer)
    @action(detail=True, methods=["post"])
    def leave(self, request, pk=None) -> Response:
        """Give the place back."""
        found = self.get_object()
        return self._done(
            services.take_leave(sign_up=found, actor=request.user, **_body(self, serializers.LeaveSerializer))
        )

    def _check(self, service) -> Response:
        found, data = self.get_object(), _body(self, serializers.CheckSerializer)
        point = _point(data)
        made: Attendance = service(sign_up=found, actor=self.request.user, point=point, **data)
        found.refresh_from_db(fields=["status"])
        return Response({"uid": data.get("uid"), "code": "", "status": found.status, "attendance": made.pk})

    @extend_schema(request=serializers.CheckSerializer, responses=serializers.TakenSerializer)
    @action(detail=True, methods=["post"], url_path="check-in", parser_classes=[JSONParser, MultiPartParser])
    def check_in(self, request, pk=None) -> Response:
        """Check in, now or as the phone kept it. The same `uid` again changes nothing."""
        return self._check(services.check_in)

    @extend_schema(request=serializers.CheckSerializer, responses=serializers.TakenSerializer)
    @action(detail=True, methods=["post"], url_path="check-out", parser_classes=[JSONParser, MultiPartParser])
    def check_out(self, request, pk=None) -> Response:
        """Check out, now or as the phone kept it. The same `uid` again changes nothing."""
        return self._check(services.check_out)

    @extend_schema(request=serializers.PointsSerializer, responses=serializers.TakenSerializer)
    @action(detail=True, methods=["post"], parser_classes=[JSONParser, MultiPartParser])
    def points(self, request, pk=None) -> Response:
        """Send positions of the duty. The same numbers again change nothing."""
        found, data = self.get_object(), _body(self, serializers.PointsSerializer)
        points = [
            (p["n"], RawPoint(p["lon"], p["lat"], p["at"], p.get("acc"), p.get("speed")))
            for p in data["points"]
        ]
        services.add_points(sign_up=found, actor=request.user, points=points)
        return Response({"uid": data.get("uid"), "code": "", "status": found.status})

    @extend_schema(request=serializers.TrackFileSerializer, responses=serializers.TrackSerializer)
    @action(detail=True, methods=["post"], parser_classes=[MultiPartParser])
    def track(self, request, pk=None) -> Response:
        """Add the track of the duty from a file: GPX, KML, KMZ or OwnTracks."""
        found, data = self.get_object(), _body(self, serializers.TrackFileSerializer)
        made = services.import_track(
            sign_up=found, actor=request.user, content=data["file"].read(), name=data["file"].name
        )
        return Response(serializers.TrackSerializer(made).data)

    @extend_schema(request=serializers.ApproveSerializer)
    @action(detail=True, methods=["post"])
    def approve(self, request, pk=None) -> Response:
        """Approve what was claimed, or other minutes with a reason."""
        found = self.get_object()
        return self._done(
            services.approve_hours(
                sign_up=found, actor=request.user, **_body(self, serializers.ApproveSerializer)
            )
        )

    @extend_schema(request=serializers.ActReasonSerializer)
    @action(detail=True, methods=["post"])
    def reject(self, request, pk=None) -> Response:
        """Refuse what was claimed."""
        found = self.get_object()
        return self._done(
            services.reject_hours(
                sign_up=found, actor=request.user, **_body(self, serializers.ActReasonSerializer)
            )
        )


class IncidentViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """What volunteers reported, the newest first."""

    permission_classes = (HasActionPermission,)
    action_permissions = {
        "list": INCIDENTS,
        "retrieve": INCIDENTS,
        "create": "volunteers.report_incident",
        "receive": HANDLE,
        "handle": HANDLE,
        "transfer": HANDLE,
        "feed_back": HANDLE,
        "close": HANDLE,
    }
    serializer_class = serializers.IncidentSerializer
    filterset_class = IncidentFilter
    parser_classes = (JSONParser, MultiPartParser)
    queryset = Incident.objects.none()
    lookup_field = "code"
    lookup_value_regex = r"YS[0-9]{4}-[0-9]{6}"

    def get_queryset(self):
        return (
            Incident.objects.visible_to(self.request.user)
            .select_related("unit", "place")
            .order_by("-reported_at", "-id")
        )

    def _done(self, incident: Incident) -> Response:
        return Response(self.get_serializer(get_object_or_404(self.get_queryset(), pk=incident.pk)).data)

    @extend_schema(request=serializers.IncidentEntrySerializer, responses={201: serializers.TakenSerializer})
    def create(self, request, *args, **kwargs) -> Response:
        """Report an incident, now or as the phone kept it. The same `uid` again is the same incident."""
        data = _body(self, serializers.IncidentEntrySerializer)
        point = _point(data)
        made = services.report(actor=request.user, location=point, **data)
        return Response({"uid": str(made.uid), "code": made.code, "status": made.status}, status=201)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def receive(self, request, code=None) -> Response:
        """Receive the report."""
        return self._done(services.receive(incident=self.get_object(), actor=request.user))

    @extend_schema(request=serializers.HandlingSerializer)
    @action(detail=True, methods=["post"])
    def handle(self, request, code=None) -> Response:
        """It was handled on the spot."""
        found = self.get_object()
        return self._done(
            services.handle_on_spot(
                incident=found, actor=request.user, **_body(self, serializers.HandlingSerializer)
            )
        )

    @extend_schema(request=serializers.TransferSerializer)
    @action(detail=True, methods=["post"])
    def transfer(self, request, code=None) -> Response:
        """Pass it on to 110 or to a field of work."""
        found = self.get_object()
        return self._done(
            services.transfer(
                incident=found, actor=request.user, **_body(self, serializers.TransferSerializer)
            )
        )

    @extend_schema(request=serializers.FeedBackSerializer)
    @action(detail=True, methods=["post"], url_path="feed-back")
    def feed_back(self, request, code=None) -> Response:
        """Tell the reporter what became of it."""
        found = self.get_object()
        return self._done(
            services.feed_back(
                incident=found, actor=request.user, **_body(self, serializers.FeedBackSerializer)
            )
        )

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def close(self, request, code=None) -> Response:
        """Close the incident."""
        return self._done(services.close_incident(incident=self.get_object(), actor=request.user))


class BeatViewSet(viewsets.ReadOnlyModelViewSet):
    """Beats as GeoJSON features (WGS-84, longitude first), with their checkpoints."""

    permission_classes = (HasActionPermission,)
    action_permissions = {"list": SHIFTS, "retrieve": SHIFTS}
    serializer_class = serializers.BeatSerializer
    filterset_class = BeatFilter
    queryset = Beat.objects.none()

    def get_queryset(self):
        visible = Beat.objects.visible_to(self.request.user).select_related("unit")
        return visible.prefetch_related("checkpoints").order_by("name", "id")
