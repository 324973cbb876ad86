from django.urls import path, register_converter
from django.urls.converters import StringConverter

from anji_police.helpdesk.open311 import views

app_name = "open311"


class Format(StringConverter):
    regex = "xml|json"


class Reference(StringConverter):
    regex = "[0-9]{6}-[0-9]{6}"


register_converter(Format, "georeport")
register_converter(Reference, "reference")
urlpatterns = [
    path("discovery.<georeport:fmt>", views.discovery, name="discovery"),
    path("services.<georeport:fmt>", views.service_list, name="services"),
    path("services/<slug:code>.<georeport:fmt>", views.service_definition, name="service"),
    path("requests.<georeport:fmt>", views.requests, name="requests"),
    path("requests/<reference:reference>.<georeport:fmt>", views.one_request, name="request"),
    path("request/<reference:reference>.<georeport:fmt>", views.one_request, name="request-alias"),
]
