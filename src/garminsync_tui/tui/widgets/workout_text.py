"""The text of a workout while it is written."""

from __future__ import annotations

import re
from typing import Any

from rich.style import Style
from textual import events
from textual.geometry import Offset, Region
from textual.strip import Strip
from textual.widgets import TextArea

_OPENS = re.compile(r"\s*(\d+x!?|for\s?\S+!?)\s*", re.IGNORECASE)
_INDENT = "  "
_BRACKETS = frozenset("()")


class WorkoutText(TextArea):
    """A new line begins where the last one did, and further in below a repeat. Tab is for who holds it."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's own name
        # Wrapped: a line that grows beyond the widest one would lay out the whole screen again with each key.
        super().__init__(id=id, soft_wrap=True, tab_behavior="focus")
        self.cursor_blink = False  # an idle screen sends nothing to the terminal
        #: Lines away from the cursor as they were drawn, by what they say: Textual draws them all after each key.
        self._drawn: dict[tuple[str, int], Strip] = {}
        self._drawn_for: tuple[int, int, Style] | None = None

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines in sight."""
        look = (self.size.width, self.wrap_width, self.rich_style)
        if look != self._drawn_for:
            self._drawn, self._drawn_for = {}, look
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        number = y + self.scroll_offset.y
        if number >= self.wrapped_document.height or not self.selection.is_empty:
            return super().render_line(y)
        row, column = self.wrapped_document.offset_to_location(Offset(0, number))
        words = self.document.get_line(row)
        if row == self.cursor_location[0] or _BRACKETS & set(words):  # which may be lit
            return super().render_line(y)
        key = (words, column)
        if key not in self._drawn:
            self._drawn[key] = super().render_line(y)
        return self._drawn[key]

    def notify_style_update(self) -> None:
        """Another theme has other colours."""
        self._drawn_for = None
        super().notify_style_update()

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            line = self.document.get_line(self.cursor_location[0])
            indent = re.match(r"\s*", line)
            assert indent is not None, "it matches anything"
            self.insert("\n" + indent.group() + (_INDENT if _OPENS.fullmatch(line) else ""))
            return
        await super()._on_key(event)

    def begin(self, words: str, at: Any) -> None:
        """Show a text from its beginning, with nothing to undo, and the cursor at a place."""
        self.load_text(words)
        self.move_cursor(at)
