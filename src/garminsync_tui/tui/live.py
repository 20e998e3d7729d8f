"""The app's life: it opens the database behind the first paint, runs jobs where nobody does, and follows changes."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import logging
import os
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from textual.reactive import reactive
from textual.screen import ModalScreen

from .. import text
from ..config import Config
from ..errors import GarminSyncError
from . import keymap, keys
from .messages import ProgressMade
from .screens.dialogs import UnlockScreen
from .screens.place import INTERNAL, Place
from .situation import forward
from .terminal import TerminalApp

if TYPE_CHECKING:
    from textual.timer import Timer

    from ..jobs.run import Progress
    from ..jobs.runner import Work
    from ..store.database import Database
    from .engine import Engine
    from .situation import Situation

#: Between two looks at what changed: each look reads what is shown.
_LOOK_EVERY_S = 0.5
_SHOW_PROGRESS_EVERY_S = 0.25
_SHOW_PROGRESS_OVER_SSH_EVERY_S = 1.0
_TRY_AGAIN_S = 5.0
#: Between two looks at the config file's date.
_FOLLOW_FILE_EVERY_S = 2.0

_log = logging.getLogger(__name__)


class LiveApp(TerminalApp):
    """Knows how things stand, and goes by the config file as it is now.

    `opener` gives the open database (`config`'s where it is None), `work` the jobs that can be done here (all
    of the program's), `clock` the time that schedules and dates go by. `on_ready` is called once when the first look
    was taken.
    """

    #: How things stand, as last read; None until the database is open.
    situation: reactive[Situation | None] = reactive(None)
    #: How far the jobs of this process are, newer than their rows.
    live: reactive[Mapping[UUID, Progress]] = reactive({})
    #: Why nothing can be read.
    fault: reactive[GarminSyncError | None] = reactive(None)

    def __init__(
        self,
        config: Config,
        opener: Callable[[], Awaitable[Database]] | None = None,
        *,
        work: Work | None = None,
        clock: Callable[[], datetime] | None = None,
        on_ready: Callable[[], object] | None = None,
    ) -> None:
        super().__init__(config)
        self.engine: Engine | None = None
        self._opening: asyncio.Future[Engine] | None = None
        self._open_for: datetime | None = None  # the state of the local user whose password was given
        self._opener = opener
        self._work = work
        self._clock = clock
        self._on_ready = on_ready
        self._waiting: dict[UUID, Progress] = {}
        self._showing: Timer | None = None
        self._missed = False
        #: What is wrong with the config file since it was changed.
        self.config_problem: GarminSyncError | None = None
        self.keymap = keymap.read(config.paths.config)
        keys.rebind(self.keymap.keys)  # before anything is painted

    def now(self) -> datetime:
        """The time that countdowns go by."""
        return self._clock() if self._clock else datetime.now(UTC)

    # ── Opening and leaving ──────────────────────────────────────────────────────────────────────

    def on_mount(self) -> None:
        """Open the database after the first paint."""
        self._use_theme()
        self._use_keymap()
        self.set_interval(_FOLLOW_FILE_EVERY_S, self.follow_file)
        self.app_resume_signal.subscribe(self, lambda _: self.painted.forget())
        self.call_after_refresh(self._open)

    def _open(self) -> None:
        self.fault = None
        self.run_worker(self._live(), group="engine", exclusive=True)

    async def _live(self) -> None:
        """Open, unlock, run jobs, and look at what changed until the app ends; a database that is lost is awaited."""
        was_open = False
        while True:
            try:
                if self.engine is None:
                    self.engine = await self._opened()
                    was_open = True
                await self._follow_changes(self.engine)
                self.exit(0)
                return
            except GarminSyncError as problem:
                self._failed(problem)
            except Exception as problem:
                _log.exception("the app lost its database")
                self._failed(GarminSyncError(f"A fault of the program ({type(problem).__name__}); the log has more."))
            if not was_open:
                return  # whatever is wrong with it, a person has to see to it first
            await asyncio.sleep(_TRY_AGAIN_S)
            if self.engine is not None and self.engine.database.replaced:
                engine, self.engine = self.engine, None
                await engine.close()

    async def _opened(self) -> Engine:
        # In a thread: these imports take longer than everything painted until now.
        module = await asyncio.to_thread(importlib.import_module, f"{__package__}.engine")
        opening = module.Engine.open(self.config, self._opener, self._work, self._clock)
        self._opening = asyncio.ensure_future(opening)
        return await asyncio.shield(self._opening)

    async def _unlock(self, engine: Engine) -> bool:
        """Ask for the local password where there is one, and again where it was locked; whether it was given."""
        user = await engine.user()
        if user is None or not user.login_required or user.updated_at == self._open_for:
            return True
        while isinstance(self.screen, ModalScreen):  # what is asked there is asked no more
            self.pop_screen()
        self.clear_notifications()
        tried = await self.push_screen_wait(UnlockScreen(text.clean(user.username), engine.try_password))
        if tried is None:
            return False
        self._open_for = tried.seen
        return True

    async def on_unmount(self) -> None:
        """Hand running jobs back: the next runner goes on at their checkpoints."""
        if self._opening is None:
            return
        if not self._opening.done():
            self._opening.cancel()
        [engine] = await asyncio.gather(self._opening, return_exceptions=True)
        if not isinstance(engine, BaseException):
            await engine.close()

    # ── Following ────────────────────────────────────────────────────────────────────────────────

    async def _follow_changes(self, engine: Engine) -> None:
        """Look whenever something changed, until somebody leaves the app locked."""
        async with contextlib.aclosing(engine.changes()) as changed:
            async for _ in changed:
                if not await self._unlock(engine):
                    return
                await engine.start_runner_if_needed(self._tell_progress)
                if self.app_focus:
                    await self._look(engine)
                else:
                    self._missed = True
                await self.first_looked(engine)
                await asyncio.sleep(_LOOK_EVERY_S)

    async def _look(self, engine: Engine) -> None:
        situation = await engine.situation()
        # Not those that do not run yet: what a job says may come before a look that began before the job did.
        ended = {job.id for job in situation.jobs if job.completed_at}
        if ended & self.live.keys():
            self.live = {job_id: progress for job_id, progress in self.live.items() if job_id not in ended}
        self.fault = None
        self.situation = situation

    def _failed(self, problem: GarminSyncError) -> None:
        self.fault = problem
        if isinstance(self.screen, Place):
            self.screen.tell(problem)

    def on_app_focus(self) -> None:
        """Somebody looks again; while nobody did, nothing was read or drawn."""
        self.call_next(self._focus_something)
        self.follow_file()
        if self._missed and self.engine is not None:
            self._missed = False
            self.run_worker(self._look(self.engine), group="looking")
        self.call_next(self._show_progress)

    def _focus_something(self) -> None:
        """A screen that came while nobody looked has nothing focused, and its keys would go nowhere."""
        selector = self.AUTO_FOCUS if self.screen.AUTO_FOCUS is None else self.screen.AUTO_FOCUS
        if selector and self.screen.focused is None:
            self.screen.focus_next(selector)

    async def first_looked(self, engine: Engine) -> None:
        """The first look was taken."""
        if self._on_ready is not None:
            ready, self._on_ready = self._on_ready, None
            ready()

    # ── The config file ──────────────────────────────────────────────────────────────────────────

    def follow_file(self) -> None:
        """Go by the config file again where somebody changed it; a broken one is named, and the old values stay."""
        if not self.app_focus:
            return
        try:
            changed = self.config.follow()
        except GarminSyncError as problem:
            self.config_problem = problem
            said = f"{problem.message} {problem.hint} The settings stay as they were."
            self.notify(text.clean(said, 500), severity="error", markup=False)
            changed = set()
        else:
            if changed is not None:
                self.config_problem = None
        if changed is not None:
            self.settings_changed(changed)

    def settings_changed(self, names: set[str]) -> None:
        """Go by settings that are another now, and by the keys that the file has."""
        if "display.theme" in names:
            self._use_theme()
        if names & {"sync.every_minutes", "sync.daily_at", "sync.off"} and self.engine is not None:
            self.do(self.engine.take_up_schedule)
        now = keymap.read(self.config.paths.config)
        if now != self.keymap and self.config_problem is None:
            self.keymap = now
            keys.rebind(now.keys)
            self._use_keymap()
        if isinstance(self.screen, Place):
            self.screen.on_screen_resume()

    def _use_keymap(self) -> None:
        self.set_keymap(dict(self.keymap.keys))
        if problems := self.keymap.problems:
            _log.warning("keys: %s", "; ".join(map(str, problems)))
            more = f" {len(problems) - 1} more in Settings, Keys." if len(problems) > 1 else ""
            self.notify(f"{problems[0]} Its usual keys stay.{more}", title="Keys", severity="warning", markup=False)

    # ── Progress ─────────────────────────────────────────────────────────────────────────────────

    def _tell_progress(self, progress: Progress) -> None:
        self.post_message(ProgressMade(progress))

    def on_progress_made(self, message: ProgressMade) -> None:
        """Show the first at once, and what follows four times a second at most."""
        self._waiting[message.progress.job_id] = message.progress
        if self._showing is None and self.app_focus:
            self._show_progress()

    def _show_progress(self) -> None:
        self._showing = None
        if not self._waiting or not self.app_focus:
            return
        newer = {job_id: forward(self.live.get(job_id), each) for job_id, each in self._waiting.items()}
        self.live = {**self.live, **newer}
        self._waiting.clear()
        over_ssh = "SSH_CONNECTION" in os.environ
        pause_s = _SHOW_PROGRESS_OVER_SSH_EVERY_S if over_ssh else _SHOW_PROGRESS_EVERY_S
        self._showing = self.set_timer(pause_s, self._show_progress)

    # ── Doing ────────────────────────────────────────────────────────────────────────────────────

    def do(self, what: Callable[[], Awaitable[object]]) -> None:
        """Do something with the database in a worker; a problem becomes a toast, never a crash."""

        async def guarded() -> None:
            try:
                await what()
            except GarminSyncError as problem:
                self._tell(problem)
            except Exception:
                _log.exception("what was asked for broke")
                self._tell(INTERNAL)

        self.run_worker(guarded(), group="acting")
