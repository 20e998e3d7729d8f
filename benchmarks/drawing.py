"""Charts and maps from numbers to lines of text, as the app draws them."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Iterable

from garminsync_tui.tui.widgets import ticks
from garminsync_tui.tui.widgets.glyphs import GRAPHS
from garminsync_tui.tui.widgets.plot import draw_chart
from garminsync_tui.tui.widgets.series import Panel, Series, Window
from garminsync_tui.tui.widgets.track_map import draw_map

from .line import Line

_POINTS = 10_000
_DECADE = 3_653
_TURNS = 30


def charts() -> Iterable[Line]:
    """Ten thousand points in each set of glyphs, an area with an overlay, a decade of days, a map."""
    xs = [float(second) for second in range(_POINTS)]
    pulse = Series(xs, [140 + 20 * math.sin(x / 300) + 3 * math.sin(x) for x in xs], "{:.0f} bpm".format)
    whole = Window(xs[0], xs[-1])
    for glyphs in GRAPHS.values():
        yield Line(
            f"10 000 points in {glyphs.name}, 80x12",
            _median_ms(lambda g=glyphs: draw_chart([Panel(pulse)], whole, 80, 12, glyphs=g, ticks=ticks.elapsed)),  # type: ignore[misc]
            "ms",
            10,
        )
    height = Series(xs, [300 + 200 * math.cos(x / 900) for x in xs], "{:.0f} m".format, shape="area")
    yield Line(
        "10 000 points as an area with 10 000 over it, 140x40",
        _median_ms(lambda: draw_chart([Panel(height, pulse)], whole, 140, 40, ticks=ticks.elapsed)),
        "ms",
        40,
    )
    days = [float(740_000 + day) for day in range(_DECADE)]
    decade = Series(days, [math.nan if day % 30 == 7 else 50 + day % 9 for day in days], join=1.5)
    yield Line(
        "ten years of days, 76x20",
        _median_ms(lambda: draw_chart([Panel(decade)], Window(days[0], days[-1]), 76, 20, ticks=ticks.days)),
        "ms",
        10,
    )
    way = [(52.5 + 0.1 * math.sin(x / 1500), 13.4 + 0.1 * math.cos(x / 700)) for x in xs]
    yield Line("a way of 10 000 points on a map, 60x30", _median_ms(lambda: draw_map([way], 60, 30)), "ms", 80)


def _median_ms(draw: Callable[[], object]) -> float:
    taken = []
    for _ in range(_TURNS):
        started = time.perf_counter()
        draw()
        taken.append(time.perf_counter() - started)
    return 1000 * statistics.median(taken)
