from rest_framework.routers import SimpleRouter

from volunteers.api import views

app_name = "volunteers"
router = SimpleRouter()
router.register("teams", views.TeamViewSet, basename="team")
router.register("members", views.MemberViewSet, basename="member")
router.register("shifts", views.ShiftViewSet, basename="shift")
router.register("sign-ups", views.SignUpViewSet, basename="signup")
router.register("assistances", views.AssistanceViewSet, basename="assistance")
router.register("incidents", views.IncidentViewSet, basename="incident")
router.register("beats", views.BeatViewSet, basename="beat")
urlpatterns = router.urls
