"""When a schedule's turns begin: the same for every process that asks."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from ..dates import zone_of

if TYPE_CHECKING:
    from ..models import Schedule
    from ..store.glance import Turns

#: Of the interval, so that not everybody asks at the full hour.
_JITTER = 0.1
#: At most so long after the time of day that somebody chose.
_DAILY_JITTER_S = 300
_DAY = timedelta(days=1)


def slot_of(schedule: Schedule | Turns, moment: datetime) -> str:
    """Which turn of `schedule` it is at `moment`: its number, or the date of a daily one."""
    if schedule.daily_at:
        return _day_of(schedule, schedule.daily_at, moment).isoformat()
    return str(_number_of(schedule, moment))


def next_turn(schedule: Schedule | Turns, moment: datetime) -> datetime:
    """When the turn after the one at `moment` begins."""
    if at := schedule.daily_at:
        return _begins(schedule, at, _day_of(schedule, at, moment) + _DAY)
    return datetime.fromtimestamp((_number_of(schedule, moment) + 1) * schedule.every_s + _offset_s(schedule), UTC)


def _number_of(schedule: Schedule | Turns, moment: datetime) -> int:
    return int((moment.timestamp() - _offset_s(schedule)) // schedule.every_s)


def _offset_s(schedule: Schedule | Turns) -> float:
    return _chance(schedule).uniform(-_JITTER, _JITTER) * schedule.every_s


def _day_of(schedule: Schedule | Turns, at: str, moment: datetime) -> date:
    """The local date whose turn it is. A date has one, whether it has 23 hours or 25."""
    day = moment.astimezone(zone_of(schedule.time_zone)).date()
    while moment < _begins(schedule, at, day):
        day -= _DAY
    return day


def _begins(schedule: Schedule | Turns, at: str, day: date) -> datetime:
    # Of a time that comes twice this is the first; one that is skipped comes as long after the clocks change.
    local = datetime.combine(day, time.fromisoformat(at), zone_of(schedule.time_zone))
    return local.astimezone(UTC) + timedelta(seconds=_chance(schedule).uniform(0, _DAILY_JITTER_S))


def _chance(schedule: Schedule | Turns) -> random.Random:
    return random.Random(schedule.garmin_connect_account_id.int ^ schedule.every_s)  # noqa: S311 - no secret
