"""What came before anybody knew whose it is goes to its Garmin account, in one transaction, and no day exists twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from garminsync_tui.columns import to_ms
from garminsync_tui.ids import new_id
from garminsync_tui.metrics import Reading, day_ms
from garminsync_tui.models import (
    CalendarDay,
    Coverage,
    GarminConnectAccount,
    HealthCount,
    HealthDaily,
    HealthMetric,
    ImportedFile,
    User,
)
from garminsync_tui.store import accounts, days, health, imports, own_accounts
from garminsync_tui.store.database import Database
from garminsync_tui.store.health import FetchedDay
from garminsync_tui.store.vault import Vault

from .conftest import TOKENS

BERLIN, TOKYO = days.zone_of("Europe/Berlin"), days.zone_of("Asia/Tokyo")
MONDAY, TUESDAY, WEDNESDAY = (date(2026, 10, 19) + timedelta(days=n) for n in range(3))


@pytest.fixture
async def user_id(database: Database) -> UUID:
    user = User(id=new_id(), username="me", password_hash="$argon2id$of a discarded secret", login_required=False)
    async with database.write() as session:
        session.add(user)
    return user.id


@pytest.fixture
async def local(database: Database, user_id: UUID) -> GarminConnectAccount:
    async with database.write() as session:
        return await own_accounts.ensure_local(session, user_id)


def at(day: date, hour: int) -> int:
    """A wall-clock time in Berlin, in milliseconds."""
    return to_ms(datetime(day.year, day.month, day.day, hour, tzinfo=BERLIN).astimezone(UTC))


async def store(
    database: Database,
    account_id: UUID,
    day: date,
    beats: Sequence[Reading],
    steps: float | None = None,
    zone: ZoneInfo = BERLIN,
) -> None:
    async with database.write() as session:
        await days.ensure(session, account_id, zone, day, day)
        if beats:
            await health.replace_days(session, account_id, "heart_rate", ["heart_rate"], [FetchedDay(day, beats)])
        if steps is not None:
            total = Reading("steps_total", day_ms(day), steps)
            await health.replace_days(session, account_id, "daily_summary", ["steps_total"], [FetchedDay(day, [total])])


async def link(database: Database, vault: Vault, user_id: UUID, garmin_user_id: str = "1001") -> GarminConnectAccount:
    return await accounts.link(
        database,
        vault,
        user_id,
        garmin_user_id=garmin_user_id,
        server="http://127.0.0.1:1",
        display_name="runner",
        time_zone="Europe/Berlin",
        tokens=TOKENS,
    )


async def held(database: Database, account_id: UUID) -> dict[str, list[tuple[Any, ...]]]:
    """All health of an account; that of every other has to be none."""
    tables = {
        HealthMetric: "metric_type timestamp value",
        HealthDaily: "metric_type day minimum maximum n last",
        HealthCount: "metric_type n",
        Coverage: "endpoint day status",
        CalendarDay: "day starts_at ends_at",
    }
    found: dict[str, list[tuple[Any, ...]]] = {}
    async with database.read() as session:
        for table, columns in tables.items():
            rows = list(await session.scalars(sa.select(table)))
            assert {row.garmin_connect_account_id for row in rows} <= {account_id}, table
            found[table.__tablename__] = sorted(
                (tuple(getattr(row, name) for name in columns.split()) for row in rows), key=str
            )
    return found


def beat(day: date, hour: int, value: float) -> Reading:
    return Reading("heart_rate", at(day, hour), value)


async def test_health_of_files_is_the_account_s_once_it_is_linked(
    database: Database, vault: Vault, user_id: UUID, local: GarminConnectAccount
) -> None:
    await store(database, local.id, MONDAY, [beat(MONDAY, 1, 50), beat(MONDAY, 9, 90)], steps=9_000)
    await store(database, local.id, TUESDAY, [beat(TUESDAY, 1, 60)])
    async with database.write() as session:
        memory = {
            "user_id": user_id,
            "fingerprint": bytes(32),
            "sha256": bytes(32),
            "outcome": "imported",
            "reason": "",
            "version": 1,
            "garmin_connect_account_id": local.id,
            "activity_id": None,
            "job_id": new_id(),
        }
        await imports.remember(session, [memory])
    before = await held(database, local.id)
    account = await link(database, vault, user_id)
    assert await held(database, account.id) == before
    async with database.read() as session:
        assert await session.scalar(sa.select(ImportedFile.garmin_connect_account_id)) == account.id


async def test_what_the_account_has_of_a_day_stays_its_own(
    database: Database, vault: Vault, user_id: UUID, local: GarminConnectAccount
) -> None:
    account = await link(database, vault, user_id)
    await store(database, account.id, MONDAY, [beat(MONDAY, 9, 100), beat(MONDAY, 10, 110)])
    await accounts.unlink(database, account.id)
    await store(database, local.id, MONDAY, [beat(MONDAY, 1, 50), beat(MONDAY, 9, 90)], steps=9_000)
    await store(database, local.id, TUESDAY, [beat(TUESDAY, 1, 60)])
    assert (await link(database, vault, user_id)).id == account.id
    found = await held(database, account.id)
    beats = [row[1:] for row in found["health_metrics"] if row[0] == "heart_rate"]
    assert [value for _, value in sorted(beats)] == [100.0, 110.0, 60.0]
    assert found["health_daily"] == [
        ("heart_rate", MONDAY, 100.0, 110.0, 2, 110.0),
        ("heart_rate", TUESDAY, 60.0, 60.0, 1, 60.0),
        ("steps_total", MONDAY, 9_000.0, 9_000.0, 1, 9_000.0),
    ]
    assert found["health_counts"] == [("heart_rate", 3), ("steps_total", 1)]
    assert [row[:2] for row in found["coverage"]] == [
        ("daily_summary", MONDAY),
        ("heart_rate", MONDAY),
        ("heart_rate", TUESDAY),
    ]


async def test_days_that_were_bounded_otherwise_are_joined_and_added_up_again(
    database: Database, vault: Vault, user_id: UUID, local: GarminConnectAccount
) -> None:
    """The files' days were assumed to be Tokyo's, the account's were Berlin's: each instant is of one day only."""
    account = await link(database, vault, user_id)
    await store(database, account.id, TUESDAY, [beat(TUESDAY, 9, 100)])
    await accounts.unlink(database, account.id)
    late = [Reading("heart_rate", at(MONDAY, 20), 70.0)]  # Tuesday in Tokyo
    await store(database, local.id, WEDNESDAY, [beat(WEDNESDAY, 9, 80)], zone=TOKYO)
    await store(database, local.id, MONDAY, [beat(MONDAY, 9, 60), *late], zone=TOKYO)
    await link(database, vault, user_id)
    found = await held(database, account.id)
    bounds = found["days"]
    assert [row[0] for row in bounds] == [MONDAY, TUESDAY, WEDNESDAY]
    assert all(left[2] == right[1] for left, right in pairwise(bounds)), "no gap, no overlap"
    assert sum(row[4] for row in found["health_daily"]) == 4, "every reading is counted once"
    assert found["health_counts"] == [("heart_rate", 4)]


async def test_an_account_that_only_an_archive_told_of_is_taken_over_whatever_the_server(
    database: Database, vault: Vault, user_id: UUID, local: GarminConnectAccount
) -> None:
    async with database.write() as session:
        archived = await own_accounts.ensure_of_profile(session, user_id, "1001")
    await store(database, archived.id, MONDAY, [beat(MONDAY, 1, 50)])
    account = await link(database, vault, user_id)
    assert (account.id, account.active, account.server) == (archived.id, True, "http://127.0.0.1:1")
    assert len((await held(database, account.id))["health_metrics"]) == 1
    other = await link(database, vault, user_id, "2002")
    assert other.id != archived.id, "another profile has a row of its own"
    async with database.write() as session:
        again = await own_accounts.ensure_of_profile(session, user_id, "1001")
    assert again.id == archived.id


async def test_whose_data_is_shown(database: Database, vault: Vault, user_id: UUID) -> None:
    assert await accounts.shown_account(database) is None
    async with database.write() as session:
        local = await own_accounts.ensure_local(session, user_id)
    shown = await accounts.shown_account(database)
    assert shown is not None and shown.id == local.id
    async with database.write() as session:
        archived = await own_accounts.ensure_of_profile(session, user_id, "1001")
    shown = await accounts.shown_account(database)
    assert shown is not None and shown.id == archived.id
    linked = await link(database, vault, user_id, "2002")
    shown = await accounts.shown_account(database)
    assert shown is not None and shown.id == linked.id
