"""`garminsync daemon`."""

from __future__ import annotations

import click

from .home import Command, Home, pass_home, waits
from .output import say


@click.command(cls=Command)
@click.option("--once", is_flag=True, help="Run what is due, then end; the exit code says how it went.")
@pass_home
@waits
async def daemon(home: Home, once: bool) -> int:
    """Sync on schedule without a terminal, until SIGTERM or Ctrl-C.

    What is in progress then goes back to the queue with all that is done. SIGHUP changes nothing. Under systemd
    use Type=notify.
    """
    from ..daemon import run, run_once

    async with home.opened() as (config, database):
        return await (run_once if once else run)(config, database, say)
