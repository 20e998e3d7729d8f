"""Facts beside each other as far as a line goes: it breaks between two facts, and inside one only where it must."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import TYPE_CHECKING

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from ... import text
from .glyphs import glyphs_of

if TYPE_CHECKING:
    from textual.geometry import Size

#: Between two facts of a line.
BETWEEN = "   "


def flow(line: str, width: int) -> list[str]:
    """One line as several that are at most `width` columns wide."""
    lines: list[str] = []
    for part in line.split(BETWEEN):
        if lines and text.width(lines[-1]) + len(BETWEEN) + text.width(part) <= width:
            lines[-1] += BETWEEN + part
        else:
            lines += wrap(part, max(width, 1)) or [""]
    return lines


class Parts(Widget):
    """Lines of facts, each with a colour of the theme."""

    lines: reactive[Sequence[tuple[str, str]]] = reactive((), layout=True)

    def say(self, lines: Sequence[str], style: str = "") -> None:
        """Show these."""
        self.lines = tuple((line, style) for line in lines if line)

    @property
    def said(self) -> str:
        """All of it."""
        return "\n".join(words for words, _ in self.lines)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As high as it is broken into lines."""
        return len(self._broken(width))

    def render(self) -> Content:
        """As wide as the room is."""
        return Content("\n").join([Content.styled(*line) for line in self._broken(self.content_size.width)])

    def _broken(self, width: int) -> list[tuple[str, str]]:
        glyphs = glyphs_of(self.app)
        return [(each, style) for words, style in self.lines for each in flow(glyphs.words(words), width)]
