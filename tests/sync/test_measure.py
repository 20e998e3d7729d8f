"""What a file tells, and what it does not: nothing odd raises, and nothing is zero that was not measured."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from math import isfinite, isnan, nan
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from garminsync_tui.formats import COLUMNS, Track, read_track
from garminsync_tui.formats.track import NO_TIME, track_of
from garminsync_tui.simulator import fit as simulated
from garminsync_tui.simulator.account import Account
from garminsync_tui.sync.measure import Figures, Measured, measure

from ..simulator.conftest import NOW

START_MS = 1_790_000_000_000
MINUTES = 25


def recorded(points: Iterable[tuple[float, dict[str, float]]]) -> Track:
    """A track of points (seconds, values by column), as a file's reader makes it."""
    rows = [
        (START_MS + round(1000 * second), tuple(values.get(name, nan) for name in COLUMNS)) for second, values in points
    ]
    return track_of(rows, merge=True)


def steady(**changes: float | None) -> list[tuple[float, dict[str, float]]]:
    """A run of 25 minutes at 3 m/s northwards, up a gentle hill."""
    points = []
    for second in range(60 * MINUTES):
        usual = {
            "latitude_deg": 48.0 + 3 * second / 111_195,
            "longitude_deg": 9.0,
            "altitude_m": 400 + second / 60,
            "distance_m": 3.0 * second,
            "speed_mps": 3.0,
            "heart_rate_bpm": 140.0,
            "cadence_rpm": 84.0,
        }
        values = {name: changes.get(name, value) for name, value in usual.items()}
        points.append((float(second), {name: value for name, value in values.items() if value is not None}))
    return points


def sound(found: Measured) -> Figures:
    """The figures, proven to be what a database takes: finite, and nothing that is nothing."""
    text = json.dumps(found.figures, allow_nan=False)
    assert "null" not in text
    for best in found.bests:
        assert isfinite(best.value) and best.value > 0 and best.span > 0
    keys = [(best.kind, best.span) for best in found.bests]
    assert len(keys) == len(set(keys))
    return found.figures


def distances(found: Measured) -> dict[float, float]:
    return {best.span: best.value for best in found.bests if best.kind == "distance" and best.note is None}


USUAL = measure(recorded(steady()), "running")


def test_a_sound_run_has_everything_that_was_measured() -> None:
    figures = sound(USUAL)
    assert figures["timer_s"] == 60 * MINUTES
    assert figures["avg_speed_mps"] == figures["max_speed_mps"] == 3.0
    assert figures["heart_rate_s"] == {"140": 60 * MINUTES}
    assert distances(USUAL)[1000] == pytest.approx(333.3, abs=1)
    assert not [name for name in figures if "power" in name or name in {"swum", "wearer", "work_kj"}]


def test_a_trainer_without_speed_says_nothing_of_speed() -> None:
    ride = [
        (second, {"speed_mps": 0.0, "distance_m": 0.0, "power_w": 200.0, "cadence_rpm": 90.0}) for second, _ in steady()
    ]
    found = measure(recorded(ride), "indoor_cycling")
    figures = sound(found)
    assert figures["normalized_power_w"] == 200.0
    assert not [name for name in figures if "speed" in name]
    assert not figures.keys() & {"moving_s", "ascent_m", "descent_m", "avg_heart_rate_bpm"}
    assert {best.kind for best in found.bests} == {"power"}


def test_a_receiver_without_a_fix_makes_no_way() -> None:
    points = steady(distance_m=None, speed_mps=None)
    for second in range(600, 620):
        points[second][1].update(latitude_deg=0.0, longitude_deg=0.0)
    figures = sound(measure(recorded(points), "running"))
    assert figures.get("max_speed_mps", 3.0) < 4
    assert all(value > span / 4 for span, value in distances(measure(recorded(points), "running")).items())


def test_a_receiver_that_jumps_sets_no_record() -> None:
    points = steady(distance_m=None, speed_mps=None)
    for second in range(600, 605):
        points[second][1]["latitude_deg"] += 5.0
    assert all(value > span / 4 for span, value in distances(measure(recorded(points), "running")).items())


def test_a_strap_that_was_not_worn_has_no_heart_rate() -> None:
    for nothing in (255.0, 0.0, None):
        figures = sound(measure(recorded(steady(heart_rate_bpm=nothing)), "running"))
        assert not [name for name in figures if "heart" in name or "decoupling" in name or "efficiency" in name]
        assert "heart_rate_bpm" not in figures["coverage"]


@pytest.mark.parametrize("clock_s", [631_065_600 - START_MS / 1000, 315_360_000.0, 86_400.0 * 30])
@pytest.mark.parametrize("at", [0, 700, 60 * MINUTES - 1])
def test_a_clock_that_is_wrong_for_a_while(clock_s: float, at: int) -> None:
    points = steady()
    for second in range(at, min(at + 5, len(points))):
        points[second] = (clock_s + second, points[second][1])
    found = measure(recorded(points), "running")
    figures = sound(found)
    assert figures["timer_s"] == pytest.approx(60 * MINUTES, abs=20)
    assert figures["avg_heart_rate_bpm"] == 140.0
    assert all(value > span / 4 for span, value in distances(found).items())


def test_seconds_that_come_twice_or_out_of_order_change_nothing() -> None:
    points = steady()
    assert measure(recorded([*points[900:], *points[:900]]), "running") == USUAL
    assert measure(recorded([*points, *points[200:300]]), "running") == USUAL
    assert measure(recorded(reversed(points)), "running") == USUAL


def test_a_span_between_two_seconds_has_none() -> None:
    """A point in the middle of a second, then a long silence."""
    sound(measure(recorded([(0, {}), (1.5, {}), (20_002.5, {})]), "running"))


def test_chained_files_are_one_recording(tmp_path: Path) -> None:
    sessions = sorted(
        (each for each in Account(1, 30, NOW).sessions() if each.sport.key == "walking" and each.origin == "fit"),
        key=lambda each: each.starts,
    )
    first, second = sessions[0], sessions[-1]
    path = tmp_path / "two.fit"
    path.write_bytes(b"".join(simulated.encode(each, 0, 1, None) for each in (second, first)))
    figures = sound(measure(read_track(path), "walking"))
    assert figures["timer_s"] == pytest.approx(first.moving_s + second.moving_s, abs=5)
    assert figures["elapsed_s"] == (second.ends - first.starts).total_seconds()


@pytest.mark.parametrize("kind", ["running", "cycling", "lap_swimming", "hiking", "yoga", "", "?"])
def test_a_point_or_none_tells_nothing_of_a_way(kind: str) -> None:
    assert measure(recorded([]), kind) == Measured(measure(recorded([]), kind).sport, {})
    untimed = track_of([(NO_TIME, (48.0, 9.0, *[nan] * (len(COLUMNS) - 2)))] * 3, merge=False)
    assert sound(measure(untimed, kind)) == {}
    for point in ({}, {"latitude_deg": 48.0, "longitude_deg": 9.0, "heart_rate_bpm": 99.0, "power_w": 0.0}):
        found = measure(recorded([(0, point)]), kind)
        figures = sound(found)
        assert found.bests == ()
        assert not [name for name in figures if "speed" in name or name in {"moving_s", "ascent_m", "descent_m"}]


VALUES = {
    "latitude_deg": st.floats(-90, 90) | st.just(0.0),
    "longitude_deg": st.floats(-180, 180) | st.just(0.0),
    "altitude_m": st.floats(-30_000, 200_000),
    "distance_m": st.floats(0, 2e9) | st.floats(0, 100),
    "speed_mps": st.floats(0, 20_000) | st.floats(0, 10),
    "heart_rate_bpm": st.integers(0, 255).map(float),
    "cadence_rpm": st.floats(0, 300),
    "power_w": st.integers(0, 65_535).map(float) | st.floats(0, 500),
    "temperature_c": st.integers(-128, 127).map(float),
}


@st.composite
def tracks(draw: st.DrawFn) -> Track:
    """A few seconds to some minutes, with whatever a damaged file may say."""
    columns = draw(st.lists(st.sampled_from(COLUMNS), unique=True))
    points = []
    second = 0.0
    for _ in range(draw(st.integers(0, 12))):
        values = {name: draw(st.just(nan) | VALUES[name]) for name in columns}
        # A stretch of the same, so that there are windows to find something in.
        for _ in range(draw(st.sampled_from([1, 1, 3, 40, 400]))):
            points.append((second, values))
            second += draw(st.just(1.0))
            if "distance_m" in values:
                values = {**values, "distance_m": values["distance_m"] + 3}
        second += draw(st.sampled_from([0, 0, 0.5, 5, 11, 3600, 20_000, 1e6, 1e9, -100, -1e9]))
    stops = draw(st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 500)), max_size=3))
    pauses = tuple((START_MS + 1000 * at, START_MS + 1000 * (at + length + 1)) for at, length in stops)
    return replace(recorded(points), pauses=pauses)


@given(track=tracks(), kind=st.sampled_from(["running", "cycling", "indoor_cycling", "lap_swimming", "hiking", "yoga"]))
@settings(max_examples=40, deadline=None)
def test_no_track_is_too_odd(track: Track, kind: str) -> None:
    figures = sound(measure(track, kind))
    for name, column in (("avg_heart_rate_bpm", "heart_rate_bpm"), ("avg_power_w", "power_w")):
        assert name not in figures or any(not isnan(value) for value in getattr(track, column))
    assert "heart_rate_s" not in figures or "0" not in figures["heart_rate_s"]
