"""What Today says of a day: its cards, and its week in one line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from .. import units
from .activity_words import kind, local_start
from .widgets.card import Reading
from .widgets.glyphs import BLOCKS, Glyphs
from .widgets.sparkline import sparkline

if TYPE_CHECKING:
    from ..models import Activity
    from ..store.health import StoredDay

_DAYS = 21
#: What the cards are made of.
METRICS = (
    "sleep",
    "sleep_score",
    "sleep_deep",
    "sleep_rem",
    "resting_heart_rate",
    "hrv_last_night_avg",
    "hrv_status",
    "hrv_baseline_low",
    "hrv_baseline_high",
    "body_battery",
    "body_battery_low",
    "body_battery_charged",
    "steps_total",
    "step_goal",
    "stress_avg",
    "stress_max",
    "training_readiness",
    "recovery_time",
)
_STRESS_WORDS = ((25, "rest"), (50, "low"), (75, "medium"), (100, "high"))
_READINESS_WORDS = ((24, "poor"), (49, "low"), (74, "moderate"), (94, "high"), (100, "prime"))
_WEEK = 7


def readings(
    rollups: Mapping[str, Mapping[date, StoredDay]], loads: Mapping[date, float], day: date, system: units.Units
) -> dict[str, Reading]:
    """What each card says of `day`, with the 21 days up to it."""
    days = [day - timedelta(days=n) for n in range(_DAYS - 1, -1, -1)]

    def value(metric: str, on_day: date = day) -> float | None:
        row = rollups.get(metric, {}).get(on_day)
        return row.last if row else None

    def shown(metric: str) -> str:
        return units.metric_value(metric, value(metric), system)

    def series(metric: str) -> tuple[float | None, ...]:
        return tuple(value(metric, each) for each in days)

    def joined(*parts: tuple[str, str]) -> str:
        return " · ".join(f"{words} {shown(metric)}" for words, metric in parts if value(metric) is not None)

    def card(metric: str, word: str = "", detail: str = "") -> Reading:
        return Reading(shown(metric), word, series(metric), detail)

    week = [rate for each in days[-7:] if (rate := value("resting_heart_rate", each)) is not None]
    mean = sum(week) / len(week) if week else None
    low, high = value("hrv_baseline_low"), value("hrv_baseline_high")
    steps, goal = value("steps_total"), value("step_goal")
    done = steps / goal if steps is not None and goal else None
    stress, ready = value("stress_avg"), value("training_readiness")
    return {
        "sleep": card(
            "sleep",
            f"score {shown('sleep_score')}" if value("sleep_score") is not None else "",
            joined(("deep", "sleep_deep"), ("REM", "sleep_rem")),
        ),
        "heart": card("resting_heart_rate", detail=f"7-day avg {units.number(mean)}" if mean else ""),
        "hrv": card(
            "hrv_last_night_avg",
            shown("hrv_status") if value("hrv_status") is not None else "",
            f"range {units.number(low)}–{units.number(high)}" if low and high else "",
        ),
        "battery": card(
            "body_battery",
            f"+{shown('body_battery_charged')}" if value("body_battery_charged") is not None else "",
            joined(("low", "body_battery_low")),
        ),
        "steps": card(
            "steps_total",
            f"{done * 100:.0f} %" if done is not None else "",
            f"goal {shown('step_goal')}" if goal else "",
        ),
        "stress": card(
            "stress_avg",
            next(word for top, word in _STRESS_WORDS if stress <= top) if stress is not None else "",
            joined(("highest", "stress_max")),
        ),
        "ready": card(
            "training_readiness",
            next(word for top, word in _READINESS_WORDS if ready <= top) if ready is not None else "",
            joined(("recovery", "recovery_time")),
        ),
        "load": _load(loads, days),
    }


def _load(loads: Mapping[date, float], days: Sequence[date]) -> Reading:
    """What the seven days up to each day add up to, as `garminsync load` adds them; before the first load nothing."""
    first = min(loads, default=None)

    def week(until: date) -> float | None:
        if first is None or until < first:
            return None
        return sum(loads.get(until - timedelta(days=n), 0.0) for n in range(_WEEK))

    this, before = week(days[-1]), week(days[-1] - timedelta(days=_WEEK))
    if this is None:
        return Reading()
    word = f"{round(this - before):+d}".replace("-", "−") if before is not None else ""
    detail = f"before {units.number(before)}" if before is not None else ""
    return Reading(units.number(this), word, tuple(map(week, days)), detail)


def week_line(week: Sequence[Activity], day: date, system: units.Units, width: int, glyphs: Glyphs = BLOCKS) -> str:
    """How long was trained on each day of a week and in all, and how far in each sport, as far as there is room."""
    monday = day - timedelta(days=day.weekday())
    seconds = {monday + timedelta(days=n): 0.0 for n in range(_WEEK)}
    far: dict[str, float] = {}
    for each in week:
        start = local_start(each).date()
        if start in seconds:
            seconds[start] += each.duration or 0.0
            far[kind(each)] = far.get(kind(each), 0.0) + (each.distance or 0.0)
    bars = sparkline([0.0, *(found or None for found in seconds.values())], glyphs)[1:]
    days = "  ".join(f"{each:%a} {drawn if drawn.strip() else '·'}" for each, drawn in zip(seconds, bars, strict=True))
    parts = [f"This week  {days}", units.span(sum(seconds.values()))]
    parts += [
        f"{sport} {units.distance(far[sport], system)}"
        for sport in sorted(far, key=lambda name: -far[name])
        if far[sport]
    ]
    while len(parts) > 1 and len("   ".join(parts)) > width:
        parts.pop()
    return glyphs.words("   ".join(parts))
