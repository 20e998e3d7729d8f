"""Whether an activity is here already, brought by another door."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ..models import Activity
from ..training.sports import sport_of

_APART_S = 2.0
#: How far an edit at Garmin moves a start at most, for a file that is told by its device and time.
_AROUND = timedelta(hours=26)
#: Of a row's `metadata`: the device's serial number and when it began the file (ISO 8601), of files alone.
DEVICE_SERIAL, TIME_CREATED = "deviceSerial", "timeCreated"


@dataclass(frozen=True, slots=True)
class Traits:
    """What tells an activity apart, whichever file or list it comes from; `times_s` are durations and elapsed times."""

    start: datetime
    activity_type: str
    times_s: tuple[float, ...]
    serial: int | None = None
    time_created: datetime | None = None
    #: Of a damaged file: its end, with what tells sport and times, may be missing.
    cut_off: bool = False

    def fits(self, other: Traits) -> bool:
        """Whether both began within two seconds, are of one sport and took equally long."""
        if abs((other.start - self.start).total_seconds()) > _APART_S:
            return False
        if self.cut_off or other.cut_off:
            part, whole = (self, other) if self.cut_off else (other, self)
            same_sport = sport_of(part.activity_type) in {"other", sport_of(whole.activity_type)}
            return same_sport and min(part.times_s) <= max(whole.times_s) + _APART_S
        return sport_of(other.activity_type) == sport_of(self.activity_type) and any(
            abs(mine - its) <= _APART_S for mine in self.times_s for its in other.times_s
        )


async def find(
    session: AsyncSession, account_ids: Collection[UUID], traits: Traits, sha256: bytes | None = None
) -> Activity | None:
    """The row of the same activity in one of some accounts: by content, else by device, else by start and sport."""
    if not account_ids:
        return None
    mine = Activity.garmin_connect_account_id.in_(list(account_ids))
    rows = list(
        await session.scalars(
            sa.select(Activity)
            .where(mine, Activity.start_time.between(traits.start - _AROUND, traits.start + _AROUND))
            .order_by(Activity.start_time, Activity.id)
        )
    )
    for row in rows:
        if sha256 is not None and row.sha256 == sha256:
            return row
    for row in rows:
        if traits.serial and traits.time_created and _device(row) == (traits.serial, traits.time_created.isoformat()):
            return row
    return next((row for row in rows if traits.fits(_traits_of(row))), None)


def _traits_of(row: Activity) -> Traits:
    extra = row.extra or {}
    return Traits(row.start_time, row.activity_type, times(row.duration, extra), cut_off="file_problem" in extra)


def times(duration: float, extra: Mapping[str, Any]) -> tuple[float, ...]:
    """How long an activity took: its duration, and its elapsed time where its row tells."""
    elapsed = extra.get("elapsedDuration")
    if isinstance(elapsed, int | float) and not isinstance(elapsed, bool):
        return float(duration), float(elapsed)
    return (float(duration),)


def _device(row: Activity) -> tuple[Any, Any]:
    extra = row.extra or {}
    return extra.get(DEVICE_SERIAL), extra.get(TIME_CREATED)
