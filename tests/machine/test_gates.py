"""The quality gates, each as one test: what they find is in the failure's text."""

import os
import subprocess
import sys

import pytest

from tests.machine.conftest import ROOT

PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "anji_police.settings",
    "SECRET_KEY": "of-a-length-and-variety-that-the-check-accepts-0123456789-abcdef",
    "FIELD_KEYS": "k1:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=",
    "INDEX_KEYS": "k1:QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI=",
    "SERVED_OVER_HTTPS": "1",
    "ALLOWED_HOSTS": "portal.example",
    "DEMO_WITHOUT_SECOND_FACTOR": "0",
    "PORTAL_DB_ROLE": "owner",
}
MANAGE = [sys.executable, "-W", "ignore", "manage.py"]
TOOL = [sys.executable, "-m"]
GATES = {
    "ruff": [*TOOL, "ruff", "check", "--no-cache", "."],
    "format": [*TOOL, "ruff", "format", "--check", "--no-cache", "."],
    "templates": [*TOOL, "djlint", "--lint", "--quiet", "templates"],
    "layers": [os.path.join(os.path.dirname(sys.executable), "lint-imports"), "--no-cache"],
    "migrations": [*MANAGE, "makemigrations", "--check", "--dry-run"],
    "deployment": [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"],
    "schema": [*MANAGE, "spectacular", "--validate", "--fail-on-warn", "--file", os.devnull],
}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("gate", GATES)
def test_gate(gate, tmp_path):
    if gate == "templates" and not (ROOT / "templates").is_dir():
        pytest.skip("there are no templates")
    found = subprocess.run(
        GATES[gate],
        cwd=ROOT,
        env={**os.environ, **PRODUCTION, "PORTAL_VAR": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert found.returncode == 0, f"{found.stdout[-6000:]}\n{found.stderr[-6000:]}"


@pytest.mark.timeout(120)
def test_check_deploy_refuses_demonstration_accounts(tmp_path):
    found = subprocess.run(
        GATES["deployment"],
        cwd=ROOT,
        env={**os.environ, **PRODUCTION, "DEMO_WITHOUT_SECOND_FACTOR": "1", "PORTAL_VAR": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert found.returncode == 1
    assert "portal.E001" in found.stderr
