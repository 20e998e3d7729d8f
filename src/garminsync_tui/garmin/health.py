"""Health answers into readings: pure functions from a decoded body and the days asked for.

Days without readings are absent from the result. A night belongs to the date on which it ended, so the
readings of `sleep` and `hrv_readings` begin on the evening before. Shapes are recorded from real answers
unless a docstring says modelled.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from ..metrics import METRICS, Reading, day_ms
from .shapes import (
    Collected,
    calendar_date,
    column,
    instant_ms,
    mapping,
    number,
    objects,
    same_day,
    sequence,
    unreadable,
)

_PLAIN_WORD = re.compile(r"[A-Z0-9_]{1,40}")
_LATEST_END_MS = 60 * 3_600_000  # of a local day, after 00:00 UTC of its date, with a flight west


def resting_heart_rate(body: Any, first: date, last: date) -> dict[date, list[Reading]]:
    """Up to a year of resting heart rates. Modelled after what other clients read."""
    name = "resting_heart_rate"
    metrics = mapping(mapping(body, name, "the body").get("allMetrics"), name, "allMetrics")
    series = mapping(metrics.get("metricsMap"), name, "metricsMap")
    found = Collected(first, last)
    for row in objects(series.get("WELLNESS_RESTING_HEART_RATE"), name, "WELLNESS_RESTING_HEART_RATE"):
        found.add_day(calendar_date(row.get("calendarDate")), "resting_heart_rate", row.get("value"))
    return found.by_day()


def hrv_summaries(body: Any, first: date, last: date) -> dict[date, list[Reading]]:
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
        word = str(night.get("status")).lower()
        words = METRICS["hrv_status"].words
        if word in words:
            found.add_day(day, "hrv_status", words.index(word), {"word": word})
    return found.by_day()


def hrv_readings(body: Any, first: date, last: date) -> dict[date, list[Reading]]:
    """The five-minute readings of one night."""
    name = "hrv_readings"
    answer = mapping(body, name, "the body")
    same_day(mapping(answer.get("hrvSummary"), name, "hrvSummary").get("calendarDate"), first, name)
    found = Collected(first, last)
    for row in objects(answer.get("hrvReadings"), name, "hrvReadings"):
        found.add(first, "hrv_rmssd", instant_ms(row.get("readingTimeGMT")), row.get("hrvValue"))
    return found.by_day()


class _Series(NamedTuple):
    """An array of rows whose columns a list of descriptors names; `columns` is the recorded order."""

    metric: str
    array: str
    descriptors: str
    columns: tuple[str, ...]
    wanted: str


_HEART_RATE = _Series(
    "heart_rate", "heartRateValues", "heartRateValueDescriptors", ("timestamp", "heartrate"), "heartrate"
)
_STRESS = _Series(
    "stress_level",
    "stressValuesArray",
    "stressValueDescriptorsDTOList",
    ("timestamp", "stressLevel"),
    "stressLevel",
)
_BODY_BATTERY = _Series(
    "body_battery",
    "bodyBatteryValuesArray",
    "bodyBatteryValueDescriptorsDTOList",
    ("timestamp", "bodyBatteryStatus", "bodyBatteryLevel", "bodyBatteryVersion"),
    "bodyBatteryLevel",
)


def heart_rate(body: Any, first: date, last: date) -> dict[date, list[Reading]]:
    """Two-minute heart rates of one day."""
    return _intraday("heart_rate", (_HEART_RATE,), body, first, last)


def stress(body: Any, first: date, last: date) -> dict[date, list[Reading]]:
    """Three-minute stress (-1 and -2: not measured) and body battery of one day."""
    return _intraday("stress", (_STRESS, _BODY_BATTERY), body, first, last)


def _intraday(name: str, wanted: tuple[_Series, ...], body: Any, first: date, last: date) -> dict[date, list[Reading]]:
    answer = mapping(body, name, "the body")
    same_day(answer.get("calendarDate"), first, name)
    found = Collected(first, last)
    for series in wanted:
        _take(found, series, answer, first, name)
    return found.by_day()


def _take(found: Collected, series: _Series, answer: Mapping[str, Any], day: date, endpoint: str) -> None:
    """The readings of one array that lie before the end of the local day, where the next one begins."""
    rows = sequence(answer.get(series.array), endpoint, series.array)
    if not rows:
        return
    descriptors = answer.get(series.descriptors)
    at = column(descriptors, "timestamp", series.columns, endpoint, series.array)
    place = column(descriptors, series.wanted, series.columns, endpoint, series.array)
    readable = [row for row in rows if isinstance(row, list) and min(at, place) >= 0 and max(at, place) < len(row)]
    if not readable:
        raise unreadable(endpoint, f"{series.array} holds no rows with a time and a value")
    ends_ms = instant_ms(answer.get("endTimestampGMT"))
    if ends_ms is None or not 0 < ends_ms - day_ms(day) < _LATEST_END_MS:
        ends_ms = day_ms(day) + _LATEST_END_MS  # answers with made-up bounds (1970) are recorded
    for row in readable:
        at_ms = instant_ms(row[at])
        if at_ms is not None and at_ms < ends_ms:
            found.add(day, series.metric, at_ms, row[place])


def steps(body: Any, first: date, last: date) -> dict[date, list[Reading]]:
    """Steps of each quarter of an hour of one day, at its beginning."""
    name = "steps"
    found = Collected(first, last)
    for row in objects(body, name, "the body"):
        found.add(first, "steps", instant_ms(row.get("startGMT")), row.get("steps"))
    return found.by_day()


def sleep(body: Any, first: date, last: date) -> dict[date, list[Reading]]:
    """One night: its totals, its score and its stages. One that was not measured has no duration."""
    name = "sleep"
    answer = mapping(body, name, "the body")
    night = mapping(answer.get("dailySleepDTO"), name, "dailySleepDTO")
    same_day(night.get("calendarDate"), first, name)
    found = Collected(first, last)
    if number(night.get("sleepTimeSeconds")):
        parts = {
            "deep_s": number(night.get("deepSleepSeconds")),
            "light_s": number(night.get("lightSleepSeconds")),
            "rem_s": number(night.get("remSleepSeconds")),
            "awake_s": number(night.get("awakeSleepSeconds")),
            "nap_s": number(night.get("napTimeSeconds")),
            "starts_ms": instant_ms(night.get("sleepStartTimestampGMT")),
            "ends_ms": instant_ms(night.get("sleepEndTimestampGMT")),
        }
        found.add_day(
            first,
            "sleep",
            night.get("sleepTimeSeconds"),
            {key: int(part) for key, part in parts.items() if part is not None},
        )
        for metric, key in _STAGE_TOTALS.items():
            found.add_day(first, metric, night.get(key))
        scores = mapping(night.get("sleepScores"), name, "sleepScores")
        found.add_day(first, "sleep_score", mapping(scores.get("overall"), name, "overall").get("value"))
    for level in objects(answer.get("sleepLevels"), name, "sleepLevels"):
        starts_ms, ends_ms = instant_ms(level.get("startGMT")), instant_ms(level.get("endGMT"))
        seconds = (ends_ms - starts_ms) // 1000 if starts_ms is not None and ends_ms is not None else None
        extra = {"seconds": seconds} if seconds is not None and 0 < seconds < 86_400 else None
        found.add(first, "sleep_stage", starts_ms, level.get("activityLevel"), extra)
    return found.by_day()


_STAGE_TOTALS = {
    "sleep_deep": "deepSleepSeconds",
    "sleep_light": "lightSleepSeconds",
    "sleep_rem": "remSleepSeconds",
    "sleep_awake": "awakeSleepSeconds",
}


def weight(body: Any, first: date, last: date) -> dict[date, list[Reading]]:
    """Every weigh-in, at its instant. Masses come in grams and are kept in kilograms."""
    name = "weight"
    found = Collected(first, last)
    for summary in objects(mapping(body, name, "the body").get("dailyWeightSummaries"), name, "dailyWeightSummaries"):
        for entry in objects(summary.get("allWeightMetrics"), name, "allWeightMetrics"):
            day = calendar_date(entry.get("calendarDate")) or calendar_date(summary.get("summaryDate"))
            _weigh_in(found, day, entry)
    return found.by_day()


_COMPOSITION = {
    "bmi": "bmi",
    "body_fat": "bodyFat",
    "body_water": "bodyWater",
    "bone_mass": "boneMass",
    "muscle_mass": "muscleMass",
    "visceral_fat": "visceralFat",
    "metabolic_age": "metabolicAge",
    "physique_rating": "physiqueRating",
}


def _weigh_in(found: Collected, day: date | None, entry: Mapping[str, Any]) -> None:
    # `date` is the wall clock as if it were UTC; only timestampGMT is the instant (recorded six hours apart).
    at_ms = instant_ms(entry.get("timestampGMT"))
    grams = number(entry.get("weight"))
    if grams is None:
        return
    source = entry.get("sourceType")
    origin = {"source": source} if isinstance(source, str) and _PLAIN_WORD.fullmatch(source) else {}
    parts: dict[str, float] = {}
    for metric, key in _COMPOSITION.items():
        amount = number(entry.get(key))
        if amount is not None:
            in_grams = METRICS[metric].unit == "kg"
            # Garmin sends 22.8 as the nearest 32-bit float, 22.799999237060547.
            parts[metric] = round(amount / 1000 if in_grams else amount, 3)
    kilograms = round(grams / 1000, 3)
    found.add(day, "weight", at_ms, kilograms, origin)
    for metric, amount in parts.items():
        found.add(day, metric, at_ms, amount)
    measured = {metric: amount for metric, amount in parts.items() if metric != "bmi"}
    if measured:
        found.add(day, "body_composition", at_ms, kilograms, parts | origin)
