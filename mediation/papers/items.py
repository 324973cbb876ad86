"""The thirteen items of a mediation case file (调解卷宗), in their order, and what drawn papers there are.

Source: the customary catalogue of people's mediation files after the Ministry of Justice's forms of December 2010.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Item:
    """One item of the catalogue. `title`: as it stands in the file, which is Chinese. `drawn`: the portal draws it from the record.
    `compulsory`: "always", "mediated" (once there was mediation), "agreed" (with an agreement) or ""."""

    key: str
    title: str
    label: Any
    compulsory: str = ""
    drawn: bool = False


CATALOGUE = (
    Item("application", "人民调解受理登记表", _("Registration form"), "always", drawn=True),
    Item("notice", "人民调解权利义务告知书", _("Notice of rights and duties"), "always", drawn=True),
    Item("identity", "当事人身份证明", _("Proof of identity"), "always", drawn=True),
    Item("authority", "授权委托书", _("Letter of authority")),
    Item("investigation", "调查记录", _("Record of inquiry")),
    Item("evidence", "证据材料", _("Evidence")),
    Item("record", "调解记录", _("Mediation record"), "mediated", drawn=True),
    Item("agreement", "调解协议书", _("Agreement"), "agreed", drawn=True),
    Item("performance", "履行凭证", _("Proof of performance"), drawn=True),
    Item("follow_up", "回访记录", _("Follow-up record"), drawn=True),
    Item("confirmation", "司法确认材料", _("Judicial confirmation")),
    Item("statement", "有关情况说明", _("Statement of circumstances"), drawn=True),
    Item("end", "封底", _("Back cover"), "always", drawn=True),
)
BY_KEY = {item.key: item for item in CATALOGUE}
SCANNED = tuple(item for item in CATALOGUE if item.key != "end")  # what may also come as a scan
