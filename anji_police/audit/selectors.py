"""Reads of the trail for the audit administrator."""

from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.http import Http404

from anji_police import crypto
from anji_police.audit.models import AccessEntry, AuditEntry, Seal
from anji_police.audit.services import sealed_sources
from anji_police.logs import numbers_masked


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
    if (
        visible is None
        or not isinstance(column, crypto.EncryptedField)
        or not (key.isascii() and key.isdigit())
        or len(key) > 18
    ):
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


@dataclass(frozen=True)
class RowChange:
    """One row event: when, by whom, which columns."""

    at: datetime
    label: str
    actor_name: str
    reason: str
    changes: list[tuple[str, str, str]]  # (column, before, after); sealed columns show no value


def tracked_labels() -> list[str]:
    """The tables whose row history can be read, as "app.model"."""
    from pghistory.models import Event

    return sorted(
        m.pgh_tracked_model._meta.label_lower
        for m in apps.get_models(include_auto_created=True)
        if issubclass(m, Event) and getattr(m, "pgh_tracked_model", None)
    )


def row_history(user, label: str, key: str, limit: int = 200) -> list[RowChange]:
    """What happened to one row, newest first, at most `limit` events. Empty without the right, or for no such table."""
    from pghistory.models import Event

    if not user.has_perm("audit.view_trail") or not (key.isascii() and key.isdigit()) or len(key) > 18:
        return []
    model = next(
        (
            m
            for m in apps.get_models(include_auto_created=True)
            if issubclass(m, Event)
            and getattr(m, "pgh_tracked_model", None)
            and m.pgh_tracked_model._meta.label_lower == label
        ),
        None,
    )
    if model is None:
        return []
    columns = [f for f in model._meta.concrete_fields if not f.name.startswith("pgh_")]
    found, before = [], None
    newest = list(model._default_manager.filter(pgh_obj_id=int(key)).order_by("-pgh_id")[: limit + 1])
    if len(newest) > limit:
        before = newest.pop()
    for event in newest[::-1]:
        context = event.pgh_context or {}
        found.append(
            RowChange(
                at=event.pgh_created_at,
                label=event.pgh_label,
                actor_name=context.get("actor_name", ""),
                reason=context.get("reason", ""),
                changes=[change for f in columns if (change := _change(f, before, event))],
            )
        )
        before = event
    return found[::-1]


def _change(field, before, after) -> tuple[str, str, str] | None:
    now = getattr(after, field.attname)
    old = getattr(before, field.attname) if before is not None else None
    if (before is not None and old == now) or (before is None and now in (None, "", b"")):
        return None
    if isinstance(field, crypto.StoredSecret):
        return field.name, "••••" if old else "", "••••" if now else ""
    return field.name, *("" if value is None else numbers_masked(str(value))[:120] for value in (old, now))
