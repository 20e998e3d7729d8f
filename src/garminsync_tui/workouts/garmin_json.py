"""Garmin's documents of workouts, both ways, and a stored one with what a workout changes in it."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from .alignment import aligned
from .definition import Leg, Place, Repeat, Step, Workout
from .differences import same_value
from .garmin_fields import LEG_FIELDS, REPEAT_FIELDS, STEP_FIELDS, WORKOUT_FIELDS
from .garmin_reading import from_garmin, in_order
from .garmin_writing import (
    item_of,
    leg_fields,
    legs_of,
    numbered,
    repeat_fields,
    segment_of,
    step_fields,
    to_garmin,
    workout_fields,
)

__all__ = ["from_garmin", "patched", "to_garmin"]

_Fields = dict[str, Any]


def patched(base_document: _Fields, workout: Workout) -> _Fields:
    """The stored document with only that changed which the workout says differently: an update replaces the whole.

    Raises InvalidWorkout where the document cannot be read, or for a target in the athlete's own terms.
    """
    before = from_garmin(base_document)
    document = deepcopy(base_document)
    _patch(document, workout_fields(before), workout_fields(workout), WORKOUT_FIELDS)
    old, new = legs_of(before), legs_of(workout)
    segments = in_order(document["workoutSegments"], "segmentOrder", (), "has no segments")
    document["workoutSegments"] = [
        segment_of(new[right][1], workout, new[right][0])
        if left is None
        else _Patch(before, workout, old[left][1], new[right][1]).segment(segments[left], new[right][0])
        for left, right in aligned([leg for _, leg in old], [leg for _, leg in new])
        if right is not None
    ]
    return numbered(document)


class _Patch:
    """Changes within one leg."""

    def __init__(self, before: Workout, after: Workout, old: Leg, new: Leg) -> None:
        self._before, self._after, self._old, self._new = before, after, old, new

    def segment(self, node: _Fields, place: Place) -> _Fields:
        _patch(node, leg_fields(self._old, self._before), leg_fields(self._new, self._after), LEG_FIELDS)
        node["workoutSteps"] = self._steps(node, self._old.steps, self._new.steps, place)
        return node

    def _steps(
        self, parent: _Fields, old: tuple[Step | Repeat, ...], new: tuple[Step | Repeat, ...], place: Place
    ) -> list[_Fields]:
        nodes = in_order(parent["workoutSteps"], "stepOrder", place, "has no steps")
        found = []
        for left, right in aligned(old, new):
            if right is None:
                continue
            here = (*place, right + 1)
            if left is None:
                found.append(item_of(new[right], self._after, self._new, here))
            else:
                found.append(self._item(nodes[left], old[left], new[right], here))
        return found

    def _item(self, node: _Fields, old: Step | Repeat, new: Step | Repeat, place: Place) -> _Fields:
        if isinstance(old, Step) and isinstance(new, Step):
            was = step_fields(old, self._before, self._old, place)
            _patch(node, was, step_fields(new, self._after, self._new, place), STEP_FIELDS)
        elif isinstance(old, Repeat) and isinstance(new, Repeat):
            _patch(node, repeat_fields(old), repeat_fields(new), REPEAT_FIELDS)
            node["workoutSteps"] = self._steps(node, old.steps, new.steps, place)
        return node


def _patch(node: _Fields, was: _Fields, now: _Fields, parts: dict[str, tuple[str, ...]]) -> None:
    """Write each part that changed whole, so that no half of what it was stays: a range beside a zone, say."""
    known = {name for names in parts.values() for name in names}
    others = [(name,) for name in sorted((was.keys() | now.keys()) - known)]
    for names in [*parts.values(), *others]:
        if all(same_value(was.get(name), now.get(name)) for name in names):
            continue
        for name in names:
            if name in node or name in now:
                node[name] = now.get(name)
