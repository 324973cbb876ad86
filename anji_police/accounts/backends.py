from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password

from anji_police.accounts.models import User
from anji_police.accounts.selectors import active_account


class RoleBackend(BaseBackend):
    """Checks a password; rights come from roles (accounts/roles.py)."""

    def authenticate(self, request, username=None, password=None, **kwargs):
        if not username or not password or "\x00" in username:
            return None
        user = User.objects.filter(username=username).first()
        if user is None:
            make_password(password)  # as slow as a known name, so that the time tells nothing
            return None
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id):
        return active_account(user_id)

    def has_perm(self, user, permission, obj=None) -> bool:
        return user.has_perm(permission, obj)
