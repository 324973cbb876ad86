"""Refusals of the business, told apart from faults of the program. Pages and API turn them into answers in one place."""

from typing import Any

from django.utils.translation import gettext as _


class DomainError(Exception):
    """A rule of the domain refused the request; str(error) is safe to show and says what to do. Answered with 409."""

    status = 409
    code = "refused"

    def __init__(self, message: str, **facts: Any):
        super().__init__(message)
        self.facts = facts  # extra members of the RFC 9457 body, never personal data


class NotAllowed(DomainError):
    """The actor may see the record but not do this. Answered with 403."""

    status = 403
    code = "not-allowed"


class InvalidInput(DomainError):
    """The input itself is wrong; `fields` maps a field's name to its messages. Answered with 422."""

    status = 422
    code = "invalid"

    def __init__(self, message: str = "", *, fields: dict[str, list[str]] | None = None):
        super().__init__(message or _("Some answers need to be changed."))
        self.fields = fields or {}

    @property
    def faults(self) -> list[tuple[str, list[str]]]:
        """(name, messages) pairs for a template, where `fields.items` is the field of that name when there is one."""
        return list(self.fields.items())


class TransitionError(DomainError):
    """The record is not in a state from which it can go there; somebody may have been faster."""

    code = "wrong-state"


class StaleError(DomainError):
    """The record changed since the person opened it. `changes` maps a field's label to (theirs now, yours)."""

    code = "stale"

    def __init__(self, message: str, *, changes: dict[str, tuple[str, str]] | None = None):
        super().__init__(message)
        self.changes = changes or {}


class TooMany(DomainError):
    """A limit on how often this may be done is used up. Answered with 429 and Retry-After."""

    status = 429
    code = "too-many"

    def __init__(self, message: str, *, retry_after: int):
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(DomainError):
    """Something that the portal needs is down; nothing was received. Answered with 503 and Retry-After."""

    status = 503
    code = "unavailable"
    retry_after = 30
