from datetime import timedelta

from django.utils import timezone

from anji_police.accounts.models import ApiToken
from tests.access.world import Example
from tests.factories import UserFactory


def prepare(world) -> dict[str, Example]:
    person = UserFactory(username="somebody", unit=world.own_unit, roles=["officer"])
    token = ApiToken.objects.create(
        user=person, name="t", digest="0" * 64, expires_at=timezone.now() + timedelta(days=1)
    )
    one, reason = {"pk": person.pk}, {"reason": "岗位调整"}
    return {
        "accounts:detail": Example(one),
        "accounts:change": Example(one, data={**reason, "name": "李明"}),
        "accounts:set-active": Example(one, data={**reason, "active": "0"}),
        "accounts:reset-password": Example(one, data=reason),
        "accounts:grant-role": Example(one, data={**reason, "role": "station_chief"}),
        "accounts:revoke-role": Example(one, data={**reason, "role": "officer"}),
        "accounts:set-clearance": Example(one, data={**reason, "clearance": "1"}),
        "accounts:reset-second-factor": Example(one, data=reason),
        "accounts:token-revoke": Example({"pk": token.pk}),
        "accounts:token-create": Example(data={"name": "统计程序", "days": "30"}),
        "accounts:create": Example(data={"username": "new-one", "name": "沈佳"}),
        "dashboard:search": Example(query="q=孝源"),
    }
