"""Every text of the interface is translated, and the translation fits."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.smoke

PO = Path(settings.BASE_DIR) / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
# ASCII punctuation that touches a Chinese character
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,;:!?]|[,;:!?][\u4e00-\u9fff]")


def _entries(path: Path) -> dict[str, tuple[str, bool]]:
    """msgid -> (translation, fuzzy)."""
    found = {}
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        lines = [line for line in block.splitlines() if not line.startswith(("#~", "#|"))]
        text = "\n".join(line for line in lines if not line.startswith("#"))
        match = re.search(
            r'(?:msgctxt ((?:"[^\n]*"\n?)+))?msgid ((?:"[^\n]*"\n?)+)(?:msgid_plural (?:"[^\n]*"\n?)+)?msgstr(?:\[0\])? ((?:"[^\n]*"\n?)+)',
            text,
        )
        if match and (key := _joined(match[2])):
            fuzzy = any(line.startswith("#,") and "fuzzy" in line for line in lines)
            found[f"{_joined(match[1] or '')}\x04{key}" if match[1] else key] = (_joined(match[3]), fuzzy)
    return found


def _joined(quoted: str) -> str:
    return "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', quoted))


@pytest.fixture(scope="module")
def extracted(tmp_path_factory) -> dict[str, tuple[str, bool]]:
    """The texts that the sources hold now, by makemessages on a copy."""
    root = tmp_path_factory.mktemp("messages")
    base = Path(settings.BASE_DIR)
    for name in ("anji_police", "mediation", "volunteers", "templates"):
        shutil.copytree(base / name, root / name, ignore=shutil.ignore_patterns("__pycache__", "migrations"))
    (root / "locale").mkdir()
    subprocess.run(
        ["django-admin", "makemessages", "-l", "zh_Hans", "--no-location", "--no-wrap"],
        cwd=root,
        env={name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"},
        check=True,
        capture_output=True,
    )
    return _entries(root / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po")


def test_no_text_is_missing_or_fuzzy(extracted):
    have = _entries(PO)
    missing = sorted(key for key in extracted if not have.get(key, ("", False))[0])
    fuzzy = sorted(key for key in extracted if have.get(key, ("", False))[1])
    assert not missing, f"{len(missing)} texts have no translation:\n" + "\n".join(missing)
    assert not fuzzy


def test_placeholders_are_the_same(extracted):
    pattern = re.compile(r"%\([a-z_]+\)[sd]|%[sd]|\{[a-z]+\}")
    have = _entries(PO)
    different = [
        key
        for key in extracted
        if key in have
        and have[key][0]
        and not set(pattern.findall(have[key][0])) <= set(pattern.findall(key))
    ]
    lost = [
        key
        for key in extracted
        if key in have and have[key][0] and set(pattern.findall(key)) - set(pattern.findall(have[key][0]))
    ]
    assert not different
    assert not lost


def test_chinese_has_full_width_punctuation():
    wrong = {key: text for key, (text, _fuzzy) in _entries(PO).items() if HALF_WIDTH.search(text)}
    assert not wrong


def test_the_file_compiles(tmp_path):
    subprocess.run(["msgfmt", "--check-format", "-o", tmp_path / "x.mo", PO], check=True, capture_output=True)
