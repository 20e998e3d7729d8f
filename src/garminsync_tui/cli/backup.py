"""`garminsync backup` and `restore`."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import AlreadyRunning, DatabaseUnusable, GarminSyncError, UsageProblem
from .home import Command, Home, pass_home
from .output import Output, confirmed, listing, say

if TYPE_CHECKING:
    from ..paths import Paths
    from ..store.backup import Contents


@click.command(cls=Command)
@click.argument("target", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace the file if it is there already.")
@listing
@pass_home
def backup(home: Home, target: Path, force: bool, out: Output) -> int:
    """Write all of a SQLite database into one file, also while the app or the daemon works.

    FILE holds the database and nothing else: not the original files, which lie in the folder files/, and never the
    key that opens the stored tokens. `garminsync restore FILE` puts it back.
    """
    from ..store.backup import back_up, look_inside
    from ..units import size

    database = _file(home, "`pg_dump --format=custom --file=FILE` writes one; `pg_restore` reads it.")
    paths = home.prepared().paths
    target = target.expanduser().absolute()
    with _stopped_like_ctrl_c():
        back_up(database, target, replace=force)
    made = look_inside(target, apart=True)
    if out.json:
        out.document({"file": str(target), "database": str(database), **_document(made)})
    else:
        out.facts([("backup", str(target)), ("size", size(made.size_bytes)), *_facts(made)])
    say(f"It holds the database alone. The original files are in {paths.files}: copy that folder too.")
    say(f"The key of the stored tokens is not in it and must not lie beside it: {paths.key}.")
    return 0


@click.command(cls=Command)
@click.argument("source", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_home
def restore(home: Home, source: Path, yes: bool) -> int:
    """Put a backup in the place of a SQLite database.

    The backup is read to its end and upgraded where it is older before anything is replaced; what was there is kept
    beside it, as garminsync.db.before-restore-<time>. Stop the app and the daemon first.
    """
    from ..store.backup import look_inside
    from ..store.restore import restore as put_back

    database = _file(home, "`pg_restore` puts back what `pg_dump --format=custom` wrote.")
    source = source.expanduser().absolute()
    if not source.is_file():
        raise UsageProblem(f"{source} is no file.", hint="Name one that `garminsync backup` wrote.")
    paths = home.prepared().paths
    _refuse_beside_runners(database)
    coming = look_inside(source, apart=True)
    say(f"This puts {source}")
    say(f"  {_sentence(coming)}")
    if database.exists():
        say(f"in the place of {database}")
        say(f"  {_what_is_there(database)}")
        say("which is kept under another name. Original files and the key are not touched.")
    else:
        say(f"where nothing is yet: {database}.")
    if not yes and not confirmed("Restore it? [y/N] "):
        say("Nothing was changed.")
        return GarminSyncError.exit_code
    with _stopped_like_ctrl_c():
        kept = put_back(source, database)
    say(f"{database} is what {source.name} holds now.")
    if kept:
        say(f"What was there before is {kept}; delete it when nothing is missed.")
    _tell_what_else(paths)
    return 0


def _file(home: Home, instead: str) -> Path:
    """The SQLite file of this installation. Raises UsageProblem where it is on a server."""
    from ..store.database import parse_url

    file = home.database_file()
    if file is None:
        url = parse_url(home.config().database_url)
        raise UsageProblem(
            f"This installation is on PostgreSQL ({url.host or 'local'}, database {url.database}),"
            " which has its own tools for that.",
            hint=f"{instead} Original files are inside. docs/moving.md has the whole of it.",
        )
    return file


def _refuse_beside_runners(database: Path) -> None:
    """Raises AlreadyRunning where somebody runs jobs on this database."""
    from ..jobs.liveness import lives
    from ..store.glance import at_file

    seen = at_file(database) if database.exists() else None
    for row in seen.runners if seen else ():
        if lives(row, seen.now):  # type: ignore[union-attr]
            raise AlreadyRunning(
                f"The {row.kind} works on this database (process {row.pid} on {row.host}).",
                hint="Stop it, then restore. Nothing was changed.",
            )


def _what_is_there(database: Path) -> str:
    from ..store.backup import look_inside

    try:
        return _sentence(look_inside(database))
    except DatabaseUnusable as problem:
        return problem.message


def _sentence(contents: Contents) -> str:
    from ..units import local_time, number, size

    readings = f", {number(contents.readings)} health readings" if contents.readings is not None else ""
    last = f"last synced {local_time(contents.synced_at)}" if contents.synced_at else "never synced"
    about = f"{number(contents.activities)} activities{readings}, {last}"
    return f"({about}, schema {contents.revision}, {size(contents.size_bytes)})"


def _facts(contents: Contents) -> list[tuple[str, str]]:
    from ..units import local_time, number

    facts = [("activities", number(contents.activities))]
    if contents.readings is not None:
        facts.append(("health readings", number(contents.readings)))
    facts += [("last sync", local_time(contents.synced_at)), ("schema", contents.revision)]
    return facts


def _document(contents: Contents) -> dict[str, object]:
    return {
        "size_bytes": contents.size_bytes,
        "schema": contents.revision,
        "activities": contents.activities,
        "readings": contents.readings,
        "last_synced_at": contents.synced_at,
    }


def _tell_what_else(paths: Paths) -> None:
    if not paths.key.exists():
        say(f"The key of its tokens is not here: bring it to {paths.key}, or run `garminsync login`.")
    say(f"Its original files belong into {paths.files}; `garminsync verify` says whether all are there.")


@contextlib.contextmanager
def _stopped_like_ctrl_c() -> Iterator[None]:
    """SIGTERM, too, leaves no draft behind."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt:
        raise GarminSyncError("Stopped; nothing was changed.") from None
    finally:
        signal.signal(signal.SIGTERM, before)
