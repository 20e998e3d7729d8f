"""Small questions about workouts: one line of words, or one of several things."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.fuzzy import Matcher
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static

from ... import text
from ..widgets.choices import Choices
from ..widgets.field import Field

if TYPE_CHECKING:
    from textual.app import ComposeResult

_SHOWN = 200
_FILTERED_FROM = 8


class Ask(ModalScreen[str | None]):
    """Asks for one line; ends with it, or with None."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Back")]

    def __init__(self, title: str, about: str, value: str = "", *, wrong: Callable[[str], str] = lambda _: "") -> None:
        super().__init__()
        self._title, self._about, self._value, self._wrong = title, about, value, wrong

    def compose(self) -> ComposeResult:
        """One field, and what is wrong with what is in it."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content(self._title)
            box.border_subtitle = Content("enter Done   esc Back")
            yield Static(Content(self._about))
            yield Field(self._value, id="answer")
            yield Static("", id="problem", classes="problem", markup=False)

    @on(Input.Submitted)
    def _done(self, event: Input.Submitted) -> None:
        event.stop()
        if problem := self._wrong(event.value):
            shown = self.query_one("#problem", Static)
            shown.display = True
            shown.update(Content(f"✗ {text.clean(problem, 300)}"))
        else:
            self.dismiss(event.value)


class Choose(ModalScreen[str | None]):
    """Asks for one of several; typing finds it where there are many. Ends with its name, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Back")]

    def __init__(
        self,
        title: str,
        rows: Sequence[tuple[str, str]],
        *,
        at: str = "",
        on_move: Callable[[str], object] | None = None,
    ) -> None:
        """It begins `at` a name where that is one; `on_move` is told where the cursor is."""
        super().__init__()
        self._title, self._rows, self._at, self._on_move = title, rows, at, on_move

    def compose(self) -> ComposeResult:
        """A list, below a line that filters a long one."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content(self._title)
            box.border_subtitle = Content("enter Choose   esc Back")
            if len(self._rows) >= _FILTERED_FROM:
                yield Field(placeholder="type to find", id="find")
            yield Choices(id="rows")

    def on_mount(self) -> None:
        """All of them."""
        self._show(self._rows)
        if len(self._rows) < _FILTERED_FROM:
            self.query_one(OptionList).focus()

    def _show(self, rows: Sequence[tuple[str, str]]) -> None:
        self.query_one(Choices).offer(rows[:_SHOWN], self._at)

    @on(OptionList.OptionHighlighted)
    def _moved(self, event: OptionList.OptionHighlighted) -> None:
        if self._on_move is not None and event.option_id is not None:
            self._on_move(event.option_id)

    @on(Input.Changed, "#find")
    def _find(self, event: Input.Changed) -> None:
        if not event.value.strip():
            self._show(self._rows)
            return
        matcher = Matcher(event.value)
        scored = [(matcher.match(words), name, words) for name, words in self._rows]
        best = sorted((each for each in scored if each[0] > 0), key=lambda each: -each[0])
        self._show([(name, words) for _, name, words in best])

    @on(Input.Submitted, "#find")
    def _first(self) -> None:
        self.query_one(OptionList).action_select()

    def on_key(self, event: events.Key) -> None:
        """The arrows move in the list while one types."""
        if event.key in {"up", "down"} and isinstance(self.focused, Input):
            listed = self.query_one(OptionList)
            listed.action_cursor_up() if event.key == "up" else listed.action_cursor_down()
            event.stop()

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_id)
