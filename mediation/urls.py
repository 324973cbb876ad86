from django.urls import path, register_converter
from django.urls.converters import StringConverter

from mediation.views import acts, bodies, detail, matching, papers, people, queue, rounds, visits

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
    path("mediators/<int:pk>/change/", people.mediator_change, name="mediator-change"),
    path("mediators/<int:pk>/conflict/", people.conflict, name="conflict"),
    path("mediators/<int:pk>/conflict/<int:row>/end/", people.conflict_end, name="conflict-end"),
    path("mediators/<int:pk>/complaint/", people.complaint, name="complaint"),
    path("mediators/<int:pk>/complaint/<int:row>/decide/", people.complaint_decide, name="complaint-decide"),
    path("mediators/<int:pk>/training/", people.training, name="training"),
    path("bodies/", bodies.bodies, name="bodies"),
    path("stations/", bodies.station_list, name="station-list"),
    path("stations/<int:pk>/", bodies.station_detail, name="station-detail"),
    path("teams/", bodies.team_list, name="team-list"),
    path("teams/<int:pk>/", bodies.team_detail, name="team-detail"),
    path("committees/", bodies.committee_list, name="committee-list"),
    path("committees/<int:pk>/", bodies.committee_detail, name="committee-detail"),
    path("committees/<int:pk>/member/", bodies.member_add, name="member-add"),
    path("committees/<int:pk>/member/<int:member>/end/", bodies.member_end, name="member-end"),
    path("visits/", visits.visit_list, name="visit-list"),
    path("visits/<int:pk>/", visits.visit, name="visit"),
    path("overdue/", visits.overdue_list, name="overdue-list"),
    path("rounds/", rounds.rounds, name="round-list"),
    path("<dispute:code>/call/<int:pk>/", visits.call, name="call"),
    path("<dispute:code>/", detail.dispute_detail, name="dispute-detail"),
    act("add-party", detail.add_party),
    path("<dispute:code>/consent/<int:pk>/", detail.consent, name="consent"),
    path("<dispute:code>/phone/<int:pk>/", detail.phone, name="phone"),
    act("refuse", detail.refuse),
    act("assess", detail.assess),
    act("match", matching.match),
    act("offer", matching.offer),
    act("offer-pair", matching.offer_pair),
    act("ask-volunteer", matching.ask_volunteer),
    path("<dispute:code>/volunteer/<int:pk>/<slug:answer>/", detail.volunteer, name="volunteer"),
    act("reject", matching.reject),
    path("<dispute:code>/declare/<int:pk>/", matching.declare, name="declare"),
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
    act("file", papers.whole),
    path("<dispute:code>/file/<slug:item>/", papers.draw, name="draw"),
    path("<dispute:code>/paper/<int:pk>/", papers.filed, name="paper-file"),
    path("<dispute:code>/paper/<int:pk>/withdraw/", papers.withdraw, name="paper-withdraw"),
    *(act(name, detail.act(name)) for name in acts.BY_NAME),
]
