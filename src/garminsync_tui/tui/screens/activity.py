"""One activity: charts, way, laps and zones, with one cursor through all; read from the file as it came."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from textual import on
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from ... import text, units
from .. import activity_facts, keys, web
from ..activity_words import facts as summary
from ..activity_words import title
from ..clipboard import Clip
from ..widgets import ticks
from ..widgets.chart import Chart
from ..widgets.facts_pane import FactsPane
from ..widgets.glyphs import glyphs_of
from ..widgets.laps_pane import LapsPane
from ..widgets.pane import Pane
from ..widgets.series import Window
from ..widgets.track_map import TrackMap
from ..widgets.window_table import WindowTable
from .charted import ChartedPlace

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from ...errors import GarminSyncError
    from ...formats import Track
    from ...models import Activity
    from ...store.activity_lists import Key
    from ..activity_shelf import Examined
    from ..engine import Engine
    from ..recorded import Recorded

_LARGE = ("-only-map", "-only-facts")


class ActivityScreen(ChartedPlace):
    """Pushed on top of the list it was opened from; `keys_` is that list, `on_step` is told where one went in it."""

    place = "activity"
    BINDINGS: ClassVar = [*keys.bindings("activity"), *keys.bindings("chart")]

    def __init__(
        self, activity_id: UUID, keys_: Sequence[Key] = (), on_step: Callable[[Key], None] = lambda key: None
    ) -> None:
        super().__init__()
        self._activity_id = activity_id
        self._list, self._on_step = keys_, on_step
        self._activity: Activity | None = None
        self._track: Track | None = None
        self._drawn: Recorded | None = None
        self._examined: Examined | None = None
        self._read_as: tuple[UUID, bytes, units.Units] | None = None
        self._head = ("", "")
        self._by_distance = False
        self._first_chart = 0
        self._point: int | None = None

    def content(self) -> ComposeResult:
        """Numbers, then charts beside the map, what the cursor reads, then laps beside zones, efforts and numbers."""
        yield Pane(Static("", id="numbers", markup=False), id="numbers-pane")
        with Horizontal(id="drawings"):
            yield Pane(Chart(id="chart"), id="chart-pane")
            yield Pane(TrackMap(id="map"), title="Track", id="map-pane")
        yield Static("", id="reading", markup=False)
        with Horizontal(id="details"):
            yield LapsPane(id="laps-pane")
            yield FactsPane(id="facts-pane")

    def on_unmount(self) -> None:
        """Hours of seconds are not kept as long as something knows the screen."""
        self._track = self._drawn = self._examined = None

    @property
    def _chart(self) -> Chart:
        return self.query_one("#chart", Chart)

    @property
    def _map(self) -> TrackMap:
        return self.query_one("#map", TrackMap)

    @property
    def _laps(self) -> LapsPane:
        return self.query_one("#laps-pane", LapsPane)

    @property
    def _facts(self) -> FactsPane:
        return self.query_one("#facts-pane", FactsPane)

    # ── Reading ──────────────────────────────────────────────────────────────────────────────────────

    async def read(self, engine: Engine) -> None:
        """The row at once, charts when the file is read, numbers when they are computed."""
        wanted = self._activity_id
        activity = await engine.activities.one(wanted)
        if wanted != self._activity_id:
            return
        self._activity = activity
        self._show_head()
        now = (activity.id, activity.sha256, self.garminsync.units)
        if now == self._read_as:
            return
        recording = await engine.activities.recording(activity)
        if wanted != self._activity_id:
            return
        self._track, self._drawn, self._examined = recording.track, recording.drawn, None
        if recording.track is None:
            self._read_as = None  # it may come again
            self._show_damage(recording.problem)
            return
        self._show_head()
        self._show_drawings()
        # What computes holds the interpreter: first the charts are painted.
        painted = asyncio.Event()
        self.call_after_refresh(painted.set)
        await painted.wait()
        examined = await engine.activities.examined(activity, recording.track)
        if wanted == self._activity_id:
            self._read_as, self._examined = now, examined
            self._show_head()
            self._show_details(examined, activity)

    def show_problem(self, problem: GarminSyncError) -> None:
        """The first pane says it."""
        self._read_as = None
        self.query_one("#numbers-pane", Pane).failed(problem)
        self._head = ("", "")
        for name in ("#chart-pane", "#map-pane", "#laps-pane", "#facts-pane"):
            if self.query_one(name, Pane).state == "loading":  # nothing comes any more
                self._have(name, False)

    # ── Showing ──────────────────────────────────────────────────────────────────────────────────────

    def _show_head(self) -> None:
        activity = self._activity
        assert activity is not None
        lines = activity_facts.headline(activity, self._track, self._examined, self.garminsync.units)
        words = glyphs_of(self.app).words("\n".join(lines))
        pane = self.query_one("#numbers-pane", Pane)
        pane.ready()
        if (title(activity), words) != self._head:  # what is set is painted, also where it is the same
            self._head = title(activity), words
            pane.border_title = Content(title(activity))
            self.query_one("#numbers", Static).update(Content(words))

    def _show_damage(self, why: str) -> None:
        self._have("#chart-pane", True)
        self.query_one("#chart-pane", Pane).empty(
            f"✗ The file cannot be read: {text.clean(why)}.\nNothing was changed; the numbers above are Garmin's own."
            f"\n{keys.label('activity.again')} fetches it again."
        )
        for name in ("#map-pane", "#laps-pane", "#facts-pane", "#reading"):
            self._have(name, False)

    def _have(self, name: str, there: bool) -> None:
        """Show a part, where the terminal has room for it; what is not there is absent, and leaves its room."""
        self.query_one(name).set_class(not there, "-absent")

    def _show_drawings(self) -> None:
        drawn = self._drawn
        pane, map_pane = self.query_one("#chart-pane", Pane), self.query_one("#map-pane", Pane)
        self._have("#chart-pane", True)
        self._have("#map-pane", bool(drawn and drawn.outline))  # indoors the charts have all the room
        self._have("#reading", bool(drawn and drawn.columns))
        if drawn is None or not drawn.columns:
            pane.empty("The file holds no heart rate, speed or altitude.")
            return
        self._draw_charts()
        pane.ready()
        if drawn.outline:
            self._map.draw(drawn.outline)
            map_pane.ready()
        self._read_aloud()
        self.focus_first(self._chart)

    def _draw_charts(self) -> None:
        """The panels in their order, over time or distance; the cursor stays on its point."""
        drawn, activity = self._drawn, self._activity
        assert drawn is not None and activity is not None
        over = self._over
        panels = drawn.panels(over, activity.activity_type, self.garminsync.units)
        first = self._first_chart % len(panels)
        panels = [*panels[first:], *panels[:first]]
        by_distance = over is drawn.metres
        axis = ticks.distance(self.garminsync.units) if by_distance else ticks.elapsed
        chart = self._chart
        chart.draw(panels, axis if drawn.is_timed or by_distance else ticks.nothing)
        if self._point is not None:
            chart.cursor = over[self._point]
        names = " · ".join(panel.series.title for panel in panels)
        pane = self.query_one("#chart-pane", Pane)
        pane.border_title = Content(glyphs_of(self.app).words(names.capitalize()))
        if len(panels) > 1:
            pane.border_subtitle = Content(f"{keys.label('activity.charts')} another first")

    def _show_details(self, examined: Examined, activity: Activity) -> None:
        system = self.garminsync.units
        lap = self._drawn.lap_at(self._point or 0) if self._drawn else None
        self._have("#laps-pane", self._laps.show(examined.seen, activity, system, lap or 0))
        self._have("#facts-pane", self._facts.show(examined, activity, system))
        self.focus_first(self._laps.table)

    # ── One cursor ───────────────────────────────────────────────────────────────────────────────────

    @on(Chart.CursorMoved)
    def _chart_walked(self, event: Chart.CursorMoved) -> None:
        self._go_to(event.number)

    @on(WindowTable.Moved)
    def _lap_moved(self) -> None:
        table, drawn = self._laps.table, self._drawn
        if not table.has_focus or drawn is None or not drawn.laps:
            return
        here = 0 if self._point is None else drawn.lap_at(self._point)
        if here != table.cursor:
            point, _ = drawn.lap_points(table.cursor)
            self._chart.cursor = self._over[point]
            self._go_to(point)

    def _go_to(self, point: int) -> None:
        """Map, laps and words follow."""
        drawn = self._drawn
        if drawn is None:
            return
        self._point = point
        if drawn.outline:
            self._map.point = drawn.position(point)
        self._laps.move_to(drawn.lap_at(point))
        self._read_aloud()

    @property
    def _over(self) -> Sequence[float]:
        """The lower axis of the charts, a place for each point."""
        assert self._drawn is not None
        return self._drawn.metres if self._by_distance and self._drawn.metres else self._drawn.seconds

    def _said(self) -> str:
        """What was measured where the cursor stands."""
        drawn, activity, point = self._drawn, self._activity, self._point
        if drawn is None or activity is None or point is None:
            return ""
        parts = drawn.reading(point, activity.activity_type, self.garminsync.units)
        # What does not fit whole is not begun.
        while len(parts) > 1 and len("   ".join(parts)) > self.size.width - 4:
            parts.pop()
        return "   ".join(parts)

    def _read_aloud(self) -> None:
        moves = f"{keys.label('chart.left')} {keys.label('chart.right')} move the cursor"
        zooms = f"{keys.label('chart.closer')} {keys.label('chart.wider')} zoom"
        words = f"◆ {said}" if (said := self._said()) else f"{moves}   {zooms}"
        self.query_one("#reading", Static).update(Content(glyphs_of(self.app).words(words)), layout=False)

    # ── Looking closer ───────────────────────────────────────────────────────────────────────────────

    @on(WindowTable.Selected)
    def action_activity_lap(self) -> None:
        """Zoom to the selected lap."""
        drawn = self._drawn
        if drawn is None or not drawn.laps:
            return
        first, last = drawn.lap_points(self._laps.table.cursor)
        chart = self._chart
        if self._point is None or not first <= self._point <= last:
            chart.cursor = self._over[first]
            self._go_to(first)
        chart.window = Window(self._over[first], self._over[last])

    def action_activity_axis(self) -> None:
        """Time or distance along the lower axis."""
        self._by_distance = not self._by_distance
        self._draw_charts()

    def action_activity_charts(self) -> None:
        """Another chart first: where there is not room for all, the others come."""
        self._first_chart += 1
        self._draw_charts()

    def action_activity_map(self) -> None:
        """The map alone on the screen, or not any more."""
        self._enlarge("-only-map")

    def action_activity_facts(self) -> None:
        """Zones and numbers alone on the screen, or not any more."""
        self._enlarge("-only-facts")
        if self.has_class("-only-facts"):
            self._facts.scroll.focus()

    def _enlarge(self, what: str) -> None:
        wanted = not self.has_class(what)
        self.remove_class(*_LARGE)
        self.set_class(wanted, what)

    def back(self) -> bool:
        """Out of what fills the screen, then out of the zoom; False where there is nothing of it."""
        if any(self.has_class(each) for each in _LARGE):
            self.remove_class(*_LARGE)
        elif self._chart.window is not None:
            self._chart.window = None
        else:
            return False
        return True

    @property
    def why_not_axis(self) -> str:
        """Why there is no other axis."""
        if self._drawn is None:
            return "the file is not read yet"
        return "" if self._drawn.metres and self._drawn.columns else "the file holds no distances"

    @property
    def why_not_charts(self) -> str:
        """Why there are no other charts."""
        return "" if self._drawn and len(self._drawn.columns) > 1 else "there are no other charts"

    @property
    def why_not_map(self) -> str:
        """Why there is no map."""
        return "" if self._drawn and self._drawn.outline else "the file holds no positions"

    @property
    def why_not_facts(self) -> str:
        """Why there are no zones and numbers."""
        return "" if self._examined else "they are not computed yet"

    # ── Going on, taking along ───────────────────────────────────────────────────────────────────────

    def action_activity_next(self) -> None:
        """The next one of the list."""
        self._step(1)

    def action_activity_previous(self) -> None:
        """The one before it in the list."""
        self._step(-1)

    def _step(self, by: int) -> None:
        if engine := self.garminsync.engine:
            self.read_more(self._stepped(engine, by), "stepping")

    async def _stepped(self, engine: Engine, by: int) -> None:
        if not self._list:  # opened from elsewhere: the newest first, all of them
            self._list = (await engine.activities.listed((), "date", True)).keys
        here = self._activity_id.bytes
        place = self._list.index(here) + by if here in self._list else 0
        if not 0 <= place < len(self._list):
            self.notify(f"This is the {'last' if by > 0 else 'first'} of the list.", markup=False)
            return
        self._activity_id = UUID(bytes=self._list[place])
        self._on_step(self._list[place])
        self._forget()
        self.read_again()

    def _forget(self) -> None:
        """Nothing on the screen is of the one before."""
        self._track = self._drawn = self._examined = self._point = None
        self._chart.draw(())
        for name in ("#map-pane", "#laps-pane", "#facts-pane"):
            self._have(name, True)
        self.query_one("#chart-pane", Pane).loading_content()
        self.query_one("#map-pane", Pane).loading_content()
        self._laps.forget()
        self._facts.forget()

    @property
    def why_not_again(self) -> str:
        """Why the file need not be fetched again."""
        return "its file is whole" if self._track else ""

    def action_activity_again(self) -> None:
        """Let a sync fetch the file again, now."""
        engine, activity = self.garminsync.engine, self._activity
        assert engine is not None and activity is not None

        async def queue() -> None:
            await engine.fetch_file_again(activity)
            self.notify("Queued: its file is fetched again.", markup=False)

        self.garminsync.do(queue)

    def action_activity_export(self) -> None:
        """Write the recording into a file."""
        if self._activity is not None:
            self.garminsync.export([self._activity.id.bytes], self._activity)

    def copy_text(self) -> Clip | None:
        """The selected lap, else what the cursor reads, else the summary."""
        activity = self._activity
        if activity is None:
            return None
        if self._laps.table.has_focus and (cells := self._laps.selected):
            return Clip(f"Lap {self._laps.table.cursor + 1}", "\t".join(cells))
        if reading := self._said():
            return Clip("What the cursor reads", reading)
        lines = [f"{label}\t{words}" for label, words in summary(activity, self.garminsync.units)]
        return Clip(title(activity), "\n".join([title(activity), *lines]))

    @property
    def why_not_web(self) -> str:
        """Why there is no page of it."""
        return "" if self._address() else "it has no page at Garmin Connect"

    def _address(self) -> str:
        situation = self.garminsync.situation
        account = situation.account if situation else None
        return web.address(account.server, self._activity) if account and self._activity else ""

    def action_activity_web(self) -> None:
        """Open its page in a browser here; from afar, copy its address."""
        address = self._address()

        async def show() -> None:
            if await web.opened(address):
                self.notify(f"Opened {text.clean(address)}", markup=False)
            else:
                await self.garminsync.copied(Clip(address, address))

        self.garminsync.do(show)
