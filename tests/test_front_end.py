"""What may not stand in templates, styles and scripts: inline code, raw colours, and what old kernels can't read."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

BASE = Path(settings.BASE_DIR)
TEMPLATES = sorted(p for p in BASE.rglob("templates/**/*.html") if not {".venv", "var"} & set(p.parts))
STYLES = sorted((BASE / "static").glob("**/*.css"))
SCRIPTS = sorted((BASE / "static" / "js").glob("*.js"))
ICONS = BASE / "static" / "vendor" / "tabler-icons"
OWN_STYLES = [p for p in STYLES if "vendor" not in p.parts]

INLINE = {
    "inline style": r"\sstyle\s*=",
    "style element": r"<style",
    "event attribute": r"\son[a-z]+\s*=",
    "htmx script": r"hx-on|js:|javascript:",
    "inline script": r"<script(?![^>]*\bsrc=)(?![^>]*application/json)",
    "outside address": r"(?:src|href|action)=[\"']?(?:https?:)?//",
}
# Chromium 86 is the oldest kernel that has to work (docs/pages.md).
TOO_NEW = r":has\(|color-mix\(|light-dark\(|oklch\(|@layer|@container|\binset:|\d(?:d|s|l)vh\b|&[:. ]"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(BASE)))
def test_a_template_has_nothing_inline(path):
    text = re.sub(r"{#.*?#}", "", path.read_text(encoding="utf-8"))
    found = [name for name, pattern in INLINE.items() if re.search(pattern, text, re.IGNORECASE)]
    assert not found
    if path.name != "emblem.html":
        assert not re.search(r"#[0-9a-f]{6}\b|rgba?\(", text, re.IGNORECASE), "colours live in portal.css"


def test_templates_are_found():
    assert len(TEMPLATES) > 40
    assert OWN_STYLES
    assert SCRIPTS


@pytest.mark.parametrize("path", OWN_STYLES, ids=lambda p: p.name)
def test_a_style_sheet_works_in_old_kernels(path):
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not re.findall(TOO_NEW, text)
    assert not re.findall(r"url\((?:https?:)?//", text)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda p: p.name)
def test_a_script_obeys_the_policy(path):
    text = path.read_text(encoding="utf-8")
    assert not re.findall(r"\beval\(|new Function|setAttribute\(.style|document\.write|\.cssText", text)
    assert not re.findall(r"\?\.|\?\?|=>", text), "the scripts stay ES5, as the oldest kernel reads it"
    assert not re.findall(
        r"[\u4e00-\u9fff]{2,}", re.sub(r"/\*.*?\*/|/\(街道[^/]*/", "", text, flags=re.DOTALL)
    )


def test_no_vendored_file_names_a_map_that_is_not_there():
    for path in (BASE / "static" / "vendor").rglob("*.[cj]s*"):
        assert "sourceMappingURL" not in path.read_text(encoding="utf-8"), path


def test_the_icon_list_is_what_lies_there():
    listed = (ICONS / "icons.txt").read_text().split()
    assert listed == sorted(set(listed))
    assert {p.stem for p in ICONS.glob("*.svg")} == set(listed)


def test_every_icon_that_is_asked_for_exists():
    asked = set()
    for path in [*TEMPLATES, *BASE.glob("anji_police/**/*.py"), *BASE.glob("mediation/**/*.py")]:
        text = path.read_text(encoding="utf-8")
        asked |= set(re.findall(r'\{% icon "([a-z0-9-]+)"', text))
        asked |= set(re.findall(r'icon(?:_name)?="([a-z0-9-]+)"', text))
        asked |= set(re.findall(r'\bicon\("([a-z0-9-]+)"', text))
    assert not {name for name in asked if not (ICONS / f"{name}.svg").exists()}


def test_every_static_file_that_a_template_names_exists():
    for path in TEMPLATES:
        for name in re.findall(r'{% static "([^"]+)"', path.read_text(encoding="utf-8")):
            assert finders.find(name), f"{path.name}: {name}"
