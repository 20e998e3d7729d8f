"""Charts from numbers to lines of text, without a terminal: panels above each other over one lower axis."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from .canvas import Canvas
from .dots import plotted
from .glyphs import BRAILLE, Glyphs
from .series import Layout, Line, Panel, Series, Ticks, Window, limits

#: What was drawn before, by what it was drawn from.
Known = dict[tuple[Any, ...], Any]

_MOST_KNOWN = 64
_ROWS_A_LABEL = 3
_LEAST_ROWS = 3
_COLUMNS_A_TICK = 11
_AXIS_ROWS = 2
#: A column of the plot is worth more than the axis's words.
_WIDEST_GUTTER = 12


@dataclass
class Drawing:
    """Lines, and where things lie in them."""

    layout: Layout
    lines: list[Line] = field(default_factory=list)

    def text(self) -> list[str]:
        """The lines without their colours."""
        return ["".join(words for words, _ in line) for line in self.lines]


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

    def canvas_of(series: Series, ends: tuple[float, float], wide: int, height: int) -> Canvas:
        key = ("plot", id(series), window, ends, wide, height, glyphs.name)
        return _once(known, key, lambda: plotted(series, window, ends, Canvas(wide, height, glyphs)))

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
        main = canvas_of(panel.series, found, wide, height)
        over = canvas_of(panel.overlay, over_found, wide, height) if panel.overlay and over_found else None
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
