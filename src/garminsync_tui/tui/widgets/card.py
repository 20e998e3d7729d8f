"""A value with what it means: a box with 21 days behind it, one line where there is no room for boxes."""

from __future__ import annotations

from typing import NamedTuple

from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from ...text import fit
from ...units import MISSING
from .glyphs import glyphs_of
from .sparkline import sparkline

_TITLE = 13
_VALUE = 14


class Reading(NamedTuple):
    """What a card says. `series` is oldest first, None where a day has no value."""

    value: str = MISSING
    word: str = ""
    series: tuple[float | None, ...] = ()
    detail: str = ""


class Card(Widget, can_focus=True):
    """One metric of one day."""

    DEFAULT_CSS = """
    Card { height: 5; border: round $surface-lighten-2; padding: 0 1; border-title-color: $text-muted; }
    Card:focus { border: heavy $accent; }
    """

    reading: reactive[Reading] = reactive(Reading())

    class Opened(Message):
        """It was clicked."""

        def __init__(self, card: Card) -> None:
            super().__init__()
            self.card = card

    def __init__(self, title: str, *, id: str) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._title = title
        self.border_title = Content(title)

    def on_click(self) -> None:
        """As enter does it."""
        self.post_message(self.Opened(self))

    def render(self) -> Content:
        """Three lines in a box, or one line."""
        reading = self.reading
        # The newest days are those that a narrow card keeps.
        room = self.size.width if self.size.height >= 3 else max(self.size.width - _TITLE - _VALUE, 1)
        drawn = sparkline(reading.series[-room:], glyphs_of(self.app))
        if self.size.height < 3:
            return Content.assemble(
                (f"{'❯ ' if self.has_focus else ''}{self._title}".ljust(_TITLE), "$text-muted"),
                (f"{reading.value:<{_VALUE}}", "bold"),
                (drawn, "$text-accent"),
            )
        width = self.size.width
        beside = max(width - len(reading.value) - 1, 0)
        word = reading.word if len(reading.word) <= beside else fit(reading.word.split()[-1], beside)
        gap = max(width - len(reading.value) - len(word), 1)
        lines = (
            Content.assemble((reading.value, "bold"), " " * gap, (word, "$text-muted")),
            Content.styled(drawn, "$text-accent"),
            Content.styled(_fitting(reading.detail, width), "$text-muted"),
        )
        return Content("\n").join(lines)


def _fitting(words: str, width: int) -> str:
    """As many of the parts between dots as there is room for."""
    parts = words.split(" · ")
    while len(parts) > 1 and len(" · ".join(parts)) > width:
        parts.pop()
    return fit(" · ".join(parts), width)
