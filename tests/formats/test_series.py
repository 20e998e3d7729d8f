"""Lines on a map made small enough to draw."""

from __future__ import annotations

from math import isnan, nan
from pathlib import Path
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from garminsync_tui.formats import Track, track_outline
from garminsync_tui.formats.track import track_of

NOTHING = (nan, nan)


def line(*positions: tuple[float, float] | None, every_s: int = 1) -> Track:
    rest = (nan,) * 7
    points = [(index * every_s * 1000, (*(position or NOTHING), *rest)) for index, position in enumerate(positions)]
    return track_of(points, merge=True)


def test_a_straight_way_needs_its_ends_and_its_corner() -> None:
    # Powers of two, so that points on one line make triangles of no area at all.
    up = [(index / 1024, 1.0) for index in range(1, 50)]
    across = [(49 / 1024, 1 + index / 1024) for index in range(50)]
    assert track_outline(line(*up, *across), 3) == [[up[0], across[0], across[-1]]]


def _one_by_one(way: list[tuple[float, float]], most: int) -> list[tuple[float, float]]:
    """Visvalingam and Whyatt's own words: always look at all triangles, take the smallest one's corner out."""
    left = [(0.0, point) for point in way]

    def importance(index: int) -> float:
        (y0, x0), (y1, x1), (y2, x2) = (point for _, point in left[index - 1 : index + 2])
        return max(abs((x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)), left[index][0])

    while len(left) > most:
        smallest = min(range(1, len(left) - 1), key=importance)
        floor = importance(smallest)
        del left[smallest]
        for neighbour in (smallest - 1, smallest):
            left[neighbour] = (floor, left[neighbour][1])
    return [point for _, point in left]


@settings(max_examples=60)
@given(st.integers(2, 30), st.integers(0, 2**32), st.integers(3, 60))
def test_the_corners_that_stay_are_those_of_the_largest_triangles(most: int, seed: int, length: int) -> None:
    dice = Random(seed)
    way = [(dice.uniform(1, 2), dice.uniform(1, 2)) for _ in range(length)]
    assert track_outline(line(*way), most) == [_one_by_one(way, most)]


def test_a_jump_after_a_silence_is_not_drawn() -> None:
    here, there = (52.0, 13.0), (52.1, 13.0)
    assert track_outline(line(here, there, every_s=11), 10) == [[here], [there]]
    assert track_outline(line(here, there, every_s=9), 10) == [[here, there]]
    near = (52.0005, 13.0)  # 56 m: waited at a red light
    assert track_outline(line(here, near, every_s=60), 10) == [[here, near]]


def test_points_without_a_position_do_not_break_the_line() -> None:
    assert track_outline(line((1.0, 1.0), None, (1.0001, 1.0)), 10) == [[(1.0, 1.0), (1.0001, 1.0)]]


def test_standing_still_is_one_point() -> None:
    assert track_outline(line(*[(1.0, 1.0)] * 100, every_s=20), 10) == [[(1.0, 1.0)]]


def test_over_the_date_line_and_back() -> None:
    (outline,) = track_outline(line((0.5, 179.9999), (0.5, -179.9999), (0.5, 179.9998)), 10)
    assert [round(longitude, 4) for _, longitude in outline] == [179.9999, 180.0001, 179.9998]


def test_nothing_on_the_map(tmp_path: Path) -> None:
    assert track_outline(line(None, None), 10) == []
    assert track_outline(line((1.0, 1.0)), 0) == []


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.floats(-89, 89), st.floats(-180, 180)) | st.none(), max_size=120),
    st.integers(0, 40),
    st.sampled_from([1, 30]),
)
def test_never_more_points_than_asked_for(positions: list[tuple[float, float] | None], most: int, every_s: int) -> None:
    track = line(*positions, every_s=every_s)
    outline = track_outline(track, most)
    assert sum(map(len, outline)) <= most
    assert all(outline)
    whole = {latitude for latitude in track.latitude_deg if not isnan(latitude)}
    assert {latitude for way in outline for latitude, _ in way} <= whole
