"""The ledger: what was fetched, empty, failed or stale, for every endpoint and day."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ..columns import from_now, now
from ..models import Coverage
from .glance import Totals
from .schema import ACTIVITY_FILE
from .upsert import insert, insert_in

_FIRST_PAUSE_S = 15 * 60
_LONGEST_PAUSE_S = 7 * 86400
#: An original that Garmin did not have is asked for so often, so long apart, before what came instead is enough.
_MOST_LOOKS = 3
_LOOK_AGAIN_S = 7 * 86400
_REASON_CHARACTERS = 200
#: Of a day that was fetched by a sign-in to which Garmin gives only a part of it.
PARTLY = "The official API gives only a part of it; another sign-in brings the rest."
#: As `garmin` writes it: "3 heart_rate out of range, 1 heart_rate as text".
_LEFT_OUT = re.compile(r"(\d+) ([a-z0-9_]+ [^,]+)")


class Entry(NamedTuple):
    """One outcome to write down."""

    endpoint: str
    day: date
    status: str  # fetched, empty
    item: str = ""
    first_at: datetime | None = None
    last_at: datetime | None = None
    #: What was there and could not be taken.
    reason: str | None = None
    #: Where the day's values came from: api, archive, fit.
    source: str = "api"


async def record(session: AsyncSession, account_id: UUID, entries: Iterable[Entry], *, fetched: bool = True) -> None:
    """Write outcomes that need no second try.

    Where nothing was `fetched` (a stored answer was read again, a file told a part), what is failed or stale stays so,
    and when it was checked stays too.
    """
    rows = [
        {
            "garmin_connect_account_id": account_id,
            "attempts": 0,
            **entry._asdict(),
            "reason": entry.reason and entry.reason[:_REASON_CHARACTERS],
        }
        for entry in entries
    ]
    if not rows:
        return
    await session.execute(_recorded(session.get_bind().dialect.name, fetched=fetched), rows)


@functools.cache  # every answer is recorded, and putting it together takes as long as running it
def _recorded(dialect: str, *, fetched: bool) -> Any:
    statement = insert_in(dialect, Coverage)
    excluded = statement.excluded
    values: dict[str, Any] = {name: excluded[name] for name in ("first_at", "last_at", "source")}
    if fetched:
        values |= {
            "status": excluded.status,
            "attempts": 0,
            "reason": excluded.reason,
            "next_try_at": None,
            "checked_at": now(),
        }
    else:
        # No IN: its list of parameters cannot be expanded for many rows at once.
        settled = sa.or_(Coverage.status == "fetched", Coverage.status == "empty")
        values |= {
            "status": sa.case((settled, excluded.status), else_=Coverage.status),
            "reason": sa.case((settled, excluded.reason), else_=Coverage.reason),
        }
    return statement.on_conflict_do_update(
        index_elements=["garmin_connect_account_id", "endpoint", "day", "item"], set_=values
    )


async def fail(session: AsyncSession, account_id: UUID, endpoint: str, day: date, reason: str, item: str = "") -> bool:
    """Write down a failure; its next try comes after a pause that grows from 15 minutes to a week.

    The extent of what was stored before stays, so that a later success knows what it replaces. Returns whether this
    is news: it had not failed before, or for another cause.
    """
    return await _again_later(session, account_id, endpoint, day, item, "failed", reason)


async def look_again(session: AsyncSession, account_id: UUID, day: date, item: str, reason: str) -> None:
    """An activity's file came, but not the original: Garmin is asked for that one again, a few times a week apart."""
    before = await session.get(Coverage, (account_id, ACTIVITY_FILE, day, item))
    if before and before.status == "stale" and before.attempts >= _MOST_LOOKS:
        await record(session, account_id, [Entry(ACTIVITY_FILE, day, "fetched", item, reason=reason)])
        return
    await _again_later(session, account_id, ACTIVITY_FILE, day, item, "stale", reason, pause_s=_LOOK_AGAIN_S)


async def lose(session: AsyncSession, account_id: UUID, day: date, item: str, reason: str) -> None:
    """An activity's file was fetched and is not here any more: it is to be fetched again, and now."""
    values = {"status": "failed", "reason": reason[:_REASON_CHARACTERS], "attempts": 0, "next_try_at": now()}
    await session.execute(
        insert(session, Coverage)
        .values(garmin_connect_account_id=account_id, endpoint=ACTIVITY_FILE, day=day, item=item, **values)
        .on_conflict_do_update(index_elements=["garmin_connect_account_id", "endpoint", "day", "item"], set_=values)
    )


async def await_file(session: AsyncSession, account_id: UUID, day: date, item: str, reason: str) -> None:
    """An activity is here without its original, and Garmin was never asked for it: it is to be, with the next sync."""
    values = {"status": "stale", "reason": reason[:_REASON_CHARACTERS], "attempts": 0, "next_try_at": now()}
    await session.execute(
        insert(session, Coverage)
        .values(garmin_connect_account_id=account_id, endpoint=ACTIVITY_FILE, day=day, item=item, **values)
        .on_conflict_do_nothing()
    )


async def put_off(session: AsyncSession, account_id: UUID, endpoint: str, day: date, reason: str) -> None:
    """Ask again for a day later, after a pause that grows as a failure's does."""
    await _again_later(session, account_id, endpoint, day, "", "stale", reason)


async def tries(session: AsyncSession, account_id: UUID, endpoint: str, day: date) -> int:
    """How often a day was asked for since it last came."""
    entry = await session.get(Coverage, (account_id, endpoint, day, ""))
    return entry.attempts if entry else 0


async def _again_later(
    session: AsyncSession,
    account_id: UUID,
    endpoint: str,
    day: date,
    item: str,
    status: str,
    reason: str,
    *,
    pause_s: float | None = None,
) -> bool:
    before = await session.get(Coverage, (account_id, endpoint, day, item))
    attempts = (before.attempts if before else 0) + 1
    # Numbers differ where the cause does not: a range's dates, an activity's id.
    told = (before.status, _without_numbers(before.reason)) if before else None
    values = {
        "status": status,
        "reason": reason[:_REASON_CHARACTERS],
        "attempts": attempts,
        "next_try_at": from_now(pause_s or min(_FIRST_PAUSE_S * 4 ** min(attempts - 1, 10), _LONGEST_PAUSE_S)),
        "checked_at": now(),
    }
    await session.execute(
        insert(session, Coverage)
        .values(garmin_connect_account_id=account_id, endpoint=endpoint, day=day, item=item, **values)
        .on_conflict_do_update(index_elements=["garmin_connect_account_id", "endpoint", "day", "item"], set_=values)
    )
    return told != (status, _without_numbers(reason))


def _without_numbers(reason: str | None) -> str:
    return re.sub(r"\d+", "", (reason or "")[:_REASON_CHARACTERS])


async def make_stale(
    session: AsyncSession, account_id: UUID, since: date, until: date, endpoints: Sequence[str] | None = None
) -> None:
    """Days that may have changed since they were fetched have to be fetched again."""
    statement = sa.update(Coverage).where(
        Coverage.garmin_connect_account_id == account_id,
        Coverage.day.between(since, until),
        Coverage.endpoint != ACTIVITY_FILE,
        Coverage.status.in_(["fetched", "empty", "stale"]),
    )
    if endpoints is not None:
        statement = statement.where(Coverage.endpoint.in_(endpoints))
    await session.execute(statement.values(status="stale", next_try_at=None))


async def ask_for_the_rest(session: AsyncSession, account_id: UUID) -> None:
    """Days of which a key gave only a part have to be fetched again, by a sign-in that is given all of it."""
    await session.execute(
        sa.update(Coverage)
        .where(Coverage.garmin_connect_account_id == account_id, Coverage.reason == PARTLY)
        .values(status="stale", next_try_at=None)
    )


async def prove_empty(
    session: AsyncSession, account_id: UUID, endpoints: Collection[str], days: Sequence[date], source: str = "api"
) -> None:
    """Days that another endpoint showed to hold nothing; those that once held values are asked for again.

    What Garmin answered itself goes before what a file (`source`) shows.
    """
    if not days:
        return
    is_known: sa.ColumnElement[bool] = Coverage.first_at.is_not(None)
    if source != "api":
        is_known = sa.or_(is_known, Coverage.status.in_(["fetched", "empty"]))
    rows = await session.execute(
        sa.select(Coverage.endpoint, Coverage.day).where(
            Coverage.garmin_connect_account_id == account_id,
            Coverage.endpoint.in_(endpoints),
            Coverage.day.in_(days),
            is_known,
        )
    )
    known = {(endpoint, day) for endpoint, day in rows}
    await record(
        session,
        account_id,
        [
            Entry(endpoint, day, "empty", source=source)
            for endpoint in endpoints
            for day in days
            if (endpoint, day) not in known
        ],
    )


async def settled(
    session: AsyncSession,
    account_id: UUID,
    endpoints: Collection[str],
    since: date,
    until: date,
    retry_from: datetime | None = None,
) -> dict[str, set[date]]:
    """By endpoint, days of a range with nothing to do now: fetched, empty, or to be asked for again and not due yet.

    What failed before `retry_from`, when somebody asked for it, is due at once.
    """
    rows = await session.execute(
        sa.select(Coverage.endpoint, Coverage.day).where(
            Coverage.garmin_connect_account_id == account_id,
            Coverage.endpoint.in_(endpoints),
            Coverage.day.between(since, until),
            sa.or_(
                Coverage.status.in_(["fetched", "empty"]),
                sa.and_(Coverage.status == "failed", ~_is_due(retry_from)),
                sa.and_(Coverage.status == "stale", Coverage.next_try_at > now()),
            ),
        )
    )
    found: dict[str, set[date]] = {endpoint: set() for endpoint in endpoints}
    for endpoint, day in rows:
        found[endpoint].add(day)
    return found


async def due_days(
    session: AsyncSession, account_id: UUID, before: date, retry_from: datetime | None = None
) -> dict[tuple[str, str], set[date]]:
    """By endpoint and status, the failed and stale days before a date that are due: nothing is ever forgotten.

    Not so the days of which a file told a part: how far back Garmin is asked for the rest is the sync's choice.
    """
    rows = await session.execute(
        sa.select(Coverage.endpoint, Coverage.status, Coverage.day).where(
            Coverage.garmin_connect_account_id == account_id,
            Coverage.endpoint != ACTIVITY_FILE,
            Coverage.day < before,
            sa.or_(
                sa.and_(Coverage.status == "failed", _is_due(retry_from)),
                sa.and_(
                    Coverage.status == "stale",
                    Coverage.source == "api",
                    sa.or_(Coverage.next_try_at.is_(None), Coverage.next_try_at <= now()),
                ),
            ),
        )
    )
    found: dict[tuple[str, str], set[date]] = {}
    for endpoint, status, day in rows:
        found.setdefault((endpoint, status), set()).add(day)
    return found


def _is_due(retry_from: datetime | None) -> sa.ColumnElement[bool]:
    """Whether a failure's pause is over, or somebody asked after it happened. Its `next_try_at` is never null."""
    due = Coverage.next_try_at <= now()
    return due if retry_from is None else sa.or_(due, Coverage.checked_at < retry_from)


async def failed_items(
    session: AsyncSession, account_id: UUID, items: Iterable[str], retry_from: datetime | None = None
) -> set[str]:
    """Those of some activities whose file failed before and is not due yet."""
    return set(
        await session.scalars(
            sa.select(Coverage.item).where(
                Coverage.garmin_connect_account_id == account_id,
                Coverage.endpoint == ACTIVITY_FILE,
                Coverage.item.in_(list(items)),
                Coverage.status == "failed",
                ~_is_due(retry_from),
            )
        )
    )


async def due_items(
    session: AsyncSession, account_id: UUID, retry_from: datetime | None = None, items: Iterable[str] | None = None
) -> list[Coverage]:
    """Activities (of `items`, where given) whose file, or original, is to be asked for again now, newest first."""
    statement = (
        sa.select(Coverage)
        .where(
            Coverage.garmin_connect_account_id == account_id,
            Coverage.endpoint == ACTIVITY_FILE,
            sa.or_(
                sa.and_(Coverage.status == "failed", _is_due(retry_from)),
                sa.and_(Coverage.status == "stale", Coverage.next_try_at <= now()),
            ),
        )
        .order_by(Coverage.day.desc())
    )
    if items is not None:
        statement = statement.where(Coverage.item.in_(list(items)))
    return list(await session.scalars(statement))


async def forget_other_days(session: AsyncSession, account_id: UUID, item: str, day: date) -> None:
    """An activity that moved to another day stands in the ledger once: what was said of it elsewhere is over."""
    await session.execute(
        sa.delete(Coverage).where(
            Coverage.garmin_connect_account_id == account_id,
            Coverage.endpoint == ACTIVITY_FILE,
            Coverage.item == item,
            Coverage.day != day,
        )
    )


async def entries(
    session: AsyncSession,
    *,
    endpoint: str | None = None,
    since: date | None = None,
    until: date | None = None,
    status: str | None = None,
) -> list[Coverage]:
    """The ledger's rows, newest day first."""
    statement = sa.select(Coverage).order_by(Coverage.day.desc(), Coverage.endpoint, Coverage.item)
    if endpoint:
        statement = statement.where(Coverage.endpoint == endpoint)
    if since:
        statement = statement.where(Coverage.day >= since)
    if until:
        statement = statement.where(Coverage.day <= until)
    if status:
        statement = statement.where(Coverage.status == status)
    return list(await session.scalars(statement))


async def notes(session: AsyncSession, since: date | None = None, until: date | None = None) -> list[Coverage]:
    """What the ledger has to say of days that did not fail, newest first: values left out, days in an archive."""
    statement = (
        sa.select(Coverage)
        .where(Coverage.status != "failed", Coverage.reason.is_not(None), Coverage.reason != PARTLY)
        .order_by(Coverage.day.desc(), Coverage.endpoint)
    )
    if since:
        statement = statement.where(Coverage.day >= since)
    if until:
        statement = statement.where(Coverage.day <= until)
    return list(await session.scalars(statement))


class LeftOut(NamedTuple):
    """Values of one metric that Garmin's answers held and that could not be taken for one cause."""

    #: Like "heart_rate as text".
    what: str
    values: int
    days: int
    newest: date


async def left_out(session: AsyncSession) -> list[LeftOut]:
    """All that was left out, the most first."""
    rows = await session.execute(
        sa.select(Coverage.day, Coverage.reason).where(
            Coverage.status.in_(["fetched", "empty"]), Coverage.reason.is_not(None)
        )
    )
    found: dict[str, LeftOut] = {}
    for day, reason in rows:
        for count, what in _LEFT_OUT.findall(reason or ""):
            known = found.get(what, LeftOut(what, 0, 0, day))
            found[what] = LeftOut(what, known.values + int(count), known.days + 1, max(known.newest, day))
    return sorted(found.values(), key=lambda each: each.values, reverse=True)


class Cause(NamedTuple):
    """Why days of an endpoint failed."""

    endpoint: str
    reason: str
    days: int
    newest: date


async def causes(session: AsyncSession) -> list[Cause]:
    """Failures by endpoint and cause, the most days first."""
    rows = await session.execute(
        sa.select(Coverage.endpoint, Coverage.reason, Coverage.day)
        .where(Coverage.status == "failed")
        .order_by(Coverage.day)
    )
    found: dict[tuple[str, str], Cause] = {}
    for endpoint, reason, day in rows:
        key = endpoint, _without_numbers(reason)
        found[key] = Cause(endpoint, reason or "", found[key].days + 1 if key in found else 1, day)
    return sorted(found.values(), key=lambda each: each.days, reverse=True)


async def totals(session: AsyncSession, since: date | None = None, until: date | None = None) -> list[Totals]:
    """Counts by endpoint and status."""
    statement = (
        sa.select(
            Coverage.endpoint,
            Coverage.status,
            sa.func.count(),
            sa.func.min(Coverage.day, type_=Coverage.day.type),
            sa.func.max(Coverage.day, type_=Coverage.day.type),
        )
        .group_by(Coverage.endpoint, Coverage.status)
        .order_by(Coverage.endpoint, Coverage.status)
    )
    if since:
        statement = statement.where(Coverage.day >= since)
    if until:
        statement = statement.where(Coverage.day <= until)
    return [Totals(*row) for row in await session.execute(statement)]


async def from_files(
    session: AsyncSession, since: date | None = None, until: date | None = None
) -> dict[str, dict[str, int]]:
    """By endpoint and source, how many days came from files and not from Garmin's answers."""
    statement = (
        sa.select(Coverage.endpoint, Coverage.source, sa.func.count())
        .where(Coverage.source != "api")
        .group_by(Coverage.endpoint, Coverage.source)
        .order_by(Coverage.endpoint, Coverage.source)
    )
    if since:
        statement = statement.where(Coverage.day >= since)
    if until:
        statement = statement.where(Coverage.day <= until)
    found: dict[str, dict[str, int]] = {}
    for endpoint, source, count in await session.execute(statement):
        found.setdefault(endpoint, {})[source] = count
    return found


class Day(NamedTuple):
    """A day of an endpoint: how it went, and what there is to say of a failure."""

    endpoint: str
    day: date
    status: str
    reason: str | None
    attempts: int
    next_try_at: datetime | None
    #: Where its values came from.
    source: str = "api"


async def by_day(
    session: AsyncSession, account_id: UUID, endpoints: Sequence[str], first: date, last: date
) -> list[Day]:
    """The ledger of some days, for a calendar of a month; each endpoint's days lie together in the key."""
    columns = (Coverage.endpoint, Coverage.day, Coverage.status)
    rows = await session.execute(
        sa.select(*columns, Coverage.reason, Coverage.attempts, Coverage.next_try_at, Coverage.source).where(
            Coverage.garmin_connect_account_id == account_id,
            Coverage.endpoint.in_(endpoints),
            Coverage.day.between(first, last),
        )
    )
    return [Day(*row) for row in rows]


class Month(NamedTuple):
    """A month of an endpoint: how many of its days have which status."""

    endpoint: str
    #: Its first day.
    month: date
    days: dict[str, int]


async def by_month(session: AsyncSession, account_id: UUID) -> list[Month]:
    """The ledger of health in months, for a calendar of years; grouped by the database."""
    sqlite = session.get_bind().dialect.name == "sqlite"
    name = sa.func.substr(Coverage.day, 1, 7) if sqlite else sa.func.to_char(Coverage.day, "YYYY-MM")
    month = sa.type_coerce(name, sa.Text).label("month")
    rows = await session.execute(
        sa.select(Coverage.endpoint, month, Coverage.status, sa.func.count())
        .where(Coverage.garmin_connect_account_id == account_id, Coverage.endpoint != ACTIVITY_FILE)
        .group_by(Coverage.endpoint, month, Coverage.status)
    )
    found: dict[tuple[str, str], dict[str, int]] = {}
    for endpoint, written, status, count in rows:
        found.setdefault((endpoint, written), {})[status] = count
    return [
        Month(endpoint, date.fromisoformat(f"{written}-01"), counts)
        for (endpoint, written), counts in sorted(found.items())
    ]
