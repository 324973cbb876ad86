"""Walks every address of the portal and asks it as each role."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.access.world import COLUMNS, Example, World

EXPECTED = Path(__file__).parent / "expected"
PLAIN_METHODS = ("GET", "POST")


@dataclass(frozen=True)
class Route:
    """One named address and the methods it is asked with."""

    name: str
    app: str
    methods: tuple[str, ...]


def _app(callback) -> str:
    """The app that answers: its folder's name, "portal" for the project itself and for libraries."""
    parts = getattr(callback, "cls", getattr(callback, "view_class", callback)).__module__.split(".")
    if parts[0] == "anji_police":
        return parts[1] if len(parts) > 2 else "portal"
    return parts[0] if (Path(settings.BASE_DIR) / parts[0] / "apps.py").exists() else "portal"


def _methods(callback) -> tuple[str, ...]:
    if actions := getattr(callback, "actions", None):
        return tuple(method.upper() for method in actions if method not in ("head", "options"))
    if view := getattr(callback, "cls", None):
        return tuple(
            m.upper() for m in view.http_method_names if hasattr(view, m) and m not in ("head", "options")
        )
    return PLAIN_METHODS


def _walk(patterns, namespace: str = "", prefix: str = "") -> Iterator[Route]:
    for entry in patterns:
        if isinstance(entry, URLResolver):
            below = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry.url_patterns, below, prefix + str(entry.pattern))
        elif isinstance(entry, URLPattern) and not str(entry.pattern).endswith(r"\.(?P<format>[a-z0-9]+)/?$"):
            name = f"{namespace}{entry.name}" if entry.name else f"/{prefix}{entry.pattern}"
            yield Route(name, _app(entry.callback), _methods(entry.callback))


def routes() -> list[Route]:
    """All addresses, one row a name: a name with several patterns (an optional part) counts once."""
    found: dict[str, Route] = {}
    for route in _walk(get_resolver().url_patterns):
        known = found.get(route.name)
        methods = tuple(dict.fromkeys([*(known.methods if known else ()), *route.methods]))
        found[route.name] = Route(route.name, route.app, methods)
    return sorted(found.values(), key=lambda r: (r.app, r.name))


def address(name: str, example: Example) -> str:
    path = name if name.startswith("/") else reverse(name, kwargs=example.kwargs or None)
    return f"{path}?{example.query}" if example.query else path


def bring(client: Client, example: Example) -> None:
    """Put what the example's browser holds into `client`: a half-filled form, an opened request."""
    for name, value in example.cookies.items():
        client.cookies[name] = value
    if example.session:
        session = client.session
        session.update(example.session)
        session.save()


class Asker:
    """Asks as each role, and puts back whatever the question changed."""

    def __init__(self, world: World, sign_in):
        self.world = world
        self.sessions = {
            column: sign_in(Client(), user).cookies[settings.SESSION_COOKIE_NAME].value
            for column, user in world.users.items()
        }

    def ask(self, route: Route, method: str, column: str):
        example = self.world.examples.get(route.name, Example())
        client = Client(raise_request_exception=False)
        if column in self.sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[column]
        cache.clear()
        target = address(route.name, example)
        more = (
            {"content_type": "application/json"} if route.name.startswith("api:") and method != "GET" else {}
        )
        with transaction.atomic():
            bring(client, example)
            response = getattr(client, method.lower())(
                target, None if method == "GET" else example.data, **more
            )
            transaction.set_rollback(True)
        return response


def actual(asker: Asker, app: str, look=lambda route, method, column, response: None) -> list[dict[str, str]]:
    """The rows of one app as they are now; `look` sees each answer."""
    rows = []
    for route in routes():
        if route.app != app:
            continue
        for method in route.methods:
            row = {"url": route.name, "method": method}
            for column in COLUMNS:
                response = asker.ask(route, method, column)
                look(route, method, column, response)
                row[column] = str(response.status_code)
            if set(list(row.values())[2:]) != {"405"}:  # a method that nobody may use says nothing
                rows.append(row)
    return rows


def expected(app: str) -> list[dict[str, str]]:
    path = EXPECTED / f"{app}.csv"
    if not path.exists():
        return []
    with path.open(newline="") as lines:
        return list(csv.DictReader(lines))


def write(app: str, rows: list[dict[str, str]]) -> None:
    with (EXPECTED / f"{app}.csv").open("w", newline="") as lines:
        out = csv.DictWriter(lines, ["url", "method", *COLUMNS], lineterminator="\n")
        out.writeheader()
        out.writerows(rows)


def apps() -> list[str]:
    return sorted({route.app for route in routes()})
