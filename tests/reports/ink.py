"""Measures the ink of a drawn page: what a ruler would find on the printed sheet, not what the file says about itself."""

import re
import subprocess
import tempfile
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

DPI = 600
MM = DPI / 25.4  # pixels in a millimetre


def _netpbm(path: Path) -> np.ndarray:
    data = path.read_bytes()
    kind, width, height = re.match(rb"(P[56])\s+(\d+)\s+(\d+)\s+255\s", data).groups()
    body = np.frombuffer(
        data, np.uint8, offset=len(data) - int(width) * int(height) * (3 if kind == b"P6" else 1)
    )
    shape = (int(height), int(width), 3) if kind == b"P6" else (int(height), int(width))
    return body.reshape(shape)


def page(pdf: bytes, number: int, *, colour: bool = False) -> np.ndarray:
    """Page `number` (from 1) at 600 dpi: grey, or red, green and blue."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "paper.pdf")
        source.write_bytes(pdf)
        mode = [] if colour else ["-gray"]
        command = ["pdftoppm", "-r", str(DPI), *mode, "-f", str(number), "-l", str(number), "-singlefile"]
        subprocess.run([*command, source, Path(folder, "page")], check=True, capture_output=True)
        return _netpbm(next(Path(folder).glob("page.p?m")))


def box(ink: np.ndarray) -> tuple[float, float, float, float]:
    """(left, top, right, bottom) in mm of the True pixels, from the page's upper left corner."""
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return columns[0] / MM, rows[0] / MM, (columns[-1] + 1) / MM, (rows[-1] + 1) / MM


def dark(grey: np.ndarray) -> np.ndarray:
    return grey < 128


def red(rgb: np.ndarray) -> np.ndarray:
    return (rgb[..., 0] > 150) & (rgb[..., 1] < 120) & (rgb[..., 2] < 120)


def runs(flags: np.ndarray) -> list[tuple[int, int]]:
    """Half-open spans of True in a row of flags."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flags.astype(np.int8), [0]))))
    return list(zip(edges[::2], edges[1::2], strict=True))


def text_lines(pdf: bytes, number: int) -> list[tuple[float, float, str]]:
    """(baseline box top, left, words) of each line of text on page `number`, in mm, top to bottom."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "paper.pdf"), Path(folder, "page.xml")
        source.write_bytes(pdf)
        command = ["pdftotext", "-bbox-layout", "-f", str(number), "-l", str(number), source, target]
        subprocess.run(command, check=True, capture_output=True)
        root = ElementTree.fromstring(target.read_bytes())
    found = []
    for line in root.iter("{http://www.w3.org/1999/xhtml}line"):
        words = "".join(word.text for word in line)
        found.append((float(line.get("yMin")) / 72 * 25.4, float(line.get("xMin")) / 72 * 25.4, words))
    return sorted(found)


def tool(*command: str, pdf: bytes) -> str:
    """What a poppler tool prints about `pdf`."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "paper.pdf")
        source.write_bytes(pdf)
        return subprocess.run([*command, source], check=True, capture_output=True, text=True).stdout


def text(pdf: bytes) -> str:
    """All words of `pdf` in reading order, without white space."""
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, check=True, capture_output=True)
    return re.sub(r"\s", "", done.stdout.decode())
