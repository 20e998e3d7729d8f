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
        ending = Content.assemble(self._hint(palette), "  ", self._hint(help_), " ")
        line = Content(" ")
        for entry in here[: _MOST - 2]:
            longer = Content.assemble(line, self._hint(entry), "  ")
            if longer.cell_length + ending.cell_length > self.size.width:
                break
            line = longer
        return Content.assemble(line, " " * max(self.size.width - line.cell_length - ending.cell_length, 0), ending)

    def _hint(self, entry: keys.Action) -> Content:
        click = Style.from_meta({"@click": f"app.act('{entry.id}')"})
        return Content.assemble((entry.label, "bold $text-accent"), " ", entry.words).stylize(click)
