"""Daily summaries: the totals of each day, when each local day began and ended, and when a watch was worn.

Modelled: the range form of the summaries was not recorded. Its days are read in both shapes that were: the
fields of a single day's summary, and the nested ones that the same days have behind the GraphQL gateway.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from ...metrics import day_ms
from ..shapes import Collected, Readings, answer_with, calendar_date, instant_ms, number, objects

_NAME = "daily_summaries"

#: metric → where it stands in either shape.
_PLACES: Mapping[str, tuple[str, str]] = {
    "steps_total": ("totalSteps", "movement.steps.value"),
    "step_goal": ("dailyStepGoal", "movement.steps.goal"),
    "distance_total": ("totalDistanceMeters", "movement.steps.distanceInMeters"),
    "floors_ascended_total": ("floorsAscended", "movement.floorsAscended.value"),
    "floors_descended_total": ("floorsDescended", "movement.floorsDescended.value"),
    "intensity_minutes_moderate_total": ("moderateIntensityMinutes", "intensityMinutes.moderate"),
    "intensity_minutes_vigorous_total": ("vigorousIntensityMinutes", "intensityMinutes.vigorous"),
    "calories_total": ("totalKilocalories", "calories.burnedTotal"),
    "calories_active_total": ("activeKilocalories", "calories.burnedActive"),
    "calories_bmr_total": ("bmrKilocalories", "calories.burnedResting"),
    "sedentary_time_total": ("sedentarySeconds", ""),
    "active_time_total": ("activeSeconds", ""),
    "highly_active_time_total": ("highlyActiveSeconds", ""),
    "min_heart_rate": ("minHeartRate", "heartRate.minValue"),
    "max_heart_rate": ("maxHeartRate", "heartRate.maxValue"),
    "stress_avg": ("averageStressLevel", "stress.avgLevel"),
    "stress_max": ("maxStressLevel", "stress.maxLevel"),
    "body_battery_charged": ("bodyBatteryChargedValue", "bodyBattery.chargedValue"),
    "body_battery_drained": ("bodyBatteryDrainedValue", "bodyBattery.drainedValue"),
    "body_battery_high": ("bodyBatteryHighestValue", "bodyBattery.maxValue"),
    "body_battery_low": ("bodyBatteryLowestValue", "bodyBattery.minValue"),
}

METRICS_OF_A_DAY = tuple(_PLACES)

#: What only a worn watch, or a phone that counts steps, makes greater than zero.
_SIGNS_OF_WEAR = (
    "totalSteps", "minHeartRate", "maxHeartRate", "restingHeartRate", "averageStressLevel", "maxStressLevel",
    "bodyBatteryHighestValue", "sleepingSeconds", "activeSeconds", "highlyActiveSeconds", "floorsAscended",
    "movement.steps.value", "heartRate.minValue", "heartRate.maxValue", "heartRate.restingValue",
    "stress.avgLevel", "stress.maxLevel", "bodyBattery.maxValue",
)  # fmt: skip

_LONGEST_DAY_MS = 50 * 3_600_000  # 24 hours and a flight over the date line, from one side of it to the other
_WIDEST_OFFSET_S = 15 * 3600


@dataclass(frozen=True, slots=True)
class DayBounds:
    """When a local day begins and ends (ms since 1970, end excluded), and its UTC offset at the start."""

    day: date
    starts_ms: int
    ends_ms: int
    utc_offset_s: int


def daily_summaries(body: Any, first: date, last: date) -> Readings:
    """The totals of each day. On a day without sign of wear a zero is "not measured" and is left out."""
    found = Collected(first, last)
    for summary in found.main(None, "steps_total", _rows(body), _NAME, "the body"):
        day = calendar_date(summary.get("calendarDate"))
        worn = _is_worn(summary)
        for metric, places in _PLACES.items():
            told = [value for place in places if (value := _at(summary, place)) is not None]
            value = next((value for value in told if number(value) is not None), told[0] if told else None)
            found.add_day(day, metric, value if worn or number(value) != 0 else None)
    return found.by_day()


def days_with_watch(body: Any) -> set[date]:
    """The days for which there may be readings to fetch: any sign of wear counts, and so does a summary of nulls."""
    return {
        day
        for summary in _summaries(body)
        if _is_worn(summary) or not _tells(summary)
        if (day := calendar_date(summary.get("calendarDate"))) is not None
    }


def day_bounds(body: Any) -> list[DayBounds]:
    """The bounds of the days in an answer; a day whose bounds are missing or cannot be true is left out.

    A day that is still running ends at its last sync, away from midnight: it counts as 24 hours until a later
    answer gives its end.
    """
    found = []
    for summary in _summaries(body):
        day = calendar_date(summary.get("calendarDate"))
        starts_ms = _first_instant(summary, "wellnessStartTimeGmt", "wellnessChronology.startTimestampGmt")
        ends_ms = _first_instant(summary, "wellnessEndTimeGmt", "wellnessChronology.endTimestampGmt")
        local_ms = _first_instant(summary, "wellnessStartTimeLocal", "wellnessChronology.startTimestampLocal")
        local_end_ms = _first_instant(summary, "wellnessEndTimeLocal", "wellnessChronology.endTimestampLocal")
        if day is None or starts_ms is None or local_ms is None:
            continue
        if ends_ms is None or (local_end_ms is not None and not _is_midnight(local_end_ms)):
            ends_ms = starts_ms + 86_400_000
        offset_s = round((local_ms - starts_ms) / 1000)
        near = abs(starts_ms + offset_s * 1000 - day_ms(day)) < 86_400_000
        if near and abs(offset_s) <= _WIDEST_OFFSET_S and 0 < ends_ms - starts_ms <= _LONGEST_DAY_MS:
            found.append(DayBounds(day, starts_ms, ends_ms, offset_s))
    return found


def _rows(body: Any) -> Any:
    return body if isinstance(body, list) else answer_with(body, _NAME, "data").get("data")


def _summaries(body: Any) -> Sequence[Mapping[str, Any]]:
    return objects(_rows(body), _NAME, "the body")


def _is_worn(summary: Mapping[str, Any]) -> bool:
    return summary.get("includesWellnessData") is True or any(
        (number(_at(summary, place)) or 0) > 0 for place in _SIGNS_OF_WEAR
    )


def _tells(summary: Mapping[str, Any]) -> bool:
    """Whether it says anything of the day."""
    told = (_at(summary, place) for places in _PLACES.values() for place in places)
    return isinstance(summary.get("includesWellnessData"), bool) or any(number(value) is not None for value in told)


def _first_instant(summary: Mapping[str, Any], *places: str) -> int | None:
    return next((found for place in places if (found := instant_ms(_at(summary, place))) is not None), None)


def _at(summary: Mapping[str, Any], place: str) -> Any:
    found: Any = summary
    for key in place.split("."):
        found = found.get(key) if isinstance(found, dict) else None
    return found


def _is_midnight(milliseconds: int) -> bool:
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC).time() == time()
    except (ValueError, OverflowError, OSError):
        return False
