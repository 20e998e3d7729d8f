"""The app: paints first, opens the database behind the painting, and runs jobs where nobody else does."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, ClassVar, cast
from uuid import UUID

from rich.text import Text
from textual._compositor import CompositorUpdate
from textual.app import App, SystemCommand
from textual.await_complete import AwaitComplete
from textual.filter import LineFilter
from textual.reactive import reactive
from textual.screen import ModalScreen, Screen
from textual.worker import WorkerFailed

from .. import text
from ..config import Config
from ..errors import GarminSyncError
from ..units import Units
from . import clipboard, coverage_words, keymap, keys, themes
from .messages import ProgressMade
from .painted import Painted
from .screens.activities import ActivitiesScreen
from .screens.activity import ActivityScreen
from .screens.coverage import CoverageScreen
from .screens.dialogs import QuitScreen, UnlockScreen
from .screens.export import ExportScreen
from .screens.figures import FiguresScreen
from .screens.health import HealthScreen
from .screens.help import HelpScreen
from .screens.history import HistoryScreen
from .screens.jobs import JobsScreen
from .screens.place import INTERNAL, Place
from .screens.sign_in import SignInScreen
from .screens.today import TodayScreen
from .screens.workouts import WorkoutsScreen
from .situation import forward
from .widgets.ascii_filter import AsciiFilter

if TYPE_CHECKING:
    from textual.timer import Timer

    from ..garmin.endpoints import Endpoint
    from ..jobs.run import Progress
    from ..jobs.runner import Work
    from ..models import Activity, SyncJob
    from ..store.activity_lists import Key
    from ..store.database import Database
    from ..store.workouts import Kept
    from .engine import Engine
    from .screens.welcome import Answer
    from .situation import Situation

#: Between two looks at what changed: each look reads what is shown.
_LOOK_EVERY_S = 0.5
_SHOW_PROGRESS_EVERY_S = 0.25
_SHOW_PROGRESS_OVER_SSH_EVERY_S = 1.0
_TRY_AGAIN_S = 5.0
#: Between two looks at the config file's date.
_FOLLOW_FILE_EVERY_S = 2.0

_ASCII = AsciiFilter()
_log = logging.getLogger(__name__)


def _settings() -> Screen[Any]:
    from .screens.settings import SettingsScreen  # not before the first paint

    return SettingsScreen()


class GarminSyncApp(App[int]):
    """One person's Garmin data on a screen.

    `opener` gives the open database (`config`'s where it is None), `work` the jobs that can be done here (all
    of the program's), `clock` the time that schedules and dates go by.
    """

    TITLE = "garminsync"
    CSS_PATH = "app.tcss"
    BINDINGS: ClassVar = keys.bindings()
    MODES = {  # noqa: RUF012 - Textual's own attribute
        "today": TodayScreen,
        "activities": ActivitiesScreen,
        "health": HealthScreen,
        "workouts": WorkoutsScreen,
        "jobs": JobsScreen,
        "settings": _settings,
    }
    DEFAULT_MODE = "today"
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012
        (0, "-tiny"),
        (40, "-narrow"),
        (80, "-normal"),
        (140, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012
        (0, "-flat"),
        (12, "-tall"),
    ]

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
        greets: bool = False,
        has_sample: bool = False,
        is_sample: bool = False,
    ) -> None:
        """With `greets` a new installation is welcomed; `has_sample` where sample data can be shown afterwards."""
        super().__init__()
        self.config = config
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
        self._greets = greets
        self._has_sample = has_sample
        #: Whether this is the made-up athlete: nobody's real account belongs here.
        self.is_sample = is_sample
        self._begin_at: date | None = None  # how far back health shall go, as chosen at the welcome
        #: Whether somebody wants to look around in sample data now, after the end of this app.
        self.wants_sample = False
        #: Whether the process was told to end.
        self.told_to_end = False
        #: What is wrong with the config file since it was changed.
        self.config_problem: GarminSyncError | None = None
        #: Why another theme is shown than the one that was chosen.
        self.theme_problem = ""
        #: The metric, and its day, that Health is to show next because another place asked for it.
        self.wanted_metric: tuple[str, date | None] | None = None
        self.painted = Painted()
        self._mend_theme(config["display.theme"])  # before anything is painted
        self.animation_level = "none"
        self.keymap = keymap.read(config.paths.config)
        keys.rebind(self.keymap.keys)  # before anything is painted

    @property
    def units(self) -> Units:
        """Kilometres or miles."""
        return cast(Units, self.config["display.units"])

    def now(self) -> datetime:
        """The time that countdowns go by."""
        return self._clock() if self._clock else datetime.now(UTC)

    # ── Opening and leaving ──────────────────────────────────────────────────────────────────────────

    def on_mount(self) -> None:
        """Open the database after the first paint."""
        self._use_theme()
        self._use_keymap()
        self.set_interval(_FOLLOW_FILE_EVERY_S, self.follow_file)
        self.app_resume_signal.subscribe(self, lambda _: self.painted.forget())
        self.call_after_refresh(self._open)

    def _use_keymap(self) -> None:
        self.set_keymap(dict(self.keymap.keys))
        if problems := self.keymap.problems:
            _log.warning("keys: %s", "; ".join(map(str, problems)))
            more = f" {len(problems) - 1} more in Settings, Keys." if len(problems) > 1 else ""
            self.notify(f"{problems[0]} Its usual keys stay.{more}", title="Keys", severity="warning", markup=False)

    # ── Settings ─────────────────────────────────────────────────────────────────────────────────────

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Nothing but ASCII is sent where graphs are drawn with that."""
        ours = [_ASCII] if self.config["display.graphs"] == "ascii" else []
        return [*super().get_line_filters(), *ours]

    def _use_theme(self) -> None:
        """Show the theme that was chosen; one that there is not is named, and the theme that is shown stays."""
        name = self.config["display.theme"]
        self.look_at_theme(name)
        problem = themes.wrong(name, self.available_themes)
        self.theme_problem = f"{problem} {self.theme} is shown." if problem else ""
        if self.theme_problem:
            _log.warning("%s", self.theme_problem)
            self.notify(self.theme_problem, title="Theme", severity="warning", markup=False)

    def look_at_theme(self, name: str) -> None:
        """Show a theme, with enough contrast, where there is one of that name."""
        if name in self.available_themes:
            self._mend_theme(name)
            self.theme = name

    def _mend_theme(self, name: str) -> None:
        if theme := self.get_theme(name):
            self.register_theme(themes.readable(theme))

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

    # ── Opening ──────────────────────────────────────────────────────────────────────────────────────

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
                if self._greets:
                    self._greets = False
                    await self._greet(engine)
                if self._on_ready is not None:
                    ready, self._on_ready = self._on_ready, None
                    ready()
                await asyncio.sleep(_LOOK_EVERY_S)

    async def _greet(self, engine: Engine) -> None:
        """Welcome who starts with nothing."""
        if await engine.is_new():
            from .screens.welcome import WelcomeScreen

            name = engine.database.name
            screen = WelcomeScreen(self.config, engine.today(None), name, has_sample=self._has_sample)
            self.push_screen(screen, self._welcomed)

    def _welcomed(self, answer: Answer | None) -> None:
        if answer is None:
            return
        try:
            for name, value in answer.settings.items():
                self.config.save(name, value)
        except GarminSyncError as problem:
            self.notify(text.clean(f"{problem.message} {problem.hint}"), severity="error", markup=False)
        self.settings_changed(set(answer.settings))
        self._begin_at = answer.since
        if answer.door == "connect":
            self.action_account_connect()
        elif answer.door == "sample":
            self.wants_sample = True
            self.exit(0)

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

    async def on_unmount(self) -> None:
        """Hand running jobs back: the next runner goes on at their checkpoints."""
        if self._opening is None:
            return
        if not self._opening.done():
            self._opening.cancel()
        [engine] = await asyncio.gather(self._opening, return_exceptions=True)
        if not isinstance(engine, BaseException):
            await engine.close()

    def on_app_focus(self) -> None:
        """Somebody looks again; while nobody did, nothing was read or drawn."""
        self.follow_file()
        if self._missed and self.engine is not None:
            self._missed = False
            self.run_worker(self._look(self.engine), group="looking")
        self.call_next(self._show_progress)

    # ── Progress ─────────────────────────────────────────────────────────────────────────────────────

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

    # ── Actions ──────────────────────────────────────────────────────────────────────────────────────

    async def action_act(self, name: str) -> None:
        """Do what the table of actions calls `name`, or say why it cannot be done now."""
        action = keys.action(name)
        if reason := action.why_not(self):
            self.notify(f"{action.words}: {reason}.", severity="warning", markup=False)
            return
        try:
            await self.run_action(action.method, self.screen if action.place else self)
        except Exception:
            _log.exception("%s broke", name)
            self._tell(INTERNAL)

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

    def _tell(self, problem: GarminSyncError) -> None:
        self.notify(text.clean(f"{problem.message} {problem.hint}".strip()), severity="error", markup=False)

    def action_go(self, place: str) -> None:
        """Show a place as it was left."""
        self.switch_mode(place)

    def open_activity(
        self, activity_id: UUID, listed: Sequence[Key] = (), on_step: Callable[[Key], None] = lambda key: None
    ) -> None:
        """Show one activity on top of the list it was chosen from; `on_step` is told where one goes in that list."""
        self.push_screen(ActivityScreen(activity_id, listed, on_step))

    def open_health(self, metric: str, day: date | None = None) -> None:
        """Show a metric in Health, with the cursor on a day."""
        self.wanted_metric = metric, day
        self.action_go("health")
        if isinstance(self.screen, HealthScreen):  # it was there already
            self.screen.read_again()

    def export(self, chosen: Sequence[Key], first: Activity) -> None:
        """Write the recordings of some activities into files; `first` is one of them."""
        if self.engine is not None:
            self.push_screen(ExportScreen(self.engine.activities, chosen, first))

    def open_workout(self, kept: Kept | None, words: str = "") -> None:
        """Edit a workout, or a new one that begins with these words."""
        # Only now: the parser and Garmin's exercises are needed by nobody who does not edit.
        from ..workouts.definition import Workout
        from .screens.editor_panes import Opened
        from .screens.workout_editor import WorkoutEditor

        workout = Workout.read(kept.workout.workout_definition) if kept else None
        base = Workout.read(kept.remote.base_definition) if kept and kept.remote else None
        self.push_screen(WorkoutEditor(Opened(kept.workout.id if kept else None, workout, words, base)))

    def action_app_copy(self) -> None:
        """Copy what the place on the screen has selected."""
        if isinstance(self.screen, Place) and (clip := self.screen.copy_text()):
            self.do(lambda: self.copied(clip))

    async def copied(self, clip: clipboard.Clip) -> None:
        """Copy something, and say what went where."""
        words = clip.text if isinstance(clip.text, str) else await clip.text()
        route = await clipboard.copy(self, words)
        self.notify(text.clean(f"{clip.what} copied by {route}."), markup=False)

    def action_app_coverage(self) -> None:
        """Show what is complete, on top of where one is."""
        if not isinstance(self.screen, CoverageScreen):
            self.push_screen(CoverageScreen())

    def fetch_again(self, endpoint: Endpoint, first: date, last: date) -> None:
        """Queue some days of an endpoint to be fetched again, and say which."""
        engine = self.engine
        assert engine is not None
        what = f"{coverage_words.endpoint(endpoint.name)}, {coverage_words.span(first, last)}"

        async def queue() -> None:
            await engine.fetch_again(endpoint, first, last)
            self.notify(f"{what}: queued to be fetched again.", markup=False)

        self.do(queue)

    def action_sync_now(self) -> None:
        """Queue every sync."""
        engine, situation = self.engine, self.situation
        assert engine is not None and situation is not None
        self.do(engine.sync_now)
        if not situation.runners:
            self.notify("Queued. Nobody runs jobs now: start `garminsync daemon`.", severity="warning", markup=False)

    def action_account_connect(self) -> None:
        """Sign in, the first time or again."""
        account = self.situation.account if self.situation else None
        self.push_screen(SignInScreen(account.server if account else None), self._connected)

    def _connected(self, linked: bool | None) -> None:
        engine = self.engine
        if not linked or engine is None:
            return
        if self.config.health_since is not None:
            self.do(engine.account_linked)
            return
        if self._begin_at is not None:
            self.do(lambda: self._begin(engine, self._begin_at))
            return
        today = engine.today(self.situation.account if self.situation else None)
        asking = HistoryScreen(today, self.config["health.samples"], self.config["sync.requests_per_second"])
        self.push_screen(asking, lambda since: self.do(lambda: self._begin(engine, since)))

    async def _begin(self, engine: Engine, since: date | None) -> None:
        """Sync a new link for the first time, health back to `since`."""
        try:
            if since is not None:
                await engine.go_back_to(since)
        finally:
            await engine.account_linked()

    def action_app_reload(self) -> None:
        """Read again, also after a fault."""
        self.painted.forget()  # whatever another program wrote over it
        self.refresh()
        if self.fault is not None:
            self._open()
        elif isinstance(self.screen, Place):
            self.screen.read_again()

    def action_app_back(self) -> None:
        """One step back, never out."""
        if isinstance(self.screen, Place) and self.screen.back():
            return
        if len(self.screen_stack) > 1:
            self.pop_screen()

    def action_app_help(self) -> None:
        """The keys that work here."""
        self.push_screen(HelpScreen(getattr(self.screen, "place", "")))

    def action_app_figures(self) -> None:
        """What each training number means."""
        self.push_screen(FiguresScreen())

    def action_app_palette(self) -> None:
        """All actions, to be searched."""
        self.action_command_palette()

    def action_app_lock(self) -> None:
        """Ask for the password again, here and in every other app on this database."""
        engine = self.engine
        assert engine is not None
        self.do(engine.lock)

    def pop_screen(self) -> AwaitComplete:
        """Take the uppermost screen away. The lock goes by its own answer only, whatever ends below it."""
        if isinstance(self.screen, UnlockScreen) and not self.screen.answered:
            return AwaitComplete()
        return super().pop_screen()

    def action_command_palette(self) -> None:
        """Open the palette; Textual binds its key above every question, the lock included."""
        if not isinstance(self.screen, UnlockScreen):
            super().action_command_palette()

    def notify(self, *arguments: Any, **options: Any) -> None:
        """Show a toast, but none over the lock, and none that is still to be seen."""
        seen = any(each.message in arguments for each in self._notifications)
        if not seen and not isinstance(self.screen, UnlockScreen):
            super().notify(*arguments, **options)

    def on_resize(self) -> None:
        """A terminal that was resized shows nobody knows what."""
        self.painted.forget()

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        """Send what differs from what stands there; often that is nothing."""
        sends = self._running and not self._closed and not self._batch_count and not self.is_headless
        if isinstance(renderable, CompositorUpdate) and sends:  # else Textual drops it
            renderable = self.painted.changes(renderable)
        super()._display(screen, renderable)

    def _handle_exception(self, error: Exception) -> None:
        """What breaks in a worker is words on the screen that it worked for and a traceback in the log, no end."""
        if not isinstance(error, WorkerFailed):
            super()._handle_exception(error)
            return
        _log.error("a worker broke", exc_info=error.error)
        if isinstance(self.screen, Place):
            self.screen.tell(INTERNAL)
        else:
            self._tell(INTERNAL)

    def _fatal_error(self) -> None:
        """End with a sentence: Textual's own traceback would print what variables hold, passwords among it."""
        problem = sys.exception() or self._exception
        _log.critical("the app ended by a fault", exc_info=problem)
        said = f"error: A fault of the program ({type(problem).__name__}).\nhint: The details are in the log."
        self._exit_renderables.append(Text(said))
        self._close_messages_no_wait()

    def action_app_quit(self) -> None:
        """Back from a detail; out of a place, after a question where a job runs here."""
        if len(self.screen_stack) > 1:
            self.pop_screen()
        elif self.situation is not None and self.situation.runs_here:
            self.push_screen(QuitScreen(), lambda leave: self.exit(0) if leave else None)
        else:
            self.exit(0)

    def job_words(self, job: SyncJob) -> str:
        """A job as people call it."""
        from ..ids import short_id
        from ..jobs.words import title

        return f"{title(job)} {short_id(job.id)}"

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """The palette: every action that has its key on this screen."""
        place = getattr(screen, "place", "")
        for each in keys.ACTIONS:
            if (not each.place or keys.works_on(place, each)) and each.id != "app.palette":
                yield SystemCommand(each.command, f"{each.label}  {each.words}", self._command(each.id))

    def _command(self, name: str) -> Callable[[], None]:
        def call() -> None:
            self.call_later(self.action_act, name)

        return call


def run(
    config: Config,
    *,
    on_ready: Callable[[], object] | None = None,
    sample: Callable[[], bool] | None = None,
    is_sample: bool = False,
) -> int:
    """Run the app until somebody quits; its exit code.

    `on_ready` is called once when the database is open and the first look was taken. A new installation is welcomed;
    where it offers `sample` data, that shows them, says whether the process was told to end meanwhile, and if not the
    app comes back. The terminal is restored also when the process is told to end (SIGTERM, SIGHUP).
    """
    while True:
        app = run_once(config, on_ready=on_ready, greets=True, has_sample=sample is not None, is_sample=is_sample)
        if sample is None or not app.wants_sample or sample():
            return app.return_value if app.return_value is not None else app.return_code or 0


def run_once(config: Config, **options: Any) -> GarminSyncApp:
    """Run one app to its end."""
    app = GarminSyncApp(config, **options)

    def told() -> None:
        app.told_to_end = True
        app.exit(0)

    async def until_quit() -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, told)
        await app.run_async()

    asyncio.run(until_quit())
    return app
