"""The fields of Garmin's workout documents: which of them say what, and which are the server's own."""

from __future__ import annotations

from typing import Any

from .vocabulary import DRILLS, ENDS, EQUIPMENT, SPORTS, STEPS, STROKES, TARGETS, UNITS, Table, Term

#: What the server fills in and changes as it likes, anywhere in a document: never compared, never sent by us.
#: Marks of plans and partners are among it: they say whose a workout is, not what it is.
SERVER_OWNED = frozenset({
    "workoutId", "ownerId", "author", "consumer", "consumerName", "consumerImageURL", "consumerWebsiteURL",
    "createdDate", "updatedDate", "updateDate", "uploadTimestamp", "locale", "shared", "sharedWithUsers",
    "trainingPlanId", "atpPlanId", "workoutUuid", "workoutThumbnailUrl",
    "estimatedDurationInSecs", "estimatedDistanceInMeters", "estimateType", "estimatedDistanceUnit",
    "avgTrainingSpeed", "stepId", "displayOrder", "displayable",
})  # fmt: skip
#: Where each part of a step lies in its document.
STEP_FIELDS: dict[str, tuple[str, ...]] = {
    "kind": ("stepType",),
    "end": (
        "endCondition", "endConditionValue", "preferredEndConditionUnit", "endConditionCompare", "endConditionZone",
    ),
    "primary": ("targetType", "targetValueOne", "targetValueTwo", "zoneNumber", "targetValueUnit"),
    "secondary": (
        "secondaryTargetType", "secondaryTargetValueOne", "secondaryTargetValueTwo", "secondaryZoneNumber",
        "secondaryTargetValueUnit",
    ),
    "note": ("description",),
    "stroke": ("strokeType",),
    "drill": ("drillType",),
    "equipment": ("equipmentType",),
    "exercise": ("category", "exerciseName"),
    "weight": ("weightValue", "weightUnit", "relativeWeight"),
}  # fmt: skip
REPEAT_FIELDS: dict[str, tuple[str, ...]] = {
    "kind": ("stepType",),
    "count": ("numberOfIterations", "endCondition", "endConditionValue"),
    "skip_last_rest": ("skipLastRestStep",),
}
LEG_FIELDS: dict[str, tuple[str, ...]] = {"sport": ("sportType",), "pool": ("poolLength", "poolLengthUnit")}
WORKOUT_FIELDS: dict[str, tuple[str, ...]] = {
    "sport": ("sportType",),
    "name": ("workoutName",),
    "note": ("description",),
    "pool": ("poolLength", "poolLengthUnit"),
    "transitions": ("isSessionTransitionEnabled",),
}
#: Fields that only say where something stands.
STRUCTURE = frozenset({"type", "stepOrder", "childStepId", "segmentOrder", "workoutSteps", "workoutSegments"})
#: As good as absent.
_DEFAULTS = {"smartRepeat": False, "isWheelchair": False, "isSessionTransitionEnabled": False}
#: Keys that Garmin takes beside those it lists itself.
ALIASES = {"cadence.zone": "cadence", "lap_swimming": "swimming"}
#: Each enumeration under the field that holds one of its values.
TABLES: dict[str, Table] = {
    "sportType": SPORTS,
    "stepType": STEPS,
    "endCondition": ENDS,
    "targetType": TARGETS,
    "secondaryTargetType": TARGETS,
    "strokeType": STROKES,
    "drillType": DRILLS,
    "equipmentType": EQUIPMENT,
}
_UNIT_WORDS = {unit["unitId"]: word for word, unit in UNITS.items()}
_UNIT_KEYS = {unit["unitKey"]: word for word, unit in UNITS.items()}


def id_of(value: Any, table: Table) -> int | None:
    """The number of an enumerated value: what it says, or what its key means where it has no number."""
    if not isinstance(value, dict):
        return None
    number = number_of(value.get(table.id_field))
    if number is not None:
        return int(number)
    term = term_by_key(value.get(table.key_field), table)
    return term.id if term else None


def term_by_key(key: Any, table: Table) -> Term | None:
    """The value with this key, or with another key that Garmin takes for it."""
    if not isinstance(key, str):
        return None
    return next((term for term in table.terms if term.key == ALIASES.get(key, key)), None)


def unit_of(value: Any) -> str | None:
    """The word for a unit."""
    if not isinstance(value, dict):
        return None
    number = number_of(value.get("unitId"))
    return _UNIT_KEYS.get(str(value.get("unitKey"))) if number is None else _UNIT_WORDS.get(int(number))


def number_of(value: Any) -> float | None:
    """A number, also where it came as text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    # Neither infinite nor something else than a number.
    return number if abs(number) < 1e15 else None


def not_understood(node: dict[str, Any], fields: dict[str, tuple[str, ...]]) -> dict[str, Any]:
    """What a document holds beside these fields, its structure and what is the server's."""
    known = {name for names in fields.values() for name in names}
    return {
        name: value
        for name, value in node.items()
        if value is not None
        and name not in known
        and name not in STRUCTURE
        and name not in SERVER_OWNED
        and _DEFAULTS.get(name) != value
    }
