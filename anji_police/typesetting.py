"""Draws single papers as PDF/A-2a with Typst: JSON in, bytes out. Data never becomes markup.

The monthly reports have a drawing of their own (reports/drawing.py), which also keeps what they were drawn with.
"""

import io
import re
import tempfile
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import orjson
import pikepdf
import typst
from django.conf import settings
from PIL import Image

from anji_police import fonts

STANDARD = "a-2a"
PAGE_PPI = 150  # a page of a scanned letter stays legible, and takes about 200 KB
# Beyond Latin, Greek, Cyrillic, common punctuation and symbols, kana and the common ideographs the typeface has gaps, such as
# emoji.
_UNSURE = re.compile(
    r"[^\n -~\u00a0-\u00ff\u0391-\u03c9\u0401-\u0451\u2010-\u2027\u2030-\u203b\u2160-\u217b\u2460-\u249b"
    r"\u25a0-\u25cf\u3000-\u30ff\u4e00-\u9fa5\uff01-\uff5e\uffe5]"
)
# However large a page calls itself, its picture is of A4.
_ONE_PAGE = (
    b"#set page(width: 210mm, height: 297mm, margin: 0pt)\n"
    b'#image("in.pdf", page: int(sys.inputs.page), width: 100%, height: 100%, fit: "contain")\n'
)


@lru_cache(maxsize=16)
def _compiler(template: Path, folders: tuple[str, ...]) -> typst.Compiler:
    """One compiler a process and template: making it is half the time of a drawing."""
    return typst.Compiler(input=str(template), root=str(template.parent), font_paths=fonts.library(folders))


def _faces() -> str:
    return orjson.dumps(
        {face.role: {"family": face.family, "weight": face.weight} for face in fonts.faces()}
    ).decode()


def pdf(
    template: Path,
    data: dict,
    *,
    moment: datetime,
    pictures: dict[str, bytes] | None = None,
    at_any_rate: bool = False,
) -> bytes:
    """The PDF/A-2a that `template` makes of `data` (sys.inputs.data, and the faces of fonts.py in sys.inputs.faces, both JSON).

    `moment`: what stands in the file as its time, so that the same data give the same bytes. `pictures`: files by name that the
    template may show. A character that the typeface lacks, such as an emoji, stands as a box. Raises typst.TypstError when even
    that is refused; `at_any_rate` draws the paper without the standard then.
    """
    text = orjson.dumps(data, option=orjson.OPT_SORT_KEYS).decode()
    tries = [(text, [STANDARD]), (_UNSURE.sub("□", text), [STANDARD])] + [(text, [])] * at_any_rate
    for number, (drawn, standards) in enumerate(tries, start=1):
        try:
            return _drawn(template, drawn, moment, pictures or {}, standards)
        except typst.TypstError:
            if number == len(tries):
                raise
    raise AssertionError


def _drawn(template: Path, text: str, moment, pictures: dict[str, bytes], standards: list[str]) -> bytes:
    wanted = {
        "format": "pdf",
        "sys_inputs": {"data": text, "faces": _faces()},
        "pdf_standards": standards,
        "timestamp": int(moment.timestamp()),
    }
    if not pictures:
        return _compiler(template, tuple(settings.FONT_DIRS)).compile(**wanted)
    with tempfile.TemporaryDirectory(prefix="drawing-") as folder:
        room = Path(folder)
        for source in template.parent.glob("*.typ"):
            (room / source.name).write_bytes(source.read_bytes())
        for name, content in pictures.items():
            (room / name).write_bytes(content)
        compiler = typst.Compiler(input=str(room / template.name), root=folder, font_paths=fonts.library())
        return compiler.compile(**wanted)


def pages_as_pictures(content: bytes, *, ppi: int = PAGE_PPI) -> list[bytes]:
    """All pages of a PDF as JPEG: PDF/A takes no other PDF in. Raises typst.TypstError for what can't be drawn."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        count = len(pdf.pages)
    with tempfile.TemporaryDirectory(prefix="drawing-") as folder:
        room = Path(folder)
        (room / "in.pdf").write_bytes(content)
        (room / "page.typ").write_bytes(_ONE_PAGE)
        compiler = typst.Compiler(input=str(room / "page.typ"), root=folder, font_paths=fonts.library())
        return [
            _as_jpeg(compiler.compile(format="png", ppi=ppi, sys_inputs={"page": str(page)}))
            for page in range(1, count + 1)
        ]


def _as_jpeg(png: bytes) -> bytes:
    """A scanned page is a photo: as JPEG it takes a tenth of the room."""
    out = io.BytesIO()
    with Image.open(io.BytesIO(png)) as page:
        page.convert("RGB").save(out, "JPEG", quality=85)
    return out.getvalue()
