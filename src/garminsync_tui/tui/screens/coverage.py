"""What is complete: a month of an endpoint in each cell, read aloud below, fetched again with a key."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.binding import Binding, BindingType
from textual.widgets import DataTable, Static

from ...garmin.endpoints import BY_NAME, ENDPOINTS
from ...units import number
from .. import keys
from ..widgets.pane import Pane
from .place import NO_ACCOUNT, Place

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from ...errors import GarminSyncError
    from ...store.coverage import Month
    from ..engine import Engine

_SHADES = "·░▒▓█"
_LEGEND = "█ all days   ▓▒░ some   · none   ~ to fetch again   ✗ failed"


class CoverageScreen(Place):
    """Endpoints down, months across, the newest first."""

    place = "coverage"
    tab = "today"
    BINDINGS: ClassVar[list[BindingType]] = [
        *keys.bindings("coverage"),
        Binding("h", "table('cursor_left')", show=False),
        Binding("j", "table('cursor_down')", show=False),
        Binding("k", "table('cursor_up')", show=False),
        Binding("l", "table('cursor_right')", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._names: list[str] = []
        self._months: list[date] = []
        self._found: dict[tuple[str, date], dict[str, int]] = {}

    def content(self) -> ComposeResult:
        """The calendar, and a sentence about the cell under the cursor."""
        table: DataTable[Text] = DataTable(id="months", cursor_type="cell", cell_padding=0, fixed_columns=1)
        yield Pane(table, Static("", id="cell", markup=False), title="Coverage", id="coverage-pane")

    async def read(self, engine: Engine) -> None:
        """Read the ledger."""
        months = await engine.months()
        pane = self.query_one("#coverage-pane", Pane)
        if not months:
            situation = self.garminsync.situation
            linked = situation is not None and situation.account
            pane.empty("Nothing is fetched yet. Press s to sync now." if linked else NO_ACCOUNT)
            return
        self._show(months)
        pane.ready(_LEGEND)
        self.focus_first(self._table)

    def show_problem(self, problem: GarminSyncError) -> None:
        """The pane says it."""
        self.query_one("#coverage-pane", Pane).failed(problem)

    # ── Showing ──────────────────────────────────────────────────────────────────────────────────────

    @property
    def _table(self) -> DataTable[Text]:
        return self.query_one("#months", DataTable)

    def _show(self, months: list[Month]) -> None:
        self._found = {(each.endpoint, each.month): each.days for each in months}
        names = [endpoint.name for endpoint in ENDPOINTS if any(each.endpoint == endpoint.name for each in months)]
        first, last = min(each.month for each in months), max(each.month for each in months)
        calendar = _months(first, last)
        table = self._table
        if (names, calendar) != (self._names, self._months):
            place = table.cursor_coordinate
            self._names, self._months = names, calendar
            table.clear(columns=True)
            table.add_column("", key="name")
            for month in calendar:
                table.add_column(f" {month:%b}" if month.month > 1 else f" \u2019{month:%y}", key=str(month), width=4)
            for name in names:
                table.add_row(Text(_words(name)), *self._cells(name), key=name)
            table.move_cursor(row=place.row, column=max(place.column, 1), animate=False)
        else:
            for name in names:
                for month, cell in zip(calendar, self._cells(name), strict=True):
                    table.update_cell(name, str(month), cell)
        self._read_aloud()

    def _cells(self, name: str) -> list[Text]:
        return [_cell(self._found.get((name, month), {}), self._days_of(month)) for month in self._months]

    def _days_of(self, month: date) -> int:
        """How many days of a month there can be: the first and the last one may be cut off."""
        if month not in (self._months[0], self._months[-1]):
            return monthrange(month.year, month.month)[1]
        return max(sum(self._found.get((name, month), {}).values()) for name in self._names)

    @property
    def _selected(self) -> tuple[str, date] | None:
        row, column = self._table.cursor_coordinate
        if not (0 <= row < len(self._names) and 1 <= column <= len(self._months)):
            return None
        return self._names[row], self._months[column - 1]

    @on(DataTable.CellHighlighted)
    def _read_aloud(self) -> None:
        selected = self._selected
        if selected is None:
            self.query_one("#cell", Static).update("")
            return
        name, month = selected
        counts = self._found.get(selected, {})
        order = (("fetched", "fetched"), ("empty", "empty"), ("stale", "to fetch again"), ("failed", "failed"))
        said = ", ".join(f"{number(counts[status])} {words}" for status, words in order if counts.get(status))
        self.query_one("#cell", Static).update(f"{_words(name)}, {month:%B %Y}: {said or 'nothing was asked for yet'}")

    # ── Doing ────────────────────────────────────────────────────────────────────────────────────────

    def action_table(self, what: str) -> None:
        """Move the cursor as the arrows do."""
        getattr(self._table, f"action_{what}")()

    def action_coverage_again(self) -> None:
        """Fetch the month under the cursor again."""
        selected, engine = self._selected, self.garminsync.engine
        if selected is None or engine is None:
            return
        name, month = selected
        last = month.replace(day=monthrange(month.year, month.month)[1])
        self.garminsync.do(lambda: engine.fetch_again(BY_NAME[name], month, last))
        self.notify(f"{_words(name)}, {month:%B %Y}: queued to be fetched again.", markup=False)


def _months(first: date, last: date) -> list[date]:
    """First days of months, the newest first."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    numbers = (last.year * 12 + last.month - 1 - back for back in range(count))
    return [date(number // 12, number % 12 + 1, 1) for number in numbers]


def _words(name: str) -> str:
    return name.replace("_", " ").replace("hrv", "HRV").replace("spo2", "SpO2").capitalize().replace("Hrv", "HRV")


def _cell(counts: dict[str, int], days: int) -> Text:
    if counts.get("failed"):
        return Text(" ✗  ", style="red")
    if counts.get("stale"):
        return Text(" ~  ", style="yellow")
    settled = counts.get("fetched", 0) + counts.get("empty", 0)
    share = settled / max(days, 1)
    shade = _SHADES[min(int(share * 4) + (0 < share < 0.25), 4)]
    return Text(f" {shade}  ", style="green" if shade == "█" else "")
