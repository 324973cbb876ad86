from django.urls import include, path

from anji_police import views

urlpatterns = [
    path("livez", views.livez, name="livez"),
    path("readyz", views.readyz, name="readyz"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("map/", include("anji_police.places.urls")),
    path("accounts/", include("anji_police.accounts.urls")),
]
