"""Estimates: the published numbers, what is open said as open, and what would unlock a number."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from garminsync_tui.sync.assess import Athlete as AssessedAthlete
from garminsync_tui.sync.athlete import SETTINGS as ATHLETE_SETTINGS
from garminsync_tui.training.power import intensity_factor, training_stress
from garminsync_tui.training.rolling import normalized, normalized_steps
from garminsync_tui.workouts.athlete import SETTINGS, Athlete
from garminsync_tui.workouts.definition import (
    Calories,
    CssOffset,
    Distance,
    Effort,
    FixedRest,
    Lap,
    Leg,
    Pool,
    Range,
    Repeat,
    Reps,
    SendOff,
    Step,
    Time,
    Workout,
    Zone,
)
from garminsync_tui.workouts.estimate import Estimate, estimate
from garminsync_tui.workouts.planned import MOST_STEPS

ATHLETE = Athlete("male", 50, 190, 170, 250, 1000 / 260, 100 / 95)


def watts(low: float, high: float | None = None) -> Range:
    return Range("power", low, high or low, "W")


def pace(low: float, high: float | None = None) -> Range:
    return Range("pace", low, high or low, "/km")


def of(sport: str, *steps: Step | Repeat, athlete: Athlete = ATHLETE) -> Estimate:
    return estimate(Workout(sport=sport, steps=steps), athlete)  # type: ignore[arg-type]


# ── The operator ─────────────────────────────────────────────────────────────────────────────────────────────


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 600).map(float)), max_size=12))
def test_stretches_are_worth_what_their_seconds_are(steps: list[tuple[int, float]]) -> None:
    seconds = [value for lasts, value in steps for _ in range(lasts)]
    whole = normalized(seconds)
    assert normalized_steps(steps) == (None if whole is None else pytest.approx(whole, abs=1e-6))


def test_ramps_and_intervals_at_a_threshold_of_250() -> None:
    up = [(1, 125 + 63 * second / 600) for second in range(600)]
    down = [(1, 150 - 50 * second / 600) for second in range(600)]
    found = normalized_steps([*up, *[(180, 300.0), (180, 125.0)] * 5, *down])
    assert found == pytest.approx(225.21, abs=1e-3)
    assert training_stress(3000, intensity_factor(found, 250)) == pytest.approx(67.626, abs=1e-3)


# ── The published numbers ────────────────────────────────────────────────────────────────────────────────────


def test_an_hour_of_steady_power() -> None:
    found = of("cycling", Step(end=Time(3600), target=watts(200)))
    assert found.stress is not None
    assert (found.stress.points, found.stress.intensity) == (pytest.approx(64), pytest.approx(0.8))
    assert (found.stress.basis, found.stress_words()) == ("power", "64")
    assert found.time_words() == "1:00:00"
    assert found.distance_words() == "—"


def test_a_run_with_cruise_intervals() -> None:
    found = of(
        "running",
        Step("warmup", Time(900), pace(330)),
        Repeat(times=3, steps=(Step(end=Time(480), target=pace(260)), Step("recovery", Time(120), pace(360)))),
        Step("cooldown", Time(600), pace(345)),
    )
    assert found.seconds.known == 3300
    assert found.meters.known == pytest.approx(11004.9, abs=0.1)
    assert found.stress is not None
    assert found.stress.points == pytest.approx(72.715, abs=1e-3)
    assert found.stress.intensity == pytest.approx(0.8907, abs=1e-4)


def test_a_heart_rate_in_parts_of_threshold() -> None:
    found = of("cycling", Step(end=Time(1800), target=Range("heart_rate", 87, 87, "%lthr")))
    assert found.stress is not None
    assert found.stress.points == pytest.approx(30.126, abs=1e-3)
    assert found.stress_words() == "≈ 30 (heart rate)"


def test_hundreds_in_a_pool() -> None:
    swim = Step(end=Distance(100), target=Range("pace", 90, 90, "/100m"))
    found = of("swimming", Repeat(times=10, steps=(swim, Step("rest", FixedRest(15)))))
    assert found.stress is not None
    assert found.stress.points == pytest.approx(29.4024, abs=1e-4)
    assert (found.seconds.known, found.meters.known) == (pytest.approx(1050), 1000)


def test_a_pace_lies_in_the_middle_of_its_speeds() -> None:
    found = of("running", Step(end=Time(1200), target=pace(240, 300)))
    assert found.meters.known == pytest.approx(1200 * (1000 / 240 + 1000 / 300) / 2)
    assert found.stress is not None
    assert found.stress.low < found.stress.points < found.stress.high
    assert found.stress_words() == "25–39"


# ── What is open ─────────────────────────────────────────────────────────────────────────────────────────────


def test_open_steps_are_said_as_open() -> None:
    found = of(
        "running",
        Step("warmup", Lap()),
        Step(end=Time(2700), target=pace(260)),
        Step("cooldown", Lap()),
        Step(end=Calories(100)),
    )
    assert found.time_words() == "≥ 45:00, + 3 open"
    assert found.distance_words() == "≥ 10.4 km"
    assert found.assumed_words() == "≈ ≥ 1:05:00, + 1 open, ≥ 10.4 km with 10 min for open warm-ups and cool-downs"
    assert found.stress is not None
    assert found.assumed_stress is not None
    assert found.stress.partial
    assert found.stress_words().startswith("≥ ")
    # 20 minutes at three quarters of threshold speed come in.
    assert found.assumed_stress.points > found.stress.points


def test_a_distance_without_a_speed_has_no_time() -> None:
    found = of("cycling", Step(end=Distance(20_000)))
    assert (found.time_words(), found.distance_words()) == ("≥ 0:00, + 1 open", "20.0 km")


def test_a_speed_from_history_is_said_to_be_one() -> None:
    athlete = replace(ATHLETE, usual_speeds_mps={("running", 2): 3.0, ("running", None): 2.5})
    easy = of("running", Step(end=Distance(3000), target=Zone("heart_rate", 2)), athlete=athlete)
    assert easy.seconds.known == pytest.approx(1000)
    assert easy.assumptions == ("speeds from your history",)
    other = of("running", Step(end=Distance(3000), target=Zone("heart_rate", 4)), athlete=athlete)
    assert other.seconds.known == pytest.approx(1200)


def test_repetitions_of_an_exercise_take_an_assumed_time() -> None:
    found = of("strength_training", Repeat(times=3, steps=(Step(end=Reps(10)), Step("rest", Time(90)))))
    assert (found.seconds.known, found.seconds.assumed) == (270, 390)
    assert found.assumptions == ("4 s for a repetition",)
    assert (found.stress, found.missing, found.stress_words()) == (None, (), "—")


def test_work_without_a_target_has_no_number() -> None:
    found = of("cycling", Step("warmup", Time(600)), Step(end=Time(600)))
    assert found.stress is not None
    assert found.stress.points == pytest.approx(600 / 36 * 0.55**2)
    assert found.stress.partial
    assert [bar.share for bar in found.bars] == [pytest.approx(0.55), None]


def test_a_send_off_is_waited_for() -> None:
    swim, wait = Step(end=Distance(100), target=CssOffset(0)), Step("rest", SendOff(105))
    assert of("swimming", swim, wait).seconds.known == pytest.approx(105)
    assert of("swimming", swim, Step("rest", SendOff(80))).seconds.known == pytest.approx(95)
    nobody = of("swimming", swim, wait, athlete=Athlete())
    assert (nobody.seconds.known, nobody.seconds.open) == (105, 0)


# ── Repeats ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_last_rest_may_be_left_out() -> None:
    steps = (Step(end=Time(60)), Step("rest", Time(30)))
    assert of("cycling", Repeat(times=4, steps=steps)).seconds.known == 360
    assert of("cycling", Repeat(times=4, skip_last_rest=True, steps=steps)).seconds.known == 330


def test_repeats_nest_and_tell_where_each_bar_is_from() -> None:
    inner = Repeat(times=3, steps=(Step(end=Time(10)), Step("recovery", Time(20))))
    found = of("cycling", Repeat(times=2, steps=(inner, Step("rest", Time(60)))))
    assert found.seconds.known == 300
    assert [bar.place for bar in found.bars[:8]] == [(1, 1, 1), (1, 1, 2)] * 3 + [(1, 2), (1, 1, 1)]


def test_a_repeat_for_a_time_takes_that_time() -> None:
    steps = (Step(end=Time(40), target=watts(300)), Step("rest", Time(20)))
    found = of("cycling", Repeat(seconds=150, steps=steps))
    assert [bar.seconds for bar in found.bars] == [40, 20, 40, 20, 30]
    opened = of("hiit", Repeat(seconds=600, steps=(Step(end=Reps(10)), Step("rest", Time(20)))))
    assert (opened.seconds.known, opened.seconds.open) == (600, 0)


def test_more_steps_than_anybody_does_are_not_looked_at() -> None:
    step = Step(end=Time(1), target=watts(200))
    found = of("cycling", Repeat(times=10**12, steps=(Repeat(times=10**12, steps=(step,)),)))
    assert (len(found.bars), found.capped) == (MOST_STEPS, True)
    assert found.time_words() == "≥ 16:40"
    endless = of("cycling", Repeat(seconds=1e12, steps=(step,)))
    assert (len(endless.bars), endless.capped) == (MOST_STEPS, True)


# ── Several measures, and none ───────────────────────────────────────────────────────────────────────────────


def test_measures_that_differ_are_summed_and_said_to_be_mixed() -> None:
    ride = Step(end=Time(3600), target=watts(250))
    heart = Step(end=Time(3600), target=Range("heart_rate", 170, 170, "bpm"))
    found = of("cycling", ride, heart)
    assert found.stress is not None
    assert (found.stress.points, found.stress.basis, found.stress.intensity) == (pytest.approx(200), "mixed", None)
    assert found.stress_words() == "≈ 200 (mixed)"


def test_legs_have_sports_of_their_own() -> None:
    legs = (
        Leg(sport="swimming", pool=Pool(25), steps=(Step(end=Distance(400), target=Effort("easy")),)),
        Leg(sport="cycling", steps=(Step(end=Time(1800), target=Zone("power", 3)),)),
        Leg(sport="running", steps=(Step(end=Distance(5000), target=pace(260)),)),
    )
    found = estimate(Workout(sport="multi_sport", steps=legs), ATHLETE)
    assert found.stress is not None
    assert found.stress.basis == "mixed"
    assert [bar.place for bar in found.bars] == [(1, 1), (2, 1), (3, 1)]
    assert [bar.zone for bar in found.bars] == [2, 3, 4]


@pytest.mark.parametrize(
    ("sport", "step", "setting"),
    [
        ("cycling", Step(end=Time(60), target=Range("power", 88, 94, "%ftp")), "athlete.threshold_power_w"),
        ("cycling", Step(end=Time(60), target=Zone("power", 3)), "athlete.threshold_power_w"),
        ("cycling", Step(end=Time(60), target=watts(200)), "athlete.threshold_power_w"),
        ("running", Step(end=Time(60), target=pace(260)), "athlete.threshold_pace_s_per_km"),
        ("running", Step(end=Time(60), target=Effort("easy")), "athlete.threshold_pace_s_per_km"),
        ("swimming", Step(end=Distance(100), target=CssOffset(5)), "athlete.swim_pace_s_per_100m"),
        ("running", Step(end=Time(60), target=Zone("heart_rate", 2)), "athlete.max_heart_rate_bpm"),
    ],
)
def test_each_missing_threshold_names_its_setting(sport: str, step: Step, setting: str) -> None:
    found = of(sport, step, athlete=Athlete())
    assert found.stress is None
    assert setting in [missing.setting for missing in found.missing]
    assert of(sport, step).missing == ()
    assert of(sport, step).stress is not None


def test_the_settings_are_those_of_the_program() -> None:
    assert {name: setting for name, (setting, _) in SETTINGS.items()} == ATHLETE_SETTINGS
    assert set(SETTINGS) == set(AssessedAthlete.__slots__)


def test_rests_are_no_measure_of_their_own() -> None:
    heart = Step(end=Time(600), target=Zone("heart_rate", 4))
    found = of("running", heart, Step("rest", Time(60)), heart)
    assert found.stress is not None
    assert found.stress.basis == "heart rate"
