from django.urls import path, register_converter
from django.urls.converters import StringConverter

from mediation.views import acts, detail, people, queue, rounds, visits

app_name = "mediation"


class DisputeCode(StringConverter):
    regex = "TJ[0-9]{4}-[0-9]{6}"


register_converter(DisputeCode, "dispute")


def act(name: str, view):
    """One act on one dispute: /mediation/<code>/<name>/."""
    return path(f"<dispute:code>/{name}/", view, name=name)


urlpatterns = [
    path("", queue.dispute_list, name="dispute-list"),
    path("register/", queue.register, name="register"),
    path("mediators/", people.mediator_list, name="mediator-list"),
    path("mediators/add/", people.mediator_add, name="mediator-add"),
    path("mediators/<int:pk>/", people.mediator_detail, name="mediator-detail"),
    path("mediators/<int:pk>/appoint/", people.appoint, name="appoint"),
    path("mediators/<int:pk>/account/", people.account, name="account"),
    path("mediators/<int:pk>/retire/", people.retire, name="retire"),
    path("visits/", visits.visit_list, name="visit-list"),
    path("visits/<int:pk>/", visits.visit, name="visit"),
    path("overdue/", visits.overdue_list, name="overdue-list"),
    path("rounds/", rounds.rounds, name="round-list"),
    path("<dispute:code>/call/<int:pk>/", visits.call, name="call"),
    path("bodies/", people.bodies, name="bodies"),
    path("<dispute:code>/", detail.dispute_detail, name="dispute-detail"),
    act("add-party", detail.add_party),
    path("<dispute:code>/consent/<int:pk>/", detail.consent, name="consent"),
    path("<dispute:code>/phone/<int:pk>/", detail.phone, name="phone"),
    act("refuse", detail.refuse),
    act("assess", detail.assess),
    act("offer", detail.offer),
    act("accept", detail.accept),
    act("decline", detail.decline),
    act("replace", detail.replace),
    act("session", detail.session),
    act("agreement", detail.agreement),
    act("in-effect", detail.in_effect),
    act("performance", detail.performance),
    act("failed", detail.failed),
    path("<dispute:code>/follow-up/<int:pk>/", detail.follow_up, name="follow-up"),
    path("<dispute:code>/waive/<int:pk>/", detail.waive, name="waive"),
    act("plan", detail.plan),
    act("close", detail.close),
    act("reopen", detail.reopen),
    path("<dispute:code>/paper/<int:pk>/", detail.paper, name="paper-file"),
    *(act(name, detail.act(name)) for name in acts.BY_NAME),
]
