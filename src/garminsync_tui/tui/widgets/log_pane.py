"""The log of one job: followed, searched, narrowed to what is worth a look."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from textual import events, on
from textual.content import Content
from textual.widgets import Input

from ... import text
from .field import Field
from .log_view import LEVELS, LogView
from .pane import Pane

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...models import JobEvent

NOTHING = "The log of the selected job appears here."


class LogPane(Pane):
    """Shows the lines of whichever job it is given."""

    DEFAULT_CSS = """
    LogPane > #find { display: none; height: 1; border: none; padding: 0 1; background: $boost; }
    LogPane.-finding > #find { display: block; }
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's own name
        self.view = LogView(id="log")
        self.find = Field(id="find", placeholder="find in this log; esc ends it")
        super().__init__(self.view, self.find, title="Log", id=id)
        self.job_id: UUID | None = None
        self._newest: UUID | None = None

    @property
    def newest(self) -> UUID | None:
        """The last line that is here: what comes after it is asked for."""
        return self._newest

    def turn_to(self, job_id: UUID, words: str) -> None:
        """Show this job from now on."""
        if job_id != self.job_id:
            self.job_id, self._newest = job_id, None
            self.view.follows = True
            self.view.fill([])
        self.border_title = Content(f"Log   {text.clean(words, 60)}")

    def add(self, lines: Sequence[JobEvent]) -> None:
        """Lines that came since."""
        if lines:
            self._newest = lines[-1].id
            self.view.add(lines)
        self.say()

    def say(self) -> None:
        """How much of it is shown, and whether its end stays in sight."""
        view = self.view
        if self._newest is None:
            self.empty("Nothing was logged yet.")
            return
        shown, total = len(view.shown), view.total
        parts = ["follows the end" if view.follows else "stands still: f follows the end"]
        parts.append(f"{shown} of {total} lines" if shown < total else f"{total} line{'s' * (total != 1)}")
        if view.level != next(iter(LEVELS)):
            parts.append(view.level)
        self.ready()
        self.border_subtitle = Content(" · ".join(parts))

    # ── What keys do ─────────────────────────────────────────────────────────────────────────────────

    def toggle_following(self) -> None:
        """Keep the end in sight, or stay where it is."""
        self.view.follows = not self.view.follows
        if self.view.follows:
            self.view.scroll_end(animate=False)
        self.say()

    def next_level(self) -> None:
        """Everything, what is worth a look, errors alone, and again."""
        levels = list(LEVELS)
        self.view.level = levels[(levels.index(self.view.level) + 1) % len(levels)]
        self.view.filter()
        self.say()

    def begin_finding(self) -> None:
        """Write what to look for."""
        self.add_class("-finding")
        self.find.focus()

    def end_finding(self) -> bool:
        """Forget what was looked for; whether something was."""
        if not self.has_class("-finding"):
            return False
        self.find.value = ""
        self.remove_class("-finding")
        self.view.focus()
        return True

    @on(Input.Changed, "#find")
    def _looked_for(self, event: Input.Changed) -> None:
        event.stop()
        self.view.wanted = event.value
        self.view.filter()
        self.say()

    @on(Input.Submitted, "#find")
    def _found(self, event: Input.Submitted) -> None:
        event.stop()
        self.view.focus()

    def on_key(self, event: events.Key) -> None:
        """Whoever scrolls up wants to read there."""
        if event.key in {"up", "k", "pageup", "home", "g"} and self.view.has_focus and self.view.follows:
            self.view.follows = False
            self.say()
