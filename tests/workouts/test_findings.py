"""What is found wrong with workouts, where, and what is suggested."""

from __future__ import annotations

from typing import Any

import pytest

from garminsync_tui.workouts.definition import (
    Distance,
    Exercise,
    FixedRest,
    Leg,
    Pool,
    Range,
    Repeat,
    Reps,
    SendOff,
    Step,
    Time,
    UntilHeartRate,
    UntilPower,
    Workout,
    Zone,
)
from garminsync_tui.workouts.findings import Finding, check, with_those_of

KNOWN = {
    "BENCH_PRESS": {"BARBELL_BENCH_PRESS", "DUMBBELL_BENCH_PRESS"},
    "PULL_UP": {"LAT_PULLDOWN", "PULL_UP"},
    "PUSH_UP": {"PUSH_UP"},
}
STEP = Step(end=Time(60))


def workout(*steps: Any, sport: Any = "running", **fields: Any) -> Workout:
    return Workout(sport=sport, steps=steps or (STEP,), **{"name": "Made up", **fields})


def found(given: Workout) -> list[str]:
    return [str_of(finding) for finding in check(given, KNOWN)]


def str_of(finding: Finding) -> str:
    place = ".".join(map(str, finding.place)) or "-"
    return f"{place} {finding.severity}: {finding.message}" + (f" [{finding.suggestion}]" if finding.suggestion else "")


def nested(levels: int) -> Step | Repeat:
    item: Step | Repeat = STEP
    for _ in range(levels):
        item = Repeat(times=2, steps=(item,))
    return item


def in_order(*kinds: str) -> tuple[Step, ...]:
    return tuple(Step(kind=kind, end=Time(60)) for kind in kinds)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "given",
    [
        workout(),
        workout(Step(target=Range("pace", 230, 240, "/km"), second_target=Range("cadence", 170, 180, "spm"))),
        workout(Step(target=Range("grade", 4, 6, "%"), end=UntilHeartRate(zone=3, until="above"))),
        workout(Step(end=Distance(100, "m")), Step(end=Distance(5, "km"))),
        workout(Step(end=FixedRest(15)), Step(end=SendOff(90), stroke="freestyle"), Step(end=Distance(25)),
                sport="swimming", pool=Pool(25)),
        workout(Step(end=Reps(8), exercise=Exercise("BENCH_PRESS", "BARBELL_BENCH_PRESS")), sport="strength_training"),
        workout(Step(end=Time(60), exercise=Exercise("POSE", "DOWNWARD_FACING_DOG")), sport="yoga"),
        workout(Step(kind="warmup", end=Time(60), exercise=Exercise("PUSH_UP")), sport="strength_training"),
        workout(Step(note="n" * 200), name="n" * 80, note="n" * 1024),
        workout(Repeat(times=99, steps=(STEP,)), nested(2), *[STEP] * 45),
    ],
)  # fmt: skip
def test_nothing_is_wrong(given: Workout) -> None:
    assert found(given) == []


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (workout(name=None), '- error: the workout has no name [write one: run "Tuesday"]'),
        (workout(name="  "), '- error: the workout has no name [write one: run "Tuesday"]'),
        (workout(name="n" * 81), "- warning: a watch shows little of a name of 81 characters"),
        (workout(name="n" * 256), "- warning: a watch shows little of a name of 256 characters"),
        (workout(name="n" * 257), "- error: Garmin cuts a name after 256 characters; this has 257"),
        (workout(name="🏃" * 129), "- error: Garmin cuts a name after 256 characters; this has 258"),
        (workout(note="n" * 1025), "- warning: the note has 1025 characters; 1024 are known to be kept"),
        (workout(sport="walking"),
         "- warning: not every account of Garmin's has walking workouts [running is always there]"),
        (workout(Step(note="n" * 201)), "1 warning: a watch may not show a note of 201 characters"),
        (workout(Step(note="n" * 513)), "1 error: the note has 513 characters; a step's may have 512"),
        (workout(*[STEP] * 51),
         "51 error: the workout has 51 steps, repeats counted; watches take 50 "
         "[use repeats, or make two workouts of it]"),
        (workout(nested(3)), "1.1.1 warning: repeats lie 3 deep in each other; Garmin's own editor shows two"),
        (workout(Repeat(times=100, steps=(STEP,))), "1 error: 100 times is more than Garmin's 99 [repeat the repeat]"),
        (workout(sport="swimming"), "- error: a swim needs the length of its pool [write it: pool 25m]"),
        (workout(pool=Pool(25)), "- warning: only a swim has a pool"),
        (workout(Step(stroke="freestyle")), "1 error: only a swim has a stroke"),
        (workout(Step(drill="kick")), "1 error: only a swim has a drill"),
        (workout(Step(equipment="fins")), "1 error: only a swim has a piece of equipment"),
        (workout(Step(end=Reps(8))),
         "1 error: only exercises are counted in repetitions [write a time or a distance]"),
        (workout(Step(end=Time(360_001))), "1 error: nobody goes on for more than a hundred hours"),
        (workout(Step(end=Distance(10_000_001, "km"))), "1 error: nobody goes farther than ten thousand kilometres"),
        (workout(Step(target=Range("pace", 0, 1, "/km"))), "1 error: a pace of no time at all cannot be held"),
        (workout(Step(target=Range("power", -5, 10, "W"))), "1 error: -5 W is less than nothing"),
        (workout(Step(target=Range("rpe", 7, 99, ""))), "1 error: an effort is felt from 1 to 10"),
        (workout(Step(end=SendOff(90))), "1 error: a send-off is for the pool [write a time]"),
        (workout(Step(end=FixedRest(15))), "1 error: a rest at the wall is for the pool [write a time]"),
        (workout(Step(end=UntilHeartRate(bpm=130))),
         "1 warning: Garmin may read this as until it is below [write < or >]"),
        (workout(Step(end=UntilPower(300))), "1 warning: Garmin may read this as until it is below [write < or >]"),
        (workout(Step(end=Distance(10))), "1 warning: 10 m is very short [did you mean 10min?]"),
        (workout(Step(target=Zone("heart_rate", 2), second_target=Range("grade", 4, 6, "%"))),
         "1 error: Garmin stores a slope beside another target wrongly [make it the first target]"),
        (workout(Step(target=Range("grade", 4, 6, "%")), sport="swimming", pool=Pool(25)),
         "1 error: Garmin stores a slope beside another target wrongly [make it the first target]"),
        (workout(Step(target=Zone("heart_rate", 2)), sport="swimming", pool=Pool(25)),
         "1 warning: a watch takes no notice of the heart rate in a pool [write an effort]"),
        (workout(Step(second_target=Range("heart_rate", 120, 140, "bpm")), sport="swimming", pool=Pool(25)),
         "1 warning: a watch takes no notice of the heart rate in a pool [write an effort]"),
        (workout(Step(target=Range("pace", 100, 110, "/km")), sport="cycling"),
         "1 warning: on a bike a watch shows speed, not pace [write km/h or mph]"),
        (workout(Step(exercise=Exercise("PUSH_UP"))),
         "1 warning: a watch shows exercises in strength workouts and their kin only"),
        (workout(Step(kind="warmup", end=Time(300)), sport="strength_training"),
         "1 warning: a warm-up without an exercise counts as a set [give it an exercise]"),
        (workout(Step(exercise=Exercise("CHEST", "PUSH_UP")), sport="hiit"),
         "1 error: nobody knows exercises of CHEST; Garmin refuses them [did you mean PUSH_UP/PUSH_UP?]"),
        (workout(Step(exercise=Exercise("BENCHPRESS")), sport="hiit"),
         "1 error: nobody knows exercises of BENCHPRESS; Garmin refuses them [did you mean BENCH_PRESS?]"),
        (workout(Step(exercise=Exercise("BENCH_PRESS", "BARBEL_BENCH_PRESS")), sport="hiit"),
         "1 error: nobody knows BENCH_PRESS/BARBEL_BENCH_PRESS; Garmin drops the name "
         "[did you mean BENCH_PRESS/BARBELL_BENCH_PRESS, BENCH_PRESS/DUMBBELL_BENCH_PRESS?]"),
        (workout(Step(exercise=Exercise("PUSH_UP", "LAT_PULLDOWN")), sport="hiit"),
         "1 error: nobody knows PUSH_UP/LAT_PULLDOWN; Garmin drops the name [did you mean PULL_UP/LAT_PULLDOWN?]"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_one_thing(given: Workout, says: str) -> None:
    assert found(given) == [says]


def test_four_repeats_in_each_other() -> None:
    assert found(workout(nested(4)))[1:] == ["1.1.1.1 error: repeats lie 4 deep in each other; Garmin takes 3"]
    leg = Leg(sport="running", steps=(nested(3),))
    assert found(workout(leg, leg, sport="multi_sport")) == [
        "1.1.1.1 warning: repeats lie 3 deep in each other; Garmin's own editor shows two",
        "2.1.1.1 warning: repeats lie 3 deep in each other; Garmin's own editor shows two",
    ]


def test_without_a_list_exercises_are_believed() -> None:
    given = workout(Step(exercise=Exercise("CHEST", "WHATEVER")), sport="strength_training")

    assert check(given) == []
    assert len(check(given, KNOWN)) == 1


@pytest.mark.parametrize(
    ("legs", "split"),
    [
        ((in_order("warmup"), in_order("interval"), in_order("cooldown")), []),
        (((*in_order("warmup"), nested(1)), (nested(1),), in_order("interval", "cooldown")), []),
        ((in_order("interval"), (*in_order("warmup"), nested(1)), in_order("interval")), []),
        ((in_order("warmup", "interval"), in_order("interval")), [1]),
        ((in_order("interval", "interval"), in_order("interval")), [1]),
        ((in_order("interval"), (*in_order("warmup"), nested(1), *in_order("interval"))), [2]),
        ((in_order("interval", "cooldown"), in_order("interval")), [1]),
        ((in_order("interval"), in_order("warmup")), [2]),
    ],
)
def test_legs_that_the_server_may_split(legs: tuple[tuple[Step | Repeat, ...], ...], split: list[int]) -> None:
    given = workout(*(Leg(sport="running", steps=steps) for steps in legs), sport="multi_sport")

    assert found(given) == [
        f"{number} warning: Garmin may split a leg of these steps into several [wrap its steps in one repeat: 1x]"
        for number in split
    ]


def test_legs() -> None:
    def legs(*sports: Any, **fields: Any) -> list[str]:
        return found(workout(*(Leg(sport=sport, steps=(STEP,)) for sport in sports), sport="multi_sport", **fields))

    assert legs("running") == ["- error: Garmin refuses a multisport workout of a single leg [add a leg]"]
    assert legs("running", "multi_sport") == ["2 error: a leg has one sport"]
    assert legs("running", "swimming") == ["2 error: a swim needs the length of its pool [write it: pool 25m]"]
    assert legs("running", "swimming", pool=Pool(25)) == []


def test_what_is_found_in_a_leg_goes_by_its_sport() -> None:
    step = Step(stroke="freestyle", target=Range("pace", 100, 110, "/100m"), end=Distance(25))
    swim, ride = (
        Leg(sport=sport, pool=pool, steps=(step,)) for sport, pool in (("swimming", Pool(25)), ("cycling", None))
    )  # type: ignore[arg-type]

    assert [line.split(":")[0] for line in found(workout(swim, ride, sport="multi_sport"))] == [
        "2.1 error",
        "2.1 warning",
        "2.1 warning",
    ]


def test_what_garmin_holds_is_known_though_the_list_lacks_it() -> None:
    held = workout(Step(end=Reps(8), exercise=Exercise("TIRE", "TIRE_FLIP")), sport="strength_training")
    assert check(held, KNOWN)
    assert check(held, with_those_of(KNOWN, held)) == []
