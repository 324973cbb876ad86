from rest_framework.routers import SimpleRouter

from anji_police.places.api import views

app_name = "places"
router = SimpleRouter()
router.register("townships", views.TownshipViewSet, basename="township")
router.register("villages", views.VillageViewSet, basename="village")
router.register("units", views.UnitViewSet, basename="unit")
urlpatterns = router.urls
