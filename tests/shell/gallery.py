"""A page with every component in its states, served only by the tests: what axe and the tests of the tags look at."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.template import engines
from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from anji_police import views
from anji_police.errors import StaleError
from anji_police.paging import Column, Page
from anji_police.urls import handler400, handler403, handler404, handler500  # noqa: F401

NOW = datetime(2024, 6, 18, 1, 42, tzinfo=UTC)
TEMPLATES = settings.BASE_DIR / "tests" / "shell" / "templates"


class Filters(forms.Form):
    q = forms.CharField(label="关键词", required=False)
    level = forms.ChoiceField(label="级别", required=False, choices=[("", "全部"), ("3", "高"), ("2", "中")])
    since = forms.DateField(label="起始日期", required=False)


class Everything(forms.Form):
    kind = forms.ChoiceField(
        label="您要办什么事",
        widget=forms.RadioSelect,
        choices=[("a", "邻里纠纷"), ("b", "疑似诈骗"), ("c", "环境问题")],
    )
    story = forms.CharField(
        label="事情经过", help_text="时间、地点和诉求。", max_length=500, min_length=10, widget=forms.Textarea
    )
    town = forms.ChoiceField(label="所在乡镇", choices=[("1", "孝源街道"), ("2", "梅溪镇")], required=False)
    phone = forms.CharField(label="手机号码", max_length=11)
    topics = forms.MultipleChoiceField(
        label="涉及",
        widget=forms.CheckboxSelectMultiple,
        choices=[("x", "噪声"), ("y", "排水")],
        required=False,
    )
    lon = forms.FloatField(required=False, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, widget=forms.HiddenInput)
    agree = forms.BooleanField(label="我已阅读个人信息处理说明")


def context(request) -> dict:
    rows = [
        SimpleNamespace(
            pk=1, code="FZ-031", title="疑似冒充公检法", level=3, due_at=NOW - timedelta(minutes=4)
        ),
        SimpleNamespace(pk=2, code="FZ-033", title="刷单返利", level=2, due_at=NOW + timedelta(minutes=9)),
        SimpleNamespace(pk=3, code="FZ-024", title="网购退款", level=1, due_at=NOW + timedelta(hours=26)),
    ]
    months = ["2024-01", "02", "03", "04", "05", "06"]
    return {
        "now": NOW,
        "columns": [
            Column("级别"),
            Column("编号", "code"),
            Column("事项"),
            Column("时限", "due_at"),
            Column("操作", hidden=True),
        ],
        "page": Page(rows, "?after=x", "?before=x", "?", 1001, 1000),
        "form": Filters(request.GET),
        "big": Everything(request.POST if request.method == "POST" else None),
        "views": [
            {"label": "待劝阻", "url": "?view=a", "current": True, "count": 18},
            {"label": "超时", "url": "?view=b", "current": False, "count": 2, "hot": True},
        ],
        "figures": [
            {"label": "今日预警", "value": 42, "unit": "条", "url": "?x"},
            {"label": "已劝阻", "value": 37, "unit": "条"},
        ],
        "steps": [
            {"label": "受理", "state": "done", "note": "09:11"},
            {"label": "处置", "state": "now", "note": "进行中"},
            {"label": "办结", "state": "todo", "note": ""},
        ],
        "facts": [("类型", "倾倒固体废物"), ("上报人", None), ("情况描述", "左岸护坡下方\n有砖块。", True)],
        "entries": [
            {
                "at": NOW,
                "who": "李警官",
                "what": "内部记录",
                "body": "调取卡口记录。",
                "internal": True,
                "tone": "a",
                "icon": "lock",
            },
            {"at": NOW, "who": "系统", "what": "派单至孝源派出所"},
        ],
        "files": [SimpleNamespace(url="/x", name="巡查记录单", note="PDF · 146 KB", thumb_url="")],
        "clocks": [
            {"label": "接单", "due_at": NOW, "met_at": NOW - timedelta(minutes=3)},
            {"label": "到场", "due_at": NOW + timedelta(minutes=20), "spent": 22, "total": 60},
            {"label": "办结", "due_at": NOW, "paused_at": NOW},
        ],
        "map": {
            "markers": [
                {
                    "lon": 119.59,
                    "lat": 30.60,
                    "label": "浒溪段倾倒建筑垃圾",
                    "kind": "event",
                    "url": "/x",
                    "note": "处置中",
                },
                *(
                    {"lon": 119.5 + n / 40, "lat": 30.5 + n / 60, "label": f"河道 {n} 号", "kind": "river"}
                    for n in range(12)
                ),
            ],
            "layers": [
                {"key": "river", "label": "河道", "kind": "river"},
                {"key": "event", "label": "事件", "kind": "event"},
            ],
        },
        "spot": {"markers": [{"lon": 119.59, "lat": 30.60, "label": "现场", "kind": "event"}], "fit": True},
        "chart": {
            "kind": "line",
            "label": "走势",
            "unit": "件",
            "labels": months,
            "series": [
                {"name": "纠纷", "data": [131, 128, 134, 126, 122, 119]},
                {"name": "劝阻", "data": [87, 90, 93, 88, 101, None], "dash": True},
            ],
        },
        "person": SimpleNamespace(pk=7, phone="138****2601", _meta=_Meta()),
        "label": _("Sign in"),
    }


class _Meta:
    label_lower, model_name = "helpdesk.contact", "contact"

    def get_field(self, name):
        return SimpleNamespace(verbose_name="手机号码")


def gallery(request) -> HttpResponse:
    source = (TEMPLATES / "gallery.html").read_text(encoding="utf-8")
    return HttpResponse(engines["django"].from_string(source).render(context(request), request))


def public(request) -> HttpResponse:
    source = (TEMPLATES / "public.html").read_text(encoding="utf-8")
    status = 422 if request.method == "POST" else 200
    return HttpResponse(
        engines["django"].from_string(source).render(context(request), request), status=status
    )


def refuse(request) -> HttpResponse:
    raise StaleError("李警官 3 分钟前已接单。", changes={"责任人": ("李警官", "沈警官")})


def fail(request) -> HttpResponse:
    raise RuntimeError("on purpose")


def reveal(request) -> HttpResponse:
    return HttpResponse(
        f"13812342601 {request.POST['subject']} {request.POST['field']} {request.POST['reason']}"
    )


audit_patterns = ([path("reveal/", reveal, name="reveal")], "audit")
urlpatterns = [
    path("gallery/", gallery),
    path("public/", public),
    path("refuse/", refuse),
    path("fail/", fail),
    path("api/fail/", fail),
    path("audit/", include(audit_patterns)),
    path("livez", views.livez),
    path("", include("anji_police.urls")),
]
