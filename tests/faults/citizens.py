"""Citizens who send a request and do not give up: they try again with the same form until they are told that it was received."""

import re
import time
import uuid
from dataclasses import dataclass

import requests
from bs4 import BeautifulSoup

PATIENCE = 120  # seconds
ANSWERS = {"danger": "no", "about": "neighbours", "other_side": "yes", "mediated": "no", "dialect": "no"}


@dataclass(frozen=True)
class Sent:
    """What a citizen was told, to be held against the tables afterwards."""

    mark: str  # stands in the description
    reference: str
    secret: str
    tries: int


def keep_trying(act):
    """`act()` until it gives an answer below 500; returns (answer, tries)."""
    end, tries = time.monotonic() + PATIENCE, 0
    while True:
        tries += 1
        try:
            answer = act()
            if answer.status_code < 500:
                return answer, tries
        except requests.RequestException:
            pass
        if time.monotonic() > end:
            raise AssertionError("a citizen gave up after two minutes")
        time.sleep(0.3)


def by_app(url: str) -> Sent:
    """One request through Open311 with an idempotency key, as an app sends it."""
    mark = uuid.uuid4().hex
    form = {
        "service_code": "ecology",
        "attribute[kind]": "dumping",
        "attribute[ongoing]": "yes",
        "lat": "30.625",
        "long": "119.61",
        "description": f"河边有人倾倒垃圾 {mark}",
    }
    answer, tries = keep_trying(
        lambda: requests.post(
            f"{url}/open311/v2/requests.json", form, headers={"Idempotency-Key": f"app-{mark}"}, timeout=15
        )
    )
    assert answer.status_code == 201, answer.text
    told = answer.json()[0]
    secret = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", told["service_notice"]).group()
    return Sent(mark, told["service_request_id"], secret, tries)


def by_form(url: str) -> Sent:
    """One request through the citizens' form, page by page, in one browser; each press is repeated until it is answered."""
    mark = uuid.uuid4().hex
    browser = requests.Session()
    steps = [
        ("/", {"category": "dispute"}),
        ("/ask/questions/", ANSWERS),
        ("/ask/story/", {"description": f"邻居家的围墙占了我家的路 {mark}"}),
        ("/ask/place/", {"township": "330523004", "location_text": "村口"}),
        ("/ask/files/", {}),
        ("/ask/contact/", {"contact": "sms", "name": "王小明", "phone": "13812345678", "consent": "on"}),
        ("/ask/check/", {}),
    ]
    tries = 0
    for path, data in steps:
        keep_trying(lambda path=path: browser.get(f"{url}{path}", timeout=15))
        token = {"csrfmiddlewaretoken": browser.cookies.get("csrftoken")}
        answer, tried = keep_trying(
            lambda path=path, data=data, token=token: browser.post(
                f"{url}{path}", data | token, headers={"Referer": url}, timeout=15, allow_redirects=False
            )
        )
        assert answer.status_code == 302, (path, answer.status_code, answer.text[:300])
        tries += tried
    page, _tried = keep_trying(lambda: browser.get(f"{url}/ask/done/", timeout=15))
    soup = BeautifulSoup(page.text, "html.parser")
    return Sent(mark, soup.find(id="ref").text.strip(), soup.find(id="code").text.strip(), tries)
