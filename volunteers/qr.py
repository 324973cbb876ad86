"""The codes that are put up at a shift's meeting place or a checkpoint: signed, so that none can be made up at home."""

from dataclasses import dataclass

from django.core import signing
from django.utils.translation import gettext as _

from anji_police.errors import InvalidInput
from volunteers.models import Checkpoint, Shift

SALT = "volunteers.qr"


@dataclass(frozen=True)
class Scanned:
    shift_id: int
    checkpoint_id: int | None


def code_for(shift: Shift, checkpoint: Checkpoint | None = None) -> str:
    """The text of the code: it opens nothing but a check-in of this one shift, within its time."""
    return signing.dumps([shift.pk, checkpoint.pk if checkpoint else 0], salt=SALT)


def read(code: str) -> Scanned:
    """What a code says. Raises InvalidInput for one that was not made here."""
    try:
        shift, checkpoint = signing.loads(code, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise InvalidInput(fields={"code": [_("This is no check-in code of ours.")]}) from None
    return Scanned(int(shift), int(checkpoint) or None)
