from anji_police.accounts.roles import STAFF, Role, grant

grant("workflow.view_rule", *STAFF)
grant("workflow.change_rule", Role.SECURITY_ADMIN)
