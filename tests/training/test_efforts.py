"""Best efforts: exact on any points, doubted where they cannot be."""

from __future__ import annotations

from collections.abc import Sequence
from math import log, nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from garminsync_tui.training.efforts import EFFORT_DISTANCES_M, Effort, best_efforts
from garminsync_tui.training.records import RUNNING_RECORDS, record_s

IRREGULAR = ([0, 7, 15, 20, 26, 60, 61, 70, 80, 90, 100], [0, 21, 45, 60, 78, 78, 81, 120, 160, 200, 240])


def ways(*speeds: float) -> list[float]:
    reached = [0.0]
    for speed in speeds:
        reached.append(reached[-1] + speed)
    return reached


def one(times: Sequence[float], distance: Sequence[float], span: float, **columns: Sequence[float]) -> Effort:
    (effort,) = best_efforts(times, distance, "running", distances_m=(span,), **columns)
    return effort


def test_a_surge_in_a_steady_run() -> None:
    distance = ways(*[4.3 if 300 <= second < 380 else 3.1 for second in range(1000)])
    effort = one(range(1001), distance, 400)
    assert effort.value == pytest.approx(98.06452, abs=1e-5)
    assert effort.note is None


def test_irregular_points_with_a_stop() -> None:
    assert one(*IRREGULAR, 150) == Effort(150, pytest.approx(36.75), pytest.approx(61))


def brute(times: Sequence[float], distance: Sequence[float], span: float) -> float:
    """Every window that starts or ends on a point, its other end found by walking from there."""

    def reach(points: list[tuple[float, float]]) -> float | None:
        (t0, d0), *rest = points
        before = (t0, d0)
        for moment, way in rest:
            if abs(way - d0) >= span:
                share = (span - abs(before[1] - d0)) / abs(way - before[1])
                return abs(before[0] + share * (moment - before[0]) - t0)
            before = (moment, way)
        return None

    points = [(float(moment), float(way)) for moment, way in zip(times, distance, strict=True)]
    both = [reach(points[index:]) for index in range(len(points))]
    both += [reach(points[index::-1]) for index in range(len(points))]
    return min(took for took in both if took is not None)


recordings = st.lists(
    st.tuples(st.sampled_from([1, 1, 1, 2, 5, 30, 0.25]), st.sampled_from([0, 0, 1, 3, 3.25, 8, 40])),
    min_size=1,
    max_size=50,
)


def recorded(steps: list[tuple[float, float]]) -> tuple[list[float], list[float]]:
    return ways(*[seconds for seconds, _ in steps]), ways(*[way for _, way in steps])


@settings(max_examples=80, deadline=None)
@given(recordings, st.sampled_from([1, 2.5, 10, 37, 100]))
def test_no_window_is_faster(steps: list[tuple[float, float]], span: float) -> None:
    times, distance = recorded(steps)
    efforts = best_efforts(times, distance, "running", distances_m=(span,))
    if distance[-1] < span:
        assert efforts == []
        return
    assert efforts[0].value == pytest.approx(brute(times, distance, span))
    # The window is where it says: on its way the span lies between both ends.
    start, end = efforts[0].start_s, efforts[0].start_s + efforts[0].value
    covered = [way for moment, way in zip(times, distance, strict=True) if start < moment < end]
    assert not covered or covered[-1] - covered[0] <= span + 1e-6
    assert times[0] - 1e-9 <= start <= end <= times[-1] + 1e-9


@settings(max_examples=60, deadline=None)
@given(recordings)
def test_looking_back_changes_nothing(steps: list[tuple[float, float]]) -> None:
    spans = (2.5, 10, 100)
    forth = best_efforts(*recorded(steps), "running", distances_m=spans)
    back = best_efforts(*recorded(steps[::-1]), "running", distances_m=spans)
    assert [effort.value for effort in back] == pytest.approx([effort.value for effort in forth])


@settings(max_examples=60, deadline=None)
@given(recordings, recordings)
def test_more_of_a_recording_is_never_slower(first: list[tuple[float, float]], more: list[tuple[float, float]]) -> None:
    for part in (first, more):
        for effort in best_efforts(*recorded(part), "running", distances_m=(10,)):
            assert one(*recorded([*first, *more]), 10).value <= effort.value + 1e-9


def test_the_whole_way_is_covered() -> None:
    assert one([0, 100], [0, 0.1 + 0.2], 0.1 + 0.2).value == 100
    assert one(range(4), [5, 10.1, 20.7, 30.3], 30.3 - 5).value == pytest.approx(3)
    assert best_efforts(range(4), [0, 10, 20, 30], "running", distances_m=(30.1,)) == []
    # Starts at 8.59 m and ends at 11.889999999999999: 3.3 m by difference, not by sum.
    assert one([0, 5, 6], [0.0, 8.59, 11.889999999999999], 3.3).value == pytest.approx(1)


def test_the_earliest_of_equals() -> None:
    assert one(range(1001), ways(*[3.1] * 1000), 400).start_s == 0
    assert one(range(1001), ways(*[4.0 if second % 200 < 100 else 3.0 for second in range(1000)]), 400).start_s == 0


def test_missing_and_falling_distances() -> None:
    assert one(range(5), [0, nan, 8, 12, 16], 16) == Effort(16, 4, 0)
    # A restart at 0 is a second without a way.
    assert one(range(5), [0, 10, 20, 0, 10], 30).value == 4
    assert best_efforts([0, 1], [nan, 5], "running") == []
    assert best_efforts([], [], "running") == []


def test_distances_by_sport() -> None:
    times, distance = range(0, 40_000, 10), [100.0 * step for step in range(4000)]
    assert [effort.span for effort in best_efforts(times, distance, "cycling")] == list(EFFORT_DISTANCES_M["cycling"])
    assert best_efforts(times, distance, "swimming") == []
    assert 1609.344 in EFFORT_DISTANCES_M["running"]
    assert EFFORT_DISTANCES_M["running"][-1] == 50_000


@pytest.mark.parametrize(("seconds", "note"), [(43.03, None), (43.02, "suspect")])
def test_faster_than_the_world_record(seconds: float, note: str | None) -> None:
    assert one([0, seconds / 2, seconds], [0, 200, 400], 400, speed_mps=[9.0] * 3).note == "suspect"
    times = [second * seconds / 40 for second in range(41)]
    assert one(times, [10.0 * step for step in range(41)], 400).note == note
    (ride,) = best_efforts(times, [10.0 * step for step in range(41)], "cycling", distances_m=(400,))
    assert ride.note is None


def test_a_sample_faster_than_anybody() -> None:
    distance = ways(*[4.0] * 100)
    speeds = [4.0] * 101
    assert one(range(101), distance, 400, speed_mps=speeds).note is None
    speeds[50] = 12.6
    assert one(range(101), distance, 400, speed_mps=speeds).note == "suspect"
    assert one(range(101), ways(*[4.0] * 50, 12.6, *[4.0] * 49), 400).note == "suspect"
    assert one(range(101), ways(*[4.0] * 50, 12.5, *[4.0] * 49), 400).note is None


@pytest.mark.parametrize(("silence", "way", "note"), [(11, 31, "suspect"), (10, 31, None), (11, 30, None)])
def test_a_silence_in_which_the_distance_grew(silence: int, way: float, note: str | None) -> None:
    times = [*range(51), *range(50 + silence, 100 + silence)]
    distance = [*ways(*[4.0] * 50), *[200 + way + 4.0 * step for step in range(50)]]
    assert one(times, distance, 400).note == note


@pytest.mark.parametrize(("drop", "note"), [(4.1, "downhill"), (3.9, None), (-9, None)])
def test_downhill(drop: float, note: str | None) -> None:
    heights = [500 - drop * second / 100 for second in range(101)]
    assert one(range(101), ways(*[4.0] * 100), 400, altitude_m=heights).note == note


@pytest.mark.parametrize(("factor", "note"), [(1.04, None), (1.06, "suspect"), (0.94, "suspect")])
def test_positions_that_tell_another_way(factor: float, note: str | None) -> None:
    distance = ways(*[4.0] * 100)
    assert one(range(101), distance, 400, positions_m=[factor * way for way in distance]).note == note


def test_what_speaks_against_other_seconds_speaks_not_against_these() -> None:
    speeds = [3.0] * 100 + [4.0] * 110 + [3.0] * 100
    samples = [20.0, *speeds]
    assert one(range(311), ways(*speeds), 400, speed_mps=samples).note is None


def test_records() -> None:
    assert record_s(400) == 43.03
    assert record_s(100_000) == RUNNING_RECORDS[-1].seconds
    assert record_s(399) is None
    assert record_s(100_001) is None
    # Two records on one line: 15 km lies where a power law through both neighbours does.
    exponent = log(3450 / 1571) / log(2.10975)
    assert record_s(15_000) == pytest.approx(1571 * 1.5**exponent)
    speeds = [record.distance_m / record.seconds for record in RUNNING_RECORDS]
    assert speeds == sorted(speeds, reverse=True)
    assert all("2000" > record.day > "1990" or record.day > "2000" for record in RUNNING_RECORDS)
