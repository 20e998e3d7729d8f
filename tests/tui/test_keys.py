"""One table of actions feeds bindings, footer, help and palette."""

from __future__ import annotations

import re
import runpy
from itertools import combinations
from pathlib import Path

import pytest
from textual.command import CommandPalette
from textual.pilot import Pilot
from textual.widgets import Input

from garminsync_tui.config import Config
from garminsync_tui.models import GarminConnectAccount
from garminsync_tui.tui import keys
from garminsync_tui.tui.app import GarminSyncApp
from garminsync_tui.tui.screens.activities import ActivitiesScreen
from garminsync_tui.tui.screens.activity import ActivityScreen
from garminsync_tui.tui.screens.coverage import CoverageScreen
from garminsync_tui.tui.screens.coverage_days import CoverageDaysScreen
from garminsync_tui.tui.screens.health import HealthScreen
from garminsync_tui.tui.screens.help import HelpScreen
from garminsync_tui.tui.screens.jobs import JobsScreen
from garminsync_tui.tui.screens.settings import SettingsScreen
from garminsync_tui.tui.screens.today import TodayScreen
from garminsync_tui.tui.screens.workout_editor import WorkoutEditor
from garminsync_tui.tui.screens.workouts import WorkoutsScreen

from .conftest import running, shown, until

PLACES = (
    TodayScreen, ActivitiesScreen, ActivityScreen, HealthScreen, WorkoutsScreen, WorkoutEditor, JobsScreen,
    CoverageScreen, CoverageDaysScreen, SettingsScreen,
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
    for one, other in combinations(keys.ACTIONS, 2):
        if keys.share_keys(one, other):
            assert not set(one.keys.split(",")) & set(other.keys.split(",")), (one.id, other.id)


def test_the_page_of_keys_is_the_table() -> None:
    script = Path(__file__).parents[2] / "docs" / "app_keys.py"
    written = script.with_name("app-keys.md").read_text("utf-8")
    assert written == runpy.run_path(str(script))["page"](), "`just app-keys` writes it anew"


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


async def test_each_place_has_its_keys_in_reach_in_help_and_palette(config: Config) -> None:
    async with running(config, size=(100, 100)) as (app, pilot):
        for place in keys.PLACES:
            await pilot.press(keys.action(f"places.{place}").keys)
            await until(pilot, lambda place=place: app.current_mode == place)
            await pilot.pause()
            mine = [action for action in keys.ACTIONS if not action.place or keys.works_on(place, action)]
            lists = [widget for widget in app.screen.query("*") if widget.can_focus and not isinstance(widget, Input)]
            taken = {key for widget in lists for key in widget._bindings.key_to_bindings}
            titles = {command.title for command in app.get_system_commands(app.screen)}
            for action in mine:
                assert action.id == "app.palette" or action.command in titles
                assert re.fullmatch(r"[A-Z][a-z]+: \S.*", action.command)
                # What has the keyboard takes none of them for itself; what is chosen with enter tells the screen.
                # A list beside a chart keeps home and end for itself, and lets the arrows pass.
                free = action.keys in {"enter", "t,home"} or action.place == "chart"
                assert free or not taken & set(action.keys.split(",")), action.id
            await pilot.press("question_mark")
            await helps(app, pilot, place)
        for place in SCREENS.keys() - keys.PLACES.keys():  # what is opened from a place
            app.push_screen(HelpScreen(place))
            await helps(app, pilot, place)


async def helps(app: GarminSyncApp, pilot: Pilot[int], place: str) -> None:
    """The help names every key that works on a screen, what it does, and its id."""
    await until(pilot, lambda: isinstance(app.screen, HelpScreen))
    await pilot.pause()
    left, right = app.screen.query_one("#help").content_region.column_span
    lines = [line[left:right].split() for line in shown(app).splitlines()]
    for action in keys.ACTIONS:
        if not action.place or keys.works_on(place, action):
            assert [*action.all_labels.split(), *action.words.split(), action.id] in lines, action.id
    await pilot.press("escape")
    assert not isinstance(app.screen, HelpScreen)


@pytest.mark.parametrize("size", [(60, 24), (80, 24)])
async def test_help_is_searched(config: Config, size: tuple[int, int]) -> None:
    async with running(config, size=size) as (app, pilot):
        await pilot.press(keys.action("places.jobs").keys, "question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        await pilot.press("slash", *"jobs.can")
        await until(pilot, lambda: f"1 of {_count('jobs') + 3}" in shown(app))
        assert "Cancel" in shown(app)
        assert "jobs.cancel" in shown(app)
        assert "jobs.retry" not in shown(app)
        await pilot.press(*"zz")
        await until(pilot, lambda: "No key has that" in shown(app))
        await pilot.press("escape")
        await until(pilot, lambda: "jobs.retry" in shown(app))
        await pilot.press("escape")
        assert not isinstance(app.screen, HelpScreen)


def _count(place: str) -> int:
    return sum(action.place in {"", place} for action in keys.ACTIONS)


async def test_the_footer_ends_with_palette_and_help(config: Config) -> None:
    async with running(config, size=(60, 24)) as (app, pilot):
        for width in (60, 80, 120):
            await pilot.resize_terminal(width, 24)
            for place in keys.PLACES:
                await pilot.press(keys.action(f"places.{place}").keys)
                await until(pilot, lambda: shown(app).splitlines()[-1].rstrip().endswith("^p Palette  ? Help"))
                footer = shown(app).splitlines()[-1]
                mine = [action for action in keys.ACTIONS if not action.place or keys.works_on(place, action)]
                named = [action for action in mine if f"{action.label} {action.words}" in footer]
                assert 3 <= len(named) <= 8
                assert len(footer) == width


async def test_the_footer_names_what_works_while_somebody_writes(config: Config) -> None:
    async with running(config) as (app, pilot):
        await pilot.press(keys.action("places.settings").keys)
        await until(pilot, lambda: "u Undo" in shown(app).splitlines()[-1])
        await pilot.press("slash")
        await until(pilot, lambda: "esc Back" in shown(app).splitlines()[-1])
        footer = shown(app).splitlines()[-1]
        assert "u Undo" not in footer and footer.rstrip().endswith("^p Palette  f1 Help")
        await pilot.press("f1")
        assert isinstance(app.screen, HelpScreen)
        await pilot.press("escape", "escape")
        await until(pilot, lambda: "u Undo" in shown(app).splitlines()[-1])


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
        said = set()
        for place in keys.PLACES:
            await pilot.press(keys.action(f"places.{place}").keys)
            await until(pilot, lambda place=place: app.current_mode == place)
            for action in keys.ACTIONS:
                if (action.place in {"", place}) and (reason := action.why_not(app)):
                    app.clear_notifications()
                    await app.action_act(action.id)
                    await until(pilot, lambda: app._notifications)
                    [toast] = app._notifications
                    assert toast.message == f"{action.words}: {reason}."
                    said.add(toast.message)
        assert "Sync now: connect your Garmin account first: press a." in said
        assert "Cancel: there is no job here yet: press s to sync." in said
        assert len(said) > 20


async def test_a_click_on_a_place_or_a_hint_is_its_key(config: Config, account: GarminConnectAccount) -> None:
    async with running(config) as (app, pilot):
        column = shown(app).splitlines()[0].index(f"{keys.label('places.jobs')} Jobs")
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
        for opened, screen in (("c", CoverageScreen), ("question_mark", HelpScreen)):
            await pilot.press(opened)
            await until(pilot, lambda screen=screen: isinstance(app.screen, screen))
            await pilot.press("q")  # one step back
            await until(pilot, lambda: isinstance(app.screen, TodayScreen))
        await pilot.press("q")
        await until(pilot, lambda: app.return_code is not None and app.return_value == 0)
