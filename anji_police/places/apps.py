from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "anji_police.places"
    label = "places"
