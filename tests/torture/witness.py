"""What is put around the program's own code in a process that is to be watched, and what makes it misbehave.

The witness is independent of the queue: whoever works for an account holds a lock file of that account meanwhile, and
every page that is committed is a line of a file. Nothing else of the program is touched, unless a control asks for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from garminsync_tui.columns import now
from garminsync_tui.config import Config
from garminsync_tui.jobs import run as jobs_run
from garminsync_tui.jobs.queue import Leases, leases
from garminsync_tui.jobs.run import JobRun
from garminsync_tui.models import SyncJob
from garminsync_tui.store.database import Database
from garminsync_tui.sync import work as sync_work


@dataclass(frozen=True)
class Orders:
    """What a watched process is told."""

    folder: str
    #: What it takes for the name of its machine.
    host: str
    #: Stand still (SIGSTOP) with the data of this page in hand, counted from 1; 0 for never.
    stop_before_page: int = 0
    #: A guard that is taken away, so that the witness has something to see: "exclusion" or "fence".
    without: str = ""


class Page(NamedTuple):
    """A page that was committed."""

    pid: int
    job_id: UUID
    fence: int


def overlaps(folder: Path) -> int:
    """How often two processes worked for one account at the same moment."""
    return len(_lines(folder / "overlaps"))


def pages(folder: Path) -> list[Page]:
    """All pages so far, in the order of their commits."""
    found = (line.split() for line in _lines(folder / "pages"))
    return [Page(int(pid), UUID(job_id), int(fence)) for pid, job_id, fence in found]


def has_ended(folder: Path, pid: int) -> bool:
    """Whether a process has come to the end of some work, be it that it was told to stop."""
    return any(line.startswith(f"{pid} ") for line in _lines(folder / "ended"))


def late_pages(folder: Path) -> int:
    """Pages that were committed for a job after somebody else had taken it over."""
    newest: dict[UUID, int] = {}
    late = 0
    for page in pages(folder):
        newest[page.job_id] = max(newest.get(page.job_id, 0), page.fence)
        late += page.fence < newest[page.job_id]
    return late


def _lines(file: Path) -> list[str]:
    return file.read_text().splitlines() if file.exists() else []


class Watched:
    """This process, once it has its orders."""

    def __init__(self) -> None:
        self.orders: Orders | None = None
        #: Transactions that are open now.
        self.writing = 0
        self._pages = 0

    def obey(self, orders: Orders) -> None:
        self.orders = orders
        socket.gethostname = lambda: orders.host  # type: ignore[assignment]
        if orders.without == "exclusion":
            _forget_who_is_busy()
        elif orders.without == "fence":
            _forget_the_fence()

    def write(self, name: str, line: str) -> None:
        assert self.orders
        file = os.open(Path(self.orders.folder, name), os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC)
        os.write(file, f"{line}\n".encode())
        os.close(file)

    async def before_page(self) -> None:
        self._pages += 1
        if self.orders and self._pages == self.orders.stop_before_page:
            while self.writing:  # who stands still within a transaction stops every writer of SQLite: another trial
                await asyncio.sleep(0)
            os.kill(os.getpid(), signal.SIGSTOP)

    @contextlib.contextmanager
    def at_work(self, run: JobRun) -> Iterator[None]:
        account_id = run.job.garmin_connect_account_id
        if account_id is None or self.orders is None:
            yield  # local work is outside of the one-runner rule
            return
        lock = os.open(Path(self.orders.folder, str(account_id)), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC)
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self.write("overlaps", f"{os.getpid()} {run.job.id}")
            yield
        finally:
            self.write("ended", f"{os.getpid()} {run.job.id}")
            os.close(lock)


watched = Watched()


def watch() -> None:
    """Put the witness around work and pages. Before anything else of the program is imported: names are bound then."""
    make, page, write = sync_work.work, jobs_run.JobRun.page, Database.write

    def work(config: Config) -> Mapping[str, Callable[[JobRun], Awaitable[None]]]:
        return {name: around(each) for name, each in make(config).items()}

    def around(do: Callable[[JobRun], Awaitable[None]]) -> Callable[[JobRun], Awaitable[None]]:
        async def watched_work(run: JobRun) -> None:
            with watched.at_work(run):
                await do(run)

        return watched_work

    @contextlib.asynccontextmanager
    async def watched_page(run: JobRun) -> AsyncIterator[Any]:
        await watched.before_page()
        async with page(run) as session:
            yield session
        watched.write("pages", f"{os.getpid()} {run.job.id} {run.claim.fence}")

    @contextlib.asynccontextmanager
    async def watched_write(database: Database) -> AsyncIterator[Any]:
        watched.writing += 1
        try:
            async with write(database) as session:
                yield session
        finally:
            watched.writing -= 1

    Database.write = watched_write  # type: ignore[method-assign]
    sync_work.work = work  # type: ignore[assignment]
    jobs_run.JobRun.page = watched_page  # type: ignore[method-assign]


def _forget_who_is_busy() -> None:
    def anything_due(job_types: frozenset[str], host: str | None, *, sqlite: bool) -> sa.Select[UUID]:
        account = SyncJob.garmin_connect_account_id
        return (
            sa.select(SyncJob.id)
            .where(SyncJob.status == "pending", SyncJob.run_at <= now(), SyncJob.job_type.in_(job_types))
            .where(sa.or_(account.is_not(None), sa.literal(host is not None)))
            .limit(1)
        )

    leases._due = anything_due  # type: ignore[assignment]


def _forget_the_fence() -> None:
    async def let_pass(*_: Any, **__: Any) -> None:
        pass

    Leases.guard = let_pass  # type: ignore[method-assign]
