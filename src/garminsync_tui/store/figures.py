"""What was computed from activity files, written; `records.py` reads it for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ..columns import Document, now
from ..models import Activity, ActivityBest, ActivityFigures
from .upsert import insert

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Waiting(NamedTuple):
    """An activity whose figures are missing, of an older version, or of another file than it has now."""

    activity: Activity

    @property
    def day(self) -> date:
        """The local day on which it started."""
        return (self.activity.start_time + timedelta(seconds=self.activity.utc_offset_s or 0)).date()


@dataclass(frozen=True, slots=True)
class Row:
    """Everything computed of one activity. `bests` are (kind, span, value, starts_at in ms since 1970, note)."""

    activity_id: UUID
    version: int
    sha256: bytes
    sport: str
    day: date
    figures: dict[str, Any]
    bests: Sequence[tuple[str, float, float, int, str | None]]
    load: float | None
    load_basis: str | None
    athlete: dict[str, Any]
    problem: str | None = None


class Assessed(NamedTuple):
    """A load, and what it was derived from."""

    activity_id: UUID
    sport: str
    day: date
    load: float | None
    load_basis: str | None
    athlete: dict[str, Any] | None
    watch: dict[str, Any] | None


async def waiting(
    session: AsyncSession,
    version: int,
    limit: int,
    *,
    before: datetime | None = None,
    ids: Iterable[UUID] | None = None,
) -> list[Waiting]:
    """The newest activities that are to be computed (again), those that started before a moment where one is given."""
    statement = _waiting(sa.select(Activity), version).order_by(Activity.start_time.desc(), Activity.id).limit(limit)
    if ids is not None:
        statement = statement.where(Activity.id.in_(list(ids)))
    return [Waiting(activity) for activity in await session.scalars(statement)]


async def count_waiting(session: AsyncSession, version: int) -> int:
    """How many activities are to be computed (again)."""
    return await session.scalar(_waiting(sa.select(sa.func.count()).select_from(Activity), version)) or 0


def _waiting(statement: sa.Select[Any], version: int) -> sa.Select[Any]:
    figures = ActivityFigures
    return statement.outerjoin(figures, figures.activity_id == Activity.id).where(
        sa.or_(figures.activity_id.is_(None), figures.version < version, figures.sha256 != Activity.sha256)
    )


async def save(session: AsyncSession, rows: Sequence[Row]) -> None:
    """Write figures and best efforts in the place of what was there of the same activities."""
    if not rows:
        return
    statement = insert(session, ActivityFigures)
    written = ("version", "sha256", "sport", "day", "figures", "load", "load_basis", "athlete", "problem")
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["activity_id"],
            set_={name: statement.excluded[name] for name in written} | {"computed_at": now()},
        ),
        [{"activity_id": row.activity_id, **{name: getattr(row, name) for name in written}} for row in rows],
    )
    await session.execute(
        sa.delete(ActivityBest).where(ActivityBest.activity_id.in_([row.activity_id for row in rows]))
    )
    bests = [
        {
            "activity_id": row.activity_id,
            "kind": kind,
            "span": span,
            "value": value,
            "sport": row.sport,
            "starts_at": _EPOCH + timedelta(milliseconds=starts_at_ms),
            "note": note,
        }
        for row in rows
        for kind, span, value, starts_at_ms, note in row.bests
    ]
    if bests:
        await session.execute(insert(session, ActivityBest), bests)


async def assessed(session: AsyncSession) -> list[Assessed]:
    """Every load with what it was derived from: narrow, for there are thousands."""
    f = ActivityFigures
    if session.get_bind().dialect.name == "sqlite":
        watch = sa.func.json_extract(sa.type_coerce(f.figures, sa.Text), "$.wearer", type_=Document())
    else:
        watch = sa.func.jsonb_extract_path(f.figures, "wearer", type_=Document())
    rows = await session.execute(
        sa.select(f.activity_id, f.sport, f.day, f.load, f.load_basis, f.athlete, watch.label("watch"))
    )
    return [Assessed(*row) for row in rows]


async def figures_of(session: AsyncSession, activity_ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """The figures of some activities."""
    f = ActivityFigures
    rows = await session.execute(sa.select(f.activity_id, f.figures).where(f.activity_id.in_(activity_ids)))
    return {row.activity_id: row.figures for row in rows}


async def since(session: AsyncSession, day: date) -> list[tuple[date, str, dict[str, Any]]]:
    """Day, sport and figures of the activities from a day on, the newest first."""
    f = ActivityFigures
    rows = await session.execute(sa.select(f.day, f.sport, f.figures).where(f.day >= day).order_by(f.day.desc()))
    return [(row.day, row.sport, row.figures) for row in rows]


async def best_runs_s(session: AsyncSession, day: date) -> dict[float, float]:
    """The fastest times over distances that were run from a day on: seconds by metres."""
    b = ActivityBest
    started = datetime(day.year, day.month, day.day, tzinfo=UTC)
    rows = await session.execute(
        sa.select(b.span, sa.func.min(b.value))
        .where(b.kind == "distance", b.sport == "running", b.note.is_(None), b.starts_at >= started)
        .group_by(b.span)
    )
    return {row[0]: row[1] for row in rows}


async def set_loads(
    session: AsyncSession, loads: Sequence[tuple[UUID, float | None, str | None, dict[str, Any]]]
) -> None:
    """Write loads that were derived again: (activity, load, basis, athlete)."""
    table = ActivityFigures.__table__
    statement = (
        sa.update(ActivityFigures)
        .where(table.c.activity_id == sa.bindparam("of_activity"))
        .values(load=sa.bindparam("new_load"), load_basis=sa.bindparam("basis"), athlete=sa.bindparam("by_athlete"))
    )
    connection = await session.connection()
    await connection.execute(
        statement,
        [
            {"of_activity": activity_id, "new_load": load, "basis": basis, "by_athlete": athlete}
            for activity_id, load, basis, athlete in loads
        ],
    )


async def forget(session: AsyncSession, activity_id: UUID) -> None:
    """Remove what was computed of an activity, so that it is computed again."""
    for table in (ActivityFigures, ActivityBest):
        await session.execute(sa.delete(table).where(table.activity_id == activity_id))


async def forget_failed(session: AsyncSession, activity_ids: Sequence[UUID]) -> None:
    """Of some activities whose file is whole again: what could not be computed of it is computed again."""
    f = ActivityFigures
    await session.execute(sa.delete(f).where(f.activity_id.in_(activity_ids), f.problem.is_not(None)))
