"""Documents that contradict themselves."""

from __future__ import annotations

from typing import Any

import pytest

from garminsync_tui.workouts.garmin_json import to_garmin
from garminsync_tui.workouts.garmin_remarks import contradictions

from . import garmin_documents as made
from .definitions import made_up


def remarks(**fields: Any) -> list[str]:
    """About the second step of a repeat."""
    steps = [made.repeat(1, 3, [made.step(2), made.step(3, **fields)])]
    return [f"{finding.place} {finding.message}" for finding in contradictions(made.workout("running", steps))]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"endCondition": {"conditionTypeId": 4, "conditionTypeKey": "heart.rate"}},
         "endCondition is written as 4 and heart.rate, but 4 is calories, and that is what Garmin believes"),
        ({"targetType": {"workoutTargetTypeId": 6, "workoutTargetTypeKey": "heart.rate.zone"}},
         "targetType is written as 6 and heart.rate.zone, but 6 is pace.zone, and that is what Garmin believes"),
        ({"stepType": {"stepTypeId": 99, "stepTypeKey": "sprint\x1b"}},
         "stepType is written as 99 and sprint·, but 99 is nothing that is known here"),
        (made.target("heart_rate", 120.0, 140.0, zone=2),
         "targetValueOne stands beside zoneNumber; Garmin takes the zone"),
        (made.second_target("heart_rate", 120.0, 140.0, zone=2),
         "secondaryTargetValueOne stands beside secondaryZoneNumber; Garmin takes the zone"),
        ({"targetType": {"workoutTargetTypeId": 4, "targetValueOne": 120}},
         "targetValueOne stands inside of targetType, where Garmin does not look"),
        ({"endConditionZone": 2}, "endConditionValue stands beside endConditionZone; Garmin takes the zone"),
    ],
)  # fmt: skip
def test_of_a_step(fields: dict[str, Any], says: str) -> None:
    assert remarks(**fields) == [f"(1, 2) {says}"]


def test_nothing_is_odd_about_our_own_documents_and_about_names_that_garmin_takes() -> None:
    for seed in range(100):
        assert contradictions(to_garmin(made_up(seed))) == [], f"seed {seed}"
    assert remarks(targetType={"workoutTargetTypeId": 3, "workoutTargetTypeKey": "cadence.zone"}) == []


def test_of_repeats() -> None:
    other = made.repeat(1, 3, [made.step(2)], endCondition={"conditionTypeId": 6})
    twice = made.repeat(3, 3, [made.step(4)], endConditionValue=5)

    assert [finding.message for finding in contradictions(made.workout("running", [other, twice]))] == [
        "the repeat ends by another condition than its number of times",
        "the repeat says 3 times and 5 times; the first is taken",
    ]
