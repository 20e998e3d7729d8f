"""What works behind the screens: the open database, the runner inside the app, and everything screens read.

Imported after the first paint: SQLAlchemy, the schedule and the syncs take longer than the screens themselves.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from ..config import Config
from ..errors import OtherSignInNeeded, UsageProblem
from ..filters import Condition
from ..garmin.endpoints import BY_NAME, Endpoint, endpoints_of
from ..garmin.providers import PROVIDERS, missing
from ..jobs.queue import Queue, utc_now
from ..jobs.run import Progress
from ..jobs.runner import Runner, Work
from ..jobs.schedule import Scheduler
from ..jobs.turns import next_turn
from ..models import Activity, GarminConnectAccount, JobEvent, Schedule, SyncJob, User
from ..store import accounts, activities, budget, coverage, days, health, unlocking
from ..store.changes import changes
from ..store.database import Database
from ..store.files import FileStore
from ..store.plain import AskedSession
from ..store.records import daily_loads
from ..store.unlocking import Try
from ..sync.linking import Linking
from ..sync.refetch import lose_file
from ..sync.session import rate_for
from ..sync.work import JOB_TYPE, chosen_rate, work
from ..transfer.importing.paths import asked_for
from .activity_shelf import ActivityShelf
from .health_shelf import HealthShelf
from .situation import Pace, Situation
from .undisturbed import undisturbed
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
    #: The training load of each day with one, from a week before the first shown day on.
    loads: dict[date, float]
    #: The activities of the shown day's week.
    week: Sequence[Activity]


class Engine:
    """One open database, and the runner that this app starts where nobody else runs its jobs."""

    def __init__(self, config: Config, database: Database, work: Work, clock: Clock) -> None:
        self.database = database
        self.queue = Queue(database)
        self._config = config
        self._work = work
        self._clock = clock
        self._runner: Runner | None = None
        #: Makes jobs of schedules, in the process whose runner runs them.
        self.scheduler: Scheduler | None = None
        #: What uses the database now, whether or not somebody still waits for it.
        self.under_way: set[asyncio.Future[Any]] = set()
        #: Everything about activities.
        self.activities = ActivityShelf(config, database, FileStore(config.paths.files), self.under_way)
        #: Everything about workouts.
        self.workouts = WorkoutShelf(config, database, self.queue, self.under_way)
        #: What Settings does with the installation.
        self.upkeep = Upkeep(config, database, self.under_way)
        #: Everything that Health shows.
        self.health = HealthShelf(config, database, self.under_way)

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

    @undisturbed
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
        off = [JOB_TYPE[name] for name in self._config["sync.off"]]
        await self.queue.ensure_schedules(
            account.id, types, every_s, daily_at=daily_at, time_zone=account.time_zone, off=off
        )

    @undisturbed
    async def is_new(self) -> bool:
        """Whether there is neither an account nor anything that one brought."""
        if await accounts.active_account(self.database) is not None:
            return False
        async with self.database.read() as session:
            newest = await health.newest_day(session, self.today(None) + timedelta(days=1))
            return newest is None and not await activities.count(session)

    @undisturbed
    async def take_up_schedule(self) -> None:
        """Bring the account's schedules to what the settings say now."""
        if account := await accounts.active_account(self.database):
            await self._ensure_schedules(account)

    @undisturbed
    async def sync_now(self) -> None:
        """Queue every sync of the active account before everything else. Raises SignInRequired."""
        account = await accounts.require_account(self.database)
        for job_type in JOB_TYPE.values():
            if job_type in self._work:
                await self.queue.enqueue(account.user_id, job_type, account_id=account.id, priority=_PRIORITY)

    @undisturbed
    async def import_files(self, paths: Sequence[str]) -> UUID | None:
        """Queue the import of files, before everything else; the job."""
        user = await accounts.ensure_user(self.database)
        return await self.queue.enqueue(user.id, "file_import", parameters=asked_for(paths), priority=_PRIORITY)

    @undisturbed
    async def export_everything(self, parameters: dict[str, object]) -> UUID | None:
        """Queue an export, before everything else; the job. `transfer.exporting.asked` makes its parameters."""
        user = await accounts.ensure_user(self.database)
        return await self.queue.enqueue(user.id, "export", parameters=parameters, priority=_PRIORITY)

    @undisturbed
    async def months(self) -> list[coverage.Month]:
        """The shown account's ledger in months; empty without one.

        Without what nobody chose and of which no more is known than that there is nothing.
        """
        account = await accounts.shown_account(self.database)
        if account is None:
            return []
        async with self.database.read() as session:
            found = await coverage.by_month(session, account.id)
        chosen = endpoints_of(self._config["health.samples"], self._config["health.extras"])
        shown = {each.name for each in chosen}
        shown |= {each.endpoint for each in found if each.days.keys() - {"empty"}}
        months = [each for each in found if each.endpoint in shown and each.endpoint in BY_NAME]
        # What the sign-in does not give has a row all the same, where there is any to stand beside.
        newest = max((each.month for each in months), default=None)
        absent = {each.endpoint for each in missing(account.provider, chosen)} - {each.endpoint for each in months}
        return months + [coverage.Month(name, newest, {}) for name in sorted(absent) if newest is not None]

    @undisturbed
    async def days_of(self, first: date, last: date) -> list[coverage.Day]:
        """The shown account's ledger of health for some days; empty without one."""
        account = await accounts.shown_account(self.database)
        if account is None:
            return []
        async with self.database.read() as session:
            return await coverage.by_day(session, account.id, list(BY_NAME), first, last)

    @undisturbed
    async def fetch_again(self, endpoint: Endpoint, first: date, last: date) -> None:
        """Queue some days of an endpoint to be fetched again. Raises SignInRequired."""
        account = await accounts.require_account(self.database)
        if endpoint.name not in PROVIDERS[account.provider].endpoints:
            raise OtherSignInNeeded(endpoint.name.replace("_", " "))
        asked = {"since": str(first), "until": str(last), "metrics": list(endpoint.metrics), "full": True}
        await self.queue.enqueue(
            account.user_id, JOB_TYPE["health"], account_id=account.id, parameters=asked, priority=_PRIORITY
        )

    @undisturbed
    async def fetch_file_again(self, activity: Activity) -> None:
        """Queue an activity's file to be fetched again. Raises GarminSyncError where Garmin cannot give it."""
        account = await accounts.require_account(self.database)
        await lose_file(self.database, FileStore(self._config.paths.files), activity)
        await self.queue.enqueue(account.user_id, JOB_TYPE["activities"], account_id=account.id, priority=_PRIORITY)

    @undisturbed
    async def cancel(self, job: SyncJob) -> None:
        """End a waiting job at once, a running one at its next step."""
        await self.queue.cancel(job.id)

    @undisturbed
    async def retry(self, job: SyncJob) -> None:
        """Go on with a job from where it stopped, now."""
        await self.queue.retry(job.id)

    @undisturbed
    async def pause(self, job: SyncJob) -> None:
        """Pause a job, or resume a paused one."""
        await (self.queue.resume(job.id) if job.paused_at else self.queue.pause(job.id))

    @undisturbed
    async def go_back_to(self, since: date) -> None:
        """From now on health goes back to `since`; the config file says so. Raises GarminSyncError."""
        await asyncio.to_thread(self._config.save, "health.since", str(since))

    @undisturbed
    async def account_linked(self) -> None:
        """Make a new link's schedules, and its first sync at once: as their present turn, which would come as well."""
        await self._ensure_schedules(await accounts.require_account(self.database))
        if not await (self.scheduler or Scheduler(self.queue, clock=self._clock)).due_now():
            await self.sync_now()

    def changes(self) -> AsyncGenerator[None]:
        """Yields when something may have changed, in this process or another."""
        return changes(self.database, also_lost=True)

    # ── Signing in ───────────────────────────────────────────────────────────────────────────────────

    @undisturbed
    async def user(self) -> User | None:
        """The local user, where one was made."""
        return await accounts.find_user(self.database)

    @undisturbed
    async def try_password(self, password: str) -> Try:
        """Whether `password` is the local user's, or how long to wait before another is looked at."""
        return await unlocking.try_password(self.database, password)

    @undisturbed
    async def lock(self) -> None:
        """Let every open app ask for the password. Raises UsageProblem where there is none."""
        await unlocking.lock(self.database)

    async def linking(self, server: str, on_strategy: Callable[[int, int, str], None]) -> Linking:
        """A sign-in at `server`. `on_strategy` is called from another thread. Raises UsageProblem."""
        # In a thread: Garmin's library takes a fifth of a second to import.
        return await asyncio.to_thread(Linking, self.database, self._config.paths, server, on_strategy=on_strategy)

    # ── Reading ──────────────────────────────────────────────────────────────────────────────────────

    @undisturbed
    async def situation(self) -> Situation:
        """How things stand now."""
        moment = self._clock()
        schedules = await self.queue.schedules(also_off=True)
        async with self.database.read() as session:
            stored = await activities.count(session)
        account = await accounts.active_account(self.database)
        return Situation(
            moment=moment,
            account=account,
            jobs=await self._jobs_of(schedules),
            runners=await self.queue.runners(),
            own_runner=self._runner.id if self._runner else None,
            next_turn=min((next_turn(each, moment) for each in schedules if each.enabled), default=None),
            activities=stored,
            wait=await budget.wait(self.database, account.server, self._clock) if account else None,
            schedules=schedules,
            pace=await self._pace(account) if account else None,
        )

    async def _jobs_of(self, schedules: Sequence[Schedule]) -> Sequence[SyncJob]:
        """The newest jobs, and of each schedule the last one, however long that is ago."""
        jobs = list(await self.queue.list(limit=_JOBS_SHOWN))
        for job_type in {each.job_type for each in schedules} - {job.job_type for job in jobs}:
            jobs += await self.queue.list(job_type=job_type, limit=1)
        return jobs

    async def _pace(self, account: GarminConnectAccount) -> Pace:
        allowed = rate_for(account.server, chosen_rate(self._config), account.provider)
        return Pace(allowed.per_s if allowed else None, await budget.slowed_to(self.database, account.server))

    @undisturbed
    async def schedule(self, settings: Mapping[str, Any]) -> None:
        """Let the syncs run by other settings (`sync.…`) from now on; the config file says so. Raises UsageProblem."""
        for name, value in settings.items():
            if (origin := self._config.values[name].origin) not in {"default", "file"}:
                raise UsageProblem(f"{name} is set by the {origin}, which goes first.", hint="Change it there.")
            await asyncio.to_thread(self._config.save, name, value)
        await self._ensure_schedules(await accounts.require_account(self.database))
        if self.scheduler:
            await self.scheduler.due_now()

    def today(self, account: GarminConnectAccount | None) -> date:
        """The date where the account's owner lives."""
        zone = days.zone_of(account.time_zone) if account and account.time_zone else None
        return self._clock().astimezone(zone).date()

    @undisturbed
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
            monday = shown - timedelta(days=shown.weekday())
            of_week = [Condition("start", ">=", monday), Condition("start", "<", monday + timedelta(days=7))]
            week = await activities.find(session, of_week)
            loads: dict[date, float] = {}
            for each in await daily_loads(AskedSession(session), since - timedelta(days=7), shown):
                loads[each.day] = loads.get(each.day, 0.0) + each.load
        return TodayFacts(shown, newest, rollups, latest_ones, loads, week)

    @undisturbed
    async def log(self, job_id: UUID, after: UUID | None) -> Sequence[JobEvent]:
        """The lines of a job's log that are newer than `after`."""
        return await self.queue.events(job_id, after)
