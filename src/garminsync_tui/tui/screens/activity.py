"""One activity: its numbers, a chart, the way it took, its laps; read from the file as it came from Garmin."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from ... import text, units
from .. import keys
from ..activity_words import detail, kind, local_start, title
from ..widgets import ticks
from ..widgets.chart import Chart
from ..widgets.pane import Pane
from ..widgets.plot import Panel, Series
from ..widgets.table import Table
from ..widgets.track_map import TrackMap
from .charted import ChartedPlace

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from ...errors import GarminSyncError
    from ...formats import Device, Lap, Track
    from ...models import Activity
    from ..engine import Engine
    from ..widgets.track_map import Outline

_LAP_COLUMNS = ("#", "Dist", "Time", "Pace", "HR", "Cad", "Climb")
_CHARTS = {"heart_rate_bpm": "Heart rate", "speed_mps": "Speed", "altitude_m": "Altitude"}
#: Nothing is drawn across longer silences.
_DROPOUT_S = 10.0


class ActivityScreen(ChartedPlace):
    """Pushed on top of the list it was opened from."""

    place = "activity"
    tab = "activities"
    BINDINGS: ClassVar = [*keys.bindings("activity"), *keys.bindings("chart")]

    def __init__(self, activity_id: UUID) -> None:
        super().__init__()
        self._activity_id = activity_id
        self._read_as: bytes | None = None
        self._track: Track | None = None

    def content(self) -> ComposeResult:
        """Numbers, then chart beside map, then laps."""
        yield Pane(Static("", id="numbers", markup=False), id="numbers-pane")
        with Horizontal(id="drawings"):
            yield Pane(Chart(id="chart"), id="chart-pane")
            yield Pane(TrackMap(id="map"), title="Track", id="map-pane")
        yield Pane(Table(id="laps"), title="Laps", id="laps-pane")

    def on_mount(self) -> None:
        """A lap table has always the same columns."""
        super().on_mount()
        self.query_one("#laps", Table).lay_out(_LAP_COLUMNS, numbers=range(len(_LAP_COLUMNS)))

    async def read(self, engine: Engine) -> None:
        """Read row and file; a file that was read before is not read again."""
        activity = await engine.activities.one(self._activity_id)
        if self._read_as == activity.sha256:
            self._show_numbers(activity)
            return
        self._track = None
        self._show_numbers(activity)
        recording = await engine.activities.recording(activity)
        self._read_as, self._track = activity.sha256, recording.track
        if recording.track is None:
            self._show_damage(recording.problem)
            return
        self._show_numbers(activity)
        self._show_chart(recording.track, activity.activity_type)
        self._show_map(recording.outline)
        self._show_laps(recording.track.laps, activity.activity_type)

    def show_problem(self, problem: GarminSyncError) -> None:
        """The first pane says it."""
        self.query_one("#numbers-pane", Pane).failed(problem)

    # ── Showing ──────────────────────────────────────────────────────────────────────────────────────

    def _show_numbers(self, activity: Activity) -> None:
        track, system = self._track, self.garminsync.units
        sport = activity.activity_type
        beats, highest = detail(activity, "averageHR"), detail(activity, "maxHR")
        climbed = detail(activity, "elevationGain")
        parts = [
            units.distance(activity.distance, system, 2),
            units.duration(activity.duration),
            units.pace(activity.distance, activity.duration, sport, system),
            f"{units.number(beats)} ♥ avg" if beats else "",
            f"{units.number(highest)} max" if highest else "",
            f"+{units.elevation(climbed, system)}" if climbed else "",
            units.calories(activity.calories) if activity.calories else "",
        ]
        about = [
            f"{local_start(activity):%a %d %b %Y %H:%M}",
            kind(activity),
            _device(track.device) if track else "",
            f"{activity.file_type} {units.size(activity.size_bytes)}",
        ]
        if activity.remote_deleted_at:
            about.append("no longer at Garmin; kept here")
        lines = ["   ".join(part for part in parts if part and part != units.MISSING), " · ".join(filter(None, about))]
        lines += [f"! {text.clean(each)}" for each in (track.warnings[:2] if track else ())]
        pane = self.query_one("#numbers-pane", Pane)
        pane.border_title = Content(title(activity))
        self.query_one("#numbers", Static).update(Content("\n".join(lines)))
        pane.ready()

    def _show_damage(self, why: str) -> None:
        self.query_one("#chart-pane", Pane).empty(
            f"✗ The file cannot be read: {text.clean(why)}.\nIt is kept as it came; the numbers above are Garmin's own."
        )
        self.query_one("#map-pane", Pane).display = False
        self.query_one("#laps-pane", Pane).display = False

    def _show_chart(self, track: Track, sport: str) -> None:
        from ...formats import NO_TIME

        pane = self.query_one("#chart-pane", Pane)
        column = next((name for name in _CHARTS if track.has(name)), None)
        if column is None:
            pane.empty("The file holds no heart rate, speed or altitude.")
            return
        pane.border_title = Content(_CHARTS[column])
        first = track.time_ms[0]
        timed = first != NO_TIME
        xs = [(at - first) / 1000 for at in track.time_ms] if timed else list(range(len(track.time_ms)))
        series = Series(xs, getattr(track, column), self._label(column, sport), join=_DROPOUT_S if timed else math.inf)
        self.query_one("#chart", Chart).draw([Panel(series)], ticks.elapsed if timed else ticks.nothing)
        pane.ready()

    def _label(self, column: str, sport: str) -> Callable[[float], str]:
        system = self.garminsync.units
        labels: dict[str, Callable[[float], str]] = {
            "heart_rate_bpm": units.heart_rate,
            "speed_mps": lambda value: units.speed(value, sport, system) if value > 0 else "0",
            "altitude_m": lambda value: units.elevation(value, system),
        }
        return labels[column]

    def _show_map(self, outline: Outline) -> None:
        pane = self.query_one("#map-pane", Pane)
        pane.display = bool(outline)  # indoors the chart has all the room
        if outline:
            self.query_one("#map", TrackMap).draw(outline)
            pane.ready()

    def _show_laps(self, laps: tuple[Lap, ...], sport: str) -> None:
        pane = self.query_one("#laps-pane", Pane)
        pane.display = bool(laps)
        if not laps:
            return
        table = self.query_one("#laps", Table)
        system = self.garminsync.units
        table.show([(str(number), _lap(number, lap, sport, system)) for number, lap in enumerate(laps, 1)])
        pane.ready("1 lap" if len(laps) == 1 else f"{len(laps)} laps")
        self.focus_first(table)


def _lap(number: int, lap: Lap, sport: str, system: units.Units) -> tuple[str, ...]:
    return (
        str(number),
        units.distance(lap.distance_m, system, 2),
        units.duration(lap.duration_s),
        units.pace(lap.distance_m, lap.duration_s, sport, system),
        units.number(lap.avg_heart_rate_bpm),
        units.number(lap.avg_cadence_rpm),
        units.elevation(lap.ascent_m, system),
    )


def _device(device: Device | None) -> str:
    if device is None:
        return ""
    words = [text.clean(part, 30) for part in (device.manufacturer, device.product) if part]
    return " ".join(words)
