"""Template tags of the page shell: icons, chips, frames. Lists and forms are in portal_lists.py and portal_forms.py."""

from functools import cache
from pathlib import Path
from xml.etree import ElementTree

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from anji_police import nav
from anji_police.crypto import Secret

register = template.Library()
ICONS = Path(settings.BASE_DIR) / "static" / "vendor" / "tabler-icons"
TONES = {  # colour, icon and word always come together
    "danger": "alert-octagon",
    "warn": "clock",
    "info": "refresh",
    "ok": "circle-check",
    "violet": "arrows-exchange",
    "mute": "circle-dot",
}
SOON_SECONDS = 30 * 60


@cache
def _paths(name: str) -> SafeString:
    """The drawing of one vendored icon; raises FileNotFoundError for a name that is not in icons.txt."""
    svg = ElementTree.parse(ICONS / f"{name}.svg").getroot()  # noqa: S314 - our own file
    drawn = [
        node.get("d") for node in svg.iter() if node.tag.endswith("path") and node.get("stroke") != "none"
    ]
    return format_html_join("", '<path d="{}"/>', ((d,) for d in drawn))


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """One icon as inline SVG, hidden from screen readers: a word always stands beside it."""
    return format_html(
        '<svg class="ic{}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>',
        f" {css}" if css else "",
        _paths(name),
    )


# -- chips --------------------------------------------------------------------------------------------------------
@register.simple_tag
def status(label, tone: str = "mute", icon_name: str = "", size: str = "") -> SafeString:
    """A status chip; `tone` is danger, warn, info, ok, violet or mute, `size` "lg" beside a heading."""
    if tone not in TONES:
        raise ValueError(f"no tone {tone}")
    return format_html(
        '<span class="st st-{}{}">{}{}</span>',
        tone,
        " st-lg" if size == "lg" else "",
        icon(icon_name or TONES[tone]),
        label,
    )


@register.simple_tag
def status_of(record, size: str = "") -> SafeString:
    """The chip of a record with `status` and, on its class, `STATUS_TONES` = {status: tone}."""
    tone = getattr(record, "STATUS_TONES", {}).get(record.status, "mute")
    return status(record.get_status_display(), tone, size=size)


@register.simple_tag
def grade(level) -> SafeString:
    """高 / 中 / 低 for 3, 2, 1 (or "high", "medium", "low")."""
    number = {"high": 3, "medium": 2, "low": 1}.get(level, level)
    words = {3: _("High"), 2: _("Medium"), 1: _("Low")}
    if number not in words:
        return mark_safe('<span class="muted">—</span>')
    return format_html('<span class="lv lv-{}">{}</span>', number, words[number])


def span_words(seconds: float) -> str:
    """A length of time in words, in the largest two units: 38 分, 1 时 20 分, 3 天 4 时."""
    minutes = int(abs(seconds) // 60)
    days, hours, rest = minutes // 1440, minutes % 1440 // 60, minutes % 60
    if days:
        whole = ngettext("%d day", "%d days", days) % days
        return f"{whole} {_('%d h') % hours}" if hours and days < 10 else whole
    if hours:
        return f"{_('%d h') % hours} {_('%d min') % rest}" if rest else _("%d h") % hours
    return _("%d min") % rest


@register.simple_tag
def due(at, met=None, paused: bool = False, now=None) -> SafeString:
    """A time limit: 剩 38 分, 超时 4 分, met or paused. `at`, `met` and `now` are aware datetimes, or empty."""
    if met:
        if at and met > at:
            words = _("met %(time)s late") % {"time": span_words((met - at).total_seconds())}
            return format_html('<span class="due due-over">{}</span>', words)
        return status(_("Met"), "ok")
    if paused:
        return status(_("Paused"), "mute", "clock-pause")
    if not at:
        return mark_safe('<span class="muted">—</span>')
    left = (at - (now or timezone.now())).total_seconds()
    if left < 0:
        css, words = " due-over", _("%(time)s over") % {"time": span_words(left)}
    else:
        css = " due-soon" if left < SOON_SECONDS else ""
        words = _("%(time)s left") % {"time": span_words(left)}
    exact = timezone.localtime(at)
    return format_html(
        '<time class="due{}" datetime="{}" title="{}">{}</time>',
        css,
        exact.isoformat(timespec="minutes"),
        exact.strftime("%Y-%m-%d %H:%M"),
        words,
    )


@register.simple_tag
def moment(at, style: str = "full") -> SafeString:
    """A time as `full` 2024-06-18 09:08, `day` 2024-06-18 or `clock` 09:08, in Asia/Shanghai; — for none."""
    if not at:
        return mark_safe('<span class="muted">—</span>')
    local = timezone.localtime(at) if hasattr(at, "hour") else at
    form = {"full": "%Y-%m-%d %H:%M", "day": "%Y-%m-%d", "clock": "%H:%M"}[style]
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), local.strftime(form))


@register.simple_tag
def avatar(name) -> SafeString:
    return format_html('<span class="ava ava-s" aria-hidden="true">{}</span>', str(name)[:1])


# -- frames -------------------------------------------------------------------------------------------------------
@register.simple_block_tag
def page_head(content, title, sub="") -> SafeString:
    """The h1 of a page with a line under it; the block's content is its row of actions."""
    return format_html(
        '<div class="page-head"><div><h1>{}</h1>{}</div>{}</div>',
        title,
        format_html('<p class="sub">{}</p>', sub) if sub else "",
        format_html('<div class="acts">{}</div>', content) if content.strip() else "",
    )


@register.simple_block_tag(takes_context=True)
def card(context, content, title, note="", action_url="", action="", bare: bool = False, css: str = ""):
    """A titled card. `bare` leaves out the inner padding, for tables and lists."""
    # Counted on the request: an included template has a render context of its own and would begin at 1 again.
    counted = getattr(context.get("request"), "__dict__", context.render_context.dicts[0])
    number = counted["card_count"] = counted.get("card_count", 0) + 1
    return format_html(
        '<section class="cardx{}" aria-labelledby="card-{}"><header><h2 id="card-{}">{}{}</h2>{}</header>{}</section>',
        f" {css}" if css else "",
        number,
        number,
        title,
        format_html("<small>{}</small>", note) if note else "",
        format_html('<div class="r"><a class="small-2" href="{}">{}</a></div>', action_url, action)
        if action_url
        else "",
        content if bare else format_html('<div class="bd">{}</div>', content),
    )


@register.simple_block_tag
def notice(content, tone: str = "info") -> SafeString:
    """A remark on the page: `tone` info, ok, warn or danger."""
    symbol = {
        "info": "info-circle",
        "ok": "circle-check",
        "warn": "alert-triangle",
        "danger": "alert-octagon",
    }
    return format_html(
        '<div class="notice notice-{}" role="note">{}<div>{}</div></div>', tone, icon(symbol[tone]), content
    )


@register.inclusion_tag("components/messages.html", takes_context=True)
def messages_block(context):
    return {"messages": context.get("messages")}


@register.simple_tag
def empty_state(title, text="", icon_name: str = "inbox", url: str = "", label="") -> SafeString:
    """What stands in the place of an empty table: one sentence and the next step."""
    return format_html(
        '<div class="empty">{}<p class="empty-t">{}</p>{}{}</div>',
        icon(icon_name),
        title,
        format_html("<p>{}</p>", text) if text else "",
        format_html('<a class="btn btn-line" href="{}">{}</a>', url, label) if url else "",
    )


@register.inclusion_tag("components/crumbs.html")
def crumbs(*pairs):
    """`{% crumbs _("Requests") list_url number "" %}`: label and address in turn, the last address empty."""
    return {"trail": [(pairs[i], pairs[i + 1]) for i in range(0, len(pairs), 2)]}


@register.inclusion_tag("components/steps.html")
def steps(entries, label=""):
    """`entries`: dicts or objects with label, state ("done", "now", "todo") and note."""
    return {"entries": entries, "label": label or _("Steps")}


@register.inclusion_tag("components/facts.html")
def facts(entries):
    """`entries`: (label, value) or (label, value, wide). A value may be a Secret, a date, or safe HTML of a tag."""
    rows = [(e[0], e[1], len(e) > 2 and e[2]) for e in entries]
    return {"rows": [(label, "—" if value in (None, "") else value, wide) for label, value, wide in rows]}


@register.inclusion_tag("components/timeline.html")
def timeline(entries):
    """`entries`, newest first: at, who, what, and if they exist body, tone (a, r, g, v), icon, internal, files."""
    return {"entries": entries}


@register.inclusion_tag("components/files.html")
def file_list(files, label=""):
    """`files`: objects with url, name, note (kind, size, time) and thumb_url for pictures."""
    return {"files": files, "label": label or _("Attachments")}


@register.inclusion_tag("components/sla.html")
def limits(deadlines, now=None):
    """The clocks of one record: label, due_at, met_at, paused_at, and if known spent and total minutes for the bar."""
    return {"deadlines": deadlines, "now": now or timezone.now()}


@register.inclusion_tag("components/masked.html", takes_context=True)
def masked(context, record, field: str, url: str = ""):
    """A sealed value behind its mask. Who may see it gets a button that asks for a reason and writes an access row: police by
    audit:reveal, others at the field's own address `url`, when the page has one for them."""
    value = getattr(record, field)
    if context["request"].user.has_perm("audit.reveal_personal_data"):
        url = reverse("audit:reveal")
    return {
        "value": value,
        "empty": value is None or str(value) == "",
        "is_secret": isinstance(value, Secret),
        "url": url,
        "subject": f"{record._meta.label_lower}:{record.pk}",
        "field": field,
        "label": record._meta.get_field(field).verbose_name,
        "dom_id": f"m-{record._meta.model_name}-{record.pk}-{field}",
        "csrf_token": context.get("csrf_token"),
    }


# -- menu ---------------------------------------------------------------------------------------------------------
SECTION_LABELS = {
    "top": "",
    "operations": lambda: _("Operations"),
    "records": lambda: _("Records and services"),
    "administration": lambda: _("Administration"),
}


def _menu(context):
    menu = context.get("menu") or []
    return menu() if callable(menu) else menu


def _here(context) -> str:
    """The menu address that is the longest start of this page's."""
    path = context["request"].path
    urls = [item.url for _section, items in _menu(context) for item in items]
    return max((url for url in urls if path.startswith(url)), key=len, default="")


@register.inclusion_tag("components/menu.html", takes_context=True)
def menu_list(context):
    """The side menu with the current entry marked."""
    user = context["request"].user
    menu = _menu(context)
    waiting = nav.waiting([item for _section, items in menu for item in items], user)
    sections = [
        (
            SECTION_LABELS[section]() if SECTION_LABELS[section] else "",
            [(item, waiting.get(item.url_name, 0)) for item in items],
        )
        for section, items in menu
    ]
    return {"sections": sections, "here": _here(context)}


@register.inclusion_tag("components/bottom_bar.html", takes_context=True)
def bottom_bar(context):
    """The bar at the foot of a phone: the first three entries of the menu, the inbox and the own account."""
    entries = [item for _section, items in _menu(context) for item in items][:3]
    return {
        "entries": entries,
        "here": _here(context),
        "inbox_url": context.get("inbox_url"),
        "unread": unread() if callable(unread := context.get("unread")) else 0,
    }


@register.simple_tag(takes_context=True)
def needs(context, *names: str) -> str:
    """Ask the base template to load scripts at the end of the page: "map", "cluster", "chart"."""
    request = context["request"]
    request.page_needs = getattr(request, "page_needs", set()) | set(names)
    return ""


@register.simple_tag(takes_context=True)
def needed(context) -> set[str]:
    return getattr(context["request"], "page_needs", set()) if "request" in context else set()


# -- map and chart ------------------------------------------------------------------------------------------------
@register.inclusion_tag("components/map.html", takes_context=True)
def map_block(context, dom_id: str, data=None, label="", small: bool = False, rows: bool = True):
    """A map with the county as its ground. `data` = {"markers": [{lon, lat, label, kind, url, note}], "layers": [{key,
    label, kind}], "areas": GeoJSON}; all WGS-84. The same markers stand in a list under it (`rows`)."""
    needs(context, "map", "cluster")
    data = {"markers": [], **(data or {})}
    return {
        "dom_id": dom_id,
        "data_id": f"{dom_id}-data",
        "data": data,
        "label": label or _("Map"),
        "small": small,
        "rows": data["markers"] if rows and not (small and len(data["markers"]) == 1) else [],
        "layers": data.get("layers", []),
        "tianditu": settings.TIANDITU_KEY,
    }


@register.inclusion_tag("components/map_picker.html", takes_context=True)
def map_picker(context, lon_field, lat_field, label=""):
    """A map on which a tap fills the two inputs (WGS-84 degrees); the inputs and a place list stay equally usable."""
    needs(context, "map")
    return {
        "lon": lon_field,
        "lat": lat_field,
        "label": label or _("Mark the place on the map"),
        "tianditu": settings.TIANDITU_KEY,
    }


@register.inclusion_tag("components/chart.html", takes_context=True)
def chart(context, dom_id: str, spec: dict, finding="", first_column=""):
    """A chart and its table. `spec` = {kind: line|bar|hbar, label, unit, labels: [], series: [{name, data, stack?,
    dash?, color?}], decal?}; `finding` says in one sentence what there is to see."""
    needs(context, "chart")
    rows = [(name, [series["data"][i] for series in spec["series"]]) for i, name in enumerate(spec["labels"])]
    return {
        "dom_id": dom_id,
        "spec": spec,
        "finding": finding or spec.get("label", ""),
        "rows": rows,
        "heads": [series["name"] for series in spec["series"]],
        "first_column": first_column or _("Period"),
    }


@register.simple_tag
def sparkline(values) -> SafeString:
    """A line of 54 by 26 px drawn on the server; None where there is no figure."""
    points = [float(v) for v in values if v is not None]
    if len(points) < 2:
        return mark_safe("")
    low, spread = min(points), (max(points) - min(points)) or 1.0
    step = 74 / (len(points) - 1)
    drawn = [(i * step, 27 - (value - low) / spread * 24) for i, value in enumerate(points)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in drawn)
    x, y = drawn[-1]
    return format_html(
        '<svg class="spark" viewBox="0 0 74 30" aria-hidden="true"><path d="M0,30 L{} L74,30 Z"/>'
        '<polyline points="{}"/><circle cx="{}" cy="{}" r="2.5"/></svg>',
        line.replace(" ", " L"),
        line,
        f"{x:.1f}",
        f"{y:.1f}",
    )
