"""The rows of a workout, with a cursor and a selection: drawn line by line, so that a keystroke costs little."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import ClassVar, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from ... import text
from ...workouts.definition import Place, place_words

_INDENT = "  "


class OutlineRow(NamedTuple):
    """One row: where it is, what it says, and whether something is wrong with it."""

    place: Place
    words: str
    mark: str = ""


class OutlineView(ScrollView, can_focus=True):
    """Shows rows; moving is told to who shows them."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "outline--cursor",
        "outline--selected",
        "outline--number",
        "outline--wrong",
    }
    DEFAULT_CSS = """
    OutlineView { height: 1fr; background: transparent; }
    OutlineView .outline--number { color: $text-muted; }
    OutlineView .outline--wrong { color: $text-error; }
    OutlineView .outline--selected { background: $primary 30%; }
    OutlineView .outline--cursor { background: $boost; text-style: bold; }
    OutlineView:focus .outline--cursor { background: $block-cursor-background; color: $block-cursor-foreground; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "step(1)", "Down", show=False),
        Binding("k,up", "step(-1)", "Up", show=False),
        Binding("pagedown", "step(10)", "Page down", show=False),
        Binding("pageup", "step(-10)", "Page up", show=False),
        Binding("g,home", "step(-100000)", "First", show=False),
        Binding("G,end", "step(100000)", "Last", show=False),
        Binding("h,left", "out", "Parent", show=False),
        Binding("l,right", "into", "First child", show=False),
    ]

    class Moved(Message):
        """The cursor is to go `by` rows, or out of or into a repeat."""

        def __init__(self, by: int | str) -> None:
            super().__init__()
            self.by = by

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._rows: Sequence[OutlineRow] = ()
        self._cursor: Place = ()
        self._selected: Collection[Place] = ()
        self._styles: dict[str, Style] = {}

    def show(self, rows: Sequence[OutlineRow], cursor: Place, selected: Collection[Place]) -> None:
        """Draw these rows."""
        self._rows, self._cursor, self._selected = rows, cursor, selected
        self._styles.clear()
        self.virtual_size = Size(0, len(rows))
        line = next((number for number, row in enumerate(rows) if row.place == cursor), 0)
        if not self.scroll_offset.y <= line < self.scroll_offset.y + max(self.size.height, 1):
            self.scroll_to(y=max(line - self.size.height // 2, 0), animate=False)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One row, as wide as the widget."""
        number, width = y + self.scroll_offset.y, self.size.width
        if number >= len(self._rows):
            return Strip.blank(width, self._style(""))
        row = self._rows[number]
        here = row.place == self._cursor
        style = self._style("cursor" if here else "selected" if row.place in self._selected else "")
        dim = style if here else style + self._style("number")
        # A line that wraps would be no row: what does not fit is cut.
        words = text.fit(text.clean(f"{_INDENT * (len(row.place) - 1)}{row.words}", 300), max(width - 10, 1))
        segments = [Segment(f" {place_words(row.place):<6} ", dim), Segment(words, style)]
        if row.mark:
            segments.append(Segment(f"  {row.mark}", style + self._style("wrong")))
        return Strip(segments).adjust_cell_length(width, style)

    def notify_style_update(self) -> None:
        """Another theme has other colours."""
        self._styles.clear()
        super().notify_style_update()

    def _style(self, name: str) -> Style:
        """A style of the stylesheet, looked up once for all rows; the widget's own where none is named."""
        if name not in self._styles:
            found = self.get_component_rich_style(f"outline--{name}", partial=True) if name else self.rich_style
            self._styles[name] = self.rich_style + found if name in {"cursor", "selected"} else found
        return self._styles[name]

    def action_step(self, by: int) -> None:
        """So many rows down."""
        self.post_message(self.Moved(by))

    def action_out(self) -> None:
        """To the row that this one belongs to."""
        self.post_message(self.Moved("out"))

    def action_into(self) -> None:
        """To the first row that belongs to this one."""
        self.post_message(self.Moved("into"))
