"""Rows of any statement on their way out, page by page in the order of a key: memory does not grow with them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from ..filters import Condition
from ..models import Activity
from .activities import where
from .database import Database

_PAGE_ROWS = 2_000


async def pages(
    database: Database,
    key: Sequence[Any],
    columns: Sequence[Any],
    *conditions: Any,
    joined: tuple[Any, Any] | None = None,
    page_rows: int = _PAGE_ROWS,
    after: Sequence[Any] | None = None,
) -> AsyncGenerator[list[Any]]:
    """Pages of rows in the order of `key`, which tells rows apart and stands first in each row, then `columns`.

    `joined` is another table and what it is joined on; `after` is the key of the row before the first. Each page is a
    look of its own: a reader that stops in the middle must not hold a transaction.
    """
    statement = sa.select(*key, *columns).where(*conditions).order_by(*key).limit(page_rows)
    if joined is not None:
        statement = statement.join(*joined)
    while True:
        following = statement if after is None else statement.where(_behind(key, after))
        async with database.read() as session:
            rows = list(await session.execute(following))
        if rows:
            yield rows
        if len(rows) < page_rows:
            return
        after = rows[-1][: len(key)]


def _behind(key: Sequence[Any], last: Sequence[Any]) -> Any:
    values = [sa.literal(value, type_=column.type) for column, value in zip(key, last, strict=True)]
    return sa.tuple_(*key) > sa.tuple_(*values)


async def meets(database: Database, conditions: Sequence[Condition]) -> list[Any]:
    """Conditions of a filter on activities, in SQL."""
    async with database.read() as session:
        return [where(session, condition) for condition in conditions]


_STARTED = (Activity.start_time, Activity.id)


async def activities(
    database: Database,
    conditions: Sequence[Condition],
    *,
    started: tuple[datetime, datetime] | None = None,
    after: tuple[datetime, UUID] | None = None,
    page_rows: int = _PAGE_ROWS,
) -> AsyncGenerator[list[Activity]]:
    """The activities that meet all conditions, oldest first.

    `started` are bounds of the start, the second not included; `after` is (start, id) of the one before the first.
    """
    met = await meets(database, conditions)
    if started is not None:
        met += [Activity.start_time >= started[0], Activity.start_time < started[1]]
    async for page in pages(database, _STARTED, [Activity], *met, page_rows=page_rows, after=after):
        yield [row[-1] for row in page]


async def months(database: Database, conditions: Sequence[Condition]) -> list[tuple[datetime, datetime]]:
    """The months (UTC) in which activities that meet all conditions began: first instant, and the next month's."""
    met = await meets(database, conditions)
    found = {(row[0].year, row[0].month) async for page in pages(database, _STARTED, [], *met) for row in page}
    return [
        (datetime(year, month, 1, tzinfo=UTC), datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC))
        for year, month in sorted(found)
    ]
