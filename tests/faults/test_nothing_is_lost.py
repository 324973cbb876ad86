"""What was accepted is there once, whoever died meanwhile."""

import json
import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults import citizens
from tests.faults.stack import Stack

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]
SUBMISSIONS = 200
AT_ONCE = 40


@pytest.fixture(scope="module")
def stack():
    found = Stack()
    try:
        found.start()
        # Two hundred citizens share one address here.
        found.sql("UPDATE workflow_rule SET value = 100000 WHERE code LIKE 'helpdesk.per_address%'")
        yield found
    finally:
        found.stop()


def test_two_hundred_requests_survive_random_kills_of_every_part(stack, capsys):
    seed = int(time.time())
    chance = random.Random(seed)
    faults = [
        stack.kill_web_worker,
        stack.kill_web,
        stack.kill_worker,
        stack.kill_relay,
        stack.wipe_redis,
        stack.crash_postgres,
    ]
    done, happened, broken = threading.Event(), Counter(), []

    def wreck() -> None:
        # Each fault at least once, then at random until the citizens are through.
        order = faults[:]
        chance.shuffle(order)
        while not done.is_set() or order:
            fault = order.pop() if order else chance.choice(faults)
            try:
                fault()
            except Exception as error:  # the test must not go on as if nothing had been killed
                broken.append(error)
                return
            happened[fault.__name__] += 1
            done.wait(chance.uniform(1.0, 3.0))

    wrecker = threading.Thread(target=wreck)
    wrecker.start()
    try:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            ways = [citizens.by_form if n % 2 else citizens.by_app for n in range(SUBMISSIONS)]
            sent = list(pool.map(lambda way: way(stack.url), ways))
    finally:
        done.set()
        wrecker.join(timeout=120)
    assert not broken
    with capsys.disabled():
        print(
            f"\nseed {seed}: {dict(happened)}, {sum(s.tries for s in sent)} presses for {len(sent)} requests"
        )
    assert set(happened) == {fault.__name__ for fault in faults}
    held_against_the_tables(stack, sent)


def held_against_the_tables(stack: Stack, sent: list[citizens.Sent]) -> None:
    rows = [
        line.split("|")
        for line in stack.sql(
            "SELECT reference, right(description, 32) FROM helpdesk_helprequest"
        ).splitlines()
    ]
    assert len(sent) == SUBMISSIONS
    assert len({s.reference for s in sent}) == SUBMISSIONS
    assert sorted((s.reference, s.mark) for s in sent) == sorted((r, m) for r, m in rows)
    assert stack.sql("SELECT count(*) FROM helpdesk_draft") == "0"
    # Each has its first transition, its clocks and its event in the trail, once.
    for statement in (
        "SELECT count(*) FROM workflow_transitionentry WHERE from_state = '' AND subject_type = 'helpdesk.helprequest'",
        "SELECT count(*) FROM workflow_deadline WHERE kind = 'helpdesk.answer'",
        "SELECT count(*) FROM audit_auditentry WHERE action = 'helpdesk.request.received'",
    ):
        assert stack.sql(statement) == str(SUBMISSIONS)
    # Accepted background work is done: one SMS for each citizen who wished for one, whatever was wiped.
    wished = SUBMISSIONS // 2
    stack.wait_until(
        lambda: (
            stack.sql("SELECT count(*) FROM notifications_outboxmessage WHERE state = 'sent'") == str(wished)
        ),
        "the SMS of all citizens",
        150,
    )
    lines = (stack.folder / "sms" / "sent.jsonl").read_text().splitlines()
    assert len({json.loads(line)["key"] for line in lines}) == len(lines) == wished
    assert stack.sql("SELECT count(*) FROM jobs_job WHERE dead_at IS NOT NULL") == "0"
    stack.manage("verify_trail", "--seal")


def test_a_request_is_taken_while_redis_is_gone(stack):
    """No request path talks to the broker."""
    stack._kill_group("redis")
    began = time.monotonic()
    told = citizens.by_form(stack.url)
    took = time.monotonic() - began
    stack.start_redis()
    assert told.tries == 7
    assert took < 10
    stack.wait_until(
        lambda: stack.sql("SELECT count(*) FROM notifications_outboxmessage WHERE state <> 'sent'") == "0",
        "the SMS",
        120,
    )
