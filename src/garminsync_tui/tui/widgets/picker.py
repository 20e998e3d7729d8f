"""A list in groups that is filtered while one types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from .. import keys
from ..health_subjects import Subject, matching
from .field import Field

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult


class Entries(OptionList, inherit_bindings=False):
    """Moved through like every list; what moves sideways is left to the chart beside it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "cursor_down", "Down", show=False),
        Binding("up,k", "cursor_up", "Up", show=False),
        Binding("pagedown", "page_down", "Page down", show=False),
        Binding("pageup", "page_up", "Page up", show=False),
        Binding("enter", "select", "Choose", show=False),
        Binding("g", "first", "First", show=False),
        Binding("G", "last", "Last", show=False),
    ]


class Picker(Vertical):
    """Tells which subject the cursor is on (`Picked`) and which one was chosen with enter (`Chosen`)."""

    DEFAULT_CSS = """
    Picker > Field { height: 1; border: none; padding: 0 1; background: transparent; }
    Picker > Field:focus { border-left: outer $accent !important; }
    Picker > Entries { height: 1fr; border: none; padding: 0; background: transparent; scrollbar-size-vertical: 1; }
    Picker > Entries:focus { border: none; }
    """

    class Picked(Message):
        """The cursor is on `key`."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    class Chosen(Message):
        """Enter was pressed on `key`."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    class Filtered(Message):
        """Another number of subjects is shown."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._every: Sequence[Subject] = ()
        self._shown: Sequence[Subject] = ()
        self._key = ""
        self._marked = ""

    def compose(self) -> ComposeResult:
        """A line to write on, and the list."""
        line = Field(placeholder=f"{keys.label('health.find')} find", id="find")
        line.can_focus = False  # tab goes from the list to the chart and back; the line comes with its key
        yield line
        yield Entries(id="entries", markup=False)

    @property
    def key(self) -> str:
        """The subject under the cursor."""
        return self._key

    @property
    def shown(self) -> int:
        """How many are listed."""
        return len(self._shown)

    @property
    def total(self) -> int:
        """How many there are."""
        return len(self._every)

    def show(self, every: Sequence[Subject], key: str) -> None:
        """List these, with the cursor on `key`."""
        if list(every) != list(self._every) or key != self._key:
            self._every, self._key = every, key
            self._fill()

    def find(self) -> None:
        """Write on the line."""
        line = self.query_one("#find", Input)
        line.can_focus = True
        line.focus()

    def on_click(self, event: events.Click) -> None:
        """A click on the line is its key."""
        if event.widget is self.query_one("#find"):
            self.find()

    def on_descendant_blur(self) -> None:
        """The line is left, unless it is the terminal that was."""
        line = self.query_one("#find", Input)
        line.can_focus = line.has_focus or (line.can_focus and not self.app.app_focus)

    @property
    def typing(self) -> bool:
        """Whether somebody writes on the line."""
        return self.query_one("#find", Input).has_focus

    def clear(self) -> bool:
        """Take back what was typed, or leave the line; whether there was something to take back."""
        line = self.query_one("#find", Input)
        if line.value:
            line.value = ""
        elif line.has_focus:
            self.query_one(Entries).focus()
        else:
            return False
        return True

    def _fill(self) -> None:
        entries = self.query_one(Entries)
        self._shown = matching(self._every, self.query_one("#find", Input).value.lstrip("/"))
        options: list[Option | None] = []
        group = ""
        for subject in self._shown:
            if subject.group != group:
                group = subject.group
                options.append(Option(Content.styled(group, "bold $text-muted"), disabled=True))
            options.append(Option(Content.styled(*_entry(subject, False)), id=subject.key))
        with self.prevent(OptionList.OptionHighlighted):
            entries.set_options(options)
            keys = [subject.key for subject in self._shown]
            if keys:
                wanted = self._key if self._key in keys else keys[0]
                entries.highlighted = entries.get_option_index(wanted)
                self._marked = ""
                self._mark(wanted)
        self.post_message(self.Filtered())
        if keys and self._key not in keys:
            self._pick(keys[0])

    def _mark(self, key: str) -> None:
        """A sign says what the colour of the cursor says."""
        entries = self.query_one(Entries)
        of = {subject.key: subject for subject in self._shown}
        for each in {self._marked, key} & of.keys():
            entries.replace_option_prompt(each, Content.styled(*_entry(of[each], each == key)))
        self._marked = key

    def _pick(self, key: str) -> None:
        self._mark(key)
        if key != self._key:
            self._key = key
            self.post_message(self.Picked(key))

    def _choose(self) -> None:
        """What was typed has done its work."""
        line = self.query_one("#find", Input)
        if line.value:
            with self.prevent(Input.Changed):
                line.value = ""
            self._fill()
        self.post_message(self.Chosen(self._key))

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if event.option_id:
            self._pick(event.option_id)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_id:
            self._pick(event.option_id)
            self._choose()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._fill()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._shown:
            self._choose()
        else:
            self.clear()

    def on_key(self, event: events.Key) -> None:
        """Up and down move through the list while one types."""
        if self.typing and event.key in ("up", "down"):
            entries = self.query_one(Entries)
            (entries.action_cursor_up if event.key == "up" else entries.action_cursor_down)()
            event.stop()


def _entry(subject: Subject, here: bool) -> tuple[str, str]:
    """Words and style."""
    sign = "❯" if here else " " if subject.stored else "○"
    return f"{sign} {subject.title}", "" if subject.stored else "$text-muted"
