"""The time of an answer tells nobody whether a name or a number exists."""

import time

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.cache import cache
from django.test import Client

from anji_police import limits
from anji_police.helpdesk import codes
from tests.factories import bureau, officer
from tests.helpdesk.factories import seed_rules, submitted

pytestmark = pytest.mark.django_db
PAIRS = 150
TRIES = 3  # a neighbour on the machine may disturb one run, hardly three
MOST = 0.6  # of all pairs, known slower than unknown: 0.5 is a coin, 1.0 a sure sign


def area(known: list[float], unknown: list[float]) -> float:
    """How surely the time tells the two apart, whichever is slower: the area under the ROC curve, 0.5 to 1."""
    slower = sum((k > u) + 0.5 * (k == u) for k in known for u in unknown) / (len(known) * len(unknown))
    return max(slower, 1 - slower)


def measured(known, unknown) -> float:
    """The area over PAIRS interleaved pairs, the first of each pair taking turns."""
    times: dict = {known: [], unknown: []}
    for ask in (known, unknown) * 3:  # warm
        ask()
    for number in range(PAIRS):
        for ask in (known, unknown) if number % 2 else (unknown, known):
            start = time.perf_counter()
            ask()
            times[ask].append(time.perf_counter() - start)
    return area(times[known], times[unknown])


def tells_nothing(known, unknown) -> list[float]:
    """The areas of up to TRIES runs, ended by the first that is small enough."""
    found: list[float] = []
    while len(found) < TRIES and (not found or found[-1] > MOST):
        found.append(measured(known, unknown))
    return found


class QuickArgon2(Argon2PasswordHasher):
    memory_cost, parallelism = 8 * 1024, 1


@pytest.fixture
def browser(monkeypatch):
    """No limit and no lock-out, which would answer in place of the check."""
    bureau()
    seed_rules()
    cache.clear()
    monkeypatch.setattr(limits, "allow", lambda *args, **kwargs: None)
    return Client()


def told(capsys, what: str, areas: list[float]) -> None:
    with capsys.disabled():
        print(f"\n{what}, known against unknown: " + ", ".join(f"{area:.2f}" for area in areas))


def test_tracking_takes_as_long_for_a_number_that_nobody_has(browser, capsys):
    known = submitted().request.reference
    unknown = f"{known[:7]}{(int(known[7:]) + 1) % 1_000_000:06d}"

    def ask(reference: str):
        answer = browser.post("/track/", {"reference": reference, "secret": "0000-0000-0000"})
        assert answer.status_code == 422

    areas = tells_nothing(lambda: ask(known), lambda: ask(unknown))
    told(capsys, "tracking", areas)
    assert areas[-1] <= MOST, areas


def test_signing_in_takes_as_long_for_a_name_that_nobody_has(browser, settings, capsys):
    settings.AXES_ENABLED = False
    # The portal's kind of hash at a lower cost: with the tests' own quick one the check would hardly show.
    settings.PASSWORD_HASHERS = [f"{__name__}.QuickArgon2"]
    user = officer(username="known-name")
    user.set_password("Zhu-Hai-2024-Anji")
    user.save()

    def ask(name: str):
        answer = browser.post("/accounts/login/", {"username": name, "password": "wrong-password-1"})
        assert answer.status_code == 422

    areas = tells_nothing(lambda: ask("known-name"), lambda: ask("nobody-name"))
    told(capsys, "signing in", areas)
    assert areas[-1] <= MOST, areas


def test_the_measure_sees_a_difference(browser):
    """The tests above can fail: a check that is left out for an unknown number stands out at once."""
    stored = codes.hash_secret("ABCDEFGHJKMN")
    with_check = lambda: codes.is_secret("0" * 12, stored)  # noqa: E731
    without = lambda: codes.typed("0" * 12) == "x"  # noqa: E731
    assert measured(with_check, without) > 0.95
