from django.urls import path, register_converter

from anji_police.reports import views


class MonthConverter:
    regex = r"\d{4}-(?:0[1-9]|1[0-2])"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(MonthConverter, "month")

app_name = "reports"
urlpatterns = [
    path("", views.report_list, name="report-list"),
    path("start/", views.request_report, name="report-request"),
    path("preview/", views.preview, name="preview"),
    path("preview/pdf/", views.preview_pdf, name="preview-pdf"),
    path("definitions/", views.definitions, name="definitions"),
    path("runs/", views.run_list, name="run-list"),
    path("runs/<int:pk>/", views.run_detail, name="run-detail"),
    path("runs/<int:pk>/restart/", views.run_restart, name="run-restart"),
    path("<month:month>/<int:number>/", views.version_detail, name="version-detail"),
    path("<month:month>/<int:number>/pdf/", views.version_pdf, name="version-pdf"),
    path("<month:month>/<int:number>/verify/", views.version_verify, name="version-verify"),
    path("<month:month>/<int:number>/<slug:act>/", views.version_act, name="version-act"),
]
