"""What the actions of the trail are called. An app names its own in its `actions.py`, beside its rights.

name({"helpdesk.request.accepted": _("Request accepted")})
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

_labels: dict[str, Any] = {}


def name(labels: dict[str, Any]) -> None:
    """Give each action ("app.noun.verb-past") its label; an action named twice fails at start-up."""
    for action, label in labels.items():
        if action in _labels:
            raise ValueError(f"action {action} is named twice")
        _labels[action] = label


def label_of(action: str) -> Any:
    """What was done, in words; the action itself when nobody named it, such as one of an app that is gone."""
    return _labels.get(action, action)


def named() -> dict[str, Any]:
    """All actions with their labels, by action."""
    return dict(sorted(_labels.items()))


name({"portal.keys.rotated": _("Personal data sealed with new keys")})
