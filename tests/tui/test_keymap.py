"""Keys of one's own: what holds, and what is refused by file and line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from garminsync_tui.config import Config
from garminsync_tui.paths import Paths
from garminsync_tui.tui import keymap, keys
from garminsync_tui.tui.screens.help import HelpScreen

from .conftest import running, shown, until


@pytest.fixture(autouse=True)
def usual_keys() -> Iterator[None]:
    yield
    keys.rebind({})


def read(tmp_path: Path, table: str) -> keymap.Keymap:
    file = tmp_path / "config.toml"
    file.write_text(f'[display]\nunits = "metric"\n\n[keymap]  # mine\n{table}')
    found = keymap.read(file)
    assert all(problem.file == file for problem in found.problems)
    return found


@pytest.mark.parametrize(
    ("entry", "held"),
    [
        ('"jobs.cancel" = ["x", "ctrl+x"]', {"jobs.cancel": "x,ctrl+x"}),
        ('jobs.cancel = ["!"]', {"jobs.cancel": "exclamation_mark"}),
        ('"jobs.cancel" = "f9"', {"jobs.cancel": "f9"}),
        ('"app.help" = ["?", "^k", "alt+h"]', {"app.help": "question_mark,ctrl+k,alt+h"}),
        # A swap: each has the other's.
        ('"jobs.cancel" = ["r"]\n"jobs.retry" = ["x"]', {"jobs.cancel": "r", "jobs.retry": "x"}),
        # Other screens may have the same, and where one writes its own keys win.
        ('"jobs.cancel" = ["n"]', {"jobs.cancel": "n"}),
        ('"editor.copy" = ["s"]', {"editor.copy": "s"}),
        ('"sync.now" = ["f6"]', {"sync.now": "f6"}),
    ],
)
def test_keys_are_given(tmp_path: Path, entry: str, held: dict[str, str]) -> None:
    found = read(tmp_path, entry)
    assert found.keys == held
    assert found.problems == ()


@pytest.mark.parametrize(
    ("table", "said", "line"),
    [
        ('"jobs.kill" = ["x"]', "there is no action 'jobs.kill'", 5),
        ('"jobs.cancel" = ["hyper+x"]', "'hyper+x', which is no key", 5),
        ('"jobs.cancel" = ["ctrl+"]', "'ctrl+', which is no key", 5),
        ('"jobs.cancel" = ["xy"]', "'xy', which is no key", 5),
        ('"jobs.cancel" = ["shift+x"]', "write X", 5),
        ('"jobs.cancel" = ["ctrl+i"]', "terminals send as tab", 5),
        ('"jobs.cancel" = ["j"]', "moves the cursor", 5),
        ('\n"jobs.cancel" = 3', "needs a list of names of keys", 6),
        ('"jobs.cancel" = ["x", 3]', "needs a list of names of keys", 5),
        ('"jobs.cancel" = []', "needs a list of names of keys", 5),
        # Of the same screen, and of all screens
        ('"jobs.retry" = [\n  "f8",\n  "z",\n]', "cannot have z, which is the key of jobs.pause (Pause)", 5),
        ('# why\n\n"jobs.retry" = ["f8", "s"]', "cannot have s, which is the key of sync.now (Sync now)", 7),
        ('"sync.now" = ["x"]', "which is the key of", 5),
        # The later of two
        ('"jobs.cancel" = ["f8"]\n"jobs.retry" = ["f8"]', "jobs.retry cannot have f8", 6),
    ],
)
def test_what_cannot_be_is_named_with_its_line(tmp_path: Path, table: str, said: str, line: int) -> None:
    [problem] = read(tmp_path, table).problems
    assert said in problem.words
    assert problem.line == line
    assert str(problem).startswith(f"{problem.file}, line {line}: ")


def test_a_refused_entry_takes_its_usual_key_back_from_who_relied_on_it(tmp_path: Path) -> None:
    found = read(tmp_path, '"jobs.retry" = ["x"]\n"jobs.cancel" = ["z"]\n"jobs.pause" = ["q"]')
    assert found.keys == {}
    assert [problem.line for problem in found.problems] == [5, 6, 7]


def test_a_keymap_that_is_no_table(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("# x\nkeymap = 3\n")
    [problem] = keymap.read(file).problems
    assert (problem.line, problem.words) == (2, "keymap is no table.")
    assert keymap.read(tmp_path / "none.toml") == ({}, ())


async def test_the_app_goes_by_them_and_starts_with_those_that_are_wrong(paths: Paths, config: Config) -> None:
    paths.config.write_text(
        '[keymap]\n"sync.now" = ["f9", "f8"]\n"app.help" = ["k"]\n"places.jobs" = ["J"]\n"activities.order" = ["b"]\n'
        '"account.connect" = ["f7"]\n'
    )
    Config.load(paths, {}, {})  # the settings have nothing against it
    async with running(config, size=(100, 60)) as (app, pilot):
        [said] = app._notifications
        assert f"{paths.config}, line 3: app.help cannot have k" in said.message
        app.clear_notifications()
        assert "f9 Sync now" in shown(app).splitlines()[-1]
        assert "? Help" in shown(app).splitlines()[-1]
        assert "J Jobs" in shown(app).splitlines()[0]
        assert "Press f7 to connect." in shown(app)
        for key in ("f9", "f8"):
            await pilot.press(key)
            await until(pilot, lambda: app._notifications)
            assert "connect your Garmin account first" in next(iter(app._notifications)).message
            app.clear_notifications()
        await pilot.press("s", "5")
        assert app.current_mode == "today"
        assert not app._notifications
        await pilot.press("J")
        assert app.current_mode == "jobs"
        await pilot.press("2")
        assert "b Sort" in shown(app).splitlines()[-1]
        hints = {command.title: command.help for command in app.get_system_commands(app.screen)}
        assert hints["Sync: now"].startswith("f9  ")
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen) and "f9  f8" in shown(app))
