from django.urls import path

from anji_police.audit import views

app_name = "audit"
urlpatterns = [
    path("events/", views.event_list, name="event-list"),
    path("reads/", views.read_list, name="read-list"),
    path("rows/", views.row_history, name="row-history"),
    path("chain/", views.chain, name="chain"),
    path("chain/verify/", views.verify, name="verify"),
    path("reveal/", views.reveal, name="reveal"),
]
