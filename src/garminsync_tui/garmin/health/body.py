"""Weight and what it consists of, blood pressure, and what was drunk."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from ...metrics import METRICS
from ..shapes import Collected, Readings, calendar_date, instant_ms, mapping, number, objects

_PLAIN_WORD = re.compile(r"[A-Z0-9_]{1,40}")


def weight(body: Any, first: date, last: date) -> Readings:
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
        found.add(day, "weight", at_ms, entry.get("weight"))
        return
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
    kilograms = round(grams / 1000, 3)
    found.add(day, "weight", at_ms, kilograms, origin)
    for metric, amount in parts.items():
        found.add(day, metric, at_ms, amount)
    measured = {metric: amount for metric, amount in parts.items() if metric != "bmi"}
    if measured:
        found.add(day, "body_composition", at_ms, kilograms, parts | origin)


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
    summaries = mapping(body, name, "the body").get("measurementSummaries")
    for summary in objects(summaries, name, "measurementSummaries"):
        for entry in objects(summary.get("measurements"), name, "measurements"):
            day = calendar_date(entry.get("measurementTimestampLocal")) or calendar_date(summary.get("startDate"))
            at_ms = instant_ms(entry.get("measurementTimestampGMT"))
            for metric, key in _PRESSURE.items():
                found.add(day, metric, at_ms, entry.get(key), _origin(entry))
    return found.by_day()


def hydration(body: Any, first: date, last: date) -> Readings:
    """What was drunk each day, and the day's goal. Sweat loss is not in the range's answers."""
    name = "hydration"
    found = Collected(first, last)
    for entry in objects(body, name, "the body"):
        day = calendar_date(entry.get("calendarDate"))
        found.add_day(day, "hydration_intake", entry.get("valueInML"))
        found.add_day(day, "hydration_goal", entry.get("goalInML"))
    return found.by_day()
