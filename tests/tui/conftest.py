"""Homes to open the app on: empty, linked, filled; and a way to wait for what a screen shows."""

from __future__ import annotations

import math
import shutil
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.pilot import Pilot

from garminsync_tui.config import Config
from garminsync_tui.ids import new_id
from garminsync_tui.metrics import Reading, day_ms
from garminsync_tui.models import Activity, GarminConnectAccount, User
from garminsync_tui.paths import Paths
from garminsync_tui.store import accounts, days, health
from garminsync_tui.store.accounts import StoredTokens
from garminsync_tui.store.database import Database
from garminsync_tui.store.files import FileStore
from garminsync_tui.store.health import FetchedDay
from garminsync_tui.store.vault import Vault
from garminsync_tui.tui.app import GarminSyncApp

TODAY = date(2026, 11, 21)
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
DEADLINE_S = 20.0
#: Passwords of tests guard nothing.
QUICKLY = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(scope="session", autouse=True)
def _styles_are_parsed_once() -> Iterator[None]:
    """Each app would parse the same styles anew: a tenth of what opening it takes."""
    kept: dict[Any, list[RuleSet]] = {}
    parse = Stylesheet._parse_rules

    def parsed(self: Stylesheet, css: str, *arguments: Any, **options: Any) -> list[RuleSet]:
        key = (css, arguments, *options.items(), *self._variables.items())
        if key not in kept:
            kept[key] = parse(self, css, *arguments, **options)
        return kept[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "_parse_rules", parsed)
        yield


@pytest.fixture
def config(paths: Paths, sqlite_template: Path) -> Config:
    """An installation with an upgraded, empty database that runs no jobs by itself."""
    shutil.copy(sqlite_template, paths.database)
    return Config.load(paths, {"sync.runner": "never", "health.since": days_ago(10)}, {})


@pytest.fixture
async def database(config: Config) -> AsyncIterator[Database]:
    """That database, open beside the app's own connection to it."""
    async with await Database.open(config.database_url) as opened:
        yield opened


@pytest.fixture
async def account(database: Database, paths: Paths) -> GarminConnectAccount:
    return await link(database, paths)


def days_ago(count: int) -> str:
    """A date as settings have it, by the real clock that they are checked against."""
    return str(datetime.now().astimezone().date() - timedelta(days=count))


@asynccontextmanager
async def running(
    config: Config, *, size: tuple[int, int] = (100, 30), opened: bool = True, **options: Any
) -> AsyncIterator[tuple[GarminSyncApp, Pilot[int]]]:
    """The app on a terminal of this size; with its first look taken unless `opened` is False."""
    options.setdefault("clock", lambda: NOON)
    app = GarminSyncApp(config, **options)
    async with app.run_test(size=size) as pilot:
        if opened:
            await until(pilot, lambda: app.situation is not None)
            await pilot.pause()
        yield app, pilot


async def until(pilot: Pilot[Any], condition: Callable[[], object], what: str = "") -> None:
    """Let the app work until something is so; fails after a deadline that only a fault reaches."""
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < deadline, what or "it did not come true\n" + shown(pilot.app)
        await pilot.pause(0.03)


def shown(app: Any) -> str:
    """What stands on the terminal now, as text."""
    return "\n".join("".join(segment.text for segment in line) for line in app.screen._compositor.render_strips())


async def link(
    database: Database, paths: Paths, *, server: str = "http://127.0.0.1:1", password: str | None = None
) -> GarminConnectAccount:
    hashed = QUICKLY.hash(password) if password else "$argon2id$of a discarded secret"
    user = User(id=new_id(), username="me", password_hash=hashed, login_required=bool(password))
    async with database.write() as session:
        session.add(user)
    return await accounts.link(
        database,
        await Vault.open(database, paths),
        user.id,
        garmin_user_id="1001",
        server=server,
        display_name="runner",
        time_zone="Europe/Berlin",
        tokens=StoredTokens("access", "client", "refresh", datetime(2036, 12, 1, tzinfo=UTC)),
    )


async def store_activities(
    database: Database, paths: Paths, account: GarminConnectAccount, names: Sequence[str], **values: Any
) -> list[Path]:
    """One run a day back from TODAY, each with its GPX file or its own of `contents`; where the files lie."""
    store = FileStore(paths.files)
    placed = []
    rows = []
    for number, name in enumerate(names):
        start = NOON - timedelta(days=number)
        with store.drafts() as folder:
            draft = folder / "draft"
            contents = values.get("contents", ())
            draft.write_bytes(contents[number] if number < len(contents) else gpx(start))
            kept = store.keep(draft, account.id, str(9000 + number), start, "GPX")
        placed.append(paths.files / kept.path)
        rows.append(
            {
                "garmin_activity_id": str(9000 + number),
                "activity_type": "running",
                "start_time": start,
                "duration": 1800 + number,
                "distance": 5000.0 + 100 * number,
                "calories": 400.0,
                "name": name,
                "utc_offset_s": 3600,
                "file_type": "GPX",
                "file_path": kept.path,
                "sha256": kept.sha256,
                "size_bytes": kept.size_bytes,
                "extra": {"averageHR": 148, "maxHR": 171, "elevationGain": 62},
            }
        )
    async with database.write() as session:
        session.add_all(Activity(id=new_id(), garmin_connect_account_id=account.id, **row) for row in rows)
    return placed


def gpx(start: datetime) -> bytes:
    """Ten minutes around a lake, with heart rate."""
    points = []
    for second in range(0, 600, 5):
        turn = second / 600 * math.tau
        moment = start + timedelta(seconds=second)
        points.append(
            f'<trkpt lat="{52.5 + 0.01 * math.sin(turn):.6f}" lon="{13.4 + 0.016 * math.cos(turn):.6f}">'
            f"<ele>{40 + 10 * math.sin(2 * turn):.1f}</ele><time>{moment:%Y-%m-%dT%H:%M:%SZ}</time>"
            '<extensions><x:TrackPointExtension xmlns:x="http://www.garmin.com/xmlschemas/TrackPointExtension/v1">'
            f"<x:hr>{140 + 20 * math.sin(3 * turn):.0f}</x:hr></x:TrackPointExtension></extensions></trkpt>"
        )
    body = "".join(points)
    return f'<gpx version="1.1" creator="t"><trk><trkseg>{body}</trkseg></trk></gpx>'.encode()


async def store_days(
    database: Database, account: GarminConnectAccount, count: int = 21, until_day: date = TODAY
) -> None:
    """Core health of the days up to and with `until_day`; the tenth day back is a gap."""
    fetched = []
    for back in range(count):
        day = until_day - timedelta(days=back)
        if back == 10:
            continue
        moment = day_ms(day)
        values = {
            "sleep": 7 * 3600 + 24 * 60 - 300 * (back % 7),
            "sleep_score": 82 - back % 5,
            "sleep_deep": 4200,
            "sleep_rem": 6000,
            "resting_heart_rate": 48 + back % 4,
            "hrv_last_night_avg": 61 - back % 6,
            "hrv_status": 4,
            "hrv_baseline_low": 52,
            "hrv_baseline_high": 68,
            "body_battery_low": 14,
            "body_battery_charged": 58,
            "steps_total": 6412 + 311 * (back % 9),
            "step_goal": 9000,
            "stress_avg": 26 + back % 8,
            "stress_max": 88,
        }
        readings = [Reading(name, moment, float(value)) for name, value in values.items()]
        readings += [Reading("body_battery", moment + 3600_000 * hour, 90.0 - 3 * hour) for hour in range(6, 12)]
        fetched.append(FetchedDay(day, readings))
    metrics = sorted({reading.metric for each in fetched for reading in each.readings})
    first = until_day - timedelta(days=count)
    async with database.write() as session:
        await days.ensure(session, account.id, days.zone_of("UTC"), first, until_day + timedelta(days=1))
        await health.replace_days(session, account.id, "everything", metrics, fetched)
