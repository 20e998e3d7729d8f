"""The first screen: last night, heart, movement, the last activities and the sync, one day at a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from textual import events, on
from textual.containers import Grid, Horizontal
from textual.content import Content
from textual.widgets import DataTable, Static

from ... import units
from ...jobs.words import title
from .. import keys
from ..activity_words import row_for_today
from ..job_words import JobLine
from ..situation import Situation, at
from ..widgets.card import Card, Reading
from ..widgets.glyphs import BLOCKS, Glyphs, glyphs_of
from ..widgets.job_progress import JobProgress
from ..widgets.pane import Pane
from ..widgets.sparkline import bar
from ..widgets.table import Table
from .place import NO_ACCOUNT, Place

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from ...errors import GarminSyncError
    from ...store.health import StoredDay
    from ..engine import Engine, TodayFacts

_DAYS = 21
_CARDS = {
    "sleep": "Sleep",
    "heart": "Resting HR",
    "hrv": "HRV",
    "battery": "Battery",
    "steps": "Steps",
    "stress": "Stress",
}
#: What the cards are made of.
METRICS = (
    "sleep",
    "sleep_score",
    "sleep_deep",
    "sleep_rem",
    "resting_heart_rate",
    "hrv_last_night_avg",
    "hrv_status",
    "hrv_baseline_low",
    "hrv_baseline_high",
    "body_battery",
    "body_battery_low",
    "body_battery_charged",
    "steps_total",
    "step_goal",
    "stress_avg",
    "stress_max",
)
_STRESS_WORDS = ((25, "rest"), (50, "low"), (75, "medium"), (100, "high"))
_NO_ACTIVITIES = "No activities yet. Press {sync.now} to sync now."
_COLUMNS = ("day", "type", "name", "dist", "time", "pace", "hr")
_FEWER, _ROOM_FOR_ALL = 5, 70


class TodayScreen(Place):
    """One day in six cards, with what was done last and how the sync stands."""

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
            yield Pane(JobProgress(id="job"), Static("", id="facts", markup=False), title="Sync", id="sync-pane")

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
        self._show_activities(facts, situation)
        self._show_sync(situation)

    def show_problem(self, problem: GarminSyncError) -> None:
        """Both panes say it."""
        self.query_one("#day", Static).update("")
        self.query_one("#activities-pane", Pane).failed(problem)
        self.query_one("#sync-pane", Pane).empty("")

    # ── Showing ──────────────────────────────────────────────────────────────────────────────────────

    def _show_day(self, facts: TodayFacts) -> None:
        behind = (self._latest - facts.day).days if self._latest else 0
        age = "" if not behind else "yesterday" if behind == 1 else f"{behind} days ago"
        day = Content.styled(f" {facts.day:%A %-d %B %Y}", "bold")
        self.query_one("#day", Static).update(Content.assemble(day, (f"   {age}", "$text-muted")))

    def _show_cards(self, facts: TodayFacts) -> None:
        for name, reading in readings(facts.rollups, facts.day, self.garminsync.units, glyphs_of(self.app)).items():
            self.query_one(f"#{name}", Card).reading = reading

    def _show_activities(self, facts: TodayFacts, situation: Situation) -> None:
        pane = self.query_one("#activities-pane", Pane)
        if not facts.activities:
            return pane.empty(NO_ACCOUNT if situation.account is None else _NO_ACTIVITIES)
        table, room = self.query_one("#last", Table), pane.content_size.width
        columns = len(_COLUMNS) if room >= _ROOM_FOR_ALL else _FEWER
        table.lay_out(_COLUMNS[:columns], numbers=range(3, columns))
        rows = [(str(each.id), row_for_today(each, self.garminsync.units, room)[:columns]) for each in facts.activities]
        self._listed = [each.id for each in facts.activities]
        table.show(rows)
        pane.ready()
        self.focus_first(table)
        return None

    def _show_sync(self, situation: Situation) -> None:
        pane = self.query_one("#sync-pane", Pane)
        moment = situation.moment
        if situation.account is None:
            return pane.empty(NO_ACCOUNT)
        lines = []
        if situation.account.sign_in_needed_since:
            lines.append(f"! Garmin asks for a new sign-in: press {keys.label('account.connect')}.")
        lines += [
            f"Last sync  {units.ago(situation.synced_at, moment)}",
            f"Next run   {at(situation.next_turn, moment)}",
            f"Runner     {situation.runner_words()}",
            f"Stored     {units.number(situation.activities)} activities",
        ]
        self.query_one("#facts", Static).update(Content("\n".join(lines)))
        pane.ready()
        self._show_job()
        return None

    def _show_job(self) -> None:
        situation = self.garminsync.situation
        if situation is None:
            return
        row = self.query_one("#job", JobProgress)
        row.display = bool(situation.jobs)
        if situation.jobs:
            job = (situation.running or situation.jobs)[0]
            row.show(JobLine(title(job), job), self.garminsync.live.get(job.id), situation.moment)

    def on_resize(self, event: events.Resize) -> None:
        """Another width holds other columns."""
        self._changed()

    # ── Acting ───────────────────────────────────────────────────────────────────────────────────────

    @property
    def why_not_after(self) -> str:
        """Why there is no later day to show, empty where there is."""
        return "this is the newest day" if self._shown is None or self._shown == self._latest else ""

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
        """Open the selected activity."""
        row = self.query_one("#last", Table).cursor_row
        if 0 <= row < len(self._listed):
            self.garminsync.open_activity(self._listed[row])

    @on(DataTable.RowSelected, "#last")
    def _row_selected(self) -> None:
        self.action_today_open()


def readings(
    rollups: Mapping[str, Mapping[date, StoredDay]], day: date, system: units.Units, glyphs: Glyphs = BLOCKS
) -> dict[str, Reading]:
    """What each card says of `day`, with the 21 days up to it."""
    days = [day - timedelta(days=n) for n in range(_DAYS - 1, -1, -1)]

    def value(metric: str, on_day: date = day) -> float | None:
        row = rollups.get(metric, {}).get(on_day)
        return row.last if row else None

    def shown(metric: str) -> str:
        return units.metric_value(metric, value(metric), system)

    def series(metric: str) -> tuple[float | None, ...]:
        return tuple(value(metric, each) for each in days)

    def joined(*parts: tuple[str, str]) -> str:
        return " · ".join(f"{words} {shown(metric)}" for words, metric in parts if value(metric) is not None)

    def card(metric: str, word: str = "", detail: str = "") -> Reading:
        return Reading(shown(metric), word, series(metric), detail)

    week = [rate for each in days[-7:] if (rate := value("resting_heart_rate", each)) is not None]
    mean = sum(week) / len(week) if week else None
    low, high = value("hrv_baseline_low"), value("hrv_baseline_high")
    steps, goal = value("steps_total"), value("step_goal")
    done = steps / goal if steps is not None and goal else None
    stress = value("stress_avg")
    return {
        "sleep": card(
            "sleep",
            f"score {shown('sleep_score')}" if value("sleep_score") is not None else "",
            joined(("deep", "sleep_deep"), ("REM", "sleep_rem")),
        ),
        "heart": card("resting_heart_rate", detail=f"7-day avg {units.number(mean)}" if mean else ""),
        "hrv": card(
            "hrv_last_night_avg",
            shown("hrv_status") if value("hrv_status") is not None else "",
            f"range {units.number(low)}–{units.number(high)}" if low and high else "",
        ),
        "battery": card(
            "body_battery",
            f"+{shown('body_battery_charged')}" if value("body_battery_charged") is not None else "",
            joined(("low", "body_battery_low")),
        ),
        "steps": card(
            "steps_total",
            f"{done * 100:.0f} %" if done is not None else "",
            bar(done, _DAYS, glyphs) if done is not None else "",
        ),
        "stress": card(
            "stress_avg",
            next(word for top, word in _STRESS_WORDS if stress <= top) if stress is not None else "",
            joined(("highest", "stress_max")),
        ),
    }
