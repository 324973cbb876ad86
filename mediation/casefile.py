"""The case file (卷宗) of a dispute: its catalogue as data, and what is missing in it.

The page, the drawing of the file and the archive service read this one list. Source: the customary catalogue of people's mediation
files after the Ministry of Justice's forms of December 2010.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from anji_police.workflow import rules
from mediation.models import Dispute, Paper

SETTLED = (Dispute.Outcome.WRITTEN, Dispute.Outcome.ORAL)


@dataclass(frozen=True)
class Item:
    """One line of the catalogue. `title`: as it stands in the file, which is Chinese. `is_needed`: compulsory in this dispute.
    `is_there`: the portal's own records hold it; a filed paper of the same key does as well. `unless`: why it may be left out when it
    is not needed. `may_draw`: the paper can be drawn from the records, also before it counts, so that it can be signed; where it is
    not said, as soon as it is there."""

    number: int
    key: str
    title: str
    label: Any
    is_needed: Callable[[Dispute], bool]
    is_there: Callable[[Dispute], bool]
    unless: Any = ""
    may_draw: Callable[[Dispute], bool] | None = None

    def state_in(self, dispute: Dispute) -> tuple[bool, bool]:
        """Whether the records hold it, and whether it can be drawn from them."""
        there = self.is_there(dispute)
        return there, there if self.may_draw is None else self.may_draw(dispute)

    def title_in(self, dispute: Dispute) -> str:
        return (
            self.title
            if dispute.track == Dispute.Track.PEOPLE
            else self.title.replace("人民调解", "治安调解")
        )


def _never(dispute: Dispute) -> bool:
    return False


def _always(dispute: Dispute) -> bool:
    return True


def _was_mediated(dispute: Dispute) -> bool:
    return dispute.outcome != Dispute.Outcome.REFUSED


def _is_settled(dispute: Dispute) -> bool:
    return dispute.outcome in SETTLED


def _is_over(dispute: Dispute) -> bool:
    """Ended without agreement: the notice of it can be given."""
    return dispute.outcome in (Dispute.Outcome.FAILED, Dispute.Outcome.REFUSED)


def _is_represented(dispute: Dispute) -> bool:
    return any(party.representative_name for party in dispute.parties.all())


def _all_identified(dispute: Dispute) -> bool:
    parties = list(dispute.parties.all())
    return bool(parties) and all(party.identity_checked_at for party in parties)


def _has_record(dispute: Dispute) -> bool:
    sessions = list(dispute.sessions.all())
    return any(one.is_signed for one in sessions) or bool(
        sessions and dispute.outcome == Dispute.Outcome.FAILED
    )


def _has_agreement(dispute: Dispute) -> bool:
    return dispute.agreements.exists()


def _is_performed(dispute: Dispute) -> bool:
    return dispute.agreements.filter(items__done_on__isnull=False).exists()


def _was_visited(dispute: Dispute) -> bool:
    return dispute.follow_ups.exclude(done_at=None).exists()


def _was_in_court(dispute: Dispute) -> bool:
    return dispute.confirmations.exists()


MEDIATED = _("needed only when there was mediation")
CATALOGUE = (
    Item(
        1,
        "application",
        "人民调解受理登记表",
        _("Application or registration form"),
        _always,
        _always,
    ),
    Item(
        2,
        "rights",
        "人民调解权利义务告知书",
        _("Notice of rights and duties"),
        _was_mediated,
        lambda d: d.rights_told_at is not None,
        MEDIATED,
        may_draw=_always,
    ),
    Item(
        3,
        "identity",
        "当事人身份证明",
        _("Proof of identity"),
        _was_mediated,
        _all_identified,
        MEDIATED,
    ),
    Item(
        4,
        "authority",
        "授权委托书",
        _("Letter of authority"),
        _is_represented,
        _never,
        _("needed only when a party is represented"),
    ),
    Item(
        5,
        "inquiry",
        "调查记录",
        _("Record of inquiry"),
        _never,
        _never,
        _("only when an inquiry was made"),
    ),
    Item(
        6,
        "evidence",
        "证据材料",
        _("Evidence"),
        _never,
        _never,
        _("only when evidence was handed in"),
    ),
    Item(
        7,
        "session",
        "调解记录",
        _("Record of mediation"),
        _was_mediated,
        _has_record,
        MEDIATED,
        may_draw=lambda d: d.sessions.exists(),
    ),
    Item(
        8,
        "agreement",
        "人民调解协议书",
        _("Agreement"),
        _is_settled,
        _has_agreement,
        _("needed only when there is an agreement"),
    ),
    Item(
        9,
        "performance",
        "履行凭证",
        _("Proof of performance"),
        _never,
        _is_performed,
        _("once something was performed"),
    ),
    Item(
        10,
        "follow_up",
        "回访记录",
        _("Follow-up record"),
        _never,
        _was_visited,
        _("once a visit was made"),
    ),
    Item(
        11,
        "confirmation",
        "司法确认材料",
        _("Papers of judicial confirmation"),
        _never,
        _was_in_court,
        _("only when the court was asked"),
    ),
    Item(
        12,
        "statement",
        "有关情况说明",
        _("Statement"),
        _is_over,
        _is_over,
        _("needed only when there is no agreement"),
    ),
    Item(
        13,
        "back_cover",
        "封底",
        _("Back cover"),
        _always,
        lambda d: d.closed_at is not None,
        may_draw=_never,
    ),
)
KEYS = {item.key: item for item in CATALOGUE}
SCANNED = tuple(item for item in CATALOGUE if item.key != "back_cover")  # what may also be filed as a paper


@dataclass
class Line:
    """One line of the catalogue in one dispute: what is there for it."""

    item: Item
    needed: bool
    recorded: bool
    drawable: bool
    papers: list[Paper]
    dispute: Dispute

    @property
    def there(self) -> bool:
        return self.recorded or bool(self.papers)

    @property
    def missing(self) -> bool:
        return self.needed and not self.there

    @property
    def is_early(self) -> bool:
        """Missing, but there is time left: mediation goes on, or the back cover waits for the end."""
        return self.missing and (self.dispute.is_live or self.item.key == "back_cover")


def catalogue(dispute: Dispute) -> list[Line]:
    """Each line with whether it is needed, whether the records hold it, and the papers that stand under it."""
    papers: dict[str, list] = {}
    for paper in dispute.papers.standing().select_related("added_by"):
        papers.setdefault(paper.item, []).append(paper)
    return [
        Line(
            item,
            item.is_needed(dispute),
            *item.state_in(dispute),
            papers.get(item.key, []),
            dispute,
        )
        for item in CATALOGUE
    ]


def missing(dispute: Dispute) -> list[Item]:
    """The compulsory lines that neither the records nor a filed paper hold."""
    return [line.item for line in catalogue(dispute) if line.missing]


def retention(dispute: Dispute) -> int:
    """For how many months the file is kept, by the dated rule of the dispute's type."""
    return int(rules.value(f"mediation.retention_{dispute.type}"))
