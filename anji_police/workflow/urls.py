from django.urls import path

from anji_police.workflow import views

app_name = "workflow"
urlpatterns = [
    path("rules/", views.rule_list, name="rule-list"),
    path("rules/<str:code>/", views.rule_detail, name="rule-detail"),
    path("calendar/", views.calendar, name="calendar"),
]
