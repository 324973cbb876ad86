from django.utils.translation import gettext_lazy as _

from anji_police.accounts.roles import POLICE, Role, grant

HANDLERS = (Role.OFFICER, Role.STATION_CHIEF, Role.DUTY_DESK)
grant("mediation.view_dispute", *POLICE, Role.MEDIATOR)
grant("mediation.view_mediator", *POLICE)
grant("mediation.register_dispute", *HANDLERS)
grant("mediation.dispatch_dispute", *HANDLERS)
grant("mediation.mediate_dispute", *HANDLERS, Role.MEDIATOR)
grant("mediation.close_dispute", *HANDLERS)
grant("mediation.reopen_dispute", Role.STATION_CHIEF, Role.DUTY_DESK)
grant("mediation.change_mediator", Role.STATION_CHIEF, Role.DUTY_DESK)
grant(
    "mediation.call_party",
    Role.MEDIATOR,
    label=_("See the phone numbers of the parties of disputes taken on, with a reason"),
)
grant(
    "mediation.escalate_dispute",
    *HANDLERS,
    Role.MEDIATOR,
    label=_("Report signs of escalation in a dispute to the police"),
)
grant("mediation.answer_task", *HANDLERS, label=_("Answer a police task of a dispute"))
grant("mediation.decide_case", *HANDLERS, label=_("Record the decision of a public-security case"))
grant(
    "mediation.file_confirmation",
    *HANDLERS,
    Role.MEDIATOR,
    label=_("File the parties' application for judicial confirmation"),
)
grant("mediation.refer_dispute", *HANDLERS, label=_("Refer a dispute on, and confirm a receipt"))
grant(
    "mediation.put_in_charge",
    Role.STATION_CHIEF,
    Role.DUTY_DESK,
    label=_("Name the leader in charge of a hard dispute"),
)
