"""The half-filled form of a citizen, kept on the server under a token that only the browser holds."""

import json
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anji_police import limits, uploads
from anji_police.audit import context
from anji_police.errors import InvalidInput
from anji_police.helpdesk import codes
from anji_police.helpdesk.models import Attachment, Draft
from anji_police.workflow import rules

KEPT = timedelta(days=1)


def load_draft(token: str) -> dict:
    """What was filled in under `token`; empty when nothing was."""
    draft = Draft.objects.filter(token_hash=codes.token_hash(token)).first()
    return json.loads(draft.content.reveal()) if draft and draft.content else {}


def save_draft(*, token: str, content: dict) -> Draft:
    """Keep `content` (plain JSON values) under `token`."""
    with transaction.atomic():
        Draft.objects.bulk_create([Draft(token_hash=codes.token_hash(token))], ignore_conflicts=True)
        draft = Draft.objects.select_for_update().get(token_hash=codes.token_hash(token))
        draft.content, draft.updated_at = json.dumps(content, ensure_ascii=False), timezone.now()
        draft.save(update_fields=["content", "updated_at"])
    return draft


def files_of(token: str):
    return Attachment.objects.filter(draft__token_hash=codes.token_hash(token)).order_by("id")


def attach_to_draft(*, token: str, files: list) -> list[Attachment]:
    """Check `files` and keep clean copies with the draft. Raises InvalidInput, and TooMany when the network address has used its
    uploads of the hour up; then none of this call's files is kept."""
    address = context.current().address
    if address:
        most = int(rules.value("helpdesk.address_uploads"))
        limits.allow(f"upload:address:{address}", limit=most, seconds=3600)
    clean = uploads.clean_all(files)
    with transaction.atomic():
        Draft.objects.bulk_create([Draft(token_hash=codes.token_hash(token))], ignore_conflicts=True)
        draft = Draft.objects.select_for_update().get(token_hash=codes.token_hash(token))
        if draft.attachments.count() + len(clean) > settings.UPLOAD_MAX_FILES:
            message = _("Send at most %(count)d files. Remove one first.") % {
                "count": settings.UPLOAD_MAX_FILES
            }
            raise InvalidInput(message, fields={"files": [message]})
        return [keep(file, draft=draft) for file in clean]


def keep(file: uploads.CleanFile, **home) -> Attachment:
    """Store a clean file and write its row."""
    return Attachment.objects.create(
        name=file.name,
        path=uploads.store(file),
        content_type=file.content_type,
        size=len(file.content),
        sha256=file.sha256,
        **home,
    )


def drop_from_draft(*, token: str, uid) -> None:
    """Remove one file that the citizen thought better of."""
    with transaction.atomic():
        found = files_of(token).select_for_update().filter(uid=uid).first()
        if found:
            path = found.path
            found.delete()
            transaction.on_commit(lambda: uploads.stored(path).unlink(missing_ok=True))


def purge_drafts() -> int:
    """Delete drafts that were left alone for a day, with their files; returns how many."""
    count = 0
    for draft in Draft.objects.filter(updated_at__lt=timezone.now() - KEPT).iterator():
        with transaction.atomic():
            paths = list(draft.attachments.values_list("path", flat=True))
            draft.delete()
            transaction.on_commit(
                lambda paths=paths: [uploads.stored(path).unlink(missing_ok=True) for path in paths]
            )
        count += 1
    return count
