"""What a workout is made of, out of Garmin's documents."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from garminsync_tui.errors import InvalidWorkout
from garminsync_tui.workouts.definition import (
    CssOffset,
    Distance,
    Effort,
    Exercise,
    FixedRest,
    Lap,
    OtherEnd,
    OtherTarget,
    Pool,
    Range,
    Repeat,
    SendOff,
    Step,
    Time,
    UntilHeartRate,
    UntilPower,
    Weight,
    Zone,
)
from garminsync_tui.workouts.differences import same_meaning
from garminsync_tui.workouts.garmin_json import from_garmin, patched, to_garmin
from garminsync_tui.workouts.garmin_remarks import contradictions
from garminsync_tui.workouts.vocabulary import SPORTS, UNITS

from . import garmin_documents as made
from .definitions import SEEDS, made_up


def read_step(sport: str = "running", end: str = "time", value: float | None = 60.0, **fields: Any) -> Step:
    found = from_garmin(made.workout(sport, [made.step(1, end=end, value=value, **fields)])).steps[0]
    assert isinstance(found, Step)
    return found


@pytest.mark.parametrize(
    ("end", "value", "fields", "means"),
    [
        ("time", 90.0, {}, Time(90)),
        ("lap", 1000.0, {}, Lap()),  # the watch's guess
        ("distance", 400, {}, Distance(400)),
        ("distance", 3218.688, {"preferredEndConditionUnit": UNITS["mi"]}, Distance(3218.688, "mi")),
        ("distance", 1500, {"preferredEndConditionUnit": {"unitKey": "kilometer"}}, Distance(1500, "km")),
        ("heart_rate", 130, {"endConditionCompare": "gt"}, UntilHeartRate(bpm=130, until="above")),
        ("heart_rate", 999, {"endConditionZone": 2}, UntilHeartRate(zone=2)),
        ("heart_rate", 140, {"endConditionCompare": "lt"}, UntilHeartRate(bpm=140, until="below")),
        ("power", 300, {}, UntilPower(300)),
        ("fixed_rest", 15, {}, FixedRest(15)),
        ("send_off", 105, {}, SendOff(105)),
        ("time", None, {}, OtherEnd(2, "time", None)),
        ("iterations", 3, {}, OtherEnd(7, "iterations", 3)),
    ],
)  # fmt: skip
def test_ends(end: str, value: float | None, fields: dict[str, Any], means: object) -> None:
    assert read_step(end=end, value=value, **fields).end == means


@pytest.mark.parametrize(
    ("sport", "fields", "means"),
    [
        ("running", made.target("heart_rate", zone=3), Zone("heart_rate", 3)),
        ("running", made.target("heart_rate", 120.0, 140.0, zone=2), Zone("heart_rate", 2)),  # a zone wins
        ("running", made.target("pace", 3.7037, 3.3333), Range("pace", 270, 300, "/km")),
        ("running", made.target("pace", 3.3333333, 3.7037037), Range("pace", 270, 300, "/km")),  # as old ones lie
        ("running", {**made.target("heart_rate", zone=1), "zoneNumber": "2"}, Zone("heart_rate", 2)),
        ("running", made.target("cadence", 176, 184), Range("cadence", 176, 184, "spm")),
        ("cycling", made.target("power", 250, 200), Range("power", 200, 250, "W")),
        ("cycling", made.target("power 3s", 200, 250), Range("power", 200, 250, "W", "3s")),
        ("cycling", made.target("cadence", 85, 95), Range("cadence", 85, 95, "rpm")),
        ("cycling", made.target("speed", 8.33333, 7.77778), Range("speed", 28, 30, "km/h")),
        ("cycling", made.target("power 10s", zone=3), OtherTarget(11, "power.10s", zone=3)),
        ("running", made.target("effort", 5.0), OtherTarget(18, "swim.instruction", 5.0)),
        ("running", made.target("pace", 0.0, 3.0), OtherTarget(6, "pace.zone", 0.0, 3.0)),
        ("running", made.target("heart_rate"), OtherTarget(4, "heart.rate.zone")),
        ("running", made.target("none", 3.0, 4.0), None),
    ],
)
def test_targets(sport: str, fields: dict[str, Any], means: object) -> None:
    assert read_step(sport, **fields).target == means


@pytest.mark.parametrize(
    ("fields", "means"),
    [
        (made.second_target("effort", 5.0), Effort("hard")),
        (made.second_target("css", -5.0), CssOffset(-5)),
        ({**made.second_target("pace", 1.0), "secondaryTargetValueUnit": made.METER}, Range("pace", 100, 100, "/100m")),
    ],
)
def test_what_a_swimmer_holds_lies_in_the_second_slot(fields: dict[str, Any], means: object) -> None:
    found = read_step("swimming", **fields)

    assert (found.target, found.second_target, found.garmin) == (means, None, {})


def test_paces_in_a_pool_of_yards() -> None:
    pool = {"poolLength": 25.0, "poolLengthUnit": UNITS["yd"]}
    step = made.step(1, **made.second_target("pace", 0.9144))

    found = from_garmin(made.workout("swimming", [step], **pool))

    assert found.pool == Pool(25, "yd")
    assert found.steps[0].target == Range("pace", 100, 100, "/100yd")  # type: ignore[union-attr]


def test_strength() -> None:
    found = read_step("strength_training", "reps", 8.0, category="SQUAT", exerciseName="GOBLET_SQUAT",
                      weightValue=59.999, weightUnit=UNITS["kg"])  # fmt: skip

    assert (found.exercise, found.weight) == (Exercise("SQUAT", "GOBLET_SQUAT"), Weight(60, "kg"))
    assert read_step("strength_training", relativeWeight="BODY_WEIGHT").weight == "bodyweight"
    assert read_step("strength_training", weightValue=-1, weightUnit=UNITS["kg"]).weight is None
    assert read_step("strength_training", category="PLANK", exerciseName="").exercise == Exercise("PLANK")


def test_the_number_is_believed_and_the_key_ignored() -> None:
    # As the server does: this is stored as calories.
    wrong = {"endCondition": {"conditionTypeId": 4, "conditionTypeKey": "heart.rate"}}

    assert from_garmin(made.workout("running", [made.step(1, value=150.0, **wrong)])).steps[0].end.kcal == 150  # type: ignore[union-attr]


def test_siblings_lie_in_any_order() -> None:
    # Some documents number a repeat after the steps in it.
    inner = made.repeat(4, 2, [made.step(3, value=3), made.step(2, value=2)])
    outer = made.repeat(6, 3, [made.step(5, value=5), inner])

    found = from_garmin(made.workout("running", [made.step(7, value=7), outer, made.step(1, value=1)]))

    first, group, last = found.steps
    assert isinstance(group, Repeat)
    assert (first, last) == (Step(end=Time(1)), Step(end=Time(7)))
    assert group.steps == (Repeat(times=2, steps=(Step(end=Time(2)), Step(end=Time(3)))), Step(end=Time(5)))


def test_repeats_of_a_number_and_of_a_time() -> None:
    bare = {"type": "RepeatGroupDTO", "stepOrder": 1, "numberOfIterations": 6, "workoutSteps": [made.step(2)]}
    timed = made.repeat(3, 1, [made.step(4)], numberOfIterations=None, endConditionValue=600.0,
                        endCondition={"conditionTypeId": 2}, skipLastRestStep=True)  # fmt: skip

    found = from_garmin(made.workout("hiit", [bare, timed])).steps

    assert found == (
        Repeat(times=6, steps=(Step(end=Time(60)),)),
        Repeat(seconds=600, skip_last_rest=True, steps=(Step(end=Time(60)),)),
    )


def test_what_is_not_understood_is_kept_where_it_was() -> None:
    document = made.workout(
        "cycling",
        [
            made.step(1, stepAudioNote={"id": 5}, powerCurveScale=90, strokeType={"strokeTypeId": 77}),
            made.repeat(2, 3, [made.step(3)], smartRepeat=True),
        ],
        workoutProvider="coach",
        subSportType="GENERIC",
    )
    document["workoutSegments"][0]["description"] = "flat"

    found = from_garmin(document)

    assert found.garmin == {
        "workoutProvider": "coach",
        "subSportType": "GENERIC",
        "workoutSegments": [{"description": "flat"}],
    }
    assert found.steps[0].garmin == {
        "stepAudioNote": {"id": 5},
        "powerCurveScale": 90,
        "strokeType": {"strokeTypeId": 77},
    }
    assert to_garmin(found)["workoutSegments"][0]["workoutSteps"][1]["smartRepeat"] is True


@pytest.mark.parametrize(
    ("top", "segment", "says"),
    [
        ((4, "swimming"), (3, "swimming"), "written as 3 and swimming, but 3 is other; swimming is 4"),
        ((17, "walking"), (4, "walking"), "no sport for 17 (walking); walking is 12"),
        ((18, "hiking"), (7, "hiking"), "no sport for 18 (hiking)"),
        ((4, "strength_training"), None, "strength_training is 5"),
        ((0, None), None, "no sport for 0"),
        ((1, "running"), (2, "cycling"), "is running, but its segment is cycling"),
        ((None, None), None, "has no sport"),
    ],
)
def test_sports_that_contradict_themselves_are_refused(top: Any, segment: Any, says: str) -> None:
    document = made.workout("running", [made.step(1)])
    document["sportType"] = {"sportTypeId": top[0], "sportTypeKey": top[1]}
    if segment:
        document["workoutSegments"][0]["sportType"] = {"sportTypeId": segment[0], "sportTypeKey": segment[1]}

    with pytest.raises(InvalidWorkout) as refusal:
        from_garmin(document)

    assert says in refusal.value.message


@pytest.mark.parametrize("value", [None, [], "text", 5, {}, [None], ["step"], [{"workoutSteps": [[]]}]])
def test_documents_without_their_shape_are_refused(value: Any) -> None:
    document = made.workout("running", [made.step(1)])

    with pytest.raises(InvalidWorkout):
        from_garmin(value)
    with pytest.raises(InvalidWorkout):
        from_garmin({**document, "workoutSegments": value})
    with pytest.raises(InvalidWorkout):
        from_garmin({**document, "workoutSegments": [{**document["workoutSegments"][0], "workoutSteps": value or 0}]})


_JUNK = (
    None,
    True,
    -1,
    0,
    10**30,
    "1e999",
    "nan",
    "",
    "junk",
    "\x1b[31m",
    [],
    [None],
    {},
    {"unitId": []},
    [[]],
)


def _spoil(node: Any, dice: Random) -> Any:
    """The same with about two values in a hundred another kind of thing."""
    if dice.random() < 0.02:
        return dice.choice(_JUNK)
    if isinstance(node, dict):
        return {name: _spoil(value, dice) for name, value in node.items()}
    return [_spoil(item, dice) for item in node] if isinstance(node, list) else node


def test_spoiled_documents_are_read_or_refused_and_what_is_read_can_be_written() -> None:
    refused = 0
    for seed in SEEDS:
        document = _spoil(to_garmin(made_up(seed)), Random(seed))
        contradictions(document if isinstance(document, dict) else {})
        try:
            found = from_garmin(document)
        except InvalidWorkout:
            refused += 1
            continue
        assert same_meaning(found, to_garmin(found)) == [], f"seed {seed}"
        assert same_meaning(document, found) == [], f"seed {seed}"
        assert patched(document, found)["workoutSegments"], f"seed {seed}"

    assert 0 < refused < len(SEEDS)


def test_a_hundred_repeats_in_each_other_are_refused() -> None:
    node = made.step(1)
    for _ in range(100):
        node = made.repeat(1, 2, [node])

    with pytest.raises(InvalidWorkout, match="20 repeats deep"):
        from_garmin(made.workout("running", [node]))


def test_legs() -> None:
    pool = {"poolLength": 50.0, "poolLengthUnit": UNITS["m"]}
    document = made.workout("multi_sport", [], isSessionTransitionEnabled=True)
    document["workoutSegments"] = [
        {"segmentOrder": 2, "sportType": SPORTS.document("running"), "workoutSteps": [made.step(2)]},
        {"segmentOrder": 1, "sportType": SPORTS.document("swimming"), **pool, "workoutSteps": [made.step(1)]},
    ]

    found = from_garmin(document)

    assert found.transitions
    assert from_garmin({**document, **pool}).pool == Pool(50)
    assert [leg.pool for leg in from_garmin({**document, **pool}).steps] == [None, None]  # type: ignore[union-attr]
    assert [(leg.sport, leg.pool) for leg in found.steps] == [("swimming", Pool(50)), ("running", None)]  # type: ignore[union-attr]
