"""Puts who asked, and which request it was, into the context of row history and business events."""

import pghistory

from anji_police.audit import context


class TrailContextMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request_id = request.META[
            "portal.request_id"
        ]  # set by RequestLogMiddleware, shown by the page of a failure
        actor = request.user if request.user.is_authenticated else None
        with (
            context.request(request_id=request_id, address=request.META.get("REMOTE_ADDR", ""), actor=actor),
            pghistory.context(
                actor=actor.pk if actor else None,
                actor_name=actor.name if actor else "",
                request=request_id,
                url=request.path,
            ),
        ):
            response = self.get_response(request)
        response["X-Request-ID"] = request_id
        return response
