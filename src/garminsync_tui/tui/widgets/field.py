"""One line to write on."""

from __future__ import annotations

from typing import Any

from textual.widgets import Input


class Field(Input):
    """An input whose cursor does not blink: an idle screen sends nothing to the terminal."""

    def __init__(self, value: str = "", **options: Any) -> None:
        super().__init__(value, compact=True, **options)
        self.cursor_blink = False
