from rest_framework.permissions import BasePermission


class HasActionPermission(BasePermission):
    """Maps each viewset action to one permission in `action_permissions`; an action that is not listed is refused."""

    def has_permission(self, request, view) -> bool:
        if not request.user.is_authenticated:
            return False
        codename = getattr(view, "action_permissions", {}).get(getattr(view, "action", None))
        return codename is not None and request.user.has_perm(codename)
