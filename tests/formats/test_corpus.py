"""Published recordings of many devices, read by our readers and by the libraries' own plain loops.

FIT files above 60 kB are read only with GARMINSYNC_WHOLE_CORPUS=1: all of them take two minutes.
"""

from __future__ import annotations

import os
from math import fsum, isnan
from pathlib import Path
from typing import Any

import fitdecode
import gpxpy
import pytest

from garminsync_tui.errors import FileDamaged
from garminsync_tui.formats import COLUMNS, Track, read_track, validate

#: What whole FIT files without a recording say they are, by a part of their names.
NOT_RECORDINGS = {
    "Workout": "workout",
    "WeightScale": "weight",
    "__Settings": "settings",
    "MonitoringFile": "monitoring_b",
    "DeveloperData": "activity",
}
#: Damaged files of which something is left, and how many points.
SALVAGED = {
    "damaged__flip_mid.fit": 3976,
    "damaged__trunc50.fit": 2008,
    "damaged__trunc_lastbyte.fit": 3976,
    "dtcooper__8008b7__nick.fit": 14383,
    "dtcooper__87020e__strava-android-app-201.10-b1218918.fit": 236,
    "polyvertex__0f0ed0__activity-unexpected-eof.fit": 14,
    "polyvertex__12c9b5__activity-settings-corruptheader.fit": 14,
    "polyvertex__37a204__activity-filecrc.fit": 14,
    "polyvertex__6c794b__activity-activity-filecrc.fit": 14,
    "polyvertex__7923e8__activity-settings-nodata.fit": 14,
}
LONG_BYTES = 60_000


@pytest.fixture(scope="module")
def corpus(shared: Path) -> Path:
    folder = shared / "corpus"
    if not folder.is_dir():
        pytest.skip("recorded responses are not here")
    return folder


def _files(folder: Path) -> list[Path]:
    whole = bool(os.environ.get("GARMINSYNC_WHOLE_CORPUS"))
    return [path for path in sorted(folder.iterdir()) if whole or path.stat().st_size <= LONG_BYTES]


def _total(column: Any) -> float:
    return fsum(value for value in column if not isnan(value))


def _last(column: Any) -> float | None:
    return next((value for value in reversed(column) if not isnan(value)), None)


def _agrees(track: Track) -> None:
    assert all(len(getattr(track, column)) == len(track) for column in COLUMNS)
    assert list(track.time_ms) == sorted(track.time_ms)
    track.summary()


def test_fit_files_agree_with_a_plain_loop(corpus: Path) -> None:
    files = _files(corpus / "fit")
    assert len(files) > 25
    for path in files:
        track = read_track(path)
        validate(path, "FIT")
        _agrees(track)
        seconds = _seconds(path)
        assert len(track) == len(seconds), path.name
        if not seconds:
            kind = next(word for part, word in NOT_RECORDINGS.items() if part in path.name)
            assert track.warnings[0] == f"holds no recording: file type {kind}"
            continue
        beats = [row["heart_rate"] for row in seconds.values() if row.get("heart_rate")]
        assert _total(track.heart_rate_bpm) == sum(beats), path.name
        metres = [row["distance"] for _, row in sorted(seconds.items()) if "distance" in row]
        assert _last(track.distance_m) == (metres[-1] if metres else None), path.name
        watts = [row["power"] for row in seconds.values() if "power" in row]
        assert _total(track.power_w) == sum(watts), path.name
        speeds = [row.get("enhanced_speed", row.get("speed", 0.0)) for row in seconds.values()]
        assert _total(track.speed_mps) == pytest.approx(fsum(speeds)), path.name


def _seconds(path: Path) -> dict[int, dict[str, Any]]:
    """The native values of each second, the last of each name, straight from fitdecode."""
    seconds: dict[int, dict[str, Any]] = {}
    options = {"check_crc": fitdecode.CrcCheck.DISABLED, "error_handling": fitdecode.ErrorHandling.IGNORE}
    with fitdecode.FitReader(path, **options) as reader:
        for frame in reader:
            if frame.frame_type == fitdecode.FIT_FRAME_DATA and frame.name == "record":
                native = [field for field in frame.fields if not (field.field_def and field.field_def.is_dev)]
                moments = [field.raw_value for field in native if field.name == "timestamp"]
                if moments:
                    row = {field.name: field.value for field in native if field.value is not None}
                    seconds.setdefault(moments[-1], {}).update(row)
    return seconds


def test_gpx_files_agree_with_gpxpy(corpus: Path) -> None:
    for path in _files(corpus / "gpx"):
        track = read_track(path)
        validate(path, "GPX")
        _agrees(track)
        tracks = gpxpy.parse(path.read_text("utf-8-sig")).tracks
        points = [point for each in tracks for segment in each.segments for point in segment.points]
        timed = [point for point in points if point.time]
        kept = timed if 2 * len(timed) >= len(points) else points
        assert len(track) == len(kept), path.name
        assert _total(track.latitude_deg) == pytest.approx(fsum(point.latitude for point in kept)), path.name
        assert _total(track.longitude_deg) == pytest.approx(fsum(point.longitude for point in kept)), path.name
        heights = fsum(point.elevation for point in kept if point.elevation is not None)
        assert _total(track.altitude_m) == pytest.approx(heights), path.name


def test_tcx_files(corpus: Path) -> None:
    found = {}
    for path in _files(corpus / "tcx") + sorted((corpus / "tcx").glob("*multi-session*")):
        track = read_track(path)
        validate(path, "TCX")
        _agrees(track)
        found[path.name.split("__")[1]] = (len(track), len(track.laps), len(track.sessions))
    assert found["37010e"] == (85, 8, 1)
    assert found["8b0796"] == (72, 1, 1)
    assert found["5b968e"] == (1893, 4, 4)


def test_damaged_files_are_salvaged_or_named(corpus: Path) -> None:
    for path in sorted((corpus / "bad").iterdir()):
        with pytest.raises(FileDamaged):
            validate(path, path.suffix[1:].upper())
        if path.name in SALVAGED:
            track = read_track(path)
            _agrees(track)
            assert len(track) == SALVAGED[path.name] and track.warnings, path.name
        else:
            with pytest.raises(FileDamaged):
                read_track(path)
