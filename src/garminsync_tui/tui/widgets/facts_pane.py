"""Zones, best efforts and numbers of an activity, as wide as there is room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import VerticalScroll
from textual.widgets import Static

from ... import units
from .. import activity_facts
from .glyphs import glyphs_of
from .pane import Pane

if TYPE_CHECKING:
    from ...models import Activity
    from ..activity_shelf import Examined

_BESIDE = 5  # borders, padding, scrollbar


class FactsPane(Pane):
    """Its bars grow with it."""

    DEFAULT_CSS = """
    FactsPane { width: 1fr; }
    FactsPane VerticalScroll { height: 1fr; scrollbar-size-vertical: 1; }
    FactsPane Static { height: auto; padding: 0 1; }
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's own name
        self._words = Static("", id="activity-facts", markup=False)
        self.scroll = VerticalScroll(self._words, id="facts-scroll")
        super().__init__(self.scroll, title="Zones and numbers", id=id)
        self._of: tuple[Examined, Activity, units.Units] | None = None

    def show(self, examined: Examined, activity: Activity, system: units.Units) -> bool:
        """Show what a file tells; whether it tells anything."""
        self._of = examined, activity, system
        self.ready()
        return self._draw()

    def forget(self) -> None:
        """Those of another activity are computed."""
        self._of = None
        self.loading_content()

    def on_resize(self) -> None:
        """Bars are as long as there is room."""
        self._draw()

    def _draw(self) -> bool:
        if self._of is None:
            return False
        width = (self.size.width or self.app.size.width) - _BESIDE
        words = activity_facts.facts(*self._of, glyphs_of(self.app), width)
        self._words.update(words)
        return bool(words.plain)
