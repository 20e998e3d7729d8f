"""The way of a recording from above: north up, with a scale and the place of a cursor."""

from __future__ import annotations

import math
from collections.abc import Sequence

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from ... import units
from .canvas import Canvas
from .chart import content
from .glyphs import BRAILLE, Glyphs, glyphs_of
from .series import Line

#: Degrees of latitude and longitude.
Point = tuple[float, float]
Outline = Sequence[Sequence[Point]]

#: A degree of latitude on a sphere of the Earth's mean radius.
_DEGREE_M = 111_195.0
_WIDEST_SCALE = 0.4
_LEAST_ROWS = 4


def draw_map(
    lines: Outline,
    columns: int,
    rows: int,
    *,
    glyphs: Glyphs = BRAILLE,
    point: Point | None = None,
    system: units.Units = "metric",
) -> list[Line]:
    """Lines as large as the room allows; a last row says where north is and how long a stretch is.

    A degree of longitude is drawn shorter by the cosine of the latitude in the middle (equirectangular).
    """
    points = [point for line in lines for point in line]
    has_scale = rows >= _LEAST_ROWS
    canvas = Canvas(columns, rows - 1 if has_scale else rows, glyphs)
    if not points or not canvas.width or not canvas.height:
        return [[(row, "$text-success")] for row in canvas.rows()]
    view = _View(points, canvas)
    for line in lines:
        placed = [view.dot(point) for point in line]
        for start, end in zip(placed, placed[1:] or placed, strict=False):
            canvas.line(*start, *end)
    drawn: list[Line] = [[(row, "$text-success")] for row in canvas.rows()]
    if point is not None:
        _mark(drawn, view.dot(point), canvas)
    if has_scale:
        drawn.append(_scale_line(view.metres_a_dot * glyphs.across, columns, glyphs, system))
    return drawn


class _View:
    """Where degrees lie in dots: one scale for both directions, so that shapes stay true."""

    def __init__(self, points: Sequence[Point], canvas: Canvas) -> None:
        south, self._north = min(point[0] for point in points), max(point[0] for point in points)
        self._west, east = min(point[1] for point in points), max(point[1] for point in points)
        self._shrink = max(math.cos(math.radians((south + self._north) / 2)), 0.01)
        self._stretch = canvas.glyphs.stretch
        across, up = (east - self._west) * self._shrink, (self._north - south) / self._stretch
        scale = min(
            (canvas.width - 1) / across if across else math.inf,
            (canvas.height - 1) / up if up else math.inf,
        )
        #: Dots a degree of latitude, if dots were as high as wide; 0 where all points are one.
        self._scale = scale if math.isfinite(scale) else 0.0
        self._left = (canvas.width - 1 - across * self._scale) / 2
        self._above = (canvas.height - 1 - up * self._scale) / 2

    def dot(self, point: Point) -> tuple[int, int]:
        east, south = (point[1] - self._west) * self._shrink, (self._north - point[0]) / self._stretch
        return round(self._left + east * self._scale), round(self._above + south * self._scale)

    @property
    def metres_a_dot(self) -> float:
        return _DEGREE_M / self._scale if self._scale else 0.0


def _mark(drawn: list[Line], dot: tuple[int, int], canvas: Canvas) -> None:
    column, row = dot[0] // canvas.glyphs.across, dot[1] // canvas.glyphs.down
    if 0 <= column < canvas.columns and 0 <= row < canvas.lines:
        words, style = drawn[row][0]
        drawn[row] = [
            (words[:column], style),
            (canvas.glyphs.point, "bold $text-warning"),
            (words[column + 1 :], style),
        ]


def _scale_line(metres_a_cell: float, columns: int, glyphs: Glyphs, system: units.Units) -> Line:
    """Like "N ↑  ├────┤ 500 m": the longest round length that takes less than half of the width."""
    north = glyphs.words("N ↑")
    unit_m = 1.0 if system == "metric" else units.YARD_M
    if metres_a_cell * columns * _WIDEST_SCALE >= units.MILE_M and system == "imperial":
        unit_m = units.MILE_M
    most = metres_a_cell * columns * _WIDEST_SCALE / unit_m
    if most < 1:
        return [(north[:columns], "$text-muted")]
    power = 10 ** math.floor(math.log10(most))
    length = max(power * factor for factor in (1, 2, 5) if power * factor <= most)
    cells = max(round(length * unit_m / metres_a_cell), 2)
    drawn = glyphs.scale[0] + glyphs.scale[1] * (cells - 2) + glyphs.scale[2]
    words = f"{north}  {drawn} {units.distance(length * unit_m, system, 0)}"
    return [((words if len(words) <= columns else north)[:columns], "$text-muted")]


class TrackMap(Widget):
    """The way of a recording; `point` is where a cursor stands on it."""

    DEFAULT_CSS = "TrackMap { height: 1fr; width: 1fr; }"

    point: reactive[Point | None] = reactive(None)

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._lines: Outline = ()

    def draw(self, lines: Outline) -> None:
        """Show these lines."""
        self._lines = lines
        self.set_reactive(TrackMap.point, None)
        self.refresh()

    def render(self) -> Content:
        """As large as the room allows."""
        app = self.app
        return content(
            draw_map(
                self._lines,
                self.size.width,
                self.size.height,
                glyphs=glyphs_of(app),
                point=self.point,
                system=app.config["display.units"],  # type: ignore[attr-defined]
            )
        )
