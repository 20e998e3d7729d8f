"""The ledger as the calendars read it."""

from __future__ import annotations

from datetime import date, timedelta

from garminsync_tui.models import GarminConnectAccount
from garminsync_tui.store import coverage
from garminsync_tui.store.database import Database
from garminsync_tui.store.schema import ACTIVITY_FILE

FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)


async def test_a_month_by_day_holds_what_was_asked_for_and_nothing_else(
    database: Database, account: GarminConnectAccount
) -> None:
    days = [FIRST - timedelta(days=1), FIRST, LAST, LAST + timedelta(days=1)]
    async with database.write() as session:
        entries = [coverage.Entry(name, day, "fetched") for name in ("steps", "sleep", "weight") for day in days]
        entries.append(coverage.Entry(ACTIVITY_FILE, FIRST, "fetched", item="17"))
        await coverage.record(session, account.id, entries)
        await coverage.fail(session, account.id, "sleep", LAST, "HTTP 500")
        await coverage.fail(session, account.id, "sleep", LAST, "HTTP 503")
    async with database.read() as session:
        found = await coverage.by_day(session, account.id, ["steps", "sleep"], FIRST, LAST)
    by_day = {(each.endpoint, each.day): each for each in found}
    assert set(by_day) == {("steps", FIRST), ("steps", LAST), ("sleep", FIRST), ("sleep", LAST)}
    failed = by_day["sleep", LAST]
    assert (failed.status, failed.reason, failed.attempts) == ("failed", "HTTP 503", 2)
    assert failed.next_try_at is not None
    assert by_day["steps", FIRST] == coverage.Day("steps", FIRST, "fetched", None, 0, None)
