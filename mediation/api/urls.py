from rest_framework.routers import SimpleRouter

from mediation.api import views, work

app_name = "mediation"
router = SimpleRouter()
router.register("disputes", views.DisputeViewSet, basename="dispute")
router.register("mediators", views.MediatorViewSet, basename="mediator")
router.register("stations", views.StationViewSet, basename="station")
router.register("teams", views.TeamViewSet, basename="team")
router.register("committees", views.CommitteeViewSet, basename="committee")
router.register("visits", work.VisitViewSet, basename="visit")
router.register("rounds", work.RoundViewSet, basename="round")
urlpatterns = router.urls
