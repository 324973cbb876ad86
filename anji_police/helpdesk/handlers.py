from anji_police.helpdesk.services import drafts
from anji_police.jobs.registry import periodic


@periodic("helpdesk.purge_drafts", every="day", at="03:20")
def purge_drafts(period: str) -> None:
    """Delete forms that nobody finished."""
    drafts.purge_drafts()
