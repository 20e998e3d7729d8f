"""What a long list asks: the same answers from both databases, also where Garmin's documents hold nonsense."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from garminsync_tui.filters import parse, without_dates
from garminsync_tui.ids import new_id
from garminsync_tui.models import Activity, GarminConnectAccount
from garminsync_tui.store import activity_lists as lists
from garminsync_tui.store import originals
from garminsync_tui.store.activity_lists import Day, Totals
from garminsync_tui.store.database import Database

NEW_YEAR = datetime(2026, 1, 1, 0, 30, tzinfo=UTC)


async def store(database: Database, account: GarminConnectAccount) -> dict[str, bytes]:
    """Three runs: the last evening of 2025 by the clock there, the first of 2026, and one without a distance."""
    rows: list[dict[str, Any]] = [
        {"name": "eve", "utc_offset_s": -3600, "distance": 5000.0, "extra": {"elevationGain": 40}},
        {"name": "First", "utc_offset_s": 3600, "distance": 7000.0, "extra": {"elevationGain": "x"}},
        {"name": None, "utc_offset_s": 24 * 3600, "distance": None, "extra": {"elevationGain": 1e300}},
    ]
    found = {}
    async with database.write() as session:
        for number, row in enumerate(rows):
            activity = Activity(
                id=new_id(),
                garmin_connect_account_id=account.id,
                garmin_activity_id=str(number),
                activity_type="running" if number else "cycling",
                start_time=NEW_YEAR,
                duration=600 * (number + 1),
                file_type="FIT",
                file_path=f"{number}.fit",
                sha256=bytes(32),
                size_bytes=1,
                **row,
            )
            session.add(activity)
            found[row["name"] or ""] = activity.id.bytes
    return found


async def test_order_windows_and_totals(database: Database, account: GarminConnectAccount) -> None:
    async with database.read() as session:
        assert await lists.keys(session) == []
        assert await lists.totals(session) == Totals()
        empty = await lists.stamp(session)
    ids = await store(database, account)
    async with database.read() as session:
        assert await lists.stamp(session) != empty
        # What has no name comes last, in both directions; letters are neither large nor small.
        by_name = await lists.keys(session, order="name", descending=False)
        assert by_name == [ids["eve"], ids["First"], ids[""]]
        assert (await lists.keys(session, order="dist"))[0] == ids["First"]
        window = await lists.window(session, [ids[""], bytes(16), ids["eve"]])
        assert [each.activity.name for each in window] == [None, "eve"]
        assert [each.load for each in window] == [None, None]
        assert await lists.types(session) == ["running", "cycling"]
        assert await lists.totals(session) == Totals(3, 3600.0, 12_000.0, 40.0)
        assert await lists.totals(session, parse("after:2026 dist>6")) == Totals(1, 1200.0, 7000.0, None)


async def test_days_are_those_of_the_clock_there(database: Database, account: GarminConnectAccount) -> None:
    await store(database, account)
    async with database.read() as session:
        assert await lists.days(session, [], 2025) == [Day(date(2025, 12, 31), Totals(1, 600.0, 5000.0, 40.0))]
        assert await lists.days(session, without_dates(parse("dist>6 on:2025")), 2026) == [
            Day(date(2026, 1, 1), Totals(1, 1200.0, 7000.0, None))
        ]
        assert [each.day for each in await lists.days(session, [], 2026)] == [date(2026, 1, 1), date(2026, 1, 2)]


async def test_one_original_is_as_it_is_among_all(database: Database, account: GarminConnectAccount) -> None:
    await store(database, account)
    async with database.read() as session:
        for each in await originals.page(session, None, 10):
            assert await originals.one(session, each.id) == each
            assert each.obstacle is None
