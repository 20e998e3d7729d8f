"""Weight and what it consists of, blood pressure, and what was drunk."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from ...metrics import METRICS, plausible
from ..shapes import Collected, Readings, answer_with, calendar_date, instant_ms, number

_PLAIN_WORD = re.compile(r"[A-Z0-9_]{1,40}")


def weight(body: Any, first: date, last: date) -> Readings:
    """Every weigh-in, at its instant. Masses come in grams and are kept in kilograms."""
    name = "weight"
    found = Collected(first, last)
    summaries = answer_with(body, name, "dailyWeightSummaries").get("dailyWeightSummaries")
    for summary in found.main(None, "weight", summaries, name, "dailyWeightSummaries", "allWeightMetrics"):
        summary_of = calendar_date(summary.get("summaryDate"))
        for entry in found.rows(summary_of, "weight", summary.get("allWeightMetrics")):
            _weigh_in(found, calendar_date(entry.get("calendarDate")) or summary_of, entry)
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
    origin = _origin(entry)
    parts: dict[str, float] = {}
    for metric, key in _COMPOSITION.items():
        amount = number(entry.get(key))
        if amount is None:
            found.add(day, metric, at_ms, entry.get(key))
        else:
            in_grams = METRICS[metric].unit == "kg"
            # Garmin sends 22.8 as the nearest 32-bit float, 22.799999237060547.
            parts[metric] = round(amount / 1000 if in_grams else amount, 3)
    kilograms = entry.get("weight") if grams is None else round(grams / 1000, 3)
    found.add(day, "weight", at_ms, kilograms, origin)
    for metric, amount in parts.items():
        found.add(day, metric, at_ms, amount)
    sound = {metric: amount for metric, amount in parts.items() if plausible(metric, amount)}
    if sound.keys() - {"bmi"}:
        found.add(day, "body_composition", at_ms, kilograms, sound | origin)


def _origin(entry: Mapping[str, Any]) -> dict[str, Any]:
    source = entry.get("sourceType")
    return {"source": source} if isinstance(source, str) and _PLAIN_WORD.fullmatch(source) else {}


_PRESSURE = {
    "blood_pressure_systolic": "systolic",
    "blood_pressure_diastolic": "diastolic",
    "blood_pressure_pulse": "pulse",
}


def blood_pressure(body: Any, first: date, last: date) -> Readings:
    """Every measurement, at its instant. Modelled: only an answer without measurements was recorded."""
    name = "blood_pressure"
    found = Collected(first, last)
    summaries = answer_with(body, name, "measurementSummaries").get("measurementSummaries")
    metric = "blood_pressure_systolic"
    for summary in found.main(None, metric, summaries, name, "measurementSummaries", "measurements"):
        begins_on = calendar_date(summary.get("startDate"))
        for entry in found.rows(begins_on, metric, summary.get("measurements")):
            told = calendar_date(entry.get("measurementTimestampLocal"))
            day = told if begins_on is None or found.is_asked(told) else begins_on
            at_ms = instant_ms(entry.get("measurementTimestampGMT"))
            for metric, key in _PRESSURE.items():
                found.add(day, metric, at_ms, entry.get(key), _origin(entry))
    return found.by_day()


def hydration(body: Any, first: date, last: date) -> Readings:
    """What was drunk each day, and the day's goal. Sweat loss is not in the range's answers."""
    name = "hydration"
    found = Collected(first, last)
    for entry in found.main(None, "hydration_intake", body, name, "the body", "valueInML", "goalInML"):
        day = calendar_date(entry.get("calendarDate"))
        found.add_day(day, "hydration_intake", entry.get("valueInML"))
        found.add_day(day, "hydration_goal", entry.get("goalInML"))
    return found.by_day()
