"""A table whose rows have names: what changed is updated in place, and the cursor stays where it is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, ClassVar

from rich.segment import Segment
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.strip import Strip
from textual.widgets import DataTable

Row = tuple[str, Sequence[str]]


class Table(DataTable[Text]):
    """Rows of plain text: nothing in a cell is ever read as markup."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", "Down", show=False),
        Binding("k", "cursor_up", "Up", show=False),
        Binding("g", "scroll_top", "First", show=False),
        Binding("G", "scroll_bottom", "Last", show=False),
    ]

    def __init__(self, **options: Any) -> None:
        super().__init__(cursor_type="row", zebra_stripes=False, **options)
        self._numbers: Collection[int] = ()
        self._rows: list[Row] = []
        self._before: str | None = None  # what was selected when the columns went

    def lay_out(self, titles: Sequence[str], keys: Sequence[str] = (), numbers: Collection[int] = ()) -> None:
        """Have these columns, those in `numbers` with their text on the right; with others all rows are forgotten."""
        if [str(column.label) for column in self.columns.values()] == list(titles):
            return
        self.forget()
        self._numbers = numbers
        for title, key in zip(titles, keys or titles, strict=True):
            self.add_column(title, key=key)

    def forget(self) -> None:
        """Have no columns any more: the next ones are as wide as what will be in them."""
        self._before = self.selected or self._before
        self.clear(columns=True)
        self._rows = []

    def show(self, rows: Sequence[Row]) -> None:
        """Make the table show `rows`; the selected row stays selected where it is still there."""
        names, before = [name for name, _ in rows], [name for name, _ in self._rows]
        if before and names[: len(before)] == before:
            self._update(rows)
        else:
            self._fill(rows)
        self._rows = list(rows)

    def _update(self, rows: Sequence[Row]) -> None:
        columns = list(self.columns)
        for (name, old), (_, new) in zip(self._rows, rows, strict=False):
            for position, (was, is_now) in enumerate(zip(old, new, strict=True)):
                if was != is_now:
                    self.update_cell(name, columns[position], self._cell(position, is_now), update_width=True)
        for name, cells in rows[len(self._rows) :]:
            self.add_row(*self._cells(cells), key=name)

    def _fill(self, rows: Sequence[Row]) -> None:
        selected, self._before = self.selected or self._before, None
        self.clear()
        for name, cells in rows:
            self.add_row(*self._cells(cells), key=name)
        names = [name for name, _ in rows]
        if selected in names:
            self.move_cursor(row=names.index(selected), animate=False)

    @property
    def selected(self) -> str | None:
        """The name of the row under the cursor."""
        return self._rows[self.cursor_row][0] if 0 <= self.cursor_row < len(self._rows) else None

    @property
    def selected_cells(self) -> Sequence[str]:
        """What stands in the row under the cursor; nothing where there is none."""
        return self._rows[self.cursor_row][1] if self.selected else ()

    def render_line(self, y: int) -> Strip:
        """The cursor is a sign too: a colour may not be there."""
        strip = super().render_line(y)
        titles = self.header_height if self.show_header else 0
        at_cursor = y >= titles and y - titles + self.scroll_offset.y == self.cursor_row < self.row_count
        if not at_cursor or not strip.cell_length:
            return strip
        style = next(iter(strip.crop(0, 1))).style
        return Strip.join([Strip([Segment("❯", style)]), strip.crop(1)])

    def _cells(self, cells: Sequence[str]) -> list[Text]:
        return [self._cell(position, words) for position, words in enumerate(cells)]

    def _cell(self, position: int, words: str) -> Text:
        return Text(words, justify="right" if position in self._numbers else "left", no_wrap=True)
