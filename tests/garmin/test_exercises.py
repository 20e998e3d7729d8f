"""The list of exercises that comes with the sign-in library."""

from __future__ import annotations

import sys

import pytest

from garminsync_tui.garmin.exercises import catalogue
from garminsync_tui.workouts.definition import Exercise, Step, Workout
from garminsync_tui.workouts.findings import check


def test_names_by_category() -> None:
    exercises = catalogue()

    assert "GOBLET_SQUAT" in exercises["SQUAT"]
    assert len(exercises) > 40
    assert sum(map(len, exercises.values())) > 1500
    assert all(category.isupper() and "" not in names for category, names in exercises.items())


def test_every_exercise_of_the_list_is_one_that_nothing_is_wrong_with() -> None:
    exercises = catalogue()
    for category, names in exercises.items():
        steps = tuple(Step(exercise=Exercise(category, name)) for name in sorted(names)[:40])
        assert check(Workout(sport="strength_training", name="All", steps=steps), exercises) == []


def test_a_library_without_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue.cache_clear()
    monkeypatch.setitem(sys.modules, "garminconnect.exercises", None)
    try:
        assert catalogue() == {}
    finally:
        catalogue.cache_clear()
