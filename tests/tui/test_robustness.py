"""What breaks is words where it broke: in a worker, in an action, under a database that is lost and comes back."""

from __future__ import annotations

import asyncio
import logging
import shutil

import pytest

from garminsync_tui.config import Config
from garminsync_tui.models import GarminConnectAccount
from garminsync_tui.paths import Paths
from garminsync_tui.store.database import Database
from garminsync_tui.tui import live
from garminsync_tui.tui.screens.place import Place
from garminsync_tui.tui.widgets.pane import Pane

from ..servers import control
from .conftest import link, running, shown, until


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is lost is looked for again at once."""
    monkeypatch.setattr(live, "_TRY_AGAIN_S", 0.01)


async def test_a_fault_of_any_worker_is_words_and_a_line_of_the_log(
    config: Config, account: GarminConnectAccount, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken() -> None:
        raise ValueError("of a worker")

    async with running(config) as (app, pilot):
        assert isinstance(app.screen, Place)
        await until(pilot, lambda: "Press s to sync" in shown(app))
        app.screen.run_worker(broken())
        await until(pilot, lambda: "✗ A fault of the program." in shown(app) and "f5 tries again" in shown(app))
        assert "of a worker" in caplog.text
        await pilot.press("f5")
        await until(pilot, lambda: "Press s to sync" in shown(app))

        app.do(broken)
        await until(pilot, lambda: app._notifications)
        app.clear_notifications()
        app.engine = None  # what a key needs is not there: a fault of ours
        await pilot.press("s")
        await until(pilot, lambda: app._notifications)
        assert "A fault of the program." in next(iter(app._notifications)).message
        assert [each.levelno for each in caplog.records if each.exc_info] == [logging.ERROR] * 3
        assert app.is_running


@pytest.mark.usefixtures("impatient", "account")
async def test_a_file_that_is_moved_away_is_said_and_is_taken_up_when_it_is_back(config: Config, paths: Paths) -> None:
    elsewhere = paths.database.with_name("elsewhere.db")
    async with running(config) as (app, pilot):
        await until(pilot, lambda: "Press s to sync" in shown(app))
        opened = app.engine
        paths.database.rename(elsewhere)
        await until(pilot, lambda: "was moved or deleted" in shown(app) and "✗ no database" in shown(app))
        assert not paths.database.exists(), "nobody makes an empty one in its place"
        elsewhere.rename(paths.database)
        await until(pilot, lambda: "Press s to sync" in shown(app) and "○ never synced" in shown(app))
        assert app.engine is opened

        shutil.copy(paths.database, elsewhere)
        paths.database.unlink()
        await until(pilot, lambda: "✗ no database" in shown(app))
        elsewhere.rename(paths.database)
        await until(pilot, lambda: "Press s to sync" in shown(app))
        assert app.engine is not opened, "another file is opened anew"
        paths.database.unlink()  # and leaving without one is no crash
        await until(pilot, lambda: "✗ no database" in shown(app))
        await pilot.press("q")
    assert app.return_value == 0
    assert not paths.database.exists()


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_server_that_goes_is_said_and_is_taken_up_when_it_is_back(database_url: str, paths: Paths) -> None:
    async with await Database.open(database_url) as database:
        await link(database, paths)
    config = Config.load(paths, {"sync.runner": "never"}, {"GARMINSYNC_DATABASE": database_url})
    async with running(config, size=(160, 50)) as (app, pilot):
        await until(pilot, lambda: "Press s to sync" in shown(app))
        await asyncio.to_thread(control, database_url, "-m", "fast", "stop")
        try:
            await until(pilot, lambda: "✗ no database" in shown(app) and "Is the server running" in shown(app))
            assert app.screen.query_one("#activities-pane", Pane).state == "error"
        finally:
            await asyncio.to_thread(control, database_url, "restart")
        await until(pilot, lambda: "Press s to sync" in shown(app) and "○ never synced" in shown(app))
