"""Documents as Garmin stores them, made up here, and the nodes that they consist of."""

from __future__ import annotations

from typing import Any

from garminsync_tui.workouts.vocabulary import ENDS, SPORTS, STEPS, TARGETS, UNITS

Node = dict[str, Any]


def step(order: int, kind: str = "interval", end: str = "time", value: float | None = 60.0, **fields: Any) -> Node:
    """A step as the server answers it: everything there, most of it null."""
    return {
        "type": "ExecutableStepDTO",
        "stepId": 900 + order,
        "stepOrder": order,
        "stepType": {**STEPS.document(kind), "displayOrder": 1},
        "childStepId": None,
        "description": None,
        "endCondition": {**ENDS.document(end), "displayOrder": 2, "displayable": True},
        "endConditionValue": value,
        "preferredEndConditionUnit": None,
        "endConditionCompare": None,
        "targetType": {**TARGETS.document("none"), "displayOrder": 1},
        "targetValueOne": None,
        "targetValueTwo": None,
        "zoneNumber": None,
        "secondaryTargetType": None,
        "strokeType": {"strokeTypeId": 0, "strokeTypeKey": None, "displayOrder": 0},
        "equipmentType": {"equipmentTypeId": 0, "equipmentTypeKey": None, "displayOrder": 0},
        "category": None,
        "exerciseName": None,
        "weightValue": None,
        "weightUnit": None,
        **fields,
    }


def repeat(order: int, times: int, steps: list[Node], **fields: Any) -> Node:
    """A repeat as the server answers it."""
    return {
        "type": "RepeatGroupDTO",
        "stepId": 900 + order,
        "stepOrder": order,
        "stepType": {**STEPS.document("repeat"), "displayOrder": 6},
        "childStepId": 1,
        "numberOfIterations": times,
        "endCondition": {**ENDS.document("iterations"), "displayOrder": 7, "displayable": False},
        "endConditionValue": float(times),
        "skipLastRestStep": None,
        "smartRepeat": False,
        "workoutSteps": steps,
        **fields,
    }


def workout(sport: str, steps: list[Node], **fields: Any) -> Node:
    """A whole document of one sport."""
    return {
        "workoutId": 4711,
        "ownerId": 1,
        "workoutName": "Made up",
        "description": None,
        "updatedDate": "2026-11-20T07:00:00.0",
        "createdDate": "2026-11-19T07:00:00.0",
        "sportType": {**SPORTS.document(sport), "displayOrder": 1},
        "estimatedDurationInSecs": 1200,
        "author": {"displayName": "somebody"},
        "workoutSegments": [{"segmentOrder": 1, "sportType": SPORTS.document(sport), "workoutSteps": steps}],
        "shared": False,
        **fields,
    }


def target(of: str, one: float | None = None, two: float | None = None, zone: int | None = None) -> Node:
    """The first target of a step."""
    return {
        "targetType": {**TARGETS.document(of), "displayOrder": 1},
        "targetValueOne": one,
        "targetValueTwo": two,
        "zoneNumber": zone,
    }


def second_target(of: str, one: float | None = None, two: float | None = None, zone: int | None = None) -> Node:
    """The second target of a step."""
    return {
        "secondaryTargetType": {**TARGETS.document(of), "displayOrder": 1},
        "secondaryTargetValueOne": one,
        "secondaryTargetValueTwo": two,
        "secondaryZoneNumber": zone,
    }


METER = UNITS["m"]
