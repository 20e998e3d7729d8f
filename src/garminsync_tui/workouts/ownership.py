"""Whose a workout at Garmin is: plans and partners keep theirs, and change them as they like."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from .definition import Leg, Repeat, Step, Workout

#: What says that it belongs to somebody else, and in which words.
_OWNERS = {
    "trainingPlanId": "belongs to a training plan",
    "atpPlanId": "belongs to a training plan",
    "workoutUuid": "is a suggestion of Garmin's",
    "consumer": "came from a partner of Garmin's",
    "consumerName": "came from a partner of Garmin's",
    "sharedWithUsers": "is shared with others",
}


def read_only(document: dict[str, Any]) -> str:
    """Why a workout at Garmin is not ours to change, as the rest of a sentence; empty where it is."""
    return next((words for field, words in _OWNERS.items() if document.get(field)), "")


def as_mine(workout: Workout, name: str) -> Workout:
    """The same workout as one of one's own: without what ties it to where it came from."""
    steps = tuple(_freed(item) for item in workout.steps)
    return replace(workout, name=name, garmin={}, steps=steps)


def _freed(item: Step | Repeat | Leg) -> Step | Repeat | Leg:
    freed = {
        field: value for field, value in item.garmin.items() if not field.startswith(("workoutProvider", "provider"))
    }
    if isinstance(item, Step):
        return replace(item, garmin=freed)
    return replace(item, garmin=freed, steps=tuple(_freed(each) for each in item.steps))
