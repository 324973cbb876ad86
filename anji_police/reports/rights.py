from anji_police.accounts.roles import Role, grant

grant("reports.view_report", Role.OFFICER, Role.STATION_CHIEF, Role.DUTY_DESK, Role.LEADERSHIP)
grant("reports.preview_report", Role.OFFICER, Role.STATION_CHIEF, Role.DUTY_DESK, Role.LEADERSHIP)
grant("reports.view_draft", Role.DUTY_DESK, Role.LEADERSHIP)
# The duty desk makes and reviews, leadership signs: who signs must be another person than who reviewed or asked for it.
grant("reports.request_report", Role.DUTY_DESK)
grant("reports.review_report", Role.DUTY_DESK)
grant("reports.issue_report", Role.LEADERSHIP)
