"""The tables that the lists of the field export, as they are filtered; imports are in ledgers.py."""

from django.utils.translation import gettext as _

from anji_police.crypto import Secret
from volunteers.ledgers import MEMBER_COLUMNS, TEAM_COLUMNS, member_cells, team_cells


def team_table(rows):
    """Head and rows of the teams' export: the columns that the import takes, and what the list shows besides."""
    more = (_("Leader"), _("Liaison officer"), _("Active members"), _("State"))
    body = ([*team_cells(t), t.leader or "", t.liaison or "", t.size, t.get_status_display()] for t in rows)
    return [*(c.label for c in TEAM_COLUMNS), *more], body


def member_table(rows, *, plain: bool):
    """Head and rows of the members' export. `plain`: numbers in the clear, after record_export() wrote the reason."""
    shown = Secret.reveal if plain else str
    body = ([*member_cells(m, shown), m.joined_on or "", m.get_status_display()] for m in rows)
    return [*(c.label for c in MEMBER_COLUMNS), _("Joined"), _("State")], body


def shift_table(rows):
    """Head and rows of the shifts' export."""
    head = [
        _("Starts"),
        _("Ends"),
        _("Title"),
        _("Team"),
        _("Duty"),
        _("Beat"),
        _("Risk"),
        _("Places"),
        _("State"),
    ]
    body = (
        [
            s.starts_at,
            s.ends_at,
            s.title,
            s.team.name,
            s.get_duty_display(),
            s.beat or "",
            s.get_risk_display(),
            f"{s.taken}/{s.slots}",
            s.get_status_display(),
        ]
        for s in rows
    )
    return head, body


def hours_table(rows):
    """Head and rows of the sign-ups' export, with what was claimed."""
    head = [
        _("Volunteer"),
        _("Team"),
        _("Shift"),
        _("Starts"),
        _("Check-in"),
        _("Check-out"),
        _("Claimed"),
        _("State"),
    ]

    def seen(row, name: str):
        return getattr(row.attendance, name) if hasattr(row, "attendance") else None

    body = (
        [
            r.member.name,
            r.shift.team.name,
            r.shift.title,
            r.shift.starts_at,
            seen(r, "in_at"),
            seen(r, "out_at"),
            seen(r, "claimed_minutes"),
            r.get_status_display(),
        ]
        for r in rows
    )
    return head, body


def incident_table(rows):
    """Head and rows of the incidents' export; who reported stays out of it."""
    head = [_("Number"), _("Kind"), _("What was seen"), _("Where exactly"), _("Unit"), _("Team"), _("Reported at"),
            _("State"), _("Passed on to"), _("Answer to the reporter")]  # fmt: skip
    body = (
        [
            i.code,
            i.get_kind_display(),
            i.facts,
            i.location_text,
            i.unit.name,
            i.team or "",
            i.reported_at,
            i.get_status_display(),
            i.transfer_code,
            i.feedback,
        ]
        for i in rows
    )
    return head, body
