"""Drawing with braille dots: a canvas of 2 x 4 dots a cell, a line chart with axes, an outline on a map.

Pure functions from numbers to rows of text; the widgets beside this module colour and place them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

DOTS_ACROSS, DOTS_DOWN = 2, 4
_EMPTY = 0x2800
#: Which bit of a braille character is the dot at (column, row): Unicode 2800-28FF.
_BITS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))


class Canvas:
    """Dots that can be set, `columns` x `rows` cells large. The dot (0, 0) is at the top left."""

    def __init__(self, columns: int, rows: int) -> None:
        self.width = max(columns, 0) * DOTS_ACROSS
        self.height = max(rows, 0) * DOTS_DOWN
        self._cells = [[_EMPTY] * max(columns, 0) for _ in range(max(rows, 0))]

    def dot(self, x: int, y: int) -> None:
        """Set a dot; outside the canvas nothing happens."""
        if 0 <= x < self.width and 0 <= y < self.height:
            self._cells[y // DOTS_DOWN][x // DOTS_ACROSS] |= _BITS[x % DOTS_ACROSS][y % DOTS_DOWN]

    def line(self, x0: int, y0: int, x1: int, y1: int) -> None:
        """Set the dots between two dots, both included."""
        steps = max(abs(x1 - x0), abs(y1 - y0), 1)
        for step in range(steps + 1):
            self.dot(round(x0 + (x1 - x0) * step / steps), round(y0 + (y1 - y0) * step / steps))

    def rows(self) -> list[str]:
        """The canvas as text, a string for each row of cells."""
        # A blank braille cell is a box in fonts without braille; a space is a space in all of them.
        return ["".join(map(chr, row)).replace(chr(_EMPTY), " ") for row in self._cells]


def extent(buckets: Sequence[tuple[float, float]]) -> tuple[float, float] | None:
    """The smallest and the largest value of all buckets; None where no bucket has one."""
    known = [bucket for bucket in buckets if not math.isnan(bucket[0])]
    return (min(low for low, _ in known), max(high for _, high in known)) if known else None


def plot(buckets: Sequence[tuple[float, float]], columns: int, rows: int) -> list[str]:
    """A line through the smallest and largest value of each bucket: two buckets a cell, gaps stay gaps."""
    canvas = Canvas(columns, rows)
    limits = extent(buckets)
    if limits is None or not rows:
        return canvas.rows()
    lowest, highest = limits
    spread = highest - lowest

    def height(value: float) -> int:
        share = (value - lowest) / spread if spread else 0.5
        return round((canvas.height - 1) * (1 - share))

    previous: tuple[int, int] | None = None
    for x, (low, high) in enumerate(buckets[: canvas.width]):
        if math.isnan(low):
            previous = None
            continue
        bottom, top = height(low), height(high)
        canvas.line(x, top, x, bottom)
        # Neighbouring spans that do not meet are joined, so that a steep line stays one line.
        if previous is not None and previous[0] > bottom + 1:
            canvas.line(x, bottom, x, previous[0] - 1)
        elif previous is not None and previous[1] < top - 1:
            canvas.line(x, previous[1] + 1, x, top)
        previous = (top, bottom)
    return canvas.rows()


def line_chart(
    buckets: Sequence[tuple[float, float]],
    columns: int,
    rows: int,
    *,
    label: Callable[[float], str],
    ends: tuple[str, str] = ("", ""),
) -> list[str]:
    """A chart of `columns` x `rows` cells with its axes; see `chart_width` for how many buckets it shows."""
    limits = extent(buckets)
    if limits is None or rows < 3:
        return []
    gutter = _gutter(label, limits)
    plotted = plot(buckets, columns - gutter - 1, rows - 2)
    lines = []
    for number, row in enumerate(plotted):
        if number == 0:
            lines.append(f"{label(limits[1]):>{gutter}}┤{row}")
        elif number == len(plotted) - 1:
            lines.append(f"{label(limits[0]):>{gutter}}┤{row}")
        else:
            lines.append(f"{'':{gutter}}│{row}")
    width = max(columns - gutter - 1, 0)
    lines.append(f"{'':{gutter}}└{'─' * width}")
    first, last = ends
    lines.append(f"{'':{gutter + 1}}{first}{last:>{max(width - len(first), 0)}}")
    return lines


def chart_width(columns: int, limits: tuple[float, float], label: Callable[[float], str]) -> int:
    """How many buckets fit into a chart that is `columns` cells wide with its axis."""
    return max((columns - _gutter(label, limits) - 1) * DOTS_ACROSS, 0)


def _gutter(label: Callable[[float], str], limits: tuple[float, float]) -> int:
    return max(len(label(limits[0])), len(label(limits[1]))) + 1


def outline(lines: Sequence[Sequence[tuple[float, float]]], columns: int, rows: int) -> list[str]:
    """Lines of (latitude, longitude) in degrees as seen from above, north up, as large as the room allows.

    A degree of longitude is drawn shorter by the cosine of the latitude in the middle (equirectangular).
    """
    canvas = Canvas(columns, rows)
    points = [point for line in lines for point in line]
    if not points or not canvas.width or not canvas.height:
        return canvas.rows()
    south, north = min(point[0] for point in points), max(point[0] for point in points)
    west, east = min(point[1] for point in points), max(point[1] for point in points)
    shrink = max(math.cos(math.radians((south + north) / 2)), 0.01)
    across, up = (east - west) * shrink, north - south
    # One scale for both directions, so that shapes stay true: braille dots are about as wide as they are high.
    scale = min(
        (canvas.width - 1) / across if across else math.inf,
        (canvas.height - 1) / up if up else math.inf,
    )
    scale = scale if math.isfinite(scale) else 0.0
    left = (canvas.width - 1 - across * scale) / 2
    above = (canvas.height - 1 - up * scale) / 2

    def place(point: tuple[float, float]) -> tuple[int, int]:
        return round(left + (point[1] - west) * shrink * scale), round(above + (north - point[0]) * scale)

    for line in lines:
        placed = [place(point) for point in line]
        for start, end in zip(placed, placed[1:] or placed, strict=False):
            canvas.line(*start, *end)
    return canvas.rows()
