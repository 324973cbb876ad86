from rest_framework.routers import SimpleRouter

from anji_police.helpdesk.api import views

app_name = "helpdesk"
router = SimpleRouter()
router.register("requests", views.RequestViewSet, basename="request")
urlpatterns = router.urls
