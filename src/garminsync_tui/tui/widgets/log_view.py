"""Lines of a log: wrapped, filtered by words and level, followed to their end."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from ... import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events

    from ...models import JobEvent

#: What can be asked for: everything, what is worth a look, or faults alone.
LEVELS = {
    "everything": {"debug", "info", "note", "warning", "error"},
    "notes and worse": {"note", "warning", "error"},
    "errors": {"error"},
}
_HEAD = 19  # columns of time and level
_LONGEST = 300


class LogView(ScrollView, can_focus=True):
    """Shows what fits the filter; while it follows, the end stays in sight."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "log--time", "log--text", "log--note", "log--warning", "log--error", "log--match",
    }  # fmt: skip
    DEFAULT_CSS = """
    LogView { height: 1fr; padding: 0 1; overflow-x: hidden; scrollbar-gutter: stable; }
    LogView > .log--time { color: $text-muted; }
    LogView > .log--note { color: $text-accent; }
    LogView > .log--warning { color: $text-warning; }
    LogView > .log--error { color: $text-error; }
    LogView > .log--match { text-style: bold reverse; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll_down", "Down", show=False),
        Binding("k", "scroll_up", "Up", show=False),
        Binding("g", "scroll_home", "First", show=False),
        Binding("G", "scroll_end", "Last", show=False),
    ]

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._events: list[JobEvent] = []
        self._rows: list[tuple[str, str, str]] = []
        self.wanted = ""
        self.level = next(iter(LEVELS))
        self.follows = True

    # ── What is in it ────────────────────────────────────────────────────────────────────────────────

    def fill(self, lines: Sequence[JobEvent]) -> None:
        """Have these lines instead of all others."""
        self._events = list(lines)
        self.filter()

    def add(self, lines: Sequence[JobEvent]) -> None:
        """Have these too."""
        self._events += lines
        self._show([row for line in lines if self._fits(line) for row in self._wrapped(line)], self._rows)

    def filter(self) -> None:
        """Show again what fits `wanted` and `level`."""
        self._show([row for line in self.shown for row in self._wrapped(line)], [])

    @property
    def total(self) -> int:
        """How many lines there are, shown or not."""
        return len(self._events)

    @property
    def shown(self) -> list[JobEvent]:
        """The lines that fit."""
        return [line for line in self._events if self._fits(line)]

    @property
    def plain(self) -> str:
        """What fits, as text."""
        return "".join(
            f"{line.at.astimezone():%Y-%m-%d %H:%M:%S}  {line.level:<8}  {text.clean(line.text, _LONGEST)}\n"
            for line in self.shown
        )

    def _fits(self, line: JobEvent) -> bool:
        return line.level in LEVELS[self.level] and self.wanted.casefold() in line.text.casefold()

    # ── Drawing ──────────────────────────────────────────────────────────────────────────────────────

    def _wrapped(self, line: JobEvent) -> list[tuple[str, str, str]]:
        words = Text(text.clean(line.text, _LONGEST))
        room = max(self.scrollable_content_region.width - _HEAD, 10)
        level = "" if line.level == "info" else line.level
        head = f"{line.at.astimezone():%H:%M:%S}  {level:<9}"
        parts = [part.plain.rstrip() for part in words.wrap(self.app.console, room)] or [""]
        return [(head if number == 0 else " " * _HEAD, line.level, part) for number, part in enumerate(parts)]

    def _show(self, rows: list[tuple[str, str, str]], after: list[tuple[str, str, str]]) -> None:
        self._rows = after + rows
        self.virtual_size = Size(self.scrollable_content_region.width, len(self._rows))
        if self.follows:
            self.scroll_end(animate=False, immediate=True)
        self.refresh()

    def on_resize(self, event: events.Resize) -> None:
        """Another width wraps elsewhere."""
        self.filter()

    def render_line(self, y: int) -> Strip:
        """Time and level, then the words; what was looked for stands out."""
        width = self.scrollable_content_region.width
        number = y + self.scroll_offset.y
        if number >= len(self._rows):
            return Strip.blank(width, self.rich_style)
        head, level, words = self._rows[number]
        shade = self.get_component_rich_style(f"log--{level if level in {'note', 'warning', 'error'} else 'text'}")
        segments = [
            Segment(head[:10], self.get_component_rich_style("log--time")),
            Segment(head[10:], shade),
            *self._marked(words),
        ]
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def _marked(self, words: str) -> list[Segment]:
        plain = self.get_component_rich_style("log--text")
        found = words.casefold().find(self.wanted.casefold()) if self.wanted else -1
        if found < 0:
            return [Segment(words, plain)]
        ends = found + len(self.wanted)
        match = self.get_component_rich_style("log--match")
        return [Segment(words[:found], plain), Segment(words[found:ends], match), Segment(words[ends:], plain)]
