"""A home that holds what archives and files brought, and no link: every place of the app is of use."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from socket import gethostname

import pytest
from textual.widgets import Input

from garminsync_tui.config import Config
from garminsync_tui.ids import new_id
from garminsync_tui.jobs.queue import Queue
from garminsync_tui.models import GarminConnectAccount, User
from garminsync_tui.paths import Paths
from garminsync_tui.store import coverage, own_accounts
from garminsync_tui.store.database import Database
from garminsync_tui.tui import keys
from garminsync_tui.tui.screens.activity import ActivityScreen
from garminsync_tui.tui.screens.coverage import CoverageScreen
from garminsync_tui.tui.screens.coverage_days import CoverageDaysScreen
from garminsync_tui.tui.screens.import_files import ImportScreen
from garminsync_tui.tui.screens.jobs import JobsScreen

from .conftest import TODAY, running, shown, store_activities, store_days, until


@pytest.fixture
async def archived(database: Database, paths: Paths) -> GarminConnectAccount:
    """What an archive brought into a home that was never linked."""
    user = User(id=new_id(), username="me", password_hash="$argon2id$of a discarded secret", login_required=False)
    async with database.write() as session:
        session.add(user)
        await session.flush()
        account = await own_accounts.ensure_of_profile(session, user.id, "70000001")
    await store_activities(database, paths, account, ["Long run", "Parkrun"])
    await store_days(database, account)
    async with database.write() as session:
        entries = [coverage.Entry("sleep", TODAY - timedelta(days=n), "fetched") for n in range(21)]
        await coverage.record(session, account.id, entries)
    return account


async def test_every_place_is_of_use_without_a_link(config: Config, archived: GarminConnectAccount) -> None:
    async with running(config, size=(120, 40), greets=True) as (app, pilot):
        await until(pilot, lambda: all(words in shown(app) for words in ("7 h 24 m", "6 412", "Long run")))
        assert "○ not connected" in shown(app).splitlines()[0]
        await pilot.press("2")
        await until(pilot, lambda: "Parkrun" in shown(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ActivityScreen) and "bpm┤" in shown(app))
        await pilot.press("escape", "3")
        await until(pilot, lambda: "Fitness and form" in shown(app))
        app.open_health("resting_heart_rate")
        await until(pilot, lambda: "bpm" in shown(app))
        await pilot.press("4")
        await until(pilot, lambda: "workouts" in shown(app).lower())
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, CoverageScreen) and "Nov" in shown(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, CoverageDaysScreen) and "November 2026" in shown(app))
        assert "connect your Garmin account first" in keys.action("sync.now").why_not(app)
        assert not keys.action("app.import").why_not(app)


async def test_files_are_imported_from_the_app(
    config: Config, archived: GarminConnectAccount, database: Database, tmp_path: Path
) -> None:
    (tmp_path / "rides").mkdir()
    async with running(config, size=(100, 30)) as (app, pilot):
        await pilot.press("I")
        await until(pilot, lambda: isinstance(app.screen, ImportScreen))
        field = app.screen.query_one(Input)
        await pilot.press("enter")
        await until(pilot, lambda: "Name a file or a folder" in shown(app))
        field.value = str(tmp_path / "nothing")
        await pilot.press("enter")
        await until(pilot, lambda: "There is no" in shown(app))
        assert not await Queue(database).list(job_type="file_import")
        field.value = str(tmp_path / "rides")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, JobsScreen) and "import" in shown(app))
        [job] = await Queue(database).list(job_type="file_import")
        assert (job.extra or {})["parameters"] == {"paths": [str(tmp_path / "rides")], "host": gethostname()}
        assert job.garmin_connect_account_id is None
