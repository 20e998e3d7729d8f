"""Copying: by the desktop's tool, through the terminal from afar, and what the toast says of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from garminsync_tui.config import Config
from garminsync_tui.models import GarminConnectAccount
from garminsync_tui.paths import Paths
from garminsync_tui.store.database import Database
from garminsync_tui.tui import clipboard

from .conftest import running, shown, store_activities, until


def tool(folder: Path, name: str, *, works: bool = True) -> Path:
    """A program that keeps what it is given beside itself."""
    program = folder / name
    program.write_text(f"#!/bin/sh\ncat > '{program}.got'\nexit {0 if works else 1}\n")
    program.chmod(0o700)
    return folder / f"{name}.got"


async def test_the_selected_activity_is_copied_and_the_toast_says_how(
    config: Config,
    database: Database,
    paths: Paths,
    account: GarminConnectAccount,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    await store_activities(database, paths, account, ["Long run", "Easy"])
    for name in (*clipboard._REMOTE, "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    broken, given = tool(tmp_path, "wl-copy", works=False), tool(tmp_path, "xsel")
    async with running(config) as (app, pilot):
        said = lambda: [each.message for each in app._notifications]  # noqa: E731
        await until(pilot, lambda: "❯Sat" in shown(app))
        await pilot.press("y")
        await until(pilot, said)
        assert said() == [f"Long run copied by {clipboard.TERMINAL}."]
        assert app.clipboard.split("\t")[2:4] == ["Long run", "5.0 km"]
        app.clear_notifications()
        await pilot.press("c", "y")  # coverage is read, not copied
        await until(pilot, said)
        assert said() == ["Copy: there is nothing to copy here."]
        await pilot.press("escape", "2")
        await until(pilot, lambda: "Long run" in shown(app))
        await pilot.press("y")
        await until(pilot, lambda: len(said()) == 2)
        assert said()[1] == f"Long run copied by {clipboard.TERMINAL}."
        assert app.clipboard.split("\t")[2:4] == ["Long run", "5.0 km"]

        monkeypatch.setenv("WAYLAND_DISPLAY", "w")
        monkeypatch.setenv("DISPLAY", ":9")
        await pilot.press("j", "y")
        await until(pilot, lambda: len(said()) == 3)
        assert said()[2] == "Easy copied by xsel."
        assert broken.exists()
        assert "Easy" in given.read_text()
        assert "Easy" not in app.clipboard

        monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 1 10.0.0.2 22")
        await pilot.press("y")
        await until(pilot, lambda: len(said()) == 4)
        assert said()[3] == f"Easy copied by {clipboard.TERMINAL}."
        assert "Easy" in app.clipboard
