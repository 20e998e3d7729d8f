"""The athlete's words as watts, beats and paces: what they mean, what is missing, what changes with the athlete."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from garminsync_tui.errors import InvalidWorkout
from garminsync_tui.workouts.athlete import Athlete
from garminsync_tui.workouts.athlete_terms import EFFORTS, EXERTION, resolved, terms_changed
from garminsync_tui.workouts.definition import (
    CssOffset,
    Distance,
    Effort,
    Leg,
    RacePace,
    Range,
    Repeat,
    Step,
    Target,
    Time,
    Workout,
    Zone,
)

ATHLETE = Athlete(
    "male", 50, 190, 170, 250, 1000 / 260, 100 / 95, best_runs_s={5000: 1200.0, 400: 70.0, 21_097.5: 5700.0}
)
MINUTE = Time(60)


def one(sport: str, target: Target, athlete: Athlete = ATHLETE) -> Target | None:
    workout = resolved(Workout(sport=sport, steps=(Step(end=MINUTE, target=target),)), athlete)  # type: ignore[arg-type]
    (step,) = workout.steps
    assert isinstance(step, Step)
    return step.target


@pytest.mark.parametrize(
    ("sport", "term", "meant"),
    [
        ("cycling", Range("power", 88, 94, "%ftp"), Range("power", 220, 235, "W")),
        ("cycling", Range("power", 90, 90, "%ftp", "3s"), Range("power", 218, 232, "W", "3s")),
        ("running", Range("heart_rate", 75, 80, "%mhr"), Range("heart_rate", 142, 152, "bpm")),
        ("running", Range("heart_rate", 100, 100, "%lthr"), Range("heart_rate", 167, 173, "bpm")),
        # Percents of a pace are of its speed: the smaller one is the slower.
        ("running", Range("pace", 80, 100, "%tp"), Range("pace", 260, 325, "/km")),
        ("swimming", Range("pace", 95, 100, "%tp"), Range("pace", 95, 100, "/100m")),
        ("cycling", Range("rpe", 6, 7, ""), Range("power", 225, 262, "W")),
        ("running", Effort("easy"), Range("pace", 295, 333, "/km")),
        ("walking", Effort("easy"), Range("heart_rate", 144, 153, "bpm")),
        # Garmin has words for a pool, and takes its watch's zones as they are.
        ("swimming", Range("rpe", 7, 7, ""), Effort("hard")),
        ("swimming", Effort("ascend"), Effort("ascend")),
        ("swimming", CssOffset(5), CssOffset(5)),
        ("running", Zone("heart_rate", 2), Zone("heart_rate", 2)),
        ("running", Range("pace", 240, 250, "/km"), Range("pace", 240, 250, "/km")),
        # 240 s/km were run over 5 km: 1 % on both sides, then beside it.
        ("running", RacePace(5000), Range("pace", 238, 242, "/km")),
        ("running", RacePace(5000, 10), Range("pace", 248, 252, "/km")),
        # Riegel from 5 km: 250.2 to 253.7 s/km.
        ("running", RacePace(10_000), Range("pace", 248, 256, "/km")),
    ],
)
def test_what_a_term_means(sport: str, term: Target, meant: Target) -> None:
    assert one(sport, term) == meant


@pytest.mark.parametrize(
    ("sport", "term", "named"),
    [
        ("cycling", Range("power", 88, 94, "%ftp"), "athlete.threshold_power_w"),
        ("cycling", Range("heart_rate", 75, 80, "%mhr"), "athlete.max_heart_rate_bpm"),
        ("cycling", Range("heart_rate", 75, 80, "%lthr"), "athlete.threshold_heart_rate_bpm"),
        ("running", Range("pace", 95, 100, "%tp"), "athlete.threshold_pace_s_per_km"),
        ("swimming", Range("pace", 95, 100, "%tp"), "athlete.swim_pace_s_per_100m"),
        ("cycling", Range("rpe", 7, 7, ""), "athlete.threshold_power_w"),
        ("running", Effort("hard"), "athlete.threshold_pace_s_per_km"),
        ("rucking", Effort("hard"), "athlete.threshold_heart_rate_bpm"),
        ("running", RacePace(5000), "a run"),
    ],
)
def test_what_is_missing_is_named_with_the_place(sport: str, term: Target, named: str) -> None:
    step = Step(end=MINUTE, target=term)
    workout = Workout(sport=sport, steps=(Step("warmup"), Repeat(times=2, steps=(Step("rest"), step))))  # type: ignore[arg-type]
    with pytest.raises(InvalidWorkout) as refused:
        resolved(workout, Athlete())
    assert refused.value.place == (2, 2)
    assert named in refused.value.hint


@pytest.mark.parametrize(
    ("sport", "term", "reason"),
    [
        ("running", Range("power", 88, 94, "%ftp"), "is of cycling"),
        ("running", Effort("descend"), "only in a pool"),
        ("cycling", RacePace(5000), "is a runner's"),
        ("running", RacePace(100_000), "needs a recent run over 100 km"),
        ("running", RacePace(5000, -500), "is no speed"),
        ("running", Range("pace", 0, 100, "%tp"), "is no speed"),
        ("running", Range("pace", 100, 1e6, "%tp"), "cannot be held"),
        ("cycling", Range("power", 100, 1e307, "%ftp"), "cannot be held"),
    ],
)
def test_what_cannot_be_meant_is_refused(sport: str, term: Target, reason: str) -> None:
    with pytest.raises(InvalidWorkout, match=reason):
        one(sport, term)


def test_an_effort_that_nothing_measures_becomes_a_note() -> None:
    squat = Step(end=MINUTE, target=Range("rpe", 8, 8, ""), note="slowly")
    (step,) = resolved(Workout(sport="strength_training", steps=(squat,)), Athlete()).steps
    assert step == Step(end=MINUTE, note="slowly; 8 RPE")


def test_words_stay_in_the_definition_and_plain_steps_as_they_are() -> None:
    term = Range("power", 88, 94, "%ftp")
    plain = Step(end=Distance(400), target=Range("pace", 200, 210, "/km"), garmin={"x": 1})
    legs = (Leg(sport="cycling", steps=(Step(target=term),)), Leg(sport="running", steps=(plain,)))
    workout = Workout(sport="multi_sport", steps=legs)
    found = resolved(workout, ATHLETE)
    assert workout.steps[0].steps[0].target == term  # type: ignore[union-attr]
    assert found.steps[0].steps[0].target == Range("power", 220, 235, "W")  # type: ignore[union-attr]
    assert found.steps[1] == legs[1]
    assert resolved(found, Athlete()) == found


def test_what_a_push_would_change_when_the_athlete_did() -> None:
    steps = (
        Step("warmup", target=Zone("heart_rate", 2)),
        Repeat(times=3, steps=(Step(target=Range("power", 88, 94, "%ftp")), Step(target=Effort("easy")))),
        Step(target=Range("heart_rate", 75, 80, "%mhr")),
    )
    workout = Workout(sport="cycling", steps=steps)
    assert terms_changed(workout, ATHLETE, ATHLETE) == []
    changes = terms_changed(workout, ATHLETE, replace(ATHLETE, threshold_power_w=260))
    assert [str(change) for change in changes] == [
        "Step 2.1: 88–94 %ftp was 220–235 W, is 229–244 W.",
        "Step 2.2: easy was 138–188 W, is 143–195 W.",
    ]
    (gone,) = terms_changed(workout, ATHLETE, replace(ATHLETE, max_heart_rate_bpm=None))
    assert str(gone) == "Step 3: 75–80 %mhr was 142–152 bpm, is not known."


def test_bands_of_exertion_rise_without_holes() -> None:
    for lower, higher in pairwise(EXERTION[points] for points in sorted(EXERTION)):
        for below, above in zip(lower, higher, strict=True):
            assert below[0] < below[1] == above[0] < above[1]
    assert all(1 <= low <= high <= 10 for low, high in EFFORTS.values())
