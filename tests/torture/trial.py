"""One trial: accounts, jobs, machines, whoever holds a job killed again and again, and what is found afterwards."""

from __future__ import annotations

import asyncio
import hashlib
import random
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa

from garminsync_tui.columns import to_json
from garminsync_tui.config import Config
from garminsync_tui.ids import new_id
from garminsync_tui.jobs.queue import Queue
from garminsync_tui.jobs.runner import Runner
from garminsync_tui.models import Activity, ActivityFile, GarminConnectAccount, RequestBudget, RunnerRow, SyncJob, User
from garminsync_tui.paths import Paths
from garminsync_tui.simulator import Simulator
from garminsync_tui.store.database import Database
from garminsync_tui.sync.linking import Linking
from garminsync_tui.sync.work import JOB_TYPE, work

from ..synced import content
from . import witness
from .machines import Machine, Park, Process, until

NOW = datetime(2026, 11, 3, 20, 0, tzinfo=UTC)
#: Days of one health job.
_SHARE_DAYS = 4
_DOWNLOAD = "/download-service/"

Content = dict[str, dict[str, list[tuple[Any, ...]]]]


class Plan(NamedTuple):
    """How much there is to do."""

    accounts: int
    days: int
    #: As in the settings: "none" leaves out what takes a request a day.
    samples: str = "standard"

    @property
    def first_day(self) -> str:
        return (NOW.date() - timedelta(days=self.days - 1)).isoformat()

    @property
    def settings(self) -> str:
        """What a daemon's own schedule asks for is not more than the jobs do."""
        return f'[health]\nsince = "{self.first_day}"\nsamples = "{self.samples}"\n'


@dataclass(frozen=True)
class Expected:
    """What an undisturbed run stores, and in how many requests."""

    content: Content
    #: By account.
    requests: dict[str, int]

    def of(self, servers: list[Simulator]) -> Expected:
        """The share of some accounts."""
        urls = {server.url for server in servers}
        return Expected(
            {url: each for url, each in self.content.items() if url in urls},
            {url: count for url, count in self.requests.items() if url in urls},
        )

    @property
    def items(self) -> int:
        return sum(len(each["activities"]) + len(each["health"]) for each in self.content.values())


@dataclass
class Found:
    """What a trial ended with."""

    kills: int = 0
    jobs: int = 0
    items: int = 0
    missing: int = 0
    twice: int = 0
    torn: int = 0
    overlaps: int = 0
    repeated: int = 0
    seconds: float = 0.0
    verified: str = ""
    unfinished: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        wrong = self.missing, self.twice, self.torn, self.overlaps
        return not any(wrong) and self.repeated <= self.kills and not self.unfinished and self.verified == "all whole"


@contextmanager
def garmins(plan: Plan) -> Iterator[list[Simulator]]:
    """A Garmin for each account, each with another athlete."""
    with ExitStack() as stack:
        yield [stack.enter_context(Simulator(days=plan.days, now=NOW, seed=n + 1)) for n in range(plan.accounts)]


async def link(database: Database, paths: Paths, servers: list[Simulator]) -> None:
    """Sign in to each; every account gets a user of its own, as one user has one active account."""
    for number, server in enumerate(servers):
        account = await Linking(database, paths, server.url).start(server.email, server.password)
        assert isinstance(account, GarminConnectAccount)
        user = User(id=new_id(), username=f"owner {number}", password_hash="$argon2id$none", login_required=False)
        async with database.write() as session:
            session.add(user)
            await session.flush()
            await session.execute(
                sa.update(GarminConnectAccount)
                .where(GarminConnectAccount.id == account.id)
                .values(user_id=user.id, display_name=account.display_name)
            )


async def accounts(database: Database) -> list[GarminConnectAccount]:
    async with database.read() as session:
        return list(await session.scalars(sa.select(GarminConnectAccount).order_by(GarminConnectAccount.server)))


async def enqueue(database: Database, plan: Plan, **again: bool) -> int:
    """For each account its activities, and its days in shares; the number of jobs. `full=True` asks for all again."""
    queue, number = Queue(database), 0
    for account in await accounts(database):
        wanted: list[tuple[str, dict[str, Any]]] = [(JOB_TYPE["activities"], {})]
        for age in range(0, plan.days, _SHARE_DAYS):
            last = NOW.date() - timedelta(days=age)
            first = NOW.date() - timedelta(days=min(age + _SHARE_DAYS, plan.days) - 1)
            wanted.append((JOB_TYPE["health"], {"since": first.isoformat(), "until": last.isoformat(), **again}))
        for job_type, parameters in wanted:
            await queue.enqueue(account.user_id, job_type, account_id=account.id, parameters=parameters)
        number += len(wanted)
    return number


async def stored(database: Database) -> Content:
    """What is stored of the days up to NOW, by account; what the clock alone decides is left out."""
    found: Content = {}
    for account in await accounts(database):
        of_it = await content(database, account.id)
        of_it["coverage"] = [row[:4] for row in of_it["coverage"] if row[1] <= NOW.date()]
        del of_it["days"]
        found[account.server] = of_it
    return found


async def undisturbed(folder: Path, plan: Plan, servers: list[Simulator]) -> Expected:
    """The same jobs in one process that nobody kills, on SQLite."""
    paths = Paths.below(folder / "undisturbed")
    paths.prepare()
    paths.config.write_text(plan.settings)
    async with await Database.open(f"sqlite:///{paths.database}") as database:
        await link(database, paths, servers)
        await enqueue(database, plan)
        for server in servers:
            server.reset_stats()
        config = Config.load(paths, {}, {})
        await Runner(database, work(config), kind="command", run_dir=paths.run).run_until_idle()
        requests = {server.url: server.stats()["requests"]["total"] for server in servers}
        return Expected(await stored(database), requests)


class Trial:
    """Some machines at work on one database, for the accounts of some Garmins."""

    def __init__(self, park: Park, database: Database, plan: Plan, servers: list[Simulator], seed: int = 1) -> None:
        self.park = park
        self.database = database
        self.plan = plan
        self.servers = servers
        self.machines: list[Machine] = []
        self.jobs = 0
        self.kills = 0
        self._chance = random.Random(seed)
        self._processes: dict[int, Process] = {}

    async def prepare(self, machines: int) -> None:
        """Link the accounts on the first machine and ask for everything."""
        self.machines = [self.park.machine("a", self.plan.settings)]
        await link(self.database, self.machines[0].paths, self.servers)
        self.machines += [self.park.machine(chr(ord("a") + n), self.plan.settings) for n in range(1, machines)]
        self.jobs = await enqueue(self.database, self.plan)
        for server in self.servers:
            server.reset_stats()

    def start(self, machine: Machine, *arguments: str, **orders: Any) -> Process:
        process = self.park.start(machine, *(arguments or ("daemon",)), **orders)
        self._processes[process.pid] = process
        return process

    def add(self, process: Process) -> Process:
        """One that was started otherwise may be killed too."""
        self._processes[process.pid] = process
        return process

    async def holders(self) -> list[int]:
        """The numbers of the processes that hold jobs, each of which got further since it was interrupted.

        Five interruptions at the same place are a job's end, as they should be: that is not what is tried here.
        """
        statement = (
            sa.select(RunnerRow.pid)
            .join(SyncJob, SyncJob.owner == RunnerRow.id)
            .where(SyncJob.status == "in_progress")
            .group_by(RunnerRow.pid)
            .having(sa.func.max(SyncJob.crash_count) == 0)
        )
        async with self.database.read() as session:
            return [pid for pid in await session.scalars(statement) if pid in self._processes]

    async def kill_a_holder(self, pages: int = 1) -> Process:
        """Once so many pages more were committed, one that holds a job is killed."""
        before = len(witness.pages(self.park.witness))

        async def enough() -> bool:
            await self._keep_busy()
            return len(witness.pages(self.park.witness)) >= before + pages

        await until(enough, f"{pages} pages")
        await asyncio.sleep(self._chance.uniform(0, 0.03))
        victim: list[int] = []

        async def found() -> bool:
            await self._keep_busy()
            victim[:] = await self.holders()
            return bool(victim)

        await until(found, "somebody who holds a job")
        return await self.kill(self._processes[self._chance.choice(victim)])

    async def kill(self, process: Process) -> Process:
        process.kill()
        await until(lambda: not process.lives(), "the end of a process that was killed")
        del self._processes[process.pid]
        self.kills += 1
        return process

    async def torment(self, kills: int, expected: Expected) -> None:
        """Kill holders, each replaced on its machine, spread over all that there is to do."""
        most = max(sum(expected.requests.values()) // max(kills, 1), 1)
        for _ in range(kills):
            killed = await self.kill_a_holder(self._chance.randint(1, most))
            self.start(killed.machine, *killed.arguments)

    async def finish(self) -> None:
        """Let everything come to its end, and stop everybody as systemd would."""
        await until(self._is_idle, "the end of all jobs", patience_s=600)
        for process in self._processes.values():
            process.send(signal.SIGTERM)
        await until(lambda: not any(each.lives() for each in self._processes.values()), "the end of all processes")

    async def _keep_busy(self) -> None:
        """When there is nothing left to be killed at, all days are asked for once more: they must stay as they are."""
        self._require_all()
        if await self._is_idle():
            self.jobs += await enqueue(self.database, self.plan, full=True)

    def _require_all(self) -> None:
        """Nobody takes the place of one that ended unasked, so that in the end there might be none left to wait for."""
        ended = [each for each in self._processes.values() if not each.lives()]
        assert not ended, "\n".join(f"ended, and nobody had killed it: {each.words}" for each in ended)

    async def picture(self) -> str:
        """Who should be there and what is not done, for when nothing moves."""
        lines = [f"{datetime.now(UTC)}", *(each.words for each in self._processes.values())]
        async with self.database.read() as session:
            for row in [
                *await session.scalars(sa.select(RunnerRow)),
                *await session.scalars(sa.select(SyncJob).where(SyncJob.status != "completed")),
                *await session.scalars(sa.select(RequestBudget)),
            ]:
                values = [f"{name}={value}" for name, value in vars(row).items() if value and name[0] != "_"]
                lines.append(f"{row.__tablename__}: {', '.join(sorted(values))}")
        return "\n".join(lines)

    async def _is_idle(self) -> bool:
        waiting = sa.select(sa.func.count()).where(SyncJob.status.in_(["pending", "in_progress"]))
        async with self.database.read() as session:
            return not await session.scalar(waiting.select_from(SyncJob))

    async def judge(self, expected: Expected) -> Found:
        """Compare with the undisturbed run, and look at every file."""
        found = Found(kills=self.kills, jobs=self.jobs, items=expected.items)
        here = _counted(await stored(self.database))
        there = _counted(expected.content)
        found.missing = (there - here).total()
        found.twice = (here - there).total()
        found.torn = await self._torn()
        found.overlaps = witness.overlaps(self.park.witness)
        found.repeated = self.repeated()
        async with self.database.read() as session:
            ended = await session.scalars(sa.select(SyncJob).where(SyncJob.status != "completed"))
            found.unfinished = [f"{job.job_type}: {job.status} {job.error_message}" for job in ended]
        said = await self.park.run(self.machines[0], "verify", "--read-data", "--json")
        found.verified = "all whole" if '"state": "done"' in said and '"problems": []' in said else said
        return found

    def repeated(self) -> int:
        """Downloads that were made again."""
        asked: Counter[str] = Counter()
        for number, server in enumerate(self.servers):
            for path, count in server.stats()["requests"]["by_path"].items():
                if _DOWNLOAD in path:
                    asked[f"{number} {path}"] += count
        return asked.total() - len(asked)

    async def _torn(self) -> int:
        """Files that are not what their row says, and files that no row names."""
        async with self.database.read() as session:
            rows = {row.file_path: row.sha256 for row in await session.scalars(sa.select(Activity))}
            kept = {row.sha256: row.bytes for row in await session.scalars(sa.select(ActivityFile))}
        wrong = 0
        for root in {machine.paths.files for machine in self.machines}:
            lying = {
                path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).digest()
                for path in root.rglob("*")
                if path.is_file() and not path.is_relative_to(root / "tmp")
            }
            wrong += sum(rows.get(path) != digest for path, digest in lying.items())
            wrong += sum(path not in lying for path in rows) if self.database.sqlite else 0
        if not self.database.sqlite:
            wrong += sum(hashlib.sha256(kept.get(sha256, b"")).digest() != sha256 for sha256 in rows.values())
        return wrong


def _counted(stored: Content) -> Counter[tuple[str, str, str]]:
    return Counter(
        (server, table, repr([_plain(value) for value in row]))
        for server, tables in stored.items()
        for table, rows in tables.items()
        for row in rows
    )


def _plain(value: Any) -> Any:
    """The same for both databases: jsonb has an order of its own, and SQLite no zero below zero."""
    if isinstance(value, dict):
        return to_json(value)
    return value + 0.0 if isinstance(value, float) else value


@asynccontextmanager
async def opened(park: Park, plan: Plan, servers: list[Simulator], machines: int) -> AsyncIterator[Trial]:
    async with await Database.open(park.url) as database:
        trial = Trial(park, database, plan, servers)
        try:
            await trial.prepare(machines)
            yield trial
        except AssertionError as failed:
            failed.add_note(await trial.picture())
            raise


async def killed_again_and_again(
    park: Park, plan: Plan, servers: list[Simulator], expected: Expected, *, kills: int, machines: int = 3
) -> Found:
    """The trial as it is meant: daemons on some machines, and whoever of them holds a job is killed."""
    started = time.monotonic()
    async with opened(park, plan, servers, machines) as trial:
        for machine in trial.machines:
            trial.start(machine)
        await trial.torment(kills, expected)
        await trial.finish()
        found = await trial.judge(expected)
    return replace(found, seconds=time.monotonic() - started)
