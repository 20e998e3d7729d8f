"""The first paint comes before everything slow, and a database that cannot be opened is no crash."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest

from garminsync_tui.config import Config
from garminsync_tui.errors import DatabaseUnusable
from garminsync_tui.store.database import Database
from garminsync_tui.tui.app import GarminSyncApp
from garminsync_tui.tui.widgets.pane import Pane

from .conftest import running, shown, until

_SLOW = ("sqlalchemy", "alembic", "aiosqlite", "apscheduler", "garminconnect", "httpx2", "fitdecode", "gpxpy")


def test_nothing_slow_is_imported_before_the_first_paint() -> None:
    program = (
        "import sys\n"
        "from garminsync_tui.config import Config\n"
        "from garminsync_tui.paths import Paths\n"
        "from pathlib import Path\n"
        "from garminsync_tui.tui.app import GarminSyncApp\n"
        "GarminSyncApp(Config.load(Paths.below(Path('/nonexistent')), {}, {}))\n"
        f"print([name for name in {_SLOW!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


async def test_the_app_is_there_before_its_database(config: Config) -> None:
    may_open = asyncio.Event()

    async def slowly() -> Database:
        await may_open.wait()
        return await Database.open(config.database_url)

    async with running(config, opener=slowly, opened=False) as (app, pilot):
        await until(pilot, lambda: "[1 Today]" in shown(app) and "◌ opening" in shown(app))
        await until(pilot, lambda: "░░░" in shown(app))
        await pilot.press("2")
        await until(pilot, lambda: "[2 Activities]" in shown(app))
        await pilot.press("s")
        await until(pilot, lambda: app._notifications)
        assert [said.message for said in app._notifications] == ["Sync now: the database is not open yet."]
        may_open.set()
        await until(pilot, lambda: "Press a to connect" in shown(app))


async def test_a_database_that_cannot_be_opened_says_why_and_is_tried_again(config: Config) -> None:
    fails = [DatabaseUnusable("The server \x1b[2J does not answer.", hint="Is it running?")]

    async def sometimes() -> Database:
        if fails:
            raise fails.pop()
        return await Database.open(config.database_url)

    async with running(config, opener=sometimes, opened=False) as (app, pilot):
        await until(pilot, lambda: "does not answer" in shown(app) and "f5 tries again" in shown(app))
        assert "Is it running?" in shown(app)
        assert "✗ no database" in shown(app)
        assert "\x1b" not in shown(app)
        for key in "2345":
            await pilot.press(key)
            await until(pilot, lambda: "does not answer" in shown(app))
        await pilot.press("f5")
        await until(pilot, lambda: app.situation is not None and "Press a to connect" in shown(app))


async def test_a_fault_of_a_screen_is_words_on_it(config: Config) -> None:
    async with running(config) as (app, pilot):
        assert app.engine is not None

        async def broken(*_: object) -> None:
            raise ValueError("a fault")

        app.engine.activities.listed = broken  # type: ignore[method-assign,assignment]
        await pilot.press("2")
        pane = app.screen.query_one("#list-pane", Pane)
        await until(pilot, lambda: pane.state == "error")
        assert "A fault of the program" in shown(app)


async def test_somebody_is_told_when_the_app_is_ready(config: Config) -> None:
    told: list[bool] = []
    async with running(config, on_ready=lambda: told.append(True)) as (app, pilot):
        await until(pilot, lambda: told)
        assert isinstance(app, GarminSyncApp)
    assert told == [True]


async def test_a_fault_that_ends_the_app_shows_no_variables(config: Config, capsys: pytest.CaptureFixture[str]) -> None:
    def broken() -> None:
        password = "of-somebody"
        raise ValueError(f"a fault{password[:0]}")

    with pytest.raises(ValueError, match="a fault"):
        async with running(config) as (app, pilot):
            app.call_later(broken)
            await until(pilot, lambda: app.return_code is not None)
    app._print_error_renderables()
    said = capsys.readouterr().err
    assert "of-somebody" not in said and "Traceback" not in said
    assert "error: A fault of the program (ValueError)." in said and "The details are in the log." in said
