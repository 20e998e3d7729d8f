"""`garminsync simulate`."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import UsageProblem
from .home import Command
from .output import say

if TYPE_CHECKING:
    from ..simulator import Simulator

#: What the simulated sign-in accepts.
EMAIL = "athlete@example.com"
PASSWORD = "simulator"  # noqa: S105 - it is printed and documented


@click.command(cls=Command)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="0, the default, takes a free one.")
@click.option("--days", type=click.IntRange(1, 3650), default=60, show_default=True, help="How long a history.")
@click.option(
    "--activities",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="Serve these FIT, GPX and TCX files as originals.",
)
@click.option("--mfa", metavar="CODE", help="Ask for this security code at sign-in.")
@click.option("--fault", "faults", multiple=True, metavar="SPEC", help="Like path=…,status=503,count=3.")
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed, another athlete.")
@click.option("--latency", type=click.IntRange(0), default=0, metavar="MS", help="Answer so much later.")
@click.option(
    "--archive",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Only write the athlete's account archive (ZIP), for `garminsync import`.",
)
@click.option(
    "--device",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Only write the folder GARMIN of the athlete's watch.",
)
@click.option("--force", is_flag=True, help="Replace the archive that is there.")
def simulate(
    port: int,
    days: int,
    activities: Path | None,
    mfa: str | None,
    faults: tuple[str, ...],
    seed: int,
    latency: int,
    archive: Path | None,
    device: Path | None,
    force: bool,
) -> int:
    """A Garmin Connect on this machine with a made-up athlete, until Ctrl-C.

    It prints its URL and the credentials it accepts; `garminsync login --server URL` links to it.

    With --archive or --device it serves nothing: it writes what the same athlete has outside of Garmin Connect, and
    ends. The same --days and --seed on the same day make the same athlete.
    """
    from ..simulator import Simulator, parse_fault

    if (archive or device) and (port or mfa or faults or latency):
        raise UsageProblem(
            "--archive and --device write files and end: there is nobody to answer with --port, --mfa, --fault or"
            " --latency.",
            hint="Leave those out, or start another simulator with them.",
        )
    simulator = Simulator(
        port=port,
        email=EMAIL,
        password=PASSWORD,
        days=days,
        seed=seed,
        activities_dir=activities,
        mfa_code=mfa,
        latency_ms=latency,
        faults=[parse_fault(spec) for spec in faults],
    )
    if archive or device:
        _write(simulator, archive, device, force)
        return 0
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    with simulator:
        lines = [simulator.url, f"email {EMAIL}", f"password {PASSWORD}"]
        lines += [f"code {mfa}"] if mfa else []
        lines += [f"key {simulator.api_key}"]
        sys.stdout.write("\n".join(lines) + "\n")
        sys.stdout.flush()
        say(f"Link to it with `garminsync login --server {simulator.url}`; Ctrl-C stops it.")
        stopped.wait()
    return 0


def _write(simulator: Simulator, archive: Path | None, device: Path | None, force: bool) -> None:
    """Both kinds of files, and what is in them."""
    from ..new_file import new_binary_file
    from ..simulator.device_folder import ROOT, write_device_folder

    if archive:
        with new_binary_file(archive, replace=force) as file:
            counts = simulator.archive().write(file)
        _tell(archive, counts)
    if device:
        _tell(device / ROOT, write_device_folder(simulator.watch(), device))


def _tell(made: Path, counts: Mapping[str, int]) -> None:
    from ..units import number

    sys.stdout.write(f"{made}\n")
    say(f"{made.name}: " + ", ".join(f"{what} {number(count)}" for what, count in counts.items()))
