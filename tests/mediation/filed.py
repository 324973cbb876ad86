"""Disputes with something in their file, made through the services, and how to read what is drawn of them."""

import os
from datetime import timedelta
from pathlib import Path

from anji_police.periods import today
from mediation import casefile, services
from mediation.models import Dispute, Party
from mediation.services import PartySpec
from tests.mediation.factories import (
    WRITTEN,
    appointed,
    committee,
    visited,
    with_session,
)
from tests.reports import ink

PEOPLE = [
    PartySpec(
        side=Party.Side.APPLICANT,
        name="王小明",
        phone="13812345678",
        id_number="330523199003071218",
        address="孝源街道尚书圩村12号",
    ),
    PartySpec(side=Party.Side.RESPONDENT, name="李大山", phone="13987654321", id_number="341524198805052337"),
]


def shown(content: bytes, name: str) -> str:
    """The words of a PDF; kept for the eye when PAPERS_DIR is set."""
    if folder := os.environ.get("PAPERS_DIR"):
        Path(folder, f"{name}.pdf").write_bytes(content)
    return ink.text(content)


def settled(clerk, **changes) -> Dispute:
    """Agreed in writing under an appointed mediator, with an instalment; both parties known by their numbers."""
    lead = appointed("周调解")
    dispute = with_session(clerk, lead, parties=PEOPLE, **changes)
    services.record_agreement(
        dispute=dispute,
        actor=clerk,
        items=[("支付工料费", 3000, today() + timedelta(days=10))],
        signed_by=lead,
        committee=committee(),
        others_present="村干部老周",
        matters="围墙是否越过界址",
        **WRITTEN,
    )
    dispute.refresh_from_db()
    return dispute


def closed(clerk, *, identified: bool = True) -> Dispute:
    """A dispute that is performed, visited and closed; without `identified` the proof of identity is missing."""
    dispute = settled(clerk)
    services.put_into_effect(dispute=dispute, actor=clerk)
    services.tell_rights(dispute=dispute, actor=clerk)
    if identified:
        for party in dispute.parties.all():
            services.check_identity(party=party, actor=clerk)
    done = {dispute.agreement.items.get().pk: today()}
    services.record_performance(dispute=dispute, actor=clerk, done=done, proof="收据 0031")
    visited(clerk, dispute, satisfaction=5)
    services.close(dispute=dispute, actor=clerk)
    dispute.refresh_from_db()
    return dispute


def line(dispute, key):
    return next(one for one in casefile.catalogue(dispute) if one.item.key == key)
