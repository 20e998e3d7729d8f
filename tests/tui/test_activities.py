"""The place of all activities: what its filter says, the year, marks, and files that are written."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from garminsync_tui.config import Config
from garminsync_tui.models import GarminConnectAccount
from garminsync_tui.paths import Paths
from garminsync_tui.store.database import Database
from garminsync_tui.tui.filter_words import FilterSuggester, hint
from garminsync_tui.tui.screens.activities import ActivitiesScreen
from garminsync_tui.tui.screens.export import ExportScreen
from garminsync_tui.tui.widgets.window_table import WindowTable
from garminsync_tui.tui.widgets.year_map import YearMap

from .conftest import running, shown, store_activities, until
from .test_screens import store_bare

NAMES = ["Long run", "6 x 800 m", "Parkrun", *["Easy"] * 9]


def filter_line(app: Any) -> str:
    return app.screen.query_one("#filter", Input).value  # type: ignore[no-any-return]


async def test_the_filter_is_explained_and_totals_follow_it(
    config: Config, database: Database, paths: Paths, account: GarminConnectAccount
) -> None:
    await store_activities(database, paths, account, NAMES)
    async with running(config, size=(80, 40)) as (app, pilot):
        await pilot.press("2")
        # Twelve of 5.0, 5.1 … 6.1 km, each a second longer than half an hour, 62 m up.
        await until(pilot, lambda: "67 km · 6 h 1 m · 744 m up · sort date ↓" in shown(app))
        await until(pilot, lambda: "12 activities" in shown(app) and "12 days in a row" in shown(app))
        await pilot.press("slash")
        await until(pilot, lambda: "kcal> or words of the" in shown(app))
        await pilot.press("d")
        await until(pilot, lambda: "kilometres: dist>10" in shown(app))
        await pilot.press("right")
        assert filter_line(app) == "dist>"
        await until(pilot, lambda: "✗ “dist>” has no value. kilometres: dist>10" in shown(app))
        await pilot.press("6")
        await until(pilot, lambda: "1 of 12" in shown(app) and "6 km · 30 m · 62 m up" in shown(app))
        await until(pilot, lambda: "1 activity " in shown(app))  # the year follows, too
        await pilot.press("enter")
        await until(pilot, lambda: "kilometres" not in shown(app))

        # What the map chooses takes the place of dates only.
        await pilot.press("H", "H", "up")
        app.screen.query_one("#year", YearMap).focus()
        await until(pilot, lambda: "Fri 20 Nov: nothing   enter Day  w Week" in shown(app))
        await pilot.press("enter")
        await until(pilot, lambda: filter_line(app) == "dist>6 on:2026-11-20")
        await until(pilot, lambda: "No activity meets this filter" in shown(app))
        assert " up · sort" not in shown(app)  # the totals were of others
        await pilot.press("w")
        await until(pilot, lambda: filter_line(app) == "dist>6 after:2026-11-16 before:2026-11-23")
        await pilot.press("escape", "escape")
        await until(pilot, lambda: "Activities   12" in shown(app) and app.screen.query_one("#list").has_focus)
        await pilot.press("j", "w")
        await until(pilot, lambda: "6 of 12" in shown(app))  # Monday to Saturday: the 21st is one
        await pilot.press("comma")
        await until(pilot, lambda: "2025   hours a day" in shown(app) and "no activities" in shown(app))
        await pilot.press("full_stop", "full_stop")
        await until(pilot, lambda: "2026   hours a day" in shown(app) and app._notifications)
        await pilot.press("H")
        await until(pilot, lambda: "hours a day" not in shown(app))


async def test_the_filter_goes_on_with_what_there_is() -> None:
    suggester = FilterSuggester(lambda: ["running", "rowing", "trail_running"])
    assert await suggester.get_suggestion("long type:r") == "long type:running"
    assert await suggester.get_suggestion("type:ro") == "type:rowing"
    assert await suggester.get_suggestion("na") == "name~"
    assert await suggester.get_suggestion("dist>5 ") is None
    assert hint("long hr<") == "average heart rate: hr<150"
    assert hint("zebra") == "activities with “zebra” in their name"
    assert hint("colour:red") == ""


async def test_marks_are_exported_into_files_that_the_command_would_write(
    config: Config,
    database: Database,
    paths: Paths,
    account: GarminConnectAccount,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    [*_, last] = await store_activities(database, paths, account, ["A", "B", "C", "D"])
    expected = {form: tmp_path / f"expected.{form}" for form in ("csv", "json", "fit", "tcx")}
    home = ("--home", str(paths.database.parent))
    commands = [("activities", "export", "9001", "--format", form, "-o", str(expected[form])) for form in expected]
    program = f"from garminsync_tui.__main__ import main\nfor each in {commands}: main([*each, *{home}])"
    subprocess.run([sys.executable, "-c", program], check=True)
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    async with running(config, size=(60, 24)) as (app, pilot):
        await pilot.press("2")
        await until(pilot, lambda: "Activities   4" in shown(app))
        await pilot.press("j", "e")
        await export_as(app, pilot, "csv")
        await until(pilot, lambda: isinstance(app.screen, ActivitiesScreen))
        assert (folder / "9001.csv").read_bytes() == expected["csv"].read_bytes()
        assert "120 points written to" in said(app)

        # It is there already: No is the first answer, and asked it stays.
        await pilot.press("e")
        await export_as(app, pilot, "csv")
        await until(pilot, lambda: "9001.csv is there already" in shown(app))
        (folder / "9001.csv").write_text("mine")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ExportScreen))
        assert (folder / "9001.csv").read_text() == "mine"
        await pilot.press("enter")
        await until(pilot, lambda: "9001.csv is there already" in shown(app))
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(app.screen, ActivitiesScreen))
        for form, file in expected.items():
            if form != "csv":
                await pilot.press("e")
                await export_as(app, pilot, form)
                await until(pilot, lambda: isinstance(app.screen, ActivitiesScreen))
            assert (folder / f"9001.{form}").read_bytes() == file.read_bytes(), form

        # Several: a folder, in which what cannot be read keeps nobody else away.
        await pilot.press("asterisk", "g", "space")
        await until(pilot, lambda: "3 marked" in shown(app))
        last.write_bytes(b"<gpx/>")
        await pilot.press("e")
        await until(pilot, lambda: "3 activities" in shown(app) and "Into this folder" in shown(app))
        await export_as(app, pilot, "original")
        # The folder's name is as long as it is: the sentence may be on any number of lines.
        await until(
            pilot,
            lambda: (
                "2 files written to" in (line := " ".join(shown(app).replace("┃", " ").split()))
                and "Not written: D" in line
            ),
        )
        written = folder / "garminsync-export"
        assert sorted(each.name for each in written.iterdir()) == ["9001.gpx", "9002.gpx"]
        await pilot.press("escape", "escape")
        await until(pilot, lambda: "marked" not in shown(app))


async def export_as(app: Any, pilot: Pilot[int], form: str) -> None:
    await until(pilot, lambda: isinstance(app.screen, ExportScreen))
    formats = app.screen.query_one("#formats", OptionList)
    formats.highlighted = formats.get_option_index(form)
    await pilot.pause()
    await pilot.press("enter", "enter")


def said(app: Any) -> str:
    return "\n".join(each.message for each in app._notifications)


async def test_an_export_of_many_stops_after_the_file_that_is_written(
    config: Config,
    database: Database,
    paths: Paths,
    account: GarminConnectAccount,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await store_activities(database, paths, account, ["A", "B", "C"])
    monkeypatch.chdir(tmp_path)
    async with running(config) as (app, pilot):
        assert app.engine is not None
        write_file = app.engine.activities.write_file

        async def stopped_meanwhile(*arguments: Any, **options: Any) -> Any:
            app.screen.action_leave()  # type: ignore[attr-defined]
            return await write_file(*arguments, **options)

        monkeypatch.setattr(app.engine.activities, "write_file", stopped_meanwhile)
        await pilot.press("2")
        await until(pilot, lambda: "Activities   3" in shown(app))
        await pilot.press("A", "e")
        await export_as(app, pilot, "original")
        await until(pilot, lambda: isinstance(app.screen, ActivitiesScreen))
        assert "1 file written to" in said(app) and "stopped" in said(app)

        async def broken(*_: Any, **__: Any) -> Any:
            raise ValueError("a fault")

        monkeypatch.setattr(app.engine.activities, "write_file", broken)
        await pilot.press("e")
        await export_as(app, pilot, "csv")
        await until(pilot, lambda: "✗ A fault of the program" in shown(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ActivitiesScreen))
    assert [each.name for each in (tmp_path / "garminsync-export").iterdir()] == ["9000.gpx"]


async def test_a_wide_terminal_shows_the_selected_one_beside_the_list(
    config: Config, database: Database, paths: Paths, account: GarminConnectAccount
) -> None:
    await store_activities(database, paths, account, ["Long run", "Easy"])
    async with running(config, size=(140, 40)) as (app, pilot):
        await pilot.press("2")
        # Its way is drawn when the cursor rests.
        await until(pilot, lambda: "5.00 km" in shown(app) and "N ↑" in shown(app))
        await pilot.press("j")
        await until(pilot, lambda: "5.10 km" in shown(app) and "148 bpm, at most 171" in shown(app))
        await pilot.resize_terminal(139, 40)
        await until(pilot, lambda: "Selected" not in shown(app) and "5.10 km" not in shown(app))
        assert "Easy" in shown(app)


async def test_marks_survive_the_windows(config: Config, database: Database, account: GarminConnectAccount) -> None:
    await store_bare(database, account, 450)
    async with running(config, size=(80, 24)) as (app, pilot):
        await pilot.press("2")
        table = app.screen.query_one("#list", WindowTable)
        await until(pilot, lambda: table.row(0) is not None)
        await pilot.press("space", "G")
        await until(pilot, lambda: table.row(449) is not None)
        await pilot.press("space", "g")
        await until(pilot, lambda: "2 marked" in shown(app) and "❯●Sat 21 Nov" in shown(app))
        await pilot.press("A")
        await until(pilot, lambda: "450 marked" in shown(app))
        await pilot.press("y")
        await until(pilot, lambda: "450 activities copied" in said(app))
        assert len(app.clipboard.splitlines()) == 450
        await pilot.press("R")
        await until(pilot, lambda: "sort date ↑" in shown(app))
        assert table.cursor == 449  # the same one as before
