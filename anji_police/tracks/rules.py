from anji_police.workflow.rules import RuleSpec

BUREAU = "局内规定（默认值，由局确定）"

RULES = [
    RuleSpec("tracks.accuracy", 50, "metres", "轨迹点精度上限", BUREAU),
    RuleSpec(
        "tracks.speed_foot",
        25,
        "km_per_hour",
        "步行、骑行轨迹速度上限",
        "GB 17761-2024 电动自行车最高设计车速",
    ),
    RuleSpec(
        "tracks.speed_vehicle",
        120,
        "km_per_hour",
        "乘车、乘船轨迹速度上限",
        "《道路交通安全法实施条例》第七十八条",
    ),
    RuleSpec("tracks.gap", 5, "minutes", "轨迹中断的认定时长", BUREAU),
    RuleSpec("tracks.step", 15, "metres", "位移的最小计算距离", BUREAU),
    RuleSpec("tracks.kept_share", 70, "percent", "可信轨迹有效点的最低比例", BUREAU),
    RuleSpec("tracks.reach", 30, "metres", "视为已巡到的距离", BUREAU),
    RuleSpec(
        "tracks.raw_months",
        6,
        "months",
        "轨迹点保存期限，期满删除，里程等结果保留",
        "《个人信息保护法》第十九条（最短必要时间）；具体月数由局确定",
    ),
]
