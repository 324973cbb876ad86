from tests.access.world import Example
from tests.mediation.factories import registered


def prepare(world) -> dict[str, Example]:
    dispute = registered(world.users["officer_own"])
    return {"mediation:dispute-detail": Example({"code": dispute.code})}
