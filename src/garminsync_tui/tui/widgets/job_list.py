"""Jobs as a list, a line each, moved through like every list."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from textual.binding import Binding, BindingType
from textual.widgets import ListItem, ListView

from .job_progress import JobProgress


class JobItem(ListItem):
    """One line in the list."""

    def __init__(self) -> None:
        self.key = ""
        self.job_id: UUID | None = None
        self.progress = JobProgress()
        super().__init__(self.progress)

    def watch_highlighted(self, highlighted: bool) -> None:
        """Where the cursor is shows without colour too."""
        super().watch_highlighted(highlighted)
        self.progress.mark = "❯ " if highlighted else "  "


class JobList(ListView):
    """The lines, moved through like every list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", "Down", show=False),
        Binding("k", "cursor_up", "Up", show=False),
        Binding("g", "first", "First", show=False),
        Binding("G", "last", "Last", show=False),
    ]

    def action_first(self) -> None:
        """The first line."""
        self.index = 0

    def action_last(self) -> None:
        """The last line."""
        self.index = len(self) - 1
