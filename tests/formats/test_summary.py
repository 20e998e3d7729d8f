"""What a recording comes to where its device did not say."""

from __future__ import annotations

from math import nan

import pytest

from garminsync_tui.formats import COLUMNS, NO_TIME, Lap, Session, Track, moved_m, travelled_m
from garminsync_tui.formats.track import from_ms, track_of


def track(*rows: tuple[float, dict[str, float]], **rest: tuple[Lap, ...] | tuple[Session, ...]) -> Track:
    """Points from (second, values by column)."""
    points = [(round(second * 1000), tuple(values.get(column, nan) for column in COLUMNS)) for second, values in rows]
    return track_of(points, merge=False, **rest)  # type: ignore[arg-type]


def test_distance_of_a_counter_that_starts_again() -> None:
    metres = [0, 50, 100, 0, 30, 70]
    rows = [(second, {"distance_m": value}) for second, value in enumerate(metres)]
    assert track(*rows).summary().distance_m == 170


def test_moving_time_counts_way_over_long_steps_and_speed_over_short_ones() -> None:
    swim = [(0, {"distance_m": 0}), (22, {"distance_m": 25, "speed_mps": 1.1}), (90, {"distance_m": 25})]
    assert track(*swim).summary().moving_s == 22
    ride = [(0, {}), (1, {"speed_mps": 5.0}), (2, {"speed_mps": 0.4}), (3, {}), (63, {"speed_mps": 5.0})]
    assert track(*ride).summary().moving_s == 1
    assert track((0, {"heart_rate_bpm": 100}), (1, {})).summary().moving_s is None


def test_line_length_where_there_is_no_distance() -> None:
    rows = [(0, {"latitude_deg": 0, "longitude_deg": 10}), (1, {}), (2, {"latitude_deg": 1, "longitude_deg": 10})]
    # a degree of a great circle on a sphere of 6371.0088 km
    assert track(*rows).summary().distance_m == pytest.approx(111_195.08, abs=0.01)


def test_totals_only_of_what_is_known_for_every_lap() -> None:
    laps = (Lap(from_ms(5000), duration_s=10, calories_kcal=3), Lap(from_ms(20_000), duration_s=12))
    summary = track((0, {}), (40, {}), laps=laps).summary()
    assert (summary.duration_s, summary.calories_kcal, summary.start) == (22, None, from_ms(0))
    assert track(laps=laps).summary().start == from_ms(5000)
    sessions = (Session(sport="running", start=from_ms(4000), distance_m=90.0), Session(distance_m=10.0))
    summary = track((0, {}), laps=laps, sessions=sessions).summary()
    assert (summary.sport, summary.start, summary.distance_m) == ("running", from_ms(4000), 100.0)


def test_columns_by_name() -> None:
    empty = track()
    assert len(empty) == 0 and not empty.has("time_ms") and not empty.has("power_w")
    assert not track((NO_TIME / 1000, {})).has("time_ms")
    with pytest.raises(KeyError):
        empty.has("laps")


def test_a_receiver_that_stands_goes_nowhere() -> None:
    """It trembles by half a metre for a minute, then walks 111 m north."""
    tremble = [(n, {"latitude_deg": 47.0 + (n % 2) * 4e-6, "longitude_deg": 8.0}) for n in range(60)]
    walk = [(60 + n, {"latitude_deg": 47.0 + n / 100_000, "longitude_deg": 8.0}) for n in range(101)]
    recorded = track(*tremble, *walk)
    moved, travelled = moved_m(recorded), travelled_m(recorded)
    assert moved and travelled
    assert len(moved) == len(travelled) == 161
    assert moved[59] == 0 and moved[-1] == pytest.approx(111.2, abs=1)
    assert travelled[-1] > moved[-1] + 20
