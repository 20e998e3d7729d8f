"""What works behind the screens: the open database, the runner inside the app, and everything screens read.

Imported after the first paint: SQLAlchemy, the schedule and the syncs take longer than the screens themselves.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Sequence
from datetime import date, datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, NamedTuple
from uuid import UUID

from .. import formats
from ..config import Config
from ..errors import FileDamaged
from ..filters import Condition
from ..garmin.endpoints import BY_NAME, Endpoint, endpoints_of
from ..jobs.queue import Queue, utc_now
from ..jobs.run import Progress
from ..jobs.runner import Runner, Work
from ..jobs.schedule import Scheduler
from ..jobs.turns import next_turn
from ..models import Activity, GarminConnectAccount, JobEvent, SyncJob, User
from ..store import accounts, activities, budget, coverage, days, health, unlocking
from ..store.changes import changes
from ..store.database import Database
from ..store.files import FileStore
from ..store.unlocking import Try
from ..sync.session import Linking
from ..sync.work import JOB_TYPE, work
from .situation import Situation
from .upkeep import Upkeep
from .workout_shelf import WorkoutShelf

Opener = Callable[[], Awaitable[Database]]
Clock = Callable[[], datetime]

#: Asked for by hand: before everything that a schedule made.
_PRIORITY = 10
_JOBS_SHOWN = 50
_DAYS_SHOWN = 21
_ACTIVITIES_SHOWN = 12


class TodayFacts(NamedTuple):
    """What Today shows of one day: the rollups of its metrics up to it, and the activities up to it."""

    day: date
    newest: date | None
    rollups: dict[str, dict[date, health.StoredDay]]
    activities: Sequence[Activity]


class Recording(NamedTuple):
    """What is in an activity's file, or why it cannot be read."""

    track: formats.Track | None
    outline: list[list[tuple[float, float]]]
    problem: str


def _undisturbed[**P, T](
    method: Callable[Concatenate[Engine, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[Engine, P], Coroutine[Any, Any, T]]:
    """Let `method` come to its end when who waits for it is cancelled.

    Screens cancel what they read when they go, some of them twice; a query that is cancelled twice leaves its
    connection half closed, and a program that does not end.
    """

    @wraps(method)
    async def shielded(self: Engine, /, *arguments: P.args, **options: P.kwargs) -> T:
        doing = asyncio.ensure_future(method(self, *arguments, **options))
        self.under_way.add(doing)
        doing.add_done_callback(self.under_way.discard)
        return await asyncio.shield(doing)

    return shielded


class Engine:
    """One open database, and the runner that this app starts where nobody else runs its jobs."""

    def __init__(self, config: Config, database: Database, work: Work, clock: Clock) -> None:
        self.database = database
        self.queue = Queue(database)
        self._config = config
        self._work = work
        self._clock = clock
        self._files = FileStore(config.paths.files)
        self._runner: Runner | None = None
        #: Makes jobs of schedules, in the process whose runner runs them.
        self.scheduler: Scheduler | None = None
        #: What uses the database now, whether or not somebody still waits for it.
        self.under_way: set[asyncio.Future[Any]] = set()
        #: Everything about workouts.
        self.workouts = WorkoutShelf(config, database, self.queue, self.under_way)
        #: What Settings does with the installation.
        self.upkeep = Upkeep(config, database, self.under_way)

    @classmethod
    async def open(cls, config: Config, opener: Opener | None, jobs: Work | None, clock: Clock | None) -> Engine:
        """Open the database (`config`'s where no opener is given). Raises what `Database.open` raises."""
        config.paths.prepare()
        database = await (opener() if opener else Database.open(config.database_url))
        return cls(config, database, jobs if jobs is not None else work(config), clock or utc_now)

    async def close(self) -> None:
        """Hand running jobs back and close the database."""
        await asyncio.gather(*self.under_way, return_exceptions=True)
        if self.scheduler:
            self.scheduler.stop()
        if self._runner:
            await self._runner.stop()
        await self.database.close()

    # ── Running jobs ─────────────────────────────────────────────────────────────────────────────────

    @_undisturbed
    async def start_runner_if_needed(self, listener: Callable[[Progress], None]) -> bool:
        """Run jobs here unless another app or daemon does, or the settings forbid it; whether one was started."""
        wanted = self._config["sync.runner"]
        if self._runner is not None or wanted == "never":
            return False
        alive = [row for row in await self.queue.runners() if row.kind in {"app", "daemon"}]
        if alive and wanted == "auto":
            return False
        self._runner = Runner(self.database, self._work, kind="app", run_dir=self._config.paths.run, listener=listener)
        await self._runner.start()
        account = await accounts.active_account(self.database)
        if account:
            await self._ensure_schedules(account)
        self.scheduler = Scheduler(self.queue, clock=self._clock)
        await self.scheduler.start()
        return True

    async def _ensure_schedules(self, account: GarminConnectAccount) -> None:
        types = [job_type for job_type in JOB_TYPE.values() if job_type in self._work]
        every_s, daily_at = self._config["sync.every_minutes"] * 60, self._config["sync.daily_at"] or None
        await self.queue.ensure_schedules(account.id, types, every_s, daily_at=daily_at, time_zone=account.time_zone)

    @_undisturbed
    async def is_new(self) -> bool:
        """Whether there is neither an account nor anything that one brought."""
        if await accounts.active_account(self.database) is not None:
            return False
        async with self.database.read() as session:
            newest = await health.newest_day(session, self.today(None) + timedelta(days=1))
            return newest is None and not await activities.count(session)

    @_undisturbed
    async def take_up_schedule(self) -> None:
        """Bring the account's schedules to what the settings say now."""
        if account := await accounts.active_account(self.database):
            await self._ensure_schedules(account)

    @_undisturbed
    async def sync_now(self) -> None:
        """Queue every sync of the active account before everything else. Raises SignInRequired."""
        account = await accounts.require_account(self.database)
        for job_type in JOB_TYPE.values():
            if job_type in self._work:
                await self.queue.enqueue(account.user_id, job_type, account_id=account.id, priority=_PRIORITY)

    @_undisturbed
    async def months(self) -> list[coverage.Month]:
        """The active account's ledger in months; empty without one.

        Without what nobody chose and of which no more is known than that there is nothing.
        """
        account = await accounts.active_account(self.database)
        if account is None:
            return []
        async with self.database.read() as session:
            found = await coverage.by_month(session, account.id)
        shown = {each.name for each in endpoints_of(self._config["health.samples"], self._config["health.extras"])}
        shown |= {each.endpoint for each in found if each.days.keys() - {"empty"}}
        return [each for each in found if each.endpoint in shown]

    @_undisturbed
    async def days_of(self, first: date, last: date) -> list[coverage.Day]:
        """The active account's ledger of health for some days; empty without one."""
        account = await accounts.active_account(self.database)
        if account is None:
            return []
        async with self.database.read() as session:
            return await coverage.by_day(session, account.id, list(BY_NAME), first, last)

    @_undisturbed
    async def fetch_again(self, endpoint: Endpoint, first: date, last: date) -> None:
        """Queue some days of an endpoint to be fetched again. Raises SignInRequired."""
        account = await accounts.require_account(self.database)
        asked = {"since": str(first), "until": str(last), "metrics": list(endpoint.metrics), "full": True}
        await self.queue.enqueue(
            account.user_id, JOB_TYPE["health"], account_id=account.id, parameters=asked, priority=_PRIORITY
        )

    @_undisturbed
    async def cancel(self, job: SyncJob) -> None:
        """End a waiting job at once, a running one at its next step."""
        await self.queue.cancel(job.id)

    @_undisturbed
    async def retry(self, job: SyncJob) -> None:
        """Go on with a job from where it stopped, now."""
        await self.queue.retry(job.id)

    @_undisturbed
    async def pause(self, job: SyncJob) -> None:
        """Pause a job, or resume a paused one."""
        await (self.queue.resume(job.id) if job.paused_at else self.queue.pause(job.id))

    @_undisturbed
    async def go_back_to(self, since: date) -> None:
        """From now on health goes back to `since`; the config file says so. Raises GarminSyncError."""
        await asyncio.to_thread(self._config.save, "health.since", str(since))

    @_undisturbed
    async def account_linked(self) -> None:
        """Make a new link's schedules, and its first sync at once."""
        await self._ensure_schedules(await accounts.require_account(self.database))
        await self.sync_now()

    def changes(self) -> AsyncGenerator[None]:
        """Yields when something may have changed, in this process or another."""
        return changes(self.database)

    # ── Signing in ───────────────────────────────────────────────────────────────────────────────────

    @_undisturbed
    async def user(self) -> User | None:
        """The local user, where one was made."""
        return await accounts.find_user(self.database)

    @_undisturbed
    async def try_password(self, password: str) -> Try:
        """Whether `password` is the local user's, or how long to wait before another is looked at."""
        return await unlocking.try_password(self.database, password)

    @_undisturbed
    async def lock(self) -> None:
        """Let every open app ask for the password. Raises UsageProblem where there is none."""
        await unlocking.lock(self.database)

    async def linking(self, server: str, on_strategy: Callable[[int, int, str], None]) -> Linking:
        """A sign-in at `server`. `on_strategy` is called from another thread. Raises UsageProblem."""
        # In a thread: Garmin's library takes a fifth of a second to import.
        return await asyncio.to_thread(Linking, self.database, self._config.paths, server, on_strategy=on_strategy)

    # ── Reading ──────────────────────────────────────────────────────────────────────────────────────

    @_undisturbed
    async def situation(self) -> Situation:
        """How things stand now."""
        moment = self._clock()
        schedules = await self.queue.schedules()
        async with self.database.read() as session:
            stored = await activities.count(session)
        account = await accounts.active_account(self.database)
        return Situation(
            moment=moment,
            account=account,
            jobs=await self.queue.list(limit=_JOBS_SHOWN),
            runners=await self.queue.runners(),
            own_runner=self._runner.id if self._runner else None,
            next_turn=min((next_turn(schedule, moment) for schedule in schedules), default=None),
            activities=stored,
            wait=await budget.wait(self.database, account.server, self._clock) if account else None,
        )

    def today(self, account: GarminConnectAccount | None) -> date:
        """The date where the account's owner lives."""
        zone = days.zone_of(account.time_zone) if account and account.time_zone else None
        return self._clock().astimezone(zone).date()

    @_undisturbed
    async def facts(self, day: date | None, latest: date, metrics: Sequence[str]) -> TodayFacts:
        """What Today shows of `day`; of the newest day with values, at most `latest`, where None is given."""
        async with self.database.read() as session:
            newest = await health.newest_day(session, latest)
            shown = day or newest or latest
            since = shown - timedelta(days=_DAYS_SHOWN - 1)
            rollups = {
                metric: {row.day: row for row in await health.daily(session, metric, since, shown)}
                for metric in metrics
            }
            before = [Condition("start", "<", shown + timedelta(days=1))]
            latest_ones = await activities.find(session, before, limit=_ACTIVITIES_SHOWN)
        return TodayFacts(shown, newest, rollups, latest_ones)

    @_undisturbed
    async def activities(
        self, conditions: Sequence[Condition], order: str, descending: bool, limit: int, offset: int = 0
    ) -> tuple[Sequence[Activity], int]:
        """One window of activities, and how many there are in all."""
        async with self.database.read() as session:
            found = await activities.find(
                session, conditions, order=order, descending=descending, limit=limit, offset=offset
            )
            return found, await activities.count(session, conditions)

    @_undisturbed
    async def activity(self, activity_id: UUID) -> Activity:
        """One activity."""
        async with self.database.read() as session:
            return await session.get_one(Activity, activity_id)

    @_undisturbed
    async def recording(self, activity: Activity) -> Recording:
        """What is in an activity's file, read in a thread."""
        try:
            path = await self._files.open(self.database, activity)
            track, outline = await asyncio.to_thread(_read, path)
        except FileDamaged as problem:
            return Recording(None, [], problem.reason)
        except OSError as problem:
            return Recording(None, [], problem.strerror or type(problem).__name__)
        return Recording(track, outline, "")

    @_undisturbed
    async def log(self, job_id: UUID, after: UUID | None) -> Sequence[JobEvent]:
        """The lines of a job's log that are newer than `after`."""
        return await self.queue.events(job_id, after)


def _read(path: Path) -> tuple[formats.Track, list[list[tuple[float, float]]]]:
    track = formats.read_track(path)
    return track, formats.track_outline(track, 800)
