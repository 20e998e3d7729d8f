"""All activities: a filter line, an order, and a table that is read in windows of 200 rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from textual import events, on
from textual.content import Content
from textual.widgets import DataTable, Input, Static

from ... import text, units
from ...errors import UsageProblem
from ...filters import Condition, parse
from .. import keys
from ..activity_words import COLUMNS, row, title
from ..clipboard import Clip
from ..widgets.field import Field
from ..widgets.pane import Pane
from ..widgets.table import Table
from .place import NO_ACCOUNT, Place

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from ...errors import GarminSyncError
    from ...models import Activity
    from ..engine import Engine

WINDOW = 200
_AHEAD = 40  # rows before the end of what is loaded at which the next window is read
_ORDERS = {"date": "date", "dist": "distance", "time": "time", "name": "name", "type": "type", "kcal": "energy"}
#: Columns that fit below so many columns of the terminal.
_FITTING = ((60, 5), (84, 6), (100, 8))


class ActivitiesScreen(Place):
    """The list; `/` filters it, `o` or a click on a title orders it, enter opens."""

    place = "activities"
    BINDINGS: ClassVar = keys.bindings("activities")

    def __init__(self) -> None:
        super().__init__()
        self._conditions: list[Condition] = []
        self._order = "date"
        self._descending = True
        self._loaded: Sequence[Activity] = ()
        self._matching = 0
        self._wanted = WINDOW

    def content(self) -> ComposeResult:
        """Filter above, list below."""
        yield Field(placeholder="type:run dist>10 after:2026-09 hr<150 name~long", id="filter")
        yield Static("", id="filter-problem", markup=False)
        yield Pane(Table(id="list"), title="Activities", id="list-pane")

    async def read(self, engine: Engine) -> None:
        """Read as many rows as were read before, from the first."""
        self._loaded, self._matching = await engine.activities(
            self._conditions, self._order, self._descending, self._wanted
        )
        self._show()

    def show_problem(self, problem: GarminSyncError) -> None:
        """The list says it."""
        self.query_one("#list-pane", Pane).failed(problem)

    # ── Showing ──────────────────────────────────────────────────────────────────────────────────────

    def _show(self) -> None:
        situation = self.garminsync.situation
        assert situation is not None
        pane = self.query_one("#list-pane", Pane)
        table = self.query_one("#list", Table)
        columns = self._lay_out(table)
        year = situation.moment.astimezone().year
        system = self.garminsync.units
        table.show([(str(each.id), row(each, system, year)[:columns]) for each in self._loaded])
        arrow = "↓" if self._descending else "↑"
        pane.border_title = Content(f"Activities   {self._count(situation.activities)}")
        if self._loaded:
            pane.ready(f"sort {_ORDERS[self._order]} {arrow}")
            self.focus_first(table)
        elif self._conditions:
            pane.empty("No activity meets this filter. Press esc to clear it.")
        elif situation.account is None:
            pane.empty(NO_ACCOUNT)
        else:
            pane.empty("No activities yet. Press s to sync now.")

    def _count(self, stored: int) -> str:
        if self._conditions:
            return f"{units.number(self._matching)} of {units.number(stored)}"
        return units.number(self._matching)

    def _lay_out(self, table: Table) -> int:
        """As many columns as the terminal has room for; how many."""
        width = self.app.size.width
        fitting = next((count for below, count in _FITTING if width < below), len(COLUMNS))
        columns = COLUMNS[:fitting]
        table.lay_out(
            [title for title, _, _ in columns],
            [order or title for title, order, _ in columns],
            [index for index, (_, _, number) in enumerate(columns) if number],
        )
        return fitting

    def on_resize(self, event: events.Resize) -> None:
        """Another width may hold other columns."""
        if self._loaded:
            self._show()

    @on(DataTable.RowHighlighted, "#list")
    def _near_the_end(self, event: DataTable.RowHighlighted) -> None:
        if len(self._loaded) < self._matching and event.cursor_row >= len(self._loaded) - _AHEAD:
            self._wanted = len(self._loaded) + WINDOW
            self.read_again()

    # ── Filter ───────────────────────────────────────────────────────────────────────────────────────

    def action_activities_filter(self) -> None:
        """Write a filter."""
        self.query_one("#filter", Input).focus()

    @on(Input.Changed, "#filter")
    def _filter_changed(self, event: Input.Changed) -> None:
        problem = self.query_one("#filter-problem", Static)
        try:
            conditions = parse(event.value)
        except UsageProblem as wrong:
            problem.update(Content.styled(text.clean(f"✗ {wrong.message} {wrong.hint}"), "$text-error"))
            problem.display = True
            return
        problem.display = False
        if conditions != self._conditions:
            self._conditions = conditions
            self._from_the_start()

    @on(Input.Submitted, "#filter")
    def _filter_done(self) -> None:
        self.query_one("#list", Table).focus()

    def copy_text(self) -> Clip | None:
        """The selected activity in one line."""
        name = self.query_one("#list", Table).selected
        activity = next((each for each in self._loaded if str(each.id) == name), None)
        if activity is None:
            return None
        return Clip(title(activity), "\t".join(row(activity, self.garminsync.units, 0)))

    def back(self) -> bool:
        """Clear the filter, or leave its line; False where there is nothing left to go back from."""
        line = self.query_one("#filter", Input)
        if line.value:
            line.value = ""
        elif line.has_focus:
            self.query_one("#list", Table).focus()
        else:
            return False
        return True

    # ── Order ────────────────────────────────────────────────────────────────────────────────────────

    def action_activities_order(self) -> None:
        """The next order; its other direction comes with a click on the title."""
        names = list(_ORDERS)
        self._sort_by(names[(names.index(self._order) + 1) % len(names)])

    @on(DataTable.HeaderSelected, "#list")
    def _header_selected(self, event: DataTable.HeaderSelected) -> None:
        order = event.column_key.value or ""
        if order not in _ORDERS:
            self.notify(f"{order} cannot be sorted by.", markup=False)
        elif order == self._order:
            self._descending = not self._descending
            self._from_the_start()
        else:
            self._sort_by(order)

    def _sort_by(self, order: str) -> None:
        self._order = order
        self._descending = order not in {"name", "type"}
        self._from_the_start()

    def _from_the_start(self) -> None:
        self._wanted = WINDOW
        self.read_again()

    # ── Opening ──────────────────────────────────────────────────────────────────────────────────────

    def action_activities_open(self) -> None:
        """Open the selected activity."""
        name = self.query_one("#list", Table).selected
        if name is not None:
            self.garminsync.open_activity(UUID(name))

    @on(DataTable.RowSelected, "#list")
    def _row_selected(self) -> None:
        self.action_activities_open()
