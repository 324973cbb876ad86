from anji_police.accounts.roles import POLICE, Role, grant

grant("helpdesk.view_request", *POLICE)
grant("helpdesk.handle_request", Role.OFFICER, Role.STATION_CHIEF, Role.DUTY_DESK)
grant("helpdesk.assign_request", Role.STATION_CHIEF, Role.DUTY_DESK)
grant("helpdesk.rule_return", Role.DUTY_DESK)
grant("helpdesk.enter_request", Role.OFFICER, Role.STATION_CHIEF, Role.DUTY_DESK)
grant("helpdesk.share_view", Role.STATION_CHIEF, Role.DUTY_DESK)
grant("helpdesk.change_canned_reply", Role.STATION_CHIEF, Role.DUTY_DESK)
grant("helpdesk.change_routing_rule", Role.SECURITY_ADMIN)
