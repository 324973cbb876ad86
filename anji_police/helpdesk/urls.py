from django.urls import path

from anji_police.helpdesk import views

app_name = "helpdesk"
urlpatterns = [
    path("<str:reference>/", views.request_detail, name="request-detail"),
]
