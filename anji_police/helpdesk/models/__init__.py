"""Requests of citizens (群众求助), from the form to the rating."""

from anji_police.helpdesk.models.desk import CannedReply, RoutingRule, SavedView
from anji_police.helpdesk.models.requests import (
    ASSIGN,
    ENDED,
    HANDLE,
    OPEN,
    RULE,
    HelpRequest,
    HelpRequestQuerySet,
    Status,
)
from anji_police.helpdesk.models.rulings import Merge, Rating, Return
from anji_police.helpdesk.models.sharing import Assist, Exclusion
from anji_police.helpdesk.models.thread import Attachment, Draft, Message

__all__ = [
    "ASSIGN",
    "ENDED",
    "HANDLE",
    "OPEN",
    "RULE",
    "Assist",
    "Attachment",
    "CannedReply",
    "Draft",
    "Exclusion",
    "HelpRequest",
    "HelpRequestQuerySet",
    "Merge",
    "Message",
    "Rating",
    "Return",
    "RoutingRule",
    "SavedView",
    "Status",
]
