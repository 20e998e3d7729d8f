"""What is written reads back the same, as finely as each format has it."""

from __future__ import annotations

import csv
import io
import json
import os
from array import array
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import isnan, nan
from pathlib import Path
from typing import Any

import fitdecode
import garmin_fit_sdk
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from garminsync_tui.errors import GarminSyncError
from garminsync_tui.formats import COLUMNS, NO_TIME, Device, Lap, Session, Track, read_track, validate
from garminsync_tui.formats.fit_writer import write_fit
from garminsync_tui.formats.gpx_writer import write_gpx
from garminsync_tui.formats.seconds_writer import WRITTEN_COLUMNS, write_csv, write_json
from garminsync_tui.formats.tcx_writer import write_tcx
from garminsync_tui.formats.track import from_ms

START = datetime(2026, 5, 1, 10, tzinfo=UTC)
START_MS = 1_777_629_600_000
LONG_BYTES = 24_000

#: How finely each format holds each column; what is not here it does not hold at all.
XML_STEPS = {"latitude_deg": 1e-9, "longitude_deg": 1e-9, "altitude_m": 1e-3, "heart_rate_bpm": 1, "power_w": 1}
STEPS: dict[str, dict[str, float]] = {
    "gpx": XML_STEPS | {"cadence_rpm": 1, "temperature_c": 0.01},
    "tcx": XML_STEPS | {"cadence_rpm": 1, "distance_m": 1e-3, "speed_mps": 1e-3},
    "fit": {
        "latitude_deg": 180 / 2**31,
        "longitude_deg": 4 * 180 / 2**31,  # at 180° itself
        "altitude_m": 0.2,
        "distance_m": 0.01,
        "speed_mps": 1e-3,
        "heart_rate_bpm": 1,
        "cadence_rpm": 1 / 128,
        "power_w": 1,
        "temperature_c": 1,
    },
}
#: What a format's fields have no room for.
MOST = {
    "gpx": {"cadence_rpm": 254},
    "tcx": {"cadence_rpm": 254},
    "fit": {"cadence_rpm": 254.996, "temperature_c": 126.5, "distance_m": 42_949_672.94},
}
LEAST = {"fit": {"altitude_m": -500.1}}


def fits(form: str, name: str, value: float) -> bool:
    return LEAST.get(form, {}).get(name, value) <= value <= MOST.get(form, {}).get(name, value)


def track_of_columns(times: list[int], columns: dict[str, list[float]], **more: Any) -> Track:
    missing = [nan] * len(times)
    return Track(array("q", times), **{name: array("d", columns.get(name, missing)) for name in COLUMNS}, **more)


def written(track: Track, form: str, tmp_path: Path, **more: Any) -> Path:
    path = tmp_path / f"written.{form}"
    if form == "fit":
        with path.open("wb") as octets:
            write_fit(track, octets, **more)
    else:
        with path.open("w", encoding="utf-8", newline="") as text:
            {"gpx": write_gpx, "tcx": write_tcx}[form](track, text, **more)
    validate(path, form.upper())
    return path


def assert_same(track: Track, back: Track, form: str) -> None:
    """Every value of `track` that the format has room for is in `back`, and no other."""
    points = range(len(track))
    if form == "gpx":
        points = [at for at in points if not isnan(track.latitude_deg[at])]
    assert len(back) == len(points)
    step_ms = 1000 if form == "fit" else 1
    if track.has("time_ms"):
        assert list(back.time_ms) == [track.time_ms[at] // step_ms * step_ms for at in points]
    for name in COLUMNS:
        values, found = getattr(track, name), getattr(back, name)
        step = STEPS[form].get(name)
        for place, at in enumerate(points):
            value = values[at]
            if step is None or not fits(form, name, value):
                assert isnan(found[place]), (name, value)
            else:
                # Half a step, and what binary fractions add to it
                assert found[place] == pytest.approx(value, abs=step * 0.501 + 1e-9, rel=1e-9, nan_ok=True), name


def merged(track: Track, form: str) -> Track:
    """What readers make of points of the same moment: the last known value of each column."""
    if form == "gpx":
        return track
    step_ms = 1000 if form == "fit" else 1
    rows: dict[int, list[float]] = {}
    for at, moment in enumerate(track.time_ms):
        row = [getattr(track, name)[at] for name in COLUMNS]
        row = [value if fits(form, name, value) else nan for name, value in zip(COLUMNS, row, strict=True)]
        before = rows.get(moment // step_ms * step_ms)
        rows[moment // step_ms * step_ms] = (
            row if before is None else [old if isnan(new) else new for old, new in zip(before, row, strict=True)]
        )
    columns = {name: [row[number] for row in rows.values()] for number, name in enumerate(COLUMNS)}
    return track_of_columns(list(rows), columns, laps=track.laps, sessions=track.sessions)


# ── A recording with everything ──────────────────────────────────────────────────────────────────────


@pytest.fixture
def full() -> Track:
    """Ten seconds of a run and ten of a ride, with laps."""
    seconds = range(20)
    columns: dict[str, list[float]] = {
        "latitude_deg": [52 + second / 1e5 for second in seconds],
        "longitude_deg": [-13 - second / 1e5 for second in seconds],
        "altitude_m": [-3 + second / 5 for second in seconds],
        "distance_m": [second * 3.25 for second in seconds],
        "speed_mps": [3.25] * 20,
        "heart_rate_bpm": [nan, *(120.0 + second for second in seconds[1:])],
        "cadence_rpm": [85.5] * 20,
        "power_w": [200.0] * 19 + [nan],
        "temperature_c": [-4.0] * 20,
    }
    run = Session("running", "trail", START, START + timedelta(seconds=9), 9, 9, 8, 29.25, 3, 130, 139, 3.25, 4)
    ride = Session("cycling", None, START + timedelta(seconds=10), START + timedelta(seconds=19), 8.5, 9, None, 29.25)
    laps = [
        Lap(START, START + timedelta(seconds=4), 4, 13, 122, 125, 3.25, 85.5, 200, 2, 1),
        Lap(START + timedelta(seconds=5), START + timedelta(seconds=9), 4, 13),
        Lap(START + timedelta(seconds=10), START + timedelta(seconds=19), 8.5, 29.25),
    ]
    return track_of_columns(
        [START_MS + 1000 * second for second in seconds],
        columns,
        laps=tuple(laps),
        sessions=(run, ride),
        device=Device("garmin", "fenix <6>", "3300123456", "19.05"),
    )


@pytest.mark.parametrize("form", ["gpx", "tcx", "fit"])
def test_everything_reads_back(full: Track, tmp_path: Path, form: str) -> None:
    back = read_track(written(full, form, tmp_path))
    assert back.warnings == ()
    assert_same(full, back, form)


def test_tcx_has_the_laps_and_the_device(full: Track, tmp_path: Path) -> None:
    back = read_track(written(full, "tcx", tmp_path))
    assert back.device == Device(product="fenix <6>", serial="3300123456", software="19.05")
    assert [session.sport for session in back.sessions] == ["Running", "Biking"]
    assert [(each.start, each.duration_s, each.distance_m) for each in back.laps] == [
        (each.start, each.duration_s, each.distance_m) for each in full.laps
    ]
    first = back.laps[0]
    assert (first.avg_heart_rate_bpm, first.max_heart_rate_bpm, first.avg_speed_mps) == (122, 125, 3.25)
    assert (first.avg_cadence_rpm, first.avg_power_w, first.calories_kcal) == (86, 200, 1)
    text = (tmp_path / "written.tcx").read_text()
    assert text.count("<RunCadence>") == 10 and text.count("<Cadence>") == 10


def test_fit_has_the_sessions_and_laps(full: Track, tmp_path: Path) -> None:
    back = read_track(written(full, "fit", tmp_path))
    assert list(back.laps) == list(full.laps)
    assert list(back.sessions) == [full.sessions[0], replace(full.sessions[1], sub_sport="generic")]


def test_fit_is_accepted_by_both_readers(full: Track, tmp_path: Path) -> None:
    path = written(full, "fit", tmp_path)
    content = path.read_bytes()
    assert garmin_fit_sdk.Decoder(garmin_fit_sdk.Stream.from_byte_array(bytearray(content))).check_integrity()
    messages, errors = garmin_fit_sdk.Decoder(garmin_fit_sdk.Stream.from_byte_array(bytearray(content))).read()
    assert errors == []
    assert messages["file_id_mesgs"][0]["type"] == "activity"
    assert [event["event_type"] for event in messages["event_mesgs"]] == ["start", "stop_all"]
    records = messages["record_mesgs"]
    assert len(records) == 20
    assert records[3]["timestamp"] == START + timedelta(seconds=3)
    assert records[3]["heart_rate"] == 123 and "heart_rate" not in records[0] and "power" not in records[19]
    assert records[3]["position_lat"] * 180 / 2**31 == pytest.approx(52.00003, abs=1e-7)
    assert records[3]["enhanced_altitude"] == pytest.approx(-2.4)
    assert (records[3]["distance"], records[3]["enhanced_speed"], records[3]["temperature"]) == (9.75, 3.25, -4)
    assert records[3]["cadence"] + records[3]["fractional_cadence"] == 85.5
    first, second = messages["session_mesgs"]
    assert (first["sport"], first["sub_sport"], first["first_lap_index"], first["num_laps"]) == (
        "running",
        "trail",
        0,
        2,
    )
    assert (second["sport"], second["first_lap_index"], second["num_laps"]) == ("cycling", 2, 1)
    assert messages["lap_mesgs"][1]["start_time"] == START + timedelta(seconds=5)
    (activity,) = messages["activity_mesgs"]
    assert (activity["total_timer_time"], activity["num_sessions"], activity["type"]) == (17.5, 2, "auto_multi_sport")
    with fitdecode.FitReader(
        path, check_crc=fitdecode.CrcCheck.RAISE, error_handling=fitdecode.ErrorHandling.RAISE
    ) as fit:
        frames = [frame for frame in fit if frame.frame_type == fitdecode.FIT_FRAME_DATA]
    assert [frame.name for frame in frames if frame.name == "record"] == ["record"] * 20
    assert frames[-1].name == "activity"


@pytest.mark.parametrize(
    ("sport", "expected"),
    [
        ("trail_running", ("running", "trail")),
        ("Biking", ("cycling", "generic")),
        ("mountain_biking", ("cycling", "mountain")),
        ("lap_swimming", ("swimming", "lap_swimming")),
        ("open_water_swimming", ("swimming", "open_water")),
        ("strength_training", ("training", "strength_training")),
        ("indoor_cycling", ("cycling", "indoor_cycling")),
        ("yoga", ("generic", "yoga")),
        ("62", ("hiit", "generic")),
        ("9" * 5000, ("generic", "generic")),
        (None, ("generic", "generic")),
    ],
)
def test_sports_by_garmin_s_words(tmp_path: Path, sport: str | None, expected: tuple[str, str]) -> None:
    track = track_of_columns([START_MS], {})
    (session,) = read_track(written(track, "fit", tmp_path, sport=sport)).sessions
    assert (session.sport, session.sub_sport) == expected


def test_columns_for_other_programs(full: Track) -> None:
    stream = io.StringIO()
    assert write_csv(full, stream) == 20
    rows = list(csv.DictReader(io.StringIO(stream.getvalue())))
    assert list(rows[0]) == list(WRITTEN_COLUMNS)
    assert (rows[0]["time"], rows[0]["heart_rate_bpm"]) == ("2026-05-01T10:00:00.000Z", "")
    assert (rows[1]["longitude_deg"], rows[1]["heart_rate_bpm"]) == ("-13.00001", "121")
    stream = io.StringIO()
    assert write_json(full, stream, {"name": "Höhe\x1b", "duration_s": 20}) == 20
    assert stream.getvalue().isascii()
    document = json.loads(stream.getvalue())
    assert (document["name"], document["duration_s"], document["records"]) == ("Höhe\x1b", 20, 20)
    assert document["laps"][1]["start"] == "2026-05-01T10:00:05.000Z"
    assert document["sessions"][0]["sport"] == "running" and document["sessions"][1]["moving_s"] is None
    assert document["device"]["product"] == "fenix <6>"
    assert list(document["columns"]) == list(WRITTEN_COLUMNS)
    assert {len(column) for column in document["columns"].values()} == {20}
    assert document["columns"]["heart_rate_bpm"][:2] == [None, 121]


def test_text_from_outside_stays_text(tmp_path: Path) -> None:
    hostile = "</name>&<x>\"'\x00\x1b[2J\x9b\u202e\ufffe\U0001f3c3\né"
    track = track_of_columns([START_MS], {"latitude_deg": [1.0], "longitude_deg": [2.0]})
    stream = io.StringIO()
    write_gpx(track, stream, name=hostile, sport=hostile)
    assert not set("\x00\x1b\x9b\u202e\ufffe") & set(stream.getvalue())
    path = tmp_path / "written.gpx"
    path.write_text(stream.getvalue())
    assert read_track(path).sessions[0].sport == "</name>&<x>\"'[2J\x9b\u202e\U0001f3c3\né"
    device = Device(product=hostile, serial="1")
    back = read_track(written(replace(track, device=device), "tcx", tmp_path))
    assert back.device and back.device.product == "</name>&<x>\"'[2J\x9b\u202e\U0001f3c3\né"


# ── What cannot be ───────────────────────────────────────────────────────────────────────────────────


def every_writer() -> dict[str, Callable[[Track], int]]:
    return {
        "CSV": lambda track: write_csv(track, io.StringIO()),
        "JSON": lambda track: write_json(track, io.StringIO(), {}),
        "GPX": lambda track: write_gpx(track, io.StringIO()),
        "TCX": lambda track: write_tcx(track, io.StringIO()),
        "FIT": lambda track: write_fit(track, io.BytesIO()),
    }


@pytest.mark.parametrize("form", every_writer())
def test_nothing_recorded(form: str) -> None:
    for warnings, words in (((), "holds no points"), (("x", "holds laps without a track"), "laps without a track")):
        with pytest.raises(GarminSyncError, match=words) as problem:
            every_writer()[form](track_of_columns([], {}, warnings=warnings))
        assert form in problem.value.message and "activities file" in problem.value.hint


@pytest.mark.parametrize("form", every_writer())
def test_no_times(form: str) -> None:
    track = track_of_columns([NO_TIME] * 2, {"latitude_deg": [1, 2], "longitude_deg": [1, 2]})
    if form not in {"TCX", "FIT"}:
        assert every_writer()[form](track) == 2
        return
    with pytest.raises(GarminSyncError, match=f"{form} cannot do without times") as problem:
        every_writer()[form](track)
    assert "csv" in problem.value.hint and "gpx" in problem.value.hint


@pytest.mark.parametrize("form", every_writer())
def test_no_positions(form: str) -> None:
    track = track_of_columns([START_MS], {"heart_rate_bpm": [120]})
    if form != "GPX":
        assert every_writer()[form](track) == 1
        return
    with pytest.raises(GarminSyncError, match="GPX cannot do without positions") as problem:
        every_writer()[form](track)
    assert "csv" in problem.value.hint and "tcx" in problem.value.hint


@pytest.mark.parametrize("moment", ["1989-06-01", "1995-01-01", "2126-12-31", "9999-12-31", "0001-01-01"])
def test_times_that_fit_does_not_know(moment: str) -> None:
    moment_ms = (datetime.fromisoformat(moment).replace(tzinfo=UTC) - from_ms(0)) // timedelta(milliseconds=1)
    track = track_of_columns([moment_ms], {})
    with pytest.raises(GarminSyncError, match="1998") as problem:
        write_fit(track, io.BytesIO())
    assert "tcx" in problem.value.hint
    assert write_tcx(track, io.StringIO()) == write_csv(track, io.StringIO()) == 1


def test_points_without_a_position_are_left_out_of_gpx(tmp_path: Path) -> None:
    track = track_of_columns([START_MS, START_MS + 1000], {"latitude_deg": [nan, 1], "longitude_deg": [nan, 2]})
    assert write_gpx(track, io.StringIO()) == 1
    assert_same(track, read_track(written(track, "gpx", tmp_path)), "gpx")


# ── Any recording ────────────────────────────────────────────────────────────────────────────────────

_RANGES = {
    "latitude_deg": (-90, 90),
    "longitude_deg": (-180, 180),
    "altitude_m": (-20_000, 100_000),
    "distance_m": (0, 1e9),
    "speed_mps": (0, 10_000),
    "heart_rate_bpm": (1, 254),
    "cadence_rpm": (0, 1000),
    "power_w": (0, 65_534),
    "temperature_c": (-100, 200),
}
_moments = st.datetimes(datetime(1999, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
_amounts = st.none() | st.floats(0, 1e6)


@st.composite
def _tracks(draw: st.DrawFn) -> Track:
    start = draw(st.integers(1_000_000_000_000, 4_000_000_000_000))
    offsets = draw(st.lists(st.integers(0, 20_000), min_size=1, max_size=6, unique=True).map(sorted))
    count = len(offsets)
    columns = {}
    for name, (low, high) in _RANGES.items():
        values = st.just(nan) | st.floats(low, high) | st.integers(int(low), int(min(high, 500))).map(float)
        columns[name] = draw(st.lists(values, min_size=count, max_size=count) | st.just([nan] * count))
    for at in range(count):
        if isnan(columns["latitude_deg"][at]) or isnan(columns["longitude_deg"][at]):
            columns["latitude_deg"][at] = columns["longitude_deg"][at] = nan
        elif abs(columns["latitude_deg"][at]) + abs(columns["longitude_deg"][at]) < 1e-5:
            columns["latitude_deg"][at] = 1.0
    words = st.none() | st.text(max_size=8) | st.sampled_from(["running", "Biking", "trail_running"])
    near = st.integers(-5_000, 25_000).map(lambda offset: from_ms(start + offset))
    laps = st.builds(Lap, near, st.none() | near, _amounts, _amounts, _amounts, _amounts, _amounts, _amounts, _amounts)
    sessions = st.builds(
        Session, words, words, st.none() | near, st.none() | near, _amounts, _amounts, _amounts, _amounts
    )
    return track_of_columns(
        [start + offset for offset in offsets],
        columns,
        laps=tuple(draw(st.lists(laps, max_size=3))),
        sessions=tuple(draw(st.lists(sessions, max_size=3))),
        device=draw(st.none() | st.builds(Device, words, words, words, words)),
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(track=_tracks(), form=st.sampled_from(["gpx", "tcx", "fit"]))
def test_any_recording_reads_back(tmp_path: Path, track: Track, form: str) -> None:
    if form == "gpx" and not track.has("latitude_deg"):
        return
    back = read_track(written(track, form, tmp_path))
    assert_same(merged(track, form), back, form)
    if form != "gpx":
        assert len(back.sessions) == max(len(track.sessions), 1)
        assert len(back.laps) >= max(len(track.laps), 1)


@settings(max_examples=30, deadline=None)
@given(track=_tracks())
def test_any_recording_reads_back_from_columns_exactly(track: Track) -> None:
    rows, document = io.StringIO(), io.StringIO()
    write_csv(track, rows)
    write_json(track, document, {})
    table = list(csv.DictReader(io.StringIO(rows.getvalue())))
    columns = json.loads(document.getvalue())["columns"]
    for name in COLUMNS:
        expected = [None if isnan(value) else value for value in getattr(track, name)]
        assert [float(row[name]) if row[name] else None for row in table] == expected
        assert columns[name] == expected
    assert [row["time"] for row in table] == columns["time"]
    assert [datetime.fromisoformat(text) for text in columns["time"]] == [from_ms(moment) for moment in track.time_ms]


# ── Published recordings ─────────────────────────────────────────────────────────────────────────────


def test_published_recordings_read_back(shared: Path, tmp_path: Path) -> None:
    """Each file in every format that can hold it; longer ones only with GARMINSYNC_WHOLE_CORPUS=1."""
    whole = bool(os.environ.get("GARMINSYNC_WHOLE_CORPUS"))
    tried = dict.fromkeys(("gpx", "tcx", "fit", "csv"), 0)
    for path in sorted((shared / "corpus").glob("[fgt]*/*")):
        if not whole and path.stat().st_size > LONG_BYTES:
            continue
        track = read_track(path)
        if not len(track):
            continue
        stream = io.StringIO()
        assert write_csv(track, stream) == stream.getvalue().count("\n") - 1 == len(track)
        write_json(track, stream := io.StringIO(), {})
        assert len(json.loads(stream.getvalue())["columns"]["time"]) == len(track)
        tried["csv"] += 1
        for form in STEPS:
            try:
                back = read_track(written(track, form, tmp_path))
            except GarminSyncError as problem:
                assert problem.code == "failed", problem
                assert "cannot do without" in problem.message or "1998" in problem.message
                continue
            assert_same(merged(track, form), back, form)
            tried[form] += 1
    assert tried["csv"] > 25
    assert min(tried.values()) > 10
