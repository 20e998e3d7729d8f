"""Garmin's documents of workouts, and stored ones with changes."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

import msgspec
import pytest

from garminsync_tui.errors import InvalidWorkout
from garminsync_tui.workouts.definition import (
    CssOffset,
    Distance,
    Effort,
    Lap,
    Leg,
    Pool,
    RacePace,
    Range,
    Repeat,
    Step,
    Target,
    Time,
    Weight,
    Workout,
    Zone,
)
from garminsync_tui.workouts.differences import same_meaning
from garminsync_tui.workouts.garmin_json import from_garmin, patched, to_garmin

from . import garmin_documents as made
from .definitions import SEEDS, made_up


def steps_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []

    def look(items: list[dict[str, Any]]) -> None:
        for item in items:
            found.append(item)
            look(item.get("workoutSteps", []))

    for segment in document["workoutSegments"]:
        look(segment["workoutSteps"])
    return found


def written(step: Step, sport: str = "running") -> dict[str, Any]:
    return steps_of(to_garmin(Workout(sport=sport, steps=(step,))))[0]  # type: ignore[arg-type]


def test_to_garmin_and_back() -> None:
    for seed in SEEDS:
        workout = made_up(seed)

        document = to_garmin(workout)

        assert _believed(from_garmin(document)) == workout, f"seed {seed}"
        assert patched(document, workout) == document, f"seed {seed}"


def test_a_patched_document_means_what_the_workout_means() -> None:
    for seed in SEEDS:
        before, after = made_up(seed), made_up(seed + 1000)

        document = patched({**to_garmin(before), "workoutId": 7, "trainingPlanId": None}, after)

        assert _believed(from_garmin(document)) == after, f"seed {seed}"
        assert document["workoutId"] == 7


def _believed(workout: Workout) -> Workout:
    """Without the keys that Garmin's numbers have: the made-up ones have none."""
    text = re.sub(
        rb'"(is|by)":"other","id":(\d+),"key":"[^"]*"', rb'"\1":"other","id":\2', msgspec.json.encode(workout)
    )
    return Workout.read(msgspec.json.decode(text))


def test_numbers_go_before_what_is_inside_and_through_all_legs() -> None:
    inner = Repeat(times=2, steps=(Step(), Step()))
    legs = (
        Leg(sport="cycling", steps=(Step(), Repeat(times=3, steps=(inner, Step())))),
        Leg(sport="running", steps=(Repeat(times=4, steps=(Step(),)), Step())),
    )

    document = to_garmin(Workout(sport="multi_sport", steps=legs))

    numbers = [(node["stepOrder"], node.get("childStepId")) for node in steps_of(document)]
    assert numbers == [(1, None), (2, 1), (3, 2), (4, 2), (5, 2), (6, 1), (7, 3), (8, 3), (9, None)]
    assert [segment["segmentOrder"] for segment in document["workoutSegments"]] == [1, 2]


def test_a_repeat_says_its_number_twice() -> None:
    node = written_repeat = steps_of(to_garmin(Workout(sport="running", steps=(Repeat(times=5, steps=(Step(),)),))))[0]

    assert (node["numberOfIterations"], node["endConditionValue"]) == (5, 5)
    assert written_repeat["endCondition"]["conditionTypeId"] == 7


@pytest.mark.parametrize(
    ("sport", "target", "one", "two"),
    [
        ("running", Range("pace", 230, 240, "/km"), 4.3478261, 4.1666667),  # the faster first
        ("cycling", Range("speed", 28, 30, "km/h"), 8.3333333, 7.7777778),
        ("cycling", Range("power", 200, 250, "W"), 200, 250),
        ("running", Range("heart_rate", 120, 140, "bpm"), 120, 140),
    ],
)
def test_the_order_of_a_range(sport: str, target: Target, one: float, two: float) -> None:
    node = written(Step(target=target), sport)

    assert (node["targetValueOne"], node["targetValueTwo"]) == (one, two)
    assert "zoneNumber" not in node


def test_power_in_a_multisport_workout_has_the_higher_first() -> None:
    leg = Leg(sport="cycling", steps=(Step(target=Range("power", 200, 250, "W")),))

    node = steps_of(to_garmin(Workout(sport="multi_sport", steps=(leg,))))[0]

    assert (node["targetValueOne"], node["targetValueTwo"]) == (250, 200)


@pytest.mark.parametrize("seconds", [150, 217, 230, 269, 270, 299, 413, 1201])
def test_the_seconds_of_a_pace_come_back_whole_from_four_decimals(seconds: int) -> None:
    document = to_garmin(Workout(sport="running", steps=(Step(target=Range("pace", seconds, seconds, "/km")),)))
    node = steps_of(document)[0]
    node["targetValueOne"] = node["targetValueTwo"] = round(node["targetValueOne"], 4)

    assert from_garmin(document).steps[0].target == Range("pace", seconds, seconds, "/km")  # type: ignore[union-attr]


def test_what_a_swimmer_holds_goes_to_the_second_slot() -> None:
    node = written(Step(target=Effort("hard"), second_target=Zone("heart_rate", 2)), "swimming")
    css = written(Step(target=CssOffset(5)), "swimming")
    pace = written(Step(target=Range("pace", 100, 100, "/100m")), "swimming")

    assert (node["secondaryTargetType"]["workoutTargetTypeId"], node["secondaryTargetValueOne"]) == (18, 5)
    assert (node["targetType"]["workoutTargetTypeId"], node["zoneNumber"]) == (4, 2)
    assert (css["secondaryTargetType"]["workoutTargetTypeId"], css["secondaryTargetValueOne"]) == (17, 5)
    assert (pace["secondaryTargetValueOne"], pace["secondaryTargetValueUnit"]["unitKey"]) == (1.0, "meter")
    assert "secondaryTargetValueTwo" not in pace


def test_the_pool_is_written_at_the_top_and_at_each_segment_in_water() -> None:
    single = to_garmin(Workout(sport="swimming", pool=Pool(25, "yd"), steps=(Step(),)))
    leg = to_garmin(Workout(sport="multi_sport", steps=(Leg(sport="swimming", pool=Pool(50), steps=(Step(),)),)))

    for node in (single, single["workoutSegments"][0]):
        assert (node["poolLength"], node["poolLengthUnit"]["unitId"]) == (25, 230)
    assert leg["workoutSegments"][0]["poolLength"] == 50
    assert "poolLength" not in leg


def test_a_weight_has_its_unit_and_the_number_that_is_shown() -> None:
    node = written(Step(weight=Weight(60, "kg")), "strength_training")

    assert (node["weightValue"], node["weightUnit"]["unitId"]) == (60, 8)


@pytest.mark.parametrize(
    "target",
    [
        Range("power", 88, 94, "%ftp"),
        Range("heart_rate", 75, 80, "%mhr"),
        Range("heart_rate", 90, 95, "%lthr"),
        Range("pace", 95, 100, "%tp"),
        Range("rpe", 7, 7, ""),
        Effort("easy"),
        RacePace(5000),
        CssOffset(5),
    ],
)
def test_the_athletes_own_terms_are_refused_at_their_place(target: Target) -> None:
    workout = Workout(sport="running", steps=(Step(), Repeat(times=2, steps=(Step(target=target),))))

    with pytest.raises(InvalidWorkout) as refusal:
        to_garmin(workout)

    assert refusal.value.place == (2, 1)


def test_what_garmin_sent_goes_back_untouched_and_our_words_win() -> None:
    sent = {"stepAudioNote": {"id": 5}, "strokeType": {"strokeTypeId": 77}, "stepType": {"stepTypeId": 99}}
    document = made.workout("swimming", [made.step(1, **sent)])
    workout = from_garmin(document)

    kept = steps_of(to_garmin(workout))[0]
    changed = msgspec.structs.replace(workout.steps[0], stroke="freestyle", kind="rest")
    written_again = steps_of(to_garmin(msgspec.structs.replace(workout, steps=(changed,))))[0]

    assert {name: kept[name] for name in sent} == sent
    assert written_again["strokeType"]["strokeTypeId"] == 6
    assert written_again["stepType"]["stepTypeId"] == 5
    assert written_again["stepAudioNote"] == {"id": 5}


# An update replaces the whole document


STORED = made.workout(
    "running",
    [
        made.step(1, "warmup", "lap", 1000.0, stepAudioNote={"id": 5}),
        made.repeat(
            2, 3, [made.step(3, value=60.0, **made.target("pace", 3.5, 4.0)), made.step(4, "rest", value=30.0)]
        ),
        made.step(5, "cooldown", "lap", 1000.0),
    ],
    trainingEffectLabel="TEMPO",
)


def test_a_stored_document_is_not_touched_where_nothing_changed() -> None:
    before = deepcopy(STORED)

    found = patched(STORED, from_garmin(STORED))

    assert before == STORED
    for node in (*steps_of(found), *steps_of(before)):
        del node["childStepId"]  # numbered again: the made-up document has none
    assert found == before


def test_only_what_changed_is_written() -> None:
    workout = from_garmin(STORED)
    group = workout.steps[1]
    assert isinstance(group, Repeat)
    zone = msgspec.structs.replace(group.steps[0], target=Zone("heart_rate", 4))
    changed = (workout.steps[0], msgspec.structs.replace(group, times=5, steps=(zone, group.steps[1])), Step(end=Lap()))

    nodes = steps_of(patched(STORED, msgspec.structs.replace(workout, name="New", steps=changed)))

    first, repeat, work, rest, last = nodes
    assert (first["stepId"], first["stepAudioNote"], first["endConditionValue"]) == (901, {"id": 5}, 1000.0)
    assert (repeat["stepId"], repeat["numberOfIterations"], repeat["endConditionValue"]) == (902, 5, 5)
    assert (work["zoneNumber"], work["targetValueOne"], work["targetValueTwo"]) == (4, None, None)
    assert rest["stepId"] == 904
    assert last["stepType"]["stepTypeId"] == 3


def test_steps_may_come_and_go() -> None:
    workout = from_garmin(STORED)
    fewer = patched(STORED, msgspec.structs.replace(workout, steps=workout.steps[1:]))
    more = patched(STORED, msgspec.structs.replace(workout, steps=(Step(end=Time(5)), *workout.steps)))

    assert [node.get("stepId") for node in steps_of(fewer)] == [902, 903, 904, 905]
    assert [node.get("stepId") for node in steps_of(more)] == [None, 901, 902, 903, 904, 905]
    assert [node["stepOrder"] for node in steps_of(more)] == [1, 2, 3, 4, 5, 6]
    assert fewer["trainingEffectLabel"] == "TEMPO"


def test_a_display_unit_is_written_too() -> None:
    document = made.workout("running", [made.step(1, end="distance", value=2000.0)])

    node = steps_of(patched(document, Workout(sport="running", steps=(Step(end=Distance(2000, "km")),))))[0]

    assert node["preferredEndConditionUnit"]["unitKey"] == "kilometer"
    assert (
        same_meaning(document, Workout(sport="running", name="Made up", steps=(Step(end=Distance(2000, "km")),))) == []
    )
