"""Health in the app with ten years behind it: opening the place, another span, another metric, a step of the cursor."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import re
import sqlite3
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from textual.pilot import Pilot

from garminsync_tui.config import Config
from garminsync_tui.metrics import EXTRAS, METRICS
from garminsync_tui.paths import Paths
from garminsync_tui.tui.app import GarminSyncApp
from garminsync_tui.tui.screens.health import HealthScreen
from garminsync_tui.tui.widgets.chart import Chart

from .line import Line
from .records import fill
from .upsert import ACCOUNT, prepare

_DAYS = 3650
_OPENINGS = 5
_ROUNDS = 9
_STEPS = 40
_LONGEST_S = 10
#: Between two looks: the pilot's own pause asks every widget, which would be measured too.
_tick = partial(asyncio.sleep, 0.002)


def the_place() -> Iterable[Line]:
    """With a value a day of every metric for ten years, and ten years of activities."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        database = home / "garminsync.db"
        asyncio.run(prepare(f"sqlite:///{database}"))
        _fill(database)
        fill(database, _DAYS)
        yield from asyncio.run(_measured(home))


def _fill(database: Path) -> None:
    today = datetime.now().astimezone().date()
    days = [(today - timedelta(days=back)).isoformat() for back in range(_DAYS)]
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE users SET login_required = 0")  # nobody is there to give a password
        for name, metric in METRICS.items():
            if name in EXTRAS:
                continue
            breadth = int(min(metric.highest - metric.lowest, 60)) or 1
            values = [metric.lowest + number * 7 % breadth for number in range(_DAYS)]
            connection.executemany(
                "INSERT INTO health_daily VALUES (?, ?, ?, ?, ?, ?, 1, ?)",
                [
                    (ACCOUNT.bytes, name, day, value, value, value, value)
                    for day, value in zip(days, values, strict=True)
                ],
            )
            connection.execute("INSERT INTO health_counts VALUES (?, ?, ?)", (ACCOUNT.bytes, name, _DAYS))


@contextlib.asynccontextmanager
async def _running(home: Path) -> AsyncIterator[tuple[GarminSyncApp, Pilot[int]]]:
    app = GarminSyncApp(Config.load(Paths.below(home), {"sync.runner": "never"}, {}))
    async with app.run_test(size=(100, 30)) as pilot:
        while app.situation is None:
            await pilot.pause(0.05)
        await pilot.pause(1)
        gc.freeze()
        yield app, pilot


async def _seconds(app: GarminSyncApp, pilot: Pilot[int], act: Callable[[], object], title: str) -> float:
    """From a key to the painted chart with such a title."""
    started = time.perf_counter()
    act()
    async with asyncio.timeout(_LONGEST_S):
        while not (isinstance(app.screen, HealthScreen) and re.search(title, app.screen.view.title)):
            await _tick()
    await pilot.pause(0)  # until it was painted
    return time.perf_counter() - started


async def _opened(home: Path) -> float:
    async with _running(home) as (app, pilot):
        return await _seconds(app, pilot, lambda: app.open_health("resting_heart_rate"), "^Resting")


async def _measured(home: Path) -> list[Line]:
    opened = [await _opened(home) for _ in range(_OPENINGS)]
    decade = rf" {datetime.now().astimezone().year - 10} – "
    everything, quarter, form, steps = [], [], [], []
    async with _running(home) as (app, pilot):
        seconds = partial(_seconds, app, pilot)
        await seconds(lambda: app.open_health("resting_heart_rate"), "^Resting")
        screen = app.screen
        assert isinstance(screen, HealthScreen)
        for _ in range(_ROUNDS):
            everything.append(await seconds(screen.action_health_all, decade))
            quarter.append(await seconds(screen.action_health_quarter, rf"^(?!.*{decade})"))
        await seconds(screen.action_health_all, decade)
        for _ in range(_ROUNDS):
            form.append(await seconds(lambda: app.open_health("form"), "^Fitness"))
            await seconds(lambda: app.open_health("hrv_last_night_avg"), "^HRV")
        chart = screen.query_one(Chart)
        for _ in range(_STEPS):
            started = time.perf_counter()
            chart.walk("left")
            await pilot.pause(0)
            steps.append(time.perf_counter() - started)
    return [
        Line("Health, opened, to painted", statistics.median(opened), "s", 0.3),
        Line("Health, to all of ten years, painted", statistics.median(everything), "s", 0.3),
        Line("Health, back to 90 days, painted", statistics.median(quarter), "s", 0.3),
        Line("Health, fitness and form of ten years, painted", statistics.median(form), "s", 0.3),
        Line("Health, a step of the cursor over ten years, painted", 1000 * statistics.median(steps), "ms", 50),
    ]
