"""How hard a workout is from start to end."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widget import Widget

from ...workouts.definition import Place
from ...workouts.estimate import Bar
from ..workout_words import profile
from .glyphs import glyphs_of


class Profile(Widget):
    """A chart of blocks; the step under the cursor is marked below it."""

    DEFAULT_CSS = "Profile { height: 5; width: 1fr; padding: 0 1; }"

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._bars: Sequence[Bar] = ()
        self._marked: Place | None = None

    def draw(self, bars: Sequence[Bar], marked: Place | None = None) -> None:
        """Show these bars."""
        if (bars, marked) != (self._bars, self._marked):
            self._bars, self._marked = bars, marked
            self.refresh()

    def render(self) -> Content:
        """As wide as the room is."""
        columns, rows = self.size.width, self.size.height
        if columns <= 0 or rows <= 0 or not any(bar.share for bar in self._bars):
            return Content("")
        return profile(self._bars, columns, max(rows - 1, 1), self._marked, glyphs_of(self.app))
