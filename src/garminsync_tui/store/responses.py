"""Garmin's answers about health, kept as they came: what `reparse` reads instead of asking again."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ..columns import now
from ..errors import UnexpectedAnswer
from ..models import RawResponse
from .upsert import insert

_KEY = ("garmin_connect_account_id", "endpoint", "first_day", "last_day")


class Stored(NamedTuple):
    """An answer without its body: the days it tells of, and when it came."""

    fetched_at: datetime
    endpoint: str
    first: date
    last: date


async def keep(session: AsyncSession, account_id: UUID, endpoint: str, first: date, last: date, body: Any) -> None:
    """Keep the answer to a request, in place of the one before."""
    plain = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    await _write(session, account_id, endpoint, first, last, zlib.compress(plain), hashlib.sha256(plain).digest())


async def outdate(session: AsyncSession, account_id: UUID, endpoint: str, first: date, last: date) -> None:
    """An answer came that is not to be kept: older ones of its days do not hold any more."""
    older = await session.scalar(
        sa.select(RawResponse.endpoint)
        .where(
            RawResponse.garmin_connect_account_id == account_id,
            RawResponse.endpoint == endpoint,
            RawResponse.first_day <= last,
            RawResponse.last_day >= first,
        )
        .limit(1)
    )
    if older:
        await _write(session, account_id, endpoint, first, last, None, None)


async def _write(
    session: AsyncSession,
    account_id: UUID,
    endpoint: str,
    first: date,
    last: date,
    body: bytes | None,
    sha256: bytes | None,
) -> None:
    values = {"body": body, "sha256": sha256, "size_bytes": len(body or b""), "fetched_at": now()}
    key = dict(zip(_KEY, (account_id, endpoint, first, last), strict=True))
    statement = insert(session, RawResponse).values(**key, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=_KEY, set_=values))


async def stored(
    session: AsyncSession, account_id: UUID, endpoints: Sequence[str], since: date | None, until: date | None
) -> list[Stored]:
    """The answers that tell of any day of a range, in the order in which they came."""
    statement = sa.select(
        RawResponse.fetched_at, RawResponse.endpoint, RawResponse.first_day, RawResponse.last_day
    ).where(RawResponse.garmin_connect_account_id == account_id, RawResponse.endpoint.in_(endpoints))
    if since:
        statement = statement.where(RawResponse.last_day >= since)
    if until:
        statement = statement.where(RawResponse.first_day <= until)
    return sorted(Stored(*row) for row in await session.execute(statement))


async def read(session: AsyncSession, account_id: UUID, which: Stored) -> bytes | None:
    """The JSON of an answer; None where it was not kept. Raises UnexpectedAnswer where it is damaged."""
    row = await session.get(RawResponse, (account_id, which.endpoint, which.first, which.last))
    if row is None or row.body is None:
        return None
    try:
        plain = zlib.decompress(row.body)
    except zlib.error:
        plain = b""
    if hashlib.sha256(plain).digest() != row.sha256:
        raise UnexpectedAnswer("The stored answer is damaged.")
    return plain
