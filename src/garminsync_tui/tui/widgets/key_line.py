"""The last line: the keys that matter here, from the table of actions."""

from __future__ import annotations

from collections.abc import Callable

from textual.content import Content
from textual.style import Style
from textual.widget import Widget
from textual.widgets import Input, TextArea

from .. import keys

_MOST = 8
#: What a line that is written on takes for itself, beside what is a character.
_OF_LINES = {"space", "enter", "tab", "delete", "backspace", "left", "right", "home", "end", "up", "down"}


class KeyLine(Widget):
    """Keys and words; a click does what the key does."""

    DEFAULT_CSS = "KeyLine { dock: bottom; height: 1; background: $panel; color: $foreground; }"

    def __init__(self, place: str) -> None:
        super().__init__()
        self._place = place
        self._writing = False

    def on_mount(self) -> None:
        """Where somebody writes other keys work."""
        self.watch(self.screen, "focused", self._look_where_keys_go)

    def _look_where_keys_go(self) -> None:
        writing = isinstance(self.screen.focused, Input | TextArea)
        if writing != self._writing:
            self._writing = writing
            self.refresh()

    def render(self) -> Content:
        """The hints that fit whole, palette and help always among them; while somebody writes, those of free keys."""
        *here, palette, help_ = keys.hints(self._place)
        named = keys_while_writing if self._writing else keys.label
        if self._writing:
            here = [keys.action("app.back"), *(each for each in here if named(each.id))]
        ending = Content.assemble(hint(palette.id, named), "  ", hint(help_.id, named), " ")
        line = Content(" ")
        for entry in here[: _MOST - 2]:
            longer = Content.assemble(line, hint(entry.id, named), "  ")
            if longer.cell_length + ending.cell_length > self.size.width:
                break
            line = longer
        return Content.assemble(line, " " * max(self.size.width - line.cell_length - ending.cell_length, 0), ending)


def keys_while_writing(name: str) -> str:
    """The first key of an action that is no text, as people read it; empty where it has none."""
    bound = keys.action(name).bound.split(",")
    return next((keys.name_of(key) for key in bound if key not in _OF_LINES and len(keys.name_of(key)) > 1), "")


def hint(name: str, named: Callable[[str], str] = keys.label) -> Content:
    """The key and the words of an action; a click does it."""
    click = Style.from_meta({"@click": f"app.act('{name}')"})
    return Content.assemble((named(name), "bold $text-accent"), " ", keys.action(name).words).stylize(click)
