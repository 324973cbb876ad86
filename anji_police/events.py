"""News between apps, carried by jobs: written in the business transaction, told after it, and told again if the teller dies.

record_progressed: a field's record that came from a request, or from another field's record, moved on. Keyword arguments of its receivers:
    subject (str, "app.model"), pk (int), texts (for the citizen, a text per language code), closed (bool), key (str, names
    this piece of news). A receiver must bear hearing the same news twice, and runs in the transaction of the telling.
"""

from django.conf import settings
from django.dispatch import Signal
from django.utils import translation

record_progressed = Signal()

SIGNALS = {"record_progressed": record_progressed}


def in_every_language(text) -> dict[str, str]:
    """A lazy text as {language code: text}, so that its reader's language can be chosen later."""
    found = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found[code] = str(text)
    return found


def publish(name: str, *, key: str, **facts) -> None:
    """Tell the receivers of signal `name` after the current transaction has committed. `facts`: plain JSON values without
    personal data. The same key is told once. Raises KeyError for an unknown name."""
    from anji_police.jobs import services as jobs  # jobs are an app, which loads after this module

    SIGNALS[name]
    jobs.enqueue("events.publish", key=f"event:{name}:{key}", payload={"name": name, "key": key, **facts})


def deliver(payload: dict) -> None:
    """Call the receivers; an error of one fails the job, which is tried again."""
    facts = dict(payload)
    SIGNALS[facts.pop("name")].send(sender=None, **facts)
