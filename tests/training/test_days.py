"""Load over days, totals and streaks."""

from __future__ import annotations

from datetime import date, timedelta
from math import isnan, nan
from statistics import fmean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from garminsync_tui.training.load import (
    Form,
    Load,
    change_percent,
    choose_load,
    fitness_fatigue_form,
    monotony,
    ramp,
    seed_load,
    strain,
)
from garminsync_tui.training.totals import Totals, period_start, period_starts, streak_days, streak_weeks, totals

WEEK = [100, 0, 50, 80, 0, 120, 60]
TODAY = date(2026, 11, 25)
dates = st.lists(st.integers(0, 60).map(lambda back: TODAY - timedelta(days=back)), max_size=40)


def test_fitness_fatigue_and_form_of_a_week() -> None:
    days = fitness_fatigue_form([*WEEK, 0])
    assert days[6].fitness == pytest.approx(9.1311, abs=1e-4)
    assert days[6].fatigue == pytest.approx(39.9831, abs=1e-4)
    assert days[7].form == pytest.approx(-30.8520, abs=1e-4)
    assert days[0].form == 0


@settings(max_examples=40)
@given(st.lists(st.floats(0, 500), min_size=1, max_size=60))
def test_fitness_is_a_weighted_sum(loads: list[float]) -> None:
    last = fitness_fatigue_form(loads)[-1]
    for value, days in ((last.fitness, 42), (last.fatigue, 7)):
        weights = [(1 - 1 / days) ** back / days for back in range(len(loads))]
        assert value == pytest.approx(sum(w * load for w, load in zip(weights, reversed(loads), strict=True)))
    doubled = fitness_fatigue_form([2 * load for load in loads])[-1]
    assert doubled.fitness == pytest.approx(2 * last.fitness)


def test_a_steady_state_is_reached_slowly() -> None:
    days = fitness_fatigue_form([100.0] * 126)
    assert days[41].fitness == pytest.approx(63.65, abs=0.005)
    assert days[125].fitness == pytest.approx(95.20, abs=0.005)
    assert [day.settled for day in days] == [False] * 90 + [True] * 36
    seeded = fitness_fatigue_form([100.0] * 5, fitness=100, fatigue=100)
    assert seeded[-1] == Form(100, 100, 0, False)


def test_an_unknown_day_is_no_rest() -> None:
    days = fitness_fatigue_form([*[50.0] * 100, nan, 0.0])
    assert days[100].fitness == days[99].fitness
    assert days[101].fitness < days[100].fitness
    assert [day.settled for day in days[99:]] == [True, False, False]


def test_seed_and_ramp() -> None:
    assert seed_load([nan, *range(28), 999]) == 13.5
    assert seed_load([1.0] * 27) is None
    days = fitness_fatigue_form([100.0] * 8)
    assert ramp(days) == days[7].fitness - days[0].fitness
    assert ramp(days[:7]) is None


def test_monotony_and_strain() -> None:
    assert monotony(WEEK) == pytest.approx(1.263884, abs=1e-6)
    assert strain(WEEK) == pytest.approx(518.1924, abs=1e-4)
    variance = sum((load - fmean(WEEK)) ** 2 for load in WEEK) / 6
    assert monotony(WEEK) == pytest.approx(sum(WEEK) / 7 / variance**0.5)


@pytest.mark.parametrize(
    "week", [[50.0] * 7, [100.0, 0, 0, 0, 0, 0, 90], WEEK[:6], [nan, *WEEK[1:]], [0.0] * 7], ids=str
)
def test_weeks_without_a_monotony(week: list[float]) -> None:
    assert monotony(week) is None
    assert strain(week) is None


def test_three_days_are_enough() -> None:
    assert monotony([100.0, 0, 80, 0, 0, 0, 90]) is not None


def test_this_week_against_three() -> None:
    assert change_percent(330, (200, 300, 400)) == pytest.approx(10)
    assert change_percent(330, (300, 300)) is None
    assert change_percent(330, (0, 0, 0)) is None
    assert change_percent(330, (300, nan, 300)) is None
    assert change_percent(nan, (300, 300, 300)) is None


def test_the_ladder() -> None:
    assert choose_load(power=1, pace=2, swim=3, heart_rate=4) == Load(1, "power")
    assert choose_load(pace=2, swim=3, heart_rate=4) == Load(2, "pace")
    assert choose_load(swim=3, heart_rate=4) == Load(3, "swim")
    assert choose_load(heart_rate=0.0) == Load(0, "heart_rate")
    assert choose_load() == Load(None, "none")


def test_weeks_begin_on_monday_also_at_the_end_of_a_year() -> None:
    rows = [
        (date(2026, 12, 27), {"distance_m": 1.0}),
        (date(2026, 12, 28), {"distance_m": 2.0, "ascent_m": None}),
        (date(2027, 1, 3), {"distance_m": 4.0, "ascent_m": nan}),
        (date(2027, 1, 11), {}),
    ]
    assert totals(rows, "week") == {
        date(2026, 12, 21): Totals(1, {"distance_m": 1}),
        date(2026, 12, 28): Totals(2, {"distance_m": 6}),
        date(2027, 1, 4): Totals(),
        date(2027, 1, 11): Totals(1),
    }
    assert list(totals(rows, "month")) == [date(2026, 12, 1), date(2027, 1, 1)]
    assert totals(rows, "year")[date(2026, 1, 1)] == Totals(2, {"distance_m": 3})
    assert totals([], "week") == {}


@settings(max_examples=40)
@given(st.dates(date(1990, 1, 1), date(2050, 1, 1)), st.integers(0, 1500), st.sampled_from(["week", "month", "year"]))
def test_periods_have_no_holes(since: date, length: int, period: str) -> None:
    starts = list(period_starts(since, since + timedelta(days=length), period))  # type: ignore[arg-type]
    days = {period_start(since + timedelta(days=day), period) for day in range(length + 1)}  # type: ignore[arg-type]
    assert starts == sorted(days)
    if period == "week":
        assert all(start.isocalendar().weekday == 1 for start in starts)


def back(*days: int) -> list[date]:
    return [TODAY - timedelta(days=day) for day in days]


def test_streaks_of_days() -> None:
    assert streak_days(back(0, 1, 2, 5, 6, 7, 8), TODAY) == (3, 4, back(8)[0])
    assert streak_days(back(1, 2, 2, 1), TODAY) == (2, 2, back(2)[0])
    assert streak_days(back(2, 3), TODAY) == (0, 2, back(3)[0])
    assert streak_days([], TODAY) == (0, 0, None)
    # Of two equal runs the first is the longest.
    assert streak_days(back(0, 1, 5, 6), TODAY).longest_since == back(6)[0]


def test_streaks_of_weeks() -> None:
    sunday, monday = date(2026, 11, 15), date(2026, 11, 16)
    assert streak_weeks([sunday, monday], TODAY) == (2, 2, date(2026, 11, 9))
    assert streak_weeks([sunday], TODAY).current == 0
    assert streak_weeks([TODAY, date(2026, 11, 2)], TODAY).current == 1


@settings(max_examples=60)
@given(dates)
def test_streaks_by_walking_back(days: list[date]) -> None:
    one = timedelta(days=1)
    have = set(days)
    end = TODAY if TODAY in have else TODAY - one
    current = 0
    while end - current * one in have:
        current += 1
    runs = [next(n for n in range(100) if day - n * one not in have) for day in have]
    streak = streak_days(days, TODAY)
    assert streak[:2] == (current, max(runs, default=0))
    assert streak.current <= streak.longest
    assert streak.longest_since is None or not isnan(streak.longest)
