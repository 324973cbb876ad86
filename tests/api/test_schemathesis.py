"""Whatever a program sends that the schema allows, or nearly allows: an answer that the schema names, and never a fault."""

from collections import Counter
from datetime import timedelta

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from anji_police.accounts.models import ApiToken
from anji_police.api.authentication import digest
from tests.factories import duty_desk, officer
from tests.helpdesk.factories import in_progress, seed_rules
from tests.mediation.factories import mediating

pytestmark = pytest.mark.django_db
TOKEN = "a-token-of-the-tests"
EXAMPLES = 20  # for each operation and for each of valid and invalid input
CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)


@pytest.fixture
def world():
    """A duty desk with a token, and a record behind each list."""
    seed_rules()
    handler = officer()
    request, dispute = in_progress(handler), mediating(handler)
    user = duty_desk()
    ApiToken.objects.create(
        user=user, name="tests", digest=digest(TOKEN), expires_at=timezone.now() + timedelta(days=1)
    )
    return {
        "/helpdesk/requests/": {"reference": request.reference},
        "/mediation/disputes/": {"code": dispute.code},
        "/mediation/mediators/": {"id": dispute.mediator_id},
        "/places/townships/": {"code": "330523004"},
        "/places/units/": {"code": handler.unit.code},
    }


@pytest.fixture(autouse=True)
def _one_connection():
    """The application would hang up after each answer, and the test's own transaction with it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def load():
    found = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(request=None, public=True))
    found.app = get_wsgi_application()
    return found


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_operation_answers_as_its_schema_says(world, monkeypatch, capsys, mode):
    # The account's own limit is not what is looked at here.
    monkeypatch.setattr("anji_police.api.throttles.PER_MINUTE", 10**9)
    schema, tried = load(), Counter()
    operations = [result.ok() for result in schema.get_all_operations()]
    assert len(operations) > 20
    faults: list[str] = []
    for operation in operations:
        strategy = operation.as_strategy(generation_mode=mode)

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=strategy, real=st.booleans())
        def one(case, real):
            if real:  # a record that is there, so that more than the look-up is tried
                for part, names in world.items():
                    if part in operation.path and case.path_parameters:  # noqa: B023
                        case.path_parameters.update(
                            {k: v for k, v in names.items() if k in case.path_parameters}
                        )
            case.headers = {**(case.headers or {}), "Authorization": f"Bearer {TOKEN}"}
            response = case.call()
            tried[response.status_code] += 1
            try:
                case.validate_response(response, checks=CHECKS)
            except (Exception, BaseExceptionGroup) as error:
                faults.append(f"{operation.label}: {str(error)[:600]}")  # noqa: B023  called within the loop

        one()
    with capsys.disabled():
        print(
            f"\n{mode.value}: {sum(tried.values())} requests to {len(operations)} operations: {dict(tried)}"
        )
    assert not faults, f"{len(faults)} faults, such as:\n" + "\n\n".join(list(dict.fromkeys(faults))[:6])
    assert sum(tried.values()) > 200
    assert 500 not in tried
