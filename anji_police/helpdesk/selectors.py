"""Reads of the help desk that are too wide for a QuerySet method."""

from datetime import date, timedelta

from anji_police.helpdesk.models import HelpRequest
from anji_police.periods import SHANGHAI
from anji_police.workflow import services as workflow


def answer_by(request: HelpRequest) -> date | None:
    """The last day, in Anji, on which the answer is in time; None when no answer clock runs or it stands still."""
    clock = (
        workflow.clocks_of(request)
        .filter(kind="helpdesk.answer", met_at=None, cancelled_at=None, paused_at=None)
        .first()
    )
    return (clock.due_at - timedelta(microseconds=1)).astimezone(SHANGHAI).date() if clock else None
