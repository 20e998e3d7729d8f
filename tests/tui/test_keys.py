"""One table of actions feeds bindings, footer, help and palette."""

from __future__ import annotations

import pytest
from textual.command import CommandPalette

from garminsync_tui.config import Config
from garminsync_tui.models import GarminConnectAccount
from garminsync_tui.tui import keys
from garminsync_tui.tui.app import GarminSyncApp
from garminsync_tui.tui.screens.activities import ActivitiesScreen
from garminsync_tui.tui.screens.activity import ActivityScreen
from garminsync_tui.tui.screens.coverage import CoverageScreen
from garminsync_tui.tui.screens.coverage_days import CoverageDaysScreen
from garminsync_tui.tui.screens.dialogs import HelpScreen
from garminsync_tui.tui.screens.jobs import JobsScreen
from garminsync_tui.tui.screens.today import TodayScreen
from garminsync_tui.tui.screens.workout_editor import WorkoutEditor
from garminsync_tui.tui.screens.workouts import WorkoutsScreen

from .conftest import running, shown, until

PLACES = (
    TodayScreen, ActivitiesScreen, ActivityScreen, WorkoutsScreen, WorkoutEditor, JobsScreen, CoverageScreen,
    CoverageDaysScreen,
)  # fmt: skip
SCREENS = {screen.place: screen for screen in PLACES}
CHARTED = ActivityScreen


@pytest.mark.parametrize("action", keys.ACTIONS, ids=lambda action: action.id)
def test_every_action_can_be_done(action: keys.Action) -> None:
    owner = CHARTED if action.place == "chart" else SCREENS[action.place] if action.place else GarminSyncApp
    method = action.method.partition(".")[2].partition("(")[0]
    assert callable(getattr(owner, f"action_{method}"))
    assert action.words
    bound = {binding.key for binding in keys.bindings(action.place)}  # type: ignore[union-attr]
    assert set(action.keys.split(",")) <= bound


def test_ids_and_keys_are_used_once() -> None:
    assert len({action.id for action in keys.ACTIONS}) == len(keys.ACTIONS)
    everywhere = [key for action in keys.ACTIONS if not action.place for key in action.keys.split(",")]
    for place in SCREENS:
        here = [key for action in keys.ACTIONS if keys.works_on(place, action) for key in action.keys.split(",")]
        # Where one writes, its own keys win.
        together = here if place == "editor" else here + everywhere
        assert len(set(together)) == len(together)


def test_no_key_is_out_of_reach_somewhere() -> None:
    used = {key for action in keys.ACTIONS for key in action.keys.split(",")}
    refused = {f"ctrl+{letter}" for letter in "himj"} | {"alt+enter"}
    refused |= {
        "left_square_bracket",
        "right_square_bracket",
        "left_curly_bracket",
        "right_curly_bracket",
        "at",
        "backslash",
        "vertical_line",
    }
    assert not used & refused


async def test_help_lists_every_key_of_its_screen(config: Config) -> None:
    async with running(config, size=(100, 40)) as (app, pilot):
        for place, number in (("today", "1"), ("activities", "2"), ("workouts", "3"), ("jobs", "4")):
            await pilot.press(number, "question_mark")
            await until(pilot, lambda: isinstance(app.screen, HelpScreen))
            await pilot.pause()
            text = shown(app)
            for action in keys.ACTIONS:
                if action.place in {"", place}:
                    assert action.words in text, action.id
                    assert action.label in text
            await pilot.press("escape")
            assert not isinstance(app.screen, HelpScreen)


async def test_the_footer_ends_with_palette_and_help(config: Config) -> None:
    async with running(config, size=(60, 24)) as (app, pilot):
        for width in (60, 80, 120):
            await pilot.resize_terminal(width, 24)
            for number in "1234":
                await pilot.press(number)
                await until(pilot, lambda: shown(app).splitlines()[-1].rstrip().endswith("^p Palette  ? Help"))
                footer = shown(app).splitlines()[-1]
                hints = {f"{action.label} {action.words}" for action in keys.ACTIONS}
                named = [hint for hint in hints if f" {hint} " in footer]
                assert 3 <= len(named) <= 8
                assert len(footer) == width


async def test_the_palette_has_every_action(config: Config) -> None:
    async with running(config) as (app, pilot):
        commands = [command.title for command in app.get_system_commands(app.screen)]
        assert "Sync: now" in commands
        assert "Today: day before" in commands
        assert "Jobs: cancel" not in commands
        assert all(": " in command for command in commands)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, CommandPalette))


async def test_what_cannot_be_done_says_why(config: Config) -> None:
    async with running(config) as (app, pilot):
        await pilot.press("s")
        await until(pilot, lambda: app._notifications)
        [said] = app._notifications
        assert said.message == "Sync now: connect your Garmin account first: press a."
        await pilot.press("4", "x")
        await until(pilot, lambda: len(app._notifications) == 2)
        assert "there is no job here yet" in [each.message for each in app._notifications][1]


async def test_a_click_on_a_place_or_a_hint_is_its_key(config: Config, account: GarminConnectAccount) -> None:
    async with running(config) as (app, pilot):
        column = shown(app).splitlines()[0].index("4 Jobs")
        await pilot.click(offset=(column, 0))
        await until(pilot, lambda: app.current_mode == "jobs")
        footer = shown(app).splitlines()[-1]
        await pilot.click(offset=(footer.index("? Help"), 29))
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))


async def test_escape_never_quits_and_q_does(config: Config) -> None:
    async with running(config) as (app, pilot):
        await pilot.press("escape", "escape")
        await pilot.pause()
        assert app.is_running
        await pilot.press("q")
        await until(pilot, lambda: app.return_code is not None and app.return_value == 0)
