"""Altitude, moving time, and what rolls over columns."""

from __future__ import annotations

from itertools import pairwise
from math import isnan, nan
from statistics import fmean, median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from garminsync_tui.training.elevation import Climb, climbed, smoothed, turning_points
from garminsync_tui.training.moving import moving_seconds
from garminsync_tui.training.rolling import centred_mean, centred_median, stretches
from garminsync_tui.training.sports import Sport, is_indoor, sport_of

BUMPS = [100, 103, 101, 105, 104, 108, 100, 100.5, 99.5, 104]
RAMP = [float(height) for height in range(100, 201)]
heights = st.lists(st.floats(-50, 50), min_size=1, max_size=60)
gappy = st.lists(st.floats(-100, 100) | st.just(nan), max_size=40)


def test_turning_points() -> None:
    assert turning_points(RAMP, 3) == (100, 0)
    assert turning_points(BUMPS, 3) == (12.5, 8.5)
    assert turning_points(BUMPS, 5) == (8, 8.5)
    assert turning_points([nan, *BUMPS[:5], nan, *BUMPS[5:]], 3) == (12.5, 8.5)
    assert turning_points([nan], 3) is None
    assert turning_points([100.0, 102.9, 100.0], 3) == (0, 0)


@settings(max_examples=60)
@given(heights, st.sampled_from([3, 10]))
def test_gain_less_loss_is_about_the_net_change(track: list[float], hysteresis: float) -> None:
    climb = turning_points(track, hysteresis)
    assert climb is not None
    gain, loss = climb
    assert abs(gain - loss - (track[-1] - track[0])) <= 2 * hysteresis + 1e-9
    # The other way round up is down, as far as both ends allow.
    back = turning_points([-height for height in track], hysteresis)
    assert back == Climb(loss, gain)
    raw = sum(max(new - old, 0) for old, new in pairwise(track))
    assert gain <= raw + 1e-9


def naive_turns(track: list[float], hysteresis: float) -> float:
    """The gain of all legs between turning points that are found by looking ahead from each."""
    gain, turn, index = 0.0, track[0], 0
    up: bool | None = None
    while index < len(track):
        # Along the leg: the furthest point before the track comes back by the hysteresis.
        best = index
        for ahead in range(index, len(track)):
            if up is None:
                low, high = min(track[: ahead + 1]), max(track[: ahead + 1])
                if track[ahead] - low >= hysteresis or high - track[ahead] >= hysteresis:
                    up = track[ahead] - low >= hysteresis
                    turn, best = (low if up else high), ahead
            elif (track[ahead] > track[best]) == up and track[ahead] != track[best]:
                best = ahead
            elif abs(track[ahead] - track[best]) >= hysteresis:
                break
        else:
            return gain + (track[best] - turn if up else 0.0)
        gain += track[best] - turn if up else 0.0
        turn, up, index = track[best], not up, ahead
    return gain


@settings(max_examples=50)
@given(st.lists(st.integers(0, 20).map(float), min_size=1, max_size=40))
def test_turning_points_by_looking_ahead(track: list[float]) -> None:
    climb = turning_points(track, 3)
    assert climb is not None
    assert climb.gain_m == pytest.approx(naive_turns(track, 3))


def test_climbs_with_and_without_a_barometer() -> None:
    assert climbed(RAMP, barometric=True) == pytest.approx((100, 0))
    waves = [100 + 5 * abs(second % 120 - 60) / 60 for second in range(600)]
    assert climbed(waves, barometric=False) == (0, 0)
    climb = climbed(waves, barometric=True)
    assert climb is not None
    assert 20 < climb.gain_m < 25
    assert climbed([nan] * 5, barometric=True) is None


def test_a_spike_is_smoothed_away_and_a_slope_kept() -> None:
    assert list(smoothed(RAMP)) == pytest.approx(RAMP)
    spiked = [*RAMP]
    spiked[50] = spiked[51] = 900
    assert max(abs(new - old) for new, old in zip(smoothed(spiked), RAMP, strict=True)) < 1


@settings(max_examples=60)
@given(gappy, st.sampled_from([3, 5, 15]))
def test_windows_one_by_one(column: list[float], width: int) -> None:
    means, medians = centred_mean(column, width), centred_median(column, width)
    for index, value in enumerate(column):
        if isnan(value):
            assert isnan(means[index])
            assert isnan(medians[index])
            continue
        reach = 0
        while reach < width // 2:
            wider = (index - reach - 1, index + reach + 1)
            if wider[0] < 0 or wider[1] >= len(column) or any(isnan(column[end]) for end in wider):
                break
            reach += 1
        window = column[index - reach : index + reach + 1]
        assert means[index] == pytest.approx(fmean(window), abs=1e-9)
        assert medians[index] == median(window)


def test_stretches() -> None:
    assert list(stretches([nan, 1, 2, nan, nan, 3])) == [(1, 3), (5, 6)]
    assert list(stretches([])) == []


@pytest.mark.parametrize(("sport", "least"), [("running", 0.9), ("walking", 0.5), ("cycling", 1.0), ("other", 0.5)])
def test_moving_at_least_so_fast(sport: Sport, least: float) -> None:
    assert moving_seconds([least + 0.001] * 60, sport) == 60
    assert moving_seconds([least - 0.001] * 60, sport) == 0


def test_short_stops_are_none() -> None:
    def moved(stop: int) -> int | None:
        # Smoothing over 3 s makes a stop shorter by one second on each side where the speed was high.
        return moving_seconds([6.0] * 20 + [0.0] * stop + [6.0] * 20, "running")

    assert [moved(stop) for stop in (1, 4, 5, 10)] == [41, 44, 42, 42]


def test_seconds_without_a_speed_do_not_count() -> None:
    assert moving_seconds([3.0] * 10 + [nan] * 5 + [3.0] * 10, "running") == 20
    assert moving_seconds([3.0] * 10 + [nan] * 2 + [3.0] * 10, "running") == 20
    assert moving_seconds([nan] * 5, "running") is None
    assert moving_seconds([1.0] * 5, "swimming") is None


@pytest.mark.parametrize(
    ("sport", "types"),
    [
        (
            "running",
            "running trail_running treadmill_running track_running virtual_run street_running indoor_running ultra_run "
            "obstacle_run Running Run TrailRun VirtualRun",
        ),
        (
            "cycling",
            "cycling road_biking mountain_biking gravel_cycling indoor_cycling virtual_ride e_bike_fitness "
            "e_bike_mountain e_biking cyclocross bmx track_cycling recumbent_cycling downhill_biking Biking Ride "
            "EBikeRide hand_cycling",
        ),
        ("swimming", "swimming lap_swimming open_water_swimming Swim"),
        ("walking", "walking hiking casual_walking speed_walking indoor_walking rucking Hike Walk"),
        (
            "other",
            "motorcycling rowing yoga strength_training horseback_riding multi_sport wheelchair_push_run swimrun "
            "wheelchair_push_walk resort_skiing_snowboarding_ws stair_climbing mountaineering",
        ),
    ],
)
def test_sports(sport: Sport, types: str) -> None:
    assert {name: sport_of(name) for name in types.split()} == dict.fromkeys(types.split(), sport)
    assert sport_of("") == "other"


def test_indoors_positions_mean_nothing() -> None:
    indoors = "treadmill_running indoor_running indoor_cycling virtual_ride virtual_run lap_swimming VirtualRide"
    outdoors = "running trail_running track_running cycling open_water_swimming hiking"
    assert all(map(is_indoor, indoors.split()))
    assert not any(map(is_indoor, outdoors.split()))
