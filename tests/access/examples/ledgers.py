from anji_police.ledgers import registry, services
from tests.access.world import Example
from tests.factories import place
from tests.helpdesk.factories import town


def prepare(world) -> dict[str, Example]:
    place("341524", "金寨县", "county")
    town()
    sheet = "姓名,手机号码,籍贯,乡镇街道\n张守源,13800000001,金寨县,孝源街道".encode()
    run = services.check(
        actor=world.users["station_chief"],
        ledger=registry.get("mediation.mediators"),
        name="调解员.csv",
        content=sheet,
    )
    key, own = {"key": "mediation.mediators"}, {"pk": run.pk}
    return {
        "ledgers:ledger": Example(key),
        "ledgers:template": Example(key),
        "ledgers:export": Example(key),
        "ledgers:run": Example(own),
        "ledgers:bad-rows": Example(own),
        "ledgers:apply": Example(own),
    }
