"""The app is quiet: nothing is sent that stands there already, and little where something moves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pyte
import pytest
from textual._compositor import CompositorUpdate
from textual.pilot import Pilot

from garminsync_tui.config import Config
from garminsync_tui.ids import new_id
from garminsync_tui.jobs.queue import Queue
from garminsync_tui.jobs.run import Progress
from garminsync_tui.models import GarminConnectAccount, SyncJob
from garminsync_tui.paths import Paths
from garminsync_tui.store.database import Database
from garminsync_tui.tui import keys, live
from garminsync_tui.tui.app import GarminSyncApp
from garminsync_tui.tui.messages import ProgressMade

from .conftest import NOON, running, shown, store_activities, store_days, until

JOBS = keys.action("places.jobs").keys


class Terminal:
    """What the app would send, counted and shown on a terminal of the size of the app."""

    def __init__(self) -> None:
        self.screen = pyte.Screen(100, 30)
        self.bytes = 0
        self.writes = 0
        self._stream = pyte.Stream(self.screen)

    def display(self, app: GarminSyncApp, update: CompositorUpdate) -> None:
        if (self.screen.columns, self.screen.lines) != app.size:
            self.screen.resize(app.size.height, app.size.width)
            self.screen.reset()
        if pieces := app.painted.changes(update):
            sent = pieces.render_segments(app.console)
            self.bytes += len(sent.encode())
            self.writes += 1
            self._stream.feed(sent)

    def shows(self, app: GarminSyncApp) -> bool:
        return [line.rstrip() for line in self.screen.display] == [line.rstrip() for line in shown(app).splitlines()]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    """Stands in for the driver, which counts nothing where there is no terminal."""
    found = Terminal()

    def display(self: GarminSyncApp, screen: Any, renderable: Any) -> None:
        if isinstance(renderable, CompositorUpdate) and not self._batch_count:
            found.display(self, renderable)

    monkeypatch.setattr(GarminSyncApp, "_display", display)
    return found


async def quiet(app: GarminSyncApp, pilot: Pilot[Any], terminal: Terminal) -> None:
    """Wait until nothing is read or painted any more."""
    still = 0
    while still < 3:
        before = terminal.writes
        await pilot.pause(0.05)
        reads = any(not worker.is_finished and worker.group != "engine" for worker in app.workers)
        still = 0 if reads or terminal.writes != before else still + 1
    await until(pilot, lambda: terminal.shows(app))


async def test_what_is_sent_is_what_stands_there_and_what_stands_there_is_not_sent_again(
    config: Config, database: Database, paths: Paths, account: GarminConnectAccount, terminal: Terminal
) -> None:
    await store_activities(database, paths, account, ["Long run", "日本語 run", *["Easy"] * 40])
    await store_days(database, account)
    queue = Queue(database)
    async with running(config) as (app, pilot):
        for key in ("1", "comma", "2", "j", "enter", "escape", "3", JOBS, "question_mark", "escape", "s", "1"):
            await pilot.press(key)
            await until(pilot, lambda: terminal.shows(app), f"after {key}")
        for size in ((60, 24), (30, 10), (160, 50), (100, 30)):
            await pilot.resize_terminal(*size)
            await until(pilot, lambda: terminal.shows(app), f"at {size}")
        for place in keys.PLACES:
            app.action_go(place)
            await quiet(app, pilot, terminal)
            before = terminal.bytes
            assert app.engine is not None
            for _ in range(2):  # as a runner's heartbeat does
                async with database.write() as session:
                    await session.merge(await session.get_one(GarminConnectAccount, account.id))
                await app._look(app.engine)
                await quiet(app, pilot, terminal)
            assert terminal.bytes == before, place
            assert terminal.shows(app)
    assert len(await queue.list()) == 3


async def test_a_job_that_runs_sends_little(
    config: Config,
    database: Database,
    account: GarminConnectAccount,
    terminal: Terminal,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live, "_SHOW_PROGRESS_EVERY_S", 0.001)  # the clock is ours
    job_id = await Queue(database).enqueue(account.user_id, "activity_sync", account_id=account.id)
    assert job_id
    async with database.write() as session:
        job = await session.get_one(SyncJob, job_id)
        job.status, job.owner, job.started_at, job.lease_until = "in_progress", new_id(), NOON, NOON
    moment = [NOON]
    async with running(config, clock=lambda: moment[0]) as (app, pilot):
        await pilot.press(JOBS)
        await until(pilot, lambda: "◌ running" in shown(app) and terminal.shows(app))
        await pilot.pause(0.2)
        before, seconds = terminal.bytes, 10
        for step in range(4 * seconds):  # as often as progress is shown
            if step % 4 == 0:
                moment[0] += timedelta(seconds=1)
                app.screen._second()  # type: ignore[attr-defined]
            app.post_message(ProgressMade(Progress(job_id, step, 4 * seconds, f"2026-11-{step % 28 + 1:02} Long run")))
            await until(pilot, lambda: not app._waiting and app.live)
            await pilot.pause()
        assert terminal.shows(app)
        assert 0 < (terminal.bytes - before) / seconds <= 3 * 1024


async def test_over_ssh_progress_is_shown_once_a_second_and_to_nobody_not_at_all(
    config: Config, account: GarminConnectAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22")
    job_id = new_id()
    async with running(config) as (app, pilot):
        app.post_message(ProgressMade(Progress(job_id, 1, 10, "")))
        await until(pilot, lambda: app.live.get(job_id) and app._showing)
        assert app._showing is not None and app._showing._interval == 1.0
        app.app_focus = False
        app.post_message(ProgressMade(Progress(job_id, 2, 10, "")))
        await until(pilot, lambda: app._waiting)
        app._show_progress()
        assert app.live[job_id].done == 1
        app.app_focus = True
        app._show_progress()
        assert app.live[job_id].done == 2


async def test_the_same_toast_is_not_shown_twice_at_once(config: Config) -> None:
    async with running(config) as (app, pilot):
        await pilot.press("s", "s", "s")
        await until(pilot, lambda: app._notifications)
        await pilot.pause()
        assert len(app._notifications) == 1
