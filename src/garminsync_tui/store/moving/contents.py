"""What is moved, and the one form in which both databases give and take it.

A row on its way is a tuple of what SQLite stores (`columns.py`): ids as 16 bytes, instants as milliseconds, dates as
ISO text, flags as 0 and 1, documents as JSON. Rows go in the order of their key, the same on both databases, so that a
digest of all of them can be compared.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from ...columns import Document
from ...errors import GarminSyncError
from ...models import ActivityFile, RunnerRow, Table

type Row = tuple[Any, ...]

#: Rows of a page; fewer where a row is large.
_PAGE_ROWS = 5_000
_PAGES = {"health_metrics": 20_000, "raw_responses": 200, "workouts": 500, "workout_remotes": 500, "sync_jobs": 500}
#: Says nothing but which processes ran here, and bytes that go with the files.
_LEFT_OUT = (RunnerRow.__tablename__, ActivityFile.__tablename__)


class Conflict(GarminSyncError):
    """A row does not go with those that are there: they are of another time, or the database keeps no such row."""

    def __init__(self, table: str, said: object) -> None:
        super().__init__(
            f"The new database does not take a row of {table}: {said}.",
            hint="Nothing was lost: the database that was to be moved is as it was.",
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """How one table is moved."""

    name: str
    columns: tuple[sa.Column[Any], ...]
    #: Which columns tell rows apart: places in `columns`.
    key: tuple[int, ...]
    page_rows: int

    @property
    def names(self) -> list[str]:
        """The columns' names."""
        return [column.name for column in self.columns]

    def key_of(self, row: Row) -> Row:
        """The key of a row."""
        return tuple(row[place] for place in self.key)

    def digest(self, before: str, rows: Sequence[Row]) -> str:
        """The digest of all pages up to this one, from that of those before it ("" for none)."""
        columns: list[Any] = list(zip(*rows, strict=True))
        for place, column in enumerate(self.columns):
            if isinstance(column.type, Document):
                columns[place] = [None if value is None else _plain(value) for value in columns[place]]
            elif isinstance(column.type, sa.Float):
                # SQLite has no negative zero.
                columns[place] = [None if value is None else value + 0.0 for value in columns[place]]
        content = repr([tuple(column) for column in columns])
        return hashlib.blake2b(f"{before}{content}".encode(), digest_size=16).hexdigest()


def plans() -> list[Plan]:
    """Every table, parents before their children."""
    return list(_plans())


def _plans() -> Iterator[Plan]:
    for table in Table.metadata.sorted_tables:
        if table.name not in _LEFT_OUT:
            columns = tuple(table.columns)
            key = tuple(columns.index(column) for column in table.primary_key.columns)
            yield Plan(table.name, columns, key, _PAGES.get(table.name, _PAGE_ROWS))


def _plain(document: str) -> str:
    """Equal for equal documents: PostgreSQL writes 1e20 with all its digits, and keeps 1.0."""
    return json.dumps(json.loads(document, parse_float=_number), sort_keys=True)


def _number(text: str) -> int | float:
    value = float(text)
    return int(value) if value.is_integer() else value


# ── Keys and digests as the target keeps them until all is there ─────────────────────────────────────


@dataclass(slots=True)
class Reached:
    """How far a table is."""

    rows: int = 0
    digest: str = ""
    after: Row | None = None
    is_done: bool = False

    def as_text(self) -> str:
        """For the database."""
        after = None if self.after is None else [_packed(value) for value in self.after]
        return json.dumps([self.rows, self.digest, after, self.is_done])

    @classmethod
    def of(cls, text: str | None) -> Reached:
        """From the database; nothing yet where it has nothing."""
        if text is None:
            return cls()
        rows, digest, after, is_done = json.loads(text)
        return cls(rows, digest, None if after is None else tuple(_unpacked(value) for value in after), is_done)


def _packed(value: Any) -> Any:
    return {"hex": value.hex()} if isinstance(value, bytes) else value


def _unpacked(value: Any) -> Any:
    return bytes.fromhex(value["hex"]) if isinstance(value, dict) else value
