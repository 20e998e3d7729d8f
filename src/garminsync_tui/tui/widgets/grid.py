"""A calendar: names down, dates across, a sign in each cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from math import ceil
from typing import Any, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.coordinate import Coordinate
from textual.widgets import DataTable


class Grid(DataTable[Text]):
    """Cells that change in place under a cursor that stays; the names stand still while the dates scroll."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("h", "cursor_left", "Left", show=False),
        Binding("j", "cursor_down", "Down", show=False),
        Binding("k", "cursor_up", "Up", show=False),
        Binding("l", "cursor_right", "Right", show=False),
    ]

    def __init__(self, column_width: int, **options: Any) -> None:
        super().__init__(cursor_type="cell", cell_padding=0, fixed_columns=1, **options)
        self._column_width = column_width
        self._names: dict[str, str] = {}
        self._dates: dict[date, str] = {}
        self._shown: dict[tuple[str, date], Text] = {}

    def show(self, names: Mapping[str, str], dates: Mapping[date, str], cell: Callable[[str, date], Text]) -> None:
        """Make it show `cell` of each name and date, both with their titles; what is selected stays so where it can."""
        cells = {(name, day): cell(name, day) for name in names for day in dates}
        if (list(names.items()), list(dates.items())) == (list(self._names.items()), list(self._dates.items())):
            for (name, day), sign in cells.items():
                if sign != self._shown[name, day]:
                    self.update_cell(name, str(day), sign)
        else:
            self._lay_out(names, dates, cells)
        self._shown = cells

    def _lay_out(
        self, names: Mapping[str, str], dates: Mapping[date, str], cells: Mapping[tuple[str, date], Text]
    ) -> None:
        selected = self.selected
        self._names, self._dates = dict(names), dict(dates)
        self.clear(columns=True)
        self.add_column("", key="name")
        for day, title in dates.items():
            self.add_column(title, key=str(day), width=self._column_width)
        for name, title in names.items():
            self.add_row(Text(title), *(cells[name, day] for day in dates), key=name)
        self.select(*(selected or (next(iter(names)), next(iter(dates)))))

    def on_resize(self) -> None:
        """The selected cell stays in sight."""
        self.call_after_refresh(self._scroll_cursor_into_view)

    def validate_scroll_x(self, value: float) -> float:
        """Whole columns: half of an 11 is a 1."""
        return ceil(super().validate_scroll_x(value) / self._column_width) * self._column_width

    def validate_scroll_target_x(self, value: float) -> float:
        """The same where it is going to."""
        return self.validate_scroll_x(value)

    @property
    def selected(self) -> tuple[str, date] | None:
        """The name and date under the cursor."""
        row, column = self.cursor_coordinate
        if not (row < len(self._names) and 1 <= column <= len(self._dates)):
            return None
        return list(self._names)[row], list(self._dates)[column - 1]

    def select(self, name: str, day: date) -> None:
        """Put the cursor there; what is not there any more leaves it at the first."""
        names, days = list(self._names), list(self._dates)
        row = names.index(name) if name in names else 0
        column = days.index(day) if day in days else 0
        self.move_cursor(row=row, column=column + 1, animate=False)

    def validate_cursor_coordinate(self, value: Coordinate) -> Coordinate:
        """Names are titles: the cursor stays off them."""
        clamped = super().validate_cursor_coordinate(value)
        return Coordinate(clamped.row, max(clamped.column, 1)) if len(self.columns) > 1 else clamped
