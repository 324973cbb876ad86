from django.http import Http404
from django.urls import path, register_converter
from django.urls.converters import StringConverter

app_name = "volunteers"


class IncidentCode(StringConverter):
    regex = "YS[0-9]{4}-[0-9]{6}"


register_converter(IncidentCode, "incident")


def nothing(request, **kwargs):
    raise Http404


urlpatterns = [
    path("teams/<int:pk>/", nothing, name="team-detail"),
    path("members/<int:pk>/", nothing, name="member-detail"),
    path("shifts/<int:pk>/", nothing, name="shift-detail"),
    path("incidents/<incident:code>/", nothing, name="incident-detail"),
]
