"""The first start: connect an account, import files, look around with sample data, or skip."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from ... import text
from ...dates import months_before
from ...sync import history
from ..widgets.choice import Choice

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from ...config import Config

_ABOUT = "Your Garmin data, on your disk, in your terminal."
_BACK = {"1": "a month", "12": "a year", "60": "5 years"}
_FRESH: dict[str, tuple[str, dict[str, object]]] = {
    "30": ("every 30 min", {"sync.every_minutes": 30}),
    "60": ("hourly", {"sync.every_minutes": 60}),
    "daily": ("daily at 06:00", {"sync.daily_at": "06:00"}),
}
#: Four rising bars with each kind of glyph.
_BARS = {"braille": "⣀⣤⣶⣿", "blocks": "▂▄▆█", "ascii": ".:|#"}


class Answer(NamedTuple):
    """Which door was taken, how far back to begin, and the settings that were changed."""

    door: str
    since: date | None
    settings: dict[str, object]


class WelcomeScreen(ModalScreen[Answer]):
    """Doors and choices; `database` is what the database is called."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "leave('connect')", "Connect"),
        Binding("i,I", "leave('import')", "Import"),
        Binding("d", "leave('sample')", "Sample data"),
        Binding("escape", "leave('skip')", "Skip"),
        Binding("down", "app.focus_next", "Next", show=False),
        Binding("up", "app.focus_previous", "Before", show=False),
    ]

    def __init__(self, config: Config, today: date, database: str, *, has_sample: bool) -> None:
        super().__init__()
        self._config, self._today, self._database, self._has_sample = config, today, database, has_sample

    def compose(self) -> ComposeResult:
        """Choices first, doors last."""
        with VerticalScroll(id="welcome", classes="dialog", can_focus=False):
            yield Static(Content.styled(_ABOUT, "bold"), classes="spaced")
            yield Choice("How far back", _BACK, "12", id="back")
            yield Static("", id="cost", markup=False, classes="hanging")
            fresh = {name: words for name, (words, _) in _FRESH.items()}
            yield Choice("Keep it fresh", fresh, "30", id="fresh")
            yield Choice("Graphs", _BARS, str(self._config["display.graphs"]), id="graphs")
            yield Static("Take the first in which four bars rise: charts are drawn with it.", classes="hanging spaced")
            yield Static(Content(text.clean(f"Database  {self._database}", 300)))
            yield Static("Tokens    sealed in the database; the password is never stored", classes="spaced")
            with Horizontal(classes="buttons"):
                yield Button("Connect account", id="connect", variant="primary", compact=True)
                yield Button("Import files", id="import", compact=True)
                if self._has_sample:
                    yield Button("Explore sample data", id="sample", compact=True)
                yield Button("Skip", id="skip", compact=True)

    def on_mount(self) -> None:
        """Where to begin."""
        box = self.query_one("#welcome")
        box.border_title = "Welcome to garminsync"
        sample = "d Sample data   " if self._has_sample else ""
        box.border_subtitle = Content(f"enter Connect   i Import   {sample}esc Skip")
        self.query_one("#back").focus()
        self._tell_cost()

    def _since(self) -> date:
        return months_before(self._today, int(self.query_one("#back", Choice).chosen))

    @on(Choice.Changed, "#back")
    def _tell_cost(self) -> None:
        samples, per_s = self._config["health.samples"], self._config["sync.requests_per_second"]
        cost = history.cost(self._since(), self._today, samples, per_s)
        self.query_one("#cost", Static).update(f"{cost}; newest first")

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        self.action_leave(event.button.id or "skip")

    def action_leave(self, door: str) -> None:
        """Through one of the doors."""
        if door == "sample" and not self._has_sample:
            return
        chosen = {"display.graphs": self.query_one("#graphs", Choice).chosen}
        fresh = self.query_one("#fresh", Choice).chosen
        changed: dict[str, object] = {name: value for name, value in chosen.items() if value != self._config[name]}
        if fresh != next(iter(_FRESH)):
            changed |= _FRESH[fresh][1]
        self.dismiss(Answer(door, self._since() if door == "connect" else None, changed))
