"""Readings as rows for other programs, the same for commands and screens."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from datetime import date

from ..dates import iso
from ..store.database import Database
from ..store.outgoing import pages
from .rows import Rows

COLUMNS = ("metric", "timestamp", "local_day", "value", "unit", "metadata")


async def write_readings(
    database: Database,
    metrics: Sequence[str],
    since: date | None,
    until: date | None,
    rows: Rows,
    on_page: Callable[[str, int], object] = lambda metric, written: None,
) -> int:
    """Write the readings of some metrics on some local days; how many there were.

    `on_page` is told after each page which metric it was of, and how many were written.
    """
    written = 0
    async with contextlib.aclosing(pages(database, metrics, since, until)) as found:
        async for page in found:
            for name, timestamp, local_day, value, unit, extra, _ in page:
                rows.write((name, iso(timestamp), local_day.isoformat(), value, unit, extra))
            written += len(page)
            on_page(page[0].metric, written)
    return written
