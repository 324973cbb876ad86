"""Telling people things. Every message is a row in the business transaction; delivery is a job."""

from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from anji_police.accounts.models import User
from anji_police.jobs import services as jobs
from anji_police.logs import masked
from anji_police.notifications import sms
from anji_police.notifications.models import Notification, OutboxMessage

Channel, State = OutboxMessage.Channel, OutboxMessage.State


def tell(*, user: User, text: str, url: str = "", key: str) -> None:
    """Put a line into `user`'s inbox, in the current transaction. The same key for the same person is one line."""
    Notification.objects.bulk_create(
        [Notification(user=user, key=key, text=text[:300], url=url)], ignore_conflicts=True
    )


def tell_all(*, users, text: str, url: str = "", key: str) -> None:
    """tell() for several people in one statement."""
    Notification.objects.bulk_create(
        [Notification(user=user, key=key, text=text[:300], url=url) for user in users], ignore_conflicts=True
    )


def mark_read(*, user: User, pk: int | None = None) -> int:
    """Mark one, or all, of `user`'s own notifications as read; returns how many were unread."""
    own = Notification.objects.visible_to(user).unread()
    return (own.filter(pk=pk) if pk else own).update(read_at=timezone.now())


def send_sms(*, to: str, text: str, key: str) -> None:
    """Send an SMS to the number `to` after the current transaction commits. The same key is one message."""
    _post(OutboxMessage(channel=Channel.SMS, key=key, recipient=to, body=text))


def send_email(*, to: str, subject: str, text: str, key: str) -> None:
    """Send an e-mail after the current transaction commits. The same key is one message."""
    _post(OutboxMessage(channel=Channel.EMAIL, key=key, email=to, subject=subject, body=text))


def _post(message: OutboxMessage) -> None:
    OutboxMessage.objects.bulk_create([message], ignore_conflicts=True)
    row = OutboxMessage.objects.only("pk").get(key=message.key)
    jobs.enqueue("notifications.deliver", key=f"deliver:{row.pk}", payload={"message": row.pk})


def deliver(message_id: int) -> None:
    """Send one outbox message. A second run of a sent one does nothing.

    The row is marked before the gateway is called: if the process dies in between, the next run asks the gateway with the same
    key when the gateway knows keys, else leaves the message as unclear for a person.
    """
    with transaction.atomic():
        message = OutboxMessage.objects.select_for_update().get(pk=message_id)
        if message.state in (State.SENT, State.UNCLEAR):
            return
        if message.state == State.SENDING and message.channel == Channel.EMAIL:
            message.state = State.UNCLEAR
            message.save(update_fields=["state"])
            return
        message.state = State.SENDING
        message.save(update_fields=["state"])
    try:
        reference = _send(message)
    except Exception as error:
        OutboxMessage.objects.filter(pk=message_id).update(
            state=State.FAILED, error=masked(f"{type(error).__name__}: {error}")[:300]
        )
        raise
    OutboxMessage.objects.filter(pk=message_id).update(
        state=State.SENT, provider_ref=reference[:80], sent_at=timezone.now(), error=""
    )


def _send(message: OutboxMessage) -> str:
    if message.channel == Channel.SMS:
        return sms.backend().send(to=message.recipient.reveal(), text=message.body.reveal(), key=message.key)
    mail = EmailMessage(message.subject, message.body.reveal(), to=[message.email.reveal()])
    mail.extra_headers["Message-ID"] = f"<{message.uid}@portal.invalid>"  # so that mail servers drop a double
    mail.send(fail_silently=False)
    return str(message.uid)
