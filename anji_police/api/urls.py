"""The API's root. Each app brings its own routes; the schema and its page are for those who may sign in."""

from django.urls import include, path

from anji_police.api import views

app_name = "api"
urlpatterns = [
    path("", views.root, name="root"),
    path("schema/", views.SchemaView.as_view(), name="schema"),
    path("docs/", views.docs, name="docs"),
    path("places/", include("anji_police.places.api.urls")),
    path("mediation/", include("mediation.api.urls")),
    path("volunteers/", include("volunteers.api.urls")),
    path("helpdesk/", include("anji_police.helpdesk.api.urls")),
    path("reports/", include("anji_police.reports.api.urls")),
]
