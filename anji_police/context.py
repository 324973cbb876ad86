"""What every page needs from the shell."""

from django.conf import settings

from anji_police import nav


def shell(request) -> dict:
    user = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    return {
        "bureau_name": settings.BUREAU_NAME,
        "menu": nav.menu_for(user) if signed_in else [],
        "tianditu": bool(settings.TIANDITU_KEY),
    }
