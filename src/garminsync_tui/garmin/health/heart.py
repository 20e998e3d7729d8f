"""Heart rate and its variability."""

from __future__ import annotations

from datetime import date
from typing import Any

from ..shapes import Collected, Readings, answer_with, calendar_date, mapping, unreadable
from .series import Series, intraday

_RESTING = "WELLNESS_RESTING_HEART_RATE"


def resting_heart_rate(body: Any, first: date, last: date) -> Readings:
    """Up to a year of resting heart rates. Modelled after what other clients read."""
    name = "resting_heart_rate"
    metrics = mapping(answer_with(body, name, "allMetrics").get("allMetrics"), name, "allMetrics")
    series = mapping(metrics.get("metricsMap"), name, "metricsMap")
    if series and _RESTING not in series:
        raise unreadable(name, f"metricsMap has no {_RESTING}")
    found = Collected(first, last)
    for row in found.main(None, "resting_heart_rate", series.get(_RESTING), name, _RESTING, "value"):
        found.add_day(calendar_date(row.get("calendarDate")), "resting_heart_rate", row.get("value"))
    return found.by_day()


_OF_NIGHT = {
    "hrv_last_night_avg": "lastNightAvg",
    "hrv_weekly_avg": "weeklyAvg",
    "hrv_5min_high": "lastNight5MinHigh",
}


def hrv_summaries(body: Any, first: date, last: date) -> Readings:
    """The nights' heart rate variability, its baseline and its status."""
    name = "hrv_summaries"
    found = Collected(first, last)
    nights = answer_with(body, name, "hrvSummaries").get("hrvSummaries")
    for night in found.main(None, "hrv_last_night_avg", nights, name, "hrvSummaries", *_OF_NIGHT.values()):
        day = calendar_date(night.get("calendarDate"))
        for metric, key in _OF_NIGHT.items():
            found.add_day(day, metric, night.get(key))
        baseline = found.part(day, "hrv_baseline_low", night.get("baseline"))
        found.add_day(day, "hrv_baseline_low", baseline.get("balancedLow"))
        found.add_day(day, "hrv_baseline_high", baseline.get("balancedUpper"))
        found.add_word(day, "hrv_status", night.get("status"))
    return found.by_day()


_HEART_RATE = Series(
    "heart_rate", "heartRateValues", "heartRateValueDescriptors", ("timestamp", "heartrate"), "heartrate"
)


def heart_rate(body: Any, first: date, last: date) -> Readings:
    """Two-minute heart rates of one day."""
    return intraday("heart_rate", (_HEART_RATE,), body, first, last)
