"""The acts of mediation, the only writers of its tables."""

from mediation.services.calling import reveal_phone
from mediation.services.closing import close, reopen
from mediation.services.dispatching import accept_offer, decline_offer, offer, replace_mediator
from mediation.services.following import plan_follow_up, record_follow_up, waive_follow_up
from mediation.services.matching import declare_origin, offer_pair, reject_mediator
from mediation.services.mediating import (
    conclude_failed,
    put_into_effect,
    record_agreement,
    record_performance,
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
from mediation.services.registering import (
    PartySpec,
    add_party,
    assess_risk,
    record_consent,
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

__all__ = [
    "PartySpec",
    "accept_offer",
    "add_committee",
    "add_mediator",
    "add_member",
    "add_party",
    "add_station",
    "add_team",
    "appoint",
    "assess_risk",
    "change_mediator",
    "change_team",
    "close",
    "conclude_failed",
    "decide_complaint",
    "declare_origin",
    "decline_offer",
    "end_conflict",
    "end_membership",
    "link_account",
    "offer",
    "offer_pair",
    "plan_follow_up",
    "put_into_effect",
    "record_agreement",
    "record_complaint",
    "record_conflict",
    "record_consent",
    "record_follow_up",
    "record_performance",
    "record_session",
    "record_training",
    "refuse_mediation",
    "register",
    "reject_mediator",
    "reopen",
    "replace_mediator",
    "retire_mediator",
    "reveal_phone",
    "waive_follow_up",
]
