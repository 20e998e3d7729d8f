"""Everything out, from the app: asked for anywhere, done by a job that Jobs shows."""

from __future__ import annotations

import json
from pathlib import Path

from textual.widgets import Input

from garminsync_tui.config import Config
from garminsync_tui.models import GarminConnectAccount
from garminsync_tui.paths import Paths
from garminsync_tui.store.database import Database
from garminsync_tui.tui import keys
from garminsync_tui.tui.screens.export_everything import ExportEverythingScreen
from garminsync_tui.tui.screens.jobs import JobsScreen

from .conftest import running, shown, store_activities, until

EXPORT = keys.action("app.export").keys


async def test_everything_goes_into_a_folder(
    config: Config, paths: Paths, database: Database, account: GarminConnectAccount, tmp_path: Path
) -> None:
    await store_activities(database, paths, account, ["One", "Two"])
    target = tmp_path / "taken"
    target.mkdir()
    (target / "mine.txt").write_text("mine")
    with_runner = Config.load(paths, {"sync.runner": "always"}, {})
    async with running(with_runner) as (app, pilot):
        # Not `pilot.press`, which waits until a process is idle: this one has a runner.
        app.simulate_key(EXPORT)
        await until(pilot, lambda: isinstance(app.screen, ExportEverythingScreen))
        app.simulate_key("down")
        app.simulate_key("enter")  # JSON Lines, and to the path
        field = app.screen.query_one("#path", Input)
        await until(pilot, lambda: field.has_focus)
        field.value = str(target)
        app.simulate_key("enter")
        await until(pilot, lambda: "is not empty" in shown(app))
        field.value = str(tmp_path / "out")
        app.simulate_key("enter")
        await until(pilot, lambda: isinstance(app.screen, JobsScreen))
        await until(pilot, lambda: (tmp_path / "out" / "schema.json").exists())
        # The job that was asked for is the one whose log is read, while it runs and at its end.
        await until(pilot, lambda: "❯ export" in shown(app) and "Log   export" in shown(app))
        await until(pilot, lambda: "✓ done" in shown(app))
        assert "❯ export" in shown(app)
    names = [json.loads(line)["name"] for line in (tmp_path / "out" / "activities.jsonl").read_text().splitlines()]
    assert sorted(names) == ["One", "Two"]
    assert [path.name for path in target.iterdir()] == ["mine.txt"]
