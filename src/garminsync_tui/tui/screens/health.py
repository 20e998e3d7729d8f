"""Health: one metric at a time over a day, a week or ten years, a second one over it, and the numbers of training."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from math import isnan
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.containers import Horizontal, Vertical
from textual.content import Content

from .. import health_subjects, health_words, keys
from ..clipboard import Clip
from ..health_range import RANGES, Period
from ..health_reading import Now, Wanted, period_of, view_of
from ..health_view import View
from ..widgets.chart import Chart
from ..widgets.pane import Pane
from ..widgets.parts import Parts
from ..widgets.picker import Entries, Picker
from ..widgets.span_line import SpanLine
from .charted import ChartedPlace
from .health_export import export
from .place import NO_ACCOUNT

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from ...errors import GarminSyncError
    from ...store.health import MetricCount
    from ..engine import Engine

_FIRST = "resting_heart_rate"
_ROWS_FOR_LINES = 18


class HealthScreen(ChartedPlace):
    """The list of what there is, and the chart of what the list's cursor is on."""

    place = "health"
    BINDINGS: ClassVar = [*keys.bindings("health"), *keys.bindings("chart")]

    def __init__(self) -> None:
        super().__init__()
        self._wanted = Wanted("", RANGES["quarter"])
        #: Whether the list now chooses the second metric.
        self._choosing_overlay = False
        self._now: Now | None = None
        self._period: Period | None = None
        #: What is shown.
        self.view = View("")
        #: Where the cursor stays when another metric or span is shown.
        self._day: date | None = None

    def content(self) -> ComposeResult:
        """The list on the left; spans, chart and words on the right."""
        with Horizontal(id="health"):
            yield Pane(Picker(id="picker"), title="Metric", id="picker-pane")
            with Vertical(id="health-right"):
                yield SpanLine(id="spans-line")
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
        stored = await engine.health.stored()
        self._now = now = Now(stored, engine.today(situation.account), situation.moment, self.garminsync.units)
        if not stored and not situation.activities:
            self.query_one("#picker-pane", Pane).empty("")
            self.query_one("#health-pane", Pane).empty(NO_ACCOUNT if situation.account is None else _never())
            self._show_spans()
            return
        wish, self.garminsync.wanted_metric = self.garminsync.wanted_metric, None
        if wish is not None:
            self._want(wish[0])
            self._stand_on(wish[1])
        elif not self._wanted.key:
            self._want(_FIRST if _FIRST in stored else next(iter(stored), "form"))
        self._show_list()
        wanted = self._wanted
        self._period = period_of(wanted, now)
        view = await view_of(wanted, self._period, engine.health, now)
        if wanted != self._wanted:
            self.read_again()  # something else was chosen meanwhile
            return
        self._show(view)

    def _want(self, key: str) -> None:
        """Another subject; a record's history is left."""
        self._wanted = self._wanted._replace(key=key, record=None)

    def _stand_on(self, day: date | None) -> None:
        """The cursor on a day, which what is shown then ends with unless it has it already."""
        self._day, self._chart.cursor = day, None
        if day is not None and self._now is not None:
            shown = period_of(self._wanted, self._now)
            if not shown.since <= day <= shown.until:
                self._wanted = self._wanted._replace(until=self._until(day))

    @property
    def _stored(self) -> Mapping[str, MetricCount]:
        return self._now.stored if self._now else {}

    @property
    def _today(self) -> date:
        return self._now.today if self._now else date.min

    @property
    def _trains(self) -> bool:
        return self._wanted.key in health_subjects.TRAINING_KEYS

    def show_problem(self, problem: GarminSyncError) -> None:
        """The chart says it."""
        self.query_one("#health-pane", Pane).failed(problem)

    # ── Showing ──────────────────────────────────────────────────────────────────────────────────────

    def _show_list(self) -> None:
        picker = self.query_one(Picker)
        every = health_subjects.subjects(self._stored)
        if self._choosing_overlay:
            every = [each for each in every if each.stored and each.group != "Training"]
        second = self._wanted.overlay if self._choosing_overlay else ""
        picker.show(every, second or self._wanted.key)
        self.query_one("#picker-pane", Pane).ready()
        self._count()
        self.focus_first(self.query_one(Entries) if self.query_one("#picker-pane").display else self._chart)

    @on(Picker.Filtered)
    def _count(self) -> None:
        picker, pane = self.query_one(Picker), self.query_one("#picker-pane", Pane)
        pane.border_title = Content("Overlay with" if self._choosing_overlay else "Metric")
        counted = f"{picker.shown} of {picker.total}" if picker.shown < picker.total else f"{picker.total}"
        pane.border_subtitle = Content(f"{counted} · ○: no data" if picker.shown else "none; esc clears")

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
            self.query_one("#health-lines", Parts).say(())
            pane.empty(view.empty)
            return
        chart.draw(view.panels, view.ticks, view.whole)
        self.query_one("#health-lines", Parts).say(view.lines, "$text-muted")
        here = chart.series.nearest(chart.cursor) if chart.series and chart.cursor is not None else None
        again = here is not None and before == view.title
        chart.stand(here if again and here is not None else self._number_of(self._day))
        overlay = health_subjects.title_of(self._wanted.overlay) if self._wanted.overlay else "none"
        means = f"{keys.label('app.figures')} what it means"
        if view.spans:
            means = f"{keys.label('health.history')} how it fell · {means}"
        second = f"{keys.label('health.overlay')} Overlay: {overlay}"
        pane.ready(means if self._trains else second)

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
        shown = self._period.range if self._period else self._wanted.range
        self.query_one(SpanLine).shown = shown.name

    @on(Chart.CursorMoved)
    def _read_aloud(self, event: Chart.CursorMoved) -> None:
        self._day = self.view.day(event.number)
        words = self.view.said(event.number)
        self._said.say([f"▲ {line}" if not number else line for number, line in enumerate(words.split("\n"))])
        series = self._chart.series
        if self.view.by_day and series is not None and isnan(series.ys[event.number]) and self._day is not None:
            self.run_worker(self._tell_why(self._wanted.key, self._day, words), group="why", exclusive=True)

    async def _tell_why(self, metric: str, day: date, words: str) -> None:
        engine, situation = self.garminsync.engine, self.garminsync.situation
        if engine is None or situation is None:
            return
        absence = await engine.health.absence(metric, day)
        if day == self._day and metric == self._wanted.key:
            why = health_words.why_missing(metric, absence, day, self._today, situation.moment)
            self._said.lines = ((f"▲ {words}", ""), (f"No value: {why}", "$text-warning"))

    def on_resize(self, event: events.Resize) -> None:
        """On a narrow terminal the list comes only when it is asked for; on a flat one the chart goes first."""
        self.query_one("#health-lines").display = event.size.height >= _ROWS_FOR_LINES
        if not self._wanted.key or self.query_one("#picker-pane").display:
            return
        if self.focused in (None, self.query_one(Entries)):
            self._chart.focus()

    # ── Choosing ─────────────────────────────────────────────────────────────────────────────────────

    @on(Picker.Picked)
    def _picked(self, event: Picker.Picked) -> None:
        if not self._choosing_overlay:
            self._want(event.key)
            self.read_again()

    @on(Picker.Chosen)
    def _chosen(self, event: Picker.Chosen) -> None:
        if self._choosing_overlay:
            self._wanted = self._wanted._replace(overlay="" if event.key == self._wanted.key else event.key)
        elif event.key != self._wanted.key:
            self._want(event.key)
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
        if self._wanted.overlay or self._choosing_overlay:
            self._wanted = self._wanted._replace(overlay="")
            self._leave_list()
            return
        self._choosing_overlay = True
        self.add_class("-picking")
        self._show_list()
        self.query_one(Entries).focus()

    @property
    def why_not_overlay(self) -> str:
        """Why there is no second metric to choose."""
        if self._trains:
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
        if self._wanted.record is not None:
            self._want(self._wanted.key)
            self.read_again()
            return True
        if self._choosing_overlay or (self.has_class("-picking") and self.has_class("-narrow")):
            self._leave_list()
            return True
        return False

    # ── Time ─────────────────────────────────────────────────────────────────────────────────────────

    def _until(self, day: date) -> date | None:
        """Up to a day; today is not a day but the newest, also tomorrow."""
        return None if day >= self._today else day

    def _take(self, name: str) -> None:
        until = None if name == "all" else self._wanted.until
        if name == "day" and self._day is not None:
            until = self._until(self._day)
        self._wanted = self._wanted._replace(range=RANGES[name], until=until, record=None)
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
        self._take("all")

    @property
    def why_not_before(self) -> str:
        """Why there is nothing before what is shown."""
        if self._period is None or self._period.range.days is None:
            return "everything is shown"
        first = self._stored[self._wanted.key].first if self._wanted.key in self._stored else None
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
        self._wanted = self._wanted._replace(until=None)
        self._stand_on(None)
        self.read_again()

    def _shift(self, steps: int) -> None:
        if self._period is not None:
            until = self._until(self._period.until + timedelta(days=steps * self._period.length))
            self._wanted = self._wanted._replace(until=until)
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
            self._wanted = self._wanted._replace(record=self.view.spans[number])
            self.read_again()

    @property
    def why_not_export(self) -> str:
        """Why there is nothing to write."""
        if self._trains:
            return "of training, `garminsync load`, `stats` and `bests` write it with --json"
        return "there is nothing here to write" if self.view.empty or self._period is None else ""

    def action_health_export(self) -> None:
        """Write the readings of what is shown into a file."""
        engine, period = self.garminsync.engine, self._period
        assert engine is not None and period is not None
        key, overlay = self._wanted.key, self._wanted.overlay
        shown = [key if period.range.days != 1 else health_subjects.through_the_day(key), overlay]
        metrics = [metric for metric in dict.fromkeys(shown) if metric]
        self.run_worker(export(self, engine.health, metrics, period), group="export", exclusive=True)

    # ── Doing ────────────────────────────────────────────────────────────────────────────────────────

    @property
    def why_not_again(self) -> str:
        """Why there is no day to fetch again."""
        if self._trains:
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
        self.garminsync.fetch_again(endpoint_of(self._wanted.key), day, day)


def _never() -> str:
    return f"Nothing is stored yet. Press {keys.label('sync.now')} to sync now."
