"""Going through activities in the app: pages of a list of twenty thousand, its filter, and a recording of four hours.

Measured inside the app, from the key until every message is answered and the screen is painted.
"""

from __future__ import annotations

import asyncio
import gc
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import sqlalchemy as sa
from textual.pilot import Pilot
from textual.widgets import Input

from garminsync_tui.config import Config
from garminsync_tui.ids import new_id
from garminsync_tui.models import Activity, User
from garminsync_tui.paths import Paths
from garminsync_tui.store import activities
from garminsync_tui.store.database import Database
from garminsync_tui.store.files import FileStore
from garminsync_tui.tui.app import GarminSyncApp
from garminsync_tui.tui.screens.activity import ActivityScreen
from garminsync_tui.tui.widgets.window_table import WindowTable

from .line import Line
from .reading import kept, long_sessions, written_file
from .upsert import ACCOUNT, prepare

ROWS = int(os.environ.get("GARMINSYNC_BENCH_ACTIVITIES", "20_000"))
_LASTS_S = 4 * 3600
_SIZE = (100, 30)
_WARM, _COUNTED = 5, 60
_PAGE = 2000
_SETTLES_S = 1.0
#: About as much as Garmin's summary of an activity holds.
_SUMMARY = {"averageHR": 148, "maxHR": 171, "elevationGain": 62.0, "rest": "x" * 1000}


def through_activities() -> Iterable[Line]:
    """The newest of them is the long one."""
    with tempfile.TemporaryDirectory() as folder:
        yield from asyncio.run(_measured(Path(folder)))


async def _measured(folder: Path) -> list[Line]:
    paths = Paths.below(folder / "home")
    paths.prepare()
    config = Config.load(paths, {"sync.runner": "never"}, {})
    await prepare(config.database_url)
    await _fill(config, folder)
    app = GarminSyncApp(config)
    async with app.run_test(size=_SIZE) as pilot:
        while app.situation is None:
            await pilot.pause(0.05)
        await pilot.press("2")
        table = app.screen.query_one("#list", WindowTable)
        while table.row(0) is None:
            await pilot.pause(0.05)
        await pilot.pause(_SETTLES_S)
        gc.freeze()
        opened = [await _open(app, pilot) for _ in range(3)]
        pages = await _each(pilot, lambda: table.action_page(1))
        steps = await _each(pilot, lambda: table.action_move(1))
        line = app.screen.query_one("#filter", Input)
        typed = await _each(pilot, lambda: line.insert_text_at_cursor("1" if line.value else "dist>"), 12)
    return [
        Line(f"page down in {ROWS} activities, median", 1000 * statistics.median(pages), "ms", 50),
        Line(f"page down in {ROWS} activities, 95th percentile", 1000 * _p95(pages), "ms", 50),
        Line("down, 95th percentile", 1000 * _p95(steps), "ms", 50),
        Line("a letter in the filter, median", 1000 * statistics.median(typed), "ms", 50),
        Line("a recording of four hours to drawn charts", statistics.median(opened), "s", 0.4),
        Line("memory of the app", psutil.Process().memory_info().rss / 2**20, "MiB", 250),
    ]


async def _fill(config: Config, folder: Path) -> None:
    session = next(long_sessions({"cycling"}, _LASTS_S))
    [long_one] = kept(FileStore(config.paths.files), ACCOUNT, [(session, written_file(folder, session))])
    rows = [
        {
            "id": new_id(),
            "garmin_connect_account_id": ACCOUNT,
            "garmin_activity_id": str(number),
            "name": f"Run {number}",
            "activity_type": "running",
            "start_time": session.starts - timedelta(hours=4 * number),
            "duration": 1800 + number % 900,
            "distance": 5000.0 + number % 7000,
            "file_type": "FIT",
            "file_path": f"{number}.fit",
            "sha256": bytes(32),
            "size_bytes": 1,
            "metadata": _SUMMARY,
        }
        for number in range(1, ROWS)
    ]
    async with await Database.open(config.database_url) as database:
        for start in range(0, len(rows), _PAGE):
            async with database.write() as writing:
                await writing.execute(sa.insert(Activity.__table__), rows[start : start + _PAGE])
        async with database.write() as writing:
            await activities.save(writing, ACCOUNT, [long_one])
            await writing.execute(sa.update(User).values(login_required=False))


async def _each(pilot: Pilot[Any], key: Callable[[], object], count: int = _COUNTED) -> list[float]:
    taken = []
    for _ in range(_WARM + count):
        started = time.perf_counter()
        key()
        await pilot.pause(0)  # until every message is answered and the screen was painted
        taken.append(time.perf_counter() - started)
        await pilot.pause(_SETTLES_S / 20)
    return taken[_WARM:]


async def _open(app: GarminSyncApp, pilot: Pilot[Any]) -> float:
    started = time.perf_counter()
    app.screen.action_activities_open()  # type: ignore[attr-defined]
    while not (isinstance(app.screen, ActivityScreen) and app.screen.is_painted):  # noqa: ASYNC110
        await asyncio.sleep(0.001)  # nothing of the app waits for who measures it
    taken = time.perf_counter() - started
    await pilot.pause(_SETTLES_S)
    app.pop_screen()
    await pilot.pause(_SETTLES_S / 5)
    return taken


def _p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]
