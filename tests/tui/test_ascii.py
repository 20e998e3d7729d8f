"""Where graphs are drawn in ASCII nothing else is sent, on any screen; and a cursor is a sign, not a colour alone."""

from __future__ import annotations

import pytest

from garminsync_tui import text
from garminsync_tui.config import Config
from garminsync_tui.models import GarminConnectAccount
from garminsync_tui.paths import Paths
from garminsync_tui.store.database import Database
from garminsync_tui.tui import keys
from garminsync_tui.tui.screens.activity import ActivityScreen
from garminsync_tui.tui.screens.coverage import CoverageScreen
from garminsync_tui.tui.screens.export import ExportScreen
from garminsync_tui.tui.screens.figures import FiguresScreen
from garminsync_tui.tui.screens.help import HelpScreen
from garminsync_tui.tui.screens.sign_in import SignInScreen
from garminsync_tui.tui.screens.workout_editor import WorkoutEditor
from garminsync_tui.tui.widgets.ascii_filter import in_ascii
from garminsync_tui.tui.widgets.card import Card
from garminsync_tui.tui.widgets.glyphs import ASCII
from garminsync_tui.tui.widgets.pane import Pane
from garminsync_tui.tui.widgets.sparkline import sparkline

from .conftest import running, shown, store_activities, store_days, until


def is_plain(screen: str) -> bool:
    return all(character == "\n" or " " <= character <= "~" for character in screen)


async def test_every_screen_is_sent_in_ascii_from_the_choice_on(
    paths: Paths, config: Config, database: Database, account: GarminConnectAccount
) -> None:
    await store_activities(database, paths, account, ["Läuferrunde 東京"])
    await store_days(database, account)
    async with running(config, size=(100, 30)) as (app, pilot):
        await until(pilot, lambda: "Läuferrunde" in shown(app))
        config.save("display.graphs", "ascii")
        app.settings_changed({"display.graphs"})
        await until(pilot, lambda: is_plain(shown(app)))
        assert "Lauferrunde ????" in shown(app)
        for place in keys.PLACES:
            await pilot.press(keys.action(f"places.{place}").keys)
            await until(pilot, lambda: all(pane.state != "loading" for pane in app.screen.query(Pane) if pane.region))
            await pilot.pause()
            screen = shown(app)
            assert is_plain(screen), {each for each in screen if not is_plain(each)}
            assert {len(line) for line in screen.splitlines()} == {100}
            for card in app.screen.query(Card):
                assert sparkline(card.reading.series, ASCII) in screen
        await pilot.press("escape", keys.action("places.activities").keys)
        for pressed, screen_type, words in (
            ("enter", ActivityScreen, "bpm+"),
            ("m", ActivityScreen, "N ^"),  # the map alone
            ("e", ExportScreen, "GPX"),
            ("c", CoverageScreen, "Coverage"),
            ("equals_sign", FiguresScreen, "Normalized power"),
            ("question_mark", HelpScreen, "Keys"),
            ("a", SignInScreen, "Password"),
        ):
            await pilot.press(pressed)
            await until(pilot, lambda kind=screen_type: isinstance(app.screen, kind))
            await until(pilot, lambda words=words: words in shown(app))
            assert is_plain(shown(app)), pressed
            if pressed not in {"enter"}:
                await pilot.press("escape")
        await pilot.press(keys.action("places.workouts").keys, "n")
        await until(pilot, lambda: isinstance(app.screen, WorkoutEditor) and app.screen.ready)
        await pilot.press(*"10", "colon", "0", "0")
        await until(pilot, lambda: "10:00" in shown(app))
        assert is_plain(shown(app))
        app.switch_mode("today")
        config.save("display.graphs", "braille")
        app.settings_changed({"display.graphs"})
        await until(pilot, lambda: "❯" in shown(app) and "┃" in shown(app))


@pytest.mark.parametrize("character", ["é", "東", "─", "┏", "⣿", "✓", "…", "²", "°", "🏃", "½", "\u0301"])
def test_what_stands_for_a_character_is_as_wide(character: str) -> None:
    assert in_ascii(character).isascii()
    assert len(in_ascii(character)) == text.width(character)


async def test_the_row_under_the_cursor_has_a_sign(config: Config) -> None:
    async with running(config) as (app, pilot):
        await pilot.press(keys.action("places.settings").keys)
        for name in ("Account", "Athlete"):
            await until(pilot, lambda name=name: f"❯{name}" in shown(app))
            assert shown(app).count("❯") <= 2
            await pilot.press("down")
