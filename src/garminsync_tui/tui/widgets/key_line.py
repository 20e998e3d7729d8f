"""The last line: the keys that matter here, from the table of actions."""

from __future__ import annotations

from textual.content import Content
from textual.style import Style
from textual.widget import Widget

from .. import keys

_MOST = 8


class KeyLine(Widget):
    """Keys and words; a click does what the key does."""

    DEFAULT_CSS = "KeyLine { dock: bottom; height: 1; background: $panel; color: $foreground; }"

    def __init__(self, place: str) -> None:
        super().__init__()
        self._place = place

    def render(self) -> Content:
        """The hints that fit whole, palette and help always among them."""
        *here, palette, help_ = keys.hints(self._place)
        ending = Content.assemble(hint(palette.id), "  ", hint(help_.id), " ")
        line = Content(" ")
        for entry in here[: _MOST - 2]:
            longer = Content.assemble(line, hint(entry.id), "  ")
            if longer.cell_length + ending.cell_length > self.size.width:
                break
            line = longer
        return Content.assemble(line, " " * max(self.size.width - line.cell_length - ending.cell_length, 0), ending)


def hint(name: str) -> Content:
    """The key and the words of an action; a click does it."""
    entry = keys.action(name)
    click = Style.from_meta({"@click": f"app.act('{name}')"})
    return Content.assemble((entry.label, "bold $text-accent"), " ", entry.words).stylize(click)
