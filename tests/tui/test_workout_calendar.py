"""The weeks of planned workouts."""

from __future__ import annotations

from datetime import date, timedelta

import sqlalchemy as sa

from garminsync_tui.config import Config
from garminsync_tui.models import GarminConnectAccount, Workout, WorkoutRemote
from garminsync_tui.store.database import Database
from garminsync_tui.tui import keys, workout_calendar
from garminsync_tui.tui.widgets.glyphs import ASCII, BRAILLE

from .conftest import TODAY, running, shown, until
from .test_workouts import keep

MONDAY = TODAY - timedelta(days=TODAY.weekday())


def test_planned_days_are_marked_and_named_beside_the_weeks() -> None:
    planned = {TODAY: ["Tempo"], TODAY + timedelta(days=9): ["Hills", "日本"], MONDAY: ["Past"]}
    lines = workout_calendar.weeks(planned, {TODAY}, MONDAY, TODAY, 70, BRAILLE).plain.splitlines()
    assert lines[0].startswith(" Mo  Tu  We") and "Next" in lines[0]
    assert " 16•" in lines[1] and "❯21◆" in lines[1], "what is marked, and today, without colour"
    assert "Sat 21  Tempo" in lines[1] and "Mon 30  Hills, 日本" in lines[2]
    assert "Past" not in "".join(lines)
    plain = workout_calendar.weeks(planned, {TODAY}, MONDAY, TODAY, 30, ASCII).plain
    assert ">21@" in plain and "Tempo" not in plain and plain.isascii()
    assert workout_calendar.title(MONDAY) == "Nov – Dec 2026"
    assert workout_calendar.title(date(2026, 2, 2)) == "Feb – Mar 2026"
    assert workout_calendar.title(date(2026, 12, 21)) == "Dec 2026 – Jan 2027"


async def test_the_calendar_follows_the_cursor_and_walks(
    config: Config, database: Database, account: GarminConnectAccount
) -> None:
    await keep(database, account, "run: 10:00", name="Easy")
    await keep(database, account, "run: 20:00", name="Hills")
    async with database.write() as session:
        for number, workout in enumerate(await session.scalars(sa.select(Workout).order_by(Workout.name))):
            session.add(
                WorkoutRemote(
                    garmin_connect_account_id=account.id,
                    garmin_workout_id=str(number),
                    workout_id=workout.id,
                    base_document={},
                    base_definition=workout.workout_definition,
                    schedule={"7": str(TODAY + timedelta(days=2 + 30 * number))},
                )
            )
    async with running(config, size=(100, 30)) as (app, pilot):
        await pilot.press(keys.action("places.workouts").keys)
        await until(pilot, lambda: "❯21" in shown(app) and "23◆" in shown(app) and "Mon 23  Easy" in shown(app))
        await pilot.press("j")
        await until(pilot, lambda: "23•" in shown(app))
        await pilot.press("full_stop")
        await until(pilot, lambda: "23◆" in shown(app) and "Dec 2026 – Jan 2027" in shown(app))
        await pilot.press("comma")
        await until(pilot, lambda: "Nov – Dec 2026" in shown(app))
