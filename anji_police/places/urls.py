from django.urls import path

from anji_police.places import views

app_name = "places"
urlpatterns = [
    path("base.geojson", views.base_geojson, name="base-geojson"),
]
