"""Charts and maps of the papers as SVG, drawn here: no browser, no plotting library, the same bytes each time.

Lengths are points (442 wide is the 156 mm of the type area). Colours are those of the pages (ui.md: at least 3:1 on white and
told apart in the common kinds of colour blindness); lines differ by marker and dash too, so that a copy in grey can be read.
"""

import math
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

from anji_police.fonts import CHART_FAMILY

PALETTE = ("#1553b6", "#c96a00", "#12877a", "#d567c5", "#6b0652", "#675621")
INK, SECOND, LINE = "#0f1b2d", "#46546a", "#d5dce6"
RAMP = ("#eaf1fb", "#c3d8f4", "#8fb5e8", "#5489d4", "#1553b6")  # light to dark: few to many
NOTHING = "#eceff3"
DASHES = ("", "6 3", "2 2", "8 3 2 3", "1 3")
WIDTH = 442.0


def _n(value: float) -> str:
    """A coordinate with at most two decimals, written the same on every machine."""
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"


def show(value) -> str:
    """A figure as it stands beside a mark: no digits that aren't there, — for none."""
    if value is None:
        return "—"
    number = Decimal(str(value))
    return (
        f"{int(number):,}"
        if number == number.to_integral_value()
        else f"{number:,.2f}".rstrip("0").rstrip(".")
    )


def _text(
    x: float,
    y: float,
    words: str,
    *,
    size: float = 8.5,
    anchor: str = "middle",
    fill: str = INK,
    extra: str = "",
) -> str:
    return (
        f'<text x="{_n(x)}" y="{_n(y)}" font-family="{CHART_FAMILY}" font-size="{_n(size)}" text-anchor="{anchor}" '
        f'fill="{fill}"{extra}>{escape(words)}</text>'
    )


def _svg(height: float, parts: list[str], title: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_n(WIDTH)}" height="{_n(height)}" '
        f'viewBox="0 0 {_n(WIDTH)} {_n(height)}" role="img" aria-label={quoteattr(title)}>'
        + "".join(parts)
        + "</svg>"
    )


def ticks(highest: float) -> list[float]:
    """Round marks from 0 to at least `highest`, four to six of them."""
    if highest <= 0:
        return [0, 1]
    power = 10.0 ** math.floor(math.log10(highest / 4))
    step = next(power * nice for nice in (1, 2, 2.5, 5, 10) if highest / (power * nice) <= 5)
    if highest >= 4:
        step = max(1.0, step)
    return [step * i for i in range(math.ceil(highest / step - 1e-9) + 1)]


def _two_rows(label: str, longest: int = 4) -> list[str]:
    """A long name broken into two rows of at most `longest` characters, cut where it must be."""
    if len(label) <= longest:
        return [label]
    half = min(longest, -(-len(label) // 2))
    rest = label[half:]
    return [label[:half], rest if len(rest) <= longest else rest[: longest - 1] + "…"]


class _Plot:
    """The frame of a chart: scale, grid lines, labels below, legend above."""

    def __init__(self, chart: dict, height: float):
        self.chart, self.height = chart, height
        values = [float(v) for s in chart["series"] for v in s["values"] if v is not None]
        self.marks = ticks(max(values, default=0))
        self.left = 14 + 5.2 * max(len(show(mark)) for mark in self.marks)
        self.right, self.top, self.bottom = WIDTH - 6, 34.0, height - 30
        self.slot = (self.right - self.left) / max(1, len(chart["labels"]))

    def y(self, value) -> float:
        return self.bottom - (self.bottom - self.top) * float(value) / self.marks[-1]

    def centre(self, index: int) -> float:
        return self.left + self.slot * (index + 0.5)

    def frame(self) -> list[str]:
        parts = []
        for mark in self.marks:
            y = self.y(mark)
            colour = SECOND if mark == 0 else LINE
            parts.append(
                f'<path d="M{_n(self.left)} {_n(y)}H{_n(self.right)}" stroke="{colour}" stroke-width="0.6"/>'
            )
            parts.append(_text(self.left - 5, y + 3, show(mark), size=8, anchor="end", fill=SECOND))
        parts.append(_text(2, self.top - 12, self.chart["unit"], size=8, anchor="start", fill=SECOND))
        for index, label in enumerate(self.chart["labels"]):
            for row, words in enumerate(_two_rows(label, max(2, int(self.slot // 8)))):
                parts.append(_text(self.centre(index), self.bottom + 12 + row * 10, words, size=8))
        return parts

    def legend(self, symbol) -> list[str]:
        parts, x = [], self.left + 4
        for index, series in enumerate(self.chart["series"]):
            parts.append(symbol(index, x, 10))
            parts.append(_text(x + 22, 13, series["name"], anchor="start"))
            x += 34 + sum(8.5 if ord(c) > 255 else 5 for c in series["name"])
        return parts


def bars(chart: dict) -> str:
    """Grouped upright bars from zero: `labels`, `series` [{name, values}], `unit`; a missing value draws no bar but —."""
    plot = _Plot(chart, 200)
    parts = plot.frame()
    count = len(chart["series"])
    width = min(16.0, plot.slot * 0.78 / count)
    longest = max((len(show(v)) for s in chart["series"] for v in s["values"]), default=1)
    # All values are written or none: a part of them would look like a choice.
    told = (plot.slot if count == 1 else width) >= 4.6 * longest
    for s, series in enumerate(chart["series"]):
        for index, value in enumerate(series["values"]):
            x = plot.centre(index) + (s - count / 2) * width
            if value is None:
                parts.append(_text(x + width / 2, plot.bottom - 3, "—", size=7, fill=SECOND))
                continue
            top = plot.y(value)
            parts.append(
                f'<rect x="{_n(x + 0.5)}" y="{_n(top)}" width="{_n(width - 1)}" height="{_n(plot.bottom - top)}" '
                f'fill="{PALETTE[s]}"/>'
            )
            if told:
                parts.append(_text(x + width / 2, top - 2.5, show(value), size=7.5))
    if count > 1:
        parts += plot.legend(
            lambda i, x, y: f'<rect x="{_n(x)}" y="{_n(y - 5)}" width="16" height="9" fill="{PALETTE[i]}"/>'
        )
    return _svg(plot.height, parts, chart["alt"])


def _marker(kind: int, x: float, y: float, colour: str) -> str:
    shapes = (
        f'<circle cx="{_n(x)}" cy="{_n(y)}" r="2.6" fill="{colour}"/>',
        f'<rect x="{_n(x - 2.4)}" y="{_n(y - 2.4)}" width="4.8" height="4.8" fill="{colour}"/>',
        f'<path d="M{_n(x)} {_n(y - 3.2)}L{_n(x + 3)} {_n(y + 2.2)}H{_n(x - 3)}Z" fill="{colour}"/>',
        f'<path d="M{_n(x)} {_n(y - 3.4)}L{_n(x + 3.4)} {_n(y)}L{_n(x)} {_n(y + 3.4)}L{_n(x - 3.4)} {_n(y)}Z" fill="{colour}"/>',
    )
    return shapes[kind % len(shapes)]


def lines(chart: dict) -> str:
    """Lines over months: as bars(); a missing value breaks the line."""
    plot = _Plot(chart, 200)
    parts = plot.frame()
    for s, series in enumerate(chart["series"]):
        colour, dash = PALETTE[s], DASHES[s % len(DASHES)]
        path, pen_down, points = [], False, []
        for index, value in enumerate(series["values"]):
            if value is None:
                pen_down = False
                continue
            x, y = plot.centre(index), plot.y(value)
            path.append(f"{'L' if pen_down else 'M'}{_n(x)} {_n(y)}")
            points.append((x, y, value))
            pen_down = True
        style = f' stroke-dasharray="{dash}"' if dash else ""
        parts.append(
            f'<path d="{"".join(path) or "M0 0"}" fill="none" stroke="{colour}" stroke-width="1.6" stroke-linejoin="round"{style}/>'
        )
        parts += [_marker(s, x, y, colour) for x, y, _ in points]
        if points and s == 0:
            x, y, value = points[-1]
            falls = len(points) > 1 and points[-2][1] < y
            below = y + (13 if falls and y + 13 < plot.bottom else -6)
            parts.append(_text(min(x, plot.right - 8), below, show(value), size=8, fill=colour))
    parts += plot.legend(
        lambda i, x, y: (
            f'<path d="M{_n(x)} {_n(y)}h18" stroke="{PALETTE[i]}" stroke-width="1.6"'
            + (f' stroke-dasharray="{DASHES[i]}"' if DASHES[i] else "")
            + "/>"
            + _marker(i, x + 9, y, PALETTE[i])
        )
    )
    return _svg(plot.height, parts, chart["alt"])


def classes(values: list) -> list[tuple[float, float]]:
    """At most five closed classes [low, high] of whole numbers over `values`; zero stands alone when it occurs."""
    present = sorted({int(Decimal(str(v))) for v in values if v is not None})
    if not present:
        return []
    found: list[tuple[float, float]] = [(0, 0)] if present[0] == 0 else []
    positive = [v for v in present if v > 0]
    if not positive:
        return found
    wanted = min(5 - len(found), len(positive))
    low, high = positive[0], positive[-1]
    step = max(1, math.ceil((high - low + 1) / wanted))
    while low <= high:
        found.append((low, low + step - 1))
        low += step
    return found


def _shade(value, groups) -> int | None:
    """Index into RAMP, spread so that the top class is the darkest."""
    if value is None:
        return None
    whole = int(Decimal(str(value)))
    place = next(i for i, (low, high) in enumerate(groups) if low <= whole <= high)
    return 0 if len(groups) == 1 else round(place * (len(RAMP) - 1) / (len(groups) - 1))


class _Projection:
    """Degrees to points: equirectangular, true at the middle latitude; good enough for one county."""

    def __init__(self, rings: list, box: tuple[float, float, float, float]):
        lons = [float(p[0]) for ring in rings for p in ring]
        lats = [float(p[1]) for ring in rings for p in ring]
        self.west, self.north = min(lons), max(lats)
        self.squeeze = math.cos(math.radians((min(lats) + max(lats)) / 2))
        wide, high = (max(lons) - self.west) * self.squeeze, self.north - min(lats)
        x, y, width, height = box
        self.scale = min(width / wide, height / high)
        self.x, self.y = x + (width - wide * self.scale) / 2, y + (height - high * self.scale) / 2

    def __call__(self, lon: float, lat: float) -> tuple[float, float]:
        return self.x + (float(lon) - self.west) * self.squeeze * self.scale, self.y + (
            self.north - float(lat)
        ) * self.scale

    def path(self, rings: list) -> str:
        drawn = []
        for ring in rings:
            points = [self(lon, lat) for lon, lat in ring]
            drawn.append("M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in points) + "Z")
        return "".join(drawn)


def choropleth(chart: dict) -> str:
    """The county by township: `areas` [{name, value, rings, at}], `unit`. Rings are lon/lat in WGS-84, simplified before."""
    height = 360.0
    areas = chart["areas"]
    project = _Projection([r for a in areas for r in a["rings"]], (4, 6, WIDTH - 8, height - 12))
    groups = classes([a["value"] for a in areas])
    parts = []
    for area in areas:
        shade = _shade(area["value"], groups)
        parts.append(
            f'<path d="{project.path(area["rings"])}" fill="{_fill(shade)}" fill-rule="evenodd" stroke="#ffffff" '
            'stroke-width="1"/>'
        )
    spots = _apart([project(*area["at"]) for area in areas])
    for area, (x, y) in zip(areas, spots, strict=True):
        parts += _label(area, x, y, _shade(area["value"], groups))
    return _svg(height, parts + _map_legend(chart["unit"], groups, areas, height), chart["alt"])


def _fill(shade: int | None) -> str:
    return NOTHING if shade is None else RAMP[shade]


def _label(area: dict, x: float, y: float, shade: int | None) -> list[str]:
    """Name and value, with a rim in the colour of the area so that they can be read where they leave it."""
    colour = "#ffffff" if shade is not None and shade >= 3 else INK
    rim = f' stroke="{_fill(shade)}" stroke-width="2.4" stroke-linejoin="round" paint-order="stroke"'
    name = area["name"]
    for ending in ("街道", "镇", "乡"):
        name = name.removesuffix(ending) if len(name.removesuffix(ending)) > 1 else name
    return [
        _text(x, y - 1, name, size=8, fill=colour, extra=rim),
        _text(x, y + 9, show(area["value"]), size=9, fill=colour, extra=rim),
    ]


def _apart(
    spots: list[tuple[float, float]], wide: float = 30.0, high: float = 21.0
) -> list[tuple[float, float]]:
    """Labels of `wide` by `high` points moved apart until none covers another; always in the same way."""
    moved = [list(spot) for spot in spots]
    for _round in range(60):
        still = True
        for i, one in enumerate(moved):
            for other in moved[i + 1 :]:
                dx, dy = other[0] - one[0], other[1] - one[1]
                over_x, over_y = wide - abs(dx), high - abs(dy)
                if over_x <= 0 or over_y <= 0:
                    continue
                still = False
                axis, over, towards = (0, over_x, dx) if over_x < over_y else (1, over_y, dy)
                step = (over / 2 + 0.1) * (1 if towards >= 0 else -1)
                one[axis], other[axis] = one[axis] - step, other[axis] + step
        if still:
            break
    return [(x, y) for x, y in moved]


def _map_legend(unit: str, groups: list, areas: list, height: float) -> list[str]:
    rows = [
        (RAMP[_shade(low, groups)], show(low) if low == high else f"{show(low)}–{show(high)}")
        for low, high in groups
    ]
    if any(a["value"] is None for a in areas):
        rows.append((NOTHING, "—"))
    y = height - 10 - 13 * len(rows)
    parts = [_text(6, y - 5, unit, size=8, anchor="start", fill=SECOND)]
    for index, (colour, words) in enumerate(rows):
        top = y + 13 * index
        parts.append(
            f'<rect x="6" y="{_n(top)}" width="16" height="10" fill="{colour}" stroke="{SECOND}" stroke-width="0.3"/>'
        )
        parts.append(_text(27, top + 8, words, size=8, anchor="start"))
    return parts


KINDS = {"bar": bars, "line": lines, "map": choropleth}


def picture(block: dict) -> dict:
    """A block of a paper: a chart becomes a picture with its SVG and alternative text; anything else stays as it is."""
    if block["kind"] not in KINDS:
        return block
    return {
        "kind": "picture",
        "svg": KINDS[block["kind"]](block),
        "alt": block["alt"],
        "caption": block["caption"],
        "note": block["note"],
        "width": 156,
    }
