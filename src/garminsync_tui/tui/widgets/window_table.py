"""A table of any length: only the rows in sight are drawn, and rows are read in windows when they come into sight."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from ... import text
from .glyphs import BRAILLE, glyphs_of

WINDOW = 200
_KEPT = 8  # windows
_GAP = 2
_SIGNS = 2  # cursor and mark
_WIDEST_REST = 60
_AHEAD = 40  # rows beyond those in sight that are read before they come into sight
_UNREAD = "·"
_MEASURED = 40  # rows, also where the table has no size yet
_STYLES = ("header", "cursor", "mark")


class Column(NamedTuple):
    """What stands above it, what it is ordered by ("" for nothing), and how wide it is at least."""

    title: str
    order: str
    width: int
    is_number: bool = False
    #: Takes the room that the others leave; one column does.
    takes_rest: bool = False
    #: Only there where so much room is left over.
    spare: int = 0


class WindowTable(ScrollView, can_focus=True, inherit_bindings=False):
    """Rows are asked for with `Needed` and given with `fill`; `cells` are the plain, clean words of one in sight."""

    DEFAULT_CSS = """
    WindowTable { height: 1fr; overflow-x: hidden; scrollbar-size-vertical: 1; background: transparent; }
    WindowTable > .window-table--header { color: $text-muted; text-style: bold; }
    WindowTable > .window-table--cursor { background: $surface-lighten-1; }
    WindowTable:focus > .window-table--cursor { background: $primary 40%; text-style: bold; }
    WindowTable > .window-table--mark { color: $text-accent; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"window-table--header", "window-table--cursor", "window-table--mark"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home,g", "first", "First", show=False),
        Binding("end,G", "last", "Last", show=False),
        Binding("enter", "select", "Open", show=False),
    ]

    class Needed(Message):
        """The rows of a window have come into sight, or nearly, and are not there."""

        def __init__(self, window: int) -> None:
            super().__init__()
            self.window = window

    class Moved(Message):
        """Another row is under the cursor."""

    class Selected(Message):
        """The row under the cursor was chosen."""

    class Ordered(Message):
        """The title of a column was clicked."""

        def __init__(self, order: str) -> None:
            super().__init__()
            self.order = order

    def __init__(
        self,
        columns: Sequence[Column],
        cells: Callable[[Any], Sequence[str]],
        *,
        id: str,  # noqa: A002 - Textual's own name
    ) -> None:
        super().__init__(id=id)
        self._columns = columns
        self._cells = cells
        self._widths = [column.width for column in columns]
        self._windows: OrderedDict[int, Sequence[Any]] = OrderedDict()
        self._asked: set[int] = set()
        #: Whether a row has a mark.
        self.is_marked: Callable[[int], bool] = lambda _: False
        self._styles: dict[str, Style] = {}
        self._glyphs = BRAILLE
        self._places: list[tuple[int, int]] = []
        self.count = 0
        self.cursor = 0

    # ── What it holds ────────────────────────────────────────────────────────────────────────────────

    def lay_out(self, columns: Sequence[Column]) -> None:
        """Have these columns."""
        self._columns = columns
        self.forget_widths()

    def restart(self, count: int, cursor: int) -> None:
        """There are so many rows now, none of them known; the cursor is on one of them."""
        self.count = count
        self._windows.clear()
        self._asked.clear()
        self._fit()
        self.cursor = max(min(cursor, count - 1), 0)
        self._into_sight()
        self.refresh()
        self.post_message(self.Moved())

    def windows(self, cursor: int) -> set[int]:
        """The windows that are in sight with the cursor on a row, as things are scrolled."""
        top = min(max(self.scroll_offset.y, cursor - self._rows_in_sight + 1), cursor)
        return {row // WINDOW for row in (top, cursor, top + self._rows_in_sight)}

    def fill(self, window: int, rows: Sequence[Any]) -> None:
        """Give what the rows of a window tell of."""
        self._asked.discard(window)
        self._windows[window] = rows
        while len(self._windows) > _KEPT:
            self._windows.popitem(last=False)
        top = self.scroll_offset.y - window * WINDOW
        for row in rows[max(top, 0) : max(top + max(self._rows_in_sight, _MEASURED), 0)]:
            self._words(row)  # as wide as they need from the first painting on
        self.refresh()

    def row(self, index: int) -> Any:
        """What a row tells of; None where it was not read."""
        window, place = divmod(index, WINDOW)
        rows = self._windows.get(window)
        return rows[place] if rows is not None and place < len(rows) else None

    def forget_widths(self) -> None:
        """Rows come in other words from now on."""
        self._widths = [column.width for column in self._columns]

    # ── Drawing ──────────────────────────────────────────────────────────────────────────────────────

    def on_resize(self) -> None:
        """Other columns may fit."""
        self._fit()
        self._into_sight()

    def _fit(self) -> None:
        self.virtual_size = Size(self.scrollable_content_region.width, self.count + 1)

    def _fitting(self) -> list[tuple[int, int]]:
        """Index and width of the columns that fit."""
        rest = self.scrollable_content_region.width - _SIGNS + _GAP
        fitting = []
        for index in range(len(self._columns)):
            rest -= self._widths[index] + _GAP
            if rest < self._columns[index].spare:
                rest += self._widths[index] + _GAP
                break
            fitting.append(index)
        grown = {
            index: min(rest, _WIDEST_REST - self._widths[index]) for index in fitting if self._columns[index].takes_rest
        }
        return [(index, self._widths[index] + grown.get(index, 0)) for index in fitting]

    def render_lines(self, crop: Region) -> list[Strip]:
        """What all lines share is looked up once."""
        base = self.rich_style
        parts = {name: self.get_component_rich_style(f"window-table--{name}", partial=True) for name in _STYLES}
        self._styles = {"": base} | {name: base + part for name, part in parts.items()}
        self._styles["mark-cursor"] = self._styles["cursor"] + parts["mark"]
        self._places = self._fitting()
        self._glyphs = glyphs_of(self.app)
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """The titles, or a row."""
        width = self.scrollable_content_region.width
        if y == 0:
            style = self._styles["header"]
            cells = {index: self._columns[index].title for index, _ in self._places}
            return Strip([Segment(" " * _SIGNS + self._line(cells), style)]).adjust_cell_length(width, style)
        index = self.scroll_offset.y + y - 1
        if index >= self.count:
            return Strip.blank(width, self._styles[""])
        self._ask(index)
        here = index == self.cursor
        style = self._styles["cursor" if here else ""]
        row = self.row(index)
        segments = [Segment(self._glyphs.words("❯") if here else " ", style)]
        if self.is_marked(index):
            segments.append(Segment(self._glyphs.words("●"), self._styles["mark-cursor" if here else "mark"]))
        else:
            segments.append(Segment(" ", style))
        known = dict(enumerate(self._words(row))) if row is not None else {0: _UNREAD}
        segments.append(Segment(self._line(known), style))
        return Strip(segments).adjust_cell_length(width, style)

    def _words(self, row: Any) -> Sequence[str]:
        """The cells of a row; columns become as wide as they need, and stay so."""
        cells = self._cells(row)
        for index, cell in enumerate(cells):
            if not self._columns[index].takes_rest and (needed := text.width(cell)) > self._widths[index]:
                self._widths[index] = needed
                self.call_next(self.refresh)  # what was painted before is to be as wide
        return cells

    def _line(self, cells: dict[int, str]) -> str:
        parts = []
        for index, width in self._places:
            cell = text.fit(cells.get(index, ""), width)
            room = " " * (width - text.width(cell))
            parts.append(room + cell if self._columns[index].is_number else cell + room)
        return self._glyphs.words((" " * _GAP).join(parts))

    def _ask(self, index: int) -> None:
        """Let the windows around a row be read that are not there."""
        for near in {max(index - _AHEAD, 0), index, min(index + _AHEAD, self.count - 1)}:
            window = near // WINDOW
            if window in self._windows:
                self._windows.move_to_end(window)
            elif window not in self._asked:
                self._asked.add(window)
                self.post_message(self.Needed(window))

    # ── Moving ───────────────────────────────────────────────────────────────────────────────────────

    @property
    def _rows_in_sight(self) -> int:
        return max(self.scrollable_content_region.height - 1, 1)

    def move_to(self, index: int) -> None:
        """Put the cursor on a row."""
        index = max(min(index, self.count - 1), 0)
        if index == self.cursor:
            return
        before, self.cursor = self.cursor, index
        if not self._into_sight():
            for row in (before, index):
                self.refresh_row(row)
        self.post_message(self.Moved())

    def refresh_row(self, index: int) -> None:
        """Draw one row again."""
        self.refresh(Region(0, index - self.scroll_offset.y + 1, self.size.width, 1))

    def _into_sight(self) -> bool:
        """Scroll to the cursor; whether that was needed."""
        top, height = self.scroll_offset.y, self._rows_in_sight
        wanted = min(max(top, self.cursor - height + 1), self.cursor)
        if wanted == top:
            return False
        self.scroll_to(y=wanted, animate=False, force=True, immediate=True)
        return True

    def action_move(self, by: int) -> None:
        """Up or down."""
        self.move_to(self.cursor + by)

    def action_page(self, by: int) -> None:
        """As many rows as are in sight."""
        self.move_to(self.cursor + by * self._rows_in_sight)

    def action_first(self) -> None:
        """To the first row."""
        self.move_to(0)

    def action_last(self) -> None:
        """To the last row."""
        self.move_to(self.count - 1)

    def action_select(self) -> None:
        """Choose the row under the cursor."""
        if self.count:
            self.post_message(self.Selected())

    def on_click(self, event: events.Click) -> None:
        """A title orders, a row is moved to, and chosen when the cursor was there already."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        if offset.y == 0:
            self._title_clicked(offset.x - _SIGNS)
            return
        index = self.scroll_offset.y + offset.y - 1
        if index >= self.count:
            return
        if index == self.cursor:
            self.action_select()
        else:
            self.move_to(index)

    def _title_clicked(self, x: int) -> None:
        left = 0
        for index, width in self._places:
            if left <= x < left + width + _GAP:
                self.post_message(self.Ordered(self._columns[index].order))
                return
            left += width + _GAP
