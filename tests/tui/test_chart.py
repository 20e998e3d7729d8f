"""The chart on a screen: its cursor, its zoom, and what it tells others."""

from __future__ import annotations

import math
from pathlib import Path

from textual.app import App, ComposeResult

from garminsync_tui.config import Config
from garminsync_tui.paths import Paths
from garminsync_tui.tui.widgets import ticks
from garminsync_tui.tui.widgets.chart import Chart
from garminsync_tui.tui.widgets.series import Panel, Series, Window

from .conftest import shown

SPARSE = Series([0.0, 10.0, 20.0, 30.0], [5.0, math.nan, 7.0, 6.0], "{:.0f} bpm".format)


class Host(App[None]):
    """Only what a chart needs of the app: its settings."""

    def __init__(self, home: Path, graphs: str = "braille") -> None:
        super().__init__()
        self.config = Config.load(Paths.below(home), {"display.graphs": graphs}, {})
        self.told: list[tuple[float, int]] = []
        self.zoomed: list[Window] = []

    def compose(self) -> ComposeResult:
        yield Chart(id="chart")

    def on_chart_cursor_moved(self, message: Chart.CursorMoved) -> None:
        self.told.append((message.x, message.number))

    def on_chart_zoomed(self, message: Chart.Zoomed) -> None:
        self.zoomed.append(message.window)


async def test_a_cursor_walks_over_points_and_gaps_and_tells_it(tmp_path: Path) -> None:
    app = Host(tmp_path)
    async with app.run_test(size=(60, 10)) as pilot:
        chart = app.query_one(Chart)
        chart.walk("left")
        assert chart.cursor is None  # nothing is drawn yet
        chart.draw([Panel(SPARSE)], ticks.elapsed)
        for verb in ("left", "left", "left", "first", "left", "last", "right", "far_left"):
            chart.walk(verb)
        await pilot.pause()
        # The first key puts it on the newest; at the ends it stays.
        assert app.told == [(30.0, 3), (20.0, 2), (10.0, 1), (0.0, 0), (30.0, 3), (0.0, 0)]
        assert "▲" in shown(app)
        await pilot.click(Chart, offset=(56, 3))
        assert app.told[-1] == (30.0, 3)

        dense = Series(range(5000), [float(x % 7) for x in range(5000)])
        chart.draw([Panel(dense)], ticks.elapsed)
        chart.walk("first")
        await pilot.pause()
        chart.walk("right")
        chart.walk("far_right")
        await pilot.pause()
        # Where points lie closer than columns, a key is a column.
        one, eleven = app.told[-2][0], app.told[-1][0]
        assert 50 < one < 150
        assert abs(eleven - 11 * one) <= 11


async def test_zoom_keeps_the_cursor_in_sight(tmp_path: Path) -> None:
    app = Host(tmp_path, "ascii")
    async with app.run_test(size=(60, 10)) as pilot:
        chart = app.query_one(Chart)
        chart.draw([Panel(Series(range(101), [float(x) for x in range(101)]))], ticks.elapsed)
        chart.cursor = 80.0
        chart.zoom("closer")
        chart.zoom("closer")
        assert chart.shown == Window(60.0, 85.0)
        for _ in range(10):
            chart.zoom("closer")
        assert chart.shown.last - chart.shown.first == 4.0  # a few points stay
        chart.cursor = 3.0  # as another chart or a map moves it
        assert chart.shown.first <= 3.0 <= chart.shown.last
        await pilot.pause()
        assert app.zoomed[-1] == chart.shown
        text = shown(app)
        assert "^" in text and text.isascii()
        for _ in range(10):
            chart.zoom("wider")
        assert chart.shown == Window(0, 100)
        # Drawn again over the same axis, both stay; over another one, there are none.
        chart.zoom("closer")
        kept = chart.cursor, chart.window
        chart.draw([Panel(Series(range(101), [1.0] * 101))], ticks.elapsed)
        assert (chart.cursor, chart.window) == kept
        chart.draw([Panel(Series(range(50), [1.0] * 50))], ticks.elapsed)
        assert (chart.cursor, chart.window) == (None, None)
