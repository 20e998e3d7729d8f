"""Ten years of activities with what was computed from them, and how soon a command has an answer.

The synthetic athlete's sessions are written as rows, each with metadata as long as Garmin's, its figures and best
efforts over every distance and time there is, whatever its sport: more than anybody has, and no file is read.
`GARMINSYNC_BENCH_DAYS` makes it smaller.
"""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from uuid import UUID

from garminsync_tui.columns import to_ms
from garminsync_tui.ids import new_ids
from garminsync_tui.simulator.athlete import Athlete
from garminsync_tui.simulator.training import Session
from garminsync_tui.store.glance import file_bytes
from garminsync_tui.training.sports import sport_of

from .commands import GARMINSYNC, best_s
from .line import Line
from .upsert import ACCOUNT, prepare

DAYS = int(os.environ.get("GARMINSYNC_BENCH_DAYS", "3650"))
_DISTANCES_M = (
    *(400.0, 800.0, 1000.0, 1609.344, 3000.0, 3218.688, 5000.0, 10_000.0),
    *(15_000.0, 16_093.44, 20_000.0, 21_097.5, 30_000.0, 42_195.0, 50_000.0),
)
#: Fifty-odd times from 5 s to 5 h: those that people speak of, and others between them.
_POWER_S = tuple(
    sorted(
        {5.0, 15.0, 30.0, 60.0, 180.0, 300.0, 420.0, 720.0, 1200.0, 1800.0, 3600.0}
        | {float(round(5 * 3600 ** (n / 43))) for n in range(44)}
    )
)
_BASES = {"running": "pace", "cycling": "power", "swimming": "swim"}
#: What Garmin tells of an activity beside what has a column.
_METADATA = {f"value{n}": n * 1.5 for n in range(70)}
_FIGURES = {f"figure{n}": n * 1.5 for n in range(40)}

_ACTIVITY = """INSERT INTO activities (id, garmin_connect_account_id, garmin_activity_id, activity_type, start_time,
    duration, distance, calories, file_type, file_path, metadata, synced_at, created_at, name, utc_offset_s, sha256,
    size_bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'FIT', ?, ?, ?, ?, ?, 3600, ?, 50000)"""
_FIGURES_OF = """INSERT INTO activity_figures (activity_id, version, sha256, sport, day, figures, load, load_basis)
    VALUES (?, 1, ?, ?, ?, ?, ?, ?)"""
_BEST_OF = """INSERT INTO activity_bests (activity_id, kind, span, value, sport, starts_at, note)
    VALUES (?, ?, ?, ?, ?, ?, ?)"""


def whole_processes(days: int = DAYS) -> Iterable[Line]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        database = home / "garminsync.db"
        asyncio.run(prepare(f"sqlite:///{database}"))
        empty_bytes = file_bytes(database)
        activities, bests = fill(database, days)
        yield Line("activities", activities, "", 0, at_least=True)
        yield Line("best efforts", bests, "", 0, at_least=True)
        yield Line("bytes an activity", (file_bytes(database) - empty_bytes) / activities, "B", 0, at_least=True)
        for arguments in (
            ["bests"],
            ["bests", "--since", "1y"],
            ["bests", "--all"],
            ["bests", "--history", "10 km"],
            ["load"],
            ["stats", "--by", "year"],
            ["stats", "--type", "running"],
        ):
            seconds = best_s([*GARMINSYNC, *arguments], str(home))
            yield Line(f"garminsync {' '.join(arguments)}, {activities} activities", seconds, "s", 0.3)


def fill(database: Path, days: int, account: UUID = ACCOUNT, times: int = 1) -> tuple[int, int]:
    """Write the athlete's last days so many times; how many activities and best efforts there are."""
    today = datetime.now().astimezone().date()
    athlete = Athlete(1, today, days)
    dice = Random(1)
    once = [session for n in range(days) for session in athlete.sessions(today - timedelta(days=days - 1 - n))]
    sessions = [
        replace(session, activity_id=session.activity_id + n * 10**12, starts=session.starts - timedelta(hours=n))
        for n in range(times)
        for session in once
    ]
    with closing(sqlite3.connect(database)) as connection, connection:
        bests = 0
        for session, activity_id in zip(sessions, new_ids(len(sessions)), strict=True):
            starts_ms = to_ms(session.starts)
            day = (session.starts + timedelta(hours=1)).date()
            sha256 = dice.randbytes(32)
            extra = json.dumps({**_METADATA, "elevationGain": float(session.climb), "averageHR": session.average_hr})
            connection.execute(
                _ACTIVITY,
                (
                    *(activity_id, account.bytes, str(session.activity_id), session.sport.key, starts_ms),
                    *(session.elapsed_s, session.distance, session.calories, f"{session.activity_id}.fit"),
                    *(extra, starts_ms, starts_ms, session.name, sha256),
                ),
            )
            sport = sport_of(session.sport.key)
            connection.execute(
                _FIGURES_OF,
                (
                    *(activity_id, sha256, sport, day.isoformat(), json.dumps(_FIGURES)),
                    *(session.load, _BASES.get(sport, "heart_rate")),
                ),
            )
            rows = [(activity_id, *best) for best in _bests(session, sport, dice)]
            connection.executemany(_BEST_OF, rows)
            bests += len(rows)
    return len(sessions), bests


def _bests(session: Session, sport: str, dice: Random) -> Iterator[tuple[str, float, float, str, int, str | None]]:
    """Kind, span, value, sport, start and note: the whole distance a bit faster the shorter it is."""
    starts_ms = to_ms(session.starts)
    speed_mps = max(session.distance / session.moving_s, 0.5)
    for span_m in _DISTANCES_M:
        seconds = span_m / (speed_mps * dice.uniform(0.9, 1.1) * (100_000 / span_m) ** 0.06)
        note = None if dice.random() < 0.97 else "suspect"
        yield "distance", span_m, seconds, sport, starts_ms + dice.randrange(600_000), note
    for span_s in _POWER_S:
        watts = max(session.average_power, 120) * dice.uniform(0.9, 1.1) * (18_000 / span_s) ** 0.12
        yield "power", span_s, watts, sport, starts_ms + dice.randrange(600_000), None
