"""The selected activity beside a list, where the terminal is wide: its numbers at once, its way when one stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from ..activity_words import facts, title
from .pane import Pane
from .track_map import TrackMap

if TYPE_CHECKING:
    from textual.timer import Timer

    from ... import units
    from ...models import Activity
    from ..activity_shelf import ActivityShelf

_RESTS_AFTER_S = 0.25
_WIDE = 140


class SelectedPane(Pane):
    """Reads a file only when the cursor rests on it."""

    DEFAULT_CSS = """
    SelectedPane { display: none; width: 1fr; }
    SelectedPane #selected-facts { height: auto; max-height: 14; padding: 0 1; }
    SelectedPane #selected-map { margin: 1 1 0 1; }
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's own name
        self._facts = Static("", id="selected-facts", markup=False)
        self._map = TrackMap(id="selected-map")
        super().__init__(self._facts, self._map, title="Selected", id=id)
        self._shown: Activity | None = None
        self._resting: Timer | None = None

    def show(self, activity: Activity | None, system: units.Units, shelf: ActivityShelf) -> None:
        """Show an activity, where there is one and room for it."""
        self.display = activity is not None and self.app.size.width >= _WIDE
        if activity is None or not self.display:
            return
        is_same = self._shown is not None and (self._shown.id, self._shown.sha256) == (activity.id, activity.sha256)
        # All words inside: a title that changes would paint the whole pane at each step.
        lines = [f"{label:<12}{words}" for label, words in facts(activity, system)]
        self._facts.update(Content("\n").join([Content.styled(title(activity), "bold"), *map(Content, lines)]))
        self.ready()
        self._shown = activity
        if is_same:
            return
        self._map.draw(())
        if self._resting is not None:
            self._resting.stop()
        self._resting = self.set_timer(_RESTS_AFTER_S, lambda: self._read(activity, shelf))

    def _read(self, activity: Activity, shelf: ActivityShelf) -> None:
        async def read() -> None:
            recording = await shelf.recording(activity)
            if activity is self._shown and recording.drawn is not None:
                self._map.draw(recording.drawn.outline)

        self.run_worker(read(), group="selected", exclusive=True, exit_on_error=False)
