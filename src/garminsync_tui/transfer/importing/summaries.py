"""The activities that an account's export sums up, as rows of Garmin's list.

`*_summarizedActivities.json`: `[{"summarizedActivitiesExport": [...]}]`. Modelled after public importers that were
written against real exports: every field is optional, and what is not known by name is left out, for its unit is not
known either. Units there: ms, cm, tenths of metres a second (metres in 100 ms), steps of one leg.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...garmin.activities import ActivityRow, parse_activities
from ...garmin.shapes import number
from .json_stream import items
from .sources import Found

#: The key of the list in each wrapper.
LIST = "summarizedActivitiesExport"
_MS, _CM, _SPEED, _LEG = 1 / 1000, 1 / 100, 10.0, 2.0
_KCAL_PER_KJ = 1 / 4.184
#: A field of the export → that of the list, and what one is in the other's unit.
_MEASURES: dict[str, tuple[str, float]] = {
    "duration": ("duration", _MS),
    "elapsedDuration": ("elapsedDuration", _MS),
    "movingDuration": ("movingDuration", _MS),
    "distance": ("distance", _CM),
    "elevationGain": ("elevationGain", _CM),
    "elevationLoss": ("elevationLoss", _CM),
    "minElevation": ("minElevation", _CM),
    "maxElevation": ("maxElevation", _CM),
    "avgStrideLength": ("avgStrideLength", 1),
    "avgSpeed": ("averageSpeed", _SPEED),
    "maxSpeed": ("maxSpeed", _SPEED),
    "avgHr": ("averageHR", 1),
    "maxHr": ("maxHR", 1),
    "calories": ("calories", 1),
    "bmrCalories": ("bmrCalories", 1),
    "avgPower": ("avgPower", 1),
    "maxPower": ("maxPower", 1),
    "normPower": ("normPower", 1),
    "avgRunCadence": ("averageRunningCadenceInStepsPerMinute", _LEG),
    "maxRunCadence": ("maxRunningCadenceInStepsPerMinute", _LEG),
    "avgBikeCadence": ("averageBikingCadenceInRevPerMinute", 1),
    "maxBikeCadence": ("maxBikingCadenceInRevPerMinute", 1),
    "vO2MaxValue": ("vO2MaxValue", 1),
    "activityTrainingLoad": ("activityTrainingLoad", 1),
    "trainingStressScore": ("trainingStressScore", 1),
    "aerobicTrainingEffect": ("aerobicTrainingEffect", 1),
    "anaerobicTrainingEffect": ("anaerobicTrainingEffect", 1),
    "steps": ("steps", 1),
    "waterEstimated": ("waterEstimated", 1),
    "moderateIntensityMinutes": ("moderateIntensityMinutes", 1),
    "vigorousIntensityMinutes": ("vigorousIntensityMinutes", 1),
    "differenceBodyBattery": ("differenceBodyBattery", 1),
    "startLatitude": ("startLatitude", 1),
    "startLongitude": ("startLongitude", 1),
    "endLatitude": ("endLatitude", 1),
    "endLongitude": ("endLongitude", 1),
    "lapCount": ("lapCount", 1),
    **{f"hrTimeInZone_{zone}": (f"hrTimeInZone_{zone}", _MS) for zone in range(7)},
}
#: Words, flags and numbers of things: the same in both.
_SAME = (
    "activityId",
    "beginTimestamp",
    "timeZoneId",
    "locationName",
    "manufacturer",
    "deviceId",
    "trainingEffectLabel",
    "aerobicTrainingEffectMessage",
    "anaerobicTrainingEffectMessage",
    "qualifyingDive",
    "autoCalcCalories",
    "favorite",
    "decoDive",
    "elevationCorrected",
    "atpActivity",
    "purposeful",
    "manualActivity",
    "pr",
    "parent",
)
_DECIMALS = 9


def is_summaries(found: Found) -> bool:
    """Whether a file of an export has them, by its name."""
    return "summarizedactivities" in found.file_name.lower()


def summaries(found: Found) -> Iterator[ActivityRow | str]:
    """The rows of one file, and for each that cannot be read a sentence about it.

    The legs of a multisport activity are not rows of their own: Garmin's list does not have them either. Raises
    FileDamaged, after what came before.
    """
    for place, item in enumerate(items(found, LIST), start=1):
        if not isinstance(item, dict):
            yield f"Summary {place} is no object."
        elif not item.get("parentId"):
            rows, problems = parse_activities([_as_listed(item)])
            yield rows[0] if rows else problems[0].replace("Row 1 of the activity list", f"Summary {place}")


def _as_listed(item: Mapping[str, Any]) -> dict[str, Any]:
    """The same in the words and units of Garmin's list."""
    row: dict[str, Any] = {name: item[name] for name in _SAME if item.get(name) is not None}
    for name, (listed, factor) in _MEASURES.items():
        value = number(item.get(name))
        if value is not None:
            row[listed] = item[name] if factor == 1 else round(value * factor, _DECIMALS)
    kind = item.get("activityType")
    row["activityType"] = {"typeKey": kind.lower()} if isinstance(kind, str) else kind
    row["activityName"] = item.get("name") or item.get("activityName")
    row["startTimeGMT"] = next(
        (item[name] for name in ("startTimeGmt", "startTimeGMT", "beginTimestamp") if item.get(name) is not None), None
    )
    row["startTimeLocal"] = item.get("startTimeLocal")
    return row


def is_kilojoules(told: float | None, recorded_kcal: float | None) -> bool | None:
    """Whether a summary's calories are kJ, by what the recording says; None where that cannot be told."""
    if not told or not recorded_kcal:
        return None
    ratio = told / recorded_kcal
    if abs(ratio * _KCAL_PER_KJ - 1) < 0.05:
        return True
    return False if abs(ratio - 1) < 0.05 else None


def kilocalories(kilojoules: float) -> float:
    """The same energy in kcal, whole as Garmin's list has them."""
    return float(round(kilojoules * _KCAL_PER_KJ))
