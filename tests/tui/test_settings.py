"""Settings over the config file: seen, changed in place, undone, followed; the database checked and backed up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, Input

from garminsync_tui.config import SETTINGS, Config
from garminsync_tui.models import GarminConnectAccount
from garminsync_tui.paths import Paths
from garminsync_tui.store import accounts, backup
from garminsync_tui.store.database import Database
from garminsync_tui.tui import keys, settings_words
from garminsync_tui.tui.app import GarminSyncApp
from garminsync_tui.tui.screens.backup import BackupScreen
from garminsync_tui.tui.screens.dialogs import Confirm
from garminsync_tui.tui.screens.doctor import DoctorScreen
from garminsync_tui.tui.screens.settings import SettingsScreen
from garminsync_tui.tui.screens.workout_dialogs import Ask, Choose
from garminsync_tui.tui.widgets.table import Table

from .conftest import running, shown, store_activities, until

FILE = """# mine
[display]
units = "metric"  # as I like it

[sync]
every_minutes = 45
"""


@pytest.fixture(autouse=True)
def usual_keys() -> Iterator[None]:
    yield
    keys.rebind({})


@pytest.fixture
def settings(paths: Paths, config: Config) -> Config:
    """With a file, a variable and a flag."""
    paths.config.write_text(FILE)
    return Config.load(paths, {"sync.runner": "never"}, {"GARMINSYNC_SAMPLES": "full"})


async def at(app: GarminSyncApp, pilot: Pilot[int], name: str) -> None:
    """Go to a setting, or to the keys of an action."""
    if not isinstance(app.screen, SettingsScreen):
        await pilot.press(keys.action("places.settings").keys)
    section = "Keys" if name.startswith("keymap.") else settings_words.section_of(name)
    app.screen.query_one("#sections", Table).move_cursor(row=list(settings_words.SECTIONS).index(section))
    await pilot.pause()
    table = app.screen.query_one("#settings", Table)
    table.focus()
    table.move_cursor(row=[row for row, _ in table._rows].index(name))
    await pilot.pause()


def toast(app: GarminSyncApp) -> str:
    messages = [each.message for each in app._notifications]
    app.clear_notifications()
    return messages[-1] if messages else ""


async def test_every_setting_is_in_its_section_with_value_origin_and_meaning(
    settings: Config, account: GarminConnectAccount
) -> None:
    lines = {each.name: settings_words.line(each.name, settings.values[each.name]) for each in SETTINGS}
    async with running(settings, size=(160, 50)) as (app, pilot):
        await pilot.press(keys.action("places.settings").keys)
        await until(pilot, lambda: "runner" in shown(app))
        for width, height in ((160, 50), (100, 30), (80, 24), (60, 24)):
            await pilot.resize_terminal(width, height)
            seen = set()
            for section in settings_words.SECTIONS:
                await until(pilot, lambda section=section: f"─ {section} ─" in shown(app).splitlines()[1])
                await pilot.pause()
                screen = shown(app).splitlines()
                assert {len(line) for line in screen} == {width}
                assert not any(widget.show_horizontal_scrollbar for widget in app.screen.query("*"))
                for name, line in lines.items():
                    if settings_words.section_of(name) == section:
                        row = next(row for row in screen if line.words in row)
                        assert line.value in row
                        assert width < 100 or line.origin in row
                        seen.add(name)
                if section == "Database":
                    await until(pilot, lambda: "0 activities" in shown(app))
                if section == "About":
                    assert str(settings.paths.config)[:20] in shown(app)
                    await pilot.press("g")
                await pilot.press("down" if section != "About" else "g")
            assert seen == set(lines)


async def test_a_change_is_written_beside_comments_holds_at_once_and_is_undone(
    settings: Config, paths: Paths, database: Database, account: GarminConnectAccount
) -> None:
    await store_activities(database, paths, account, ["Lake run"])
    async with running(settings) as (app, pilot):
        await pilot.press("2")
        await until(pilot, lambda: "5.0 km" in shown(app))
        await at(app, pilot, "display.units")
        await pilot.press("space")
        assert paths.config.read_text() == FILE.replace('"metric"', '"imperial"')
        await pilot.press("2")
        await until(pilot, lambda: "3.1 mi" in shown(app))
        assert " km" not in shown(app)
        await at(app, pilot, "sync.every_minutes")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        answer = app.screen.query_one("#answer", Input)
        assert answer.value == "45"
        answer.value = "2"
        await pilot.press("enter")
        await until(pilot, lambda: "must be at least 5" in shown(app))
        answer.value = "60"
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, SettingsScreen))
        assert "every_minutes = 60" in paths.config.read_text()
        assert app.engine is not None
        await pilot.press("delete")
        assert "every_minutes" not in paths.config.read_text()
        assert settings["sync.every_minutes"] == 30
        await pilot.press("u", "u", "u")
        assert paths.config.read_text() == FILE
        await pilot.press("u")
        assert "nothing was changed here yet" in toast(app)


async def test_what_holds_before_the_file_says_so_and_stays(settings: Config, paths: Paths) -> None:
    async with running(settings) as (app, pilot):
        await at(app, pilot, "health.samples")
        assert "GARMINSYNC_SAMPLES in the environment sets it" in shown(app)
        await pilot.press("space")
        assert "GARMINSYNC_SAMPLES in the environment sets it" in toast(app)
        await pilot.press("y")
        await until(pilot, lambda: "health.samples copied by" in toast(app))
        await at(app, pilot, "sync.runner")
        await pilot.press("enter")
        await until(pilot, lambda: app._notifications)
        assert "the command line sets it" in toast(app)
        await pilot.press("shift+tab", "delete")  # what is on the other side of the screen is not changed unseen
        assert "go to a setting first" in toast(app)
        await pilot.press("g", "enter")
        await until(pilot, lambda: "there is nothing to change here" in toast(app))
        await at(app, pilot, "sync.daily_at")
        await pilot.press("space")
        assert "press enter to write another" in toast(app)
        assert paths.config.read_text() == FILE


async def test_a_theme_is_seen_before_it_is_chosen(settings: Config, paths: Paths) -> None:
    async with running(settings) as (app, pilot):
        await at(app, pilot, "display.theme")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Choose))
        await until(pilot, lambda: app.screen.focused)
        app.screen.query_one("#find", Input).value = "nord"
        await until(pilot, lambda: app.theme == "nord")
        await pilot.press("escape")
        await until(pilot, lambda: app.theme == "textual-dark")
        assert paths.config.read_text() == FILE
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Choose))
        app.screen.query_one("#find", Input).value = "nord"
        await until(pilot, lambda: app.theme == "nord")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, SettingsScreen))
        assert app.theme == "nord"
        assert 'theme = "nord"' in paths.config.read_text()


async def test_a_theme_that_there_is_not_is_named_and_another_shown(settings: Config, paths: Paths) -> None:
    paths.config.write_text('[display]\ntheme = "nrod"\n')
    async with running(Config.load(paths, {"sync.runner": "never"}, {})) as (app, pilot):
        named = "there is no theme “nrod”. Did you mean nord? textual-dark is shown."
        assert named in toast(app)
        await at(app, pilot, "display.theme")
        await until(pilot, lambda: "✗ display.theme: there is no theme “nrod”" in shown(app))
        paths.config.write_text('[display]\ntheme = "nord"\n')
        app.follow_file()
        await until(pilot, lambda: app.theme == "nord" and "✗" not in shown(app))


async def test_the_file_is_followed_and_a_broken_one_changes_nothing(settings: Config, paths: Paths) -> None:
    async with running(settings) as (app, pilot):
        await at(app, pilot, "display.units")
        paths.config.write_text(FILE.replace("metric", "imperial") + '[keymap]\n"sync.now" = ["f9"]\n')
        app.follow_file()
        await until(pilot, lambda: "imperial" in shown(app) and keys.label("sync.now") == "f9")
        paths.config.write_text('[display]\nunits = "miles"\n')
        app.follow_file()
        await until(pilot, lambda: "✗" in shown(app))
        assert "'miles' is no value for display.units" in toast(app)
        assert app.units == "imperial"
        app.follow_file()
        assert toast(app) == ""  # once
        paths.config.write_text(FILE)
        app.follow_file()
        await until(pilot, lambda: "✗" not in shown(app))
        assert app.units == "metric"
        assert keys.label("sync.now") == "s"


async def test_keys_are_given_in_place_and_what_cannot_be_is_said_under_the_field(
    settings: Config, paths: Paths
) -> None:
    async with running(settings) as (app, pilot):
        await at(app, pilot, "keymap.jobs.cancel")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        answer = app.screen.query_one("#answer", Input)
        answer.value = "r"
        await pilot.press("enter")
        await until(pilot, lambda: "which is the key of jobs.retry" in shown(app))
        answer.value = "f8 ctrl+x"
        await pilot.press("enter")
        await until(pilot, lambda: "f8  ^x" in shown(app))
        assert '"jobs.cancel" = ["f8", "ctrl+x"]' in paths.config.read_text()
        await pilot.press(keys.action("places.jobs").keys)
        assert "f8 Cancel" in shown(app).splitlines()[-1]
        await pilot.press("f8")
        assert "no job here yet" in toast(app)
        await at(app, pilot, "keymap.jobs.cancel")
        await pilot.press("u")
        assert keys.label("jobs.cancel") == "x"
        assert "jobs.cancel" not in paths.config.read_text()


async def test_settings_are_found_by_any_of_their_words(settings: Config) -> None:
    async with running(settings, size=(60, 24)) as (app, pilot):
        await pilot.press(keys.action("places.settings").keys, "slash", *"hr")
        app.screen.query_one("#find", Input).value = "heart rate"
        count = len(SETTINGS) + len(keys.ACTIONS)
        await until(pilot, lambda: f"5 of {count}" in shown(app))
        assert "Threshold heart rate (bpm)" in shown(app)
        await pilot.press("enter", "enter")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        await pilot.press("escape", "escape")
        await until(pilot, lambda: "Not connected" in shown(app))
        await pilot.press("escape", "q")  # from the settings to their sections, and out
        await until(pilot, lambda: app.return_code is not None)


# ── The installation ─────────────────────────────────────────────────────────────────────────────────


async def test_the_database_is_checked_and_backed_up(settings: Config, paths: Paths, tmp_path: Path) -> None:
    async with running(settings) as (app, pilot):
        await pilot.press(keys.action("places.settings").keys, "i")
        await until(pilot, lambda: "✓ The database was read to its end and is sound." in shown(app))
        row = next(number for number, line in enumerate(shown(app).splitlines()) if "b Back up" in line)
        await pilot.click(offset=(shown(app).splitlines()[row].index("b Back up"), row))
        await until(pilot, lambda: isinstance(app.screen, BackupScreen))
        target = app.screen.query_one("#target", Input)
        assert target.value.startswith("~/garminsync-")
        target.value = str(tmp_path)
        await pilot.press("enter")
        await until(pilot, lambda: "is a folder" in shown(app))
        target.value = str(tmp_path / "there.db")
        (tmp_path / "there.db").write_text("precious")
        for answer in ("enter", "y"):  # No is what enter says
            await until(pilot, lambda: isinstance(app.screen, BackupScreen))
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(app.screen, Confirm) and app.screen.focused)
            asked = "".join(line.split("┃")[2].strip() for line in shown(app).splitlines() if line.count("┃") >= 3)
            assert f"{tmp_path / 'there.db'}?" in asked
            assert (tmp_path / "there.db").read_text() == "precious"
            await pilot.press(answer)
        await until(pilot, lambda: isinstance(app.screen, SettingsScreen))
        assert backup.look_inside(tmp_path / "there.db").activities == 0


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_server_is_shown_without_its_password_and_looks_after_itself(database_url: str, paths: Paths) -> None:
    secret = "postgresql://somebody:canary@host/garminsync"
    config = Config.load(paths, {"sync.runner": "never"}, {"GARMINSYNC_DATABASE": secret})
    async with running(config, size=(160, 50), opener=lambda: Database.open(database_url)) as (app, pilot):
        await at(app, pilot, "database.url")
        await until(pilot, lambda: "PostgreSQL" in shown(app) and "0 activities" in shown(app))
        assert "canary" not in shown(app)
        for key in ("i", "b"):
            await pilot.press(key)
            assert "PostgreSQL has its own tools" in toast(app)


async def test_a_backup_is_given_up(settings: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backup, "_LOOK_EVERY_STEPS", 1)
    async with running(settings) as (app, _):
        assert app.engine is not None
        with pytest.raises(Exception, match="nothing was written"):
            await app.engine.upkeep.back_up(tmp_path / "b.db", replace=False, on_written=lambda size: True)
        assert list(tmp_path.glob("*b.db")) == []


async def test_the_doctor_looks_and_shows_the_last_fault(settings: Config, paths: Paths) -> None:
    paths.logs.mkdir(exist_ok=True, parents=True)
    paths.logs.chmod(0o700)
    (paths.logs / "garminsync.log").write_text(
        "2026-11-28 07:00:00,000 INFO 1 garminsync_tui: fine\n"
        "2026-11-28 07:00:01,000 ERROR 1 garminsync_tui.tui.app: it broke\n"
        'Traceback (most recent call last):\n  File "x.py", line 1\nValueError: [bold]seven\n'
        "2026-11-28 07:00:02,000 INFO 1 garminsync_tui: fine again\n"
    )
    async with running(settings, size=(100, 50)) as (app, pilot):
        await pilot.press(keys.action("places.settings").keys, "D")
        await until(pilot, lambda: isinstance(app.screen, DoctorScreen) and "Last fault" in shown(app))
        assert "can be opened by other users" in shown(app)
        assert "ValueError: [bold]seven" in shown(app)
        assert "fine again" not in shown(app)
        await pilot.press("escape")
        assert isinstance(app.screen, SettingsScreen)


async def test_signing_out_names_the_account_and_no_is_the_answer(
    settings: Config, database: Database, account: GarminConnectAccount
) -> None:
    async with running(settings) as (app, pilot):
        await pilot.press(keys.action("places.settings").keys)
        for answer in ("enter", "y"):
            await pilot.press("x")
            await until(pilot, lambda: isinstance(app.screen, Confirm) and app.screen.focused)
            assert "Sign out runner at http://127.0.0.1:1?" in shown(app)
            assert app.screen.query_one("#no", Button).has_focus
            assert await accounts.active_account(database) is not None
            await pilot.press(answer)
        await until(pilot, lambda: "Not connected to Garmin." in shown(app))
        assert await accounts.active_account(database) is None
        await pilot.press("x")
        assert "no account is connected" in toast(app)


async def test_the_file_is_opened_in_the_persons_editor(
    settings: Config, paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "editor"
    script.write_text('#!/bin/sh\nsed -i s/metric/imperial/ "$1"\n')
    script.chmod(0o700)
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", str(script))
    async with running(settings) as (app, pilot):
        await at(app, pilot, "display.units")
        await pilot.press("o")
        await until(pilot, lambda: app._notifications)
        assert str(paths.config) in toast(app)  # a terminal that cannot be left says where the file is
        monkeypatch.setattr(type(app._driver), "can_suspend", property(lambda self: True))
        await pilot.press("o")
        await until(pilot, lambda: "imperial" in shown(app))
        monkeypatch.setenv("EDITOR", "/nowhere/to/be/found")
        await pilot.press("o")
        await until(pilot, lambda: "cannot be started" in toast(app))
