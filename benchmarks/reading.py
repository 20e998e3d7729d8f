"""Activity files: how fast they are read beside plain fitdecode, imported, and opened to the points of a chart.

The synthetic athlete's recordings, one point a second. `GARMINSYNC_BENCH_FILES` imports fewer.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import fitdecode
import sqlalchemy as sa

from garminsync_tui.config import Config
from garminsync_tui.formats import read_track, validate
from garminsync_tui.jobs.queue import Queue
from garminsync_tui.jobs.runner import Runner
from garminsync_tui.models import ActivityBest, ActivityFigures, User
from garminsync_tui.paths import Paths
from garminsync_tui.simulator.athlete import Athlete
from garminsync_tui.simulator.fit import encode
from garminsync_tui.simulator.training import Session
from garminsync_tui.store import activities
from garminsync_tui.store.database import Database
from garminsync_tui.store.files import FileStore
from garminsync_tui.store.glance import file_bytes
from garminsync_tui.sync.figures import FILES
from garminsync_tui.sync.work import work

from .line import Line
from .upsert import ACCOUNT, prepare

COUNT = int(os.environ.get("GARMINSYNC_BENCH_FILES", "200"))
_HOUR_S = 3600
_ROUNDS = 3
_PAGE = 10
_DAYS = 400

_OPEN = """
import sys, time
started = time.perf_counter()
from pathlib import Path
from garminsync_tui.formats import COLUMNS, read_track, track_outline
from garminsync_tui.tui.widgets.plot import draw_chart
from garminsync_tui.tui.widgets.series import Panel, Series, Window
track = read_track(Path(sys.argv[1]))
columns = [getattr(track, name) for name in COLUMNS if track.has(name)]
whole = Window(track.time_ms[0], track.time_ms[-1])
charts = [draw_chart([Panel(Series(track.time_ms, column))], whole, 150, 12) for column in columns]
outline = track_outline(track, 2000)
assert charts and outline
print(time.perf_counter() - started)
"""


def beside_fitdecode() -> Iterable[Line]:
    """One process, the same file in turns: every record with its values, checksums checked."""
    with tempfile.TemporaryDirectory() as folder:
        path = written_file(Path(folder), next(long_sessions({"cycling"}, 4 * _HOUR_S)))
        ours, plain = [], []
        for _ in range(_ROUNDS):
            started = time.perf_counter()
            records = len(read_track(path))
            ours.append(time.perf_counter() - started)
            started = time.perf_counter()
            assert _plain_records(path) == records
            plain.append(time.perf_counter() - started)
        yield Line("FIT records a second, plain fitdecode", records / min(plain), "", 0, at_least=True)
        yield Line("FIT records a second, ours", records / min(ours), "", 0, at_least=True)
        yield Line("ours beside plain fitdecode", min(plain) / min(ours), "x", 10, at_least=True)


def opening() -> Iterable[Line]:
    """A fresh process, from its first import to the points of all charts and the map."""
    with tempfile.TemporaryDirectory() as folder:
        path = written_file(Path(folder), next(long_sessions({"cycling"}, 4 * _HOUR_S)))
        seconds = [float(subprocess.check_output([sys.executable, "-c", _OPEN, str(path)])) for _ in range(_ROUNDS)]
        yield Line("a four-hour activity to drawn points", min(seconds), "s", 0.4)


def importing(count: int = COUNT) -> Iterable[Line]:
    """One-hour files made durable, every record read, numbers, bests and load stored."""
    with tempfile.TemporaryDirectory() as folder:
        sessions = [
            session
            for _, session in zip(
                range(count), long_sessions({"running", "cycling", "trail_running"}, _HOUR_S), strict=False
            )
        ]
        written = [(session, written_file(Path(folder), session)) for session in sessions]
        seconds, bytes_on_disk = asyncio.run(_import(Path(folder), written))
        yield Line(f"activities imported a second, {len(written)} of an hour", count / seconds, "", 25, at_least=True)
        yield Line("disk each, original included", bytes_on_disk / count / 2**20, "MiB", 1)


async def _import(folder: Path, written: list[tuple[Session, Path]]) -> tuple[float, int]:
    paths = Paths.below(folder / "home")
    paths.prepare()
    config = Config.load(paths, {})
    await prepare(config.database_url)
    async with await Database.open(config.database_url) as database:
        files = FileStore(paths.files)
        started = time.perf_counter()
        for start in range(0, len(written), _PAGE):
            rows = await asyncio.to_thread(kept, files, ACCOUNT, written[start : start + _PAGE])
            async with database.write() as session:
                await activities.save(session, ACCOUNT, rows)
        async with database.read() as session:
            user_id = await session.scalar(sa.select(User.id))
        assert user_id
        await Queue(database).enqueue(user_id, "reparse", parameters={"what": FILES}, priority=10)
        await Runner(database, work(config), kind="command", run_dir=paths.run).run_until_idle()
        seconds = time.perf_counter() - started
        async with database.read() as session:
            computed = await session.scalar(sa.select(sa.func.count()).select_from(ActivityFigures))
            bests = await session.scalar(sa.select(sa.func.count()).select_from(ActivityBest))
        assert computed == len(written) and bests
    stored = sum(path.stat().st_size for path in paths.files.rglob("*") if path.is_file())
    return seconds, stored + file_bytes(paths.database)


def kept(files: FileStore, account: UUID, page: list[tuple[Session, Path]]) -> list[dict[str, object]]:
    """Files checked and durable at their place, and their rows."""
    rows: list[dict[str, object]] = []
    for session, path in page:
        validate(path, "FIT")
        with files.drafts() as folder:
            draft = folder / "original"
            draft.write_bytes(path.read_bytes())
            kept = files.keep(draft, account, str(session.activity_id), session.starts, "FIT")
        rows.append(
            {
                "garmin_activity_id": str(session.activity_id),
                "activity_type": session.sport.key,
                "start_time": session.starts,
                "duration": session.moving_s,
                "distance": session.distance,
                "file_type": kept.file_type,
                "file_path": kept.path,
                "sha256": kept.sha256,
                "size_bytes": kept.size_bytes,
            }
        )
    return rows


def long_sessions(kinds: set[str], moving_s: int) -> Iterator[Session]:
    """Runs and rides of the synthetic athlete, each made as long as asked."""
    today = datetime.now(UTC).date()
    athlete = Athlete(1, today, _DAYS)
    for ago in range(_DAYS):
        for session in athlete.sessions(today - timedelta(days=ago)):
            if session.sport.key in kinds and not session.is_manual:
                longer = moving_s / session.moving_s
                distance = session.distance * longer
                yield replace(session, moving_s=moving_s, elapsed_s=moving_s + 60, distance=distance)


def written_file(folder: Path, session: Session) -> Path:
    path = folder / f"{session.activity_id}.fit"
    path.write_bytes(encode(session, 3600, 1, 240))
    return path


def _plain_records(path: Path) -> int:
    """fitdecode as its README shows it: every frame, every value."""
    seconds = set()
    with fitdecode.FitReader(str(path)) as reader:
        for frame in reader:
            if frame.frame_type == fitdecode.FIT_FRAME_DATA and frame.name == "record":
                values = {field.name: field.value for field in frame.fields}
                seconds.add(values["timestamp"])
    return len(seconds)
