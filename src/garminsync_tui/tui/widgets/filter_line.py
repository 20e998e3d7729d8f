"""The line on which a filter is written: goes on with what there is, explains itself below, says what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from ... import text
from ...errors import UsageProblem
from ...filters import Condition, instead_of_dates, parse
from .. import filter_words
from .field import Field

if TYPE_CHECKING:
    from textual.app import ComposeResult


class FilterLine(Vertical):
    """Its conditions are those of what was understood last."""

    DEFAULT_CSS = """
    FilterLine { height: auto; }
    FilterLine #filter { height: 1; border: none; padding: 0 1; }
    FilterLine #filter-words { display: none; height: auto; max-height: 3; padding: 0 1; color: $text-muted; }
    """

    class Changed(Message):
        """The filter means something else now."""

    class Done(Message):
        """Somebody has written what was to be written."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.conditions: list[Condition] = []
        #: The types of activities that are proposed.
        self.types: Sequence[str] = ()

    def compose(self) -> ComposeResult:
        """The line, and words below it."""
        yield Field(
            placeholder="type:run dist>10 after:2026-09 hr<150 name~long",
            id="filter",
            suggester=filter_words.FilterSuggester(lambda: self.types),
        )
        yield Static("", id="filter-words", markup=False)

    @property
    def _line(self) -> Input:
        return self.query_one("#filter", Input)

    def write(self) -> None:
        """Go there."""
        self._line.focus()

    def filter_days(self, dates: str) -> None:
        """Have other dates; whatever else it says stays."""
        self._line.value = instead_of_dates(self._line.value, dates)

    def clear(self) -> bool:
        """Filter nothing; whether something was filtered."""
        was, self._line.value = self._line.value, ""
        return bool(was)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        try:
            conditions = parse(event.value)
        except UsageProblem as wrong:
            self._say(Content.styled(text.clean(f"✗ {wrong.message} {wrong.hint}"), "$text-error"))
            return
        self._hint()
        if conditions != self.conditions:
            self.conditions = conditions
            self.post_message(self.Changed())

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.post_message(self.Done())

    def on_descendant_focus(self) -> None:
        """The grammar is told while one writes."""
        self._hint()

    def on_descendant_blur(self) -> None:
        """And not afterwards."""
        self._hint()

    def _hint(self) -> None:
        self._say(Content(text.clean(filter_words.hint(self._line.value)) if self._line.has_focus else ""))

    def _say(self, words: Content) -> None:
        shown = self.query_one("#filter-words", Static)
        shown.update(words)
        shown.display = bool(words.plain)
