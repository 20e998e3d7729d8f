"""How a table's rows are made of rows of the model: what the tables of an export are put together with."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from ...models import Activity
from ...store import listed
from ...store.database import Database
from .shape import Chosen, Column, Kind, Row, Table

ACCOUNT = Column("account_id", Kind.TEXT, "whose it is: a row of accounts")
ACTIVITY = Column("activity_id", Kind.TEXT, "of which activity: a row of activities")


class From(NamedTuple):
    """A column, and its value in a row of the model; by name where nothing is said."""

    column: Column
    value: Callable[[Any], Any]


def is_(name: str, kind: Kind, about: str, unit: str | None = None, *, of: str | None = None) -> From:
    """A column of the model under its own name, or the attribute `of`."""
    return From(Column(name, kind, about, unit), attrgetter(of or name))


def id_(name: str, about: str, of: str) -> From:
    """An id, as text."""
    got = attrgetter(of)
    return From(Column(name, Kind.TEXT, about), lambda row: None if got(row) is None else str(got(row)))


def of_account(of: str = "garmin_connect_account_id") -> From:
    """The account that a row belongs to."""
    return From(ACCOUNT, lambda row: str(getattr(row, of)))


def table(name: str, about: str, parts: Sequence[From], rows: Callable[[Database, Chosen], Any]) -> Table:
    """A table whose rows are made of rows of the model, one by one."""

    async def pages(database: Database, chosen: Chosen) -> AsyncGenerator[list[Row]]:
        async for page in rows(database, chosen):
            yield [tuple(part.value(row) for part in parts) for row in page]

    return Table(name, about, tuple(part.column for part in parts), pages)


def every(model: Any, *key: Any, day: Any = None) -> Callable[[Database, Chosen], AsyncGenerator[list[Any]]]:
    """Every row of a model, those of some days where it has a day."""

    async def rows(database: Database, chosen: Chosen) -> AsyncGenerator[list[Any]]:
        bounds = []
        if day is not None:
            bounds += [day >= chosen.since] if chosen.since else []
            bounds += [day <= chosen.until] if chosen.until else []
        async for page in listed.pages(database, key, [model], *bounds):
            yield [row[-1] for row in page]

    return rows


def of_activities(model: Any, *key: Any) -> Callable[[Database, Chosen], AsyncGenerator[list[Any]]]:
    """Every row of a model that belongs to a chosen activity."""

    async def rows(database: Database, chosen: Chosen) -> AsyncGenerator[list[Any]]:
        met = await listed.meets(database, chosen.of_activities)
        joined = (Activity, Activity.id == model.activity_id)
        keys = [Activity.start_time, Activity.id, *key]
        async for page in listed.pages(database, keys, [model], *met, joined=joined):
            yield [row[-1] for row in page]

    return rows
