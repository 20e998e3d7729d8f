"""Health: one metric at a time over a day, a week or ten years, a second one over it, and the numbers of training."""

from __future__ import annotations

from datetime import date, timedelta
from math import isnan
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events, on
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from ...dates import EARLIEST
from ...metrics import METRICS, Granularity
from .. import health_subjects, health_words, keys
from ..clipboard import Clip
from ..health_range import RANGES, Period, Range
from ..health_view import View, of_days, of_readings, one_value
from ..widgets.chart import Chart
from ..widgets.pane import Pane
from ..widgets.parts import Parts
from ..widgets.picker import Entries, Picker
from .charted import ChartedPlace
from .place import NO_ACCOUNT

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from ...errors import GarminSyncError
    from ...store.health import MetricCount
    from ...training.totals import Period as Span
    from ..engine import Engine
    from ..health_shelf import HealthShelf

_FIRST = "resting_heart_rate"


class HealthScreen(ChartedPlace):
    """The list of what there is, and the chart of what the list's cursor is on."""

    place = "health"
    BINDINGS: ClassVar = [*keys.bindings("health"), *keys.bindings("chart")]

    def __init__(self) -> None:
        super().__init__()
        self._key = ""
        self._overlay = ""
        #: Kind and span of the record whose history is shown.
        self._record: tuple[str, float] | None = None
        #: Whether the list now chooses the second metric.
        self._choosing_overlay = False
        self._range: Range = RANGES["quarter"]
        #: The last day shown; None follows today.
        self._until: date | None = None
        self._today = date.min
        self._stored: dict[str, MetricCount] = {}
        #: What is shown.
        self.view = View("")
        self._period: Period | None = None
        #: Where the cursor stays when another metric or span is shown.
        self._day: date | None = None

    def content(self) -> ComposeResult:
        """The list on the left; spans, chart and words on the right."""
        with Horizontal(id="health"):
            yield Pane(Picker(id="picker"), title="Metric", id="picker-pane")
            with Vertical(id="health-right"):
                yield Static("", id="spans-line", markup=False)
                yield Pane(
                    Chart(id="health-chart"),
                    Parts(id="health-lines"),
                    Parts(id="health-said"),
                    id="health-pane",
                )

    # ── Reading ──────────────────────────────────────────────────────────────────────────────────────

    async def read(self, engine: Engine) -> None:
        """Read the list, and what is shown of the chosen subject."""
        situation = self.garminsync.situation
        assert situation is not None
        self._today = engine.today(situation.account)
        self._stored = await engine.health.stored()
        pane = self.query_one("#health-pane", Pane)
        if not self._stored and not situation.activities:
            self.query_one("#picker-pane", Pane).empty("")
            pane.empty(NO_ACCOUNT if situation.account is None else _never())
            self._show_spans()
            return
        self._take_wish()
        if not self._key:
            self._key = _FIRST if _FIRST in self._stored else next(iter(self._stored), "form")
        self._show_list()
        asked = (self._key, self._overlay, self._range, self._until, self._record)
        view = await self._read_view(engine.health)
        if asked != (self._key, self._overlay, self._range, self._until, self._record):
            self.read_again()  # something else was chosen meanwhile
            return
        self._show(view)

    def _take_wish(self) -> None:
        """Another place may have asked for a metric."""
        wish, self.garminsync.wanted_metric = self.garminsync.wanted_metric, ""
        if wish:
            self._key, self._record = wish, None

    async def _read_view(self, shelf: HealthShelf) -> View:
        self._period = period = self._period_now()
        system, key = self.garminsync.units, self._key
        if key in health_subjects.TRAINING_KEYS:
            return await self._read_training(shelf, period)
        if key not in self._stored:
            absence = await shelf.absence(key, self._today)
            return View(health_subjects.title_of(key), empty=health_words.why_never(key, absence))
        overlay = self._overlay if self._overlay not in {"", key} else ""
        if period.range.days == 1:
            return await self._read_day(shelf, period, key, overlay)
        read = await shelf.days([key, *([overlay] if overlay else [])], period)
        before = (await shelf.days([key], period.before))[key] if period.range.days else []
        view = of_days(key, read[key], before, period, system, (overlay, read[overlay]) if overlay else None)
        if view.empty:
            return View(view.title, empty=await self._why(shelf, key, period.until), day=lambda number: period.until)
        return view

    async def _read_day(self, shelf: HealthShelf, period: Period, key: str, overlay: str) -> View:
        day, system = period.until, self.garminsync.units
        through = health_subjects.through_the_day(key)
        if METRICS[through].granularity is Granularity.DAY:
            rows = (await shelf.days([key], period))[key]
            return one_value(key, rows, day, system)
        other = health_subjects.through_the_day(overlay) if overlay else ""
        found = await shelf.day([through, *([other] if other and other != through else [])], day)
        view = of_readings(through, found, day, system, other)
        if view.empty:
            return View(view.title, empty=await self._why(shelf, through, day), day=lambda number: day)
        return view

    async def _why(self, shelf: HealthShelf, metric: str, day: date) -> str:
        situation = self.garminsync.situation
        assert situation is not None
        absence = await shelf.absence(metric, day)
        why = health_words.why_missing(metric, absence, day, self._today, situation.moment)
        return f"{day:%a %-d %b %Y}: no {health_subjects.title_of(metric)}.\n{why[:1].upper()}{why[1:]}"

    async def _read_training(self, shelf: HealthShelf, period: Period) -> View:
        # Only now: nobody who looks at a heart rate needs the formulas.
        from .. import training_view

        key, system = self._key, self.garminsync.units
        if self._record is not None:
            return training_view.of_history(key, await shelf.history(key, *self._record), self._today, system)
        if key in ("form", "load"):
            loads = await shelf.loads(self._today)
            return (training_view.of_form if key == "form" else training_view.of_load)(loads, period)
        if key in ("week", "month", "year"):
            return training_view.of_totals(await shelf.totals(), cast("Span", key), period, system)
        season = await shelf.bests(key, period) if period.range.days else []
        return training_view.of_bests(key, await shelf.bests(key), season, period, system)

    def _period_now(self) -> Period:
        until = self._until or self._today
        oldest = min((each.first for each in self._stored.values()), default=until)
        if self._key in self._stored:
            oldest = self._stored[self._key].first
        chosen = self._range
        if self._key in health_subjects.ONLY_A_DAY:
            chosen = RANGES["day"]
        elif self._key in health_subjects.TRAINING_KEYS:
            # Nothing of training is of a part of a day, and one month or year alone says little.
            least = {"month": "year", "year": "all"}.get(self._key, "week")
            names = list(RANGES)
            chosen = RANGES[names[max(names.index(chosen.name), names.index(least))]]
            oldest = EARLIEST
        return Period.ending(chosen, until, oldest)

    def show_problem(self, problem: GarminSyncError) -> None:
        """The chart says it."""
        self.query_one("#health-pane", Pane).failed(problem)

    # ── Showing ──────────────────────────────────────────────────────────────────────────────────────

    def _show_list(self) -> None:
        picker = self.query_one(Picker)
        every = health_subjects.subjects(self._stored)
        if self._choosing_overlay:
            every = [each for each in every if each.stored and each.group != "Training"]
        picker.show(every, self._key if not self._choosing_overlay else self._overlay or self._key)
        self.query_one("#picker-pane", Pane).ready()
        self._count()
        self.focus_first(self.query_one(Entries) if self.query_one("#picker-pane").display else self._chart)

    @on(Picker.Filtered)
    def _count(self) -> None:
        picker, pane = self.query_one(Picker), self.query_one("#picker-pane", Pane)
        pane.border_title = Content("Overlay with" if self._choosing_overlay else "Metric")
        counted = f"{picker.shown} of {picker.total}" if picker.shown < picker.total else f"{picker.total}"
        pane.border_subtitle = Content(f"{counted} · ○ nothing stored" if picker.shown else "none; esc clears")

    @property
    def _said(self) -> Parts:
        return self.query_one("#health-said", Parts)

    @property
    def _chart(self) -> Chart:
        return self.query_one("#health-chart", Chart)

    def _show(self, view: View) -> None:
        before, self.view = self.view.title, view
        pane, chart = self.query_one("#health-pane", Pane), self._chart
        pane.border_title = Content(view.title)
        self._show_spans()
        if view.empty:
            pane.empty(view.empty)
            return
        chart.draw(view.panels, view.ticks, view.whole)
        self.query_one("#health-lines", Parts).say(view.lines, "$text-muted")
        here = chart.series.nearest(chart.cursor) if chart.series and chart.cursor is not None else None
        again = here is not None and before == view.title
        chart.stand(here if again and here is not None else self._number_of(self._day))
        overlay = health_subjects.title_of(self._overlay) if self._overlay else "none"
        means = f"{keys.label('app.figures')} what it means"
        if view.spans:
            means = f"{keys.label('health.history')} how it fell · {means}"
        second = f"{keys.label('health.overlay')} Overlay: {overlay}"
        pane.ready(means if self._key in health_subjects.TRAINING_KEYS else second)

    def _number_of(self, day: date | None) -> int:
        """The last point of a day, or of what holds it; the newest where no day is asked for."""
        series = self._chart.series
        last = len(series.xs) - 1 if series else 0
        if not self.view.by_day:
            while series and last and isnan(series.ys[last]):
                last -= 1  # where something held until then
        if day is None:
            return last
        days = ((number, self.view.day(number)) for number in range(last, -1, -1))
        return next((number for number, of in days if of is not None and of <= day), last)

    def _show_spans(self) -> None:
        shown = self._period.range if self._period else self._range
        parts = []
        for each in RANGES.values():
            action = keys.action(f"health.{each.name}")
            words = f"{action.label} {each.title}"
            here = each.name == shown.name
            said = Content.styled(f"[{words}]" if here else f" {words} ", "bold" if here else "$text-muted")
            parts.append(said.stylize(Style.from_meta({"@click": f"app.act('{action.id}')"})))
        self.query_one("#spans-line", Static).update(Content.assemble(" ", *parts))

    @on(Chart.CursorMoved)
    def _read_aloud(self, event: Chart.CursorMoved) -> None:
        self._day = self.view.day(event.number)
        words = self.view.said(event.number)
        self._said.say([f"▲ {line}" if not number else line for number, line in enumerate(words.split("\n"))])
        series = self._chart.series
        if self.view.by_day and series is not None and isnan(series.ys[event.number]) and self._day is not None:
            self.run_worker(self._tell_why(self._key, self._day, words), group="why", exclusive=True)

    async def _tell_why(self, metric: str, day: date, words: str) -> None:
        engine, situation = self.garminsync.engine, self.garminsync.situation
        if engine is None or situation is None:
            return
        absence = await engine.health.absence(metric, day)
        if day == self._day and metric == self._key:
            why = health_words.why_missing(metric, absence, day, self._today, situation.moment)
            self._said.lines = ((f"▲ {words}", ""), (f"No value: {why}", "$text-warning"))

    def on_resize(self, event: events.Resize) -> None:
        """On a narrow terminal the list comes only when it is asked for."""
        if self._key and not self.query_one("#picker-pane").display and self.focused in (None, self.query_one(Entries)):
            self._chart.focus()

    # ── Choosing ─────────────────────────────────────────────────────────────────────────────────────

    @on(Picker.Picked)
    def _picked(self, event: Picker.Picked) -> None:
        if not self._choosing_overlay:
            self._key, self._record = event.key, None
            self.read_again()

    @on(Picker.Chosen)
    def _chosen(self, event: Picker.Chosen) -> None:
        if self._choosing_overlay:
            self._overlay = "" if event.key == self._key else event.key
        elif event.key != self._key:
            self._key, self._record = event.key, None
        self._leave_list()

    def _leave_list(self) -> None:
        self._choosing_overlay = False
        self.remove_class("-picking")
        self._chart.focus()
        self.read_again()

    def action_health_find(self) -> None:
        """Write what to look for."""
        self.add_class("-picking")
        self.query_one(Picker).find()

    def action_health_overlay(self) -> None:
        """Choose a second metric, or take it away."""
        if self._overlay or self._choosing_overlay:
            self._overlay = ""
            self._leave_list()
            return
        self._choosing_overlay = True
        self.add_class("-picking")
        self._show_list()
        self.query_one(Entries).focus()

    @property
    def why_not_overlay(self) -> str:
        """Why there is no second metric to choose."""
        if self._key in health_subjects.TRAINING_KEYS:
            return "training charts have theirs already"
        return "" if len(self._stored) > 1 else "there is no second metric yet"

    def copy_text(self) -> Clip | None:
        """The sentence about the cursor's place."""
        said = self._said.said
        return None if self.view.empty or not said else Clip("the value", f"{self.view.title}\n{said[2:]}")

    def back(self) -> bool:
        """Take back what was typed, then the choice of a second metric, then the list of a narrow screen."""
        if self.query_one(Picker).clear():
            return True
        if self._record is not None:
            self._record = None
            self.read_again()
            return True
        if self._choosing_overlay or (self.has_class("-picking") and self.has_class("-narrow")):
            self._leave_list()
            return True
        return False

    # ── Time ─────────────────────────────────────────────────────────────────────────────────────────

    def _take(self, name: str) -> None:
        if name == "day" and self._day is not None:
            self._until = None if self._day == self._today else self._day
        self._range = RANGES[name]
        self.read_again()

    def action_health_day(self) -> None:
        """The day under the cursor."""
        self._take("day")

    def action_health_week(self) -> None:
        """Seven days."""
        self._take("week")

    def action_health_month(self) -> None:
        """Thirty days."""
        self._take("month")

    def action_health_quarter(self) -> None:
        """Ninety days."""
        self._take("quarter")

    def action_health_year(self) -> None:
        """A year."""
        self._take("year")

    def action_health_all(self) -> None:
        """All there is."""
        self._until = None
        self._take("all")

    @property
    def why_not_before(self) -> str:
        """Why there is nothing before what is shown."""
        if self._period is None or self._period.range.days is None:
            return "everything is shown"
        first = self._stored[self._key].first if self._key in self._stored else None
        return "nothing is stored before" if first is not None and self._period.since <= first else ""

    @property
    def why_not_after(self) -> str:
        """Why there is nothing after what is shown."""
        return "this is the newest" if self._period is None or self._period.until >= self._today else ""

    def action_health_before(self) -> None:
        """As many days before."""
        self._shift(-1)

    def action_health_after(self) -> None:
        """As many days after."""
        self._shift(1)

    def action_health_newest(self) -> None:
        """Up to today."""
        self._until = self._day = None
        self.read_again()

    def _shift(self, steps: int) -> None:
        if self._period is not None:
            until = min(self._period.until + timedelta(days=steps * self._period.length), self._today)
            self._until = None if until == self._today else until
            self._day = None
            self.read_again()

    @property
    def why_not_history(self) -> str:
        """Why there is no record to follow back."""
        return "" if self.view.spans and not self.view.empty else "only best efforts have a history"

    def action_health_history(self) -> None:
        """How the record under the cursor came down; esc goes back."""
        series, cursor = self._chart.series, self._chart.cursor
        number = series.nearest(cursor) if series and cursor is not None else None
        if number is not None:
            self._record = self.view.spans[number]
            self.read_again()

    # ── Doing ────────────────────────────────────────────────────────────────────────────────────────

    @property
    def why_not_again(self) -> str:
        """Why there is no day to fetch again."""
        if self._key in health_subjects.TRAINING_KEYS:
            return "these are computed from activities; pick a metric of a day"
        return "" if self._again_day is not None else "the cursor is on no day"

    @property
    def _again_day(self) -> date | None:
        return self.view.day(0) if self.view.empty else self._day

    def action_health_again(self) -> None:
        """Fetch the cursor's day again."""
        from ...garmin.endpoints import endpoint_of

        day = self._again_day
        assert day is not None
        self.garminsync.fetch_again(endpoint_of(self._key), day, day)


def _never() -> str:
    return f"Nothing is stored yet. Press {keys.label('sync.now')} to sync now."
