from anji_police.workflow.rules import RuleSpec

_BUREAU = "局内规定（默认值，由局确定）"
_ENGELSYSTEM = "局内规定（默认值；参照开源志愿者排班系统通行做法）"

RULES = [
    RuleSpec(
        "volunteers.youngest",
        16,
        "years",
        "义警最低年龄（周岁）",
        "局内规定（默认值；参照民法典第十八条第二款）",
    ),
    RuleSpec("volunteers.leave", 3, "hours", "请假须在班次开始前多少小时提出", _ENGELSYSTEM),
    RuleSpec("volunteers.early", 30, "minutes", "班次开始前多少分钟起可签到", _BUREAU),
    RuleSpec("volunteers.grace", 30, "minutes", "开始后未签到即记缺勤的宽限时间", _BUREAU),
    RuleSpec("volunteers.check_out", 60, "minutes", "班次结束后多少分钟内可自行签退", _BUREAU),
    RuleSpec("volunteers.distance", 300, "count", "签到点与集合点或巡区的最大距离（米）", _BUREAU),
    RuleSpec("volunteers.offline", 72, "hours", "离线签到签退的最迟上传时间", _BUREAU),
    RuleSpec("volunteers.rest", 8, "hours", "夜间班次前后的最短休息时间", _BUREAU),
    RuleSpec("volunteers.daily_cap", 10, "hours", "任意24小时内服务时长上限", _ENGELSYSTEM),
    RuleSpec("volunteers.night_from", 2, "hours", "夜间服务起始时刻（时）", _ENGELSYSTEM),
    RuleSpec("volunteers.night_to", 8, "hours", "夜间服务结束时刻（时）", _ENGELSYSTEM),
    RuleSpec("volunteers.night_bonus", 100, "percent", "夜间服务积分加成", _ENGELSYSTEM),
    RuleSpec("volunteers.no_show_penalty", 200, "percent", "缺勤扣分占班次应得积分的比例", _ENGELSYSTEM),
    RuleSpec("volunteers.no_shows_allowed", 2, "count", "90日内缺勤达到几次后暂停自行报名", _ENGELSYSTEM),
    RuleSpec("volunteers.points_per_hour", 10, "points", "每服务一小时积分", _BUREAU),
    RuleSpec(
        "volunteers.points_lead", 50, "points", "有效线索积分", "局内规定（默认值，参照泰州姜堰义警积分做法）"
    ),
    RuleSpec("volunteers.appeal", 7, "days", "对缺勤和时长认定提出申诉的期限", _BUREAU),
    RuleSpec("volunteers.receive", 15, "minutes", "义警上报事件的接收时限", _BUREAU),
    RuleSpec(
        "volunteers.star_1",
        100,
        "hours",
        "一星级志愿者累计时长",
        "局内规定（默认值，参照《志愿服务记录办法》民函〔2012〕340号）",
    ),
    RuleSpec(
        "volunteers.star_2",
        300,
        "hours",
        "二星级志愿者累计时长",
        "局内规定（默认值，参照《志愿服务记录办法》民函〔2012〕340号）",
    ),
    RuleSpec(
        "volunteers.star_3",
        600,
        "hours",
        "三星级志愿者累计时长",
        "局内规定（默认值，参照《志愿服务记录办法》民函〔2012〕340号）",
    ),
    RuleSpec(
        "volunteers.star_4",
        1000,
        "hours",
        "四星级志愿者累计时长",
        "局内规定（默认值，参照《志愿服务记录办法》民函〔2012〕340号）",
    ),
    RuleSpec(
        "volunteers.star_5",
        1500,
        "hours",
        "五星级志愿者累计时长",
        "局内规定（默认值，参照《志愿服务记录办法》民函〔2012〕340号）",
    ),
    RuleSpec("volunteers.per_address_hour", 20, "count", "同一网络地址每小时入队申请上限", _BUREAU),
    RuleSpec("volunteers.total_hour", 500, "count", "全局每小时入队申请上限", _BUREAU),
]
