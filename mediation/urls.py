from django.urls import path

from mediation import views

app_name = "mediation"
urlpatterns = [
    path("<str:code>/", views.dispute_detail, name="dispute-detail"),
]
