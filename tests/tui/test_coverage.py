"""The calendar of what is complete."""

from __future__ import annotations

from datetime import date, timedelta

from garminsync_tui.config import Config
from garminsync_tui.jobs.queue import Queue
from garminsync_tui.models import GarminConnectAccount
from garminsync_tui.store import coverage
from garminsync_tui.store.database import Database

from .conftest import TODAY, running, shown, until


async def store_ledger(database: Database, account: GarminConnectAccount) -> None:
    """Heart rate complete since mid-August but for a failed day in October; sleep of two weeks only."""
    async with database.write() as session:
        first = date(2026, 8, 15)
        heart = [first + timedelta(days=n) for n in range((TODAY - first).days + 1)]
        entries = [coverage.Entry("heart_rate", day, "fetched") for day in heart]
        entries += [coverage.Entry("sleep", day, "fetched") for day in heart[-10:]]
        entries += [coverage.Entry("steps", day, "empty") for day in heart]
        await coverage.record(session, account.id, entries)
        await coverage.fail(session, account.id, "heart_rate", date(2026, 10, 7), "HTTP 500")
        await coverage.make_stale(session, account.id, date(2026, 9, 3), date(2026, 9, 4), ["steps"])


def line(screen: str, words: str) -> str:
    return next(each for each in screen.splitlines() if words in each)


async def test_months_are_shaded_and_the_cursor_is_read_aloud(
    config: Config, database: Database, account: GarminConnectAccount
) -> None:
    await store_ledger(database, account)
    for size in ((60, 24), (80, 24), (120, 40)):
        async with running(config, size=size) as (app, pilot):
            await pilot.press("c")
            await until(pilot, lambda: "Heart rate" in shown(app))
            screen = shown(app)
            titles = line(screen, "Nov")
            assert titles.index("Nov") < titles.index("Oct") < titles.index("Aug"), "the newest first"
            heart = line(screen, "Heart rate ")
            assert [sign for sign in heart if sign in "·░▒▓█✗~"] == ["█", "✗", "█", "█"]
            assert [sign for sign in line(screen, "Sleep ") if sign in "·░▒▓█✗~"] == [
                "░",
                "·",
                "·",
                "·",
            ] or "▒" in screen
            assert "~" in line(screen, "Steps ")
            await until(pilot, lambda: "Heart rate, November 2026: 21 fetched" in shown(app))
            await pilot.press("l")
            await until(pilot, lambda: "Heart rate, October 2026: 30 fetched, 1 failed" in shown(app))
            await pilot.press("escape")
            await until(pilot, lambda: "Last activities" in shown(app))


async def test_a_month_is_fetched_again(config: Config, database: Database, account: GarminConnectAccount) -> None:
    await store_ledger(database, account)
    async with running(config) as (app, pilot):
        await pilot.press("c")
        await until(pilot, lambda: "Heart rate, November" in shown(app))
        await pilot.press("right", "f")
        await until(pilot, lambda: app.situation and app.situation.jobs)
    [job] = await Queue(database).list()
    assert (job.extra or {})["parameters"] == {
        "since": "2026-10-01",
        "until": "2026-10-31",
        "metrics": ["heart_rate"],
        "full": True,
    }


async def test_without_anything_it_says_what_helps(config: Config) -> None:
    async with running(config) as (app, pilot):
        await pilot.press("c")
        await until(pilot, lambda: "Press a to connect" in shown(app))
