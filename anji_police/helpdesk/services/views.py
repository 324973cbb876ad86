"""Saved views of the queue."""

from django.db import transaction
from django.utils.translation import gettext as _

from anji_police.accounts.models import User
from anji_police.audit import services as audit
from anji_police.errors import InvalidInput, NotAllowed
from anji_police.helpdesk.models import SavedView

SHARE = "helpdesk.share_view"
MAX_VIEWS = 30


def save_view(
    *, actor: User, name: str, query: dict[str, list[str]], columns: list[str], is_shared: bool = False
) -> SavedView:
    """Keep a filter under a name; the same name again replaces it. Sharing shows it to the actor's unit and those below."""
    name = name.strip()
    if not 1 <= len(name) <= 40:
        raise InvalidInput(fields={"name": [_("Give the view a name of at most 40 characters.")]})
    if is_shared and not actor.has_perm(SHARE):
        raise NotAllowed(_("Only chiefs and the duty desk share views."))
    with transaction.atomic():
        own = SavedView.objects.select_for_update().filter(owner=actor)
        if own.exclude(name=name).count() >= MAX_VIEWS:
            raise InvalidInput(
                fields={"name": [_("You have %(count)d views. Delete one first.") % {"count": MAX_VIEWS}]}
            )
        view, _created = SavedView.objects.update_or_create(
            owner=actor,
            name=name,
            defaults={
                "query": query,
                "columns": columns,
                "is_shared": is_shared,
                "shared_with": actor.unit if is_shared and not actor.is_county_wide else None,
            },
        )
        audit.record(actor=actor, action="helpdesk.view.saved", subject=view, after={"shared": is_shared})
    return view


def delete_view(*, actor: User, view: SavedView) -> None:
    """Delete one's own view."""
    if view.owner_id != actor.pk:
        raise NotAllowed(_("This view belongs to %(name)s.") % {"name": view.owner.name})
    with transaction.atomic():
        audit.record(actor=actor, action="helpdesk.view.deleted", subject=view, before={"name": view.name})
        view.delete()
