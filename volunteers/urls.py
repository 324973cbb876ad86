from django.urls import path, register_converter
from django.urls.converters import StringConverter

from volunteers.views import beats, exchange, hours, incidents, me, members, public, shifts, teams

app_name = "volunteers"


class IncidentCode(StringConverter):
    regex = "YS[0-9]{4}-[0-9]{6}"


class TableKind(StringConverter):
    regex = "xlsx|csv"


class CertificateNumber(StringConverter):
    regex = "ZM[0-9]{4}-[0-9]{6}"


class Signed(StringConverter):
    regex = "[0-9A-Za-z_:.-]{10,200}"


register_converter(IncidentCode, "incident")
register_converter(TableKind, "table")
register_converter(CertificateNumber, "certificate")
register_converter(Signed, "signed")


def member_act(name: str):
    return path(f"members/<int:pk>/{name}/", members.acting(name), name=f"member-{name}")


def team_act(name: str):
    return path(f"teams/<int:pk>/{name}/", teams.reasoned(name), name=f"team-{name}")


def row_act(name: str, view):
    """One act on one sign-up."""
    return path(f"sign-ups/<int:pk>/{name}/", view, name=f"sign-up-{name}")


urlpatterns = [
    path("teams/", teams.team_list, name="team-list"),
    path("teams/add/", teams.team_add, name="team-add"),
    path("teams/export.<table:kind>", exchange.export_teams, name="team-export"),
    path("teams/<int:pk>/", teams.team_detail, name="team-detail"),
    path("teams/<int:pk>/approve/", teams.team_approve, name="team-approve"),
    *[team_act(name) for name in ("refuse", "suspend", "resume", "dissolve")],
    path("teams/<int:pk>/leader/", teams.team_leader, name="team-leader"),
    path("teams/<int:pk>/recruiting/", teams.team_recruiting, name="team-recruiting"),
    path("teams/<int:pk>/templates/", teams.template_add, name="template-add"),
    path("teams/<int:pk>/templates/<int:template>/plan/", teams.template_plan, name="template-plan"),
    path("members/", members.member_list, name="member-list"),
    path("members/add/", members.member_add, name="member-add"),
    path("members/export.<table:kind>", exchange.export_members, name="member-export"),
    path("members/<int:pk>/", members.member_detail, name="member-detail"),
    *[member_act(name) for name in members.ACTS],
    path("members/<int:pk>/account/", members.member_account, name="member-account"),
    path("members/<int:pk>/leave/", members.member_leave, name="member-leave"),
    path("members/<int:pk>/certificate/", members.certificate_issue, name="certificate-issue"),
    path("certificates/<certificate:number>.pdf", members.certificate_pdf, name="certificate-pdf"),
    path("export/<slug:name>.<table:kind>", exchange.export_list, name="list-export"),
    path("shifts/", shifts.shift_list, name="shift-list"),
    path("shifts/calendar/", shifts.shift_calendar, name="shift-calendar"),
    path("shifts/add/", shifts.shift_add, name="shift-add"),
    path("shifts/<int:pk>/", shifts.shift_detail, name="shift-detail"),
    path("shifts/<int:pk>/open/", shifts.shift_open, name="shift-open"),
    path("shifts/<int:pk>/change/", shifts.shift_change, name="shift-change"),
    path("shifts/<int:pk>/cancel/", shifts.shift_cancel, name="shift-cancel"),
    path("shifts/<int:pk>/sign-up/", shifts.shift_sign_up, name="shift-sign-up"),
    path("shifts/<int:pk>/settle/", shifts.shift_settle, name="shift-settle"),
    path("shifts/<int:pk>/codes/", shifts.shift_codes, name="shift-codes"),
    row_act("confirm", shifts.sign_up_confirm),
    row_act("leave", shifts.sign_up_leave),
    row_act("in", shifts.sign_up_in),
    row_act("out", shifts.sign_up_out),
    row_act("approve", shifts.sign_up_approve),
    row_act("reject", shifts.sign_up_reject),
    row_act("adjust", shifts.sign_up_adjust),
    row_act("appeal", shifts.sign_up_appeal),
    row_act("rule", shifts.sign_up_rule),
    row_act("track", shifts.sign_up_track),
    row_act("track-ruling", shifts.sign_up_track_ruling),
    path("hours/", hours.hours_list, name="hours-list"),
    path("hours/approve/", hours.approve_many, name="hours-approve"),
    path("hours/close/", hours.close_month, name="close-month"),
    path("incidents/", incidents.incident_list, name="incident-list"),
    path("incidents/<incident:code>/", incidents.incident_detail, name="incident-detail"),
    path("incidents/<incident:code>/photos/<uuid:uid>/", incidents.photo, name="incident-photo"),
    path("incidents/<incident:code>/receive/", incidents.receive, name="incident-receive"),
    path("incidents/<incident:code>/handle/", incidents.handle, name="incident-handle"),
    path("incidents/<incident:code>/transfer/", incidents.transfer, name="incident-transfer"),
    path("incidents/<incident:code>/feed-back/", incidents.feed_back, name="incident-feed-back"),
    path("incidents/<incident:code>/close/", incidents.close, name="incident-close"),
    path("beats/", beats.beat_list, name="beat-list"),
    path("beats/add/", beats.beat_add, name="beat-add"),
    path("beats/<int:pk>/", beats.beat_detail, name="beat-detail"),
    path("me/", me.me, name="me"),
    path("me/assistance/<int:pk>/", me.assistance, name="assistance-answer"),
    path("me/report/", me.report, name="report"),
    path("me/scan/<signed:code>/", me.scan, name="scan"),
    path("me/tracks/", me.tracks, name="track-consent"),
    path("me/worker.js", me.worker, name="worker"),
    path("me/manifest.webmanifest", me.manifest, name="manifest"),
    path("apply/", public.apply, name="apply"),
    path("apply/done/", public.applied, name="applied"),
]
