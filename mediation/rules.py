from anji_police.workflow.rules import RuleSpec

RULES = [
    RuleSpec("mediation.accept", 3, "working_days", "调解员接受指派时限", "《人民法院在线调解规则》第十二条"),
    RuleSpec(
        "mediation.conclude",
        30,
        "days",
        "调解期限，自调解员接受之日起算",
        "《人民法院在线调解规则》第二十四条；《宁波市人民调解条例》第二十七条（参照）",
    ),
    RuleSpec(
        "mediation.second_try",
        7,
        "working_days",
        "治安调解再次调解时限",
        "《公安机关办理行政案件程序规定》第一百八十三条",
    ),
    RuleSpec(
        "mediation.judicial_confirmation",
        30,
        "days",
        "申请司法确认期限，自协议生效之日起算",
        "《人民调解法》第三十三条；《民事诉讼法》第二百零五条",
    ),
    RuleSpec(
        "mediation.follow_up_a", 1, "days", "A级（红）首次回访", "局内规定（默认值，参照湖州康山派出所做法）"
    ),
    RuleSpec(
        "mediation.follow_up_b", 3, "days", "B级（橙）首次回访", "局内规定（默认值，参照湖州康山派出所做法）"
    ),
    RuleSpec(
        "mediation.follow_up_c", 7, "days", "C级（黄）首次回访", "局内规定（默认值，参照湖州康山派出所做法）"
    ),
    RuleSpec(
        "mediation.follow_up_d", 15, "days", "D级（蓝）首次回访", "局内规定（默认值，参照湖州康山派出所做法）"
    ),
    RuleSpec(
        "mediation.appointment_warning",
        60,
        "days",
        "调解员聘任到期前提醒",
        "局内规定（默认值）；聘期三年参照《人民调解法》第八条",
    ),
]
