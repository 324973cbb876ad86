from django.urls import path

from anji_police.helpdesk.views import detail, entry, queue

app_name = "helpdesk"


def act(name: str, view, extra: str = ""):
    """One act on one request: /requests/<reference>/<name>/."""
    return path(f"<str:reference>/{name}/{extra}", view, name=name)


urlpatterns = [
    path("", queue.request_list, name="request-list"),
    path("next/", queue.next_request, name="next"),
    path("bulk/", queue.bulk, name="bulk"),
    path("enter/", entry.enter, name="enter"),
    path("canned/", entry.canned, name="canned"),
    path("canned/<int:pk>/", entry.canned, name="canned-change"),
    path("routing/", entry.routing_rules, name="routing-rules"),
    path("routing/<int:pk>/end/", entry.end_routing_rule, name="end-routing-rule"),
    path("views/", queue.save_view, name="save-view"),
    path("views/<int:pk>/", queue.open_view, name="open-view"),
    path("views/<int:pk>/delete/", queue.delete_view, name="delete-view"),
    path("<str:reference>/", detail.request_detail, name="request-detail"),
    act("accept", detail.accept),
    act("message", detail.message),
    act("assign", detail.assign),
    act("return", detail.give_back),
    act("rule", detail.rule),
    act("route", detail.route),
    act("assist", detail.ask_assist),
    path("<str:reference>/assist/<int:pk>/end/", detail.end_assist, name="end-assist"),
    act("exclude", detail.exclude),
    act("merge", detail.merge),
    act("unmerge", detail.unmerge),
    act("go-on", detail.go_on),
    act("close", detail.close),
    act("reopen", detail.reopen),
    act("edit", detail.edit),
    act("priority", detail.priority),
    act("presence", detail.who_else),
    path("<str:reference>/files/<uuid:uid>/", detail.download, name="file"),
]
