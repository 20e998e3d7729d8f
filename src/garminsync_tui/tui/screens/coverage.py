"""What is complete: a month of an endpoint in each cell, read aloud below, opened and fetched again with a key."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.widgets import DataTable, Static

from ...garmin.endpoints import BY_NAME, ENDPOINTS
from ...units import number
from .. import coverage_words as words
from .. import keys
from ..widgets.grid import Grid
from ..widgets.pane import Pane
from .coverage_days import CoverageDaysScreen
from .place import NO_ACCOUNT, Place

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from ...errors import GarminSyncError
    from ...store.coverage import Month
    from ..engine import Engine

_SHADES = "·░▒▓█"
_LEGEND = "█ all days   ▓▒░ some   · none   ~ to fetch again   ✗ failed"
_WITHHELD = "   – another sign-in"


class CoverageScreen(Place):
    """Endpoints down, months across, the newest first."""

    place = "coverage"
    BINDINGS: ClassVar = keys.bindings("coverage")

    def __init__(self) -> None:
        super().__init__()
        self._names: list[str] = []
        self._months: list[date] = []
        self._found: dict[tuple[str, date], dict[str, int]] = {}

    def content(self) -> ComposeResult:
        """The calendar, and a sentence about the cell under the cursor."""
        yield Pane(Grid(4, id="months"), Static("", id="cell", markup=False), title="Coverage", id="coverage-pane")

    async def read(self, engine: Engine) -> None:
        """Read the ledger."""
        months = await engine.months()
        pane = self.query_one("#coverage-pane", Pane)
        if not months:
            situation = self.garminsync.situation
            linked = situation is not None and situation.account
            pane.empty("Nothing is fetched yet. Press {sync.now} to sync now." if linked else NO_ACCOUNT)
            return
        self._show(months)
        withheld = any(self._withheld(name) and not self._has(name) for name in self._names)
        pane.ready(_LEGEND + _WITHHELD if withheld else _LEGEND)
        self.focus_first(self._grid)

    def show_problem(self, problem: GarminSyncError) -> None:
        """The pane says it."""
        self.query_one("#coverage-pane", Pane).failed(problem)

    # ── Showing ──────────────────────────────────────────────────────────────────────────────────────

    @property
    def _grid(self) -> Grid:
        return self.query_one("#months", Grid)

    def _show(self, months: list[Month]) -> None:
        self._found = {(each.endpoint, each.month): each.days for each in months}
        known = {each.endpoint for each in months}
        self._names = [endpoint.name for endpoint in ENDPOINTS if endpoint.name in known]
        self._months = _months(min(each.month for each in months), max(each.month for each in months))
        titles = {month: f" {month:%b}" if month.month > 1 else f" \u2019{month:%y}" for month in self._months}
        self._grid.show({name: words.endpoint(name) for name in self._names}, titles, self._cell)
        self._read_aloud()

    def _withheld(self, name: str) -> str:
        situation = self.garminsync.situation
        account = situation.account if situation is not None else None
        return words.withheld(account.provider, name) if account is not None else ""

    def _has(self, name: str) -> bool:
        return any(self._found.get((name, month)) for month in self._months)

    def _cell(self, name: str, month: date) -> Text:
        if not self._found.get((name, month)) and self._withheld(name):
            return Text(" –  ")
        return _cell(self._found.get((name, month), {}), self._days_of(month))

    def _days_of(self, month: date) -> int:
        """How many days of a month there can be: the first and the last one may be cut off."""
        if month not in (self._months[0], self._months[-1]):
            return words.last_of(month).day
        return max(sum(self._found.get((name, month), {}).values()) for name in self._names)

    @on(DataTable.CellHighlighted)
    def _read_aloud(self) -> None:
        selected = self._grid.selected
        if selected is None:
            self.query_one("#cell", Static).update("")
            return
        name, month = selected
        counts = self._found.get(selected, {})
        order = (("fetched", "fetched"), ("empty", "empty"), ("stale", "to fetch again"), ("failed", "failed"))
        said = ", ".join(f"{number(counts[status])} {what}" for status, what in order if counts.get(status))
        withheld = self._withheld(name)
        said = "; ".join(part for part in (said, withheld) if part) or "nothing was asked for yet"
        self.query_one("#cell", Static).update(f"{words.endpoint(name)}, {month:%B %Y}: {said}")

    # ── Doing ────────────────────────────────────────────────────────────────────────────────────────

    @on(DataTable.CellSelected, "#months")
    def action_coverage_open(self) -> None:
        """Show the days of the month under the cursor."""
        if selected := self._grid.selected:
            name, month = selected
            self.garminsync.push_screen(CoverageDaysScreen(self._names, self._months, name, month))

    def action_coverage_again(self) -> None:
        """Fetch the month under the cursor again."""
        if selected := self._grid.selected:
            name, month = selected
            self.garminsync.fetch_again(BY_NAME[name], month, words.last_of(month))


def _months(first: date, last: date) -> list[date]:
    """First days of months, the newest first."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    numbers = (last.year * 12 + last.month - 1 - back for back in range(count))
    return [date(number // 12, number % 12 + 1, 1) for number in numbers]


def _cell(counts: dict[str, int], days: int) -> Text:
    if counts.get("failed"):
        return Text(" ✗  ", style="red")
    if counts.get("stale"):
        return Text(" ~  ", style="yellow")
    settled = counts.get("fetched", 0) + counts.get("empty", 0)
    share = settled / max(days, 1)
    shade = _SHADES[min(int(share * 4) + (0 < share < 0.25), 4)]
    return Text(f" {shade}  ", style="green" if shade == "█" else "")
