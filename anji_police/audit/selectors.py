"""Reads of the trail for the audit administrator."""

from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.http import Http404

from anji_police import crypto
from anji_police.audit.models import AccessEntry, AuditEntry, Seal
from anji_police.audit.services import sealed_sources


@dataclass(frozen=True)
class ChainState:
    links: int
    head: str
    sealed_at: datetime | None
    sources: list[tuple[str, int]]  # (table, sealed rows)


def chain_state() -> ChainState:
    """Where the chain stands. Counting is per table and by index."""
    last = Seal.objects.order_by("-seq").first()
    sources = [(table, Seal.objects.filter(source=table).count()) for table, _key in sealed_sources()]
    return ChainState(
        links=last.seq if last else 0,
        head=last.hash if last else "",
        sealed_at=last.sealed_at if last else None,
        sources=sorted((pair for pair in sources if pair[1]), key=lambda pair: -pair[1]),
    )


def sealed_subject(user, subject: str, field: str):
    """(record, field) for "app.model:pk" when it is in sight of `user` and the field is an encrypted one. Raises Http404."""
    label, _colon, key = subject.partition(":")
    try:
        model = apps.get_model(label)
        column = model._meta.get_field(field)
    except (LookupError, ValueError, FieldDoesNotExist):
        raise Http404 from None
    visible = getattr(model._default_manager, "visible_to", None)
    if visible is None or not isinstance(column, crypto.EncryptedField) or not key.isdigit() or len(key) > 18:
        raise Http404
    record = visible(user).filter(pk=int(key)).first()
    if record is None:
        raise Http404
    return record


def events(user):
    """Business events, for those who may read the trail."""
    return AuditEntry.objects.all() if user.has_perm("audit.view_trail") else AuditEntry.objects.none()


def reads(user):
    """Reads of personal data, for those who may read the trail."""
    return AccessEntry.objects.all() if user.has_perm("audit.view_trail") else AccessEntry.objects.none()
