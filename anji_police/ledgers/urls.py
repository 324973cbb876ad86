from django.urls import path

from anji_police.ledgers import views

app_name = "ledgers"
urlpatterns = [
    path("", views.index, name="index"),
    path("imports/<int:pk>/", views.run, name="run"),
    path("imports/<int:pk>/faults/", views.bad_rows, name="bad-rows"),
    path("imports/<int:pk>/apply/", views.apply, name="apply"),
    path("<str:key>/", views.ledger, name="ledger"),
    path("<str:key>/template/", views.template, name="template"),
    path("<str:key>/export/", views.export, name="export"),
]
