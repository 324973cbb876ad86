from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from anji_police.jobs.models import Job
from anji_police.notifications.models import Notification
from anji_police.periods import today
from anji_police.workflow.models import Rule
from tests.access.world import Example
from tests.factories import place
from tests.helpdesk.factories import seed_rules


def prepare(world) -> dict[str, Example]:
    given_up = Job.objects.create(
        kind="notifications.deliver", key="access:1", dead_at=timezone.now(), tries=8
    )
    waiting = Job.objects.create(kind="notifications.deliver", key="access:2")
    line = Notification.objects.create(
        user=world.users["officer_own"], key="access", text="请求已指派给您", url=reverse("dashboard:my-work")
    )
    seed_rules()
    township = place("330523004", "孝源街道")
    village = place("330523004204", "孝源村委会", "village", township)
    return {
        "jobs:retry": Example({"pk": given_up.pk}),
        "jobs:cancel": Example({"pk": waiting.pk}),
        "notifications:read-one": Example({"pk": line.pk}),
        "workflow:rule-detail": Example(
            {"code": Rule.objects.order_by("code").first().code},
            data={
                "value": "3",
                "valid_from": (today() + timedelta(days=30)).isoformat(),
                "article": "局办〔2026〕3 号",
            },
        ),
        "workflow:calendar": Example(
            data={"year": "2031", "source": "国办发明电〔2030〕5 号", "days": "2031-01-01 holiday 元旦"}
        ),
        "api:places:township-detail": Example({"code": township.code}),
        "api:places:village-detail": Example({"code": village.code}),
        "api:places:unit-detail": Example({"code": world.own_unit.code}),
    }
