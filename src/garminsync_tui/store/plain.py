"""Questions in plain SQL, answered in rows: of a SQLite file by Python's own driver, else through an open database.

Commands that are asked often use this: importing SQLAlchemy takes longer than all of their questions. A question
means the same on both databases; where they write something differently, `Asked.sqlite` says which one it is.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from ..errors import DatabaseUnusable
from .in_use import InUse
from .schema import HEAD

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

Rows = list[tuple[Any, ...]]


class Asked(Protocol):
    """Whom questions go to. All of them see one state of the database."""

    @property
    def sqlite(self) -> bool:
        """Whether the question is for SQLite; else it is for PostgreSQL."""

    async def rows(self, question: str, **values: Any) -> Rows:
        """What a question, with `:name` where a value belongs, is answered with."""


class AskedFile:
    """A SQLite file, through Python's own driver."""

    sqlite = True

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path

    async def rows(self, question: str, **values: Any) -> Rows:
        """See `Asked`. Raises DatabaseUnusable."""
        return self.answer(question, **values)

    def answer(self, question: str, **values: Any) -> Rows:
        """The same, at once."""
        try:
            return self._connection.execute(question, _for_sqlite(values)).fetchall()
        except (sqlite3.Error, UnicodeDecodeError) as problem:
            raise DatabaseUnusable(
                f"{self._path} cannot be read: {problem}.", hint="`garminsync db status` says what is wrong with it."
            ) from None


class AskedSession:
    """An open database."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self.sqlite = session.get_bind().dialect.name == "sqlite"

    async def rows(self, question: str, **values: Any) -> Rows:
        """See `Asked`."""
        import sqlalchemy as sa

        found = await self._session.execute(sa.text(question), _for_sqlite(values) if self.sqlite else values)
        return [tuple(row) for row in found]


@contextlib.contextmanager
def at_file(path: Path) -> Iterator[AskedFile | None]:
    """Ask a SQLite file of this program's schema; None for anything else, which `Database` then explains."""
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):  # where no lock file can be made, nobody can restore either
            in_use = InUse(path)
            stack.callback(in_use.close)
            if not in_use.try_shared():
                yield None
                return
        try:
            # Read and write: who only reads cannot join a write-ahead log that nobody else holds open.
            connection = sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=30)
            stack.enter_context(contextlib.closing(connection))
            connection.execute("BEGIN")
            [revision] = connection.execute("SELECT version_num FROM alembic_version").fetchone() or [None]
        except (sqlite3.Error, UnicodeDecodeError):  # the driver tells of a damaged schema in the schema's bytes
            revision = None
        yield AskedFile(connection, path) if revision == HEAD else None


def _for_sqlite(values: dict[str, Any]) -> dict[str, Any]:
    """Values as `columns.py` stores them."""
    return {name: _stored(value) for name, value in values.items()}


def _stored(value: Any) -> Any:
    if isinstance(value, UUID):
        return value.bytes
    return value.isoformat() if isinstance(value, date) else value


# ── From columns, as each database gives them ────────────────────────────────────────────────────────


def instant(value: int | datetime) -> datetime:
    """A UTC moment."""
    return datetime.fromtimestamp(value / 1000, UTC) if isinstance(value, int) else value


def day(value: str | date) -> date:
    """A calendar date."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def uuid(value: bytes | UUID) -> UUID:
    """An id."""
    return UUID(bytes=value) if isinstance(value, bytes) else value
