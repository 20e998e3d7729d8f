"""What all places share: header, footer, and reading again when what they show may have changed."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, cast

from textual.content import Content
from textual.css.query import NoMatches
from textual.screen import Screen
from textual.widgets import Static

from ...errors import GarminSyncError
from .. import keys
from ..widgets.header import Header
from ..widgets.key_line import KeyLine

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.dom import DOMNode
    from textual.timer import Timer
    from textual.widget import Widget

    from ..app import GarminSyncApp
    from ..clipboard import Clip
    from ..engine import Engine

_log = logging.getLogger(__name__)
#: What is said of a fault of ours.
INTERNAL = GarminSyncError(
    "A fault of the program.", hint="The details are in the log; `garminsync doctor` says where that is."
)
SMALLEST = (40, 12)

#: What a pane says where there is nothing.
NO_ACCOUNT = "Not connected to Garmin.\nPress {account.connect} to connect.\nPress {app.import} to import files."


class Place(Screen[None]):
    """A screen that shows stored things. `read` fills it, `show_problem` says why it could not."""

    AUTO_FOCUS = ""  # each place says itself where the keyboard goes, once there is something

    #: Its name in the table of actions.
    place = ""

    def __init__(self) -> None:
        super().__init__()
        self._reading = False
        self._again = False
        self._was_read = False
        #: What waits for the first time that it was read.
        self._then: list[Callable[[], object]] = []
        self._graphs = ""  # what it was drawn with
        self._seconds: Timer | None = None

    def content(self) -> ComposeResult:
        """What lies between header and footer."""
        raise NotImplementedError

    async def read(self, engine: Engine) -> None:
        """Read what is shown, and show it. Raises GarminSyncError."""
        raise NotImplementedError

    def show_problem(self, problem: GarminSyncError) -> None:
        """Say why nothing could be read."""
        raise NotImplementedError

    def copy_text(self) -> Clip | None:
        """What `y` copies: what is selected; None where nothing is."""
        return None

    def tell(self, problem: GarminSyncError) -> None:
        """Say it as long as there is something to say it on: the app may be leaving."""
        with contextlib.suppress(NoMatches):  # its parts are taken down one after the other
            self.show_problem(problem)

    def counts(self) -> bool:
        """Whether a second changes what is shown."""
        return False

    def tick(self) -> None:
        """A second is over while something counts."""

    def keep_time(self) -> None:
        """Tick each second while something counts that somebody looks at, and else not at all."""
        counting = self.is_current and self.app.app_focus and self.counts()
        if counting and self._seconds is None:
            self._seconds = self.set_interval(1.0, self._second)
        elif not counting and self._seconds is not None:
            self._seconds.stop()
            self._seconds = None

    def _second(self) -> None:
        self.keep_time()
        if self._seconds is not None:
            self.tick()

    def back(self) -> bool:
        """Take back what was chosen on the screen, before it is left; whether there was something."""
        return False

    def asks(self) -> bool:
        """Ask before something is lost with the screen; whether there was something."""
        return False

    @property
    def garminsync(self) -> GarminSyncApp:
        """The app, by its own type."""
        return cast("GarminSyncApp", self.app)

    def compose(self) -> ComposeResult:
        """Header, content, footer; one sentence where the terminal is too small for them."""
        across, down = SMALLEST
        yield Static(
            Content(f"This terminal is too small: garminsync needs {across} columns and {down} lines."),
            classes="too-small",
        )
        # What lies on top of a place belongs to it: esc leads back there.
        yield Header(self.place if self.place in keys.PLACES else self.app.current_mode)
        yield from self.content()
        yield KeyLine(self.place)

    def on_mount(self) -> None:
        """Follow what the app knows."""
        self.watch(self.app, "situation", self._changed, init=False)
        self.watch(self.app, "fault", self._changed, init=False)
        self.watch(self.app, "app_focus", self.keep_time, init=False)

    def on_unmount(self) -> None:
        """Nothing is kept of a screen that went: Textual forgets who watches only once what is watched changes."""
        watchers: dict[str, list[tuple[DOMNode, object]]] = getattr(self.app, "__watchers", {})
        for watching in watchers.values():
            watching[:] = [each for each in watching if each[0].is_attached and each[0] is not self]

    def on_screen_resume(self) -> None:
        """It may have changed while another screen was shown."""
        self.query_one(Header).follow()
        self.query_one(Header).refresh()  # keys may be others now
        self.query_one(KeyLine).refresh()
        graphs = self.garminsync.config["display.graphs"]
        if self._graphs not in {"", graphs}:
            self.query("*").refresh()
        self._graphs = graphs
        self.read_again()

    def _changed(self) -> None:
        if self.is_current:
            self.read_again()

    def read_again(self) -> None:
        """Read in a worker; what changes while it reads makes it read once more."""
        if self.garminsync.fault is not None:
            self.show_problem(self.garminsync.fault)
        elif self._reading:
            self._again = True
        elif self.garminsync.situation is not None:
            self._reading = True
            self.run_worker(self._read_all(), group="reading")

    async def _read_all(self) -> None:
        self._again = True
        try:
            while self._again and self.garminsync.engine is not None:
                self._again = False
                await self._guarded(self.read(self.garminsync.engine))
        finally:
            self._reading, self._was_read = False, True
            self.keep_time()
            waiting, self._then = self._then, []
            for act in waiting if self.is_current else ():
                self.call_after_refresh(act)

    def after_reading(self, act: Callable[[], object]) -> bool:
        """Whether nothing was read yet: `act` is called when it was, if the screen is still looked at."""
        waits = not self._was_read and self.garminsync.fault is None
        if waits:
            self._then.append(act)
        return waits

    def read_more(self, what: Coroutine[Any, Any, None], group: str) -> None:
        """Read a part in a worker, in the place of what reads the same part."""
        self.run_worker(self._guarded(what), group=group, exclusive=True)

    async def _guarded(self, what: Coroutine[Any, Any, None]) -> None:
        """Whatever goes wrong is said on the screen."""
        try:
            await what
        except GarminSyncError as problem:
            self.tell(problem)
        except Exception:
            if not self.app.is_running or not self.is_attached or not self.query(Header):
                return  # the screen went away while it was being filled, its parts before itself
            _log.exception("%s could not be read", self.place)
            self.tell(INTERNAL)

    def focus_first(self, widget: Widget) -> None:
        """Put the keyboard on `widget` unless it is somewhere already."""
        if self.focused is None:
            widget.focus()
