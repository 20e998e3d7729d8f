"""Column types that mean the same on SQLite and on PostgreSQL.

SQLite tables are STRICT: a value of the wrong type is refused by the database there too.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)

Text = sa.Text
Whole = sa.BigInteger().with_variant(sa.INTEGER(), "sqlite")
Real: TypeEngine[float] = sa.Double().with_variant(sa.REAL(), "sqlite")
Bytes = sa.LargeBinary().with_variant(sa.BLOB(), "sqlite")


def to_ms(moment: datetime) -> int:
    """Whole milliseconds since 1970 UTC; `moment` has a zone."""
    return (moment - _EPOCH) // _MILLISECOND


def from_ms(milliseconds: int) -> datetime:
    """The UTC moment so many milliseconds after 1970."""
    return _EPOCH + timedelta(milliseconds=milliseconds)


class Id(TypeDecorator[UUID]):
    """A UUID: 16 bytes on SQLite (SQLAlchemy's own type would store 32 characters), `uuid` on PostgreSQL."""

    impl = sa.Uuid
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(sa.BLOB() if dialect.name == "sqlite" else sa.Uuid())

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> Any:
        return value.bytes if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> UUID | None:
        return UUID(bytes=value) if isinstance(value, bytes) else value


class Instant(TypeDecorator[datetime]):
    """A UTC moment: integer milliseconds since 1970 on SQLite, `timestamptz` on PostgreSQL."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(sa.INTEGER() if dialect.name == "sqlite" else sa.DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        return to_ms(value) if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return from_ms(value) if isinstance(value, int) else value


class Day(TypeDecorator[date]):
    """A calendar date, no instant: ISO text on SQLite, `date` on PostgreSQL."""

    impl = sa.Date
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(sa.TEXT() if dialect.name == "sqlite" else sa.Date())

    def process_bind_param(self, value: date | None, dialect: Dialect) -> Any:
        return value.isoformat() if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> date | None:
        return date.fromisoformat(value) if isinstance(value, str) else value


class Flag(TypeDecorator[bool]):
    """Yes or no: 0 or 1 on SQLite (a check beside it holds that), `boolean` on PostgreSQL."""

    impl = sa.Boolean
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(sa.INTEGER() if dialect.name == "sqlite" else sa.Boolean())

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> Any:
        return int(value) if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> bool | None:
        return None if value is None else bool(value)


def to_json(document: Any) -> str:
    """Compact JSON with sorted keys: equal documents are equal texts."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)


class Document(TypeDecorator[dict[str, Any]]):
    """A JSON document: checked text on SQLite, `jsonb` on PostgreSQL."""

    impl = sa.JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sa.TEXT())
        from sqlalchemy.dialects.postgresql import JSONB  # 75 ms that SQLite's users need not wait for

        return dialect.type_descriptor(JSONB(none_as_null=True))

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return to_json(value) if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return json.loads(value) if isinstance(value, str) else value


class now(FunctionElement[datetime]):
    """The database's own clock, in the form `Instant` stores."""

    type = Instant()
    inherit_cache = True


@compiles(now, "sqlite")
def _now_sqlite(element: now, compiler: Any, **options: Any) -> str:
    # unixepoch('subsec') would need SQLite 3.42
    return "(CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER))"


@compiles(now, "postgresql")
def _now_postgresql(element: now, compiler: Any, **options: Any) -> str:
    return "clock_timestamp()"


class from_now(FunctionElement[datetime]):
    """So many seconds after `now()`, by the database's clock."""

    type = Instant()
    inherit_cache = True

    def __init__(self, seconds: float) -> None:
        super().__init__(sa.literal(float(seconds), sa.Float))


@compiles(from_now, "sqlite")
def _from_now_sqlite(element: from_now, compiler: Any, **options: Any) -> str:
    seconds = compiler.process(element.clauses, **options)
    return f"({_now_sqlite(now(), compiler)} + CAST({seconds} * 1000 AS INTEGER))"


@compiles(from_now, "postgresql")
def _from_now_postgresql(element: from_now, compiler: Any, **options: Any) -> str:
    return f"(clock_timestamp() + make_interval(secs => {compiler.process(element.clauses, **options)}))"
