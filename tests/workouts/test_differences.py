"""Which differences between two workouts matter, and how they are told."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from garminsync_tui.workouts.definition import (
    Distance,
    Lap,
    Leg,
    Pool,
    Range,
    Repeat,
    Step,
    Time,
    UntilHeartRate,
    Weight,
    Workout,
    Zone,
)
from garminsync_tui.workouts.differences import same_meaning
from garminsync_tui.workouts.garmin_json import to_garmin

from .definitions import SEEDS, made_up


def run(*steps: Step | Repeat, **fields: Any) -> Workout:
    return Workout(sport=fields.pop("sport", "running"), name="Run", steps=steps, **fields)


def told(was: Any, now: Any) -> list[str]:
    return [str(difference) for difference in same_meaning(was, now)]


PACE = Range("pace", 230, 240, "/km")


def test_a_workout_means_the_same_as_its_document_and_as_it_is_stored() -> None:
    for seed in SEEDS[:100]:
        workout = made_up(seed)
        assert same_meaning(workout, workout.stored()) == [], f"seed {seed}"
        assert same_meaning(workout, to_garmin(workout)) == [], f"seed {seed}"


@pytest.mark.parametrize(
    ("was", "now"),
    [
        (Step(target=PACE), Step(target=Range("pace", 370.149, 386.243, "/mi"))),
        (Step(target=Range("speed", 36, 36, "km/h")), Step(target=Range("speed", 36.001, 36.002, "km/h"))),
        (Step(target=Range("cadence", 170, 180, "spm")), Step(target=Range("cadence", 170, 180, "rpm"))),
        (Step(end=Distance(2000, "km")), Step(end=Distance(2000))),
        (Step(weight=Weight(60, "kg")), Step(weight=Weight(132.3, "lb"))),
        (Step(end=Time(60)), Step(end=Time(60.0004))),
        (Step(note=None), Step(note="")),
        (Step(garmin={"one": None, "two": {"three": 1.0, "displayOrder": 5}}), Step(garmin={"two": {"three": 1}})),
    ],
)  # fmt: skip
def test_what_makes_no_difference(was: Step, now: Step) -> None:
    assert told(run(was), run(now)) == []


@pytest.mark.parametrize(
    ("was", "now", "says"),
    [
        (Step(target=PACE), Step(), "the target was 3:50–4:00 /km, is none"),
        (Step(target=PACE), Step(target=Range("pace", 231, 240, "/km")),
         "the target was 3:50–4:00 /km, is 3:51–4:00 /km"),
        (Step(target=Zone("heart_rate", 2)), Step(target=Zone("power", 2)),
         "the target was heart rate zone 2, is power zone 2"),
        (Step(target=Range("power", 88, 94, "%ftp")), Step(target=Range("power", 220, 235, "W")),
         "the target was 88–94 %ftp, is 220–235 W"),
        (Step(end=UntilHeartRate(bpm=130, until="above")), Step(end=Lap()),
         "the end was until the heart is above 130 bpm, is until the lap button"),
        (Step(end=Distance(400)), Step(end=Distance(401)), "the end was 400 m, is 401 m"),
        (Step(weight=Weight(60, "kg")), Step(weight=Weight(61, "kg")), "the weight was 60 kg, is 61 kg"),
        (Step(kind="rest"), Step(kind="recovery"), "the kind was rest, is recovery"),
        (Step(note="jog"), Step(note="jog\x1b[31m"), "the note was jog, is jog·[31m"),
        (Step(garmin={"new": 1}), Step(), "Garmin's field new was 1, is none"),
    ],
)  # fmt: skip
def test_what_makes_one(was: Step, now: Step, says: str) -> None:
    nested = [run(Step(), Repeat(times=3, steps=(step,))) for step in (was, now)]

    assert told(*nested) == [f"step 2.1: {says}"]


def test_repeats() -> None:
    was = run(Repeat(times=5, steps=(Step(),)))
    now = run(Repeat(seconds=600, skip_last_rest=True, steps=(Step(),)))

    assert told(was, now) == [
        "step 1: the repeat was 5 times, is 10:00",
        "step 1: skipping the last rest was no, is yes",
    ]


def test_steps_that_are_gone_and_new() -> None:
    was = run(Step(kind="warmup"), Repeat(times=2, steps=(Step(),)), Step(kind="cooldown"))
    now = run(Step(kind="warmup"), Step(end=Time(90)), Step(end=Time(30)), Step(kind="cooldown"))

    assert told(was, now) == [
        "step 2: a repeat of 2 times is gone",
        "step 2: interval, 1:30 came new",
        "step 3: interval, 0:30 came new",
    ]


def test_of_the_whole_workout() -> None:
    was = Workout(sport="swimming", name="n" * 300, pool=Pool(25), steps=(Step(),))
    now = msgspec.structs.replace(was, name="n" * 256, pool=Pool(50), note="long")

    assert told(was, now) == [
        f"the workout: the name was {'n' * 59}… (300 characters), is {'n' * 59}… (256 characters)",
        "the workout: the note was none, is long",
        "the workout: the pool was 25 m, is 50 m",
    ]


def test_the_pool_of_a_leg_is_the_workouts_where_it_has_none() -> None:
    def brick(top: Pool | None, own: Pool | None) -> Workout:
        return Workout(sport="multi_sport", pool=top, steps=(Leg(sport="swimming", pool=own, steps=(Step(),)),))

    assert told(brick(Pool(25), None), brick(None, Pool(25))) == []
    assert told(brick(Pool(25), None), brick(None, None)) == ["step 1: the pool was 25 m, is none"]


def test_a_document_that_is_no_workout_any_more() -> None:
    stored = to_garmin(run(Step())) | {"sportType": {"sportTypeId": 0, "sportTypeKey": None}}

    assert told(run(Step()), stored) == [
        "the workout: Garmin stores no sport for 0 (without a name)",
    ]
