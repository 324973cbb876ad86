from anji_police.accounts.roles import Role, grant

grant("jobs.view_job", Role.SYSTEM_ADMIN)
grant("jobs.retry_job", Role.SYSTEM_ADMIN)
