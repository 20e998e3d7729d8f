"""One of a few things, all of them in sight."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.style import Style
from textual.widget import Widget

_NAME_WIDTH = 15
#: Below so many columns the name has a line of its own.
_ONE_LINE = 60


class Choice(Widget, can_focus=True):
    """A name and its options; the arrows, space and a click choose. Says so with `Choice.Changed`."""

    DEFAULT_CSS = "Choice { height: auto; } Choice:focus { background: $boost; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "move(-1)", "Before", show=False),
        Binding("right,l,space", "move(1)", "Next", show=False),
    ]

    chosen: reactive[str] = reactive("", layout=True)

    class Changed(Message):
        """Another option is chosen."""

        def __init__(self, choice: Choice) -> None:
            super().__init__()
            self.choice = choice

        @property
        def control(self) -> Choice:
            """Whose it is."""
            return self.choice

    def __init__(self, name: str, options: Mapping[str, str], chosen: str, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """`options` are their words by what `chosen` says."""
        super().__init__(id=id)
        self._called, self._options = name, dict(options)
        self.set_reactive(Choice.chosen, chosen)

    def render(self) -> Content:
        """Marked by more than colour: where the keyboard is, and what is chosen."""
        name = f"{'❯' if self.has_focus else ' '} {self._called:<{_NAME_WIDTH}}"
        options = Content("  ").join([self._option(value, words) for value, words in self._options.items()])
        between = "\n   " if self.app.size.width < _ONE_LINE + _NAME_WIDTH else ""
        return Content.assemble((name, "bold" if self.has_focus else ""), between, options)

    def _option(self, value: str, words: str) -> Content:
        here = value == self.chosen
        shown = Content.styled(f"({'•' if here else ' '}) {words}", "bold $text-accent" if here else "")
        return shown.stylize(Style.from_meta({"option": value}))

    def action_move(self, by: int) -> None:
        """The next or the one before, around the ends."""
        values = list(self._options)
        self.chosen = values[(values.index(self.chosen) + by) % len(values)]

    def on_click(self, event: events.Click) -> None:
        """Choose what was clicked."""
        if value := event.style.meta.get("option"):
            self.chosen = value

    def watch_chosen(self) -> None:
        """Tell who has it."""
        self.post_message(self.Changed(self))

    def watch_has_focus(self, has_focus: bool) -> None:
        """The sign before the name moves."""
        super().watch_has_focus(has_focus)
        self.refresh()
