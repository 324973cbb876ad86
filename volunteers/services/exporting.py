"""Lists of the field that leave as a file."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from anji_police.accounts.models import User
from anji_police.audit import services as audit
from anji_police.audit.models import AccessEntry
from volunteers.models import Member
from volunteers.services.common import require

EXPORT = "volunteers.export_members"
NUMBERS = ("phone", "id_number")


def record_export(*, actor: User, fields: Sequence[str], reason: str = "") -> None:
    """Write who takes a list along, before its bytes leave. `fields`: what of it is in the clear; the numbers of people
    (NUMBERS) want a reason. Raises InvalidInput without one."""
    require(actor, EXPORT)
    reason = audit.sound_reason(reason) if set(fields) & set(NUMBERS) else reason.strip()
    whole = Member(pk=0, name=str(_("Volunteers")))  # the table, not one row of it
    with transaction.atomic():
        audit.accessed(actor=actor, kind=AccessEntry.Kind.EXPORT, subject=whole, fields=fields, reason=reason)
