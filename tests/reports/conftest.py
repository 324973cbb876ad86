"""A metric of the tests alone, people who make and sign reports, and a clock that stands on 10 June 2024."""

from datetime import UTC, datetime

import pytest
import time_machine

from anji_police import metrics
from anji_police.accounts.roles import Role
from anji_police.audit.models import AuditEntry
from anji_police.metrics import Metric, Reading
from tests.factories import UserFactory, bureau

NOW = datetime(2024, 6, 10, 1, 0, tzinfo=UTC)
ACTION = "test.report.counted"


def counted(*, period, units) -> Reading:
    """Trail entries of the tests in `period`, by the unit whose code they carry."""
    found = AuditEntry.objects.filter(
        action=ACTION, at__gte=period.start, at__lt=period.end, subject_id__in=units.values("code")
    )
    return Reading(found.count(), rows={"month": period.iso_month})


def solved(*, period, units) -> Reading:
    found = AuditEntry.objects.filter(
        action=ACTION, at__gte=period.start, at__lt=period.end, subject_id__in=units.values("code")
    )
    return Reading(found.filter(reason="solved").count(), found.count())


@pytest.fixture
def figures_of_tests(monkeypatch):
    """Only the two figures of the tests are registered."""
    own = [
        Metric("mediation.counted", "测试受理", "件", counted, "count", None, "", "测试口径"),
        Metric("mediation.solved", "测试办结率", "%", solved, "share", None, "up", ""),
    ]
    monkeypatch.setattr(metrics, "_registry", {m.key: m for m in own})


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as travel:
        yield travel


@pytest.fixture
def desk(db):
    return UserFactory(roles=[Role.DUTY_DESK], unit=bureau(), name="值班员")


@pytest.fixture
def other_desk(db):
    return UserFactory(roles=[Role.DUTY_DESK], unit=bureau(), name="审核员")


@pytest.fixture
def leader(db):
    return UserFactory(roles=[Role.LEADERSHIP], unit=bureau(), name="陈局长")


def count_one(code: str, at: datetime, solved: bool = False) -> None:
    AuditEntry.objects.create(action=ACTION, subject_id=code, at=at, reason="solved" if solved else "")
