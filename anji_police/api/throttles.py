from rest_framework.throttling import BaseThrottle

from anji_police import limits

PER_MINUTE = 600


class AccountThrottle(BaseThrottle):
    """At most 600 requests a minute for one account, counted in Postgres; sessions of pages are not counted."""

    def allow_request(self, request, view) -> bool:
        if request.auth is None:
            return True
        return limits.hit(f"api:{request.user.pk}", seconds=60) <= PER_MINUTE

    def wait(self) -> float:
        return 60.0
