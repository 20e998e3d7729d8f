"""Activities: written page by page, read by filter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ..columns import now
from ..errors import UsageProblem
from ..filters import Condition
from ..ids import new_id
from ..models import Activity
from . import figures
from .upsert import insert, is_changed

_ORDERS: dict[str, Any] = {
    "date": Activity.start_time,
    "dist": Activity.distance,
    "time": Activity.duration,
    "name": sa.func.lower(Activity.name),
    "type": Activity.activity_type,
    "kcal": Activity.calories,
}
_FROM_GARMIN = (
    "activity_type",
    "start_time",
    "duration",
    "distance",
    "calories",
    "name",
    "utc_offset_s",
    "extra",
)


# An activity of another type, or of another day, has other figures.
_DECIDES_FIGURES = {"activity_type", "start_time", "utc_offset_s"}


async def stored(session: AsyncSession, account_id: UUID, garmin_ids: Iterable[str]) -> dict[str, Activity]:
    """Those of `garmin_ids` that are already here."""
    rows = await session.scalars(
        sa.select(Activity).where(
            Activity.garmin_connect_account_id == account_id,
            Activity.garmin_activity_id.in_(list(garmin_ids)),
        )
    )
    return {row.garmin_activity_id: row for row in rows}


async def save(session: AsyncSession, account_id: UUID, rows: Sequence[dict[str, Any]]) -> int:
    """Insert new activities and update those that differ; the number of rows written.

    A row that is the same as before is not touched: its `synced_at` stays.
    """
    written = 0
    for row in rows:
        values = {_column(name): value for name, value in row.items()}
        statement = insert(session, Activity).values(
            id=new_id(), garmin_connect_account_id=account_id, synced_at=now(), created_at=now(), **values
        )
        changing = [name for name in values if name != "garmin_activity_id"]
        result = await session.execute(
            statement.on_conflict_do_update(
                index_elements=["garmin_connect_account_id", "garmin_activity_id"],
                set_={name: statement.excluded[name] for name in changing}
                | {"synced_at": now(), "remote_deleted_at": None},
                where=is_changed(Activity, statement, changing),
            ).returning(Activity.__table__.c.id)
        )
        written += len(result.all())
    return written


async def update_summary(session: AsyncSession, activity: Activity, values: dict[str, Any]) -> bool:
    """Take over what was edited at Garmin; the file and its columns stay. True if anything differed."""
    changed = {
        name: values[name]
        for name in _FROM_GARMIN
        if name in values and getattr(activity, name) != _kept(activity, name, values[name])
    }
    if not changed and activity.remote_deleted_at is None:
        return False
    if changed.keys() & _DECIDES_FIGURES:
        await figures.forget(session, activity.id)
    changed = {name: _kept(activity, name, value) for name, value in changed.items()}
    await session.execute(
        sa.update(Activity)
        .where(Activity.id == activity.id)
        .values(
            {getattr(Activity, name): value for name, value in changed.items()}
            | {Activity.synced_at: now(), Activity.remote_deleted_at: None}
        )
    )
    return True


async def change(session: AsyncSession, activity_id: UUID, values: dict[str, Any]) -> None:
    """Write columns of one activity; what was computed from its file before is forgotten."""
    await figures.forget(session, activity_id)
    columns = {getattr(Activity, name): value for name, value in values.items()}
    await session.execute(
        sa.update(Activity).where(Activity.id == activity_id).values(columns | {Activity.synced_at: now()})
    )


def _kept(activity: Activity, name: str, value: Any) -> Any:
    """What we noted about the file stays in `metadata` beside what Garmin says."""
    if name != "extra":
        return value
    ours = {key: item for key, item in (activity.extra or {}).items() if key in {"file_origin", "file_problem"}}
    return {**(value or {}), **ours}


def _column(attribute: str) -> str:
    return "metadata" if attribute == "extra" else attribute


async def created_since(session: AsyncSession, account_id: UUID, moment: datetime) -> int:
    """How many activities of an account were stored first after a moment."""
    statement = sa.select(sa.func.count()).where(
        Activity.garmin_connect_account_id == account_id, Activity.created_at > moment
    )
    return await session.scalar(statement) or 0


async def others(session: AsyncSession, account_id: UUID, garmin_ids: set[str]) -> list[UUID]:
    """The stored activities that are not among `garmin_ids`."""
    rows = await session.execute(
        sa.select(Activity.id, Activity.garmin_activity_id).where(Activity.garmin_connect_account_id == account_id)
    )
    return [row.id for row in rows if row.garmin_activity_id not in garmin_ids]


async def mark_deleted(session: AsyncSession, activity_ids: Iterable[UUID]) -> None:
    """Garmin's copy is gone; ours stays and says so."""
    await session.execute(
        sa.update(Activity)
        .where(Activity.id.in_(list(activity_ids)), Activity.remote_deleted_at.is_(None))
        .values(remote_deleted_at=now())
    )


async def find(
    session: AsyncSession,
    conditions: Sequence[Condition] = (),
    *,
    order: str = "date",
    descending: bool = True,
    limit: int | None = None,
    offset: int = 0,
) -> list[Activity]:
    """The activities that meet all conditions."""
    statement = sa.select(Activity).where(*(where(session, condition) for condition in conditions))
    statement = statement.order_by(*in_order(order, descending))
    return list(await session.scalars(statement.limit(limit).offset(offset)))


def in_order(order: str, descending: bool) -> tuple[Any, Any]:
    """What a statement is to be ordered by; what has no value comes last."""
    column = _ORDERS[order]
    return (column.desc() if descending else column.asc()).nulls_last(), Activity.id.desc()


async def count(session: AsyncSession, conditions: Sequence[Condition] = ()) -> int:
    """How many activities meet all conditions."""
    statement = sa.select(sa.func.count()).select_from(Activity)
    return await session.scalar(statement.where(*(where(session, condition) for condition in conditions))) or 0


async def one(session: AsyncSession, name: str) -> Activity:
    """An activity by Garmin's id, our id or the end of our id. Raises UsageProblem."""
    wanted = name.strip().lower()
    found = list(await session.scalars(sa.select(Activity).where(Activity.garmin_activity_id == wanted).limit(2)))
    if not found and len(wanted.replace("-", "")) >= 4:
        ids = await session.execute(sa.select(Activity.id))
        tail = wanted.replace("-", "")
        matches = [row.id for row in ids if row.id.hex.endswith(tail)]
        if len(matches) == 1:
            found = [await session.get_one(Activity, matches[0])]
    if not found:
        raise UsageProblem(f"There is no activity {name!r}.", hint="`garminsync activities list` shows their ids.")
    return found[0]


def where(session: AsyncSession, condition: Condition) -> Any:
    """A condition of a filter in SQL."""
    value: Any = condition.value
    column: Any
    if condition.field == "start":
        # Local dates: the activity's own offset decides which day it was.
        column = Activity.start_time
        value = datetime.combine(value, time(), UTC)
        local = _shifted(session)
        return local >= value if condition.sign == ">=" else local < value
    if condition.field == "type":
        if condition.sign == "=":
            return Activity.activity_type == value
        return Activity.activity_type.contains(value, autoescape=True)
    if condition.field == "name":
        column = sa.func.lower(sa.func.coalesce(Activity.name, ""))
        return column == value if condition.sign == "=" else column.contains(value, autoescape=True)
    column = {
        "dist": Activity.distance,
        "time": Activity.duration,
        "kcal": Activity.calories,
        "hr": number_in_summary(session, "averageHR"),
        "climb": number_in_summary(session, "elevationGain"),
    }[condition.field]
    compare: dict[str, Any] = {
        "<": column < value,
        "<=": column <= value,
        ">": column > value,
        ">=": column >= value,
        "=": column == value,
    }
    return compare[condition.sign]


def _shifted(session: AsyncSession) -> Any:
    offset = sa.func.coalesce(Activity.utc_offset_s, 0)
    if is_sqlite(session):
        return sa.type_coerce(sa.type_coerce(Activity.start_time, sa.Integer) + offset * 1000, Activity.start_time.type)
    return Activity.start_time + sa.func.make_interval(0, 0, 0, 0, 0, 0, sa.cast(offset, sa.Double))


def number_in_summary(session: AsyncSession, key: str) -> Any:
    """A number of the summary that Garmin gave; nothing where it is none."""
    column = Activity.extra
    if is_sqlite(session):
        return sa.func.json_extract(sa.type_coerce(column, sa.Text), f"$.{key}", type_=sa.REAL())
    is_number = sa.func.jsonb_typeof(sa.func.jsonb_extract_path(column, key)) == "number"
    return sa.case((is_number, sa.cast(sa.func.jsonb_extract_path_text(column, key), sa.Double)))


def is_sqlite(session: AsyncSession) -> bool:
    """Whether a session speaks to SQLite; else it is PostgreSQL."""
    return session.get_bind().dialect.name == "sqlite"
