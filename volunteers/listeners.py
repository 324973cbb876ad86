from django.dispatch import receiver

from anji_police import events
from volunteers.services import incidents


@receiver(events.record_progressed, dispatch_uid="volunteers.record_progressed")
def record_progressed(
    sender, *, subject: str, pk: int, texts: dict[str, str], closed: bool, key: str, **kwargs
) -> None:
    """The record that an incident was passed on to moved on."""
    incidents.progress_from_field(subject=subject, pk=pk, texts=texts, closed=closed, key=key)
