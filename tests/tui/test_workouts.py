"""Writing workouts by keyboard alone, counted; and what the list does with them."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from garminsync_tui.config import Config
from garminsync_tui.models import GarminConnectAccount
from garminsync_tui.paths import Paths
from garminsync_tui.store import workouts
from garminsync_tui.store.database import Database
from garminsync_tui.tui.app import GarminSyncApp
from garminsync_tui.tui.screens.dialogs import Confirm
from garminsync_tui.tui.screens.workout_dialogs import Choose
from garminsync_tui.tui.screens.workout_editor import WorkoutEditor
from garminsync_tui.tui.screens.workout_form import StepForm
from garminsync_tui.tui.screens.workouts import WorkoutsScreen
from garminsync_tui.tui.widgets.table import Table
from garminsync_tui.workouts.definition import Repeat, Step, Workout
from garminsync_tui.workouts.text_parser import parse

from .conftest import running, shown, until

WANTED = "run: wu 15:00 @z2; 6x(800m @3:50-4:00/km, rec 2:00); cd 10:00 @z1"
_NAMES = {
    " ": "space", ":": "colon", "@": "at", ";": "semicolon", "(": "left_parenthesis", ")": "right_parenthesis",
    "-": "minus", "/": "slash", ",": "comma", "<": "less_than_sign", ">": "greater_than_sign", "+": "plus",
    '"': "quotation_mark", "!": "exclamation_mark", "%": "percent_sign", ".": "full_stop", "\n": "enter",
}  # fmt: skip


class Keys:
    """Presses keys, and counts them."""

    def __init__(self, pilot: Pilot[Any]) -> None:
        self._pilot = pilot
        self.count = 0

    async def press(self, *names: str) -> None:
        await self._pilot.press(*names)
        self.count += len(names)

    async def write(self, words: str) -> None:
        await self.press(*(_NAMES.get(character, character) for character in words))


def meant(words: str) -> Workout:
    workout = parse(words).workout
    assert workout is not None
    return workout


async def stored(database: Database, account: GarminConnectAccount | None = None) -> list[Workout]:
    async with database.read() as session:
        kept = await workouts.every(session, account.id if account else None)
    return [Workout.read(each.workout.workout_definition) for each in kept]


async def keep(database: Database, account: GarminConnectAccount, words: str, name: str = "Kept") -> None:
    workout = meant(words)
    async with database.write() as session:
        await workouts.add(session, account.user_id, name, None, workout.stored())


async def on_list(app: GarminSyncApp, pilot: Pilot[Any]) -> WorkoutsScreen:
    await pilot.press("4")
    await until(pilot, lambda: isinstance(app.screen, WorkoutsScreen) and app.screen.query_one("#workouts-pane"))
    screen = app.screen
    assert isinstance(screen, WorkoutsScreen)
    await until(pilot, lambda: screen.query_one("#workouts-pane").state != "loading")  # type: ignore[attr-defined]
    return screen


async def in_editor(app: GarminSyncApp, pilot: Pilot[Any]) -> WorkoutEditor:
    await until(pilot, lambda: isinstance(app.screen, WorkoutEditor) and app.screen.ready)
    screen = app.screen
    assert isinstance(screen, WorkoutEditor)
    return screen


async def saved(app: GarminSyncApp, pilot: Pilot[Any], database: Database) -> Workout:
    for _ in range(400):
        if found := await stored(database):
            return found[0]
        await pilot.pause(0.03)
    raise AssertionError(shown(app))


@pytest.mark.usefixtures("account")
async def test_a_workout_is_written_as_text_in_few_presses(config: Config, database: Database) -> None:
    async with running(config) as (app, pilot):
        await on_list(app, pilot)
        keys = Keys(pilot)
        await keys.press("n")
        await in_editor(app, pilot)
        await keys.write(WANTED.removeprefix("run: "))
        await until(pilot, lambda: "4/50 steps" in shown(app) or "5/50 steps" in shown(app), shown(app))
        assert "▲ unsaved" in shown(app), "the head tells what is being written"
        await keys.press("ctrl+s")
        found = await saved(app, pilot, database)
    assert found.steps == meant(WANTED).steps
    assert keys.count <= 75


@pytest.mark.usefixtures("account")
async def test_a_classic_session_becomes_another_in_the_outline_in_few_presses(
    config: Config, database: Database
) -> None:
    async with running(config) as (app, pilot):
        await on_list(app, pilot)
        keys = Keys(pilot)
        await keys.press("N")
        await until(pilot, lambda: isinstance(app.screen, Choose))
        await keys.write("cru")
        await keys.press("enter")
        screen = await in_editor(app, pilot)
        await keys.press("2", "j", "i", "ctrl+u", "6", "enter", "j", "i", "ctrl+u")
        await keys.write("800m @3:50-4:00/km\n")
        await keys.press("j", "plus", "1", "1", "j", "1")
        for leaves in ("q", "ctrl+c", "escape"):
            await pilot.press(leaves)
            await until(pilot, lambda: isinstance(app.screen, Choose) and "It is not saved" in shown(app), leaves)
            await pilot.press("escape")
            await until(pilot, lambda: app.screen is screen)
        await keys.press("ctrl+s")
        found = await saved(app, pilot, database)
        assert found == screen.workout
    assert found.steps == meant(WANTED).steps
    assert keys.count <= 45


async def test_an_empty_shelf_says_which_keys_help(config: Config) -> None:
    async with running(config) as (app, pilot):
        await on_list(app, pilot)
        await until(pilot, lambda: "Press n to write one, N for a classic one." in shown(app))


async def test_workouts_are_found_by_typing_counted_and_copied(
    config: Config, database: Database, account: GarminConnectAccount
) -> None:
    for name, words in (("Track", WANTED), ("Long one", "run: 90:00 @z2"), ("Long ride", "bike: 3:00:00 @z2")):
        await keep(database, account, words, name)
    async with running(config, size=(80, 24)) as (app, pilot):
        await pilot.press("4", "slash")  # it may still be reading: the key waits for it
        await until(pilot, lambda: app.screen.query("#find") and app.screen.query_one("#find").has_focus)
        await pilot.press(*"long")
        await until(pilot, lambda: "2 of 3" in shown(app) and "Track" not in shown(app))
        await pilot.press("space", *"cycl", "enter")
        await until(pilot, lambda: "1 of 3" in shown(app) and "❯Long ride" in shown(app).replace("❯ ", "❯"))
        await pilot.press("y")
        await until(pilot, lambda: any(said.message.startswith("Long ride copied by") for said in app._notifications))
        await pilot.press("slash", *"zebra")
        await until(pilot, lambda: "0 of 3: no workout has that." in shown(app) and "esc shows all" in shown(app))
        await pilot.press("escape")
        await until(pilot, lambda: "3 workouts" in shown(app) and app.screen.query_one("#workouts").has_focus)
        await pilot.press("escape")  # nothing is left to take back
        assert isinstance(app.screen, WorkoutsScreen)


async def test_rows_are_wrapped_nested_and_taken_back(
    config: Config, database: Database, account: GarminConnectAccount
) -> None:
    await keep(database, account, "run: 1:00; 2:00; 3:00")
    async with running(config) as (app, pilot):
        await on_list(app, pilot)
        await pilot.press("enter")
        screen = await in_editor(app, pilot)
        before = screen.workout
        await pilot.press("V", "j", "w", "4", "enter")
        await until(pilot, lambda: isinstance(screen.workout.steps[0], Repeat))
        await pilot.press("j", "w", "2", "enter")
        await until(pilot, lambda: screen.workout == meant("run: 4x(2x(1:00), 2:00); 3:00"), str(screen.workout))
        await pilot.press("u", "u")
        await until(pilot, lambda: screen.workout == before)
        for _ in range(50):
            await pilot.press("plus")
        await until(pilot, lambda: screen.workout != before)
        for _ in range(50):
            await pilot.press("u")
        await until(pilot, lambda: screen.workout == before)


async def test_the_editors_keys_win_over_the_places_numbers(
    config: Config, database: Database, account: GarminConnectAccount
) -> None:
    await keep(database, account, "run: 10:00")
    async with running(config) as (app, pilot):
        await on_list(app, pilot)
        await pilot.press("enter")
        screen = await in_editor(app, pilot)
        await pilot.press("2")
        await until(pilot, lambda: screen.workout == meant("run: 10:00 @z2"))
        assert app.screen is screen
        await pilot.press("z", "7", "t", "minus")
        await until(pilot, lambda: screen.workout == meant("run: rec 9:30 @pz7"), shown(app))


async def test_what_cannot_be_read_is_said_where_it_stands(
    config: Config, database: Database, account: GarminConnectAccount
) -> None:
    await keep(database, account, "run: 10:00")
    async with running(config) as (app, pilot):
        await on_list(app, pilot)
        await pilot.press("enter")
        screen = await in_editor(app, pilot)
        await pilot.press("o", *"10m", "enter")
        await until(pilot, lambda: "10min" in shown(app), shown(app))
        assert screen.workout == meant("run: 10:00")
        await pilot.press("escape")
        await pilot.press("tab")
        keys = Keys(pilot)
        await keys.write("nonsense\n")
        await until(pilot, lambda: "nonsense found" in shown(app), shown(app))


async def test_leaving_with_changes_asks_and_a_draft_survives_a_crash(
    config: Config, database: Database, account: GarminConnectAccount, paths: Paths
) -> None:
    await keep(database, account, "run: 10:00")
    async with running(config) as (app, pilot):
        await on_list(app, pilot)
        await pilot.press("enter")
        screen = await in_editor(app, pilot)
        await pilot.press("3", "escape")
        await until(pilot, lambda: isinstance(app.screen, Choose))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen)
        await until(pilot, lambda: list(paths.drafts.glob("*.txt")))
    async with running(config) as (app, pilot):
        await on_list(app, pilot)
        await pilot.press("enter")
        screen = await in_editor(app, pilot)
        await until(pilot, lambda: screen.workout == meant("run: 10:00 @z3"), shown(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Choose))
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(app.screen, WorkoutsScreen))
    assert not list(paths.drafts.glob("*.txt"))
    assert await stored(database) == [meant("run: 10:00")]


async def test_a_change_from_elsewhere_is_not_saved_over_unasked(
    config: Config, database: Database, account: GarminConnectAccount
) -> None:
    await keep(database, account, "run: 10:00")
    async with running(config) as (app, pilot):
        await on_list(app, pilot)
        await pilot.press("enter")
        await in_editor(app, pilot)
        async with database.write() as session:
            kept = (await workouts.every(session, None))[0].workout
            await workouts.change(session, kept.id, "Kept", None, meant("run: 20:00").stored())
        await pilot.press("3", "ctrl+s")
        await until(pilot, lambda: any("was changed or deleted" in each.message for each in app._notifications))
        assert await stored(database) == [meant("run: 20:00")]
        async with database.write() as session:
            await workouts.remove(session, kept.id)
        await pilot.press("ctrl+s")
        found = await saved(app, pilot, database)
        assert found.steps == meant("run: 10:00 @z3").steps, "what was deleted meanwhile is kept anew"


async def test_a_form_has_every_field_of_a_step(
    config: Config, database: Database, account: GarminConnectAccount
) -> None:
    await keep(database, account, "run: 10:00 @z2")
    async with running(config) as (app, pilot):
        await on_list(app, pilot)
        await pilot.press("enter")
        screen = await in_editor(app, pilot)
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, StepForm))
        app.screen.query_one("#form-end", Input).value = "5km"
        app.screen.query_one("#form-second", Input).value = "&176-184spm"
        app.screen.query_one("#form-note", Input).value = "relax"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: screen.workout == meant('run: 5km @z2 &176-184spm "relax"'), shown(app))


async def test_an_exercise_is_found_by_parts_of_its_name(
    config: Config, database: Database, account: GarminConnectAccount
) -> None:
    await keep(database, account, "strength: 8reps")
    async with running(config) as (app, pilot):
        await on_list(app, pilot)
        await pilot.press("enter")
        screen = await in_editor(app, pilot)
        await pilot.press("x")
        await until(pilot, lambda: isinstance(app.screen, Choose))
        await pilot.press(*"goblet")
        await until(pilot, lambda: app.screen.query_one(OptionList).option_count)
        await pilot.press("enter")
        await until(pilot, lambda: screen.workout == meant("strength: 8reps SQUAT/GOBLET_SQUAT"), str(screen.workout))


async def test_names_from_elsewhere_cannot_steer_the_terminal(
    config: Config, database: Database, account: GarminConnectAccount
) -> None:
    await keep(database, account, "run: 10:00", name="[bold]\x1b[31mred\u202e")
    async with running(config) as (app, pilot):
        screen = await on_list(app, pilot)
        await until(pilot, lambda: screen.query_one("#workouts", Table).row_count)
        assert "\x1b" not in shown(app) and "\u202e" not in shown(app)
        assert "[bold]" in shown(app)


def test_every_row_is_a_step_of_the_same_workout() -> None:
    """The text that the presses are counted for says what it looks like."""
    workout = meant(WANTED)
    assert [type(item) for item in workout.steps] == [Step, Repeat, Step]


async def test_deleting_names_the_workout_and_no_is_the_answer(
    config: Config, database: Database, account: GarminConnectAccount
) -> None:
    await keep(database, account, WANTED, "Long one")
    async with running(config) as (app, pilot):
        await on_list(app, pilot)
        for answer, left in (("enter", 1), ("escape", 1), ("y", 0)):
            await pilot.press("X")
            await until(pilot, lambda: isinstance(app.screen, Confirm) and app.screen.focused)
            assert "Delete Long one here?" in shown(app)
            await pilot.press(answer)
            await until(pilot, lambda: isinstance(app.screen, WorkoutsScreen))
            if not left:
                await until(pilot, lambda: "No workouts yet" in shown(app))
            assert len(await stored(database)) == left
