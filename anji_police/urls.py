from django.urls import include, path

from anji_police import views

urlpatterns = [
    path("livez", views.livez, name="livez"),
    path("readyz", views.readyz, name="readyz"),
    # Django tries them from the top: what is asked most stands first, what has many routes and no prefix behind it.
    path("api/v1/", include("anji_police.api.urls")),
    path("requests/", include("anji_police.helpdesk.urls")),
    path("", include("anji_police.helpdesk.public.urls")),
    path("open311/v2/", include("anji_police.helpdesk.open311.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("anji_police.places.urls")),
    path("accounts/", include("anji_police.accounts.urls")),
    path("home/", include("anji_police.dashboard.urls")),
    path("reports/", include("anji_police.reports.urls")),
    path("trail/", include("anji_police.audit.urls")),
    path("jobs/", include("anji_police.jobs.urls")),
    path("settings/", include("anji_police.workflow.urls")),
    path("ledgers/", include("anji_police.ledgers.urls")),
    path("inbox/", include("anji_police.notifications.urls")),
    path("mediation/", include("mediation.urls")),
    path("volunteers/", include("volunteers.urls")),
]

handler400 = "anji_police.views.bad_request"
handler403 = "anji_police.views.forbidden"
handler404 = "anji_police.views.not_found"
handler500 = "anji_police.views.server_error"
