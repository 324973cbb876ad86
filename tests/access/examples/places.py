from anji_police.periods import today
from tests.access.world import Example
from tests.factories import UnitFactory, bureau, place


def prepare(world) -> dict[str, Example]:
    unit, reason = UnitFactory(code="330523990000", name="巡逻队"), {"reason": "机构改革"}
    one = {"code": unit.code}
    new = {
        "code": "330523980000",
        "name": "新队",
        "short_name": "新队",
        "kind": "squad",
        "parent": bureau().pk,
    }
    taken = {**reason, "place": place("330523099", "某乡").pk, "start": today().isoformat()}
    return {
        "places:unit-create": Example(data=new),
        "places:unit-detail": Example(one),
        "places:unit-change": Example(one, data={**reason, "name": "巡特警队", "short_name": "巡特警"}),
        "places:unit-set-active": Example(one, data={**reason, "active": "0"}),
        "places:unit-move": Example(one, data={**reason, "parent": world.other_unit.pk}),
        "places:unit-take-over": Example(one, data=taken),
    }
