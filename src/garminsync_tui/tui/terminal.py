"""What stands on the terminal: themes, glyphs, toasts, and only what differs from what stood there."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from rich.text import Text
from textual._compositor import CompositorUpdate
from textual.app import App
from textual.await_complete import AwaitComplete
from textual.filter import LineFilter
from textual.screen import Screen
from textual.worker import WorkerFailed

from .. import text
from ..config import Config
from ..errors import GarminSyncError
from ..units import Units
from . import themes
from .painted import Painted
from .screens.dialogs import UnlockScreen
from .screens.place import INTERNAL, Place
from .widgets.ascii_filter import AsciiFilter

if TYPE_CHECKING:
    pass

_ASCII = AsciiFilter()
_log = logging.getLogger(__name__)


class TerminalApp(App[int]):
    """An app that is calm, readable in each theme, and ends with a sentence where it breaks."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        #: Why another theme is shown than the one that was chosen.
        self.theme_problem = ""
        self.painted = Painted()
        self._mend_theme(config["display.theme"])  # before anything is painted
        self.animation_level = "none"

    @property
    def units(self) -> Units:
        """Kilometres or miles."""
        return cast(Units, self.config["display.units"])

    # ── Looks ────────────────────────────────────────────────────────────────────────────────────

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Nothing but ASCII is sent where graphs are drawn with that."""
        ours = [_ASCII] if self.config["display.graphs"] == "ascii" else []
        return [*super().get_line_filters(), *ours]

    def _use_theme(self) -> None:
        """Show the theme that was chosen; one that there is not is named, and the theme that is shown stays."""
        name = self.config["display.theme"]
        self.look_at_theme(name)
        problem = themes.wrong(name, self.available_themes)
        self.theme_problem = f"{problem} {self.theme} is shown." if problem else ""
        if self.theme_problem:
            _log.warning("%s", self.theme_problem)
            self.notify(self.theme_problem, title="Theme", severity="warning", markup=False)

    def look_at_theme(self, name: str) -> None:
        """Show a theme, with enough contrast, where there is one of that name."""
        if name in self.available_themes:
            self._mend_theme(name)
            self.theme = name

    def _mend_theme(self, name: str) -> None:
        if theme := self.get_theme(name):
            self.register_theme(themes.readable(theme))

    def on_resize(self) -> None:
        """A terminal that was resized shows nobody knows what."""
        self.painted.forget()

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        """Send what differs from what stands there; often that is nothing."""
        sends = self._running and not self._closed and not self._batch_count and not self.is_headless
        if isinstance(renderable, CompositorUpdate) and sends:  # else Textual drops it
            renderable = self.painted.changes(renderable)
        super()._display(screen, renderable)

    # ── Words ────────────────────────────────────────────────────────────────────────────────────

    def pop_screen(self) -> AwaitComplete:
        """Take the uppermost screen away. The lock goes by its own answer only, whatever ends below it."""
        if isinstance(self.screen, UnlockScreen) and not self.screen.answered:
            return AwaitComplete()
        return super().pop_screen()

    def action_command_palette(self) -> None:
        """Open the palette; Textual binds its key above every question, the lock included."""
        if not isinstance(self.screen, UnlockScreen):
            super().action_command_palette()

    def notify(self, *arguments: Any, **options: Any) -> None:
        """Show a toast, but none over the lock, and none that is still to be seen."""
        seen = any(each.message in arguments for each in self._notifications)
        if not seen and not isinstance(self.screen, UnlockScreen):
            super().notify(*arguments, **options)

    def _tell(self, problem: GarminSyncError) -> None:
        self.notify(text.clean(f"{problem.message} {problem.hint}".strip()), severity="error", markup=False)

    def _handle_exception(self, error: Exception) -> None:
        """What breaks in a worker is words on the screen that it worked for and a traceback in the log, no end."""
        if not isinstance(error, WorkerFailed):
            super()._handle_exception(error)
            return
        _log.error("a worker broke", exc_info=error.error)
        if isinstance(self.screen, Place):
            self.screen.tell(INTERNAL)
        else:
            self._tell(INTERNAL)

    def _fatal_error(self) -> None:
        """End with a sentence: Textual's own traceback would print what variables hold, passwords among it."""
        problem = sys.exception() or self._exception
        _log.critical("the app ended by a fault", exc_info=problem)
        said = f"error: A fault of the program ({type(problem).__name__}).\nhint: The details are in the log."
        self._exit_renderables.append(Text(said))
        self._close_messages_no_wait()
