from anji_police.workflow.rules import RuleSpec

RULES = [
    RuleSpec("helpdesk.accept", 8, "hours", "来件签收时限", "局内规定（默认值，由局确定）；时钟自派单起算"),
    RuleSpec("helpdesk.first_contact", 24, "hours", "首次联系群众时限", "局内规定（默认值，由局确定）"),
    RuleSpec(
        "helpdesk.answer",
        5,
        "working_days",
        "来件答复时限",
        "参照《潍坊市12345政务服务便民热线条例》第二十条",
    ),
    RuleSpec("helpdesk.answer_high", 2, "working_days", "紧急来件答复时限", "局内规定（默认值，由局确定）"),
    RuleSpec("helpdesk.return_window", 24, "hours", "退单时限", "参照《安阳市政务服务条例》第五十条"),
    RuleSpec("helpdesk.ruling", 1, "working_days", "退单裁定时限", "局内规定（默认值，由局确定）"),
    RuleSpec(
        "helpdesk.bad_rating", 1, "working_days", "差评联系时限", "参照《安阳市政务服务条例》第五十二条"
    ),
    RuleSpec("helpdesk.rating_open", 15, "days", "评价有效期，期满自动办结", "局内规定（默认值，由局确定）"),
    RuleSpec(
        "helpdesk.per_address_hour", 30, "count", "同一网络地址每小时来件上限", "局内规定（默认值，由局确定）"
    ),
    RuleSpec("helpdesk.total_hour", 3000, "count", "全局每小时来件上限", "局内规定（默认值，由局确定）"),
    RuleSpec(
        "helpdesk.tracking_tries",
        5,
        "count",
        "同一受理编号每小时查询试错上限",
        "局内规定（默认值，由局确定）",
    ),
    RuleSpec(
        "helpdesk.citizen_replies",
        20,
        "count",
        "群众每小时对同一来件的补充次数上限",
        "局内规定（默认值，由局确定）",
    ),
    RuleSpec(
        "helpdesk.address_uploads",
        60,
        "count",
        "同一网络地址每小时上传次数上限",
        "局内规定（默认值，由局确定）",
    ),
    RuleSpec(
        "helpdesk.tracking_address_tries",
        60,
        "count",
        "同一网络地址每小时查询试错上限",
        "局内规定（默认值，由局确定）",
    ),
]
