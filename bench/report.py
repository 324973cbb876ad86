"""How long drawing a monthly report takes, as ratios that hold on any machine.

    python bench/report.py

Targets: draw() at most 2 times a bare typst.Compiler.compile of the same data; PDF/A-2a at most 1.1 times plain PDF.
Rounds are interleaved and the median is taken; each round draws a paper with other figures, so that nothing is
answered from the engine's memory.
"""

import copy
import os
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anji_police.settings")

ROUNDS = 15


def main() -> int:
    import django

    django.setup()
    import io

    import pikepdf
    import typst
    from django.conf import settings

    from anji_police import fonts
    from anji_police.reports import drawing
    from tests.reports.papers import bar, county, line, paper, table

    tables = {"title": ["2024年5月各派出所指标表"], "blocks": [table(30) for _ in range(6)]}
    pictures = {"title": ["2024年5月统计图"], "blocks": [bar(), line(), county(), bar(), line(), county()]}

    def one(number: int) -> dict:
        """A paper whose every table cell and chart differs from the last one's."""
        changed = copy.deepcopy([tables, pictures])
        for block in changed[0]["blocks"]:
            block["rows"] = [
                [f"{cell}{number}" if cell[-1] != "件" else cell for cell in row] for row in block["rows"]
            ]
        for block in changed[1]["blocks"]:
            block["unit"] = f"件{number}"
        return paper(closing=f"特此报告（{number}）。", annexes=changed)

    source = str(drawing.TEMPLATES / "monthly.typ")
    bare = typst.Compiler(
        input=source, root=str(drawing.TEMPLATES), font_paths=fonts.library(tuple(settings.FONT_DIRS))
    )
    drawing.draw(one(0))
    bare.compile(sys_inputs=drawing.inputs(one(0)))
    times: dict[str, list[float]] = {"draw": [], "bare a-2a": [], "bare plain": []}
    number = 0
    for _ in range(ROUNDS):
        for name, spent in times.items():
            number += 1
            this = one(number)
            if name == "draw":
                start = time.perf_counter()
                drawing.draw(this)
            else:
                prepared = drawing.inputs(this)
                standards = [drawing.STANDARD] if name == "bare a-2a" else []
                start = time.perf_counter()
                bare.compile(format="pdf", sys_inputs=prepared, pdf_standards=standards, timestamp=0)
            spent.append(time.perf_counter() - start)
    draw, tagged, plain = (statistics.median(spent) for spent in times.values())
    pages = len(pikepdf.open(io.BytesIO(drawing.draw(one(0)))).pages)
    print(
        f"{pages} pages, median of {ROUNDS}: draw {draw:.3f} s, bare a-2a {tagged:.3f} s, bare plain {plain:.3f} s"
    )
    print(f"draw / bare compile: {draw / plain:.2f} (target 2.00)")
    print(f"a-2a / plain: {tagged / plain:.2f} (target 1.10)")
    return 0 if draw / plain <= 2 and tagged / plain <= 1.1 else 1


if __name__ == "__main__":
    sys.exit(main())
