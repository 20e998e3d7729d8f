"""`garminsync db move`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import AlreadyRunning, UsageProblem
from ..text import clean
from .home import Command, Home, pass_home, waits
from .output import Output, listing, say

if TYPE_CHECKING:
    from ..config import Config
    from ..store.moving.move import Moved

_VARIABLE = "GARMINSYNC_MOVE_TO"
_SHOWN = 10
#: Some files could not be moved.
_PARTLY = 5


@click.command(cls=Command)
@click.option(
    "--to", "target", metavar="URL", help=f"An empty database: sqlite:///FILE or postgresql://…, or {_VARIABLE}."
)
@click.option("--switch", is_flag=True, help="Use the new database from then on: write it into the config file.")
@listing
@pass_home
@waits
async def move(home: Home, target: str | None, switch: bool, out: Output) -> int:
    """Bring everything into an empty database, SQLite or PostgreSQL: all tables, and the original files.

    On SQLite the files lie in files/ beside the database, on PostgreSQL inside it. Every table is read back and
    compared before the new database can be opened; the old one is not changed and stays. Ctrl-C, a full disk or a lost
    connection only interrupt: the same command goes on. Stop the app and the daemon first.

    The tokens stay sealed under the key of this machine. On another machine they need it, too: `garminsync keys export`
    here, `keys import` there.
    """
    if target is not None:
        from ..config import refuse_password

        refuse_password(target, "--to", _VARIABLE)
    target = target or os.environ.get(_VARIABLE)
    if not target:
        raise UsageProblem(
            "Where to?", hint="--to sqlite:////home/me/garminsync.db, or postgresql://me@host/garminsync."
        )
    from ..store.moving.move import move as bring
    from .progress import ProgressLine

    config = await _idle(home)
    files = _files_of(target, config, switch=switch)
    line = ProgressLine()
    try:
        moved = await bring(
            config.database_url,
            config.paths.files,
            target,
            files,
            lambda done, total, what: line.show("move", done / total if total else 0, what),
        )
    finally:
        line.clear()
    if switch:
        _switch(config, target)
    _print(moved, target, files, config, out, switched=switch)
    return _PARTLY if moved.problems else 0


async def _idle(home: Home) -> Config:
    """The settings, once nobody works on the database. Raises AlreadyRunning."""
    from ..jobs.queue import Leases, Queue

    async with home.opened() as (config, database):
        await Leases(database).reap()
        queue = Queue(database)
        for row in await queue.runners():
            raise AlreadyRunning(
                f"The {row.kind} works on this database (process {row.pid} on {row.host}).",
                hint="Stop it, then move. Nothing was changed.",
            )
        if running := await queue.list(status="in_progress", limit=1):
            raise AlreadyRunning(
                f"A job is running ({running[0].job_type}).",
                hint="`garminsync jobs list` shows it: wait, or cancel it. Nothing was changed.",
            )
    return config


def _files_of(target: str, config: Config, *, switch: bool) -> Path:
    """Where the files of the new database lie: beside it; of this installation's own in its folder."""
    from ..store.database import parse_url

    url = parse_url(target)
    if not url.drivername.startswith("sqlite") or switch:
        return config.paths.files
    folder = Path(str(url.database)).parent
    return config.paths.files if folder == config.paths.database.parent else folder / config.paths.files.name


def _plain(target: str) -> str:
    """The URL as settings have it, password included."""
    from ..store.database import parse_url

    url = parse_url(target)
    return url.set(drivername=url.drivername.split("+")[0]).render_as_string(hide_password=False)


def _switch(config: Config, target: str) -> None:
    if _plain(target) == f"sqlite:///{config.paths.database}":
        config.forget("database.url")
    else:
        config.save("database.url", _plain(target))


def _print(moved: Moved, target: str, files: Path, config: Config, out: Output, *, switched: bool) -> None:
    from ..store.database import parse_url, without_password
    from ..units import number

    if out.json:
        out.document(
            {
                "from": moved.source,
                "to": moved.target,
                "tables": {name: {"rows": rows, "digest": moved.digests[name]} for name, rows in moved.tables.items()},
                "files": moved.files,
                "problems": moved.problems,
                "went_on": moved.went_on,
                "switched": switched,
            }
        )
    else:
        out.facts(
            [
                ("from", moved.source),
                ("to", moved.target),
                *(
                    (name, f"{number(rows)} row{'' if rows == 1 else 's'}, equal")
                    for name, rows in moved.tables.items()
                    if rows
                ),
                ("files", number(moved.files)),
            ]
        )
    for problem in moved.problems[:_SHOWN]:
        say(f"not moved: {clean(problem, 300)}")
    if len(moved.problems) > _SHOWN:
        say(f"… and {len(moved.problems) - _SHOWN} more. Their activities were moved; only the files are missing.")
    if parse_url(target).drivername.startswith("sqlite"):
        say(f"The original files are in {files}.")
    if not switched:
        say(f"To use it: GARMINSYNC_DATABASE={without_password(target)},")
        say(f"or `url` below [database] in {config.paths.config}; --switch writes it there.")
    elif config.values["database.url"].origin not in {"file", "default"}:
        say(f"{config.paths.config} names it now, but GARMINSYNC_DATABASE or --database goes before that.")
    say("The old one is as it was. Use one of them only: both would renew the same tokens, and lose them.")
