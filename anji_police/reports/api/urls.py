from rest_framework.routers import SimpleRouter

from anji_police.reports.api import views

app_name = "reports"
router = SimpleRouter()
router.register("", views.VersionViewSet, basename="version")
urlpatterns = router.urls
