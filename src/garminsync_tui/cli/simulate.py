"""`garminsync simulate`."""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path

import click

from .home import Command
from .output import say

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
def simulate(
    port: int, days: int, activities: Path | None, mfa: str | None, faults: tuple[str, ...], seed: int, latency: int
) -> int:
    """A Garmin Connect on this machine with a made-up athlete, until Ctrl-C.

    It prints its URL and the credentials it accepts; `garminsync login --server URL` links to it.
    """
    from ..simulator import Simulator, parse_fault

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
