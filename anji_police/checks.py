"""System checks of the settings. Those tagged security run with `check --deploy`."""

import hashlib

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register


@register(Tags.security, deploy=True)
def deployment_check(app_configs, **kwargs):
    found = []
    if settings.DEMO_WITHOUT_SECOND_FACTOR:
        found.append(
            Error(
                "Demonstration accounts sign in without a second factor.",
                hint="Unset DEMO_WITHOUT_SECOND_FACTOR before the portal serves real people.",
                id="portal.E001",
            )
        )
    if not settings.SERVED_OVER_HTTPS:
        found.append(
            Error("The portal is not served over HTTPS.", hint="Set SERVED_OVER_HTTPS=1.", id="portal.E002")
        )
    return found


@register(Tags.security)
def keys_check(app_configs, **kwargs):
    from django.core.exceptions import ImproperlyConfigured

    from anji_police import crypto

    found = []
    for name, parse in (("FIELD_KEYS", crypto.field_keys), ("INDEX_KEYS", crypto.index_keys)):
        try:
            parse()
        except ImproperlyConfigured as error:
            found.append(Error(str(error), id=f"portal.E003.{name}"))
    if settings.FIELD_CIPHER == "sm4-gcm" and "sm3" not in hashlib.algorithms_available:
        found.append(Warning("This OpenSSL has no SM3.", id="portal.W001"))
    return found
