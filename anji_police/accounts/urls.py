from django.urls import path

from anji_police.accounts import views

app_name = "accounts"
urlpatterns = [
    path("login/", views.login, name="login"),
]
