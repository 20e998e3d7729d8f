"""Pages of rows on their way out: each row once, whatever the database takes for the order of texts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from garminsync_tui.models import Activity, Coverage, GarminConnectAccount
from garminsync_tui.store import listed
from garminsync_tui.store.database import Database

from ..trained import Trained, add, at

ITEMS = ["", "a", "A", "_", "10", "9", "ä", "Z", "é", "'", "💤", "a b", "ab", "-1"]


@pytest.mark.parametrize("page_rows", [1, 3, 7, 1000])
async def test_each_row_comes_once(database: Database, account: GarminConnectAccount, page_rows: int) -> None:
    days = [date(2026, 11, 1) + timedelta(days=number) for number in range(3)]
    async with database.write() as session:
        session.add_all(
            Coverage(garmin_connect_account_id=account.id, endpoint=endpoint, day=day, item=item, status="empty")
            for endpoint in ("Sleep", "heart", "_x")
            for day in days
            for item in ITEMS
        )
    key = [Coverage.garmin_connect_account_id, Coverage.endpoint, Coverage.day, Coverage.item]
    pages = [page async for page in listed.pages(database, key, [Coverage], page_rows=page_rows)]
    found = [(row[-1].endpoint, row[-1].day, row[-1].item) for page in pages for row in page]
    assert len(found) == len(set(found)) == 3 * 3 * len(ITEMS)
    assert max(map(len, pages)) <= page_rows
    following = [
        row[-1]
        async for page in listed.pages(database, key, [Coverage], page_rows=page_rows, after=pages[0][-1][: len(key)])
        for row in page
    ]
    assert [(row.endpoint, row.day, row.item) for row in following] == found[len(pages[0]) :]


async def test_activities_and_the_months_they_are_in(database: Database, account: GarminConnectAccount) -> None:
    starts = [at("2026-01-31", 23), at("2025-12-01", 0), at("2026-01-31", 23), at("2026-03-01")]
    async with database.write() as session:
        await add(session, account.id, *(Trained(start) for start in starts))
    months = await listed.months(database, [])
    assert [(first.month, end.month, end.year) for first, end in months] == [(12, 1, 2026), (1, 2, 2026), (3, 4, 2026)]
    found: list[Activity] = []
    for month in months:
        async for page in listed.activities(database, [], started=month, page_rows=1):
            found += page
    assert [activity.start_time for activity in found] == sorted(starts)
    assert len({activity.id for activity in found}) == 4
    after = (found[1].start_time, found[1].id)
    rest = [activity.id async for page in listed.activities(database, [], after=after) for activity in page]
    assert rest == [activity.id for activity in found[2:]]
