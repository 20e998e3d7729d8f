"""Asked once, after the first sign-in: how far back health shall go, and what that costs."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, DataTable, Input, Label, Static

from ... import text
from ...dates import parse_day
from ...errors import UsageProblem
from ...sync import history
from ..widgets.field import Field
from ..widgets.table import Table

if TYPE_CHECKING:
    from textual.app import ComposeResult


class HistoryScreen(ModalScreen[date | None]):
    """Ends with the day to begin at, or with None where nothing was chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "keep", "Keep a year")]

    def __init__(self, today: date, samples: str, per_s: float, provider: str = "garminconnect") -> None:
        """What it costs depends on the `samples` of each day, on the requests `per_s` and on who asks."""
        super().__init__()
        self._today = today
        self._samples = samples
        self._per_s = per_s
        self._provider = provider
        self._choices = history.choices(today)

    def compose(self) -> ComposeResult:
        """Spans to choose from, a field for any date, and a sentence about the cost."""
        with Vertical(id="history", classes="dialog"):
            yield Table(id="spans", show_header=False)
            yield Label("Everything since")
            yield Field(id="since", placeholder="2019-01-01")
            yield Static("", id="problem", classes="problem", markup=False)
            yield Static("", id="cost", markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Choose", id="choose", variant="primary", compact=True)
                yield Button("Keep a year", id="keep", compact=True)

    def on_mount(self) -> None:
        """Begin at what is taken where nobody chooses."""
        box = self.query_one("#history")
        box.border_title = "How far back shall health go?"
        box.border_subtitle = Content("enter Choose   tab Date   esc Keep a year")
        table = self.query_one("#spans", Table)
        table.lay_out(["span", "since"])
        table.show([(name, (name.capitalize(), f"since {since}")) for name, since in self._choices.items()])
        usual = next(place for place, (key, *_) in enumerate(history.CHOICES) if key == history.USUAL)
        table.move_cursor(row=usual)
        table.focus()

    # ── Choosing ─────────────────────────────────────────────────────────────────────────────────────

    def _chosen(self) -> date:
        """What is chosen now: the date in the field where there is one. Raises UsageProblem."""
        if typed := self.query_one("#since", Input).value.strip():
            return parse_day(typed, "The date", self._today)
        return self._choices[self.query_one("#spans", Table).selected or "a year"]

    @on(DataTable.RowHighlighted, "#spans")
    @on(Input.Changed, "#since")
    def _tell_cost(self) -> None:
        problem = self.query_one("#problem", Static)
        problem.display = False
        try:
            cost = history.cost(self._chosen(), self._today, self._samples, self._per_s, self._provider)
        except UsageProblem:
            self.query_one("#cost", Static).update("")  # it is being typed
            return
        self.query_one("#cost", Static).update(f"This takes {cost}; the newest days come first.")

    @on(events.DescendantFocus)
    def _back_at_the_spans(self, event: events.DescendantFocus) -> None:
        # Two choices at once would leave open which one holds.
        if event.widget.id == "spans":
            self.query_one("#since", Input).value = ""

    @on(DataTable.RowSelected, "#spans")
    @on(Input.Submitted, "#since")
    @on(Button.Pressed, "#choose")
    def _choose(self) -> None:
        try:
            self.dismiss(self._chosen())
        except UsageProblem as problem:
            place = self.query_one("#problem", Static)
            place.display = True
            place.update(Content(f"✗ {text.clean(problem.message)}\n{problem.hint}"))
            self.query_one("#since", Input).focus()

    @on(Button.Pressed, "#keep")
    def action_keep(self) -> None:
        """Leave it at what it is."""
        self.dismiss(None)
