"""What each column type stores, and that both databases give back what went in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from garminsync_tui.columns import Day, Document, Flag, Id, Instant, from_ms, from_now, now, to_json, to_ms
from garminsync_tui.store.database import Database

SCRATCH = sa.Table(
    "scratch",
    sa.MetaData(),
    sa.Column("id", Id()),
    sa.Column("at", Instant()),
    sa.Column("day", Day()),
    sa.Column("flag", Flag()),
    sa.Column("document", Document()),
    sqlite_strict=True,
)
FULL: dict[str, Any] = {
    "id": UUID("019cd1f2-aaaa-7bbb-8ccc-0123456789ab"),
    "at": datetime(2026, 3, 29, 3, 59, 59, 999_000, tzinfo=timezone(timedelta(hours=2))),
    "day": date(2026, 3, 29),
    "flag": True,
    "document": {"b": [1, 2.5, None, True], "a": {"name": "Zürich → 東京"}},
}
EMPTY: dict[str, Any] = dict.fromkeys(FULL)
MOMENTS = st.datetimes(timezones=st.timezones(), min_value=datetime(1, 1, 3), max_value=datetime(9999, 12, 29))


@pytest.mark.parametrize("row", [FULL, {**FULL, "flag": False, "document": {}}, EMPTY], ids=["full", "false", "empty"])
async def test_what_goes_in_comes_out(database: Database, row: dict[str, Any]) -> None:
    async with database.write() as session:
        await (await session.connection()).run_sync(SCRATCH.create)
        await session.execute(sa.insert(SCRATCH).values(row))
    async with database.read() as session:
        found = (await session.execute(sa.select(SCRATCH))).one()._asdict()
    assert found == row
    assert all(isinstance(found[name], type(value)) for name, value in row.items())
    assert found["at"] is None or found["at"].utcoffset() == timedelta(0)


async def test_values_are_stored_in_their_small_form(database: Database) -> None:
    async with database.write() as session:
        await (await session.connection()).run_sync(SCRATCH.create)
        await session.execute(sa.insert(SCRATCH).values(FULL))
    async with database.read() as session:
        if database.sqlite:
            raw = (await session.execute(sa.text("SELECT * FROM scratch"))).one()
            assert raw.id == FULL["id"].bytes
            assert raw.at == 1774749599999
            assert raw.day == "2026-03-29"
            assert raw.flag == 1
            assert raw.document == '{"a":{"name":"Zürich → 東京"},"b":[1,2.5,null,true]}'
        else:
            types = "pg_typeof(id), pg_typeof(at), pg_typeof(day), pg_typeof(flag), pg_typeof(document)"
            told = (
                await session.execute(sa.text(f"SELECT {types.replace('),', ')::text,')}::text FROM scratch"))
            ).one()
            assert tuple(told) == ("uuid", "timestamp with time zone", "date", "boolean", "jsonb")


async def test_a_missing_document_is_null_and_not_the_word(database: Database) -> None:
    async with database.write() as session:
        await (await session.connection()).run_sync(SCRATCH.create)
        await session.execute(sa.insert(SCRATCH).values(EMPTY))
        assert await session.scalar(sa.text("SELECT count(*) FROM scratch WHERE document IS NULL")) == 1


async def test_conditions_use_the_stored_form(database: Database) -> None:
    other = {**FULL, "id": uuid4(), "at": FULL["at"] + timedelta(milliseconds=1), "day": date(2026, 10, 1)}
    async with database.write() as session:
        await (await session.connection()).run_sync(SCRATCH.create)
        await session.execute(sa.insert(SCRATCH), [FULL, other])
        columns = SCRATCH.c
        for condition in (
            columns.id == FULL["id"],
            columns.at <= FULL["at"],
            columns.day.between(date(2026, 3, 1), date(2026, 3, 31)),
        ):
            assert (await session.scalars(sa.select(columns.id).where(condition))).all() == [FULL["id"]]
        assert await session.scalar(sa.select(sa.func.count()).where(columns.flag)) == 2


async def test_the_clock_of_the_database_is_an_instant(database: Database) -> None:
    seconds = "strftime('%s', 'now')" if database.sqlite else "extract(epoch FROM clock_timestamp())"
    async with database.read() as session:
        row = (await session.execute(sa.select(now(), from_now(90), from_now(-0.25), now()))).one()
        told = await session.scalar(sa.text(f"SELECT CAST({seconds} AS INTEGER)"))
    first, later, earlier, last = row
    assert all(moment.utcoffset() == timedelta(0) for moment in row)
    assert timedelta(0) <= last - first < timedelta(seconds=30)
    assert abs(last - datetime.fromtimestamp(told, UTC)) < timedelta(seconds=30)
    assert timedelta(0) <= later - first - timedelta(seconds=90) <= last - first
    assert timedelta(0) <= earlier - first + timedelta(seconds=0.25) <= last - first


@given(MOMENTS)
@settings(max_examples=100, deadline=None)
def test_milliseconds_name_the_moment_they_begin(moment: datetime) -> None:
    back = from_ms(to_ms(moment))
    assert timedelta(0) <= moment - back < timedelta(milliseconds=1)
    assert back.utcoffset() == timedelta(0)
    assert to_ms(back) == to_ms(moment)


@pytest.mark.parametrize(
    ("moment", "milliseconds"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), 0),
        (datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), -1),
        (datetime(2026, 3, 29, 1, 59, 59, 999_999, tzinfo=UTC), 1774749599999),
    ],
)
def test_milliseconds_are_counted_from_1970(moment: datetime, milliseconds: int) -> None:
    assert to_ms(moment) == milliseconds


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(TypeError):
        to_ms(datetime(2026, 3, 29))


def test_equal_documents_are_equal_texts() -> None:
    assert to_json({"b": 1, "a": {"d": 2, "c": 3}}) == to_json({"a": {"c": 3, "d": 2}, "b": 1})
    assert to_json({"a": [1, "é"]}) == '{"a":[1,"é"]}'


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_document_holds_no_number_that_json_lacks(number: float) -> None:
    with pytest.raises(ValueError, match="Out of range"):
        to_json({"value": number})
