"""The text of a workout while it is written."""

from __future__ import annotations

import re
from typing import Any

from textual import events
from textual.widgets import TextArea

_OPENS = re.compile(r"\s*(\d+x!?|for\s?\S+!?)\s*", re.IGNORECASE)
_INDENT = "  "


class WorkoutText(TextArea):
    """A new line begins where the last one did, and further in below a repeat. Tab is for who holds it."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's own name
        # Wrapped: a line that grows beyond the widest one would lay out the whole screen again with each key.
        super().__init__(id=id, soft_wrap=True, tab_behavior="focus")
        self.cursor_blink = False  # an idle screen sends nothing to the terminal

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
