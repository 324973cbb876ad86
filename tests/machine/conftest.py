"""The commands as a person calls them, on a data folder of their own. Nothing is installed and no server started."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# What bin/test exports would answer for the command under test.
OURS = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "DATABASE_TEST_URL",
    "REDIS_URL",
    "PORT",
    "BIND",
    "FIELD_KEYS",
    "SECRET_KEY",
)


@pytest.fixture
def var(tmp_path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def run(var):
    def call(*command: str, **environment: str) -> subprocess.CompletedProcess:
        inherited = {name: value for name, value in os.environ.items() if name not in OURS}
        return subprocess.run(
            [str(ROOT / command[0]), *command[1:]],
            env={**inherited, "PORTAL_VAR": str(var), **environment},
            capture_output=True,
            text=True,
            timeout=60,
            stdin=subprocess.DEVNULL,
        )

    return call


def said(answer: subprocess.CompletedProcess) -> str:
    """What went wrong: one plain sentence on one line, and exit status 1."""
    assert answer.returncode == 1
    lines = answer.stderr.strip().splitlines()
    assert len(lines) == 1, answer.stderr
    return lines[0]
