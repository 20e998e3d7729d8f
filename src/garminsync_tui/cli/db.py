"""`garminsync db`."""

from __future__ import annotations

import click

from ..errors import DatabaseUnusable
from .home import Group, Home, pass_home, waits
from .move import move
from .output import Output, listing, say


@click.group(cls=Group)
def db() -> None:
    """The database: its state, upgrades, and moving it."""


db.add_command(move)


@db.command()
@pass_home
@waits
async def upgrade(home: Home) -> int:
    """Make the database, or bring its schema up to date. Other commands do it by themselves."""
    from ..store.database import Database
    from ..store.migrate import revision
    from ..store.schema import HEAD

    config = home.prepared()
    async with (
        await Database.open(config.database_url, upgrade=False) as database,
        database.engine.connect() as connection,
    ):
        before = await revision(connection)
    async with await Database.open(config.database_url, tell=say) as database:
        if before == HEAD:
            say(f"{database.name} has schema {HEAD} already.")
        else:
            say(f"{database.name}: schema {before or 'none'} → {HEAD}")
    return 0


@db.command()
@listing
@pass_home
@waits
async def status(home: Home, out: Output) -> int:
    """Where the database is, how big, and which schema it has. Nothing is changed."""
    from ..store.database import Database
    from ..store.glance import look
    from ..store.migrate import revision
    from ..store.schema import HEAD
    from ..units import number, size

    file = home.database_file()
    if file is not None and not file.exists():
        raise DatabaseUnusable(f"{file} is not made yet.", hint="`garminsync login` or `garminsync demo` makes it.")
    async with await Database.open(home.config().database_url, upgrade=False) as database:
        async with database.engine.connect() as connection:
            found = await revision(connection)
        stored = await look(database) if found == HEAD else None
    if out.json:
        out.document(
            {
                "name": database.name,
                "kind": database.dialect,
                "schema": found,
                "newest_schema": HEAD,
                "size_bytes": stored.size_bytes if stored else None,
                "activities": stored.activities if stored else None,
                "readings": stored.readings if stored else None,
            }
        )
        return 0
    lines = [
        ("database", database.name),
        ("kind", "SQLite" if database.sqlite else "PostgreSQL"),
        ("schema", found or "none: run `garminsync db upgrade`"),
        ("newest schema", HEAD),
    ]
    if stored:
        lines += [
            ("size", size(stored.size_bytes)),
            ("activities", number(stored.activities)),
            ("health readings", number(stored.readings)),
        ]
    out.facts(lines)
    return 0
