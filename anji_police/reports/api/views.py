"""Monthly reports as JSON, and their PDF."""

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import viewsets
from rest_framework.decorators import action

from anji_police.api.permissions import HasActionPermission
from anji_police.api.renderers import JSONRenderer
from anji_police.reports import services
from anji_police.reports.api.serializers import VersionDetailSerializer, VersionSerializer
from anji_police.reports.filters import VersionFilter
from anji_police.reports.models import ReportVersion

VIEW = "reports.view_report"


class PDFRenderer(JSONRenderer):
    """Lets a client ask for application/pdf. The PDF itself is sent as it is; only a refusal is rendered, as JSON."""

    media_type = "application/pdf"
    format = "pdf"


class VersionViewSet(viewsets.ReadOnlyModelViewSet):
    """Versions of the monthly reports in sight, newest first; one of them with its frozen figures."""

    permission_classes = (HasActionPermission,)
    action_permissions = {"list": VIEW, "retrieve": VIEW, "pdf": VIEW}
    filterset_class = VersionFilter
    queryset = ReportVersion.objects.none()

    def get_queryset(self):
        visible = ReportVersion.objects.visible_to(self.request.user).select_related(
            "report__document", "corrects"
        )
        return (visible.defer("figures", "paper") if self.action == "list" else visible).order_by("-pk")

    def get_serializer_class(self):
        return VersionDetailSerializer if self.action == "retrieve" else VersionSerializer

    @extend_schema(responses={(200, "application/pdf"): OpenApiResponse(OpenApiTypes.BINARY)})
    @action(detail=True, methods=["get"], renderer_classes=[JSONRenderer, PDFRenderer])
    def pdf(self, request, pk=None):
        """The stored PDF/A; the access is written down before the bytes leave."""
        version = self.get_object()
        content = services.open_pdf(version=version, actor=request.user, download=True)
        response = HttpResponse(content, content_type="application/pdf")
        name = f"report-{version.report.iso_month}-v{version.number}.pdf"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
