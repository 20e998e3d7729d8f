"""The commands, one module a group; each is imported when it runs, so that `--help` costs next to nothing.

stdout is data, stderr is narration. Every command returns its exit code: 0 done, 1 failed, 2 usage, 3 sign-in
needed, 4 rate-limited, 5 partly done; 130 after Ctrl-C.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click

from .. import __version__
from ..errors import DiskFull, GarminSyncError
from .home import Group, Home
from .output import has_terminal, say

PROGRAM = "garminsync"

#: Name, where it is, and what it does in a few words.
COMMANDS: dict[str, tuple[str, str, str]] = {
    "demo": ("demo", "demo", "A made-up athlete, synced and shown: nothing is needed and nothing is kept."),
    "login": ("login", "login", "Link a Garmin account."),
    "logout": ("account", "logout", "End the link; everything synced stays."),
    "account": ("account", "account", "Show the linked account, or delete it with all its data."),
    "user": ("account", "user", "The local user, whose password gates the app's screen."),
    "sync": ("sync", "sync", "Fetch what is new or missing, and follow it."),
    "reparse": ("reparse", "reparse", "Read stored answers or activity files again, without asking Garmin."),
    "daemon": ("daemon", "daemon", "Sync on schedule without a terminal."),
    "service": ("service", "service", "Let the system keep the daemon running: systemd, or launchd on macOS."),
    "status": ("status", "status", "One screen of facts; the exit code serves as a health check."),
    "coverage": ("status", "coverage", "What is fetched, empty, failed or stale."),
    "doctor": ("doctor", "doctor", "Look for what is not as it should be, and say what to do about it."),
    "jobs": ("jobs", "jobs", "The queue: list, show, cancel, retry, pause, resume."),
    "activities": ("activities", "activities", "List, show, export, and take out the original files."),
    "stats": ("stats", "stats", "Totals by week, month and year, and days in a row."),
    "bests": ("bests", "bests", "Records: the best efforts over distances and times."),
    "load": ("load", "load", "Fitness, fatigue and form from training loads."),
    "health": ("health", "health", "Health metrics: which there are, and their values."),
    "workouts": ("workouts", "workouts", "Write workouts, bring them to Garmin and back, plan them."),
    "import": ("import_", "import_", "Bring in account archives, device folders, FIT, GPX and TCX files."),
    "export": ("export", "export", "Everything out: CSV, JSON Lines or Parquet, and the activities' files."),
    "verify": ("verify", "verify", "Whether every original file is here and is what was stored."),
    "backup": ("backup", "backup", "Write the database into one file, also while others write."),
    "restore": ("backup", "restore", "Put a backup in the database's place; what was there is kept."),
    "keys": ("keys", "keys", "The key of the stored tokens: show, rotate, export, import."),
    "db": ("db", "db", "The database: its state, upgrades, and moving it."),
    "config": ("config", "config", "Settings, each with its origin."),
    "web": ("web", "web", "The app in a browser of this machine."),
    "simulate": ("simulate", "simulate", "A Garmin Connect on this machine, for trying things out."),
}


class Root(Group):
    """The commands by name, imported one at a time."""

    shows_everywhere = True

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: D102 - click's own
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: D102 - click's own
        if cmd_name not in COMMANDS:
            return None
        module, name, _ = COMMANDS[cmd_name]
        found: click.Command = getattr(import_module(f".{module}", __package__), name)
        return found

    def invoke(self, ctx: click.Context) -> Any:  # noqa: D102 - click's own
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            _leave_stdout()
            return 0  # who reads no further has what it wanted
        return result

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: D102 - click's own
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, _, about) in COMMANDS.items()])


@click.group(cls=Root, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name=PROGRAM, message="%(prog)s %(version)s")
@click.pass_context
def commands(context: click.Context) -> int | None:
    """Your own complete, verifiable copy of your Garmin Connect data.

    Without a command the full-screen app opens.
    """
    if context.invoked_subcommand is not None:
        return None
    if not _has_screen():
        say("error: The app needs a terminal.")
        say("hint: Use `garminsync status`, `garminsync sync` or `garminsync activities list --plain`.")
        return 2
    from ..tui.app import run as open_app

    home = context.find_object(Home)
    assert home is not None

    def sample() -> bool:
        from .demo import explore

        told_to_end = explore()
        home.prepared()  # the log is this installation's again
        return told_to_end

    code: int = open_app(home.prepared(), sample=sample)
    return code


def _has_screen() -> bool:
    """Whether there is a terminal, or a browser that Textual's own driver draws for."""
    return bool(os.environ.get("TEXTUAL_DRIVER")) or has_terminal()


def run(arguments: Sequence[str]) -> int:
    """Run one command; its exit code. Nothing but a programming error leaves a traceback, and that in the log."""
    home = Home()
    try:
        code = commands.main(list(arguments), PROGRAM, standalone_mode=False, obj=home)
        return code or 0
    except BaseException as problem:
        return _exit_code(problem, home)


def _exit_code(problem: BaseException, home: Home) -> int:  # noqa: PLR0911 - a table of endings
    """Say what happened and what to do now."""
    from ..text import clean

    match problem:
        case GarminSyncError():
            _explain(clean(problem.message, 500), clean(problem.hint, 500))
            return problem.exit_code
        case click.UsageError():
            line = problem.ctx.command_path if problem.ctx else PROGRAM
            _explain(clean(problem.format_message()), f"`{clean(line)} --help` shows what there is.")
            return 2
        case click.ClickException():
            _explain(clean(problem.format_message()), "")
            return 1
        case click.Abort() | KeyboardInterrupt():
            _explain("stopped; what is done is kept.", "The same command goes on with it.")
            return 130
        case SystemExit():
            _leave_stdout()
            return problem.code if isinstance(problem.code, int) else 1
        case OSError() if problem.errno in DiskFull.ERRNOS:
            _explain("There is no room left on the disk.", "Free some space; nothing stored is harmed.")
            return 1
        case OSError():
            where = f"{problem.filename}: " if problem.filename else ""
            _explain(clean(f"{where}{problem.strerror or type(problem).__name__}", 500), "")
            return 1
        case _:
            _explain(f"Something unexpected happened ({type(problem).__name__}).", home.log_crash(problem))
            return 1


def _explain(message: str, hint: str) -> None:
    say(f"error: {message}")
    if hint:
        say(f"hint: {hint}")


def _leave_stdout() -> None:
    """Nobody reads stdout any more: what is left in its buffer must not complain at the interpreter's end."""
    from contextlib import suppress

    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
