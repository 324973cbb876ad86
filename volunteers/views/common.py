"""What the pages of the volunteers share."""

from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from anji_police.acts import run_act
from anji_police.htmx import render_page
from anji_police.paging import keyset, ordered

get_post = require_http_methods(["GET", "HEAD", "POST"])


def page_for(permission: str, methods=require_safe):
    """A page: signed in, and with the right to see what is on it."""

    def guard(view):
        return methods(login_required(permission_required(permission, raise_exception=True)(view)))

    return guard


def door(permission: str):
    """An act: posted, signed in; the act's own right is the service's."""
    return page_for(permission, require_POST)


def listing(request, *, filterset, columns, default: str, template: str, rows: str, **more):
    """A list page, or its rows for an htmx swap."""
    context = {
        "form": filterset.form,
        "page": keyset(request, ordered(filterset.qs, request, columns, default)),
        "columns": columns,
        "default_sort": default,
        **more,
    }
    return render_page(request, template, context, fragment=rows)


def act(request, found, *, form, name: str, do, page, done: str, after=None):
    """One act on one record by a form of its page: `do(cleaned data)` calls the service, `page(found, **bound)` shows it again."""
    return run_act(
        request,
        form=form,
        act=do,
        page=lambda **more: page(request, found, **{name: form}, **more),
        done=done,
        after=after or found.get_absolute_url,
    )


def seen(model, user, **key):
    """The record if it is in sight of the person, else 404."""
    return get_object_or_404(model.objects.visible_to(user), **key)
