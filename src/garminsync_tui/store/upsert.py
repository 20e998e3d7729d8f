"""Insert-or-update statements that both databases understand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ..models import Table


def insert(session: AsyncSession, table: type[Table]) -> Any:
    """`INSERT` in the dialect of this session, with `on_conflict_do_update` and `excluded`."""
    return insert_in(session.get_bind().dialect.name, table)


def insert_in(dialect: str, table: type[Table]) -> Any:
    """The same without a session: for a statement that is put together once."""
    rows: Any = table.__table__
    if dialect == "sqlite":
        from sqlalchemy.dialects import sqlite

        return sqlite.insert(rows)
    from sqlalchemy.dialects import postgresql  # 75 ms that SQLite's users need not wait for

    return postgresql.insert(rows)


def is_changed(table: type[Table], statement: Any, columns: Iterable[str]) -> sa.ColumnElement[bool]:
    """True where the row that is there differs from the one that was to be inserted."""
    there = table.__table__.c
    return sa.or_(*(there[name].is_distinct_from(statement.excluded[name]) for name in columns))
