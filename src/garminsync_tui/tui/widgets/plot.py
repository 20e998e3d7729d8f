"""Charts from numbers to lines of text, without a terminal: panels above each other over one lower axis."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import isclose, isnan
from typing import Any, Literal, NamedTuple

from .canvas import Canvas
from .glyphs import BRAILLE, Glyphs

#: Words of a line, each with a colour or style of the theme.
Line = list[tuple[str, str]]
#: From the ends of what is shown, and how many labels may stand there at most, to places with their labels.
Ticks = Callable[[float, float, int], Sequence[tuple[float, str]]]

#: What was drawn before, by what it was drawn from.
Known = dict[tuple[Any, ...], Any]

_MOST_KNOWN = 64
_ROWS_A_LABEL = 3
_LEAST_ROWS = 3
_COLUMNS_A_TICK = 11
_AXIS_ROWS = 2
#: A column of the plot is worth more than the axis's words.
_WIDEST_GUTTER = 12


@dataclass(frozen=True)
class Series:
    """Values over ascending places; NaN is a gap.

    `join` is the longest way between two places that a line is drawn across. `label` words a value. A line goes
    through the values; an area is filled below it; bars reach from the bottom to the next place; steps hold each
    value until the next place.
    """

    xs: Sequence[float]
    ys: Sequence[float]
    label: Callable[[float], str] = "{:g}".format
    title: str = ""
    colour: str = "$text-accent"
    shape: Literal["line", "area", "bars", "steps"] = "line"
    join: float = math.inf
    #: Whether a place without a value breaks the line; not where values come now and then.
    breaks: bool = True
    #: The lowest and the highest of the axis; None for those of what is shown.
    limits: tuple[float, float] | None = None
    #: Values that are labelled, each where it lies; None for places that are evenly apart.
    marks: Sequence[float] | None = None

    def nearest(self, x: float) -> int | None:
        """The number of the point nearest to `x`; None where there is none."""
        if not self.xs:
            return None
        after = min(bisect_left(self.xs, x), len(self.xs) - 1)
        before = max(after - 1, 0)
        return before if x - self.xs[before] <= self.xs[after] - x else after

    def at(self, x: float) -> float | None:
        """The value at the point nearest to `x`; None for a gap."""
        number = self.nearest(x)
        if number is None or isnan(self.ys[number]):
            return None
        return self.ys[number]


class Panel(NamedTuple):
    """One chart: a series with its axis on the left, and perhaps another with its own on the right."""

    series: Series
    overlay: Series | None = None


class Window(NamedTuple):
    """The part of the lower axis that is shown."""

    first: float
    last: float


class Layout(NamedTuple):
    """Where things lie, in cells: for whoever turns a click or a cursor into a place."""

    gutter: int
    columns: int
    window: Window

    def column(self, x: float) -> int:
        """The column of the plot that `x` lies in."""
        first, last = self.window
        share = (x - first) / (last - first) if last > first else 0.5
        return min(max(int(share * self.columns), 0), self.columns - 1)

    def place(self, column: float) -> float:
        """The place in the middle of a column of the plot."""
        first, last = self.window
        return first + (last - first) * (column + 0.5) / max(self.columns, 1)


@dataclass
class Drawing:
    """Lines, and where things lie in them."""

    layout: Layout
    lines: list[Line] = field(default_factory=list)

    def text(self) -> list[str]:
        """The lines without their colours."""
        return ["".join(words for words, _ in line) for line in self.lines]


class _Bucket(NamedTuple):
    """What is in one column of dots: the ends of its values, the first and last with their places, gaps at the ends."""

    low: float
    high: float
    first: tuple[float, float]
    last: tuple[float, float]
    gap_before: bool
    gap_after: bool


def limits(series: Series, window: Window) -> tuple[float, float] | None:
    """The ends of a series' axis in a window; None where nothing is known there."""
    start, end = bisect_left(series.xs, window.first), bisect_right(series.xs, window.last)
    known = [y for y in series.ys[start:end] if not isnan(y)]
    if not known:
        return None
    low, high = series.limits or (min(known), max(known))
    if series.marks:
        low, high = min(low, *series.marks), max(high, *series.marks)
    if series.limits is None and series.shape == "bars":
        low = min(low, 0.0)
    if isclose(low, high, abs_tol=1e-9):
        around = abs(low) * 0.05 if abs(low) > 1e-6 else 1.0
        low, high = low - around, high + around
    return low, high


def draw_chart(
    panels: Sequence[Panel],
    window: Window,
    columns: int,
    rows: int,
    *,
    glyphs: Glyphs = BRAILLE,
    ticks: Ticks | None = None,
    cursor: float | None = None,
    known: Known | None = None,
) -> Drawing:
    """Panels above each other in `columns` x `rows` cells, as many as have room, the lower axis last.

    `known` keeps what is the same wherever the cursor stands, for the next drawing of the same panels.
    """
    known = {} if known is None else known

    def ends_of(series: Series) -> tuple[float, float] | None:
        return _once(known, ("limits", id(series), window), lambda: limits(series, window))

    def plotted(series: Series, ends: tuple[float, float], wide: int, height: int) -> Canvas:
        key = ("plot", id(series), window, ends, wide, height, glyphs.name)
        return _once(known, key, lambda: _plotted(series, window, ends, Canvas(wide, height, glyphs)))

    room = max(rows - (_AXIS_ROWS if ticks else 0), 0)
    ends = [(panel, ends_of(panel.series)) for panel in panels]
    fitting = [(panel, found) for panel, found in ends if found][: room // _LEAST_ROWS]
    heights = [room // len(fitting) + (number < room % len(fitting)) for number in range(len(fitting))]
    over_ends = [ends_of(panel.overlay) if panel.overlay else None for panel, _ in fitting]
    left = [_labels(panel.series, found, rows, glyphs) for (panel, found), rows in zip(fitting, heights, strict=True)]
    right = [
        _labels(panel.overlay, found, rows, glyphs) if panel.overlay and found else {}
        for (panel, _), found, rows in zip(fitting, over_ends, heights, strict=True)
    ]
    gutter, margin = _width(left), _width(right)
    wide = max(columns - gutter - 1 - (margin + 1 if margin else 0), 0)
    drawing = Drawing(Layout(gutter + 1, wide, window))
    if not fitting or wide < 1:
        return drawing
    here = drawing.layout.column(cursor) if cursor is not None and window.first <= cursor <= window.last else None
    for number, ((panel, found), over_found, height) in enumerate(zip(fitting, over_ends, heights, strict=True)):
        main = plotted(panel.series, found, wide, height)
        over = plotted(panel.overlay, over_found, wide, height) if panel.overlay and over_found else None
        for row in range(height):
            label = left[number].get(row, "")
            named = bool(label) and label != panel.series.title
            line: Line = [(f"{label:>{gutter}}", "$text-muted"), (glyphs.labelled if named else glyphs.left, "")]
            line += _row(main.cells[row], over.cells[row] if over else None, panel, here, glyphs)
            if margin:
                label = right[number].get(row, "")
                line += [(glyphs.right if label else glyphs.left, ""), (f"{label:<{margin}}", _overlay_colour(panel))]
            drawing.lines.append(line)
    if ticks:
        drawing.lines += _lower_axis(drawing.layout, gutter, ticks, here, glyphs)
    return drawing


def _once[T](known: Known, key: tuple[Any, ...], make: Callable[[], T]) -> T:
    """What is known under a key, made the first time."""
    if key not in known:
        if len(known) >= _MOST_KNOWN:
            known.clear()
        known[key] = make()
    found: T = known[key]
    return found


def _overlay_colour(panel: Panel) -> str:
    return panel.overlay.colour if panel.overlay else ""


def _width(sides: Sequence[dict[int, str]]) -> int:
    return max((len(label) for side in sides for label in side.values()), default=0)


def _labels(series: Series, ends: tuple[float, float], height: int, glyphs: Glyphs) -> dict[int, str]:
    """The words beside some rows: the ends of the axis, places between them, the title below the first."""
    low, high = ends
    steps = height - 1
    if series.marks:
        places = {round((high - mark) / (high - low) * steps): mark for mark in series.marks}
    else:
        count = max(steps // _ROWS_A_LABEL, 1)
        rows = [round(steps * number / count) for number in range(count + 1)]
        places = {row: high - (high - low) * row / steps for row in rows}
    said: dict[int, str] = {}
    for row, value in sorted(places.items()):
        label = glyphs.words(series.label(value))[:_WIDEST_GUTTER]
        if label not in said.values():  # a label that two rows share says nothing
            said[row] = label
    if series.title and height >= _LEAST_ROWS:
        free = next((row for row in range(1, height - 1) if row not in said), None)
        if free is not None:
            said[free] = glyphs.words(series.title)[:_WIDEST_GUTTER]
    return said


def _row(main: list[int], over: list[int] | None, panel: Panel, here: int | None, glyphs: Glyphs) -> Line:
    """One row of a plot: runs of cells with one colour; the cursor goes through the blank ones."""
    signs = glyphs.cells
    colour, other = panel.series.colour, _overlay_colour(panel)
    filled = panel.series.shape in ("area", "bars")
    line: Line = []
    run: list[str] = []
    style = colour
    for column, bits in enumerate(main):
        more = over[column] if over else 0
        # On a filled ground a line is seen where the ground makes room for it.
        sign = signs[more if more and filled else bits | more]
        wanted = style if sign == " " else other if more and (filled or not bits) else colour
        if column == here:
            sign, wanted = (sign, f"{wanted} reverse") if sign != " " else (glyphs.cursor, "$text-warning")
        elif column - 1 == here and sign == " ":
            wanted = colour
        if wanted != style:
            line.append(("".join(run), style))
            run, style = [], wanted
        run.append(sign)
    line.append(("".join(run), style))
    return line


def _lower_axis(layout: Layout, gutter: int, ticks: Ticks, here: int | None, glyphs: Glyphs) -> list[Line]:
    """The axis with its ticks and the cursor's mark, and the words below it."""
    axis, words = [glyphs.lower] * layout.columns, [" "] * layout.columns
    most = max(layout.columns // _COLUMNS_A_TICK, 1)
    free = 0
    for x, said in ticks(*layout.window, most):
        if not layout.window.first <= x <= layout.window.last:
            continue
        column, label = layout.column(x), glyphs.words(said)
        start = max(min(column, layout.columns - len(label)), 0)
        if start < free or len(label) > layout.columns:
            continue
        axis[column] = glyphs.tick
        words[start : start + len(label)] = label
        free = start + len(label) + 1
    before: Line = [(" " * gutter, ""), (glyphs.corner, "")]
    if here is None:
        line = [*before, ("".join(axis), "")]
    else:
        line = [
            *before,
            ("".join(axis[:here]), ""),
            (glyphs.mark, "$text-warning"),
            ("".join(axis[here + 1 :]), ""),
        ]
    return [line, [(" " * (gutter + 1), ""), ("".join(words), "$text-muted")]]


# ── The dots ─────────────────────────────────────────────────────────────────────────────────────────


def _plotted(series: Series, window: Window, ends: tuple[float, float], canvas: Canvas) -> Canvas:
    low, high = ends
    bottom = canvas.height - 1

    def height(y: float) -> int:
        return round((high - min(max(y, low), high)) / (high - low) * bottom)

    if series.shape in ("bars", "steps"):
        _held(series, window, canvas, height)
        return canvas
    before: tuple[int, _Bucket] | None = None
    for x, bucket in enumerate(_buckets(series, window, canvas.width)):
        if bucket is None:
            continue
        top = height(bucket.high)
        canvas.span(x, top, bottom if series.shape == "area" else height(bucket.low))
        if before is not None and _joined(before[1], bucket, series):
            _join(canvas, (before[0], height(before[1].last[1])), (x, height(bucket.first[1])), series.shape == "area")
        before = (x, bucket)
    return canvas


def _joined(before: _Bucket, after: _Bucket, series: Series) -> bool:
    broken = series.breaks and (before.gap_after or after.gap_before)
    return not broken and after.first[0] - before.last[0] <= series.join


def _join(canvas: Canvas, start: tuple[int, int], end: tuple[int, int], filled: bool) -> None:
    canvas.line(*start, *end)
    if filled:
        for x in range(start[0] + 1, end[0]):
            y = round(start[1] + (end[1] - start[1]) * (x - start[0]) / (end[0] - start[0]))
            canvas.span(x, y, canvas.height - 1)


def _buckets(series: Series, window: Window, width: int) -> list[_Bucket | None]:
    """What is in each of `width` equal parts of the window."""
    xs, ys = series.xs, series.ys
    first, last = window
    step = (last - first) / width if width else 0.0
    buckets: list[_Bucket | None] = []
    start = bisect_left(xs, first)
    stop = bisect_right(xs, last)
    gap = False  # whether a gap lies between here and the last known value
    for number in range(width):
        end = stop if number == width - 1 else bisect_left(xs, first + step * (number + 1), start, stop)
        within = ys[start:end]
        known = [y for y in within if not isnan(y)]
        if not known:
            gap = gap or len(within) > 0
            buckets.append(None)
        else:
            head, tail = 0, len(within) - 1
            while isnan(within[head]):
                head += 1
            while isnan(within[tail]):
                tail -= 1
            buckets.append(
                _Bucket(
                    min(known),
                    max(known),
                    (xs[start + head], within[head]),
                    (xs[start + tail], within[tail]),
                    gap or head > 0,
                    tail < len(within) - 1,
                )
            )
            gap = False
        start = end
    return buckets


def _held(series: Series, window: Window, canvas: Canvas, height: Callable[[float], int]) -> None:
    """Bars and steps: each value holds until the next place, the last until the window ends."""
    xs, ys = series.xs, series.ys
    first, last = window
    scale = canvas.width / (last - first) if last > first else 0.0
    bars = series.shape == "bars"
    before: int | None = None
    for number in range(max(bisect_right(xs, first) - 1, 0), bisect_right(xs, last)):
        y = ys[number]
        if isnan(y):
            before = None
            continue
        begins = max(int((xs[number] - first) * scale), 0)
        until = xs[number + 1] if number + 1 < len(xs) else last
        ends = max(min(int((until - first) * scale), canvas.width), begins + 1)
        if bars and ends - begins > canvas.glyphs.across:
            ends -= 1  # so that one bar ends where the next begins
        top = height(y)
        for x in range(begins, ends):
            canvas.span(x, top, canvas.height - 1 if bars else top)
        if before is not None and not bars:
            canvas.span(begins, before, top)
        before = top
