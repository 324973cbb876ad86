from django.urls import path

from anji_police.accounts.views import administration, own

app_name = "accounts"
urlpatterns = [
    path("login/", own.login, name="login"),
    path("logout/", own.logout, name="logout"),
    path("second-factor/", own.second_factor, name="second-factor"),
    path("second-factor/set-up/", own.second_factor_setup, name="second-factor-setup"),
    path("recovery-codes/", own.recovery_codes, name="recovery-codes"),
    path("password/", own.password, name="password"),
    path("me/", own.profile, name="profile"),
    path("me/tokens/", own.create_token, name="token-create"),
    path("me/tokens/<int:pk>/revoke/", own.revoke_token, name="token-revoke"),
    path("people/", administration.account_list, name="list"),
    path("people/new/", administration.create, name="create"),
    path("people/<int:pk>/", administration.detail, name="detail"),
    path("people/<int:pk>/change/", administration.change, name="change"),
    path("people/<int:pk>/active/", administration.set_active, name="set-active"),
    path("people/<int:pk>/password/", administration.reset_password, name="reset-password"),
    path("people/<int:pk>/roles/give/", administration.grant_role, name="grant-role"),
    path("people/<int:pk>/roles/take/", administration.revoke_role, name="revoke-role"),
    path("people/<int:pk>/clearance/", administration.set_clearance, name="set-clearance"),
    path(
        "people/<int:pk>/second-factor/reset/", administration.reset_second_factor, name="reset-second-factor"
    ),
    path("roles/", administration.roles, name="roles"),
]
