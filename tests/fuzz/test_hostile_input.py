"""Whatever comes in at the citizens' door and at Open311: an answer, and never a fault of the program."""

from collections import Counter
from urllib.parse import quote_plus

import pytest
from django.core.cache import cache
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from anji_police import limits
from anji_police.helpdesk import codes
from anji_police.helpdesk.models import HelpRequest
from anji_police.helpdesk.questions import Category
from tests.factories import bureau
from tests.helpdesk.factories import ANSWERS, seed_rules, submitted, town

pytestmark = pytest.mark.django_db
EXAMPLES = 20  # of random ones for each address, beside each hostile value in each field

# Bytes as they come over the wire: what no person types, and what makes layers below disagree with each other.
HOSTILE = [
    b"",
    b" ",
    b"%00",
    b"a%00b",
    b"%ED%A0%80",  # a lone surrogate in UTF-8
    b"%ED%B0%80%ED%A0%80",
    b"%FF%FE",
    b"%C0%80",  # an overlong NUL
    b"%E2%80%AE%D7%A9%D7%9C%D7%95%D7%9D",  # right to left
    b"%F0%9F%91%A8%E2%80%8D%F0%9F%91%A9%E2%80%8D%F0%9F%91%A7",  # an emoji of several code points
    b"%EF%BC%91%EF%BC%92%EF%BC%93",  # full-width digits
    b"%C2%B2",  # a superscript two: a digit to some, no number to others
    b"%D9%A3",  # an Arabic-Indic three
    b"-1",
    b"0",
    b"99999999999999999999999999",
    b"-9223372036854775809",
    b"9223372036854775808",
    b"1e400",
    b"-1e400",
    b"NaN",
    b"Infinity",
    b"1_000",
    b"0x10",
    b"0001-01-01",
    b"0001-01-01T00:00:00%2B14:00",
    b"9999-12-31T23:59:59-14:00",
    b"2024-02-30T25:61:61Z",
    b"0000-00",
    b"10000-01",
    b"2024-13",
    b"'%22--;DROP",
    b"%25s%25n%7B0.__class__%7D",
    b"{{7*7}}{% debug %}",
    b"../../etc/passwd",
    b"[" * 3000 + b"]" * 3000,
    b"A" * 20_000,
    b"%E8%AE%B8" * 4_000,
    b"%0D%0AX-Injected:1",
]
values = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(max_size=40).map(lambda text: quote_plus(text.encode("utf-8", "surrogatepass")).encode()),
    st.integers().map(lambda number: str(number).encode()),
    st.datetimes().map(lambda moment: quote_plus(moment.isoformat() + "Z").encode()),
    st.floats().map(lambda number: str(number).encode()),
)


def query(names: list[str]):
    """Query strings over `names`, some of them doubled, and one that nobody knows."""
    pairs = st.tuples(st.sampled_from([*names, "x[y][0]"]), values)
    return st.lists(pairs, min_size=1, max_size=6).map(
        lambda found: b"&".join(quote_plus(name).encode() + b"=" + value for name, value in found)
    )


def every(names: list[str], whole: str = ""):
    """Each hostile value in each field of a form that is `whole` otherwise: the last value of a name counts."""
    for name in names:
        for value in HOSTILE:
            yield whole.encode() + b"&" + quote_plus(name).encode() + b"=" + value


def tried(**changes):
    return settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
        **changes,
    )


FORM = "application/x-www-form-urlencoded"


def send(browser: Client, method: str, path: str, sent: bytes, seen: Counter, kind: str = FORM) -> None:
    """Send `sent` as the query (GET) or the body (POST) as it is, and note the status."""
    where = {"QUERY_STRING": sent.decode("latin-1")} if method == "GET" else {}
    body = b"" if method == "GET" else sent
    answer = browser.generic(method, path, body, content_type=kind, **where)
    seen[answer.status_code] += 1
    assert answer.status_code < 500, f"{method} {path} {sent[:300]!r}"
    assert "X-Injected" not in answer.headers


@pytest.fixture
def door(monkeypatch):
    """A browser that a fault does not stop, and no limit: each answer must be the page's own."""
    seed_rules()
    bureau()
    town()
    cache.clear()
    monkeypatch.setattr(limits, "allow", lambda *args, **kwargs: None)
    return Client(raise_request_exception=False)


def told(capsys, what: str, seen: Counter) -> None:
    with capsys.disabled():
        print(f"\n{what}: {sum(seen.values())} requests, {dict(sorted(seen.items()))}")


# The fields of each step, and what makes the step whole.
STEPS = {
    "/": (["category"], ""),
    "/ask/questions/": ([*ANSWERS, "asked", "called"], "&".join(f"{k}={v}" for k, v in ANSWERS.items())),
    "/ask/story/": (["description", "happened"], "description=dumped+by+the+road"),
    "/ask/place/": (["township", "village", "location_text", "lon", "lat"], "lon=119.6&lat=30.6"),
    "/ask/contact/": (["contact", "name", "phone", "consent"], "contact=phone&phone=13812345678&consent=on"),
    "/ask/check/": (["website", "person"], ""),
    "/ask/called/": (["x"], ""),
    "/track/": (["reference", "secret"], "reference=261124-583921&secret=0000-0000-0000"),
}


def test_no_field_of_the_form_brings_the_portal_down(door, capsys):
    seen: Counter = Counter()
    for path, (names, whole) in STEPS.items():
        for sent in every(names, whole):
            door.post("/", {"category": "dispute"})  # a form is open, so that more than its absence is tried
            send(door, "POST", path, sent, seen)
            send(door, "GET", "/ask/check/", b"", seen)  # which shows all that was kept

        @tried()
        @given(sent=query(names), category=st.sampled_from(sorted(Category.values)))
        def one(sent, category):
            door.post("/", {"category": category})
            send(door, "POST", path, sent, seen)  # noqa: B023  called within the loop
            send(door, "GET", path, sent, seen)  # noqa: B023

        one()
    told(capsys, "public form", seen)
    assert seen[422] > 100  # it came as far as the forms
    assert seen[302] > 100  # and through them


FREE = {"description", "happened", "location_text", "name"}


def test_what_got_through_the_forms_is_sent_shown_and_printed(door, capsys):
    """Each hostile value that a citizen can write, from the first page to the receipt and the own page."""
    seen: Counter = Counter()
    for value in HOSTILE:
        door.cookies.clear()
        door.post("/", {"category": "dispute"})
        for path, (names, whole) in STEPS.items():
            if not path.startswith("/ask/") or path == "/ask/called/":
                continue
            free = [name for name in names if name in FREE]
            sent = "&".join([whole, *(f"{name}=" for name in free)]).encode()
            for name in free:
                sent = sent.replace(f"{name}=".encode(), f"{name}=".encode() + b"long+enough+" + value)
            send(door, "POST", path, sent, seen)
        for path in ("/ask/done/", "/ask/done/receipt.pdf", "/ask/another/"):
            send(door, "GET", path, b"", seen)
    told(capsys, "whole forms", seen)
    assert HelpRequest.objects.count() > 15  # most are text like any other


def test_no_field_of_the_citizens_own_page_brings_the_portal_down(door, capsys):
    receipt = submitted(answers=ANSWERS, township=town())
    door.post("/track/", {"reference": receipt.request.reference, "secret": codes.shown(receipt.secret)})
    assert door.get("/track/request/").status_code == 200
    seen: Counter = Counter()
    for path, names, whole in (
        ("/track/request/reply/", ["body", "key"], "body=more"),
        ("/track/request/rate/", ["score", "comment"], "score=5"),
    ):
        for sent in every(names, whole):
            send(door, "POST", path, sent, seen)
        send(door, "GET", "/track/request/", b"", seen)

        @tried()
        @given(sent=query(names))
        def one(sent):
            send(door, "POST", path, sent, seen)  # noqa: B023  called within the loop

        one()
    told(capsys, "own page", seen)
    assert seen[422] > 5


OPEN311 = {
    "/open311/v2/discovery.{}": ["jurisdiction_id"],
    "/open311/v2/services.{}": ["jurisdiction_id", "locale"],
    "/open311/v2/services/ecology.{}": ["jurisdiction_id"],
    "/open311/v2/requests.{}": [
        "jurisdiction_id", "service_request_id", "service_code", "start_date", "end_date", "status", "extensions",
    ],
    "/open311/v2/requests/261124-000000.{}": ["jurisdiction_id"],
}  # fmt: skip
REPORT = [
    "service_code", "lat", "long", "address_string", "address_id", "description", "attribute[kind]",
    "attribute[ongoing]", "email", "device_id", "first_name", "last_name", "phone", "media_url", "jurisdiction_id",
]  # fmt: skip


@pytest.mark.parametrize("fmt", ["json", "xml"])
def test_no_question_to_open311_brings_the_portal_down(door, capsys, fmt):
    seen: Counter = Counter()
    for path, names in OPEN311.items():
        for sent in every(names):
            send(door, "GET", path.format(fmt), sent, seen)

        @tried()
        @given(sent=query(names))
        def one(sent):
            send(door, "GET", path.format(fmt), sent, seen)  # noqa: B023  called within the loop

        one()
    told(capsys, f"open311 {fmt}", seen)
    assert seen[200] > 20


@pytest.mark.parametrize("fmt", ["json", "xml"])
def test_no_report_to_open311_brings_the_portal_down(door, capsys, fmt):
    seen: Counter = Counter()
    whole = "service_code=ecology&attribute[kind]=dumping&attribute[ongoing]=no&description=dumped+here&lat=30.6&long=119.6"
    path = f"/open311/v2/requests.{fmt}"
    for sent in every(REPORT, whole):
        send(door, "POST", path, sent, seen)
    send(door, "GET", path, b"", seen)  # which shows all that was kept

    @tried()
    @given(sent=query(REPORT), key=st.sampled_from(["", "k" * 20, "\u00ff" * 30, "k" * 5000]))
    def one(sent, key):
        door.defaults["HTTP_IDEMPOTENCY_KEY"] = key
        for body in (sent, whole.encode() + b"&" + sent):
            send(door, "POST", path, body, seen)

    one()
    told(capsys, f"open311 reports {fmt}", seen)
    assert seen[201] > 0
    assert seen[400] > 5


@pytest.mark.parametrize(
    "kind", ["application/json", "multipart/form-data; boundary=x", "text/xml", "\u00ff"]
)
def test_no_body_of_another_kind_brings_the_portal_down(door, kind):
    seen: Counter = Counter()
    bodies = [
        b"[" * 100_000,
        b'{"a":' * 5_000,
        b'--x\r\nContent-Disposition: form-data; name="files"; filename="a\x00.jpg"\r\n\r\n\xff\r\n--x--\r\n',
        b'--x\r\nContent-Disposition: form-data; name="description"\r\n\r\n\x00\r\n--x--\r\n',
        b"--x\r\n",
        b"\xff\xfe\x00",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    ]
    door.post("/", {"category": "dispute"})
    for path in ("/", "/ask/story/", "/ask/files/", "/track/", "/open311/v2/requests.json"):
        for body in bodies:
            send(door, "POST", path, body, seen, kind)
    assert sum(seen.values()) == 35


def test_no_cookie_or_header_brings_the_portal_down(door):
    seen: Counter = Counter()
    for value in ("\u00ff\u00fe", "a" * 9000, "%00", '"', "; ; =", "ask:1:1"):
        for name in ("ask", "sessionid", "csrftoken", "lang", "messages"):
            door.cookies.clear()
            door.defaults = {"HTTP_COOKIE": f"{name}={value}", "HTTP_ACCEPT_LANGUAGE": value, "HTTP_REFERER": value,
                             "HTTP_X_REQUEST_ID": value, "HTTP_USER_AGENT": value, "HTTP_X_FORWARDED_FOR": value}  # fmt: skip
            for path in ("/", "/ask/story/", "/track/", "/open311/v2/services.json"):
                send(door, "GET", path, b"", seen)
    assert sum(seen.values()) == 120
