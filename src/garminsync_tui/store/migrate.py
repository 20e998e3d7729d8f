"""The program upgrades its own database: in one transaction, under one lock, never half.

Alembic is imported only when there is something to upgrade.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ..errors import DatabaseTooNew, DatabaseUnusable
from .backup import back_up_before_migration
from .schema import HEAD, KNOWN, MOVING

#: Any constant will do, as long as every version of the program uses this one.
_LOCK = 7_041_957_300_117

_log = logging.getLogger(__name__)


def migrations_folder() -> Path:
    """Inside the wheel, or beside `src` in a checkout."""
    package = Path(__file__).resolve().parent.parent
    shipped = package / "_migrations"
    return shipped if shipped.is_dir() else package.parent.parent / "migrations"


async def revision(connection: AsyncConnection) -> str | None:
    """The database's revision, None for an empty database. Raises DatabaseTooNew and DatabaseUnusable."""
    tables = set(await connection.run_sync(lambda sync: sa.inspect(sync).get_table_names()))
    if "alembic_version" in tables:
        found: str | None = await connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
        if found == MOVING:
            raise DatabaseUnusable(
                "A move into this database is not finished.",
                hint="The same `garminsync db move` goes on with it; until then the old database is the whole one.",
            )
        if found is not None and found not in KNOWN:
            raise DatabaseTooNew(
                f"This database has schema {found}; this program knows schemas up to {HEAD}.",
                hint="Install the garminsync that wrote it (`pip install -U garminsync-tui`); nothing was changed.",
            )
        return found
    if tables & {"users", "activities", "health_metrics"}:
        raise DatabaseUnusable(
            "This database already holds tables of another program.",
            hint="Name an empty database, or another file, with --database.",
        )
    return None


async def upgrade(engine: AsyncEngine, *, back_up: bool = True, tell: Callable[[str], None] | None = None) -> bool:
    """Bring the schema to HEAD; True if anything was done. Safe to call from several processes at once.

    A SQLite database that holds something is backed up first, unless `back_up` is False; `tell` hears where. Raises
    DiskFull where there is no room for that; nothing is changed then.
    """
    async with engine.connect() as connection:
        if await revision(connection) == HEAD:
            return False
    sqlite = engine.dialect.name == "sqlite"
    async with engine.connect() as connection:
        if sqlite:
            # Rebuilding a table must not cascade into those that refer to it; the pragma works outside of
            # a transaction only.
            await _pragma(connection, "PRAGMA foreign_keys=OFF")
        try:
            await connection.execution_options(begin="BEGIN IMMEDIATE")
            async with connection.begin():
                if not sqlite:
                    await connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
                before = await revision(connection)
                done = before != HEAD
                if done:
                    if sqlite and back_up and before is not None:
                        await _back_up(engine, before, tell)
                    await connection.run_sync(_run)
                    if sqlite and (await connection.exec_driver_sql("PRAGMA foreign_key_check")).first():
                        raise DatabaseUnusable("The upgrade would break references between tables; it was undone.")
        finally:
            if sqlite:
                await _pragma(connection, "PRAGMA foreign_keys=ON")
    if done:
        await engine.dispose()  # asyncpg's prepared statements remember the old tables
    return done


async def _back_up(engine: AsyncEngine, revision: str, tell: Callable[[str], None] | None) -> None:
    """Whoever holds the lock does it, so it is done once; another connection reads while this one holds it."""
    made = await asyncio.to_thread(back_up_before_migration, Path(str(engine.url.database)), revision)
    _log.info("backed up to %s before the upgrade from schema %s", made, revision)
    if tell is not None:
        tell(f"The database is upgraded from schema {revision} to {HEAD}; as it was it is kept in {made}.")


def _run(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


async def _pragma(connection: AsyncConnection, statement: str) -> None:
    raw = await connection.get_raw_connection()
    await raw.driver_connection.execute_fetchall(statement)  # type: ignore[union-attr]
