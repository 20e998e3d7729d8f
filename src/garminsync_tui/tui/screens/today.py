"""The first screen: last night, heart, movement, the last activities and the sync, one day at a time."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from textual import events, on
from textual.containers import Grid, Horizontal, Vertical
from textual.content import Content
from textual.widgets import DataTable, Static

from ... import text, units
from .. import keys
from ..activity_words import row_for_today
from ..clipboard import Clip
from ..job_words import job_lines, ticks
from ..situation import Situation, at
from ..today_words import METRICS, readings, week_line
from ..widgets.card import Card
from ..widgets.glyphs import glyphs_of
from ..widgets.job_progress import JobProgress
from ..widgets.pane import Pane
from ..widgets.table import Table
from .place import NO_ACCOUNT, Place

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from ...errors import GarminSyncError
    from ..engine import Engine, TodayFacts

_CARDS = {
    "sleep": "Sleep",
    "heart": "Resting HR",
    "hrv": "HRV",
    "battery": "Battery",
    "steps": "Steps",
    "stress": "Stress",
    "ready": "Readiness",
    "load": "Load 7 d",
}
#: What Health shows of a card.
_SHOWN_IN_HEALTH = {
    "sleep": "sleep",
    "heart": "resting_heart_rate",
    "hrv": "hrv_last_night_avg",
    "battery": "body_battery",
    "steps": "steps_total",
    "stress": "stress_avg",
    "ready": "training_readiness",
    "load": "form",
}
_LINES = 3  # of the sync box
_STALE = timedelta(days=1)
_NO_ACTIVITIES = "No activities yet. Press {sync.now} to sync now."
_COLUMNS = ("day", "type", "name", "dist", "time", "pace", "hr")
_FEWER, _ROOM_FOR_ALL = 5, 70


class TodayScreen(Place):
    """One day in eight cards, with what was done last and how the sync stands."""

    place = "today"
    BINDINGS: ClassVar = keys.bindings("today")

    def __init__(self) -> None:
        super().__init__()
        #: None follows the newest day.
        self._day: date | None = None
        self._shown: date | None = None
        self._latest: date | None = None
        self._listed: list[UUID] = []

    def content(self) -> ComposeResult:
        """Cards above, activities and sync below."""
        yield Static("", id="day", markup=False)
        yield Grid(*(Card(title, id=name) for name, title in _CARDS.items()), id="cards")
        with Horizontal(id="below"):
            yield Pane(Table(id="last", show_header=False), title="Last activities", id="activities-pane")
            lines = Vertical(*(JobProgress() for _ in range(_LINES)), id="lines")
            yield Pane(lines, Static("", id="facts", markup=False), title="Sync", id="sync-pane")
        yield Static("", id="week", markup=False)

    def on_mount(self) -> None:
        """Follow the running job's progress too."""
        super().on_mount()
        self.watch(self.app, "live", self._show_job, init=False)

    async def read(self, engine: Engine) -> None:
        """Read the shown day."""
        situation = self.garminsync.situation
        assert situation is not None
        self._latest = engine.today(situation.account)
        facts = await engine.facts(self._day, self._latest, METRICS)
        self._shown = facts.day
        self._show_day(facts)
        self._show_cards(facts)
        self._show_week(facts)
        self._show_activities(facts, situation)
        self._show_sync(situation)

    def show_problem(self, problem: GarminSyncError) -> None:
        """Both panes say it."""
        for words in ("#day", "#week"):
            self.query_one(words, Static).update("")
        self.query_one("#activities-pane", Pane).failed(problem)
        self.query_one("#sync-pane", Pane).empty("")

    # ── Showing ──────────────────────────────────────────────────────────────────────────────────────

    def _show_day(self, facts: TodayFacts) -> None:
        behind = (self._latest - facts.day).days if self._latest else 0
        age = "" if not behind else "yesterday" if behind == 1 else f"{behind} days ago"
        day = Content.styled(f" {facts.day:%A %-d %B %Y}", "bold")
        self.query_one("#day", Static).update(Content.assemble(day, (f"   {age}", "$text-muted")))

    def _show_cards(self, facts: TodayFacts) -> None:
        for name, reading in readings(facts.rollups, facts.loads, facts.day, self.garminsync.units).items():
            self.query_one(f"#{name}", Card).reading = reading

    def _show_week(self, facts: TodayFacts) -> None:
        line = week_line(facts.week, facts.day, self.garminsync.units, self.size.width - 2, glyphs_of(self.app))
        self.query_one("#week", Static).update(Content(line))

    def _show_activities(self, facts: TodayFacts, situation: Situation) -> None:
        pane = self.query_one("#activities-pane", Pane)
        if not facts.activities:
            return pane.empty(NO_ACCOUNT if situation.account is None else _NO_ACTIVITIES)
        table, room = self.query_one("#last", Table), pane.content_size.width
        if len(facts.activities) > pane.content_size.height:
            room -= table.scrollbar_size_vertical
        columns = len(_COLUMNS) if room >= _ROOM_FOR_ALL else _FEWER
        table.lay_out(_COLUMNS[:columns], numbers=range(3, columns))
        rows = [(str(each.id), row_for_today(each, self.garminsync.units, room)[:columns]) for each in facts.activities]
        self._listed = [each.id for each in facts.activities]
        table.show(rows)
        synced_at = situation.synced_at
        stale = synced_at is not None and situation.moment - synced_at > _STALE
        pane.ready(f"as of {at(synced_at, situation.moment)}" if stale else "")
        self.focus_first(table)
        return None

    def _show_sync(self, situation: Situation) -> None:
        pane = self.query_one("#sync-pane", Pane)
        moment = situation.moment
        if situation.account is None:
            return pane.empty(NO_ACCOUNT)
        if situation.account.sign_in_needed_since:
            lines = [f"! Garmin asks for a new sign-in: press {keys.label('account.connect')}."]
        else:
            lines = [f"Next run   {at(situation.next_turn, moment)}"]
        lines += [
            f"Runner     {situation.runner_words()}",
            f"Stored     {units.number(situation.activities)} activities",
        ]
        if self.has_class("-narrow"):
            lines = [" · ".join(" ".join(line.split()) for line in lines)]
        self.query_one("#facts", Static).update(Content("\n".join(lines)))
        pane.ready()
        self._show_job()
        return None

    def counts(self) -> bool:
        """Jobs that run or wait are told to the second here too."""
        situation = self.garminsync.situation
        return bool(situation and ticks(situation.jobs, self.garminsync.now()))

    def tick(self) -> None:
        """A second is over."""
        self._show_job()

    def _show_job(self) -> None:
        situation = self.garminsync.situation
        if situation is None or not self.is_current:
            return
        # What runs or waits first: there is room for few.
        lines = sorted(job_lines(situation), key=lambda line: line.job is None or line.job.completed_at is not None)
        rows = list(self.query("#lines JobProgress").results(JobProgress))
        for number, row in enumerate(rows):
            row.display = number < len(lines)
            if row.display:
                job = lines[number].job
                row.show(lines[number], self.garminsync.live.get(job.id) if job else None, self.garminsync.now())

    def on_resize(self, event: events.Resize) -> None:
        """Another width holds other columns."""
        self._changed()

    # ── Acting ───────────────────────────────────────────────────────────────────────────────────────

    @property
    def why_not_after(self) -> str:
        """Why there is no later day to show, empty where there is."""
        return "this is the newest day" if self._shown is None or self._shown == self._latest else ""

    def copy_text(self) -> Clip | None:
        """The card that has the keyboard, else the selected activity."""
        if isinstance(self.focused, Card):
            title, reading = _CARDS[self.focused.id or ""], self.focused.reading
            said = [part for part in (title, reading.value, reading.word, reading.detail) if part]
            return Clip(title, "\t".join(said)) if reading.value != units.MISSING else None
        cells = self.query_one("#last", Table).selected_cells
        return Clip(text.clean(cells[2].strip(), 60), "\t".join(cell.strip() for cell in cells)) if cells else None

    def action_today_before(self) -> None:
        """The day before."""
        if self._shown:
            self._go(self._shown - timedelta(days=1))

    def action_today_after(self) -> None:
        """The day after."""
        if self._shown:
            self._go(self._shown + timedelta(days=1))

    def action_today_newest(self) -> None:
        """Back to the newest day."""
        self._go(None)

    def _go(self, day: date | None) -> None:
        self._day = self._shown = day
        self.read_again()

    def action_today_open(self) -> None:
        """Open the selected activity, or the card that has the keyboard in Health."""
        if isinstance(self.focused, Card):
            self.garminsync.open_health(_SHOWN_IN_HEALTH[self.focused.id or ""], self._shown)
            return
        row = self.query_one("#last", Table).cursor_row
        if 0 <= row < len(self._listed):
            self.garminsync.open_activity(self._listed[row])

    def on_card_opened(self, event: Card.Opened) -> None:
        """A card was clicked."""
        self.garminsync.open_health(_SHOWN_IN_HEALTH[event.card.id or ""], self._shown)

    @on(DataTable.RowSelected, "#last")
    def _row_selected(self) -> None:
        self.action_today_open()
