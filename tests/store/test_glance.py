"""What `status` shows: the same whichever way a database is asked."""

from __future__ import annotations

import contextlib
import sqlite3
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from garminsync_tui.ids import new_id
from garminsync_tui.jobs.liveness import lives
from garminsync_tui.jobs.queue import Queue, register
from garminsync_tui.models import GarminConnectAccount, HealthCount, HealthDaily, RunnerRow
from garminsync_tui.store import coverage, responses
from garminsync_tui.store.database import Database, parse_url
from garminsync_tui.store.glance import Glance, Totals, at_file, look, sqlite_file

DAY = date(2026, 9, 1)


@pytest.fixture
async def seen(database: Database, account: GarminConnectAccount, tmp_path: Path) -> Glance:
    queue = Queue(database)
    await queue.enqueue(account.user_id, "activity_sync", account_id=account.id)
    await queue.ensure_schedules(account.id, ["activity_sync"], 3600)
    await register(
        database,
        RunnerRow(id=new_id(), host="elsewhere", pid=7, kind="daemon", version="1", lock_path=str(tmp_path / "lock")),
    )
    async with database.write() as session:
        session.add(
            HealthDaily(
                garmin_connect_account_id=account.id,
                metric_type="steps",
                day=DAY,
                minimum=1,
                mean=2,
                maximum=3,
                n=1440,
                last=3,
            )
        )
        session.add(HealthCount(garmin_connect_account_id=account.id, metric_type="steps", n=1440))
        await coverage.record(session, account.id, [coverage.Entry("steps", DAY, "fetched")])
        await responses.keep(session, account.id, "steps", DAY, DAY, {"steps": 1})
    return await look(database)


async def test_everything_is_seen(seen: Glance, account: GarminConnectAccount) -> None:
    assert seen.account is not None
    assert seen.account.garmin_user_id == account.garmin_user_id
    assert seen.account.token_expires_at == account.token_expires_at
    assert seen.account.refresh_token
    assert (seen.activities, seen.readings, seen.days) == (0, 1440, (DAY, DAY))
    assert (seen.jobs, seen.synced) == ({"pending": 1}, {})
    assert [(turn.garmin_connect_account_id, turn.every_s) for turn in seen.schedules] == [(account.id, 3600)]
    assert seen.coverage == [Totals("steps", "fetched", 1, DAY, DAY)]
    assert seen.size_bytes > 0
    assert 0 < seen.raw_bytes < 100
    assert abs(datetime.now(UTC) - seen.now) < timedelta(minutes=5)


async def test_a_runner_lives_until_a_lease_without_a_word_has_passed(seen: Glance) -> None:
    [runner] = seen.runners
    assert lives(runner, seen.now)
    assert not lives(runner, seen.now + timedelta(seconds=61))


async def test_a_file_shows_the_same_as_the_open_database(
    database: Database, account: GarminConnectAccount, seen: Glance
) -> None:
    if not database.sqlite:
        assert sqlite_file(database.url.render_as_string()) is None
        return
    path = sqlite_file(database.url.render_as_string())
    assert path is not None
    at_once = at_file(path)
    assert at_once is not None
    assert at_once._replace(now=seen.now, size_bytes=seen.size_bytes) == seen


@pytest.mark.parametrize(
    "url", ["sqlite:////a/b.db", "sqlite+aiosqlite:////a/b.db", "sqlite:///b.db?x=1", "sqlite:///~/b c.db"]
)
def test_the_file_of_an_address_is_the_one_that_is_opened(url: str) -> None:
    assert str(sqlite_file(url)) == parse_url(url).database


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "postgresql://h/d", "nonsense"])
def test_not_every_address_is_a_file(url: str) -> None:
    assert sqlite_file(url) is None


def test_what_is_no_database_of_ours_is_left_to_the_usual_way(tmp_path: Path) -> None:
    assert at_file(tmp_path / "missing.db") is None
    assert not (tmp_path / "missing.db").exists()
    (tmp_path / "text.db").write_text("not a database, but long enough to look like one " * 100)
    assert at_file(tmp_path / "text.db") is None
    with contextlib.closing(sqlite3.connect(tmp_path / "newer.db")) as newer, newer:
        newer.execute("CREATE TABLE alembic_version (version_num TEXT)")
        newer.execute("INSERT INTO alembic_version VALUES ('9999')")
    assert at_file(tmp_path / "newer.db") is None
