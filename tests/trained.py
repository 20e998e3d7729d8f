"""Activities with what was computed from them, as tests want them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from garminsync_tui.ids import new_id
from garminsync_tui.models import Activity, ActivityBest, ActivityFigures
from garminsync_tui.training.sports import sport_of


@dataclass(frozen=True)
class Effort:
    """See ActivityBest."""

    kind: str
    span: float
    value: float
    note: str | None = None


@dataclass(frozen=True)
class Trained:
    """An activity, by default an hour of running; `starts` is UTC."""

    starts: datetime
    activity_type: str = "running"
    utc_offset_s: int | None = 3600
    duration: int = 3600
    distance: float | None = 12_000.0
    calories: float | None = 700.0
    climb: Any = 50.0
    name: str | None = "Morning run"
    computed: bool = True
    load: float | None = None
    basis: str | None = None
    problem: str | None = None
    efforts: Sequence[Effort] = ()
    id: UUID = field(default_factory=new_id)

    @property
    def day(self) -> date:
        return (self.starts + timedelta(seconds=self.utc_offset_s or 0)).date()

    @property
    def garmin_id(self) -> str:
        return str(self.id.int % 10**12)


def at(day: date | str, hour: int = 8) -> datetime:
    """An hour of a day in UTC."""
    return datetime.combine(date.fromisoformat(day) if isinstance(day, str) else day, datetime.min.time(), UTC).replace(
        hour=hour
    )


async def add(session: AsyncSession, account_id: UUID, *activities: Trained) -> None:
    """Store activities with their figures and best efforts."""
    for each in activities:
        sha256 = each.id.bytes * 2
        session.add(
            Activity(
                id=each.id,
                garmin_connect_account_id=account_id,
                garmin_activity_id=each.garmin_id,
                activity_type=each.activity_type,
                start_time=each.starts,
                utc_offset_s=each.utc_offset_s,
                duration=each.duration,
                distance=each.distance,
                calories=each.calories,
                name=each.name,
                file_type="FIT",
                file_path=f"{each.garmin_id}.fit",
                extra=None if each.climb is None else {"elevationGain": each.climb},
                sha256=sha256,
                size_bytes=1000,
            )
        )
    await session.flush()
    for each in activities:
        if not each.computed:
            continue
        sport = sport_of(each.activity_type)
        session.add(
            ActivityFigures(
                activity_id=each.id,
                version=1,
                sha256=each.id.bytes * 2,
                sport=sport,
                day=each.day,
                figures={},
                load=each.load,
                load_basis=each.basis if each.load is not None else None,
                problem=each.problem,
            )
        )
        session.add_all(
            ActivityBest(
                activity_id=each.id,
                kind=effort.kind,
                span=effort.span,
                value=effort.value,
                sport=sport,
                starts_at=each.starts + timedelta(seconds=60),
                note=effort.note,
            )
            for effort in each.efforts
        )
    await session.flush()
