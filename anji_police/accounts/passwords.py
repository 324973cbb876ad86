"""Password rules of graded protection level 3 (GB/T 22239-2019 8.1.4.1 a), beyond what Django ships."""

import re

from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_CLASSES = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^a-zA-Z0-9]")
CLASSES_WANTED = 3
REMEMBERED = 5  # passwords that may not come back


class ClassesValidator:
    """At least three of: small letters, capitals, digits, other characters."""

    def validate(self, password, user=None) -> None:
        if sum(bool(re.search(pattern, password)) for pattern in _CLASSES) < CLASSES_WANTED:
            raise ValidationError(self.get_help_text(), code="password_classes")

    def get_help_text(self) -> str:
        return _("Use at least three of: small letters, capitals, digits, other characters.")


class ReuseValidator:
    """None of the last five passwords."""

    def validate(self, password, user=None) -> None:
        if user is None or user.pk is None:
            return
        old = [user.password, *user.old_passwords.values_list("password", flat=True)[:REMEMBERED]]
        if any(stored and check_password(password, stored) for stored in old):
            raise ValidationError(self.get_help_text(), code="password_reused")

    def get_help_text(self) -> str:
        return _("Don't take one of your last five passwords again.")
