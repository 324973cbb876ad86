"""Who else has a record open. A detail page marks its reader and includes `workflow/_presence.html`, which asks again by itself:

presence.mark(found, request.user)                                       # in the view of the page
return presence.fragment(request, found, url)                            # in the view that the fragment asks
"""

from datetime import timedelta

from django.db.models import Model
from django.shortcuts import render
from django.utils import timezone

from anji_police.accounts.models import User
from anji_police.workflow.models import Presence

PRESENT = timedelta(seconds=45)


def mark(record: Model, user: User) -> None:
    """`user`, in whose sight `record` is, has it open now."""
    Presence.objects.bulk_create(
        [
            Presence(
                subject_type=record._meta.label_lower,
                subject_id=record.pk,
                user=user,
                seen_at=timezone.now(),
            )
        ],
        update_conflicts=True,
        unique_fields=["subject_type", "subject_id", "user"],
        update_fields=["seen_at"],
    )


def others(record: Model, user: User) -> list[str]:
    """Names of the others who had it open within the last 45 seconds."""
    return list(
        Presence.objects.filter(
            subject_type=record._meta.label_lower,
            subject_id=record.pk,
            seen_at__gte=timezone.now() - PRESENT,
        )
        .exclude(user=user)
        .order_by("user__name")
        .values_list("user__name", flat=True)
    )


def fragment(request, record: Model, url: str):
    """The answer to the page's question, asked of `url` every twenty seconds; the asking says that this person is there."""
    mark(record, request.user)
    names = others(record, request.user)
    return render(request, "workflow/_presence.html", {"others": names, "presence_url": url})


def purge() -> int:
    """Forget who had what open yesterday; returns how many heartbeats that were."""
    return Presence.objects.filter(seen_at__lt=timezone.now() - timedelta(days=1)).delete()[0]
