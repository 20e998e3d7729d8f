"""A real terminal: plain words on poor ones, and as it was before however the app ends."""

from __future__ import annotations

import re
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from garminsync_tui.paths import Paths

from ..terminal import Terminal

_CRASHES = (
    "import sys\n"
    "from garminsync_tui.tui.app import GarminSyncApp\n"
    "GarminSyncApp.on_paste = lambda self, event: 1 / 0\n"
    "from garminsync_tui.cli import run\n"
    "sys.exit(run(sys.argv[1:]))"
)
#: What is switched on for the app, and off again: another screen, mouse, pasting, being told of the focus.
_MODES = (1049, 1000, 1003, 1006, 2004, 1004)


def test_a_terminal_that_can_only_print_is_told_what_prints(paths: Paths) -> None:
    with Terminal(paths.database.parent, environment={"TERM": "dumb"}) as terminal:
        assert terminal.ended() == 2
    sent = terminal.sent.decode()
    assert "\x1b" not in sent
    for command in ("garminsync status", "garminsync sync", "list --plain"):
        assert command in sent


def kill(number: signal.Signals) -> Callable[[Terminal], None]:
    return lambda terminal: terminal.kill(number)


@pytest.mark.parametrize(
    ("ends", "code", "environment"),
    [
        (lambda terminal: terminal.type("q"), 0, {"TERM": "linux"}),
        (lambda terminal: terminal.type("\x03"), 0, {"TERM": "screen-256color"}),
        (kill(signal.SIGTERM), 0, {"NO_COLOR": "1", "COLORTERM": "truecolor"}),
        (kill(signal.SIGHUP), 0, {"GARMINSYNC_THEME": "ansi-light"}),
        (kill(signal.SIGINT), 0, {"TEXTUAL_COLOR_SYSTEM": "standard", "COLORTERM": "truecolor"}),
        (lambda terminal: terminal.type("\x1b[200~words\x1b[201~"), 1, {}),
    ],
    ids=[
        "q on linux",
        "ctrl-c on screen",
        "SIGTERM without colour",
        "SIGHUP with ansi",
        "SIGINT in sixteen colours",
        "a crash",
    ],
)
def test_the_terminal_is_as_it_was(
    ends: Callable[[Terminal], None], code: int, environment: dict[str, str], paths: Paths, sqlite_template: Path
) -> None:
    shutil.copy(sqlite_template, paths.database)
    program = ("-c", _CRASHES) if code == 1 else ("-m", "garminsync_tui")
    environment = {"GARMINSYNC_RUNNER": "never", "COLORTERM": "", **environment}
    home = paths.database.parent
    with Terminal(home, program=program, environment=environment) as terminal:
        terminal.wait_for("Welcome to garminsync")
        terminal.type("\x1b")
        terminal.wait_for("Press a to connect")
        assert "○ not connected" in terminal.screen.display[0]
        ends(terminal)
        assert terminal.ended() == code
        sent = terminal.sent.decode()
        for mode in _MODES:
            assert sent.rfind(f"\x1b[?{mode}h") < sent.rfind(f"\x1b[?{mode}l") or f"\x1b[?{mode}h" not in sent, mode
        assert "\x1b[?1049h" in sent
        assert sent.rfind("\x1b[?25l") < sent.rfind("\x1b[?25h"), "the cursor is back"
        assert terminal.modes_now == terminal.modes
    after = sent[sent.rfind("\x1b[?1049l") :]
    assert ("A fault of the program (ZeroDivisionError)" in after) is (code == 1)
    assert "Traceback" not in after
    colours = set(re.findall(r"\x1b\[[0-9;:]*?([34]8[;:][25])", sent))
    if "NO_COLOR" in environment:
        # Shades of grey alone.
        assert all(red == green == blue for red, green, blue in re.findall(r"[34]8;2;(\d+);(\d+);(\d+)", sent))
    elif environment.get("TERM") == "linux" or "TEXTUAL_COLOR_SYSTEM" in environment:
        assert not colours, "sixteen colours"


def test_who_is_not_told_that_the_terminal_is_gone_sees_it(paths: Paths, sqlite_template: Path) -> None:
    """SIGHUP goes to who leads the session, which may be another program that waits for this one."""
    shutil.copy(sqlite_template, paths.database)
    with Terminal(paths.database.parent, environment={"GARMINSYNC_RUNNER": "never"}) as terminal:
        terminal.wait_for("Welcome to garminsync")
        assert terminal.hang_up() == 0


def test_a_dumb_terminal_is_refused_with_what_to_use_instead(paths: Paths) -> None:
    with Terminal(paths.database.parent, environment={"TERM": "dumb"}) as terminal:
        assert terminal.ended() == 2
        said = terminal.sent.decode()
    assert "The app needs a terminal." in said
    assert "garminsync status" in said and "--plain" in said
    assert "\x1b" not in said
