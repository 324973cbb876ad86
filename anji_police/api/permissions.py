from rest_framework.permissions import BasePermission


class HasActionPermission(BasePermission):
    """Maps each viewset action to one permission in `action_permissions`; an action that is not listed is refused."""

    def has_permission(self, request, view) -> bool:
        if not request.user.is_authenticated:
            return False
        if not hasattr(view, "action_map"):
            return False  # no viewset, so nothing says what its methods need
        if view.action is None:
            return True  # a method that the view does not have: answered with 405
        codename = getattr(view, "action_permissions", {}).get(view.action)
        return codename is not None and request.user.has_perm(codename)
