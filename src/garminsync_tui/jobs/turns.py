"""When a schedule's turns begin: the same for every process that asks."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..models import Schedule
    from ..store.glance import Turns

#: Of the interval, so that not everybody asks at the full hour.
_JITTER = 0.1


def slot_of(schedule: Schedule | Turns, moment: datetime) -> int:
    """Which turn of `schedule` it is at `moment`."""
    return int((moment.timestamp() - _offset_s(schedule)) // schedule.every_s)


def next_turn(schedule: Schedule | Turns, moment: datetime) -> datetime:
    """When the turn after the one at `moment` begins."""
    return datetime.fromtimestamp((slot_of(schedule, moment) + 1) * schedule.every_s + _offset_s(schedule), UTC)


def _offset_s(schedule: Schedule | Turns) -> float:
    seed = schedule.garmin_connect_account_id.int ^ schedule.every_s
    return random.Random(seed).uniform(-_JITTER, _JITTER) * schedule.every_s  # noqa: S311 - no secret
