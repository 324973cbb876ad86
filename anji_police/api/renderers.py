from decimal import Decimal

import orjson
from django.utils.functional import Promise
from rest_framework.renderers import BaseRenderer
from rest_framework.utils.serializer_helpers import ReturnDict, ReturnList

from anji_police.crypto import Secret


def _plain(value):
    if isinstance(value, (ReturnDict, dict)):
        return dict(value)
    if isinstance(value, (ReturnList, list)):
        return list(value)
    if isinstance(value, (Promise, Decimal, Secret)):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


class JSONRenderer(BaseRenderer):
    """JSON by orjson, which the list endpoints need; decimals and secrets become text, secrets masked."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data, accepted_media_type=None, renderer_context=None) -> bytes:
        if data is None:
            return b""
        return orjson.dumps(data, default=_plain, option=orjson.OPT_NON_STR_KEYS)
