from anji_police.workflow.rules import RuleSpec

BUREAU = "局内规定（默认值，由局确定）"
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
    *(
        RuleSpec(f"mediation.visit_every_{grade}", days, "days", f"{name}回访间隔", BUREAU)
        for grade, name, days in (
            ("a", "A级（红）", 7),
            ("b", "B级（橙）", 15),
            ("c", "C级（黄）", 30),
            ("d", "D级（蓝）", 90),
        )
    ),
    *(
        RuleSpec(f"mediation.visits_{grade}", count, "count", f"{name}调解结束后回访次数", BUREAU)
        for grade, name, count in (
            ("a", "A级（红）", 3),
            ("b", "B级（橙）", 2),
            ("c", "C级（黄）", 1),
            ("d", "D级（蓝）", 1),
        )
    ),
    *(
        RuleSpec(f"mediation.factor_{key}", points, "points", f"民转刑风险因素分值：{name}", BUREAU)
        for key, name, points in (
            ("violence", "已使用暴力", 4),
            ("threat", "有言语威胁", 3),
            ("weapon", "持械", 5),
            ("domestic", "家庭暴力", 3),
            ("alcohol", "酒后", 1),
            ("repeat_calls", "多次报警", 2),
            ("failed_before", "曾经调解未成", 2),
            ("debt_or_marriage", "债务、欠薪或婚姻", 1),
            ("group", "十人以上", 2),
            ("minor", "涉及未成年人", 2),
        )
    ),
    *(
        RuleSpec(f"mediation.grade_{grade}", points, "points", f"{name}最低分值", BUREAU)
        for grade, name, points in (("a", "A级（红）", 7), ("b", "B级（橙）", 4), ("c", "C级（黄）", 2))
    ),
    RuleSpec("mediation.red_unseen", 24, "hours", "A级（红）见面核查时限，逾期预警", BUREAU),
    RuleSpec(
        "mediation.police_task",
        2,
        "hours",
        "激化苗头移送公安后的处置反馈时限",
        "《人民调解法》第二十五条；时限由局确定（默认值）",
    ),
    RuleSpec(
        "mediation.consent",
        3,
        "working_days",
        "征询对方当事人意见时限",
        "《人民法院在线调解规则》第十五条（参照）",
    ),
    RuleSpec(
        "mediation.choose",
        2,
        "working_days",
        "当事人共同选定调解员时限",
        "《人民法院在线调解规则》第十条（参照）",
    ),
    RuleSpec(
        "mediation.appoint",
        3,
        "working_days",
        "未能共同选定时指定调解员时限",
        "《人民法院在线调解规则》第十条（参照）",
    ),
    RuleSpec(
        "mediation.extension",
        30,
        "days",
        "各方同意后每次延长调解期限的上限",
        "《宁波市人民调解条例》第二十七条（参照）；《人民法院在线调解规则》第二十四条",
    ),
    RuleSpec(
        "mediation.least_age",
        18,
        "years",
        "调解员最低年龄（周岁）",
        "《人民调解法》第十四条、《民法典》第十七条",
    ),
    RuleSpec(
        "mediation.crowd_speakers",
        5,
        "count",
        "人数众多一方的代表人数上限",
        "《宁波市人民调解条例》第二十条（参照）",
    ),
    RuleSpec(
        "mediation.public_security_tries",
        2,
        "count",
        "治安调解次数上限",
        "《公安机关办理行政案件程序规定》第一百八十三条",
    ),
    RuleSpec(
        "mediation.case",
        30,
        "days",
        "治安案件办案期限，自调解未成或者未履行之日起算",
        "《公安机关办理行政案件程序规定》第一百六十五条、第一百八十五条",
    ),
    RuleSpec(
        "mediation.case_extension",
        30,
        "days",
        "治安案件办案期限延长",
        "《公安机关办理行政案件程序规定》第一百六十五条",
    ),
    RuleSpec(
        "mediation.out_of_area",
        24,
        "hours",
        "非本辖区报案移送时限",
        "《公安机关办理行政案件程序规定》第六十一条",
    ),
    RuleSpec(
        "mediation.judicial_warning", 23, "days", "司法确认申请期限届满前提醒，自协议生效之日起算", BUREAU
    ),
    RuleSpec(
        "mediation.court_accept",
        3,
        "days",
        "法院决定是否受理司法确认的期限",
        "《最高人民法院关于人民调解协议司法确认程序的若干规定》第四条",
    ),
    RuleSpec(
        "mediation.court_decide",
        15,
        "days",
        "法院作出确认决定的期限",
        "《最高人民法院关于人民调解协议司法确认程序的若干规定》第五条",
    ),
    RuleSpec(
        "mediation.court_extension",
        10,
        "days",
        "法院作出确认决定的延长期限",
        "《最高人民法院关于人民调解协议司法确认程序的若干规定》第五条",
    ),
    RuleSpec(
        "mediation.court_decide_law",
        30,
        "days",
        "法院审结确认调解协议案件的期限",
        "《民事诉讼法》第一百八十七条",
    ),
    RuleSpec("mediation.referral_receipt", 3, "working_days", "移送后签收时限", BUREAU),
    *(
        RuleSpec(
            f"mediation.retention_{kind}",
            months,
            "months",
            f"调解卷宗保管期限：{name}",
            "法律未作规定，局内规定（默认值，请司法局确认）",
        )
        for kind, name, months in (
            ("neighbours", "邻里纠纷", 120),
            ("family", "婚姻家庭纠纷", 360),
            ("wages", "劳资纠纷", 120),
            ("debt", "债务合同纠纷", 120),
            ("land", "土地房屋纠纷", 360),
            ("injury", "伤害赔偿纠纷", 120),
            ("consumer", "消费纠纷", 120),
            ("other", "其他纠纷", 120),
        )
    ),
]
