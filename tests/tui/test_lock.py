"""A locked app shows nothing but the question, and only the password takes it away."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from textual.command import CommandPalette
from textual.events import AppBlur, AppFocus
from textual.pilot import Pilot

from garminsync_tui.config import Config
from garminsync_tui.models import RequestBudget, User
from garminsync_tui.paths import Paths
from garminsync_tui.store import unlocking
from garminsync_tui.store.database import Database
from garminsync_tui.tui.app import GarminSyncApp
from garminsync_tui.tui.screens.dialogs import UnlockScreen
from garminsync_tui.tui.screens.sign_in import SignInScreen
from garminsync_tui.tui.widgets.field import Field

from .conftest import link, running, shown, store_activities, until

PASSWORD = "sesame"


@pytest.fixture(autouse=True)
async def _with_a_password(database: Database, paths: Paths) -> None:
    account = await link(database, paths, password=PASSWORD)
    await store_activities(database, paths, account, ["Secret lake run"])


def locked(app: GarminSyncApp) -> bool:
    return isinstance(app.screen, UnlockScreen)


def drawn(app: GarminSyncApp) -> str:
    """All that is on the terminal, with what shines through from below."""
    return re.sub(r"<[^>]+>", "", app.export_screenshot()).replace("&#160;", " ")


async def unlock(app: GarminSyncApp, pilot: Pilot[int]) -> None:
    await until(pilot, lambda: locked(app))
    await pilot.pause()
    app.screen.query_one("#password", Field).value = PASSWORD
    await pilot.press("enter")
    await until(pilot, lambda: not locked(app) and app.situation is not None)


async def test_the_key_locks_and_the_password_opens_where_one_was(config: Config) -> None:
    async with running(config, opened=False) as (app, pilot):
        await unlock(app, pilot)
        await pilot.press("2")
        await until(pilot, lambda: "Secret lake run" in drawn(app))
        await pilot.press("L")
        await until(pilot, lambda: locked(app))
        await pilot.pause()
        assert "Secret lake" not in drawn(app)
        for keys in (["2"], ["escape"], ["q"], ["ctrl+p"], ["question_mark"], ["f5"], ["ctrl+q"]):
            await pilot.press(*keys)
            await pilot.pause()
            assert locked(app), keys
        app.notify("Secret lake run is stored")
        await pilot.pause()
        assert not app._notifications
        await unlock(app, pilot)
        assert app.current_mode == "activities"
        await until(pilot, lambda: "Secret lake run" in drawn(app))


async def test_another_process_locks_it_also_while_nobody_looks(config: Config, database: Database) -> None:
    async with running(config, opened=False) as (app, pilot):
        await unlock(app, pilot)
        app.post_message(AppBlur())
        await until(pilot, lambda: not app.app_focus)
        await unlocking.lock(database)
        await until(pilot, lambda: locked(app))


async def test_what_ends_below_does_not_take_the_lock_away(config: Config, database: Database) -> None:
    async with running(config, opened=False) as (app, pilot):
        await unlock(app, pilot)
        for key, kind in (("a", SignInScreen), ("ctrl+p", CommandPalette)):
            await pilot.press(key)
            await until(pilot, lambda kind=kind: isinstance(app.screen, kind))
            below = app.screen
            await unlocking.lock(database)
            await until(pilot, lambda: locked(app))
            below.dismiss(None)
            app.pop_screen()
            await pilot.pause()
            assert locked(app)
            await unlock(app, pilot)
            assert not isinstance(app.screen, kind), "what it asked is asked no more"


async def test_wrong_ones_wait_here_too(config: Config, database: Database) -> None:
    async with running(config, opened=False) as (app, pilot):
        await until(pilot, lambda: locked(app))
        await pilot.pause()
        for _ in range(5):
            await unlocking.try_password(database, "wrong")
        await pilot.press(*PASSWORD, "enter")
        await until(pilot, lambda: "Too many wrong passwords. The next one is looked at in" in shown(app))
        assert locked(app)
        async with database.write() as session:
            await session.execute(sa.delete(RequestBudget))
        await unlock(app, pilot)


async def test_a_new_password_is_asked_for_and_without_one_nothing(config: Config, database: Database) -> None:
    async with running(config, opened=False) as (app, pilot):
        await unlock(app, pilot)
        async with database.write() as session:
            await session.execute(sa.update(User).values(login_required=False))
        await pilot.press("L")
        await until(pilot, lambda: app._notifications)
        assert "no password" in next(iter(app._notifications)).message
        assert not locked(app)


async def test_the_question_that_came_while_nobody_looked_takes_the_keys_once_somebody_does(config: Config) -> None:
    async with running(config, opened=False) as (app, pilot):
        app.post_message(AppBlur())
        await until(pilot, lambda: locked(app))
        await pilot.pause()
        assert app.screen.focused is None
        app.post_message(AppFocus())
        await until(pilot, lambda: app.screen.focused is not None)
        await pilot.press(*PASSWORD, "enter")
        await until(pilot, lambda: not locked(app))
