"""From points to one value a second: what is joined, what is held, what stays missing, what is dropped."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from math import isnan, nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from garminsync_tui.training.seconds import COLUMNS, Seconds, seconds_of
from garminsync_tui.training.sports import Sport

START_MS = 1_700_000_000_000


def seconds(
    at_s: Sequence[float],
    pauses: Sequence[tuple[float, float]] = (),
    sport: Sport = "running",
    weight_kg: float | None = None,
    **columns: Sequence[float],
) -> Seconds:
    times = [START_MS + round(1000 * second) for second in at_s]
    spans = [(START_MS + round(1000 * stop), START_MS + round(1000 * start)) for stop, start in pauses]
    return seconds_of(times, columns, spans, sport, weight_kg=weight_kg)


def shown(column: Sequence[float]) -> list[float | None]:
    return [None if isnan(value) else round(value, 6) for value in column]


def test_a_point_a_second_is_taken_as_it_is() -> None:
    stream = seconds(range(4), power_w=[1, nan, 3, 4], heart_rate_bpm=[100, 101, 102, 103])
    assert shown(stream.power_w) == [1, None, 3, 4]
    assert list(stream.heart_rate_bpm) == [100, 101, 102, 103]
    assert list(stream.elapsed_s) == [0, 1, 2, 3]
    assert shown(stream.altitude_m) == [None] * 4
    assert stream.median_gap_s == 1
    assert stream.guarded == {}


def test_between_points_values_are_joined_and_power_is_held() -> None:
    stream = seconds(
        [0, 4, 6],
        heart_rate_bpm=[100, 108, 108],
        power_w=[200, 300, 0],
        cadence_rpm=[80, 0, 90],
        altitude_m=[10, 14, 12],
        distance_m=[0, 12, 20],
    )
    assert list(stream.heart_rate_bpm) == [100, 102, 104, 106, 108, 108, 108]
    assert list(stream.power_w) == [200, 200, 200, 200, 300, 300, 0]
    assert list(stream.cadence_rpm) == [80, 80, 80, 80, 0, 0, 90]
    assert list(stream.altitude_m) == [10, 11, 12, 13, 14, 13, 12]
    assert list(stream.distance_m) == [0, 3, 6, 9, 12, 16, 20]


@pytest.mark.parametrize(("gap", "joined"), [(10, True), (11, False)])
def test_a_long_silence_is_a_dropout_for_all_but_distance(gap: int, joined: bool) -> None:
    stream = seconds([0, gap], heart_rate_bpm=[100, 100], power_w=[5, 5], distance_m=[0, gap])
    between = None if not joined else 100
    assert shown(stream.heart_rate_bpm) == [100, *[between] * (gap - 1), 100]
    assert shown(stream.power_w)[1:-1] == [5 if joined else None] * (gap - 1)
    assert shown(stream.distance_m) == list(range(gap + 1))
    assert stream.coverage("heart_rate_bpm") == (1 if joined else pytest.approx(2 / 12))


def test_distance_is_known_between_points_without_it() -> None:
    stream = seconds(range(5), distance_m=[nan, 3, nan, nan, 9], heart_rate_bpm=[100, nan, nan, 100, 100])
    assert shown(stream.distance_m) == [None, 3, 5, 7, 9]
    assert shown(stream.heart_rate_bpm) == [100, None, None, 100, 100]


def test_pauses_are_cut_out_of_the_timer_and_stay_on_the_wall_clock() -> None:
    at = [*range(4), *range(30, 33)]
    stream = seconds(at, [(3, 30)], power_w=[1, 2, 3, 4, 5, 6, 7], distance_m=[0, 3, 6, 9, 9, 12, 15])
    assert list(stream.elapsed_s) == [0, 1, 2, 30, 31, 32]
    assert list(stream.power_w) == [1, 2, 3, 5, 6, 7]
    assert list(stream.distance_m) == [0, 3, 6, 9, 12, 15]
    # Nothing is joined across the pause, and a pause is no distance of points.
    assert stream.coverage("power_w") == 1
    assert stream.median_gap_s == 1


def test_points_within_a_pause_are_none() -> None:
    stream = seconds([0, 1, 2, 5, 8, 9], [(2, 8)], power_w=[1, 2, 3, 400, 5, 6])
    assert list(stream.power_w) == [1, 2, 5, 6]


def test_pauses_that_overlap_end_late_or_lie_outside() -> None:
    stream = seconds(range(10), [(-5, -2), (2, 5), (3, 6), (8, 99)], power_w=range(10))
    assert list(stream.elapsed_s) == [0, 1, 6, 7]
    assert list(stream.power_w) == [0, 1, 6, 7]
    assert list(seconds(range(4), [(50, 60)], power_w=range(4)).elapsed_s) == [0, 1, 2, 3]


def test_a_silence_of_hours_is_a_pause() -> None:
    at = [0, 1, 2, 20_000, 20_001]
    assert list(seconds(at, power_w=at).elapsed_s) == at[:2] + at[3:]


def test_times_that_are_no_recording_take_no_memory() -> None:
    at = [day * 14_000 for day in range(100)]
    stream = seconds(at, power_w=at)
    assert len(stream) == 0
    assert stream.coverage("power_w") == 0


def test_nothing_recorded() -> None:
    stream = seconds([])
    assert len(stream) == 0
    assert isnan(stream.median_gap_s)
    assert list(seconds([0], power_w=[7]).power_w) == [7]


def naive(at_ms: list[int], values: list[float], moment: int, held: bool) -> float | None:
    """The value at one moment, looked for by itself."""
    index = bisect_right(at_ms, moment) - 1
    if at_ms[index] == moment:
        return None if isnan(values[index]) else values[index]
    left, right = at_ms[index], at_ms[index + 1]
    if right - left > 10_000:
        return None
    value = values[index]
    if not held:
        value = (values[index] * (right - moment) + values[index + 1] * (moment - left)) / (right - left)
    return None if isnan(value) else value


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([1000, 1000, 1000, 400, 1600, 5000, 10_000, 12_000]), st.integers(0, 9)),
        min_size=1,
        max_size=40,
    )
)
def test_each_second_by_itself(steps: list[tuple[int, int]]) -> None:
    times, moment = [], START_MS
    for step, _ in steps:
        times.append(moment)
        moment += step
    values = [float(value) if value else nan for _, value in steps]
    stream = seconds_of(times, {"speed_mps": values, "power_w": values}, [], "other")
    moments = range(times[0], times[-1] + 1, 1000)
    assert len(stream) == len(moments)
    expected = [naive(times, values, at, held=False) for at in moments]
    assert shown(stream.speed_mps) == [value if value is None else pytest.approx(value) for value in expected]
    assert shown(stream.power_w) == [naive(times, values, at, held=True) for at in moments]


def test_speed_is_made_of_distance_where_nothing_recorded_it() -> None:
    stream = seconds([0, 1, 2, 14, 15, 20, 21], [(15, 20)], distance_m=[0, 3, 5, 29, 32, 32, 35])
    assert shown(stream.speed_mps) == [None, 3, 2, *[None] * 12, None, 3]
    assert seconds(range(3), distance_m=[0, 3, 16], sport="running").guarded == {"speed_mps": 1}


def test_trust() -> None:
    def trust(missing: int) -> str:
        return seconds(range(100), power_w=[nan] * missing + [5.0] * (100 - missing)).trust("power_w")

    assert [trust(missing) for missing in (0, 2, 3, 10, 11)] == ["full", "full", "approximate", "approximate", "none"]
    smart = seconds(range(0, 30, 3), power_w=[5.0] * 10, heart_rate_bpm=[100.0] * 10)
    assert (smart.trust("power_w"), smart.trust("heart_rate_bpm")) == ("approximate", "full")
    with pytest.raises(KeyError):
        smart.coverage("elapsed_s")
    assert all(isinstance(getattr(smart, name), array) for name in COLUMNS)


def test_a_heart_does_not_stop_or_race() -> None:
    stream = seconds(range(6), heart_rate_bpm=[0, 120, 29, 231, 122, 0])
    assert shown(stream.heart_rate_bpm) == [None, 120, None, None, 122, None]
    assert stream.guarded == {"heart_rate_bpm": 2}
    assert shown(seconds(range(3), heart_rate_bpm=[30, 29, 55]).heart_rate_bpm) == [30, None, 55]
    assert shown(seconds(range(3), heart_rate_bpm=[230, 231, 205]).heart_rate_bpm) == [230, None, 205]


def test_a_heart_rate_that_jumps_is_believed_again_when_it_stays() -> None:
    stream = seconds(range(6), heart_rate_bpm=[100, 126, 100, 151, 151, 151])
    assert shown(stream.heart_rate_bpm) == [100, None, 100, None, None, 151]
    assert stream.guarded == {"heart_rate_bpm": 3}


def test_a_dropped_sample_is_not_joined_to() -> None:
    stream = seconds([0, 2, 4], heart_rate_bpm=[100, 250, 100])
    assert shown(stream.heart_rate_bpm) == [100, None, None, None, 100]


def test_power_beyond_legs() -> None:
    power = [900.0] * 5 + [2001.0] * 2 + [900.0] * 5
    assert seconds(range(12), power_w=power).guarded == {"power_w": 2}
    assert seconds(range(12), power_w=power, weight_kg=100).guarded == {}


def test_a_spike_between_medians() -> None:
    def guarded(spike: float, beside: float = 200) -> int:
        power = [200.0, 200, 0, 200, 200, 200, spike, beside, 200, 200, 200, 200]
        return seconds(range(12), power_w=power).guarded.get("power_w", 0)

    assert (guarded(1201), guarded(1200)) == (1, 0)
    assert guarded(1300, beside=1300) == 0
    # A second that was missed within a sprint makes no spike of the next.
    for sprint in ([1300.0] * 4 + [100.0, 1400.0] + [100.0] * 6, [100.0] * 6 + [1400.0, 100.0] + [1300.0] * 4):
        assert seconds(range(12), power_w=sprint).guarded == {}
    sprint = [200.0] * 6 + [1300.0] * 6
    assert seconds(range(12), power_w=sprint).guarded == {}


def test_a_spike_in_a_recording_of_many_points_a_second() -> None:
    power = [200.0] * 300 + [1300.0] + [200.0] * 300
    moments = [1000 + index for index in range(601)]
    found = seconds_of(moments, {"power_w": power}, (), "cycling")
    assert found.guarded == {"power_w": 1}


@pytest.mark.parametrize(("sport", "limit"), [("running", 12.5), ("swimming", 4), ("cycling", 35)])
def test_speeds_that_are_lost_positions(sport: Sport, limit: float) -> None:
    stream = seconds(range(2), speed_mps=[limit, limit + 0.1], sport=sport)
    assert shown(stream.speed_mps) == [limit, None]
    assert stream.guarded == {"speed_mps": 1}
    assert seconds(range(2), speed_mps=[limit, limit + 0.1], sport="other").guarded == {}


@pytest.mark.parametrize(("sport", "dropped"), [("running", 1), ("cycling", 1), ("other", 0)])
def test_nobody_rises_like_a_glider(sport: Sport, dropped: int) -> None:
    altitude = [100, 105, 110.1, 110]
    assert seconds(range(4), altitude_m=altitude, sport=sport).guarded.get("altitude_m", 0) == dropped


@pytest.mark.parametrize(
    ("length", "cadence", "speed", "sport", "silent"),
    [
        (61, 80, 8, "cycling", 61),
        (60, 80, 8, "cycling", 0),
        (61, 30, 8, "cycling", 0),
        (61, 80, 3, "cycling", 0),
        (61, 80, 8, "running", 0),
    ],
)
def test_a_silent_power_meter(length: int, cadence: float, speed: float, sport: Sport, silent: int) -> None:
    count = length + 2
    stream = seconds(
        range(count),
        power_w=[200, *[0] * length, 200],
        cadence_rpm=[cadence] * count,
        speed_mps=[speed] * count,
        sport=sport,
    )
    assert stream.guarded.get("power_w", 0) == silent
    assert sum(map(isnan, stream.power_w)) == silent
