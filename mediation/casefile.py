"""The case file (卷宗) of a dispute: its catalogue as data, and what is missing in it.

The drawing of the file and the archive service read the same list.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from mediation.models import Dispute

SETTLED = (Dispute.Outcome.WRITTEN, Dispute.Outcome.ORAL)


@dataclass(frozen=True)
class Item:
    """One line of the catalogue. `is_needed`: compulsory in this dispute. `is_there`: the portal's own records hold it; a filed paper
    of the same key does as well."""

    number: int
    key: str
    label: Any
    is_needed: Callable[[Dispute], bool]
    is_there: Callable[[Dispute], bool]


def _never(dispute: Dispute) -> bool:
    return False


def _always(dispute: Dispute) -> bool:
    return True


def _was_mediated(dispute: Dispute) -> bool:
    return dispute.outcome != Dispute.Outcome.REFUSED


def _is_settled(dispute: Dispute) -> bool:
    return dispute.outcome in SETTLED


def _is_represented(dispute: Dispute) -> bool:
    return any(party.representative_name for party in dispute.parties.all())


def _all_identified(dispute: Dispute) -> bool:
    parties = list(dispute.parties.all())
    return bool(parties) and all(party.identity_checked_at for party in parties)


CATALOGUE = (
    Item(1, "application", _("Application or registration form"), _always, _always),
    Item(
        2, "rights", _("Notice of rights and duties"), _was_mediated, lambda d: d.rights_told_at is not None
    ),
    Item(3, "identity", _("Proof of identity"), _was_mediated, _all_identified),
    Item(4, "authority", _("Letter of authority"), _is_represented, _never),
    Item(5, "inquiry", _("Record of inquiry"), _never, _never),
    Item(6, "evidence", _("Evidence"), _never, _never),
    Item(
        7,
        "session",
        _("Record of mediation"),
        _was_mediated,
        lambda d: (
            any(session.is_signed for session in d.sessions.all())
            or (d.outcome == Dispute.Outcome.FAILED and d.sessions.exists())
        ),
    ),
    Item(8, "agreement", _("Agreement"), _is_settled, lambda d: d.agreement is not None),
    Item(
        9,
        "performance",
        _("Proof of performance"),
        _never,
        lambda d: d.agreement is not None and d.agreement.items.exclude(proof="").exists(),
    ),
    Item(
        10,
        "follow_up",
        _("Follow-up record"),
        _never,
        lambda d: d.follow_ups.exclude(done_at=None).exists(),
    ),
    Item(
        11, "confirmation", _("Papers of judicial confirmation"), _never, lambda d: d.confirmations.exists()
    ),
    Item(12, "statement", _("Statement"), _never, _never),
    Item(13, "back_cover", _("Back cover"), _always, lambda d: d.closed_at is not None),
)
KEYS = {item.key: item for item in CATALOGUE}


def catalogue(dispute: Dispute) -> list[dict]:
    """Each line with whether it is needed, whether the records hold it, and the papers filed under it."""
    papers: dict[str, list] = {}
    for paper in dispute.papers.select_related("added_by"):
        papers.setdefault(paper.item, []).append(paper)
    return [
        {
            "item": item,
            "needed": item.is_needed(dispute),
            "there": bool(papers.get(item.key)) or item.is_there(dispute),
            "papers": papers.get(item.key, []),
        }
        for item in CATALOGUE
    ]


def missing(dispute: Dispute) -> list[Item]:
    """The compulsory lines that neither the records nor a filed paper hold."""
    return [line["item"] for line in catalogue(dispute) if line["needed"] and not line["there"]]
