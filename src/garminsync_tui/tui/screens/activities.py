"""All activities: a filter, an order, marks, and a table that is read in windows; the year as a map above."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, ClassVar, NamedTuple
from uuid import UUID

from textual import events, on
from textual.containers import Horizontal
from textual.content import Content

from ... import units
from ...filters import Condition
from .. import keys
from ..activity_words import COLUMNS, row, title
from ..clipboard import Clip
from ..widgets.filter_line import FilterLine
from ..widgets.glyphs import glyphs_of
from ..widgets.pane import Pane
from ..widgets.selected_pane import SelectedPane
from ..widgets.window_table import WINDOW, WindowTable
from ..widgets.year_map import YearMap
from ..widgets.year_pane import YearPane
from .place import NO_ACCOUNT, Place

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from ...errors import GarminSyncError
    from ...models import Activity
    from ...store.activity_lists import Key, Listing
    from ..activity_shelf import Listed
    from ..engine import Engine

_ORDERS = {"date": "date", "dist": "distance", "time": "time", "name": "name", "type": "type", "kcal": "energy"}
#: On terminals of so many rows the map of the year is there from the start.
_ROWS_FOR_MAP = 30
_OLDEST_YEAR = 1990
_WIDE = 140


class _Shown(NamedTuple):
    """What decides which rows there are and how they look."""

    conditions: Sequence[Condition]
    order: str
    descending: bool
    system: units.Units


class ActivitiesScreen(Place):
    """The list; `/` filters it, `o` or a click on a title orders it, enter opens."""

    place = "activities"
    BINDINGS: ClassVar = keys.bindings("activities")

    def __init__(self) -> None:
        super().__init__()
        self._order = "date"
        self._descending = True
        self._listed: Listed | None = None
        self._listed_as: _Shown | None = None
        self._marked: set[Key] = set()
        self._this_year = 0
        self._map_wanted: bool | None = None  # None until somebody said so: where there is room

    def content(self) -> ComposeResult:
        """The year, the filter, the list, and on wide terminals what is selected."""
        yield YearPane(id="year-pane")
        yield FilterLine(id="filter-line")
        with Horizontal(id="list-row"):
            yield Pane(WindowTable(COLUMNS, self._cells, id="list"), title="Activities", id="list-pane")
            yield SelectedPane(id="selected-pane")

    def on_mount(self) -> None:
        """Marks are the screen's, so that they stay where the rows go."""
        super().on_mount()
        self._table.is_marked = lambda index: self._listed is not None and self._listed.keys[index] in self._marked
        self._place_map()

    @property
    def _table(self) -> WindowTable:
        return self.query_one("#list", WindowTable)

    @property
    def _filter(self) -> FilterLine:
        return self.query_one("#filter-line", FilterLine)

    @property
    def _year(self) -> YearPane:
        return self.query_one("#year-pane", YearPane)

    # ── Reading ──────────────────────────────────────────────────────────────────────────────────────

    async def read(self, engine: Engine) -> None:
        """Read the order of all, and the rows in sight; nothing where nothing changed."""
        situation = self.garminsync.situation
        assert situation is not None
        wanted = _Shown(tuple(self._filter.conditions), self._order, self._descending, self.garminsync.units)
        before = self._listed
        if before is not None and wanted == self._listed_as and await engine.activities.stamp() == before.stamp:
            return
        listed = await engine.activities.listed(wanted.conditions, wanted.order, wanted.descending)
        cursor = self._cursor_in(listed)
        windows = {each: await engine.activities.window(_part(listed, each)) for each in self._table.windows(cursor)}
        self._filter.types = await engine.activities.types()
        if not self._filter.conditions:
            self._marked &= set(listed.keys)  # what is gone is not exported
        if self._listed_as is None or self._listed_as.system != wanted.system:
            self._table.forget_widths()
        self._listed, self._listed_as = listed, wanted
        self._this_year = situation.moment.astimezone().year
        self._table.restart(len(listed.keys), cursor)
        for number, found in windows.items():
            self._table.fill(number, found)
        self._show()
        await self._read_year(engine)
        if before is None:
            self.read_more(engine.activities.get_ready(), "readiness")

    def _cursor_in(self, listed: Listed) -> int:
        """Where the selected activity is now; the first where it is not among them."""
        selected = self.selected
        return listed.keys.index(selected) if selected in listed.keys else 0

    def _cells(self, listing: Listing) -> Sequence[str]:
        return row(listing, self.garminsync.units, self._this_year)

    @on(WindowTable.Needed)
    def _window_needed(self, event: WindowTable.Needed) -> None:
        engine, listed = self.garminsync.engine, self._listed
        if engine is None or listed is None:
            return

        async def read() -> None:
            found = await engine.activities.window(_part(listed, event.window))
            if listed is self._listed:
                self._table.fill(event.window, found)
                self._show_selected()

        self.read_more(read(), f"window {event.window}")

    async def _read_year(self, engine: Engine) -> None:
        situation = self.garminsync.situation
        assert situation is not None
        today = engine.today(situation.account)
        await self._year.read(engine.activities, self._filter.conditions, today, self.garminsync.units)

    def show_problem(self, problem: GarminSyncError) -> None:
        """The list says it."""
        self._listed_as = None
        self.query_one("#list-pane", Pane).failed(problem)
        self._year.display = False

    # ── Showing ──────────────────────────────────────────────────────────────────────────────────────

    def _show(self) -> None:
        situation, listed = self.garminsync.situation, self._listed
        assert situation is not None and listed is not None
        pane = self.query_one("#list-pane", Pane)
        stored, matching = units.number(situation.activities), units.number(len(listed.keys))
        pane.border_title = Content(
            f"Activities   {f'{matching} of {stored}' if self._filter.conditions else matching}"
        )
        self._place_map()
        if listed.keys:
            self._show_totals()
            self.focus_first(self._table)
        elif self._filter.conditions:
            pane.empty("No activity meets this filter. Press esc to clear it.")
        elif situation.account is None:
            pane.empty(NO_ACCOUNT)
        else:
            pane.empty("No activities yet. Press {sync.now} to sync now.")
        self._show_selected()

    def _show_totals(self) -> None:
        """What the listed ones add up to, their order, and how many are marked."""
        assert self._listed is not None
        totals, system = self._listed.totals, self.garminsync.units
        marked = f"{units.number(len(self._marked))} marked" if self._marked else ""
        distance = units.distance(totals.distance_m, system, 0) if totals.distance_m else ""
        climbed = f"{units.elevation(totals.ascent_m, system)} up" if totals.ascent_m else ""
        order = f"sort {_ORDERS[self._order]} {'↓' if self._descending else '↑'}"
        parts = [marked, distance, units.hours(totals.duration_s), climbed, order]
        if self.app.size.width < 80 and marked:
            parts.remove(climbed)
        self.query_one("#list-pane", Pane).ready(glyphs_of(self.app).words(" · ".join(filter(None, parts))))

    def _show_selected(self) -> None:
        if engine := self.garminsync.engine:
            pane = self.query_one("#selected-pane", SelectedPane)
            pane.show(self._activity, self.garminsync.units, engine.activities)

    def on_resize(self, event: events.Resize) -> None:
        """Another size may hold more."""
        if self._listed is not None:
            self._place_map()
            self._show_selected()

    @on(WindowTable.Moved)
    def _moved(self) -> None:
        self._show_selected()

    @property
    def selected(self) -> Key | None:
        """The id of the activity under the cursor."""
        keys_ = self._listed.keys if self._listed else []
        return keys_[self._table.cursor] if keys_ else None

    @property
    def _activity(self) -> Activity | None:
        listing = self._listing
        return listing.activity if listing else None

    @property
    def _listing(self) -> Listing | None:
        listing: Listing | None = self._table.row(self._table.cursor)
        return listing

    # ── Filter ───────────────────────────────────────────────────────────────────────────────────────

    def action_activities_filter(self) -> None:
        """Write a filter."""
        self._filter.write()

    @on(FilterLine.Changed)
    def _filter_changed(self) -> None:
        self.read_again()

    @on(FilterLine.Done)
    def _filter_done(self) -> None:
        self._table.focus()

    def _filter_days(self, first: date, last: date) -> None:
        """Only what started on some days; what else the filter says stays."""
        dates = f"on:{first}" if first == last else f"after:{first} before:{last + timedelta(days=1)}"
        self._filter.filter_days(dates)

    def back(self) -> bool:
        """Clear the filter, leave its line or the map, forget the marks; False where nothing of it is left."""
        if self._filter.clear():
            return True
        if not self._table.has_focus and self.focused is not None:
            self._table.focus()
        elif self._marked:
            self._marked.clear()
            self._marks_changed()
        else:
            return False
        return True

    # ── Order ────────────────────────────────────────────────────────────────────────────────────────

    def action_activities_order(self) -> None:
        """The next order."""
        names = list(_ORDERS)
        self._sort_by(names[(names.index(self._order) + 1) % len(names)])

    def action_activities_reverse(self) -> None:
        """The other direction."""
        self._descending = not self._descending
        self.read_again()

    @on(WindowTable.Ordered)
    def _title_clicked(self, event: WindowTable.Ordered) -> None:
        if event.order not in _ORDERS:
            self.notify("That column cannot be sorted by.", markup=False)
        elif event.order == self._order:
            self.action_activities_reverse()
        else:
            self._sort_by(event.order)

    def _sort_by(self, order: str) -> None:
        self._order = order
        self._descending = order not in {"name", "type"}
        self.read_again()

    # ── The year ─────────────────────────────────────────────────────────────────────────────────────

    def _place_map(self) -> None:
        wanted = self.app.size.height >= _ROWS_FOR_MAP if self._map_wanted is None else self._map_wanted
        self._year.display = bool(wanted and self._listed and self.garminsync.situation.activities)  # type: ignore[union-attr]

    def action_activities_map(self) -> None:
        """Show the map of the year and go there, or hide it."""
        self._map_wanted = not self._year.display
        if self._year.map.has_focus:
            self._table.focus()
        self._place_map()
        if self._year.display:
            self._year.map.focus()

    @property
    def why_not_before(self) -> str:
        """Why there is no year before."""
        return self._year.why_not_before

    @property
    def why_not_after(self) -> str:
        """Why there is no year after."""
        return self._year.why_not_after

    def action_activities_before(self) -> None:
        """The map of the year before."""
        self._go_to_year(self._year.year - 1)

    def action_activities_after(self) -> None:
        """The map of the year after."""
        self._go_to_year(self._year.year + 1)

    def _go_to_year(self, year: int) -> None:
        if engine := self.garminsync.engine:
            self._year.year = year
            self._map_wanted = True
            self._place_map()
            self.read_more(self._read_year(engine), "year")

    @on(YearMap.Chosen)
    def _day_chosen(self) -> None:
        self._filter_days(self._year.map.cursor, self._year.map.cursor)

    def action_activities_week(self) -> None:
        """Only the week of the day on the map, or of the selected activity."""
        day = self._year.map.cursor
        if not self._year.map.has_focus and self._activity is not None:
            activity = self._activity
            day = (activity.start_time + timedelta(seconds=activity.utc_offset_s or 0)).date()
        monday = day - timedelta(days=day.weekday())
        self._filter_days(monday, monday + timedelta(days=6))

    # ── Marking ──────────────────────────────────────────────────────────────────────────────────────

    def action_activities_mark(self) -> None:
        """Mark the selected one, or take its mark away, and go on to the next."""
        if key := self.selected:
            self._marked ^= {key}
            self._table.refresh_row(self._table.cursor)
            self._table.action_move(1)
            self._show_totals()

    def action_activities_mark_all(self) -> None:
        """Mark all that match; where they are marked already, none of them."""
        if self._listed is not None:
            matching = set(self._listed.keys)
            self._marked = self._marked - matching if matching <= self._marked else self._marked | matching
            self._marks_changed()

    def _marks_changed(self) -> None:
        self._table.refresh()
        self._show_totals()

    def action_activities_export(self) -> None:
        """Write the marked ones, else the selected one, into files."""
        if self._activity is not None and (chosen := self.chosen()):
            self.garminsync.export(chosen, self._activity)

    # ── Copying and opening ──────────────────────────────────────────────────────────────────────────

    def chosen(self) -> Sequence[Key]:
        """The marked ones in their order in the list, those outside of it last; without marks the selected one."""
        listed = self._listed.keys if self._listed else []
        if not self._marked:
            return [self.selected] if self.selected else []
        inside = [key for key in listed if key in self._marked]
        return [*inside, *sorted(self._marked.difference(inside))]

    def copy_text(self) -> Clip | None:
        """The marked activities, else the selected one, a line each."""
        engine = self.garminsync.engine
        listing = self._listing
        if engine is None or listing is None:
            return None
        if not self._marked:
            return Clip(title(listing.activity), self._line(listing))

        async def lines() -> str:
            chosen = self.chosen()
            parts = [chosen[first : first + WINDOW] for first in range(0, len(chosen), WINDOW)]
            return "\n".join([self._line(each) for part in parts for each in await engine.activities.window(part)])

        return Clip(f"{units.number(len(self._marked))} activities", lines)

    def _line(self, listing: Listing) -> str:
        return "\t".join(row(listing, self.garminsync.units, 0))

    @on(WindowTable.Selected)
    def action_activities_open(self) -> None:
        """Open the selected activity."""
        if self._listed is not None and (key := self.selected):
            self.garminsync.open_activity(UUID(bytes=key), self._listed.keys, self._follow)

    def _follow(self, key: Key) -> None:
        """Stand on what is shown on top."""
        if self._listed is not None and key in self._listed.keys:
            self._table.move_to(self._listed.keys.index(key))


def _part(listed: Listed, window: int) -> Sequence[Key]:
    return listed.keys[window * WINDOW : (window + 1) * WINDOW]
