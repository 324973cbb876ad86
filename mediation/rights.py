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
