"""What every command needs: which installation it works on, its settings, its log, its database."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .output import say

if TYPE_CHECKING:
    from ..config import Config
    from ..store.database import Database
    from ..store.plain import Asked


@dataclass(slots=True)
class Home:
    """The installation named by the options that work everywhere."""

    directory: str | None = None
    database_url: str | None = None
    verbose: bool = False
    #: Stands in for the process's environment where that must not choose the database.
    environment: Mapping[str, str] | None = None

    def config(self) -> Config:
        """The settings; nothing is created. Raises UsageProblem."""
        from ..config import Config
        from ..paths import Paths

        return Config.load(Paths.find(self.directory), {"database.url": self.database_url}, self.environment)

    def prepared(self) -> Config:
        """The settings, with folders and log ready for work. Raises GarminSyncError where they cannot be made."""
        from .log import to_file, to_stderr

        config = self.config()
        config.paths.prepare()
        to_file(config.paths)
        if self.verbose:
            to_stderr()
        return config

    def command(self, *words: str) -> list[str]:
        """What starts this program for this installation, wherever it is called from."""
        command = [sys.executable, "-m", "garminsync_tui", *words]
        directory = self.directory or os.environ.get("GARMINSYNC_HOME")
        if directory:
            command += ["--home", str(Path(directory).expanduser().absolute())]
        if self.database_url:
            command += ["--database", self.database_url]
        return command

    @contextlib.asynccontextmanager
    async def opened(self) -> AsyncIterator[tuple[Config, Database]]:
        """The settings and the open database, made and upgraded where needed."""
        from ..store.database import Database

        config = self.prepared()
        async with await Database.open(config.database_url, tell=say) as database:
            yield config, database

    @contextlib.asynccontextmanager
    async def asked(self) -> AsyncIterator[tuple[Config, Asked]]:
        """The settings and whom plain questions go to: a file is opened without SQLAlchemy where it is up to date."""
        from ..store.plain import AskedSession, at_file

        if (file := self.database_file()) is not None:
            with at_file(file) as asked:
                if asked is not None:
                    yield self.config(), asked
                    return
        async with self.opened() as (config, database), database.read() as session:
            yield config, AskedSession(session)

    def database_file(self) -> Path | None:
        """The SQLite file, whether or not it exists yet; None for a server."""
        from ..store.glance import sqlite_file

        return sqlite_file(self.config().database_url)

    def log_crash(self, problem: BaseException) -> str:
        """Write the traceback into the log; where to find it, for the person."""
        from .log import crash

        try:
            path = crash(self.config().paths, problem)
        except Exception:  # the settings or the disk may be what is broken
            return "It could not be logged. `--verbose` shows more."
        return f"The details are in {path}."


def _set(attribute: str) -> Callable[[click.Context, click.Parameter, Any], Any]:
    def callback(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
        home = context.find_object(Home)
        if value and home is not None:
            if attribute == "database_url":
                from ..config import refuse_password

                refuse_password(value)
            setattr(home, attribute, value)
        return value

    return callback


def _options(hidden: bool) -> list[click.Option]:
    shared: dict[str, Any] = {"expose_value": False, "hidden": hidden, "is_eager": True}
    return [
        click.Option(
            ["--home"], metavar="DIR", help="All files below one folder.", callback=_set("directory"), **shared
        ),
        click.Option(
            ["--database"],
            metavar="URL",
            help="A sqlite:/// or postgresql:// database.",
            callback=_set("database_url"),
            **shared,
        ),
        click.Option(["--verbose"], is_flag=True, help="Show the log on stderr.", callback=_set("verbose"), **shared),
    ]


class Command(click.Command):
    """A command that also takes the options that work everywhere."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.params.extend(_options(hidden=True))


class Group(click.Group):
    """A group of such commands."""

    command_class = Command

    #: Whether help lists the options that work everywhere; the outermost group does.
    shows_everywhere = False

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.params.extend(_options(hidden=not self.shows_everywhere))


def waits[**P, T](function: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, T]:
    """Make an async function a plain one that runs its own event loop.

    SIGTERM ends it as Ctrl-C does: what is in progress is handed back first.
    """

    @wraps(function)
    def run(*arguments: P.args, **settings: P.kwargs) -> T:
        import asyncio
        import signal

        async def main() -> T:
            task = asyncio.current_task()
            assert task is not None
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
            return await function(*arguments, **settings)

        try:
            return asyncio.run(main())
        except asyncio.CancelledError:
            raise KeyboardInterrupt from None

    return run


pass_home = click.make_pass_decorator(Home)
