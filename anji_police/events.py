"""News between fields, sent on commit. A receiver must bear hearing the same news twice.

record_progressed: a field's record that came from a request moved on.
    sender: the model class; keyword arguments: subject (str "app.model"), pk (int), state (str), label (text for the
    citizen, already translated by the receiver), closed (bool), note (text or "").
"""

from functools import partial

from django.db import transaction
from django.dispatch import Signal

record_progressed = Signal()


def send_on_commit(signal: Signal, *, sender, **facts) -> None:
    """Send after the surrounding transaction commits; a receiver's error is logged and harms nobody else."""
    transaction.on_commit(partial(signal.send_robust, sender=sender, **facts))
