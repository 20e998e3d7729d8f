"""The app: six places, what their keys do beyond themselves, the palette, and the first start."""

from __future__ import annotations

import asyncio
import logging
import os
import select
import signal
import sys
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from textual.app import SystemCommand
from textual.screen import Screen

from .. import text
from ..config import Config
from ..errors import GarminSyncError
from ..memory import keep_one_arena
from . import clipboard, coverage_words, keys
from .live import LiveApp
from .screens.activities import ActivitiesScreen
from .screens.activity import ActivityScreen
from .screens.coverage import CoverageScreen
from .screens.dialogs import QuitScreen
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

if TYPE_CHECKING:
    from ..garmin.endpoints import Endpoint
    from ..models import Activity, SyncJob
    from ..store.activity_lists import Key
    from ..store.database import Database
    from ..store.workouts import Kept
    from .engine import Engine
    from .screens.welcome import Answer

_log = logging.getLogger(__name__)

_LOOK_AT_TERMINAL_S = 1.0


def _settings() -> Screen[Any]:
    from .screens.settings import SettingsScreen  # not before the first paint

    return SettingsScreen()


class GarminSyncApp(LiveApp):
    """One person's Garmin data on a screen."""

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

    def __init__(
        self,
        config: Config,
        opener: Callable[[], Awaitable[Database]] | None = None,
        *,
        greets: bool = False,
        has_sample: bool = False,
        is_sample: bool = False,
        **life: Any,
    ) -> None:
        """With `greets` a new installation is welcomed; `has_sample` where sample data can be shown afterwards.

        `life` is what `LiveApp` takes.
        """
        super().__init__(config, opener, **life)
        self._greets = greets
        self._has_sample = has_sample
        #: Whether this is the made-up athlete: nobody's real account belongs here.
        self.is_sample = is_sample
        self._begin_at: date | None = None  # how far back health shall go, as chosen at the welcome
        #: Whether somebody wants to look around in sample data now, after the end of this app.
        self.wants_sample = False
        #: Whether the process was told to end.
        self.told_to_end = False
        #: The metric, and its day, that Health is to show next because another place asked for it.
        self.wanted_metric: tuple[str, date | None] | None = None
        #: The job that Jobs is to show next.
        self.wanted_job: UUID | None = None

    # ── The first start ──────────────────────────────────────────────────────────────────────────

    async def first_looked(self, engine: Engine) -> None:
        """Welcome who starts with nothing."""
        if self._greets:
            self._greets = False
            await self._greet(engine)
        await super().first_looked(engine)

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
        elif answer.door == "import":
            self.action_app_import()
        elif answer.door == "sample":
            self.wants_sample = True
            self.exit(0)

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
        self.do(lambda: self._ask_how_far(engine))

    async def _ask_how_far(self, engine: Engine) -> None:
        account = (await engine.situation()).account
        asking = HistoryScreen(
            engine.today(account),
            self.config["health.samples"],
            self.config["sync.requests_per_second"],
            account.provider if account else "garminconnect",
        )
        self.push_screen(asking, lambda since: self.do(lambda: self._begin(engine, since)))

    async def _begin(self, engine: Engine, since: date | None) -> None:
        """Sync a new link for the first time, health back to `since`."""
        try:
            if since is not None:
                await engine.go_back_to(since)
        finally:
            await engine.account_linked()

    # ── Showing ──────────────────────────────────────────────────────────────────────────────────

    def action_go(self, place: str) -> None:
        """Show a place as it was left; from what lies on top of it a step back to it."""
        if place != self.current_mode:
            self.switch_mode(place)
        elif len(self.screen_stack) > 1:
            self.action_app_back()

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

    def action_app_coverage(self) -> None:
        """Show what is complete, on top of where one is."""
        if not isinstance(self.screen, CoverageScreen):
            self.push_screen(CoverageScreen())

    def action_app_help(self) -> None:
        """The keys that work here."""
        self.push_screen(HelpScreen(getattr(self.screen, "place", "")))

    def action_app_figures(self) -> None:
        """What each training number means."""
        self.push_screen(FiguresScreen())

    # ── Doing ────────────────────────────────────────────────────────────────────────────────────

    async def action_act(self, name: str) -> None:
        """Do what the table of actions calls `name`, or say why it cannot be done now."""
        action, screen = keys.action(name), self.screen
        if action.place and isinstance(screen, Place) and screen.after_reading(lambda: self.action_act(name)):
            return
        if reason := action.why_not(self):
            self.notify(f"{action.words}: {reason}.", severity="warning", markup=False)
            return
        try:
            await self.run_action(action.method, self.screen if action.place else self)
        except Exception:
            _log.exception("%s broke", name)
            self._tell(INTERNAL)

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

    def action_app_import(self) -> None:
        """Ask for files, and queue their import; Jobs shows it."""
        from .screens.import_files import ImportScreen

        self.push_screen(ImportScreen(), self._import)

    def _import(self, paths: list[str] | None) -> None:
        if paths and (engine := self.engine) is not None:
            self._queue(lambda: engine.import_files(paths))

    def action_app_export(self) -> None:
        """Ask where to, and queue an export of everything; Jobs shows it."""
        from .screens.export_everything import ExportEverythingScreen

        self.push_screen(ExportEverythingScreen(), self._export)

    def _export(self, parameters: dict[str, object] | None) -> None:
        if parameters and (engine := self.engine) is not None:
            self._queue(lambda: engine.export_everything(parameters))

    def _queue(self, ask: Callable[[], Awaitable[UUID | None]]) -> None:
        """Queue work, and show it in Jobs."""
        situation = self.situation

        async def queued() -> None:
            self.wanted_job = await ask()

        self.do(queued)
        self.action_go("jobs")
        if situation is not None and not situation.runners:
            self.notify("Queued. Nobody runs jobs now: start `garminsync daemon`.", severity="warning", markup=False)

    def action_app_copy(self) -> None:
        """Copy what the place on the screen has selected."""
        if isinstance(self.screen, Place) and (clip := self.screen.copy_text()):
            self.do(lambda: self.copied(clip))

    async def copied(self, clip: clipboard.Clip) -> None:
        """Copy something, and say what went where."""
        words = clip.text if isinstance(clip.text, str) else await clip.text()
        route = await clipboard.copy(self, words)
        self.notify(text.clean(f"{clip.what} copied by {route}."), markup=False)

    def action_app_reload(self) -> None:
        """Read again, also after a fault."""
        self.painted.forget()  # whatever another program wrote over it
        self.refresh()
        if self.fault is not None:
            self._open()
        elif isinstance(self.screen, Place):
            self.screen.read_again()

    def action_app_lock(self) -> None:
        """Ask for the password again, here and in every other app on this database."""
        engine = self.engine
        assert engine is not None
        self.do(engine.lock)

    def action_app_back(self) -> None:
        """One step back, never out."""
        if isinstance(self.screen, Place) and self.screen.back():
            return
        if len(self.screen_stack) > 1:
            self.pop_screen()

    def action_app_quit(self) -> None:
        """Back from a detail; out of a place, after a question where a job runs here."""
        if isinstance(self.screen, Place) and self.screen.asks():
            return
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

    # ── The palette ──────────────────────────────────────────────────────────────────────────────

    def action_app_palette(self) -> None:
        """All actions, to be searched."""
        self.action_command_palette()

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
    keep_one_arena()
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
        watching = asyncio.create_task(_hung_up(told))
        try:
            await app.run_async()
        finally:
            watching.cancel()

    asyncio.run(until_quit())
    return app


async def _hung_up(told: Callable[[], None]) -> None:
    """Call `told` once the terminal is gone.

    SIGHUP goes to the session's leader alone (setsid(2)), which may be a program that waits for this one; and Textual
    reads the end of its input again and again.
    """
    terminal = sys.__stdin__
    if terminal is None or not os.isatty(terminal.fileno()):
        return
    poll = select.poll()
    poll.register(terminal, 0)
    while True:  # macOS tells of terminals that it cannot be asked about them, which is not that they are gone
        if any(event & (select.POLLHUP | select.POLLERR) for _, event in poll.poll(0)):
            return told()
        await asyncio.sleep(_LOOK_AT_TERMINAL_S)
