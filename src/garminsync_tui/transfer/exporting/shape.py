"""What an exported table looks like: columns with a type, a unit and a sentence each."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Literal

from ...filters import Condition
from ...store.database import Database

type Form = Literal["csv", "json", "parquet"]
type Row = tuple[Any, ...]

#: What files of a form are called.
ENDINGS: dict[Form, str] = {"csv": "csv", "json": "jsonl", "parquet": "parquet"}


class Kind(StrEnum):
    """The type of a column, in the words of `schema.json`; None is a missing value in each of them."""

    TEXT = "text"
    INTEGER = "integer"
    REAL = "real"
    FLAG = "boolean"
    #: A moment: a datetime with a zone.
    INSTANT = "timestamp"
    #: A calendar date, no moment.
    DAY = "date"
    #: A JSON object.
    DOCUMENT = "json"


@dataclass(frozen=True, slots=True)
class Column:
    """One column; its unit is in its name, too, where it is the same in all rows."""

    name: str
    kind: Kind
    about: str
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which part of everything: local days, both included, and conditions on activities."""

    since: date | None = None
    until: date | None = None
    conditions: Sequence[Condition] = ()

    @property
    def of_activities(self) -> list[Condition]:
        """The same as conditions on activities alone."""
        found = list(self.conditions)
        if self.since:
            found.append(Condition("start", ">=", self.since))
        if self.until:
            found.append(Condition("start", "<", self.until + timedelta(days=1)))
        return found


#: Pages of rows, each row as its table's columns.
type Pages = AsyncGenerator[list[Row]]


@dataclass(frozen=True, slots=True)
class Table:
    """One kind of row, and where the rows come from."""

    name: str
    about: str
    columns: tuple[Column, ...]
    pages: Callable[[Database, Chosen], Pages] = field(repr=False)
