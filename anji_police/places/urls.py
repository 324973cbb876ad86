from django.urls import path

from anji_police.places import unit_views, views

app_name = "places"
urlpatterns = [
    path("map/base.geojson", views.base_geojson, name="base-geojson"),
    path("units/", unit_views.unit_list, name="unit-list"),
    path("units/new/", unit_views.create, name="unit-create"),
    path("units/<slug:code>/", unit_views.detail, name="unit-detail"),
    path("units/<slug:code>/change/", unit_views.change, name="unit-change"),
    path("units/<slug:code>/active/", unit_views.set_active, name="unit-set-active"),
    path("units/<slug:code>/move/", unit_views.move, name="unit-move"),
    path("units/<slug:code>/places/", unit_views.take_over, name="unit-take-over"),
]
