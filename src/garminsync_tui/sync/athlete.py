"""Who trained, day by day: thresholds from the settings, else the watch, else what Garmin had found by then."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from statistics import median
from typing import Any

from ..config import Config
from ..store import health
from ..store.database import Database
from .assess import Athlete

#: What of an athlete (see `assess.py`) each setting gives.
SETTINGS = {
    **{
        name: f"athlete.{name}"
        for name in (
            "sex",
            "max_heart_rate_bpm",
            "resting_heart_rate_bpm",
            "threshold_heart_rate_bpm",
            "threshold_power_w",
        )
    },
    "threshold_speed_mps": "athlete.threshold_pace_s_per_km",
    "critical_swim_speed_mps": "athlete.swim_pace_s_per_100m",
}
_RESTING_DAYS = 30
_METRES_OF_PACE = {"threshold_pace_s_per_km": 1000, "swim_pace_s_per_100m": 100}


class Athletes:
    """The athlete of any day. What was found out later never changes an earlier day."""

    def __init__(self, chosen: Mapping[str, Any], series: Mapping[str, Sequence[health.StoredDay]]) -> None:
        self._chosen = chosen
        self._days = {name: [row.day for row in rows] for name, rows in series.items()}
        self._values = {name: [row.last for row in rows] for name, rows in series.items()}

    @classmethod
    async def load(cls, database: Database, config: Config) -> Athletes:
        """Everything that is known now."""
        names = ("resting_heart_rate", "lactate_threshold_hr", "lactate_threshold_speed", "ftp_cycling")
        async with database.read() as session:
            series = {name: await health.daily(session, name, date.min, date.max) for name in names}
        chosen = {name: config.latest(f"athlete.{name}") for name in (*_NUMBERS, *_METRES_OF_PACE, "sex")}
        return cls(chosen, series)

    def on(self, day: date, watch: Mapping[str, Any]) -> Athlete:
        """The athlete of a day, with what the watch wrote into that day's file (see `measure.py`)."""
        return Athlete(
            sex=self._chosen["sex"] or watch.get("sex"),
            resting_heart_rate_bpm=self._first("resting_heart_rate_bpm", self._resting(day), watch),
            max_heart_rate_bpm=self._first("max_heart_rate_bpm", None, watch),
            threshold_heart_rate_bpm=self._first(
                "threshold_heart_rate_bpm", self._latest("lactate_threshold_hr", day), watch
            ),
            threshold_power_w=self._first("threshold_power_w", self._latest("ftp_cycling", day), watch),
            threshold_speed_mps=self._speed("threshold_pace_s_per_km") or self._latest("lactate_threshold_speed", day),
            critical_swim_speed_mps=self._speed("swim_pace_s_per_100m"),
        )

    def _first(self, name: str, found: float | None, watch: Mapping[str, Any]) -> float | None:
        # A resting heart rate of many nights is better than the one that somebody typed into the watch once.
        order = (found, watch.get(name)) if name == "resting_heart_rate_bpm" else (watch.get(name), found)
        return self._chosen[name] or order[0] or order[1]

    def _speed(self, name: str) -> float | None:
        pace_s = self._chosen[name]
        return _METRES_OF_PACE[name] / pace_s if pace_s else None

    def _latest(self, metric: str, day: date) -> float | None:
        """What was last found by the end of a day."""
        count = bisect_right(self._days[metric], day)
        return self._values[metric][count - 1] if count else None

    def _resting(self, day: date) -> float | None:
        """The median of the 30 days up to a day."""
        days = self._days["resting_heart_rate"]
        since = bisect_left(days, day - timedelta(days=_RESTING_DAYS - 1))
        found = self._values["resting_heart_rate"][since : bisect_right(days, day)]
        return median(found) if found else None


_NUMBERS = ("max_heart_rate_bpm", "resting_heart_rate_bpm", "threshold_heart_rate_bpm", "threshold_power_w")
