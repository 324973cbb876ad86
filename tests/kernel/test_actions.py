"""Every action that the code records has a label; what a test happens to record is checked again in tests/conftest.py."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings

from anji_police.audit import actions

APPS = sorted({action.split(".", 1)[0] for action in actions.named()})
ACTION = re.compile(rf"({'|'.join(APPS)})\.[a-z_-]+\.[a-z_-]+")
SKIPPED = {"actions.py", "migrations", "urls.py"}


def sources() -> list[Path]:
    roots = [settings.BASE_DIR / "anji_police", *(settings.BASE_DIR / app for app in APPS)]
    found = {path for root in roots if root.is_dir() for path in root.rglob("*.py")}
    return sorted(path for path in found if not SKIPPED & set(path.parts))


def constants(node: ast.AST) -> list[str]:
    return [n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)]


def recorded() -> set[str]:
    """All literals that look like an action, and those that a `record(actor, "verb", …)` of an app makes of its prefix."""
    found, prefixes, verbs = set(), {}, {}
    for path in sources():
        tree, app = ast.parse(path.read_text(encoding="utf-8")), path.relative_to(settings.BASE_DIR).parts[:2]
        home = app[1] if app[0] == "anji_police" else app[0]
        found |= {text for text in constants(tree) if ACTION.fullmatch(text)}
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.name == "record":
                prefixes[home] = next(
                    (t for t in constants(node) if re.fullmatch(r"[a-z]+\.[a-z]+\.", t)), None
                )
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "record" and len(node.args) > 1:
                verb = node.args[1]
                parts = [verb.body, verb.orelse] if isinstance(verb, ast.IfExp) else [verb]
                verbs.setdefault(home, set()).update(text for part in parts for text in constants(part))
    return found | {
        f"{prefixes[home]}{verb}" for home, said in verbs.items() if prefixes.get(home) for verb in said
    }


def test_every_action_that_the_code_records_has_a_label():
    found = recorded()
    assert {"helpdesk.request.contacted", "accounts.account.deactivated", "places.unit.moved"} <= found
    assert not found - set(actions.named())


def test_an_action_named_twice_fails_at_start_up():
    with pytest.raises(ValueError, match="named twice"):
        actions.name({"accounts.session.started": "x"})


def test_an_action_of_an_app_that_is_gone_keeps_its_key():
    assert actions.label_of("gone.thing.done") == "gone.thing.done"
