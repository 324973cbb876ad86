from django.utils.translation import gettext_lazy as _

from anji_police.accounts.roles import POLICE, Role, grant

HANDLERS = (Role.OFFICER, Role.STATION_CHIEF, Role.DUTY_DESK)
# A volunteer's account sees the own team only, and does only what concerns oneself or, for its leader, the own team.
grant("volunteers.view_team", *POLICE, label=_("See volunteer teams"))
grant("volunteers.view_member", *POLICE, Role.VOLUNTEER, label=_("See volunteers"))
grant("volunteers.view_shift", *POLICE, Role.VOLUNTEER, label=_("See shifts of volunteers"))
grant("volunteers.view_incident", *POLICE, Role.VOLUNTEER, label=_("See what volunteers reported"))
grant("volunteers.enter_team", *HANDLERS, label=_("Enter a volunteer team"))
grant("volunteers.approve_team", *HANDLERS, label=_("Approve a volunteer team"))
grant(
    "volunteers.suspend_team", *HANDLERS, label=_("Suspend and dissolve volunteer teams (security brigade)")
)
grant("volunteers.vet_member", *HANDLERS, label=_("Vet volunteers"))
grant("volunteers.change_member", *HANDLERS, label=_("Keep volunteers and their qualifications"))
grant("volunteers.serve", *HANDLERS, Role.VOLUNTEER, label=_("Sign up, check in and leave as a volunteer"))
grant("volunteers.plan_shift", *HANDLERS, Role.VOLUNTEER, label=_("Plan and cancel shifts of the own team"))
grant("volunteers.settle_shift", *HANDLERS, Role.VOLUNTEER, label=_("Settle shifts of the own team"))
grant("volunteers.approve_hours", *HANDLERS, label=_("Approve hours of volunteers"))
grant(
    "volunteers.rule_appeal",
    Role.STATION_CHIEF,
    Role.DUTY_DESK,
    label=_("Rule on appeals, correct hours and points"),
)
grant("volunteers.close_month", Role.DUTY_DESK, label=_("Close a month of volunteers' hours"))
grant("volunteers.report_incident", *HANDLERS, Role.VOLUNTEER, label=_("Report an incident as a volunteer"))
grant("volunteers.handle_incident", *HANDLERS, label=_("Handle what volunteers reported"))
grant(
    "volunteers.issue_certificate",
    *HANDLERS,
    Role.VOLUNTEER,
    label=_("Issue certificates of volunteer service"),
)
grant(
    "volunteers.import_members",
    Role.STATION_CHIEF,
    Role.DUTY_DESK,
    label=_("Import volunteer teams and members"),
)
grant(
    "volunteers.export_members",
    Role.STATION_CHIEF,
    Role.DUTY_DESK,
    label=_("Export volunteer teams and members"),
)
grant("volunteers.ask_to_assist", *HANDLERS, label=_("Ask a volunteer to assist in a matter"))
grant("volunteers.own_page", Role.VOLUNTEER, label=_("Use the volunteer's own page"))
