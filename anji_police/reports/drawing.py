"""Draws a paper: JSON in, the bytes of a PDF/A-2a out. Nothing else goes in, so the same paper gives the same bytes."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import typst
from django.conf import settings

from anji_police import fonts
from anji_police.periods import SHANGHAI
from anji_police.reports import charts

TEMPLATES = Path(__file__).resolve().parent / "typst"
STANDARD = "a-2a"


class DrawingError(RuntimeError):
    """The engine could not draw the paper; the message says where."""


@dataclass(frozen=True)
class Drawn:
    """A drawn paper: its bytes, their SHA-256, the faces used and the engine that drew it."""

    pdf: bytes
    sha256: str
    faces: list[dict]
    engine: str


@lru_cache(maxsize=1)
def engine() -> str:
    """Name of the engine and of the templates: when it is the same, the same paper gives the same bytes."""
    digest = hashlib.sha256()
    for path in sorted([*TEMPLATES.glob("*.typ"), Path(charts.__file__)]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return f"typst {typst.__version__}, templates {digest.hexdigest()[:12]}"


@lru_cache(maxsize=4)
def _compiler(folders: tuple[str, ...]) -> typst.Compiler:
    """One compiler a process and set of fonts: making it is half the time of a drawing."""
    return typst.Compiler(
        input=str(TEMPLATES / "monthly.typ"), root=str(TEMPLATES), font_paths=fonts.library(folders)
    )


def _with_pictures(paper: dict) -> dict:
    """`paper` with each chart and map drawn to SVG."""
    annexes = [
        {**annex, "blocks": [charts.picture(block) for block in annex["blocks"]]}
        for annex in paper["annexes"]
    ]
    return {**paper, "annexes": annexes}


def inputs(paper: dict, folders: tuple[str, ...] | None = None) -> dict[str, str]:
    """What the template reads from sys.inputs: the paper and the faces, both as JSON."""
    faces = {face.role: {"family": face.family, "weight": face.weight} for face in fonts.faces(folders)}
    return {
        "paper": json.dumps(_with_pictures(paper), ensure_ascii=False, sort_keys=True),
        "faces": json.dumps(faces, ensure_ascii=False, sort_keys=True),
    }


def draw_with_facts(paper: dict) -> Drawn:
    """Draw `paper` (see paper.py for its form) as PDF/A-2a and say with what it was drawn.

    Raises DrawingError when a needed family is not installed, or the engine refuses.
    """
    folders = tuple(settings.FONT_DIRS)
    if absent := fonts.missing(folders):
        raise DrawingError(
            f"Fonts are missing: {', '.join(absent)}. Install fonts-noto-cjk or set FONT_DIRS."
        )
    day = datetime.fromisoformat(paper["date"]).replace(tzinfo=SHANGHAI)
    try:
        pdf = _compiler(folders).compile(
            format="pdf",
            sys_inputs=inputs(paper, folders),
            pdf_standards=[STANDARD],
            timestamp=int(day.timestamp()),
        )
    except typst.TypstError as error:
        raise DrawingError(error.diagnostic or error.message) from error
    return Drawn(pdf, hashlib.sha256(pdf).hexdigest(), faces_now(), engine())


def faces_now() -> list[dict]:
    """The faces that a paper is drawn with today, substitutions marked."""
    return [face.as_dict() for face in fonts.faces(tuple(settings.FONT_DIRS))]


def draw(paper: dict) -> bytes:
    """The bytes of the PDF/A-2a of `paper`; pure: the same paper gives the same bytes on the same engine and fonts."""
    return draw_with_facts(paper).pdf
