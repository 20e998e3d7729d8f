"""Terminals that change their size: too small for a moment, dragged about, and back."""

from __future__ import annotations

import random

from textual.events import Resize
from textual.geometry import Size

from garminsync_tui.config import Config
from garminsync_tui.models import GarminConnectAccount
from garminsync_tui.paths import Paths
from garminsync_tui.store.database import Database
from garminsync_tui.tui.screens.jobs import JobsScreen
from garminsync_tui.tui.screens.today import TodayScreen
from garminsync_tui.tui.widgets.table import Table

from .conftest import running, shown, store_activities, store_days, until


async def test_growing_again_restores_screen_and_cursor_and_fifty_resizes_end_in_one_layout(
    config: Config, database: Database, paths: Paths, account: GarminConnectAccount
) -> None:
    await store_activities(database, paths, account, [f"Run {number}" for number in range(12)])
    await store_days(database, account)
    async with running(config) as (app, pilot):
        await until(pilot, lambda: "Run 3" in shown(app))
        await pilot.press("j", "j")
        table = app.screen.query_one("#last", Table)
        await until(pilot, lambda: table.cursor_row == 2)
        before = shown(app)
        await pilot.resize_terminal(30, 10)
        await until(pilot, lambda: "too small" in shown(app))
        sentence = " ".join(shown(app).split())
        assert sentence == "This terminal is too small: garminsync needs 40 columns and 12 lines."
        await pilot.resize_terminal(100, 30)
        await until(pilot, lambda: shown(app) == before)
        assert isinstance(app.screen, TodayScreen) and table.cursor_row == 2 and table.has_focus

        chance = random.Random(7)
        for number in range(50):
            size = Size(chance.randint(20, 180), chance.randint(6, 60))
            app.post_message(Resize(size, size))  # as a terminal tells it that is dragged: nobody waits
            if number % 10 == 5:
                await pilot.pause()
                app.action_go("jobs" if isinstance(app.screen, TodayScreen) else "today")
        await pilot.resize_terminal(100, 30)
        app.action_go("today")
        await until(pilot, lambda: shown(app) == before)
        app.action_go("jobs")
        await until(pilot, lambda: isinstance(app.screen, JobsScreen) and "No jobs yet" in shown(app))
