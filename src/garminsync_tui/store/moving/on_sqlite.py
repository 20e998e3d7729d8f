"""SQLite as the one end of a move: alone with the file, so that nothing changes meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from pathlib import Path

from ...errors import AlreadyRunning
from ...paths import PRIVATE_FILE_MODE, private_folder
from ..backup import connected, explained
from ..database import upgrade_apart
from ..in_use import InUse
from ..room import require_reserve
from .contents import Conflict, Plan, Row

#: A larger cache than usual: rows come in the order of their ids, and another index is filled all over.
_CACHE_KB = 64_000
_STATE = "CREATE TABLE IF NOT EXISTS moving (name TEXT PRIMARY KEY, state TEXT NOT NULL) STRICT"


class SQLiteEnd:
    """One SQLite file, through Python's own driver in a thread."""

    sqlite = True

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.name = str(path)
        self._path = path
        self._connection = connection

    @classmethod
    @contextlib.asynccontextmanager
    async def open(cls, path: Path, *, new: bool) -> AsyncIterator[SQLiteEnd]:
        """Open a file that nobody else has open; `new` makes it where it is not there. Raises AlreadyRunning."""
        private_folder(path.parent)
        in_use = InUse(path)
        try:
            if not in_use.take_alone():
                raise AlreadyRunning(
                    f"Another process of garminsync has {path} open.",
                    hint="Stop the app, the daemon and running commands, then try again. Nothing was changed.",
                )
            if new:
                _make(path)
            with explained(path), contextlib.closing(_connected(path)) as connection:
                yield cls(path, connection)
        finally:
            in_use.close()

    async def tables(self) -> set[str]:
        """What the tables are called."""
        found = await self._ask("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
        return {row[0] for row in found}

    async def value(self, question: str, *values: object) -> object:
        """The first value of an answer; None where there is none. `?` stands for a value."""
        found = await self._ask(question, *values)
        return found[0][0] if found else None

    async def make(self) -> None:
        """Give an empty file today's schema."""
        await upgrade_apart(self._path)

    async def pages(self, plan: Plan, after: Row | None = None) -> AsyncGenerator[list[Row]]:
        """All rows behind a key, in the order of their keys."""
        key = ", ".join(f'"{plan.names[place]}"' for place in plan.key)
        names = ", ".join(f'"{name}"' for name in plan.names)
        where = f"WHERE ({key}) > ({', '.join('?' * len(plan.key))})" if after else ""
        question = f'SELECT {names} FROM "{plan.name}" {where} ORDER BY {key}'
        with self._explained():
            cursor = await asyncio.to_thread(self._connection.execute, question, after or ())
            while page := await asyncio.to_thread(cursor.fetchmany, plan.page_rows):
                yield page
                if len(page) < plan.page_rows:
                    return

    async def write(self, plan: Plan, rows: Sequence[Row], states: dict[str, str]) -> None:
        """Rows, and how far that is, in one transaction."""
        require_reserve(self._path.parent)
        names = ", ".join(f'"{name}"' for name in plan.names)
        marks = ", ".join("?" * len(plan.names))

        def write() -> None:
            with _transaction(self._connection):
                try:
                    self._connection.executemany(f'INSERT INTO "{plan.name}" ({names}) VALUES ({marks})', rows)
                except sqlite3.IntegrityError as problem:
                    raise Conflict(plan.name, problem) from None
                self._keep(states)

        with self._explained():
            await asyncio.to_thread(write)

    async def note(self, states: dict[str, str]) -> None:
        """How far it is."""
        with self._explained(), _transaction(self._connection):
            self._keep(states)

    async def state(self, name: str) -> str | None:
        """What was noted under a name."""
        found = await self.value("SELECT state FROM moving WHERE name = ?", name)
        return None if found is None else str(found)

    async def begin(self, version: str, states: dict[str, str]) -> None:
        """Say that what is here is not whole: no program opens it from now on."""
        with self._explained(), _transaction(self._connection):
            self._connection.execute(_STATE)
            self._connection.execute("UPDATE alembic_version SET version_num = ?", (version,))
            self._keep(states)

    async def empty(self, names: Sequence[str]) -> None:
        """Take out all that was written, children first, and forget how far it was."""

        def empty() -> None:
            with _transaction(self._connection):
                for name in names:
                    self._connection.execute(f'DELETE FROM "{name}"')
                self._connection.execute("DELETE FROM moving WHERE name <> 'source'")

        with self._explained():
            await asyncio.to_thread(empty)

    async def finish(self, version: str) -> None:
        """It is whole: a database like any other from now on."""

        def finish() -> None:
            with _transaction(self._connection):
                self._connection.execute("DROP TABLE moving")
                self._connection.execute("UPDATE alembic_version SET version_num = ?", (version,))
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

        with self._explained():
            await asyncio.to_thread(finish)

    def _keep(self, states: dict[str, str]) -> None:
        self._connection.executemany(
            "INSERT INTO moving VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET state = excluded.state",
            list(states.items()),
        )

    async def _ask(self, question: str, *values: object) -> list[Row]:
        with self._explained():
            return await asyncio.to_thread(lambda: self._connection.execute(question, values).fetchall())

    def _explained(self) -> contextlib.AbstractContextManager[None]:
        return explained(self._path, self._path)


def _make(path: Path) -> None:
    """An empty file for its owner only; what holds something stays as it is."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE_MODE)
    try:
        if not os.fstat(handle).st_size:
            os.fchmod(handle, PRIVATE_FILE_MODE)
    finally:
        os.close(handle)


def _connected(path: Path) -> sqlite3.Connection:
    connection = connected(path, threads=True)
    try:
        for pragma in (
            "synchronous=FULL",
            "foreign_keys=ON",
            f"cache_size=-{_CACHE_KB}",
            # Nobody else writes: a checkpoint meets nobody.
            "wal_autocheckpoint=4000",
        ):
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


@contextlib.contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
