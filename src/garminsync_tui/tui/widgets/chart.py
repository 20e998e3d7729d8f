"""A chart that a cursor walks through and that can be zoomed; what is drawn comes from `plot`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from . import plot
from .glyphs import glyphs_of
from .series import Layout, Line, Panel, Series, Ticks, Window

if TYPE_CHECKING:
    from textual import events

_STRIDE = 10
_ZOOM = 2.0
_FEWEST_POINTS = 4
#: So many points of one column are still walked one by one.
_POINTS_A_COLUMN = 4


def content(lines: Sequence[Line]) -> Content:
    """Drawn lines as they go on the screen."""
    return Content("\n").join([Content.assemble(*line) for line in lines])


class Chart(Widget, can_focus=True):
    """Panels over one lower axis. The screen's keys call `walk` and `zoom`; several charts share a cursor through
    `CursorMoved` and `cursor`.

    The cursor stands on points of the first panel's series, also on those without a value.
    """

    DEFAULT_CSS = "Chart { height: 1fr; width: 1fr; }"

    #: Where the cursor stands on the lower axis; None for nowhere.
    cursor: reactive[float | None] = reactive(None)
    #: What is shown of the lower axis; None for all.
    window: reactive[Window | None] = reactive(None)

    class CursorMoved(Message):
        """The cursor went somewhere by a key or a click: `x` on the lower axis, point `number` of the first series."""

        def __init__(self, chart: Chart, x: float, number: int) -> None:
            super().__init__()
            self.chart, self.x, self.number = chart, x, number

        @property
        def control(self) -> Chart:
            """Whose cursor it is."""
            return self.chart

    class Zoomed(Message):
        """Another part of the lower axis is shown."""

        def __init__(self, chart: Chart, window: Window) -> None:
            super().__init__()
            self.chart, self.window = chart, window

        @property
        def control(self) -> Chart:
            """Which chart."""
            return self.chart

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._panels: Sequence[Panel] = ()
        self._ticks: Ticks | None = None
        self._whole = Window(0.0, 0.0)
        self._layout: Layout | None = None
        self._known: plot.Known = {}

    def on_unmount(self) -> None:
        """What was drawn may be long."""
        self._panels, self._known = (), {}

    def draw(self, panels: Sequence[Panel], ticks: Ticks | None = None, whole: Window | None = None) -> None:
        """Show these panels over `whole`, by default all of the first series.

        Cursor and zoom stay where the lower axis is the one that was shown before; else there are none.
        """
        self._panels, self._ticks = panels, ticks
        self._known.clear()
        xs = panels[0].series.xs if panels else ()
        whole = whole or (Window(xs[0], xs[-1]) if xs else Window(0.0, 0.0))
        if whole != self._whole:
            self._whole = whole
            self.set_reactive(Chart.window, None)
            self.set_reactive(Chart.cursor, None)
        self.refresh()

    @property
    def shown(self) -> Window:
        """The part of the lower axis that is on the screen."""
        return self.window or self._whole

    @property
    def series(self) -> Series | None:
        """What the cursor walks on."""
        return self._panels[0].series if self._panels and self._panels[0].series.xs else None

    def render(self) -> Content:
        """As many panels as the room is for."""
        columns, rows = self.size
        drawing = plot.draw_chart(
            self._panels,
            self.shown,
            columns,
            rows,
            glyphs=glyphs_of(self.app),
            ticks=self._ticks,
            cursor=self.cursor,
            known=self._known,
        )
        self._layout = drawing.layout
        return content(drawing.lines)

    # ── The cursor ───────────────────────────────────────────────────────────────────────────────────

    def walk(self, verb: str) -> None:
        """Move the cursor: left, right, far_left, far_right, first or last."""
        series = self.series
        if series is None:
            return
        at = series.nearest(self.shown.last if self.cursor is None else self.cursor)
        assert at is not None
        if verb in ("first", "last"):
            wanted = 0 if verb == "first" else len(series.xs) - 1
        elif self.cursor is None:
            wanted = at
        else:
            strides = (-1 if verb.endswith("left") else 1) * (_STRIDE if verb.startswith("far") else 1)
            wanted = self._beyond(series, at, strides)
        self._stand_on(series, wanted)

    def _beyond(self, series: Series, at: int, strides: int) -> int:
        """The point so many points away; where many points lie in a column, so many columns."""
        wanted = min(max(at + strides, 0), len(series.xs) - 1)
        column = (self.shown.last - self.shown.first) / max(self._layout.columns if self._layout else 1, 1)
        if abs(series.xs[wanted] - series.xs[at]) * _POINTS_A_COLUMN >= abs(strides) * column:
            return wanted
        there = series.nearest(series.xs[at] + strides * column)
        if there is None or there == at:
            return wanted
        return there

    def stand(self, number: int) -> None:
        """Put the cursor on a point, and say so."""
        series = self.series
        if series is not None:
            self.set_reactive(Chart.cursor, None)
            self._stand_on(series, min(max(number, 0), len(series.xs) - 1))

    def _stand_on(self, series: Series, number: int) -> None:
        x = series.xs[number]
        if x == self.cursor:
            return
        self.cursor = x
        first, last = self.shown
        if not first <= x <= last:
            self._show(x - (last - first) / 2, last - first)
        self.post_message(self.CursorMoved(self, x, number))

    def watch_cursor(self, x: float | None) -> None:
        """A cursor that another chart moved may lie outside of what is shown."""
        first, last = self.shown
        if x is not None and not first <= x <= last and last > first:
            self._show(x - (last - first) / 2, last - first)

    def on_click(self, event: events.Click) -> None:
        """The cursor goes where somebody clicks."""
        series, layout = self.series, self._layout
        if series is None or layout is None:
            return
        column = event.x - layout.gutter
        if 0 <= column < layout.columns:
            number = series.nearest(layout.place(column))
            assert number is not None
            self._stand_on(series, number)

    # ── What is shown ────────────────────────────────────────────────────────────────────────────────

    def zoom(self, verb: str) -> None:
        """Show half as much around the cursor (closer), or twice as much (wider)."""
        first, last = self.shown
        span = last - first
        wanted = span / _ZOOM if verb == "closer" else span * _ZOOM
        series = self.series
        if series is not None and verb == "closer":
            wanted = max(wanted, self._least(series))
        if wanted >= span and verb == "closer":
            return
        around = (first + last) / 2 if self.cursor is None else self.cursor
        share = (around - first) / span if span else 0.5
        self._show(around - wanted * share, wanted)

    def _least(self, series: Series) -> float:
        """The span of a few points: nothing is seen in less."""
        if len(series.xs) < 2:
            return math.inf
        return (series.xs[-1] - series.xs[0]) / (len(series.xs) - 1) * _FEWEST_POINTS

    def _show(self, first: float, span: float) -> None:
        """Show `span` from `first` on, inside of all there is."""
        whole = self._whole
        if span >= whole.last - whole.first:
            self.window = None
        else:
            first = min(max(first, whole.first), whole.last - span)
            self.window = Window(first, first + span)
        self.post_message(self.Zoomed(self, self.shown))
