"""A year as a map: a day in each cell, weeks across, the darker the longer one was active."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from datetime import date, timedelta
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from .glyphs import glyphs_of

_WEEKDAYS = ("Mon", "", "Wed", "", "Fri", "", "Sun")
_TITLES = 4  # columns of the weekdays' names
WIDTH = _TITLES + 54
HEIGHT = 8


class YearMap(Widget, can_focus=True):
    """Days are walked with the arrows; enter chooses one."""

    DEFAULT_CSS = """
    YearMap { height: 8; width: 58; }
    YearMap > .year-map--title { color: $text-muted; }
    YearMap > .year-map--day { color: $text-success; }
    YearMap > .year-map--cursor { background: $primary 40%; text-style: bold; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"year-map--title", "year-map--day", "year-map--cursor"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Day before", show=False),
        Binding("down,j", "move(1)", "Day after", show=False),
        Binding("left,h", "move(-7)", "Week before", show=False),
        Binding("right,l", "move(7)", "Week after", show=False),
        Binding("enter", "choose", "Filter the day", show=False),
    ]

    class Moved(Message):
        """Another day is under the cursor."""

    class Chosen(Message):
        """The day under the cursor was chosen."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._today = self.cursor = date.min
        self._seconds: Mapping[date, float] = {}
        self._bounds: list[float] = []

    def show(self, seconds: Mapping[date, float], today: date, cursor: date) -> None:
        """Show the year of `cursor`: the seconds of its days, up to today."""
        self._seconds, self._today, self.cursor = seconds, today, cursor
        active = sorted(value for value in seconds.values() if value > 0)
        # By quarters of the active days: one ultra would make all others pale.
        self._bounds = [active[len(active) * part // 4] for part in (1, 2, 3)] if active else []
        self.refresh()

    def shade(self, day: date) -> str:
        """The sign of a day."""
        if day.year != self.cursor.year or day > self._today:
            return " "
        seconds = self._seconds.get(day, 0.0)
        shades = glyphs_of(self.app).shades
        return shades[1 + bisect_left(self._bounds, seconds)] if seconds > 0 else shades[0]

    def render_line(self, y: int) -> Strip:
        """The months, then a weekday in each line."""
        title = self.rich_style + self.get_component_rich_style("year-map--title", partial=True)
        if y == 0:
            return Strip([Segment(self._months(), title)]).adjust_cell_length(self.size.width, title)
        first = self._monday() + timedelta(days=y - 1)
        days = [first + timedelta(weeks=week) for week in range(WIDTH - _TITLES)]
        style = self.rich_style + self.get_component_rich_style("year-map--day", partial=True)
        chosen = style + self.get_component_rich_style("year-map--cursor", partial=True)
        segments = [Segment(f"{_WEEKDAYS[y - 1]:{_TITLES}}", title)]
        for day in days:
            sign, here = self.shade(day), day == self.cursor
            segments.append(
                Segment(glyphs_of(self.app).point if here and self.has_focus else sign, chosen if here else style)
            )
        return Strip(segments).adjust_cell_length(self.size.width, style)

    def _months(self) -> str:
        line = [" "] * WIDTH
        for month in range(1, 13):
            first = date(self.cursor.year, month, 1)
            at = _TITLES + (first - self._monday()).days // 7
            line[at : at + 3] = f"{first:%b}"
        return "".join(line[:WIDTH])

    def _monday(self) -> date:
        first = date(self.cursor.year, 1, 1)
        return first - timedelta(days=first.weekday())

    # ── Moving ───────────────────────────────────────────────────────────────────────────────────────

    def move_to(self, day: date) -> None:
        """Put the cursor on a day of the year, at most today."""
        last = min(date(self.cursor.year, 12, 31), self._today)
        day = min(max(day, date(self.cursor.year, 1, 1)), last)
        if day != self.cursor:
            self.cursor = day
            self.refresh()
            self.post_message(self.Moved())

    def action_move(self, days: int) -> None:
        """So many days on."""
        self.move_to(self.cursor + timedelta(days=days))

    def action_choose(self) -> None:
        """Choose the day under the cursor."""
        self.post_message(self.Chosen())

    def on_click(self, event: events.Click) -> None:
        """A day is moved to, and chosen when the cursor was there already."""
        offset = event.get_content_offset(self)
        if offset is None or offset.y == 0 or offset.x < _TITLES:
            return
        day = self._monday() + timedelta(weeks=offset.x - _TITLES, days=offset.y - 1)
        if day == self.cursor:
            self.action_choose()
        else:
            self.move_to(day)
