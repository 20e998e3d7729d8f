"""One job on one line: what it is, how it stands, how far it is."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from ... import text, units
from ..situation import at, how_far, note
from .glyphs import glyphs_of
from .sparkline import bar

if TYPE_CHECKING:
    from ...jobs.run import Progress
    from ...models import SyncJob

_TITLE = 14
_STATE = 14
_LONGEST_BAR, _SHORTEST_BAR = 24, 8
_NOTE = 52  # what a bar leaves for the note before it grows
_COLOURS = {"✓": "$text-success", "!": "$text-warning", "✗": "$text-error", "◌": "$text-accent"}


class JobProgress(Widget):
    """A job, kept up to date through its attributes: only what changed is drawn again."""

    DEFAULT_CSS = "JobProgress { height: 1; width: 1fr; }"

    title: reactive[str] = reactive("")
    word: reactive[str] = reactive("")
    sign: reactive[str] = reactive("·")
    #: From 0 to 1; never goes backwards while a job runs.
    share: reactive[float] = reactive(0.0)
    count: reactive[str] = reactive("")
    note: reactive[str] = reactive("")

    def show(self, job: SyncJob, progress: Progress | None, moment: datetime) -> None:
        """Take over how `job` stands; `progress` is newer than its row where it runs in this process."""
        from ...jobs import words

        state = words.state(job, moment)
        running = job.status == "in_progress"
        self.title = words.title(job)
        self.sign, self.word = state.sign, state.word
        self.share = max(job.progress or 0.0, progress.share if progress and running else 0.0)
        self.count = how_far(job, progress) if running or 0 < self.share < 1 else ""
        self.note = text.clean(self._note(job, progress if running else None, moment), 120)

    def _note(self, job: SyncJob, progress: Progress | None, moment: datetime) -> str:
        if job.status == "in_progress":
            return note(job, progress)
        if job.status == "pending" and not job.paused_at and job.run_at > moment:
            reason = f"{job.error_message} " if job.error_message else ""
            return f"{reason}Goes on at {at(job.run_at, moment)}."
        if job.error_message:
            return job.error_message
        if job.status == "completed" and job.completed_at:
            said = str((job.extra or {}).get("note") or "")
            return " · ".join(part for part in (at(job.completed_at, moment), said) if part)
        return ""

    def render(self) -> Content:
        """Title, state, bar, count and note, as far as the line goes; on two lines where there are two."""
        width, height = self.size
        colour = _COLOURS.get(self.sign, "$text-muted")
        state = f"{self.sign} {self.word:<{_STATE}}"
        parts: list[tuple[str, str]] = [(f"{self.title:<{_TITLE}}", "bold"), (state, colour)]
        left = width - _TITLE - _STATE - 2
        if height > 1:
            parts.append(("\n", ""))
            left = width
        if self.count:
            length = self._bar_length(left)
            drawn = f"{bar(self.share, length, glyphs_of(self.app))} " if length else ""
            parts += [(drawn, "$text-accent"), (f"{self.count}  ", "")]
            left -= length + len(self.count) + 3
        if self.note and left > 3:
            parts.append((text.fit(self.note, left), "$text-muted"))
        return Content.assemble(*parts)

    def _bar_length(self, left: int) -> int:
        room = left - len(self.count) - 3
        length = min(_LONGEST_BAR, room - min(len(self.note), _NOTE))
        if length >= _SHORTEST_BAR:
            return length
        # On a line of its own a note that just fits is worth more than a bar beside its percentage.
        return 0 if self.size.height > 1 and len(self.note) <= room else min(_SHORTEST_BAR, left)


def duration(job: SyncJob, moment: datetime) -> str:
    """How long a job ran, or runs."""
    if job.started_at is None:
        return units.MISSING
    return units.duration(((job.completed_at or moment) - job.started_at).total_seconds())
