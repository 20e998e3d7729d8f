"""`garminsync service`."""

from __future__ import annotations

import os
import shlex
import sys
from typing import TYPE_CHECKING

import click

from ..errors import GarminSyncError
from ..text import clean
from .home import Group, Home, pass_home
from .output import Output, listing, say

if TYPE_CHECKING:
    from ..supervisor import Supervisor

_NOT_RUNNING = 1


@click.group(cls=Group)
def service() -> None:
    """Let the system keep the daemon running: a systemd user unit, or a launchd agent on macOS."""


@service.command()
@click.option("--dry-run", is_flag=True, help="Print the file and change nothing.")
@pass_home
def install(home: Home, dry_run: bool) -> int:
    """Start the daemon now and at every login, and again where it ends by a fault.

    --home and --database hold for the daemon too. A file that garminsync did not write is never replaced.
    """
    from ..supervisor import runs, supervisor

    found = supervisor()
    command = home.command("daemon")
    if dry_run:
        sys.stdout.write(found.text(command))
        say(f"It would be written to {found.file}.")
        return 0
    home.prepared()
    before = found.written()
    found.write(command)
    if before and runs(before) != runs(found.text(command)):
        say(f"It ran before: {clean(runs(before))}")
    say(f"{found.file} is written; `garminsync service uninstall` undoes it.")
    _tell_variables()
    if not found.succeeds(*found.is_there):
        say(f"{found.name} does not run for this user here, so nothing is started. Where it runs:")
        for step in found.start:
            say(f"  {shlex.join(step)}")
        return 0
    for step in found.start:
        if not found.succeeds(*step):
            raise GarminSyncError(f"`{shlex.join(step)}` failed.", hint=_look(found))
    say("The daemon runs; `garminsync status` shows what it does.")
    if found.name == "systemd":
        say("It ends when you log out, unless you let it stay: `loginctl enable-linger`.")
    return 0


@service.command()
@listing
def status(out: Output) -> int:
    """Whether the daemon is kept running; the exit code is 1 where it is not."""
    from ..supervisor import is_ours, supervisor

    found = supervisor()
    text = found.written()
    there = found.succeeds(*found.is_there)
    running = there and found.succeeds(*found.is_running)
    if out.json:
        out.document(
            {
                "supervisor": found.name,
                "supervisor_runs": there,
                "file": str(found.file),
                "installed": text is not None,
                "written_by_garminsync": text is not None and is_ours(text),
                "running": running,
            }
        )
    else:
        whose = "there" if text and is_ours(text) else "there, and not written by garminsync"
        out.facts(
            [
                (found.name, "runs for this user" if there else "does not run for this user here"),
                ("file", f"{found.file} ({whose if text is not None else 'not there'})"),
                ("daemon", "runs" if running else "is not running under it"),
            ]
        )
    if text is None:
        say("hint: `garminsync service install` writes it.")
    elif there and not running:
        say(f"hint: {_look(found)}")
    return 0 if running else _NOT_RUNNING


@service.command()
def uninstall() -> int:
    """Stop the daemon and take the file away; data and settings stay."""
    from ..supervisor import supervisor

    found = supervisor()
    if found.written() is None:
        say(f"{found.file} is not there; nothing to do.")
        return 0
    found.refuse_foreign("It stays as it is.")
    there = found.succeeds(*found.is_there)
    for step in found.stop if there else ():
        found.succeeds(*step)  # it may not have been started
    found.remove()
    for step in found.forget if there else ():
        found.succeeds(*step)
    say(f"{found.file} is gone; data and settings stay.")
    return 0


def _tell_variables() -> None:
    """The daemon does not see this shell's environment."""
    from ..config import SETTINGS

    names = [setting.variable for setting in SETTINGS if os.environ.get(setting.variable)]
    if names:
        say(f"The daemon will not know {', '.join(map(clean, names))}: put that into the config file instead.")


def _look(found: Supervisor) -> str:
    if found.name == "systemd":
        return f"`journalctl --user --unit {found.file.name}` shows why, or `garminsync daemon` by hand."
    return "`garminsync daemon` by hand shows why."
