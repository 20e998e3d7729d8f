"""Every screen at four sizes, as it stands on the terminal: `just test --snapshot-update` writes them anew.

The synthetic athlete of the simulator, synced by real jobs, at an hour that stands still.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from textual.pilot import Pilot

from garminsync_tui.config import Config
from garminsync_tui.models import GarminConnectAccount, JobEvent, SyncJob
from garminsync_tui.simulator import Simulator
from garminsync_tui.tui.app import GarminSyncApp
from garminsync_tui.tui.widgets import selected_pane
from garminsync_tui.tui.widgets.pane import Pane

from ..sync.conftest import install
from .conftest import running, shown, until

SYNCED = datetime(2026, 11, 3, 20, 0, tzinfo=UTC)
NOW = SYNCED + timedelta(minutes=4)
DAYS = 40
SIZES = ((60, 24), (80, 24), (100, 30), (160, 50))
#: A screen stands once it was the same so often.
_LOOKS = 3
#: A screen's name, and the keys that lead there from the one before.
WALK = (
    ("today", ("1",)),
    ("coverage", ("c",)),
    ("activities", ("escape", "2")),
    ("activity", ("enter",)),
    ("health", ("escape", "3")),
    ("sleep", ("slash", *"stages", "enter")),
    ("workouts", ("9", "4")),
    ("editor", ("enter",)),
    ("jobs", ("escape", "5")),
    ("settings", ("6",)),
    ("help", ("question_mark",)),
)


class Screens(SingleFileSnapshotExtension):
    """One text file a screen."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(Screens)


@pytest.fixture
async def home(tmp_path: Path) -> Config:
    """What the athlete did in forty days."""
    with time_machine.travel(SYNCED), Simulator(days=DAYS, now=SYNCED) as simulator:
        home = await install(tmp_path / "home", f"sqlite:///{tmp_path}/home.db", simulator)
        since = SYNCED.date() - timedelta(days=DAYS - 1)
        await home.sync("activities", "health", "workouts", since=str(since))
        async with home.database.write() as session:  # however long it took
            await session.execute(sa.update(SyncJob).values(started_at=SYNCED, completed_at=SYNCED, run_at=SYNCED))
            await session.execute(sa.update(JobEvent).values(at=SYNCED))
            await session.execute(sa.update(GarminConnectAccount).values(linked_at=SYNCED))
        await home.database.close()
    environment = {"GARMINSYNC_DATABASE": home.config.database_url, "GARMINSYNC_RUNNER": "never"}
    return Config.load(home.paths, {}, environment)


async def test_every_screen_stands_as_it_did(
    home: Config, snapshot: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selected_pane, "_RESTS_AFTER_S", 0.001)  # nobody moves the cursor on
    for size in SIZES:
        with time_machine.travel(NOW, tick=False):
            async with running(home, size=size, clock=lambda: NOW) as (app, pilot):
                for name, pressed in WALK:
                    await pilot.press(*pressed)
                    await settled(app, pilot)
                    place = getattr(app.screen, "place", name)
                    assert place == {"sleep": "health"}.get(name, name)
                    across, down = size
                    assert not [each for each in app.screen.query("*") if each.show_horizontal_scrollbar], (name, size)
                    assert steady(app) == snapshot(name=f"{name}-{across}x{down}")
                await pilot.press("escape")


async def settled(app: GarminSyncApp, pilot: Pilot[Any]) -> None:
    """Until every pane has what it shows, and nothing changes any more."""
    await until(pilot, lambda: all(pane.state != "loading" for pane in app.screen.query(Pane) if pane.display))
    before, same = "", 0
    while same < _LOOKS:
        same = same + 1 if before == shown(app) and all(each.group == "engine" for each in app.workers) else 0
        before = shown(app)
        await pilot.pause(0.03)


def steady(app: GarminSyncApp) -> str:
    """What stands there, without what differs from run to run: ids, ports and folders."""
    lines = shown(app).replace(str(app.config.paths.database.parent), "~")
    lines = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:port ", lines)
    lines = re.sub(r"\b[0-9a-f]{8}\b(?=[ ─])", "########", lines)
    return "\n".join(line.rstrip() for line in lines.splitlines()) + "\n"
