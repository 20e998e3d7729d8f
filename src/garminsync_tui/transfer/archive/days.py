"""UDSFile: a day's sums. HydrationLogFile: what was drunk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from ...garmin.health.body import hydration
from ...garmin.health.heart import resting_heart_rate
from ...garmin.health.summaries import daily_summaries
from ...garmin.shapes import Collected, Readings, number
from .answers import By, Row, dated, part, rows
from .when import day_of, span_of

_METRES_A_FLOOR = 3.048
#: Garmin's answers for ranges of days do not tell them: an archive that did would make other days than a sync.
_NOT_IN_ANSWERS = {"activeSeconds", "highlyActiveSeconds", "sedentarySeconds"}
_OF_BREATH = {
    "respiration_waking_avg": "avgWakingRespirationValue",
    "respiration_low": "lowestRespirationValue",
    "respiration_high": "highestRespirationValue",
}


def summaries(told: Sequence[Row]) -> By:
    """Days: their sums, resting heart rate, breath, water."""
    days = dated(told)
    answers = [{k: v for k, v in _answer(row, day).items() if k not in _NOT_IN_ANSWERS} for day, row in days]
    span = span_of(day for day, _ in days)
    if span is None:
        return {}
    resting = [
        # A day's own; the other one, where both are there, is the mean of a week.
        {"calendarDate": day.isoformat(), "value": row.get("currentDayRestingHeartRate") or row.get("restingHeartRate")}
        for day, row in days
    ]
    water = [{"calendarDate": day.isoformat(), **part(row, "hydration")} for day, row in days if part(row, "hydration")]
    return {
        "daily_summaries": daily_summaries(answers, *span),
        "resting_heart_rate": resting_heart_rate(
            {"allMetrics": {"metricsMap": {"WELLNESS_RESTING_HEART_RATE": resting}}}, *span
        ),
        "respiration": _breath(days, *span),
        "hydration": hydration([row for row in water if "valueInML" in row or "goalInML" in row], *span),
        "sweat_loss": _sweat(water, *span),
    }


def as_answers(told: Sequence[Row]) -> list[Row]:
    """Days in the shape of Garmin's answers, for their bounds and whether a watch was worn."""
    return [_answer(row, day) for day, row in dated(told)]


def _answer(row: Row, day: date) -> Row:
    """A day as Garmin's own answers have it, which nest less."""
    answer = dict(row) | {"calendarDate": day.isoformat()}
    for floors, metres in (
        ("floorsAscended", "floorsAscendedInMeters"),
        ("floorsDescended", "floorsDescendedInMeters"),
    ):
        climbed = number(row.get(metres))
        if row.get(floors) is None and climbed is not None:
            answer[floors] = round(climbed / _METRES_A_FLOOR)  # as in the answers for ranges
    for total in rows(part(row, "allDayStress"), "aggregatorList"):
        if total.get("type") == "TOTAL":
            answer |= {key: total.get(key) for key in ("averageStressLevel", "maxStressLevel")}
    battery = part(row, "bodyBattery")
    answer |= {
        "bodyBatteryChargedValue": battery.get("chargedValue"),
        "bodyBatteryDrainedValue": battery.get("drainedValue"),
    }
    for level in rows(battery, "bodyBatteryStatList"):
        if level.get("bodyBatteryStatType") in ("HIGHEST", "LOWEST"):
            answer[f"bodyBattery{level['bodyBatteryStatType'].title()}Value"] = level.get("statsValue")
    return answer


def _breath(days: Sequence[tuple[date, Row]], first: date, last: date) -> Readings:
    found = Collected(first, last)
    for day, row in days:
        for metric, key in _OF_BREATH.items():
            found.add_day(day, metric, part(row, "respiration").get(key))
    return found.by_day()


def _sweat(water: Sequence[Mapping[str, Any]], first: date, last: date) -> Readings:
    found = Collected(first, last)
    for row in water:
        found.add_day(day_of(row["calendarDate"]), "hydration_sweat_loss", row.get("sweatLossInML"))
    return found.by_day()


def drinks(told: Sequence[Row]) -> By:
    """What was drunk on each day, from every time that something was entered."""
    millilitres: dict[date, float] = defaultdict(float)
    for day, row in dated(told):
        millilitres[day] += number(row.get("valueInML")) or 0
    span = span_of(millilitres)
    if span is None:
        return {}
    found = Collected(*span)
    for day, amount in millilitres.items():
        found.add_day(day, "hydration_intake", amount)
    return {"hydration": found.by_day()}
