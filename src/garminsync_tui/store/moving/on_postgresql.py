"""PostgreSQL as the one end of a move: rows by COPY, and nobody else writes meanwhile."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from datetime import date
from typing import Any

import asyncpg
import sqlalchemy as sa
from asyncpg.pgproto.pgproto import UUID  # what its connections give, too: made in a tenth of the time of Python's

from ...columns import Day, Document, Flag, Id, Instant, from_ms, to_json, to_ms
from ...errors import AlreadyRunning
from .. import migrate
from ..database import Database, driver_errors
from .contents import Conflict, Plan, Row

#: The longest statement is the index of the largest table, or its lock.
_LONGEST_S = 3600.0
#: Any constant will do, as long as every version of the program uses this one.
_LOCK = 7_041_957_300_118
_SETTINGS = ("statement_timeout = 0", "idle_in_transaction_session_timeout = 0", "lock_timeout = '5s'")


class PostgreSQLEnd:
    """One database on a server, through one connection of asyncpg's."""

    sqlite = False

    def __init__(self, database: Database, connection: Any) -> None:
        self.name = database.name
        self._database = database
        self._connection = connection

    @classmethod
    @contextlib.asynccontextmanager
    async def open(cls, database: Database) -> AsyncIterator[PostgreSQLEnd]:
        """A connection that waits as long as it takes; alone among moves. Raises AlreadyRunning."""
        with driver_errors(database.name):
            async with database.engine.connect() as connection:
                raw = (await connection.get_raw_connection()).driver_connection
                assert raw is not None
                for setting in _SETTINGS:
                    await raw.execute(f"SET {setting}")
                if not await raw.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK):
                    raise AlreadyRunning(f"Another move reads or writes {database.name}.", hint="Wait until it ends.")
                try:
                    yield cls(database, raw)
                finally:
                    await connection.invalidate()  # its settings, lock and transaction are not for the next one

    @contextlib.asynccontextmanager
    async def still(self, plans: Sequence[Plan]) -> AsyncIterator[None]:
        """Nobody else writes into these tables, and what is read is of one moment."""
        async with self._connection.transaction(isolation="repeatable_read"):
            names = ", ".join(f'"{plan.name}"' for plan in plans)
            await self._connection.execute(f"LOCK TABLE {names} IN SHARE MODE")
            yield

    async def tables(self) -> set[str]:
        """What the tables are called."""
        with driver_errors(self.name):
            found = await self._connection.fetch(
                "SELECT table_name FROM information_schema.tables"
                " WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'"
            )
        return {row[0] for row in found}

    async def value(self, question: str, *values: object) -> object:
        """The first value of an answer; None where there is none. `$1` stands for a value."""
        with driver_errors(self.name):
            return await self._connection.fetchval(question, *values, timeout=_LONGEST_S)

    async def make(self) -> None:
        """Give an empty database today's schema."""
        with driver_errors(self.name):
            await migrate.upgrade(self._database.engine)

    async def pages(self, plan: Plan, after: Row | None = None) -> AsyncGenerator[list[Row]]:
        """All rows behind a key, in the order of their keys: texts by their bytes, as SQLite has them."""
        keys = [plan.columns[place] for place in plan.key]
        key = ", ".join(f'"{each.name}"' + (' COLLATE "C"' if isinstance(each.type, sa.Text) else "") for each in keys)
        names = ", ".join(f'"{name}"' for name in plan.names)
        where = f"WHERE ({key}) > ({', '.join(f'${n}' for n in range(1, len(keys) + 1))})" if after else ""
        values = [_taken(column)(value) for column, value in zip(keys, after or (), strict=bool(after))]
        given = [_given(column) for column in plan.columns]
        with driver_errors(self.name):
            async with _transaction(self._connection):
                question = f'SELECT {names} FROM "{plan.name}" {where} ORDER BY {key}'
                cursor = await self._connection.cursor(question, *values, timeout=_LONGEST_S)
                while page := await cursor.fetch(plan.page_rows, timeout=_LONGEST_S):
                    yield _converted(page, given)
                    if len(page) < plan.page_rows:
                        return

    async def write(self, plan: Plan, rows: Sequence[Row], states: dict[str, str]) -> None:
        """Rows, and how far that is, in one transaction."""
        with driver_errors(self.name), _refusals(plan):
            async with self._connection.transaction():
                await self._connection.copy_records_to_table(
                    plan.name,
                    records=_converted(rows, [_taken(column) for column in plan.columns]),
                    columns=plan.names,
                    timeout=_LONGEST_S,
                )
                await self._keep(states)

    async def note(self, states: dict[str, str]) -> None:
        """How far it is."""
        with driver_errors(self.name):
            await self._keep(states)

    async def state(self, name: str) -> str | None:
        """What was noted under a name."""
        found = await self.value("SELECT state FROM moving WHERE name = $1", name)
        return None if found is None else str(found)

    async def begin(self, version: str, states: dict[str, str]) -> None:
        """Say that what is here is not whole: no program opens it from now on."""
        with driver_errors(self.name):
            async with self._connection.transaction():
                await self._connection.execute(
                    "CREATE TABLE IF NOT EXISTS moving (name text PRIMARY KEY, state text NOT NULL)"
                )
                await self._connection.execute("UPDATE alembic_version SET version_num = $1", version)
                await self._keep(states)

    async def empty(self, names: Sequence[str]) -> None:
        """Take out all that was written, and forget how far it was."""
        with driver_errors(self.name):
            async with self._connection.transaction():
                await self._connection.execute(f"TRUNCATE {', '.join(names)}")
                await self._connection.execute("DELETE FROM moving WHERE name <> 'source'")

    async def finish(self, version: str) -> None:
        """It is whole: a database like any other from now on."""
        with driver_errors(self.name):
            async with self._connection.transaction():
                await self._connection.execute("DROP TABLE moving")
                await self._connection.execute("UPDATE alembic_version SET version_num = $1", version)
            with contextlib.suppress(asyncpg.PostgresError):  # what is the planner's comes by itself, too
                await self._connection.execute("ANALYZE", timeout=_LONGEST_S)

    # ── Files ────────────────────────────────────────────────────────────────────────────────────────

    async def bytes_of(self, sha256: bytes) -> bytes | None:
        """A file's content."""
        found = await self.value("SELECT bytes FROM activity_files WHERE sha256 = $1", sha256)
        return found if isinstance(found, bytes) else None

    async def keep_bytes(self, sha256: bytes, content: bytes) -> None:
        """Store a file's content, once."""
        with driver_errors(self.name):
            await self._connection.execute(
                "INSERT INTO activity_files (sha256, bytes) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                *(sha256, content),
                timeout=_LONGEST_S,
            )

    async def unnamed(self) -> list[bytes]:
        """The hashes of files that no activity names: other versions of some."""
        with driver_errors(self.name):
            found = await self._connection.fetch(
                "SELECT sha256 FROM activity_files f WHERE NOT EXISTS"
                " (SELECT 1 FROM activities a WHERE a.sha256 = f.sha256) ORDER BY sha256",
                timeout=_LONGEST_S,
            )
        return [row[0] for row in found]

    async def _keep(self, states: dict[str, str]) -> None:
        for name, state in states.items():
            await self._connection.execute(
                "INSERT INTO moving VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET state = excluded.state",
                *(name, state),
            )


@contextlib.asynccontextmanager
async def _transaction(connection: Any) -> AsyncIterator[None]:
    """For a cursor: the one that is there, else one of its own."""
    if connection.is_in_transaction():
        yield
    else:
        async with connection.transaction(readonly=True):
            yield


@contextlib.contextmanager
def _refusals(plan: Plan) -> Iterator[None]:
    """Rows that do not go with those that are there, and what PostgreSQL cannot keep: a NUL in a text."""
    try:
        yield
    except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError) as problem:
        raise Conflict(plan.name, problem) from None


# ── Values: as SQLite stores them, and as asyncpg gives and takes them ───────────────────────────────


def _same(value: Any) -> Any:
    return value


def _given(column: sa.Column[Any]) -> Callable[[Any], Any]:
    match column.type:
        case Id():
            return lambda value: value.bytes
        case Instant():
            return to_ms
        case Day():
            return date.isoformat
        case Flag():
            return int
        case Document():
            return to_json
    return _same


def _taken(column: sa.Column[Any]) -> Callable[[Any], Any]:
    match column.type:
        case Id():
            made: Callable[[Any], Any] = UUID
            return made
        case Instant():
            return from_ms
        case Day():
            return date.fromisoformat
        case Flag():
            return bool
    return _same


def _converted(rows: Sequence[Any], converters: Sequence[Callable[[Any], Any]]) -> list[Row]:
    """Rows with each value converted; of a column only values that differ, as most of them are the same."""
    columns = zip(*rows, strict=True)
    return list(zip(*map(_converted_column, converters, columns), strict=True))


def _converted_column(convert: Callable[[Any], Any], values: Sequence[Any]) -> Sequence[Any]:
    if convert is _same:
        return values
    if convert is to_json:  # of a decoded document, which is not hashable
        return [None if value is None else to_json(value) for value in values]
    known = {value: convert(value) for value in set(values) if value is not None}
    known[None] = None
    return [known[value] for value in values]
