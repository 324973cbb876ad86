"""The API's front door: what there is, its schema, and a page to try it on."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.decorators import api_view, permission_classes
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

SECTIONS = {
    "townships": "api:places:township-list",
    "villages": "api:places:village-list",
    "units": "api:places:unit-list",
    "disputes": "api:mediation:dispute-list",
    "mediators": "api:mediation:mediator-list",
    "requests": "api:helpdesk:request-list",
    "reports": "api:reports:version-list",
}


@extend_schema(exclude=True)
@api_view(["GET"])
@permission_classes([IsAuthenticated])
def root(request) -> Response:
    """The entry points of the API."""
    return Response({name: request.build_absolute_uri(reverse(target)) for name, target in SECTIONS.items()})


@extend_schema(exclude=True)
class SchemaView(SpectacularAPIView):
    permission_classes = (IsAuthenticated,)


@require_safe
@login_required
def docs(request):
    """The schema as a page to read and try, from local files."""
    return render(request, "api/docs.html", {"schema_url": reverse("api:schema")})
