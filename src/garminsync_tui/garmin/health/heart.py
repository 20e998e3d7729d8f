"""Heart rate and its variability."""

from __future__ import annotations

from datetime import date
from typing import Any

from ..shapes import Collected, Readings, calendar_date, mapping, objects
from .series import Series, intraday


def resting_heart_rate(body: Any, first: date, last: date) -> Readings:
    """Up to a year of resting heart rates. Modelled after what other clients read."""
    name = "resting_heart_rate"
    metrics = mapping(mapping(body, name, "the body").get("allMetrics"), name, "allMetrics")
    series = mapping(metrics.get("metricsMap"), name, "metricsMap")
    found = Collected(first, last)
    for row in objects(series.get("WELLNESS_RESTING_HEART_RATE"), name, "WELLNESS_RESTING_HEART_RATE"):
        found.add_day(calendar_date(row.get("calendarDate")), "resting_heart_rate", row.get("value"))
    return found.by_day()


def hrv_summaries(body: Any, first: date, last: date) -> Readings:
    """The nights' heart rate variability, its baseline and its status."""
    name = "hrv_summaries"
    found = Collected(first, last)
    for night in objects(mapping(body, name, "the body").get("hrvSummaries"), name, "hrvSummaries"):
        day = calendar_date(night.get("calendarDate"))
        found.add_day(day, "hrv_last_night_avg", night.get("lastNightAvg"))
        found.add_day(day, "hrv_weekly_avg", night.get("weeklyAvg"))
        found.add_day(day, "hrv_5min_high", night.get("lastNight5MinHigh"))
        baseline = mapping(night.get("baseline"), name, "baseline")
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
