"""The map of a year with what it adds up to, and the day under its cursor in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from textual import on
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from ... import units
from ...dates import EARLIEST
from ...filters import Condition, without_dates
from .. import keys
from .glyphs import glyphs_of
from .pane import Pane
from .year_map import YearMap

if TYPE_CHECKING:
    from ...store.activity_lists import Day
    from ..activity_shelf import ActivityShelf


class YearPane(Pane):
    """Hours a day, and beside them the year's sums."""

    DEFAULT_CSS = """
    YearPane { height: 10; }
    YearPane #year-facts { width: 1fr; padding: 0 2; color: $text-muted; }
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's own name
        self.map = YearMap(id="year")
        self._facts = Static("", id="year-facts", markup=False)
        super().__init__(Horizontal(self.map, self._facts), id=id)
        self._days: dict[date, Day] = {}
        self._system: units.Units = "metric"
        self._today = date.min
        #: Which year is shown.
        self.year = 0

    async def read(
        self, shelf: ActivityShelf, conditions: Sequence[Condition], today: date, system: units.Units
    ) -> None:
        """Read and show the year, of what meets the conditions whatever they say of dates."""
        self._today, self.year = today, self.year or today.year
        days = await shelf.days(without_dates(conditions), self.year)
        cursor = self.map.cursor if self.map.cursor.year == self.year else min(today, date(self.year, 12, 31))
        self._days, self._system = {each.day: each for each in days}, system
        self.map.show({each.day: each.totals.duration_s for each in days}, today, cursor)
        self.border_title = Content(f"{cursor.year}   hours a day   less {glyphs_of(self.app).shades} more")
        self._facts.update(Content("\n".join(("", *_sums(days, system)))))
        self.ready()
        self.read_aloud()

    @property
    def why_not_before(self) -> str:
        """Why there is no year before."""
        return "" if self.year > EARLIEST.year else "nothing older can be there"

    @property
    def why_not_after(self) -> str:
        """Why there is no year after."""
        return "" if self.year < self._today.year else "this is the newest year"

    @on(YearMap.Moved)
    def read_aloud(self) -> None:
        """The day under the cursor in words, with what enter does to it."""
        day = self.map.cursor
        found = self._days.get(day)
        words = f"{day:%a} {day.day} {day:%b}: nothing"
        if found:
            parts = [_count(found.totals.activities), units.hours(found.totals.duration_s)]
            if found.totals.distance_m:
                parts.append(units.distance(found.totals.distance_m, self._system))
            words = f"{day:%a} {day.day} {day:%b}: {', '.join(parts)}"
        self.border_subtitle = Content(f"{words}   enter Day  {keys.label('activities.week')} Week")


def _count(activities: int) -> str:
    return "1 activity" if activities == 1 else f"{units.number(activities)} activities"


def _sums(days: Sequence[Day], system: units.Units) -> Iterator[str]:
    if not days:
        yield "no activities"
        return
    yield _count(sum(each.totals.activities for each in days))
    weeks: dict[date, float] = {}
    for each in days:
        monday = each.day - timedelta(days=each.day.weekday())
        weeks[monday] = weeks.get(monday, 0.0) + (each.totals.distance_m or 0.0)
    if any(weeks.values()):
        yield units.distance(sum(weeks.values()), system, 0)
    yield units.hours(sum(each.totals.duration_s for each in days))
    if climbed := sum(each.totals.ascent_m or 0.0 for each in days):
        yield f"{units.elevation(climbed, system)} up"
    if any(weeks.values()):
        yield f"best week {units.distance(max(weeks.values()), system, 0)}"
    streak = longest = 1
    for before, after in pairwise(each.day for each in days):
        streak = streak + 1 if after - before == timedelta(days=1) else 1
        longest = max(longest, streak)
    if longest > 1:
        yield f"{longest} days in a row"
