"""Published recordings of many devices, read by our readers and by the libraries' own plain loops."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import fsum, isnan
from pathlib import Path
from typing import Any

import fitdecode
import gpxpy
import pytest
from garmin_fit_sdk import Decoder, Stream

from garminsync_tui.errors import FileDamaged
from garminsync_tui.formats import COLUMNS, Track, fit, read_track, validate
from garminsync_tui.formats.fit_messages import track_of_parts
from garminsync_tui.formats.fit_parts import fit_parts

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
#: Where Garmin's own reader stops, and why.
SDK_STOPS = {
    "polyvertex__bdb23e__compressed-speed-distance.fit": "Compressed timestamp messages are not currently supported",
    "polyvertex__fd7833__antfs-dump.63.fit": "Compressed timestamp messages are not currently supported",
}
#: Both our readers go through files up to this size: the slower one reads fifteen thousand records a second.
TWICE_BYTES = 150_000


@pytest.fixture(scope="module")
def corpus(shared: Path) -> Path:
    folder = shared / "corpus"
    if not folder.is_dir():
        pytest.skip("recorded responses are not here")
    return folder


def _files(folder: Path, ending: str = "") -> list[Path]:
    return [path for path in sorted(folder.iterdir()) if path.name.endswith(ending)]


def _total(column: Any) -> float:
    return fsum(value for value in column if not isnan(value))


def _last(column: Any) -> float | None:
    return next((value for value in reversed(column) if not isnan(value)), None)


def _agrees(track: Track) -> None:
    assert all(len(getattr(track, column)) == len(track) for column in COLUMNS)
    assert list(track.time_ms) == sorted(track.time_ms)
    track.summary()


@dataclass
class Told:
    """What another reader finds: the native values of each second, the last of each name; laps and sessions."""

    seconds: dict[int, dict[str, Any]] = field(default_factory=dict)
    laps: int = 0
    sessions: int = 0

    def total(self, name: str) -> float:
        return fsum(row[name] for row in self.seconds.values() if row.get(name) is not None)


def _compare(track: Track, told: Told, name: str) -> None:
    assert len(track) == len(told.seconds), name
    assert (len(track.laps), len(track.sessions)) == (told.laps, told.sessions), name
    # 0 beats a minute is no heart rate, which the sum does not see.
    assert _total(track.heart_rate_bpm) == told.total("heart_rate"), name
    assert _total(track.power_w) == told.total("power"), name


def test_fit_files_agree_with_a_plain_loop(corpus: Path) -> None:
    files = _files(corpus / "fit")
    assert len(files) > 45
    for path in files:
        track = read_track(path)
        validate(path, "FIT")
        _agrees(track)
        told = _fitdecode(path)
        _compare(track, told, path.name)
        if not told.seconds:
            kind = next(word for part, word in NOT_RECORDINGS.items() if part in path.name)
            assert track.warnings[0] == f"holds no recording: file type {kind}"
            continue
        metres = [row["distance"] for _, row in sorted(told.seconds.items()) if "distance" in row]
        assert _last(track.distance_m) == (metres[-1] if metres else None), path.name
        speeds = [row.get("enhanced_speed", row.get("speed", 0.0)) for row in told.seconds.values()]
        assert _total(track.speed_mps) == pytest.approx(fsum(speeds)), path.name


def test_damaged_fit_files_give_what_a_plain_loop_gives(corpus: Path) -> None:
    for path in _files(corpus / "bad", ".fit"):
        told = _fitdecode(path)
        if path.name in SALVAGED:
            _compare(read_track(path), told, path.name)
        else:
            assert not told.seconds, path.name


def _fitdecode(path: Path) -> Told:
    """Straight from fitdecode, to the end or to where it gives up."""
    told = Told()
    options: dict[str, Any] = {"check_crc": fitdecode.CrcCheck.DISABLED, "processor": None}
    options["error_handling"] = fitdecode.ErrorHandling.IGNORE
    try:
        with fitdecode.FitReader(path, **options) as reader:
            for frame in reader:
                if frame.frame_type == fitdecode.FIT_FRAME_DATA:
                    _take(told, frame)
    except fitdecode.FitError:
        pass
    return told


def _take(told: Told, frame: Any) -> None:
    native = [each for each in frame.fields if not (each.field_def and each.field_def.is_dev)]
    told.laps += frame.name == "lap" and any(each.name in {"timestamp", "start_time"} for each in native)
    told.sessions += frame.name == "session"
    if frame.name == "record":
        moments = [each.raw_value for each in native if each.name == "timestamp"]
        if moments and moments[-1] is not None:
            row = {each.name: each.value for each in native if each.value is not None}
            told.seconds.setdefault(moments[-1], {}).update(row)


def test_fit_files_agree_with_garmins_own_reader(corpus: Path) -> None:
    for path in _files(corpus / "fit"):
        told, problems = _garmin(path)
        if path.name in SDK_STOPS:
            assert SDK_STOPS[path.name] in str(problems[0])
        else:
            assert not problems, path.name
            _compare(read_track(path), told, path.name)


def _garmin(path: Path) -> tuple[Told, list[Exception]]:
    """Straight from Garmin's SDK, raw values."""
    told = Told()

    def listen(number: int, message: dict[Any, Any]) -> None:
        told.laps += number == 19
        told.sessions += number == 18
        if number == 20 and message.get("timestamp") is not None:
            row = {name: value for name, value in message.items() if isinstance(name, str) and value is not None}
            told.seconds.setdefault(message["timestamp"], {}).update(row)

    _, problems = Decoder(Stream.from_byte_array(bytearray(path.read_bytes()))).read(
        apply_scale_and_offset=False,
        convert_datetimes_to_dates=False,
        convert_types_to_strings=False,
        expand_sub_fields=False,
        expand_components=False,
        merge_heart_rates=False,
        mesg_listener=listen,
    )
    return told, problems


def test_both_fit_readers_tell_the_same(corpus: Path) -> None:
    """Part by part, to the last bit: what is read plainly, and what fitdecode reads where it is not plain."""
    read = 0
    for path in [*_files(corpus / "fit"), *_files(corpus / "bad", ".fit")]:
        content = path.read_bytes()
        if len(content) > TWICE_BYTES:
            continue
        for part in fit_parts(content)[0]:
            ours, decoded = (fit.read_part(content, part, plainly=plainly) for plainly in (True, False))
            track, other = (track_of_parts([reading], []) for reading, _ in (ours, decoded))
            for name in ("time_ms", *COLUMNS):
                assert getattr(track, name).tobytes() == getattr(other, name).tobytes(), (path.name, name)
            for name in ("laps", "sessions", "lengths", "pauses", "device", "wearer", "warnings"):
                assert getattr(track, name) == getattr(other, name), (path.name, name)
            read += 1
    assert read > 50


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
