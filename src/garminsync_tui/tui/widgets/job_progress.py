"""One job on one line, or two where it has something to say: what it is, how it stands, how far it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from ... import text
from .glyphs import Glyphs, glyphs_of
from .sparkline import bar

if TYPE_CHECKING:
    from ...jobs.run import Progress
    from ..job_words import JobLine

_TITLE, _STATE, _TOOK = 14, 13, 10
_LAST, _NEXT, _EVERY = 12, 10, 7
#: Widths from which a line has room for when it ran and runs again, and for how long it took and how often it runs.
_WITH_TIMES, _WITH_ALL = 70, 90
#: Below this it stands in a box beside something else.
_COMPACT = 48
_LONGEST_BAR, _SHORTEST_BAR = 24, 8
_COLOURS = {"✓": "$text-success", "!": "$text-warning", "✗": "$text-error", "◌": "$text-accent"}


class Columns(NamedTuple):
    """How wide each part of a line is; 0 for those without room."""

    took: int
    middle: int
    last: int
    next: int
    every: int


def columns(width: int) -> Columns:
    """The parts of a line of so many columns."""
    with_all, with_times = width >= _WITH_ALL, width >= _WITH_TIMES
    took, every = (_TOOK, _EVERY) if with_all else (0, 0)
    last, following = (_LAST, _NEXT) if with_times else (0, 0)
    return Columns(took, max(width - _TITLE - _STATE - took - last - following - every, 0), last, following, every)


def titles(width: int) -> str:
    """What stands above the lines."""
    parts = columns(width)
    return "".join(
        f"{words:<{room}}" if room else ""
        for words, room in (
            ("Job", _TITLE),
            ("State", _STATE),
            ("", parts.took),
            ("Progress", parts.middle),
            ("Last", parts.last),
            ("Next", parts.next),
            ("Every", parts.every),
        )
    )


class JobProgress(Widget):
    """A job, kept up to date through its attributes: only what changed is drawn again."""

    DEFAULT_CSS = "JobProgress { height: 1; width: 1fr; } JobProgress.-long { height: 2; }"

    #: Stands before the line: whether the cursor is on it.
    mark: reactive[str] = reactive("")
    title: reactive[str] = reactive("")
    word: reactive[str] = reactive("")
    sign: reactive[str] = reactive("·")
    took: reactive[str] = reactive("")
    #: From 0 to 1; never goes backwards while a job runs.
    share: reactive[float] = reactive(0.0)
    count: reactive[str] = reactive("")
    #: What it says in few words, and what needs a line of its own.
    short: reactive[str] = reactive("")
    note: reactive[str] = reactive("")
    last: reactive[str] = reactive("")
    next: reactive[str] = reactive("")
    every: reactive[str] = reactive("")

    def show(self, line: JobLine, progress: Progress | None, moment: datetime) -> None:
        """Take over how a job stands; `progress` is newer than its row where it runs in this process."""
        from ...jobs import words
        from .. import job_words

        job = line.job
        self.title = line.title
        self.last = job_words.last_words(line.last, moment)
        self.next = job_words.next_words(line.schedule if line.starts else None, moment)
        self.every = job_words.every_words(line.schedule)
        if job is None:
            self.sign, self.word, self.took, self.count, self.short, self.note = "·", "never ran", "", "", "", ""
            return
        running = job.status == "in_progress"
        self.word, self.sign = words.state(job, moment)
        self.took = job_words.took(job, moment) if running or job.completed_at else ""
        self.share = max(job.progress or 0.0, progress.share if progress and running else 0.0)
        self.count = job_words.count(job, progress if running else None, moment)
        self.short, self.note = job_words.remark(job, progress if running else None, moment)
        self.set_class(bool(self.note) or (running and self.size.width < _COMPACT), "-long")

    def render(self) -> Content:
        """All of it, as far as the line goes."""
        glyphs = glyphs_of(self.app)
        width = self.size.width
        parts = self._compact(width, glyphs) if width < _COMPACT else self._line(width, glyphs)
        return Content.assemble(*((glyphs.words(words), style) for words, style in parts))

    def _line(self, width: int, glyphs: Glyphs) -> Iterator[tuple[str, str]]:
        parts = columns(width - len(self.mark))
        yield self.mark, "bold $text-accent"
        yield f"{text.fit(self.title, _TITLE - 1):<{_TITLE}}", "bold"
        yield f"{self.sign} {self.word:<{_STATE - 2}}", self._colour
        if parts.took:
            yield f"{text.fit(self.took, parts.took - 2):>{parts.took - 2}}  ", ""
        room = parts.middle
        if self.count:
            length = min(_LONGEST_BAR, room - len(self.count) - 2)
            drawn = f"{bar(self.share, length, glyphs)} " if length >= _SHORTEST_BAR else ""
            yield drawn, "$text-accent"
            room -= len(drawn)
        yield f"{text.fit(self.count or self.short, room - 1):<{room}}", ""
        for words, column in ((self.last, parts.last), (self.next, parts.next), (self.every, parts.every)):
            if column:
                yield f"{text.fit(words, column - 1):<{column}}", "$text-muted"
        if self.note:
            yield f"\n    {text.fit(self.note, width - 4)}", "$text-muted"

    def _compact(self, width: int, glyphs: Glyphs) -> Iterator[tuple[str, str]]:
        """In a box: sign and title with when it ran, below them how far it is or what it waits for."""
        word = self.last[:-2] if self.sign == "✓" and self.last.endswith("✓") else self.word
        yield f"{self.sign} {self.title:<{_TITLE}}", self._colour
        yield text.fit(word, width - _TITLE - 2), ""
        if self.count:
            length = max(min(_LONGEST_BAR, width - len(self.count) - 3), 0)
            yield f"\n  {bar(self.share, length, glyphs)} ", "$text-accent"
            yield self.count, ""
        elif self.note:
            yield f"\n  {text.fit(self.short or self.note, width - 2)}", "$text-muted"

    @property
    def _colour(self) -> str:
        return _COLOURS.get(self.sign, "$text-muted")
