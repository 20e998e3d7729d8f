"""`garminsync web`."""

from __future__ import annotations

import asyncio
import signal

import click

from ..errors import GarminSyncError
from .home import Command, Home, pass_home, waits
from .output import say


@click.command(cls=Command)
@click.option("--port", type=click.IntRange(0, 65535), default=0, metavar="N", help="Any free one if not given.")
@pass_home
@waits
async def web(home: Home, port: int) -> int:
    """Show the app in a browser of this machine, until Ctrl-C.

    The link that is printed works once, in one browser, and from this machine only. From elsewhere use
    `ssh -L PORT:127.0.0.1:PORT` with --port. The app asks for the local user's password, so there has to be one.
    """
    from ..store import accounts

    async with home.opened() as (_, database):
        user = await accounts.find_user(database)
    if user is None or not user.login_required:
        raise GarminSyncError(
            "The app in a browser needs a password.", hint="Set one first: `garminsync user password`."
        )
    try:
        from ..browser import Served, listen
    except ModuleNotFoundError:
        raise GarminSyncError(
            "What shows the app in a browser is not installed.", hint="Install `garminsync-tui[web]`."
        ) from None
    try:
        listening = listen(port)
    except OSError as problem:
        raise GarminSyncError(f"Port {port} cannot be used: {problem.strerror}.", hint="Choose another.") from None
    served = Served(home.command(), listening)
    click.echo(served.link)
    say("Open this in a browser of this machine and click into the page: the link works once. Ctrl-C ends all of it.")
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await served.run(stop)
    return 0
