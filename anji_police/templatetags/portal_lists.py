"""Template tags of work queues: figures, views, filters, table, bulk bar, pager."""

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from anji_police.paging import address
from anji_police.templatetags.portal import icon

register = template.Library()


@register.inclusion_tag("components/strip.html")
def strip(figures):
    """Up to five figures over a queue: dicts with label, value, unit and maybe url."""
    return {"figures": figures}


@register.inclusion_tag("components/tabs.html")
def view_tabs(views, label=""):
    """Views of a queue: dicts with label, url, current, and maybe count and hot (red count)."""
    return {"views": views, "label": label or _("Views of this queue")}


@register.inclusion_tag("components/filters.html", takes_context=True)
def filters(context, form, target: str = "#rows", label="", fold: int = 1):
    """The filter form of a queue: GET, works without script; with it the rows in `target` are swapped. On a phone all
    fields after the first `fold` are behind a button."""
    request = context["request"]
    kept = [
        (name, value)
        for name in ("view", "sort", "saved")
        if name not in form.fields and (value := request.GET.get(name))
    ]
    return {
        "form": form,
        "target": target,
        "label": label or _("Filter"),
        "kept": kept,
        "applied": len(applied(form, request)),
        "path": request.path,
        "fold": fold,
    }


def applied(form, request) -> list[tuple[str, str, str]]:
    """(label, value in words, address without it) of each filter in use."""
    found = []
    for name, field in form.fields.items():
        bound = form[name]
        names = [n for n in request.GET if (n == name or n.startswith(f"{name}_")) and request.GET.get(n)]
        values = [v for n in names for v in request.GET.getlist(n) if v]
        if not values or field.widget.is_hidden:
            continue
        choices = {str(key): str(word) for key, word in getattr(field, "choices", [])}
        words = _(", ").join(choices.get(v, v) for v in values)
        found.append(
            (str(bound.label), words, address(request, **dict.fromkeys([*names, "after", "before"])))
        )
    return found


@register.inclusion_tag("components/chips.html", takes_context=True)
def chips(context, form, page=None):
    """The filters in use, each with a cross, and how many rows they leave."""
    request = context["request"]
    names = [n for n in request.GET if n not in ("view", "sort", "saved")]
    return {
        "chips": applied(form, request),
        "clear": address(request, **dict.fromkeys(names)),
        "page": page,
    }


@register.simple_block_tag(takes_context=True)
def queue_table(
    context, content, caption, columns, select: bool = False, dense: bool = True, default_sort="", empty=""
):
    """A queue's table; the block's content is its rows (see docs/pages.md). Becomes cards on a phone."""
    heads = [_head(context, column, default_sort) for column in columns]
    if select:
        heads.insert(
            0,
            format_html(
                '<th scope="col" role="columnheader" class="ck"><label class="ckl"><input class="form-check-input" '
                'type="checkbox" data-all><span class="visually-hidden">{}</span></label></th>',
                _("Select all on this page"),
            ),
        )
    return format_html(
        '<div class="tw" tabindex="0" role="region" aria-label="{}">'
        '<table class="q cards{}" role="table" data-rows{}><caption class="visually-hidden">{}</caption>'
        '<thead role="rowgroup"><tr role="row">{}</tr></thead><tbody role="rowgroup">{}</tbody></table></div>',
        _("%(table)s, scrolls sideways") % {"table": caption},
        " dense" if dense else "",
        " data-select" if select else "",
        caption,
        format_html_join("", "{}", ((head,) for head in heads)),
        content,
    )


def _head(context, column, default_sort: str) -> SafeString:
    css = format_html(' class="{}"', column.css) if column.css else ""
    if column.hidden:
        return format_html(
            '<th scope="col" role="columnheader"{}><span class="visually-hidden">{}</span></th>',
            css,
            column.label,
        )
    if not column.key:
        return format_html('<th scope="col" role="columnheader"{}>{}</th>', css, column.label)
    request = context["request"]
    now = request.GET.get("sort", default_sort)
    mine = now.lstrip("-") == column.key
    down = mine and now.startswith("-")
    state = format_html(' aria-sort="{}"', "descending" if down else "ascending") if mine else ""
    url = address(request, sort=column.key if down or not mine else f"-{column.key}", after=None, before=None)
    return format_html(
        '<th scope="col" role="columnheader"{}{}><a class="so plain" href="{}">{}{}</a></th>',
        css,
        state,
        url,
        column.label,
        icon("chevron-down" if down else "chevron-up") if mine else "",
    )


@register.simple_tag
def row_check(value, label) -> SafeString:
    """The first cell of a row that can be selected; belongs to the form with id "bulk-form"."""
    return format_html(
        '<td role="cell" class="ck"><label class="ckl"><input class="form-check-input" type="checkbox" name="pk" '
        'value="{}" form="bulk-form"><span class="visually-hidden">{}</span></label></td>',
        value,
        _("Select %(row)s") % {"row": label},
    )


@register.simple_block_tag(takes_context=True)
def bulk_bar(context, content, url: str, page=None):
    """The bar that appears with a selection. The block's content is buttons with name="act"; they post to `url` the
    chosen pk values, or all=1 with the filters of this page when "all N" was chosen."""
    total = page.total if page is not None else None
    return render_to_string(
        "components/bulk.html",
        {
            "url": url,
            "content": content,
            "csrf_token": context.get("csrf_token"),
            "query": context["request"].GET.urlencode(),
            "total": total if page is not None and total and total > len(page) else None,
            "capped": page.is_capped if page is not None else False,
        },
    )


@register.inclusion_tag("components/pager.html")
def pager(page, target: str = "#rows"):
    """First, previous and next of a keyset Page (anji_police/paging.py)."""
    return {"page": page, "target": target}
