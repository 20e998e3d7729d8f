"""Laps that were done as the workout that was meant."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from garminsync_tui.errors import InvalidWorkout
from garminsync_tui.units import MILE_M
from garminsync_tui.workouts.definition import Distance, FixedRest, Pool, Range, Repeat, Step, Time, Workout
from garminsync_tui.workouts.from_laps import DoneLap, workout_from_laps


def at(seconds: float, speed: float, intensity: str | None = None) -> DoneLap:
    return DoneLap(seconds, seconds * speed, intensity=intensity)


def over(meters: float, speed: float, intensity: str | None = None) -> DoneLap:
    return DoneLap(meters / speed, meters, intensity=intensity)


def steps(laps: list[DoneLap], sport: str = "running", pool: Pool | None = None) -> tuple[Step | Repeat, ...]:
    workout = workout_from_laps(laps, sport, pool=pool)  # type: ignore[arg-type]
    assert Workout.read(workout.stored()) == workout
    return workout.steps  # type: ignore[return-value]


def test_five_laps_of_a_track_by_hand() -> None:
    random = Random(1)
    laps = [at(612, 2.9)]
    for _ in range(5):
        laps += [
            over(400 + random.uniform(-4, 9), 4.45 + random.uniform(-0.05, 0.05)),
            at(90 + random.uniform(-2, 3), 1.8),
        ]
    laps = [*laps[:-1], at(595, 2.6), DoneLap(2.1, 4)]
    assert steps(laps) == (
        Step("warmup", Time(600)),
        Repeat(
            times=5,
            skip_last_rest=True,
            steps=(Step(end=Distance(400), target=Range("pace", 220, 230, "/km")), Step("recovery", Time(90))),
        ),
        Step("cooldown", Time(600)),
    )


def test_the_words_of_a_watch_are_believed() -> None:
    laps = [at(900, 3.0, "WARMUP"), at(60, 3.2, "warmup")]
    laps += [at(180, 4.0, "ACTIVE"), at(120, 3.6, "RECOVERY")] * 4
    laps += [at(303, 3.0, "COOLDOWN")]
    assert steps(laps) == (
        Step("warmup", Time(960)),
        Repeat(
            times=4,
            steps=(Step(end=Time(180), target=Range("pace", 245, 255, "/km")), Step("recovery", Time(120))),
        ),
        Step("cooldown", Time(300)),
    )


def test_sets_of_repetitions_nest() -> None:
    inner = [over(200, 5.4), at(60, 1.5), over(200, 5.4), at(60, 1.5), over(200, 5.4)]
    laps = [at(900, 2.8), *inner, at(240, 1.2), *inner, at(240, 1.2), *inner, at(600, 2.6)]
    fast = Step(end=Distance(200), target=Range("pace", 180, 190, "/km"))
    assert steps(laps) == (
        Step("warmup", Time(900)),
        Repeat(
            times=3,
            skip_last_rest=True,
            steps=(
                Repeat(times=3, skip_last_rest=True, steps=(fast, Step("recovery", Time(60)))),
                Step("recovery", Time(240)),
            ),
        ),
        Step("cooldown", Time(600)),
    )


def test_a_ladder_has_a_step_for_each_rung() -> None:
    laps = [at(600, 2.8)]
    for meters in (200, 400, 800, 400, 200):
        laps += [over(meters, 4.6), at(75, 1.9)]
    found = steps(laps)
    rungs = [step.end for step in found if isinstance(step, Step) and step.kind == "interval"]
    assert rungs == [Distance(meters) for meters in (200, 400, 800, 400, 200)]


def test_laps_that_the_watch_made_are_one_step() -> None:
    assert steps([over(1001, 3.3), over(999, 3.0), over(1000, 3.5), over(420, 3.1)]) == (
        Step(end=Distance(3400), target=Range("pace", 300, 315, "/km")),
    )


def test_miles_stay_miles() -> None:
    laps = [at(600, 2.7), over(MILE_M, 4.5), at(181, 1.9), over(MILE_M + 3, 4.5), at(179, 1.9)]
    found = steps(laps)
    assert isinstance(found[1], Repeat)
    assert found[1].steps[0].end == Distance(MILE_M, "mi")  # type: ignore[union-attr]


def test_standing_between_is_rest() -> None:
    laps = [at(600, 2.7), over(1000, 4.5), at(61, 0.1), over(1003, 4.5), at(59, 0.2), over(998, 4.4)]
    assert steps(laps)[1:] == (
        Repeat(
            times=3,
            skip_last_rest=True,
            steps=(
                Step(end=Distance(1000, "km"), target=Range("pace", 220, 230, "/km")),
                Step("rest", Time(60)),
            ),
        ),
    )


def test_rides_go_by_time_and_power() -> None:
    laps = [DoneLap(905, 7130, 120, 140)]
    for watts in (238, 244, 241):
        laps += [DoneLap(719, 6870, 165, watts), DoneLap(242, 1930, 130, 120)]
    laps += [DoneLap(600, 4110, 120, 0)]
    assert steps(laps, "cycling") == (
        Step("warmup", Time(900)),
        Repeat(
            times=3,
            skip_last_rest=True,
            steps=(Step(end=Time(720), target=Range("power", 230, 250, "W")), Step("recovery", Time(240))),
        ),
        Step("cooldown", Time(840)),
    )


def test_swims_are_whole_lengths_with_rests_at_the_wall() -> None:
    laps = [DoneLap(480, 400, intensity="ACTIVE"), DoneLap(31, 0, intensity="REST")]
    for seconds in (95, 97, 96, 98):
        laps += [DoneLap(seconds, 100, intensity="ACTIVE"), DoneLap(20.4, 0, intensity="REST")]
    assert steps(laps, "swimming", Pool(25)) == (
        Step(end=Distance(400), target=Range("pace", 118, 122, "/100m")),
        Step("rest", FixedRest(30)),
        Repeat(
            times=4,
            steps=(Step(end=Distance(100), target=Range("pace", 95, 98, "/100m")), Step("rest", FixedRest(20))),
        ),
    )


def test_without_a_distance_the_heart_is_what_is_held() -> None:
    laps = [DoneLap(300, None, 120), DoneLap(60, None, 150), DoneLap(60, None, 155), DoneLap(300, None, 110)]
    assert steps(laps, "cardio_training") == (
        Step("warmup", Time(300)),
        Repeat(times=2, steps=(Step(end=Time(60), target=Range("heart_rate", 149, 156, "bpm")),)),
        Step("cooldown", Time(300)),
    )


def test_laps_of_which_nothing_is_known_have_their_time() -> None:
    assert steps([DoneLap(601), DoneLap(299)], "other") == (Step(end=Time(600)), Step(end=Time(300)))


def test_a_repeat_begins_with_work() -> None:
    laps = [
        at(600, 2.9, "WARMUP"),
        at(60, 2.0, "RECOVERY"),
        at(180, 4, "ACTIVE"),
        at(60, 2, "RECOVERY"),
        at(180, 4, "ACTIVE"),
    ]
    kinds = [type(step) for step in steps(laps)]
    assert kinds == [Step, Step, Repeat]


def test_laps_that_are_all_alike_are_all_work() -> None:
    found = steps([over(1200, 3.0), over(2000, 3.1), over(800, 3.05)])
    assert [step.kind for step in found if isinstance(step, Step)] == ["interval"] * 3


def test_a_distance_of_nothing_is_no_pace() -> None:
    found = steps([DoneLap(60, 5e-324, intensity="ACTIVE"), DoneLap(60, intensity="REST")])
    assert found == (Step(end=Time(60)), Step("rest", Time(60)))


@pytest.mark.parametrize("laps", [[], [DoneLap(1)], [DoneLap(60)] * 1001])
def test_no_laps_and_too_many_are_refused(laps: list[DoneLap]) -> None:
    with pytest.raises(InvalidWorkout, match="laps"):
        workout_from_laps(laps, "running")


some = st.none() | st.floats(0, 1000)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.builds(
            DoneLap, st.floats(0, 20_000), some, some, some, st.sampled_from([None, "ACTIVE", "REST", "WARMUP", "?"])
        ),
        min_size=1,
        max_size=30,
    ),
    st.sampled_from(["running", "cycling", "swimming", "strength_training", "other"]),
)
def test_any_laps_give_a_workout_that_can_be_kept(laps: list[DoneLap], sport: str) -> None:
    try:
        workout = workout_from_laps(laps, sport)  # type: ignore[arg-type]
    except InvalidWorkout:
        assert all(lap.seconds < 5 for lap in laps)
        return
    assert Workout.read(workout.stored()) == workout
