"""The first start: its doors, and what is chosen there holds."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from garminsync_tui.config import Config
from garminsync_tui.dates import months_before
from garminsync_tui.models import GarminConnectAccount
from garminsync_tui.paths import Paths
from garminsync_tui.simulator import Simulator
from garminsync_tui.store.database import Database
from garminsync_tui.sync import history
from garminsync_tui.tui import app as app_module
from garminsync_tui.tui import keys
from garminsync_tui.tui.screens.sign_in import SignInScreen
from garminsync_tui.tui.screens.welcome import WelcomeScreen
from garminsync_tui.tui.widgets.choice import Choice
from garminsync_tui.tui.widgets.pane import Pane

from ..terminal import Terminal
from .conftest import running, shown, until
from .test_sign_in import PASSWORD, field, send_password


async def test_who_starts_with_nothing_is_welcomed_and_skips(paths: Paths, config: Config) -> None:
    async with running(config, size=(160, 50), greets=True) as (app, pilot):
        await until(pilot, lambda: isinstance(app.screen, WelcomeScreen))
        for size in ((60, 24), (80, 24), (100, 30)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            said = shown(app)
            for words in (
                "How far back",
                "(•) a year",
                "(•) every 30 min",
                "(•) ⣀⣤⣶⣿",
                "Connect account",
                "Import files",
                "esc Skip",
            ):
                assert words in said
            assert "sample data" not in said.lower()  # nobody said how to show them
            assert not any(widget.show_vertical_scrollbar for widget in app.screen.query("*"))
        await pilot.press("d")
        await pilot.press("i")
        await until(pilot, lambda: "Garmin's account archive" in shown(app))
        await pilot.press("escape")
        assert app.current_mode == "today"
        assert not paths.config.exists()
        for place in keys.PLACES:  # every place works without an account, and says what is missing
            await pilot.press(keys.action(f"places.{place}").keys)
            await until(pilot, lambda: all(pane.state != "loading" for pane in app.screen.query(Pane) if pane.region))
            assert not [pane for pane in app.screen.query(Pane) if pane.state == "error"]


async def test_what_is_chosen_at_the_welcome_holds_from_the_first_sync_on(paths: Paths, config: Config) -> None:
    unset = Config.load(paths, {"sync.runner": "never"}, {})
    with Simulator(days=1) as simulator:
        async with running(unset, clock=lambda: datetime.now(UTC), greets=True) as (app, pilot):
            await until(pilot, lambda: isinstance(app.screen, WelcomeScreen) and "requests" in shown(app))
            today = datetime.now().astimezone().date()
            costs = [history.cost(months_before(today, months), today, "standard", 1)[:18] for months in (12, 1)]
            assert costs[0] in shown(app)
            await pilot.press("left")  # a month
            await until(pilot, lambda: costs[1] in shown(app))
            await pilot.press("down", "space")
            await pilot.press("down", "left")  # around the end: ascii
            chosen = [app.screen.query_one(f"#{name}", Choice).chosen for name in ("back", "fresh", "graphs")]
            assert chosen == ["1", "60", "ascii"]
            await pilot.click("#fresh", offset=(19, 0))
            assert app.screen.query_one("#fresh", Choice).chosen == "30"
            await pilot.press("right", "enter")
            await until(pilot, lambda: isinstance(app.screen, SignInScreen) and app.screen.focused)
            assert app.config["display.graphs"] == "ascii"
            field(app, "#server").value = simulator.url
            await send_password(app, pilot, PASSWORD)
            await until(pilot, lambda: app.situation and len(app.situation.jobs) == 3)
    since = months_before(datetime.now().astimezone().date(), 1)
    written = paths.config.read_text()
    for line in ('graphs = "ascii"', "every_minutes = 60", f'since = "{since}"'):
        assert line in written


async def test_who_has_an_account_is_not_welcomed(
    config: Config, database: Database, account: GarminConnectAccount
) -> None:
    async with running(config, greets=True) as (app, pilot):
        for _ in range(5):
            await pilot.pause(0.01)
        assert not isinstance(app.screen, WelcomeScreen)


def test_sample_data_are_shown_in_a_home_of_their_own(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with Terminal(home) as terminal:
        terminal.wait_for("Explore sample data")
        terminal.type("d")
        terminal.wait_for("Runner     this app")
        terminal.type("a")  # nobody's real account belongs there
        terminal.wait_for("these are sample")
        terminal.type("q")
        terminal.wait_for("Stop here and quit")
        terminal.type("q")
        terminal.wait_for("Explore sample data")
        terminal.type("\x1b")
        terminal.until(lambda: "Explore" not in "\n".join(terminal.screen.display), "the end of the welcome")
        terminal.type("q")
        assert terminal.ended() == 0
    assert not (home / "config.toml").exists()


def test_a_process_told_to_end_in_the_sample_does_not_come_back(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = SimpleNamespace(wants_sample=True, return_value=0, return_code=0)
    monkeypatch.setattr(app_module, "run_once", lambda *_, **options: ended)
    told = iter([False, True])
    assert app_module.run(config, sample=lambda: next(told)) == 0
    assert next(told, None) is None
