from django.utils.translation import gettext_lazy as _

from anji_police.accounts.roles import POLICE, Role, grant

HANDLERS = (Role.OFFICER, Role.STATION_CHIEF, Role.DUTY_DESK)
LEADERS = (Role.STATION_CHIEF, Role.DUTY_DESK)

grant("helpdesk.view_request", *POLICE, label=_("See requests of citizens"))
grant("helpdesk.handle_request", *HANDLERS, label=_("Handle requests: accept, answer, return, merge, close"))
grant("helpdesk.assign_request", *LEADERS, label=_("Assign requests and name conflicts of interest"))
grant("helpdesk.rule_return", Role.DUTY_DESK, label=_("Rule on returned requests"))
grant("helpdesk.enter_request", *HANDLERS, label=_("Enter requests for citizens who call or come"))
grant("helpdesk.share_view", *LEADERS, label=_("Share views of the queue with the unit"))
grant("helpdesk.change_canned_reply", *LEADERS, label=_("Change canned replies"))
grant("helpdesk.change_routing_rule", Role.SECURITY_ADMIN, label=_("Change routing rules"))
