"""One month of coverage, day by day: what each answer was, why it failed, and when it is tried again."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.content import Content
from textual.widgets import DataTable, Static

from ... import text
from ...garmin.endpoints import BY_NAME, ENDPOINTS
from .. import coverage_words as words
from .. import keys
from ..widgets.grid import Grid
from ..widgets.pane import Pane
from .place import NO_ACCOUNT, Place

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from ...errors import GarminSyncError
    from ...store.coverage import Day
    from ..engine import Engine

_SIGNS = {"fetched": ("█", "green"), "empty": ("○", ""), "stale": ("~", "yellow"), "failed": ("✗", "red")}
_LEGEND = "█ fetched  ○ empty  ~ to fetch again  ✗ failed  · none"
_SAID = {"fetched": "fetched", "empty": "empty at Garmin", "stale": "to be fetched again", "failed": "failed"}


class CoverageDaysScreen(Place):
    """Endpoints down, the days of one month across; some days can be marked and fetched again together."""

    place = "days"
    BINDINGS: ClassVar = keys.bindings("days")

    def __init__(self, names: list[str], months: list[date], name: str, month: date) -> None:
        """Of the endpoints `names` and `months` (newest first) that coverage shows, begin with these."""
        super().__init__()
        self._names = names
        self._months = months
        self._month = month
        self._begin_at: str | None = name
        self._days: list[date] = []
        self._found: dict[tuple[str, date], Day] = {}
        #: Where a range of days begins, or None.
        self._mark: date | None = None
        self._marked: set[tuple[str, date]] = set()

    def content(self) -> ComposeResult:
        """The calendar, and what there is to say about the day under the cursor."""
        yield Pane(Grid(3, id="days"), Static("", id="day-cell", markup=False), title="Coverage", id="days-pane")

    async def read(self, engine: Engine) -> None:
        """Read the month's part of the ledger."""
        situation = self.garminsync.situation
        pane = self.query_one("#days-pane", Pane)
        if situation is None:
            pane.empty(NO_ACCOUNT)
            return
        month = self._month
        entries = await engine.days_of(month, words.last_of(month))
        if month != self._month:
            self.read_again()  # another one was chosen meanwhile
            return
        self._show(entries, engine.today(situation.account))
        pane.border_title = Content(f"Coverage   {month:%B %Y}")
        pane.ready(_LEGEND)
        self.focus_first(self._grid)

    def show_problem(self, problem: GarminSyncError) -> None:
        """The pane says it."""
        self.query_one("#days-pane", Pane).failed(problem)

    # ── Showing ──────────────────────────────────────────────────────────────────────────────────────

    @property
    def _grid(self) -> Grid:
        return self.query_one("#days", Grid)

    def _show(self, entries: list[Day], today: date) -> None:
        self._found = {(each.endpoint, each.day): each for each in entries}
        known = {*self._names, *(each.endpoint for each in entries)}
        self._names = [endpoint.name for endpoint in ENDPOINTS if endpoint.name in known]
        # A watch may be ahead of this machine's clock.
        newest = min(max(today, *(each.day for each in entries), self._month), words.last_of(self._month))
        self._days = [self._month + timedelta(days=n) for n in range((newest - self._month).days + 1)]
        self._draw()
        if self._begin_at is not None:
            self._grid.select(self._begin_at, self._first_look(self._begin_at))
            self._begin_at = None
        self._read_aloud()

    def _first_look(self, name: str) -> date:
        """The newest day that needs attention, else the newest."""
        troubled = [day for day in self._days if self._status(name, day) in {"failed", "stale"}]
        return (troubled or self._days)[-1]

    def _draw(self) -> None:
        titles = {day: f"{day.day:>2} " for day in self._days}
        self._grid.show({name: words.endpoint(name) for name in self._names}, titles, self._cell)

    def _status(self, name: str, day: date) -> str:
        entry = self._found.get((name, day))
        return entry.status if entry else ""

    def _cell(self, name: str, day: date) -> Text:
        sign, style = _SIGNS.get(self._status(name, day), ("·", ""))
        return Text(f"[{sign}]" if (name, day) in self._marked else f" {sign} ", style=style)

    @on(DataTable.CellHighlighted)
    def _moved(self) -> None:
        name, first, last = self._range or ("", date.min, date.min)
        marked = {(name, day) for day in self._days if first <= day <= last} if self._mark else set()
        if marked != self._marked:
            self._marked = marked
            self._draw()
        self._read_aloud()

    @property
    def _range(self) -> tuple[str, date, date] | None:
        """The endpoint under the cursor, and its days from the mark to the cursor."""
        selected = self._grid.selected
        if selected is None:
            return None
        name, day = selected
        mark = self._mark or day
        return name, min(mark, day), max(mark, day)

    def _read_aloud(self) -> None:
        selected = self._grid.selected
        lines: list[str] = []
        if selected is not None:
            name, day = selected
            entry = self._found.get(selected)
            situation = self.garminsync.situation
            account = situation.account if situation is not None else None
            withheld = words.withheld(account.provider, name) if account is not None else ""
            said = "; ".join(
                part
                for part in (_SAID[entry.status] + words.from_file(entry.source) if entry else "", withheld)
                if part
            )
            said = said or "nothing was asked for yet"
            lines.append(f"{words.endpoint(name)}, {day:%a} {words.span(day, day)}: {said}")
            if entry is not None and entry.status == "failed" and situation is not None:
                lines.append(_failure(entry, situation.moment))
        if self._mark is not None and (marked := self._range) is not None:
            lines.append(f"Marked: {words.span(*marked[1:])}. f fetches again, esc lets go.")
        self.query_one("#day-cell", Static).update("\n".join(lines))

    # ── Doing ────────────────────────────────────────────────────────────────────────────────────────

    def action_days_mark(self) -> None:
        """Begin a range at the day under the cursor, or let go of one."""
        selected = self._grid.selected
        self._mark = selected[1] if selected is not None and self._mark is None else None
        self._moved()

    def action_days_again(self) -> None:
        """Fetch the day under the cursor, or the marked ones, again."""
        if chosen := self._range:
            name, first, last = chosen
            self.garminsync.fetch_again(BY_NAME[name], first, last)
            self._mark = None
            self._moved()

    def back(self) -> bool:
        """Let go of the marked days; whether there were some."""
        if self._mark is None:
            return False
        self.action_days_mark()
        return True

    @property
    def why_not_before(self) -> str:
        """Why there is no month before this one."""
        return "" if self._month > self._months[-1] else "nothing is known of older months"

    @property
    def why_not_after(self) -> str:
        """Why there is no month after this one."""
        return "" if self._month < self._months[0] else "this is the newest month"

    def action_days_before(self) -> None:
        """The month before."""
        self._turn_to(1)

    def action_days_after(self) -> None:
        """The month after."""
        self._turn_to(-1)

    def _turn_to(self, older: int) -> None:
        self._month = self._months[self._months.index(self._month) + older]
        selected = self._grid.selected
        self._begin_at = selected[0] if selected else None
        self._mark, self._marked = None, set()
        self.read_again()


def _failure(entry: Day, moment: datetime) -> str:
    """Like "tried 3 times, next after Sat 21 Nov 14:20: HTTP 500"."""
    tried = "tried once" if entry.attempts <= 1 else f"tried {entry.attempts} times"
    due = entry.next_try_at
    after = "with the next sync" if due is None or due <= moment else f"after {due.astimezone():%a %-d %b %H:%M}"
    return f"{tried}, next try {after}: {text.clean(entry.reason or '', 120)}"
