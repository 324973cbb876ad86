"""SMS gateways behind one interface: `send(to, text, key) -> provider reference`."""

import json
import os
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from anji_police.crypto import mask_phone


class SendError(Exception):
    """The gateway refused the message; it was not sent and may be tried again."""


class FileBackend:
    """Development: one JSON line a message in a file of mode 600. A key that is in the file already is not written again,
    as a real gateway does with its own idempotency key."""

    def send(self, *, to: str, text: str, key: str) -> str:
        path = Path(settings.SMS_FILE_PATH)
        path.parent.mkdir(parents=True, exist_ok=True)
        line = json.dumps(
            {"at": timezone.now().isoformat(), "key": key, "to": to, "text": text}, ensure_ascii=False
        )
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "a+", encoding="utf-8") as file:
            file.seek(0)
            if any(json.loads(old)["key"] == key for old in file if old.strip()):
                return f"file:{key}"
            file.write(line + "\n")
        return f"file:{key}"

    def recent(self, limit: int = 50) -> list[dict]:
        """The last messages of the file, newest first, numbers masked: for the page that shows what would have gone out."""
        path = Path(settings.SMS_FILE_PATH)
        if not path.exists():
            return []
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()][-limit:]
        found = [json.loads(line) for line in reversed(lines)]
        return [
            {**one, "at": datetime.fromisoformat(one["at"]), "to": mask_phone(one["to"])} for one in found
        ]


def backend():
    return import_string(settings.SMS_BACKEND)()
