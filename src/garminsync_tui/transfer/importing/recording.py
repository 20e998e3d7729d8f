"""One recording read for its row: what the file itself says of the activity, in the words of Garmin's list.

`metadata` has the keys and units that Garmin's list has, so that filters, totals and screens need not know where an
activity came from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import floor, isnan
from pathlib import Path
from typing import Any

from ...errors import FileDamaged
from ...formats import Session, Track, read_track, validate
from ...formats.fit_encoding import FIT_EPOCH_S
from ...formats.fit_identity import FIRST_CLOCK_TIME, FitIdentity, fit_identity
from .sports import activity_type

_FIRST_FIT_CLOCK = datetime.fromtimestamp(FIT_EPOCH_S + FIRST_CLOCK_TIME, UTC)
_FIRST_CLOCK = datetime(1980, 1, 6, tzinfo=UTC)  # of GPS: nothing older carries a time of a satellite
_LONGEST_S = 366 * 86_400
_FARTHEST_M, _MOST_KCAL = 1e8, 1e6


class NotAnActivity(Exception):
    """A whole file in which no activity is; the words are half a sentence."""


@dataclass(frozen=True, slots=True)
class Recording:
    """What a file tells: times in UTC, seconds, metres, kcal."""

    file_type: str
    activity_type: str
    start: datetime
    utc_offset_s: int | None
    duration_s: float
    elapsed_s: float | None
    distance_m: float | None
    calories_kcal: float | None
    #: What the row's `metadata` takes over.
    extra: dict[str, Any]
    #: What is wrong with the file, of which something could be read all the same.
    problem: str | None
    identity: FitIdentity

    @property
    def duration(self) -> int:
        """Whole seconds, rounded half up."""
        return floor(self.duration_s + 0.5)


def read_recording(path: Path, file_type: str, name: str) -> Recording:
    """Read a file that is `name` to people. Raises FileDamaged, and NotAnActivity with the reason."""
    problem = None
    try:
        validate(path, file_type)
    except FileDamaged as damage:
        problem = damage.reason
    try:
        track = read_track(path)
    except FileDamaged as damage:
        raise FileDamaged(name, damage.reason) from None
    identity = fit_identity(path.read_bytes()) if file_type == "FIT" else FitIdentity()
    summary = track.summary()
    if not len(track) and not track.sessions and not track.laps:
        if problem is not None:
            raise FileDamaged(name, problem)
        raise NotAnActivity("holds no recording")
    start = summary.start
    if start is None:
        raise NotAnActivity("has no times: a course or a route, nothing that took place")
    _require_clock(start, file_type)
    duration = _within(summary.duration_s, _LONGEST_S)
    elapsed = _within(summary.elapsed_s, _LONGEST_S)
    return Recording(
        file_type=file_type,
        activity_type=_type(track),
        start=start.replace(microsecond=0),
        utc_offset_s=identity.utc_offset_s,
        duration_s=duration if duration is not None else elapsed or 0.0,
        elapsed_s=elapsed,
        distance_m=_within(summary.distance_m, _FARTHEST_M),
        calories_kcal=_within(summary.calories_kcal, _MOST_KCAL),
        extra=_extra(track, elapsed, _within(summary.moving_s, _LONGEST_S)),
        problem=problem,
        identity=identity,
    )


def _require_clock(start: datetime, file_type: str) -> None:
    if start < (_FIRST_FIT_CLOCK if file_type == "FIT" else _FIRST_CLOCK):
        raise NotAnActivity(f"says {start:%Y-%m-%d}: its device's clock was not set, so nobody knows its day")
    if start > datetime.now(UTC) + timedelta(days=2):
        raise NotAnActivity(f"says {start:%Y-%m-%d}: its device's clock was wrong, so nobody knows its day")


def _type(track: Track) -> str:
    kinds = list(dict.fromkeys(activity_type(each.sport, each.sub_sport) for each in track.sessions))
    sports = [kind for kind in kinds if kind != "transition"]
    if len(sports) > 1:
        return "multi_sport"
    return (sports or kinds or ["other"])[0]


def _within(value: float | None, most: float) -> float | None:
    return value if value is not None and 0 <= value <= most else None


# ── In the words of Garmin's list ────────────────────────────────────────────────────────────────────────


def _extra(track: Track, elapsed_s: float | None, moving_s: float | None) -> dict[str, Any]:
    sessions = track.sessions
    heart_rates = [each for each in track.heart_rate_bpm if not isnan(each)]
    found: dict[str, Any] = {
        "elapsedDuration": elapsed_s,
        "movingDuration": moving_s,
        "averageHR": _mean(sessions, lambda each: each.avg_heart_rate_bpm)
        or (round(sum(heart_rates) / len(heart_rates)) if heart_rates else None),
        "maxHR": _most(each.max_heart_rate_bpm for each in sessions) or max(heart_rates, default=None),
        "averageSpeed": _mean(sessions, lambda each: each.avg_speed_mps),
        "maxSpeed": _most(each.max_speed_mps for each in sessions),
        "elevationGain": _sum(each.ascent_m for each in sessions),
        "elevationLoss": _sum(each.descent_m for each in sessions),
        "avgPower": _mean(sessions, lambda each: each.avg_power_w),
        "maxPower": _most(each.max_power_w for each in sessions),
        "normPower": sessions[0].normalized_power_w if len(sessions) == 1 else None,
        "trainingStressScore": sessions[0].training_stress if len(sessions) == 1 else None,
        "activityTrainingLoad": _sum(each.training_load for each in sessions),
        "lapCount": len(track.laps) or None,
        "hasPolyline": track.has("latitude_deg") or None,
    }
    if len(sessions) > 1:
        found["children"] = [_child(each) for each in sessions]
    return {key: value for key, value in found.items() if value is not None}


def _child(session: Session) -> dict[str, Any]:
    found: dict[str, Any] = {
        "activityType": activity_type(session.sport, session.sub_sport),
        "startTimeGMT": f"{session.start:%Y-%m-%d %H:%M:%S}" if session.start else None,
        "duration": _within(session.duration_s, _LONGEST_S),
        "elapsedDuration": _within(session.elapsed_s, _LONGEST_S),
        "distance": _within(session.distance_m, _FARTHEST_M),
    }
    return {key: value for key, value in found.items() if value is not None}


def _mean(sessions: Iterable[Session], value: Callable[[Session], float | None]) -> float | None:
    """The sessions' values, each weighing as much as it is long."""
    parts = [(found, each.duration_s or 1.0) for each in sessions if (found := value(each)) is not None]
    weight = sum(weight for _, weight in parts)
    return sum(found * weight for found, weight in parts) / weight if weight else None


def _most(values: Iterable[float | None]) -> float | None:
    return max((value for value in values if value is not None), default=None)


def _sum(values: Iterable[float | None]) -> float | None:
    there = [value for value in values if value is not None]
    return sum(there) if there else None
