"""The headless runner: schedule, jobs and signals, with notices for systemd. Nothing here needs a terminal."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import time
from collections.abc import AsyncIterator, Callable

from . import errors
from .account_words import sign_in_needed
from .config import Config
from .errors import AlreadyRunning, GarminSyncError
from .hooks import OnFailed
from .jobs.queue import Queue
from .jobs.runner import Runner
from .jobs.schedule import Scheduler
from .jobs.words import error_code, state, title
from .memory import keep_one_arena
from .models import SyncJob
from .store import accounts
from .store.database import Database
from .sync.work import JOB_TYPE, work
from .text import clean

#: How long work may take to stop before it is abandoned: with what comes after it is ten seconds at most.
STOP_S = 5.0
_PARTLY_DONE = 5

_EXIT_CODES = {
    kind.code: kind.exit_code
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, GarminSyncError)
} | {"partly": _PARTLY_DONE}


def exit_code(job: SyncJob) -> int:
    """What a command that waited for `job` ends with: 0 done, 5 partly; else by the condition that stopped it."""
    return 0 if job.status == "completed" else _EXIT_CODES.get(error_code(job) or "", 1)


def worst(codes: list[int]) -> int:
    """The exit code of several jobs: what needs a person most goes first."""
    return next((code for code in (3, 1, 2, 4, 5) if code in codes), 0)


def line(job: SyncJob) -> str:
    """One line about a job that ended or waits again."""
    now = job.updated_at
    word = state(job, now).word
    parts = [title(job), word]
    if text := job.error_message or (job.extra or {}).get("note"):
        parts.append(clean(str(text)))
    return "  ".join(parts)


async def ensure_schedules(queue: Queue, config: Config) -> None:
    """Give the active account its schedules, as the settings have them."""
    account = await accounts.active_account(queue.database)
    if account is not None:
        every_s, daily_at = int(config["sync.every_minutes"] * 60), config["sync.daily_at"] or None
        types = list(JOB_TYPE.values())
        off = [JOB_TYPE[name] for name in config["sync.off"]]
        await queue.ensure_schedules(
            account.id, types, every_s, daily_at=daily_at, time_zone=account.time_zone, off=off
        )


async def run(config: Config, database: Database, tell: Callable[[str], None]) -> int:
    """Run jobs and schedule until SIGTERM or SIGINT; one line to `tell` for each job that ended.

    Raises AlreadyRunning where a daemon of this machine works on this database.
    """
    keep_one_arena()
    queue = Queue(database)
    await _refuse_second(queue)
    stopped = _stopped_by_signals()
    await ensure_schedules(queue, config)
    hook = await _hook(config, queue)

    def ended(job: SyncJob) -> None:
        tell(line(job))
        notify(f"STATUS={line(job)}")
        hook.ended(job)

    runner = Runner(database, work(config), kind="daemon", run_dir=config.paths.run, on_end=ended)
    scheduler = Scheduler(queue)
    await runner.start()
    try:
        await scheduler.start()
        async with watched(runner):
            notify("READY=1")
            notify("STATUS=running")
            tell(f"running on {database.name}; stop with Ctrl-C or SIGTERM")
            if await accounts.active_account(database) is None:
                tell("no account is linked yet: run `garminsync login`")
            await stopped.wait()
            notify("STATUS=handing back what is in progress")
            notify("STOPPING=1")
    finally:
        scheduler.stop()
        await runner.stop(STOP_S)
        await hook.finish()
    return 0


async def run_once(config: Config, database: Database, tell: Callable[[str], None]) -> int:
    """Run what is due, then return the exit code of the worst job. Raises SignInRequired, AlreadyRunning."""
    queue = Queue(database)
    await _refuse_second(queue)
    account = await accounts.require_account(database)
    if account.sign_in_needed_since:
        raise sign_in_needed(account.provider)
    await ensure_schedules(queue, config)
    codes: list[int] = []
    hook = await _hook(config, queue)

    def ended(job: SyncJob) -> None:
        codes.append(exit_code(job))
        tell(line(job))
        hook.ended(job)

    runner = Runner(database, work(config), kind="daemon", run_dir=config.paths.run, on_end=ended)
    await Scheduler(queue).due_now()
    await runner.run_until_idle()
    await hook.finish()
    return worst(codes)


async def _hook(config: Config, queue: Queue) -> OnFailed:
    hook = OnFailed(config["hooks.on_failed"])
    await hook.remember(queue)
    return hook


async def _refuse_second(queue: Queue) -> None:
    for row in await queue.runners():
        if row.kind == "daemon" and row.host == socket.gethostname():
            raise AlreadyRunning(
                f"A daemon already works on this database (process {row.pid}).",
                hint="`garminsync status` shows what it does.",
            )


def _stopped_by_signals() -> asyncio.Event:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    # A closed terminal is no reason to stop: whoever wants that sends SIGTERM.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    return stopped


# ── systemd ──────────────────────────────────────────────────────────────────────────────────────────


def notify(text: str) -> None:
    """Tell systemd something, where it listens (sd_notify(3): a datagram to NOTIFY_SOCKET)."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if address[:1] not in {"/", "@"}:
        return
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.setblocking(False)  # a listener that does not listen must not hold up the jobs
        sender.sendto(text.encode(), "\0" + address[1:] if address[0] == "@" else address)


@contextlib.asynccontextmanager
async def watched(runner: Runner, fresh_s: float = 15.0) -> AsyncIterator[None]:
    """Tell systemd's watchdog twice an interval that this moves (sd_watchdog_enabled(3)).

    Only while the event loop turns and the runner, less than half an interval or `fresh_s` ago, looked at the queue
    and the database answered: a process that hangs with either is worth no more than one that ended.
    """
    interval_us = os.environ.get("WATCHDOG_USEC", "")
    meant = os.environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
    if not interval_us.isdecimal() or not int(interval_us) or not meant:
        yield
        return
    half_s = int(interval_us) / 2_000_000

    async def beat() -> None:
        while True:
            if time.monotonic() - runner.looked_at < max(half_s, fresh_s):
                notify("WATCHDOG=1")
            await asyncio.sleep(half_s)

    beating = asyncio.create_task(beat())
    try:
        yield
    finally:
        beating.cancel()
