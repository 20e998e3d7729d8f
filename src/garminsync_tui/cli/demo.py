"""`garminsync demo`."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..dates import months_before
from ..errors import UsageProblem
from .home import Command, Home, pass_home, waits
from .output import Output, has_terminal, listing, say
from .simulate import EMAIL, PASSWORD

if TYPE_CHECKING:
    from uuid import UUID

    from ..simulator import Simulator

_DAYS = 60


@click.command(cls=Command)
@click.option("--headless", is_flag=True, help="End with a summary instead of opening the app.")
@click.option("--days", type=click.IntRange(1, 3650), default=_DAYS, show_default=True, help="How long a history.")
@click.option("--latency", type=click.IntRange(0), default=0, metavar="MS", help="Answer so much later.")
@listing
@pass_home
def demo(home: Home, headless: bool, days: int, latency: int, out: Output) -> int:
    """Show everything with a made-up athlete: no account is needed, and nothing is sent anywhere.

    A simulator of Garmin Connect runs in this process; sign-in, jobs, database and files are the real ones. The
    home is a throw-away one, unless --home names one to keep.
    """
    headless = headless or out.form != "text" or not has_terminal()
    with _athlete(home, days, latency) as (where, simulator):
        say(f"simulator at {simulator.url}, home {where}")
        # The app's schedule asks for what a plain sync asks for: the same job then serves both.
        today = datetime.now().astimezone().date()
        reached = home.config().health_since or months_before(today, 12)
        all_of_it = headless or today - timedelta(days=days) < reached
        queued = _prepare(home, simulator, days if all_of_it else None)
        if headless:
            return _headless(home, simulator, queued, days, out)
        from ..tui.app import run as open_app

        code: int = open_app(home.prepared(), is_sample=True)
        return code


def explore() -> bool:
    """Show the made-up athlete of `demo` in an app of its own, on a home that is gone afterwards.

    Says whether the process was told to end meanwhile.
    """
    from ..tui.app import run_once

    home = Home()
    with _athlete(home, _DAYS, 0) as (_, simulator):
        _prepare(home, simulator, None)  # as far back as the schedule goes: one job serves both
        return run_once(home.prepared(), is_sample=True).told_to_end


@contextlib.contextmanager
def _athlete(home: Home, days: int, latency_ms: int) -> Iterator[tuple[Path, Simulator]]:
    from ..simulator import Simulator

    with (
        _home(home) as where,
        Simulator(port=_port(home), email=EMAIL, password=PASSWORD, days=days, latency_ms=latency_ms) as simulator,
    ):
        yield where, simulator


@contextlib.contextmanager
def _home(home: Home) -> Iterator[Path]:
    """A home that is gone afterwards, unless one was named."""
    # A database named in the environment holds real data: the demo keeps away from it.
    home.environment = {name: value for name, value in os.environ.items() if name != "GARMINSYNC_DATABASE"}
    if home.directory:
        yield Path(home.directory)
        return
    import tempfile

    with tempfile.TemporaryDirectory(prefix="garminsync-demo-") as folder:
        home.directory = folder
        yield Path(folder)


@waits
async def _port(home: Home) -> int:
    """The port of the demo before in a home that was kept, so that its account is found again; else 0.

    Raises UsageProblem where the home holds a real account: the demo would end its link.
    """
    from ..garmin.server import Server
    from ..store import accounts

    file = home.database_file()
    if file is not None and not file.exists():
        return 0
    async with home.opened() as (_, database):
        account = await accounts.active_account(database)
    if account is None:
        return 0
    server = Server.parse(account.server)
    if not server.is_loopback:
        raise UsageProblem("This home holds a real account.", hint="Name another folder with --home, or none.")
    return int(server.url.rpartition(":")[2])


@waits
async def _prepare(home: Home, simulator: Simulator, days: int | None) -> list[UUID]:
    """Link the athlete's account and queue the jobs that bring everything here, `days` back where given."""
    from ..daemon import ensure_schedules
    from ..jobs.queue import Queue, utc_now
    from ..models import GarminConnectAccount
    from ..sync.linking import Linking
    from ..sync.work import JOB_TYPE
    from .sync import PRIORITY

    async with home.opened() as (config, database):
        linking = Linking(database, config.paths, simulator.url)
        account = await linking.start(EMAIL, PASSWORD)
        assert isinstance(account, GarminConnectAccount), "this simulator asks for no code"
        queue = Queue(database)
        await ensure_schedules(queue, config)
        since = {"since": (utc_now() - timedelta(days=days - 1)).date().isoformat()} if days else {}
        queued = [
            await queue.enqueue(
                account.user_id,
                job_type,
                account_id=account.id,
                parameters=since if word == "health" else {},
                priority=PRIORITY,
            )
            for word, job_type in JOB_TYPE.items()
        ]
        return [job_id for job_id in queued if job_id]


@waits
async def _headless(home: Home, simulator: Simulator, queued: list[UUID], days: int, out: Output) -> int:
    """Sync with progress and end with numbers."""
    from ..store.glance import look
    from ..store.health import counts
    from .follow import Follower
    from .progress import ProgressLine
    from .sync import report

    started = time.monotonic()
    async with home.opened() as (config, database):
        follower = Follower(config, database, ProgressLine())
        jobs = await follower.to_the_end(queued)
        seconds = time.monotonic() - started
        stored = await look(database)
        async with database.read() as session:
            metrics = len(await counts(session))
    requests = simulator.stats()["requests"]["total"]
    summary: dict[str, Any] = {
        "activities": stored.activities,
        "metrics": metrics,
        "readings": stored.readings,
        "first_day": stored.days[0],
        "last_day": stored.days[1],
        "requests": requests,
        "requests_per_day": round(requests / days, 1),
        "database_size_bytes": stored.size_bytes,
        "duration_s": round(seconds, 1),
    }
    if out.json:
        out.document(summary)
        return report(jobs, follower, None)
    code = report(jobs, follower, out)
    out.facts(_lines(summary))
    return code


def _lines(summary: dict[str, Any]) -> list[tuple[str, str]]:
    from ..units import number, size

    return [
        ("activities", number(summary["activities"])),
        ("metrics", number(summary["metrics"])),
        ("readings", number(summary["readings"])),
        ("days", f"{summary['first_day']} to {summary['last_day']}"),
        ("requests", f"{number(summary['requests'])} ({number(summary['requests_per_day'], 1)} a day)"),
        ("database", size(summary["database_size_bytes"])),
        ("seconds", number(summary["duration_s"], 1)),
    ]
