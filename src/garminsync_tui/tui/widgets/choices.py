"""A list to choose one of: a sign says what the colour of the cursor says."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from ... import text


class Choices(OptionList):
    """Names and the words that are shown of them."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id, compact=True, markup=False)
        self._words: dict[str, str] = {}
        self._marked = ""

    def offer(self, rows: Sequence[tuple[str, str]], at: str = "") -> None:
        """List these, with the cursor `at` a name where that is one."""
        self._words, self._marked = dict(rows), ""
        self.set_options([Option(Content(self._row(name)), id=name) for name in self._words])
        self.highlighted = (list(self._words).index(at) if at in self._words else 0) if self._words else None

    def watch_highlighted(self, highlighted: int | None) -> None:
        """The sign goes with the cursor."""
        super().watch_highlighted(highlighted)
        before = self._marked
        self._marked = "" if highlighted is None else self.get_option_at_index(highlighted).id or ""
        for name in {before, self._marked} & self._words.keys():
            self.replace_option_prompt(name, Content(self._row(name)))

    def _row(self, name: str) -> str:
        return f"{'❯' if name == self._marked else ' '} {text.clean(self._words[name], 120)}"
