"""The command line itself: help, options that work everywhere, faults of the program."""

from __future__ import annotations

import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import click
import pytest

from garminsync_tui import __version__, cli
from garminsync_tui.cli import home as cli_home
from garminsync_tui.cli.output import has_terminal

from .conftest import Run, run_command

ALL = list(cli.COMMANDS)


class Terminal(StringIO):
    """What says that it is one."""

    def isatty(self) -> bool:
        """It does."""
        return True


@pytest.mark.parametrize("name", ALL)
def test_every_command_has_help_and_the_options_that_work_everywhere(run: Run, name: str) -> None:
    result = run(name, "--help")
    assert result.code == 0, result.err
    assert result.out.startswith(f"Usage: garminsync {name}")
    command = cli.commands.get_command(click.Context(cli.commands), name)
    assert command is not None
    within = [command, *(command.commands.values() if isinstance(command, click.Group) else [])]
    for each in within:
        assert {"home", "database", "verbose"} <= {parameter.name for parameter in each.params}, each.name


def test_help_lists_every_command_without_importing_it() -> None:
    script = (
        "import sys; from garminsync_tui.__main__ import main; code = main(['--help']);"
        "print(code, [name for name in sys.modules if name.partition('.')[0] in"
        " {'sqlalchemy', 'textual', 'alembic', 'httpx2', 'garminconnect', 'apscheduler', 'asyncio'}])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "0 []"
    for name in ALL:
        assert f"\n  {name} " in done.stdout


def test_version(run: Run) -> None:
    assert run("--version").out == f"garminsync {__version__}\n"
    assert run("-V").out == f"garminsync {__version__}\n"


def test_the_options_that_work_everywhere_work_before_and_after(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    before = run_command("--home", str(first), "config", "path", home=second)
    assert before.out.strip() == str(second / "config.toml"), "the later one wins"
    assert run_command("config", "--home", str(first), "path", home=second).out == before.out
    database = tmp_path / "elsewhere.db"
    made = run_command("--database", f"sqlite:///{database}", "db", "upgrade", home=first)
    assert made.code == 0
    assert database.exists()
    assert not (first / "garminsync.db").exists()
    assert str(database) in run_command("db", "status", "--database", f"sqlite:///{database}", home=first).out


def test_without_a_terminal_there_is_no_app(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run()
    assert result.code == 2
    assert "needs a terminal" in result.err
    assert "garminsync status" in result.err
    monkeypatch.setenv("TERM", "xterm")
    for name in ("stdin", "stdout", "stderr"):
        assert not has_terminal(), "the app draws on stderr"
        monkeypatch.setattr(sys, name, Terminal())
    assert has_terminal()


def test_status_of_an_empty_home_makes_nothing(run: Run, home: Path) -> None:
    result = run("status")
    assert result.code == 3
    assert "nothing yet" in result.out
    assert "garminsync login" in result.err
    assert "garminsync demo" in result.err
    assert run("status", "--json").json["database"]["exists"] is False
    assert run("db", "status").code == 1
    assert not home.exists()


def test_a_fault_of_the_program_is_a_sentence_and_a_traceback_in_the_log(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: object) -> object:
        raise ZeroDivisionError("token=abcdefghijkl \x1b]0;x\x07")

    monkeypatch.setattr(cli_home.Home, "prepared", broken)
    result = run("jobs", "list")
    assert result.code == 1
    assert "unexpected" in result.err
    assert "Traceback" not in result.err
    log = home / "logs" / "garminsync.log"
    assert str(log) in result.err
    text = log.read_text()
    assert "Traceback" in text
    assert "ZeroDivisionError" in text
    assert "abcdefghijkl" not in text
    assert "\x1b" not in text


def test_a_full_disk_is_a_sentence(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: object) -> object:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cli_home.Home, "prepared", full)
    result = run("jobs", "list")
    assert result.code == 1
    assert "no room left" in result.err


def test_verbose_shows_the_log_without_secrets(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    import logging

    from garminsync_tui.cli import jobs

    def noisy(name: str) -> None:
        logging.getLogger("garminsync_tui.test").debug(
            "Authorization: Bearer abcdefgh1234, refresh_token=zyxwvut98765 password='hunter2hunter2' \x1b[31m"
        )

    before = jobs.say
    monkeypatch.setattr(jobs, "say", lambda text: (noisy(text), before(text)))
    shown = run("jobs", "list", "--verbose").err
    assert "garminsync_tui.test" in shown
    for secret in ("abcdefgh1234", "zyxwvut98765", "hunter2"):
        assert secret not in shown
    assert "\x1b" not in shown
    assert "garminsync_tui.test" not in run("jobs", "list").err


def test_who_reads_no_further_hears_no_complaint(home: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "garminsync_tui", "health", "types", "--home", str(home)],
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")
