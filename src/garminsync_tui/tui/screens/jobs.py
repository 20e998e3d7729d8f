"""The queue: each job on a line that moves while it runs, and the log of the selected one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from rich.text import Text
from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import ListItem, ListView, RichLog

from ... import text
from .. import keys
from ..situation import at
from ..widgets.job_progress import JobProgress, duration
from ..widgets.pane import Pane
from .place import NO_ACCOUNT, Place

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from ...errors import GarminSyncError
    from ...models import JobEvent, SyncJob
    from ..engine import Engine
    from ..situation import Situation

_LOG_LINES = 500
_ONE_LINE = 100  # columns in which a job that runs has room for all it says
_COLOURS = {"warning": "yellow", "error": "red", "debug": "dim"}


class JobItem(ListItem):
    """One job in the list."""

    def __init__(self, job_id: UUID) -> None:
        self.job_id = job_id
        self.progress = JobProgress()
        super().__init__(self.progress)


class JobList(ListView):
    """The jobs, moved through like every list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", "Down", show=False),
        Binding("k", "cursor_up", "Up", show=False),
        Binding("g", "first", "First", show=False),
        Binding("G", "last", "Last", show=False),
    ]

    def action_first(self) -> None:
        """The first job."""
        self.index = 0

    def action_last(self) -> None:
        """The last job."""
        self.index = len(self) - 1


class JobsScreen(Place):
    """Cancel, retry and pause work on the selected job."""

    place = "jobs"
    BINDINGS: ClassVar = keys.bindings("jobs")

    def __init__(self) -> None:
        super().__init__()
        self._jobs: dict[UUID, SyncJob] = {}
        self._logged: UUID | None = None
        self._newest_line: UUID | None = None

    def content(self) -> ComposeResult:
        """List above, log below."""
        yield Pane(JobList(id="jobs"), title="Jobs", id="jobs-pane")
        log = RichLog(id="log", max_lines=_LOG_LINES, markup=False, highlight=False, wrap=False)
        yield Pane(log, title="Log", id="log-pane")

    def on_mount(self) -> None:
        """Follow progress, which is newer than the rows."""
        super().on_mount()
        self.watch(self.app, "live", self._show_progress, init=False)

    async def read(self, engine: Engine) -> None:
        """Take the jobs from the app's last look, and read the selected one's log."""
        situation = self.garminsync.situation
        assert situation is not None
        self._jobs = {job.id: job for job in situation.jobs}
        pane = self.query_one("#jobs-pane", Pane)
        if not self._jobs:
            pane.empty("No jobs yet. Press s to sync now." if situation.account else NO_ACCOUNT)
            self.query_one("#log-pane", Pane).empty("The log of the selected job appears here.")
            return
        await self._show_jobs()
        held = f"   ! {_held(situation)}" if situation.wait else ""
        pane.ready(f"runner: {situation.runner_words()}{held}")
        await self._show_log(engine)

    def show_problem(self, problem: GarminSyncError) -> None:
        """The list says it."""
        self.query_one("#jobs-pane", Pane).failed(problem)
        self.query_one("#log-pane", Pane).empty("")

    # ── Showing ──────────────────────────────────────────────────────────────────────────────────────

    @property
    def selected_job(self) -> SyncJob | None:
        """The job under the cursor."""
        item = self.query_one("#jobs", JobList).highlighted_child
        return self._jobs.get(item.job_id) if isinstance(item, JobItem) else None

    async def _show_jobs(self) -> None:
        listed = self.query_one("#jobs", JobList)
        names, selected = list(self._jobs), self.selected_job
        lines = list(listed.query(JobItem))
        # Lines stay and jobs move between them: nothing is taken down while somebody reads it.
        if len(lines) < len(names):
            await listed.extend(JobItem(job_id) for job_id in names[len(lines) :])
        for line in lines[len(names) :]:
            await line.remove()
        for line, job_id in zip(lines, names, strict=False):
            line.job_id = job_id
        wanted = names.index(selected.id) if selected and selected.id in names else 0
        if listed.index != wanted:
            listed.index = wanted
        self.focus_first(listed)
        self._show_progress()

    def _show_progress(self) -> None:
        situation = self.garminsync.situation
        if situation is None:
            return
        for item in self.query(JobItem):
            if job := self._jobs.get(item.job_id):
                item.progress.show(job, self.garminsync.live.get(job.id), situation.moment)
                item.set_class(job.status == "in_progress" and self.app.size.width < _ONE_LINE, "-long")

    async def _show_log(self, engine: Engine) -> None:
        job = self.selected_job
        if job is None:
            return
        log = self.query_one("#log", RichLog)
        if job.id != self._logged:
            log.clear()
            self._logged, self._newest_line = job.id, None
        lines = await engine.log(job.id, self._newest_line)
        if self._logged != job.id:
            return  # another one was selected meanwhile
        for line in lines:
            log.write(_line(line))
            self._newest_line = line.id
        pane = self.query_one("#log-pane", Pane)
        words = self.garminsync.job_words(job)
        pane.border_title = Content(f"Log   {words}")
        situation = self.garminsync.situation
        assert situation is not None
        if self._newest_line is None:
            pane.empty("Nothing was logged yet.")
        else:
            pane.ready(duration(job, situation.moment))

    @on(ListView.Highlighted, "#jobs")
    def _selected(self) -> None:
        self.read_again()

    # ── Acting ───────────────────────────────────────────────────────────────────────────────────────

    def action_jobs_cancel(self) -> None:
        """A waiting job ends at once, a running one at its next step."""
        self._act(lambda engine, job: engine.cancel(job))

    def action_jobs_retry(self) -> None:
        """Go on from where it stopped, now."""
        self._act(lambda engine, job: engine.retry(job))

    def action_jobs_pause(self) -> None:
        """Pause, or resume what is paused."""
        self._act(lambda engine, job: engine.pause(job))

    def _act(self, what: Callable[[Engine, SyncJob], Awaitable[None]]) -> None:
        job = self.selected_job
        engine = self.garminsync.engine
        if job is not None and engine is not None:
            self.garminsync.do(lambda: what(engine, job))


def _held(situation: Situation) -> str:
    from ...jobs.words import held_off

    wait = situation.wait
    return f"{held_off(blocked=wait.blocked)}; next try {at(wait.until, situation.moment)}" if wait else ""


def _line(event: JobEvent) -> Text:
    level = "" if event.level == "info" else event.level
    return Text.assemble(
        (f"{event.at.astimezone():%H:%M:%S}  ", "dim"),
        (f"{level:<8}", _COLOURS.get(event.level, "")),
        text.clean(event.text, 300),
    )
