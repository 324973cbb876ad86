"""The acts of the volunteers' field, the only writers of its tables."""

from volunteers.services.assisting import answer_assistance, ask_to_assist, end_all_in, end_assistance
from volunteers.services.attending import check_in, check_out, sweep
from volunteers.services.beats import add_beat, shape_from
from volunteers.services.exporting import record_export
from volunteers.services.honours import award_honour, award_star, issue_certificate
from volunteers.services.incidents import close as close_incident
from volunteers.services.incidents import (
    feed_back,
    handle_on_spot,
    receive,
    report,
    transfer,
)
from volunteers.services.ledger import adjust_hours, balance, close_month, redeem_points
from volunteers.services.members import (
    activate_member,
    add_member,
    apply,
    leave_team,
    link_account,
    mark_trained,
    record_qualification,
    refuse_member,
    resume_member,
    suspend_member,
    vet_member,
)
from volunteers.services.settling import (
    approve_hours,
    file_appeal,
    reject_hours,
    rule_on_appeal,
    settle_shift,
)
from volunteers.services.shifts import (
    add_template,
    cancel_shift,
    change_shift,
    open_shift,
    plan_from_template,
    plan_shift,
)
from volunteers.services.signing import confirm, sign_up, take_leave
from volunteers.services.teams import (
    approve_team,
    dissolve_team,
    enter_team,
    name_leader,
    refuse_team,
    resume_team,
    set_recruiting,
    suspend_team,
)
from volunteers.services.tracking import add_points, consent_to_tracks, import_track, rule_on_track

__all__ = [
    "activate_member",
    "add_beat",
    "add_member",
    "add_points",
    "add_template",
    "adjust_hours",
    "answer_assistance",
    "apply",
    "approve_hours",
    "approve_team",
    "ask_to_assist",
    "award_honour",
    "award_star",
    "balance",
    "cancel_shift",
    "change_shift",
    "check_in",
    "check_out",
    "close_incident",
    "close_month",
    "confirm",
    "consent_to_tracks",
    "dissolve_team",
    "end_all_in",
    "end_assistance",
    "enter_team",
    "feed_back",
    "file_appeal",
    "handle_on_spot",
    "import_track",
    "issue_certificate",
    "leave_team",
    "link_account",
    "mark_trained",
    "name_leader",
    "open_shift",
    "plan_from_template",
    "plan_shift",
    "receive",
    "record_export",
    "record_qualification",
    "redeem_points",
    "refuse_member",
    "refuse_team",
    "reject_hours",
    "report",
    "resume_member",
    "resume_team",
    "rule_on_appeal",
    "rule_on_track",
    "set_recruiting",
    "settle_shift",
    "shape_from",
    "sign_up",
    "suspend_member",
    "suspend_team",
    "sweep",
    "take_leave",
    "transfer",
    "vet_member",
]
