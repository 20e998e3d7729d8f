"""The laps of an activity in a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on

from ... import units
from ...sync.activity_parts import lap_columns
from .pane import Pane
from .window_table import WINDOW, Column, WindowTable

if TYPE_CHECKING:
    from ...models import Activity
    from ...sync.examine import Examined

#: Where the words of commands take too much room.
_TITLES = {"lap": "#", "distance": "Dist", "heart rate": "HR", "cadence": "Cad", "lengths": "Len", "SWOLF": "SWOLF"}


class LapsPane(Pane):
    """Its table tells when somebody walks in it."""

    DEFAULT_CSS = "LapsPane { width: 1fr; }"

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's own name
        self.table = WindowTable((), lambda lap: lap, id="laps")
        super().__init__(self.table, title="Laps", id=id)
        self._laps: Sequence[Sequence[str]] = ()

    def show(self, seen: Examined, activity: Activity, system: units.Units, selected: int) -> bool:
        """Show what each lap has; whether there are laps."""
        columns = lap_columns(seen, activity.activity_type, system)
        if "max" in columns:  # what may be missed where there is not room for all comes last
            columns["max"] = columns.pop("max")
        self._laps = list(zip(*columns.values(), strict=True))
        titles = [_TITLES.get(name, name.capitalize()) for name in columns]
        self.table.lay_out([Column(name, "", len(name), is_number=True) for name in titles])
        self.table.restart(len(self._laps), selected)
        for window in self.table.windows(selected):
            self._fill(window)
        self.ready("1 lap" if len(self._laps) == 1 else f"{units.number(len(self._laps))} laps")
        return bool(self._laps)

    def forget(self) -> None:
        """Those of another activity are read."""
        self._laps = ()
        self.table.restart(0, 0)
        self.loading_content()

    @property
    def selected(self) -> Sequence[str] | None:
        """The cells of the selected lap."""
        return self._laps[self.table.cursor] if self._laps else None

    def move_to(self, lap: int | None) -> None:
        """Select a lap, where it is there."""
        if lap is not None and self._laps:
            self.table.move_to(lap)

    @on(WindowTable.Needed)
    def _needed(self, event: WindowTable.Needed) -> None:
        event.stop()
        self._fill(event.window)

    def _fill(self, window: int) -> None:
        self.table.fill(window, self._laps[window * WINDOW : (window + 1) * WINDOW])
