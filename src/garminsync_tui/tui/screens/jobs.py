"""The work: a line for each kind that moves while it runs, the log of the selected job, and what ended before."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.content import Content
from textual.widgets import DataTable, ListView, Static

from ... import text
from ...jobs import words
from .. import job_words, keys
from ..clipboard import Clip
from ..job_words import JobLine
from ..situation import at
from ..widgets.job_list import JobItem, JobList
from ..widgets.job_progress import titles
from ..widgets.log_pane import NOTHING, LogPane
from ..widgets.pane import Pane
from ..widgets.table import Table
from .place import NO_ACCOUNT, Place
from .schedule import ask_for_schedule
from .workout_dialogs import Ask

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from ...errors import GarminSyncError
    from ...models import SyncJob
    from ..engine import Engine
    from ..situation import Situation

_HISTORY = ("when", "job", "state", "took", "result")


class JobsScreen(Place):
    """Keys work on the selected job: the one under the cursor of the list, or of the history while that has it."""

    place = "jobs"
    BINDINGS: ClassVar = keys.bindings("jobs")

    def __init__(self) -> None:
        super().__init__()
        self._lines: dict[str, JobLine] = {}
        self._ended: dict[str, SyncJob] = {}
        self._in_history = False

    def content(self) -> ComposeResult:
        """List above, log below, history last."""
        yield Pane(Static("", id="job-titles", markup=False), JobList(id="jobs"), title="Jobs", id="jobs-pane")
        yield LogPane(id="log-pane")
        yield Pane(Table(id="history", show_header=False), title="History", id="history-pane")

    def on_mount(self) -> None:
        """Follow progress, which is newer than the rows."""
        super().on_mount()
        self.watch(self.app, "live", self._show_progress, init=False)

    async def read(self, engine: Engine) -> None:
        """Take the jobs from the app's last look, and read the selected one's log."""
        situation = self.garminsync.situation
        assert situation is not None
        self._lines = {line.key: line for line in job_words.job_lines(situation)}
        pane = self.query_one("#jobs-pane", Pane)
        if not self._lines:
            pane.empty("No jobs yet. Press {sync.now} to sync now." if situation.account else NO_ACCOUNT)
            self.query_one(LogPane).empty(NOTHING)
            self.query_one("#history-pane", Pane).empty("Nothing ended yet.")
            return
        await self._show_lines()
        pane.ready()
        self._show_history(situation)
        await self._show_log(engine)

    def show_problem(self, problem: GarminSyncError) -> None:
        """The list says it."""
        self.query_one("#jobs-pane", Pane).failed(problem)
        for other in ("#log-pane", "#history-pane"):
            self.query_one(other, Pane).empty("")

    def back(self) -> bool:
        """What is looked for goes first; then out of the log and the history, where one came from."""
        log, history = self.query_one(LogPane), self.query_one("#history", Table)
        if log.end_finding():
            return True
        if not log.view.has_focus and not history.has_focus:
            return False
        (history if log.view.has_focus and self._in_history else self.query_one("#jobs", JobList)).focus()
        return True

    def copy_text(self) -> Clip | None:
        """What is shown of the log."""
        job, view = self.selected_job, self.query_one(LogPane).view
        return Clip(f"The log of {self.garminsync.job_words(job)}", view.plain) if job and view.shown else None

    # ── Showing ──────────────────────────────────────────────────────────────────────────────────────

    @property
    def selected_line(self) -> JobLine | None:
        """The line under the list's cursor."""
        item = self.query_one("#jobs", JobList).highlighted_child
        return self._lines.get(item.key) if isinstance(item, JobItem) else None

    @property
    def selected_job(self) -> SyncJob | None:
        """The job that keys work on."""
        if self._in_history:
            return self._ended.get(self.query_one("#history", Table).selected or "")
        line = self.selected_line
        return line.job if line else None

    async def _show_lines(self) -> None:
        listed = self.query_one("#jobs", JobList)
        names, wanted = list(self._lines), self._wanted()
        items = list(listed.query(JobItem))
        # Items stay and jobs move between them: nothing is taken down while somebody reads it.
        if len(items) < len(names):
            await listed.extend(JobItem() for _ in names[len(items) :])
            items = list(listed.query(JobItem))
        for item in items[len(names) :]:
            await item.remove()
        for item, (name, line) in zip(items, self._lines.items(), strict=False):
            item.key, item.job_id = name, line.job.id if line.job else None
        if listed.index != wanted:
            listed.index = wanted
        self.focus_first(listed)
        self._show_progress()

    def _wanted(self) -> int:
        """The line for the cursor: of the job that somebody asked for, else the one that it is on, wherever that is."""
        app, names = self.garminsync, list(self._lines)
        jobs = [line.job.id if line.job else None for line in self._lines.values()]
        if app.wanted_job and app.wanted_job in jobs:
            wanted, app.wanted_job = app.wanted_job, None
            return jobs.index(wanted)
        item = self.query_one("#jobs", JobList).highlighted_child
        if not isinstance(item, JobItem):
            return 0
        if item.key in names:
            return names.index(item.key)
        # Without a schedule, a line has another name once its job has ended.
        return jobs.index(item.job_id) if item.job_id and item.job_id in jobs else 0

    def counts(self) -> bool:
        """Jobs that run or wait, and Garmin's pauses, are told to the second."""
        situation = self.garminsync.situation
        moment = self.garminsync.now()
        return bool(situation and (situation.wait or job_words.ticks(situation.jobs, moment)))

    def tick(self) -> None:
        """A second is over."""
        self._show_progress()

    def _show_progress(self) -> None:
        situation = self.garminsync.situation
        if situation is None or not self.is_current:
            return
        moment = self.garminsync.now()
        for item in self.query(JobItem):
            if line := self._lines.get(item.key):
                item.progress.show(line, self.garminsync.live.get(line.job.id) if line.job else None, moment)
        pane = self.query_one("#jobs-pane", Pane)
        if pane.state == "ready":
            pane.border_subtitle = Content(job_words.budget_words(situation, moment))

    def on_resize(self, event: events.Resize) -> None:
        """Another width has other columns."""
        width = self.query_one("#jobs-pane", Pane).size.width - 6
        self.query_one("#job-titles", Static).update(Content.styled(f"  {titles(width)}", "$text-muted"))

    def _show_history(self, situation: Situation) -> None:
        self._ended = {job.id.hex: job for job in job_words.history(situation)}
        table, pane = self.query_one("#history", Table), self.query_one("#history-pane", Pane)
        table.lay_out(_HISTORY, numbers=[_HISTORY.index("took")])
        table.show([(name, _ended_row(job, situation)) for name, job in self._ended.items()])
        if self._ended:
            pane.ready("enter reads its log")
        else:
            pane.empty("Nothing ended yet.")

    async def _show_log(self, engine: Engine) -> None:
        job, pane = self.selected_job, self.query_one(LogPane)
        if job is None:
            pane.empty(NOTHING)
            return
        pane.turn_to(job.id, self.garminsync.job_words(job))
        lines = await engine.log(job.id, pane.newest)
        if pane.job_id == job.id:  # else another one was selected meanwhile
            pane.add(lines)

    @on(ListView.Highlighted, "#jobs")
    @on(DataTable.RowHighlighted, "#history")
    def _selected(self) -> None:
        self.read_again()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """The list that had the keyboard last is the one that keys work on."""
        if event.widget.id in {"jobs", "history"} and self._in_history != (event.widget.id == "history"):
            self._in_history = event.widget.id == "history"
            self.read_again()

    # ── Acting ───────────────────────────────────────────────────────────────────────────────────────

    def action_jobs_cancel(self) -> None:
        """A waiting job ends at once, a running one at its next step."""
        self._act(lambda engine, job: engine.cancel(job))

    def action_jobs_retry(self) -> None:
        """Go on from where it stopped, now; Garmin is not asked before it may be."""
        situation = self.garminsync.situation
        if situation is not None and situation.wait:
            why = words.held_off(blocked=situation.wait.blocked)
            then = at(situation.wait.until, situation.moment)
            self.notify(f"{why}: nothing is asked before {then}.", severity="warning", markup=False)
        self._act(lambda engine, job: engine.retry(job))
        if self._in_history and (job := self.selected_job):  # it leaves the history, and the cursor goes with it
            self.garminsync.wanted_job = job.id
            self.query_one("#jobs", JobList).focus()

    def action_jobs_pause(self) -> None:
        """Pause, or resume what is paused."""
        self._act(lambda engine, job: engine.pause(job))

    def _act(self, what: Callable[[Engine, SyncJob], Awaitable[None]]) -> None:
        job = self.selected_job
        engine = self.garminsync.engine
        if job is not None and engine is not None:
            self.garminsync.do(lambda: what(engine, job))

    @property
    def why_not_schedule(self) -> str:
        """Why the selected line has no schedule to change, empty where it has."""
        line = self.selected_line
        return "" if line and line.schedule else "no schedule starts this one: choose activities, health or workouts"

    def action_jobs_schedule(self) -> None:
        """When the syncs run by themselves."""
        line = self.selected_line
        if line is not None and line.schedule is not None:
            ask_for_schedule(self.garminsync, line.schedule)

    def action_jobs_open(self) -> None:
        """Read the log of the selected one."""
        self.query_one(LogPane).view.focus()

    @on(ListView.Selected, "#jobs")
    @on(DataTable.RowSelected, "#history")
    def _opened(self) -> None:
        self.action_jobs_open()

    def action_jobs_follow(self) -> None:
        """Keep the end of the log in sight, or not."""
        self.query_one(LogPane).toggle_following()

    def action_jobs_find(self) -> None:
        """Look for words in the log."""
        self.query_one(LogPane).begin_finding()

    def action_jobs_level(self) -> None:
        """Everything, what is worth a look, or errors alone."""
        self.query_one(LogPane).next_level()

    def action_jobs_save(self) -> None:
        """Write what is shown of the log into a file."""
        job, view = self.selected_job, self.query_one(LogPane).view
        if job is None:
            return
        shown = view.plain
        name = self.garminsync.job_words(job).replace(" ", "-")

        def wrong(answer: str) -> str:
            return "There is such a file already: choose another name." if Path(answer).expanduser().exists() else ""

        def chosen(answer: str | None) -> None:
            if answer:
                self.garminsync.do(lambda: self._save(Path(answer).expanduser(), shown))

        file = str(Path.cwd() / f"{name}.log")
        count = len(view.shown)
        self.app.push_screen(Ask("Save the log", f"{count} lines, into the file", file, wrong=wrong), chosen)

    async def _save(self, file: Path, lines: str) -> None:
        from ...new_file import new_file

        def write() -> None:
            with new_file(file, replace=False) as stream:
                stream.write(lines)

        await asyncio.to_thread(write)
        self.notify(f"Log saved: {text.clean(str(file))}", markup=False)


def _ended_row(job: SyncJob, situation: Situation) -> tuple[str, ...]:
    word, sign = words.state(job, situation.moment)
    said = job_words.remark(job, None, situation.moment)
    return (
        at(job_words.ended_at(job), situation.moment),
        words.title(job),
        f"{sign} {word}",
        job_words.took(job, situation.moment),
        said.short or said.long,
    )
