from anji_police.accounts.roles import Role, grant

grant("notifications.view_outbox", Role.SYSTEM_ADMIN)
