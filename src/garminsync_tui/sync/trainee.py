"""The athlete as workouts know one: thresholds and zones of today, recent races, usual speeds."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any, get_args

from ..config import Config
from ..store import figures
from ..store.database import Database
from ..workouts.athlete import Athlete
from ..workouts.definition import Sport
from .athlete import Athletes

#: How long a race says something, and how long a habit.
_RACES, _HABITS = timedelta(days=90), timedelta(days=42)
_FEWEST = 5
_SPORTS = frozenset(get_args(Sport))


async def athlete_today(database: Database, config: Config, today: date | None = None) -> Athlete:
    """Who trains now."""
    today = today or datetime.now().astimezone().date()
    athletes = await Athletes.load(database, config)
    async with database.read() as session:
        recent = await figures.since(session, today - _HABITS)
        runs = await figures.best_runs_s(session, today - _RACES)
    watch: Mapping[str, Any] = next((found["wearer"] for _, _, found in recent if found.get("wearer")), {})
    known = athletes.on(today, watch)
    bounds = tuple(float(bpm) for bpm in watch.get("heart_rate_zone_bounds_bpm") or ())
    return Athlete(
        sex=known.sex,
        resting_heart_rate_bpm=known.resting_heart_rate_bpm,
        max_heart_rate_bpm=known.max_heart_rate_bpm,
        threshold_heart_rate_bpm=known.threshold_heart_rate_bpm,
        threshold_power_w=known.threshold_power_w,
        threshold_speed_mps=known.threshold_speed_mps,
        critical_swim_speed_mps=known.critical_swim_speed_mps,
        heart_rate_zones_bpm=bounds,
        usual_speeds_mps=_usual_speeds(((sport, found) for _, sport, found in recent), bounds),
        best_runs_s=runs,
    )


def _usual_speeds(
    recent: Iterable[tuple[str, Mapping[str, Any]]], bounds: tuple[float, ...]
) -> dict[tuple[Sport, int | None], float]:
    """The median speed of each sport, and of what was done in each zone on average, where there is enough of it."""
    speeds: dict[tuple[str, int | None], list[float]] = defaultdict(list)
    for sport, found in recent:
        speed, beats = found.get("avg_speed_mps"), found.get("avg_heart_rate_bpm")
        if not speed or sport not in _SPORTS:
            continue
        speeds[sport, None].append(speed)
        if beats and bounds and (zone := bisect_right(bounds, beats)):
            speeds[sport, zone].append(speed)
    return {key: median(found) for key, found in speeds.items() if len(found) >= _FEWEST}  # type: ignore[misc]
