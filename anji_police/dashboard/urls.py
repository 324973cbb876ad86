from django.urls import path

from anji_police.dashboard import views

app_name = "dashboard"
urlpatterns = [
    path("", views.home, name="home"),
    path("work/", views.my_work, name="my-work"),
    path("overview/", views.overview, name="overview"),
    path("search/", views.search, name="search"),
]
