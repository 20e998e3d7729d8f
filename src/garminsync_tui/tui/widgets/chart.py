"""The chart of one column of a recording, and the map of its way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widget import Widget

from ... import units
from . import braille

if TYPE_CHECKING:
    from ...formats import Track


#: Lines of (latitude, longitude) in degrees.
Outline = Sequence[Sequence[tuple[float, float]]]


class Chart(Widget):
    """Heart rate, speed or altitude over time; without a column it draws nothing."""

    DEFAULT_CSS = "Chart { height: 1fr; width: 1fr; color: $text-accent; }"

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._times: Sequence[int] = ()
        self._values: Sequence[float] = ()
        self._label: Callable[[float], str] = str

    def draw(self, track: Track, column: str, label: Callable[[float], str]) -> None:
        """Show one of `track`'s columns; `label` words a value for the axis."""
        self._times, self._values, self._label = track.time_ms, getattr(track, column), label
        self.refresh()

    def render(self) -> Content:
        """As many points as the room has dots for."""
        if not self._times or not self.size.width:
            return Content("")
        from ...formats import NO_TIME, downsample

        columns, rows = self.size
        limits = braille.extent(downsample(self._times, self._values, columns))
        if limits is None:
            return Content("")
        buckets = downsample(self._times, self._values, braille.chart_width(columns, limits, self._label))
        timed = self._times[0] != NO_TIME
        lasted = units.duration(timedelta(milliseconds=self._times[-1] - self._times[0]).total_seconds())
        ends = ("0:00", lasted) if timed else ("", "")
        return Content("\n".join(braille.line_chart(buckets, columns, rows, label=self._label, ends=ends)))


class TrackMap(Widget):
    """The way of a recording from above, north up."""

    DEFAULT_CSS = "TrackMap { height: 1fr; width: 1fr; color: $text-success; }"

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._lines: Outline = ()

    def draw(self, lines: Outline) -> None:
        """Show these lines."""
        self._lines = lines
        self.refresh()

    def render(self) -> Content:
        """As large as the room allows."""
        return Content("\n".join(braille.outline(self._lines, self.size.width, self.size.height)))
