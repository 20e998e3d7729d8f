"""What becomes of a workout that is sent: Garmin believes numbers, drops what it does not know, and says little.

Every quirk here was seen by somebody who read back what they had sent; docs/simulator.md lists them.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

from ..garmin.exercises import catalogue
from ..workouts.vocabulary import (
    CATEGORIES_WITHOUT_NAMES,
    DRILLS,
    EFFORTS,
    ENDS,
    EQUIPMENT,
    SPORTS,
    STEPS,
    STROKES,
    TARGETS,
    UNITS,
    Table,
)

Node = dict[str, Any]

NOT_UNIQUE = (
    "The workout steps need to have unique step orders, or all be unset and rely on submission structure order."
)
_LONGEST_NAME_UNITS = 256
_MULTISPORT = 10
_TOP = (
    "description", "subSportType", "sharedWithUsers", "poolLength", "locale", "workoutProvider", "workoutSourceId",
    "uploadTimestamp", "consumer", "consumerName", "consumerImageURL", "consumerWebsiteURL", "workoutNameI18nKey",
    "descriptionI18nKey", "avgTrainingSpeed", "estimateType", "workoutThumbnailUrl", "isSessionTransitionEnabled",
    "isWheelchair", "trainingPlanId", "atpPlanId", "workoutUuid",
)  # fmt: skip
_STEP = (
    "description", "endConditionCompare", "targetValueUnit", "secondaryTargetValueUnit", "relativeWeight",
    "workoutProvider", "providerExerciseSourceId", "stepAudioNote",
)  # fmt: skip
_BY_UNIT_ID = {unit["unitId"]: unit for unit in UNITS.values()}
_BY_UNIT_KEY = {unit["unitKey"]: unit for unit in UNITS.values()}
_NO_UNIT = {"unitId": None, "unitKey": None, "factor": None}


def stored(document: Any, step_ids: Iterator[int]) -> Node:
    """The document as it will be read back, without what says whose it is. Raises ValueError for what is refused."""
    try:
        return _stored(document, step_ids)
    except (TypeError, AttributeError) as problem:
        raise ValueError(f"Cannot deserialize the workout: {problem}") from None


def _stored(document: Any, step_ids: Iterator[int]) -> Node:
    if not isinstance(document, dict):
        raise ValueError("Cannot deserialize the workout")
    segments = document.get("workoutSegments")
    if not isinstance(segments, list) or not segments or not all(isinstance(segment, dict) for segment in segments):
        raise ValueError("The workout has no segments")
    sport = _enum(document.get("sportType"), SPORTS)
    if sport["sportTypeId"] == _MULTISPORT and len(segments) == 1:
        raise ValueError("A multisport workout needs more than one segment")
    _check_orders(segments)
    multi = sport["sportTypeId"] == _MULTISPORT
    storing = _Storing(step_ids)
    kept = [storing.segment(segment, number, multi) for number, segment in enumerate(segments, 1)]
    duration, distance = estimates(kept)
    return {
        **{name: document.get(name) for name in _TOP},
        "workoutName": _cut(document.get("workoutName")),
        "sportType": sport,
        "poolLengthUnit": _unit(document.get("poolLengthUnit")),
        "estimatedDurationInSecs": round(duration),
        "estimatedDistanceInMeters": distance,
        "estimatedDistanceUnit": _NO_UNIT,
        "workoutSegments": kept,
        "shared": False,
    }


def estimates(segments: list[Node]) -> tuple[float, float]:
    """Seconds and metres, of the steps that end after either: a distance takes the time of its own target only."""

    def of(items: list[Node]) -> tuple[float, float]:
        seconds = metres = 0.0
        for item in items:
            if "workoutSteps" in item:
                inner = of(item["workoutSteps"])
                times = item["numberOfIterations"] or 1
                seconds, metres = seconds + times * inner[0], metres + times * inner[1]
            elif item["endCondition"] and item["endCondition"]["conditionTypeId"] == 2:
                seconds += item["endConditionValue"] or 0
            elif item["endCondition"] and item["endCondition"]["conditionTypeId"] == 3:
                metres += item["endConditionValue"] or 0
                speed = item["targetValueOne"] if (item["targetType"] or {}).get("workoutTargetTypeId") == 6 else None
                seconds += (item["endConditionValue"] or 0) / speed if speed else 0
        return seconds, metres

    return of([step for segment in segments for step in segment["workoutSteps"]])


def _check_orders(segments: list[Node]) -> None:
    orders: list[Any] = []

    def look(items: Any) -> None:
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise ValueError("Cannot deserialize the workout's steps")
        for item in items:
            orders.append(item.get("stepOrder"))
            if "workoutSteps" in item:
                look(item["workoutSteps"])

    for segment in segments:
        look(segment.get("workoutSteps"))
    if not orders:
        raise ValueError("The workout has no steps")
    given = [order for order in orders if order is not None]
    if given and len(set(given)) != len(orders):
        raise ValueError(NOT_UNIQUE)


class _Storing:
    """Numbers what it stores: steps before what is in them, repeats through the whole workout."""

    def __init__(self, ids: Iterator[int]) -> None:
        self._ids, self._steps, self._groups = ids, count(1), count(1)

    def segment(self, segment: Node, number: int, multi: bool) -> Node:
        return {
            "segmentOrder": number,
            "sportType": _enum(segment.get("sportType"), SPORTS),
            "poolLengthUnit": _unit(segment.get("poolLengthUnit")) if multi else None,
            "poolLength": segment.get("poolLength") if multi else None,
            "avgTrainingSpeed": None,
            "estimatedDurationInSecs": None,
            "estimatedDistanceInMeters": None,
            "estimatedDistanceUnit": None,
            "estimateType": None,
            "description": segment.get("description"),
            "workoutSteps": self._items(segment["workoutSteps"], None),
        }

    def _items(self, items: list[Node], group: int | None) -> list[Node]:
        if all(item.get("stepOrder") is not None for item in items):
            items = sorted(items, key=lambda item: item["stepOrder"])
        return [self._repeat(item) if "workoutSteps" in item else self._step(item, group) for item in items]

    def _repeat(self, given: Node) -> Node:
        order, own, number = next(self._steps), next(self._groups), next(self._ids)
        times = _number(given.get("numberOfIterations"))
        condition = _enum(given.get("endCondition"), ENDS) if given.get("endCondition") else _term(ENDS, 7)
        by_number = condition["conditionTypeId"] == 7
        return {
            "type": "RepeatGroupDTO",
            "stepId": number,
            "stepOrder": order,
            "stepType": _term(STEPS, 6),
            "childStepId": own,
            # Lost where the condition is another one than iterations.
            "numberOfIterations": int(times) if times and by_number else None,
            "workoutSteps": self._items(given["workoutSteps"], own),
            "endCondition": condition | {"displayable": not by_number},
            "endConditionValue": times if by_number else _number(given.get("endConditionValue")),
            "preferredEndConditionUnit": None,
            "endConditionCompare": None,
            "skipLastRestStep": given.get("skipLastRestStep"),
            "smartRepeat": bool(given.get("smartRepeat")),
        }

    def _step(self, given: Node, group: int | None) -> Node:
        zone = _number(given.get("endConditionZone"))
        condition = _enum(given["endCondition"], ENDS) if given.get("endCondition") else None
        return {
            **{name: given.get(name) for name in _STEP},
            "type": "ExecutableStepDTO",
            "stepId": next(self._ids),
            "stepOrder": next(self._steps),
            "stepType": _enum(given.get("stepType"), STEPS),
            "childStepId": group,
            "endCondition": condition | {"displayable": True} if condition else None,
            # A zone wins over a heart rate.
            "endConditionValue": None if zone else _number(given.get("endConditionValue")),
            "endConditionZone": int(zone) if zone else None,
            "preferredEndConditionUnit": _unit(given.get("preferredEndConditionUnit")),
            **_target(given, "targetType", "targetValueOne", "targetValueTwo", "zoneNumber"),
            **_second_target(given),
            "strokeType": _enum(given.get("strokeType") or {}, STROKES),
            "drillType": _enum(given["drillType"], DRILLS) if given.get("drillType") else None,
            "equipmentType": _enum(given.get("equipmentType") or {}, EQUIPMENT),
            **_exercise(given),
            **_weight(given),
        }


def _target(given: Node, kind: str, one: str, two: str, zone: str) -> Node:
    """The type and either a zone or a range; numbers inside the type are not looked at."""
    number = _number(given.get(zone))
    return {
        kind: _enum(given[kind], TARGETS) if given.get(kind) else None,
        one: None if number else _number(given.get(one)),
        two: None if number else _number(given.get(two)),
        zone: int(number) if number else None,
    }


def _second_target(given: Node) -> Node:
    names = ("secondaryTargetType", "secondaryTargetValueOne", "secondaryTargetValueTwo", "secondaryZoneNumber")
    found = _target(given, *names)
    if (found[names[0]] or {}).get("workoutTargetTypeId") == 7 and found[names[1]] is not None:
        found[names[1]] *= 10
    return found


def _exercise(given: Node) -> Node:
    category, name = given.get("category"), given.get("exerciseName")
    if category is None:
        return {"category": None, "exerciseName": name}
    names = catalogue()
    if category not in names and category not in CATEGORIES_WITHOUT_NAMES and names:
        raise ValueError("Invalid category")
    known = names.get(category)
    return {"category": category, "exerciseName": "" if name and known and name not in known else name}


def _weight(given: Node) -> Node:
    unit = _unit(given.get("weightUnit"))
    return {"weightValue": _number(given.get("weightValue")) if unit else None, "weightUnit": unit}


def _enum(value: Any, table: Table) -> Node:
    """The value that the number names; its key is not looked at. A number that is not there is none."""
    number = value.get(table.id_field) if isinstance(value, dict) else None
    return _term(table, number) if isinstance(number, int) else _term(table, 0)


def _term(table: Table, number: int) -> Node:
    term = table.by_id(number)
    return {
        table.id_field: term.id if term else 0,
        table.key_field: term.key if term else None,
        "displayOrder": term.id if term else 0,
    }


def _unit(value: Any) -> Node | None:
    if not isinstance(value, dict):
        return None
    found = _BY_UNIT_ID.get(value.get("unitId")) or _BY_UNIT_KEY.get(str(value.get("unitKey")))
    return dict(found) if found else None


def _number(value: Any) -> float | None:
    """Texts with numbers are taken too."""
    if value is None or value == "":
        return None
    return float(value)


def _cut(name: Any) -> Any:
    """At most 256 UTF-16 units, the last three of them dots, as recorded; nobody is told."""
    if not isinstance(name, str) or len(name.encode("utf-16-le")) <= 2 * _LONGEST_NAME_UNITS:
        return name
    return name.encode("utf-16-le")[: 2 * (_LONGEST_NAME_UNITS - 3)].decode("utf-16-le", "ignore") + "..."


def enumerations() -> Node:
    """What /workout/types lists."""
    tables = {
        "workoutStepTypes": STEPS,
        "workoutSportTypes": SPORTS,
        "workoutConditionTypes": ENDS,
        "workoutTargetTypes": TARGETS,
        "workoutEquipmentTypes": EQUIPMENT,
        "workoutStrokeTypes": STROKES,
        "workoutDrillTypes": DRILLS,
    }
    return {name: [_term(table, term.id) for term in table.terms] for name, table in tables.items()} | {
        "workoutIntensityTypes": [
            {"intensityTypeId": number, "intensityTypeKey": key, "displayOrder": number}
            for number, key in enumerate(("active", "rest", "warmup", "cooldown"), 1)
        ],
        "workoutSwimInstructionTypes": [
            {"swimInstructionTypeId": number, "swimInstructionTypeKey": word, "displayOrder": number}
            for word, number in EFFORTS.items()
        ],
    }
