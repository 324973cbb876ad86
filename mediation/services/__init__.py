"""The acts of mediation, the only writers of its tables."""

from mediation.services.assisting import answer_for_volunteer, ask_volunteer, release_volunteer
from mediation.services.calling import number_to_call, reveal_phone
from mediation.services.closing import close, reopen
from mediation.services.confirming import apply_for_confirmation, record_court
from mediation.services.dispatching import accept_offer, decline_offer, offer, replace_mediator
from mediation.services.drawing import draw, draw_file, read_paper
from mediation.services.escalating import answer_task, escalate, take_task
from mediation.services.extending import begin_appraisal, end_appraisal, extend
from mediation.services.filing import archive, check_identity, file_paper, tell_rights, withdraw_paper
from mediation.services.following import plan_follow_up, record_follow_up, waive_follow_up
from mediation.services.grading import assess_risk, put_in_charge
from mediation.services.matching import declare_origin, offer_pair, reject_mediator
from mediation.services.mediating import (
    conclude_failed,
    put_into_effect,
    record_agreement,
    record_session,
)
from mediation.services.people import (
    add_committee,
    add_mediator,
    add_station,
    add_team,
    appoint,
    change_mediator,
    change_team,
    link_account,
    retire_mediator,
)
from mediation.services.performing import record_performance, tell_routes
from mediation.services.public_security import decide_case, extend_case
from mediation.services.referring import ReferredBy, answer_referral, confirm_receipt, refer_out
from mediation.services.registering import (
    PartySpec,
    add_party,
    possible_duplicates,
    record_consent,
    record_round,
    refuse_mediation,
    register,
)
from mediation.services.registers import (
    add_member,
    decide_complaint,
    end_conflict,
    end_membership,
    record_complaint,
    record_conflict,
    record_training,
)
from mediation.services.suitability import check_suitability

__all__ = [
    "PartySpec",
    "ReferredBy",
    "accept_offer",
    "add_committee",
    "add_mediator",
    "add_member",
    "add_party",
    "add_station",
    "add_team",
    "answer_for_volunteer",
    "answer_referral",
    "answer_task",
    "apply_for_confirmation",
    "appoint",
    "archive",
    "ask_volunteer",
    "assess_risk",
    "begin_appraisal",
    "change_mediator",
    "change_team",
    "check_identity",
    "check_suitability",
    "close",
    "conclude_failed",
    "confirm_receipt",
    "decide_case",
    "decide_complaint",
    "declare_origin",
    "decline_offer",
    "draw",
    "draw_file",
    "end_appraisal",
    "end_conflict",
    "end_membership",
    "escalate",
    "extend",
    "extend_case",
    "file_paper",
    "link_account",
    "number_to_call",
    "offer",
    "offer_pair",
    "plan_follow_up",
    "possible_duplicates",
    "put_in_charge",
    "put_into_effect",
    "read_paper",
    "record_agreement",
    "record_complaint",
    "record_conflict",
    "record_consent",
    "record_court",
    "record_follow_up",
    "record_performance",
    "record_round",
    "record_session",
    "record_training",
    "refer_out",
    "refuse_mediation",
    "register",
    "reject_mediator",
    "release_volunteer",
    "reopen",
    "replace_mediator",
    "retire_mediator",
    "reveal_phone",
    "take_task",
    "tell_rights",
    "tell_routes",
    "waive_follow_up",
    "withdraw_paper",
]
