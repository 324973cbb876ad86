import uuid

from tests.access.world import Example
from tests.helpdesk.factories import in_progress


def prepare(world) -> dict[str, Example]:
    request = in_progress(world.users["officer_own"])
    nobody = uuid.UUID(int=1)
    return {
        "helpdesk:request-detail": Example({"reference": request.reference}),
        "public:stop": Example({"number": "110"}),
        "public:drop-file": Example({"uid": nobody}),
        "public:file": Example({"uid": nobody}),
        "audit:reveal": Example(
            data={
                "subject": f"helpdesk.helprequest:{request.pk}",
                "field": "reporter_phone",
                "reason": "核实身份",
            }
        ),
    }
