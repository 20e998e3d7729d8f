"""The app with 20,000 activities and ten years of health, while a sync of all of it runs in the same process.

`GARMINSYNC_BENCH_DAYS` makes the history shorter.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import multiprocessing
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from textual.pilot import Pilot

from garminsync_tui.config import Config
from garminsync_tui.paths import Paths
from garminsync_tui.store import accounts, activities
from garminsync_tui.store.database import Database
from garminsync_tui.store.files import FileStore
from garminsync_tui.tui.app import GarminSyncApp
from garminsync_tui.tui.screens.activity import ActivityScreen
from garminsync_tui.tui.screens.health import HealthScreen
from garminsync_tui.tui.widgets.chart import Chart

from . import records
from .home import GARMINSYNC, linked_home
from .line import Line
from .reading import kept, long_sessions, written_file
from .remembered import memory_mb, opened, sync_everything

DAYS = int(os.environ.get("GARMINSYNC_BENCH_DAYS", "3650"))
#: Of the sessions that the synthetic athlete did in the time.
_TIMES = 7
_SIZE = (120, 40)
_STARTS = 5
_FOUR_HOURS_S = 4 * 3600
#: Through every place and back: what people press most.
_WALK = (
    *("1", "comma", "comma", "full_stop", "full_stop"),
    *("2", *("down",) * 8, "pagedown", "pagedown", "pagedown", "pageup", "end", "home"),
    *("3", *("left",) * 6, "d", "w", "m", "Y", "comma", "full_stop"),
    *("4", "down", "up", "5", "down", "up", "6", "down", "up"),
)
_ROUNDS = 4
_BETWEEN_KEYS_S = 0.1


def app() -> Iterable[Line]:
    with tempfile.TemporaryDirectory() as folder, _history(Path(folder)) as home:
        painted, useful = zip(*(_shown_s(home) for _ in range(_STARTS)), strict=True)
        yield Line("first paint", statistics.median(painted), "s", 0.7)
        yield Line("useful content", statistics.median(useful), "s", 1.5)
        yield from asyncio.run(_used(home))
        yield Line("memory", memory_mb(home, DAYS), "MB", 250)


class _Server(NamedTuple):
    """A simulator in a process of its own: what it does is not the app's work."""

    url: str
    email: str
    password: str


@contextlib.contextmanager
def _history(folder: Path) -> Iterator[Path]:
    """A home that holds all of it, linked to a simulator that goes on serving."""
    command = [GARMINSYNC, "simulate", "--days", str(DAYS)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        said = [process.stdout.readline().split()[-1] for _ in range(3)]
        home = linked_home(folder, _Server(*said))
        subprocess.run(
            [GARMINSYNC, "--home", str(home), "sync", "health", "--since", f"{DAYS - 1}d"],
            env={**os.environ, "GARMINSYNC_SAMPLES": "none"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
        )
        # In a process of its own: what it needed once is not the app's memory.
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as apart:
            apart.submit(_fill, home).result()
        yield home
    finally:
        process.terminate()
        process.wait()


def _fill(home: Path) -> None:
    asyncio.run(_with_activities(home))


async def _with_activities(home: Path) -> None:
    """Rows for most of them, and a file for the newest: four hours on the bicycle."""
    paths = Paths.below(home)
    config = Config.load(paths, {})
    async with await Database.open(config.database_url) as database:
        account = await accounts.require_account(database)
    records.fill(paths.database, DAYS, account.id, _TIMES)
    ride = next(long_sessions({"cycling"}, _FOUR_HOURS_S))
    with tempfile.TemporaryDirectory() as folder:
        row = kept(FileStore(paths.files), account.id, [(ride, written_file(Path(folder), ride))])
    row[0] |= {
        "start_time": datetime.now().astimezone() + timedelta(hours=20),
        "name": "Four hours",
        "garmin_activity_id": "4",
    }
    async with await Database.open(config.database_url) as database, database.write() as session:
        await activities.save(session, account.id, row)


def _shown_s(home: Path) -> tuple[float, float]:
    """From the start of the process to the places' names and to the last activities, on a terminal of 120x40."""
    with opened(home, GARMINSYNC_RUNNER="never") as terminal:
        painted = terminal.until(b"Today")
        return painted, painted + terminal.until(b" km ")


async def _used(home: Path) -> list[Line]:
    config = Config.load(Paths.below(home), {"health.samples": "none"}, {})
    app = GarminSyncApp(config)
    lines = []
    async with app.run_test(size=_SIZE) as pilot:
        await _until(pilot, lambda: app.situation is not None)
        engine = app.engine
        assert engine is not None
        lines.append(Line("opening four hours", statistics.median(await _opened(pilot, app)), "s", 0.4))
        lines.append(Line("another range of ten years", statistics.median(await _ranged(pilot, app)), "s", 0.3))
        await sync_everything(home, DAYS)
        await _until(pilot, lambda: bool(app.situation and app.situation.running))
        gc.freeze()
        taken = [await _pressed(pilot, key) for _ in range(_ROUNDS) for key in _WALK]
        assert app.situation and app.situation.running, "the sync ended before the walk"
        quantiles = statistics.quantiles(taken, n=20)
        lines.append(Line("a key to painted while a sync runs, median", 1000 * statistics.median(taken), "ms", 50))
        lines.append(Line("a key to painted while a sync runs, p95", 1000 * quantiles[18], "ms", 50))
        lines.append(Line("its noise: the longest", 1000 * max(taken), "ms", 0, at_least=True))
    return lines


async def _until(pilot: Pilot[int], true: Callable[[], bool], every_s: float = 0.01) -> None:
    while not true():
        await pilot.pause(every_s)


async def _pressed(pilot: Pilot[int], key: str) -> float:
    """Until every message is answered and the screen was painted; ten keys a second."""
    await pilot.pause(_BETWEEN_KEYS_S)
    started = time.perf_counter()
    pilot.app.simulate_key(key)
    await pilot.pause(0)
    return time.perf_counter() - started


async def _opened(pilot: Pilot[int], app: GarminSyncApp) -> list[float]:
    """From enter on the newest activity to its charts."""
    taken = []
    for _ in range(_STARTS):
        await pilot.press("2", "home")
        await pilot.pause(0.5)
        started = time.perf_counter()
        app.simulate_key("enter")
        await _until(pilot, lambda: isinstance(app.screen, ActivityScreen) and _drawn(app, "#chart"))
        taken.append(time.perf_counter() - started)
        await pilot.press("escape")
    return taken


async def _ranged(pilot: Pilot[int], app: GarminSyncApp) -> list[float]:
    """From a key to ten years of resting heart rate, or a year of it, in the chart."""
    await pilot.press("3")
    await _until(pilot, lambda: isinstance(app.screen, HealthScreen) and _drawn(app, "#health-chart"))
    chart = app.screen.query_one("#health-chart", Chart)
    taken = []
    for key in ("A", "Y") * _STARTS:
        await pilot.pause(0.3)
        shown = chart.series
        started = time.perf_counter()
        app.simulate_key(key)
        await _until(pilot, lambda shown=shown: chart.series is not shown)
        await pilot.pause(0)
        taken.append(time.perf_counter() - started)
    return taken


def _drawn(app: GarminSyncApp, chart: str) -> bool:
    return any(each.series is not None for each in app.screen.query(chart).results(Chart))
