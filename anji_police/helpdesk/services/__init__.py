"""The acts of the help desk, the only writers of its tables."""

from anji_police.helpdesk.services.assigning import (
    accept,
    add_assist,
    assign,
    end_assist,
    exclude_officer,
    next_in_queue,
    route_to_field,
    unit_for,
)
from anji_police.helpdesk.services.bulk import apply_in_bulk, preview_bulk
from anji_police.helpdesk.services.drafts import attach_to_draft, drop_from_draft, load_draft, save_draft
from anji_police.helpdesk.services.handling import (
    add_note,
    answer,
    ask_citizen,
    close,
    edit,
    go_on,
    progress_from_field,
    reopen,
    reply,
    set_priority,
)
from anji_police.helpdesk.services.merging import merge, possible_duplicates, unmerge
from anji_police.helpdesk.services.receiving import Receipt, check_contact, submit
from anji_police.helpdesk.services.returning import give_back, rule_on_return
from anji_police.helpdesk.services.settings import add_routing_rule, end_routing_rule, save_canned
from anji_police.helpdesk.services.tracking import citizen_reply, open_with_secret, rate, withdraw
from anji_police.helpdesk.services.views import delete_view, save_view

__all__ = [
    "Receipt",
    "accept",
    "add_assist",
    "add_note",
    "add_routing_rule",
    "answer",
    "apply_in_bulk",
    "ask_citizen",
    "assign",
    "attach_to_draft",
    "check_contact",
    "citizen_reply",
    "close",
    "delete_view",
    "drop_from_draft",
    "edit",
    "end_assist",
    "end_routing_rule",
    "exclude_officer",
    "give_back",
    "go_on",
    "load_draft",
    "merge",
    "next_in_queue",
    "open_with_secret",
    "possible_duplicates",
    "preview_bulk",
    "progress_from_field",
    "rate",
    "reopen",
    "reply",
    "route_to_field",
    "rule_on_return",
    "save_canned",
    "save_draft",
    "save_view",
    "set_priority",
    "submit",
    "unit_for",
    "unmerge",
    "withdraw",
]
