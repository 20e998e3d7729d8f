"""Everything is reached by tab, and where the keyboard is can be told without colour."""

from __future__ import annotations

from textual.widgets import Input

from garminsync_tui.config import Config
from garminsync_tui.jobs.queue import Queue
from garminsync_tui.models import GarminConnectAccount
from garminsync_tui.paths import Paths
from garminsync_tui.store.database import Database
from garminsync_tui.tui import keys
from garminsync_tui.tui.widgets.pane import Pane

from .conftest import running, shown, store_activities, store_days, until
from .test_workouts import keep


async def test_tab_reaches_every_part_of_every_place_and_each_looks_another_way(
    config: Config, database: Database, paths: Paths, account: GarminConnectAccount
) -> None:
    await store_activities(database, paths, account, ["Long run", "Easy"])
    await store_days(database, account)
    await keep(database, account, "run: 10:00; 20:00")
    queue = Queue(database)
    await queue.ensure_schedules(account.id, ["activity_sync", "health_metrics_sync"], 1800)
    async with running(config, size=(100, 30)) as (app, pilot):
        for place, more in ((place, more) for place in keys.PLACES for more in ([], ["enter"])):
            if more and place != "activities":
                continue  # an activity has parts too
            await pilot.press(keys.action(f"places.{place}").keys, *more)
            await until(
                pilot, lambda: all(pane.state != "loading" for pane in app.screen.query(Pane) if pane.region), place
            )
            await until(pilot, lambda: app.screen.focused, place)
            await pilot.pause()
            parts = {each for each in app.screen.query("*") if each.focusable and each.display and each.region}
            looks = {}
            for _ in range(len(app.screen.focus_chain)):
                await pilot.press("tab")
                await pilot.pause()
                looks[app.screen.focused] = shown(app).splitlines()[:-1]  # the part itself, whatever keys are named
            assert parts <= looks.keys(), (place, parts - looks.keys())
            assert place != "health" or not any(isinstance(each, Input) for each in looks), "letters are its keys"
            same = [(one, other) for one in looks for other in looks if one is not other and looks[one] == looks[other]]
            assert not same, place
