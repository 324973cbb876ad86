from django.dispatch import receiver

from anji_police import events
from anji_police.helpdesk.services import progress_from_field


@receiver(events.record_progressed, dispatch_uid="helpdesk.record_progressed")
def record_progressed(
    sender, *, subject: str, pk: int, texts: dict[str, str], closed: bool, key: str, **kwargs
) -> None:
    """A field's record that came from a request moved on."""
    progress_from_field(subject=subject, pk=pk, texts=texts, closed=closed, key=key)
