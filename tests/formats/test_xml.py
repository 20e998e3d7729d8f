"""GPX and TCX files, friendly and hostile."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from math import isnan
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from garminsync_tui.errors import FileDamaged
from garminsync_tui.formats import COLUMNS, NO_TIME, Device, Session, Track, read_track, validate, vetted_xml
from garminsync_tui.formats.tcx_writer import summary_tcx

from .recording_samples import GPX_HEAD, gpx, gpx_point, tcx, tcx_point

GARMIN = "<gpxtpx:TrackPointExtension>{}</gpxtpx:TrackPointExtension>"


def read(tmp_path: Path, content: str | bytes) -> Track:
    path = tmp_path / "recording"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_track(path)


def damaged(tmp_path: Path, content: str | bytes, kind: str = "GPX") -> str:
    """Why neither reading nor checking accepts a file."""
    with pytest.raises(FileDamaged) as caught:
        read(tmp_path, content)
    with pytest.raises(FileDamaged) as again:
        validate(tmp_path / "recording", kind)
    assert caught.value.message == again.value.message
    return caught.value.reason


@pytest.mark.parametrize(
    "extensions",
    [
        GARMIN.format(
            "<gpxtpx:atemp>21.5</gpxtpx:atemp><gpxtpx:hr>150</gpxtpx:hr><gpxtpx:cad>85</gpxtpx:cad>"
            "<gpxtpx:speed>3.2</gpxtpx:speed>"
        )
        + "<power>250</power>",
        "<hr>150</hr><cadence>85</cadence><temp>21.5</temp><PowerInWatts>250</PowerInWatts><speed>3.2</speed>",
    ],
)
def test_gpx_points_and_their_extensions(tmp_path: Path, extensions: str) -> None:
    track = read(tmp_path, gpx(gpx_point(0, extensions) + gpx_point(1)))
    assert [track.time_ms[1] - track.time_ms[0], track.time_ms[0]] == [1000, 1_777_629_600_000]
    first = {column: getattr(track, column)[0] for column in COLUMNS if track.has(column)}
    assert first == {
        "latitude_deg": 52.0,
        "longitude_deg": 13.5,
        "altitude_m": 100.0,
        "speed_mps": 3.2,
        "heart_rate_bpm": 150.0,
        "cadence_rpm": 85.0,
        "power_w": 250.0,
        "temperature_c": 21.5,
    }
    assert isnan(track.heart_rate_bpm[1])
    start = datetime(2026, 5, 1, 10, 0, tzinfo=UTC)
    assert track.sessions == (Session("running", start=start, end=start.replace(second=1), elapsed_s=1.0),)
    assert track.device == Device(software="Sample")
    assert track.warnings == ()
    summary = track.summary()
    assert (summary.start, summary.duration_s) == (start, 1.0)
    assert summary.distance_m == pytest.approx(111.2, abs=0.1)  # a thousandth of a degree of latitude


def test_gpx_with_its_own_prefix(tmp_path: Path) -> None:
    points = '<g:trkpt lat="1" lon="2"><g:time>2026-05-01T10:00:00Z</g:time></g:trkpt>'
    text = f"<g:trk><g:trkseg>{points}</g:trkseg></g:trk>"
    text = f'<g:gpx version="1.1" creator="x" xmlns:g="http://www.topografix.com/GPX/1/1">{text}</g:gpx>'
    track = read(tmp_path, text)
    assert (list(track.latitude_deg), list(track.longitude_deg)) == ([1.0], [2.0])


def test_gpx_points_out_of_order_and_twice_in_a_second(tmp_path: Path) -> None:
    track = read(tmp_path, gpx(gpx_point(5) + gpx_point(3) + gpx_point(5)))
    assert [moment - track.time_ms[0] for moment in track.time_ms] == [0, 2000, 2000]


def test_gpx_without_times_keeps_its_line(tmp_path: Path) -> None:
    points = gpx_point(0) + gpx_point(2, timed=False) + gpx_point(1, timed=False)
    track = read(tmp_path, gpx(points))
    assert set(track.time_ms) == {NO_TIME} and not track.has("time_ms")
    assert list(track.altitude_m) == [100.0, 102.0, 101.0]
    assert track.warnings == ("its points have no times",)
    assert track.summary().duration_s is None


def test_gpx_with_some_times_keeps_what_was_recorded(tmp_path: Path) -> None:
    track = read(tmp_path, gpx(gpx_point(0) + gpx_point(1, timed=False) + gpx_point(2)))
    assert list(track.altitude_m) == [100.0, 102.0]
    assert track.warnings == ("points without a time were left out: 1",)


def test_gpx_with_plans_only(tmp_path: Path) -> None:
    track = read(tmp_path, GPX_HEAD + '<wpt lat="1" lon="1"/><rte><rtept lat="1" lon="1"/></rte></gpx>')
    assert len(track) == 0 and track.warnings == ("holds no recorded track, at most routes or waypoints",)


def test_gpx_values_that_cannot_be(tmp_path: Path) -> None:
    points = gpx_point(0, "<hr>0</hr><power>-1</power><cad>nan</cad><atemp>1e400</atemp><speed>x</speed>")
    points += '<trkpt lat="0" lon="0"><time>2026-05-01T10:00:01Z</time></trkpt>'
    points += '<trkpt lat="95" lon="10"><time>2026-05-01T10:00:02Z</time></trkpt>'
    track = read(tmp_path, gpx(points))
    assert [column for column in COLUMNS if track.has(column)] == ["latitude_deg", "longitude_deg", "altitude_m"]
    assert [isnan(value) for value in track.longitude_deg] == [False, True, True]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_marked_encodings(tmp_path: Path, encoding: str) -> None:
    text = gpx(gpx_point(0), "höhe")
    assert read(tmp_path, text.encode(encoding)).sessions[0].sport == "höhe"
    validate(tmp_path / "recording", "GPX")


@pytest.mark.parametrize("declared", ["iso-8859-1", "windows-1252", "latin1"])
def test_declared_encodings(tmp_path: Path, declared: str) -> None:
    text = gpx(gpx_point(0), "höhe").replace("UTF-8", declared)
    assert read(tmp_path, text.encode(declared)).sessions[0].sport == "höhe"


def test_utf16_that_is_plainly_not(tmp_path: Path) -> None:
    assert len(read(tmp_path, gpx(gpx_point(0)).replace("UTF-8", "utf-16").encode())) == 1


@pytest.mark.parametrize("declared", ["utf-7", "punycode", "zip", "no-such-thing"])
def test_encodings_no_recorder_uses(tmp_path: Path, declared: str) -> None:
    assert "encoding" in damaged(tmp_path, gpx("").replace("UTF-8", declared).replace("ö", "o"))


def test_text_that_is_not_in_its_encoding(tmp_path: Path) -> None:
    assert "utf-8" in damaged(tmp_path, gpx("").encode("latin-1"))


@pytest.mark.parametrize(
    "document_type",
    [
        "<!DOCTYPE gpx>",
        '<!DOCTYPE gpx [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE gpx SYSTEM "file:///etc/passwd">',
    ],
)
@pytest.mark.parametrize("kind", ["GPX", "TCX"])
def test_document_types_are_refused(tmp_path: Path, document_type: str, kind: str) -> None:
    text = gpx("") if kind == "GPX" else tcx("")
    root = "<gpx" if kind == "GPX" else "<Training"
    assert "document type" in damaged(tmp_path, text.replace(root, document_type + root, 1), kind)


def test_elements_too_deep(tmp_path: Path) -> None:
    fits = tcx("<a>" * 62 + "</a>" * 62)
    assert len(read(tmp_path, fits)) == 0
    assert "64 deep" in damaged(tmp_path, tcx("<a>" * 63 + "</a>" * 63), "TCX")


def test_too_many_elements(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vetted_xml, "MAX_ELEMENTS", 10)
    assert "more than 10 elements" in damaged(tmp_path, tcx("<a/>" * 10), "TCX")


@pytest.mark.parametrize("kind", ["GPX", "TCX"])
def test_too_many_points(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    lap = f"<Lap><Track>{''.join(tcx_point(f'2026-05-01T10:00:0{second}Z') for second in range(6))}</Track></Lap>"
    text = gpx("".join(map(gpx_point, range(6)))) if kind == "GPX" else tcx(f'<Activity Sport="Other">{lap}</Activity>')
    assert len(read(tmp_path, text)) == 6
    monkeypatch.setattr(vetted_xml, "MAX_POINTS", 5)
    with pytest.raises(FileDamaged, match="more than 5 points"):
        read(tmp_path, text)


@pytest.mark.parametrize(
    "text",
    [
        gpx(f"{gpx_point(0)}</trkseg></trk><trk><trkseg>" * 5 + gpx_point(0)),
        tcx('<Activity Sport="Other">' + '<Lap StartTime="2026-05-01T10:00:00Z"/>' * 6 + "</Activity>"),
        tcx('<Activity Sport="Other"/>' * 6),
    ],
    ids=["tracks", "laps", "activities"],
)
def test_too_many_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    assert len(read(tmp_path, text).warnings) <= 1
    monkeypatch.setattr(vetted_xml, "MAX_PARTS", 5)
    with pytest.raises(FileDamaged, match="more than 5 laps, tracks or activities"):
        read(tmp_path, text)


def test_laps_within_laps(tmp_path: Path) -> None:
    points = tcx_point("2026-05-01T10:00:00Z") + tcx_point("2026-05-01T10:00:09Z")
    lap = f"<Lap><Lap><Track>{points}</Track></Lap></Lap>"
    track = read(tmp_path, tcx(f'<Activity Sport="Running">{lap}</Activity>'))
    assert (len(track), [lap.start.second for lap in track.laps]) == (2, [0])


ENDLESS = {
    "attributes": ("<a {}/>", "a{}='1' ", "tag"),
    "namespaces": ("<a {}/>", "xmlns:a{}='u' ", "tag"),
    "a value": ("<a b='{}'/>", "{} ", "tag"),
    "a comment": ("<!--{}-->", "{} ", "comment"),
    "a text": ("<a>{}</a>", "{} ", "text"),
    "marked text": ("<a><![CDATA[{}]]></a>", "{} ", "text"),
    "names of elements": ("{}", "<a{}/>", "different names"),
    "names of attributes": ("{}", "<a b{}='1'/>", "different names"),
    "prefixes": ("{}", "<a xmlns:p{}='u'/>", "different names"),
    "namespaces one by one": ("{}", "<a xmlns='u{}'/>", "different names"),
}


@pytest.mark.parametrize("endless", ENDLESS)
@pytest.mark.parametrize("kind", ["GPX", "TCX"])
def test_what_does_not_end(tmp_path: Path, kind: str, endless: str) -> None:
    around, one, reason = ENDLESS[endless]
    inside = around.format("".join(one.format(number) for number in range(170_000)))
    text = gpx(gpx_point(0)).replace("</gpx>", f"{inside}</gpx>") if kind == "GPX" else tcx(inside)
    assert reason in damaged(tmp_path, text, kind)


def test_hostile_files_are_refused_in_little_memory(tmp_path: Path) -> None:
    """In a process of its own, whose memory is measured; the first has just more points than are read."""
    pieces_bytes = 9 * 2**20
    bombs = {
        "points.gpx": (gpx("{}"), '<trkpt lat="1" lon="1"/>'),
        "unclear.gpx": (gpx('<trkpt lat="1" lon="north"/>{}'), '<trkpt lat="1" lon="1"/>'),
        "attributes.gpx": (gpx("").replace("<trk>", "<trk {}>"), "a='1' "),
        "text.tcx": (tcx('<Activity Sport="x"><Id>\N{GRINNING FACE}{}</Id></Activity>'), "a"),
        "deep.tcx": (tcx("{}"), "<a>"),
    }
    for name, (text, piece) in bombs.items():
        before, _, after = text.partition("{}")
        with (tmp_path / name).open("w", encoding="utf-8") as file:
            file.write(before)
            file.write(piece * (pieces_bytes // len(piece)))
            file.write(after)
    found = subprocess.run(
        [sys.executable, "-c", MEASURED, *(str(tmp_path / name) for name in bombs)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert found[:-1] == ["refused"] * len(bombs)
    assert int(found[-1]) < 256 * 1024


MEASURED = """
import resource, sys
from pathlib import Path
from garminsync_tui.errors import FileDamaged
from garminsync_tui.formats import read_track
for path in sys.argv[1:]:
    try:
        read_track(Path(path))
        print("read")
    except FileDamaged:
        print("refused")
# What getrusage tells of a child begins with what its parent held.
status = Path("/proc/self/status")
lines = status.read_text().splitlines() if status.exists() else ()
held = [line.split()[1] for line in lines if line.startswith("VmHWM")]
print(held[0] if held else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_larger_than_any_recording(tmp_path: Path) -> None:
    path = tmp_path / "recording"
    path.write_text(gpx(""))
    with path.open("r+b") as file:
        file.truncate(64 * 2**20 + 1)
    for attempt in (read_track, lambda path: validate(path, "GPX")):
        with pytest.raises(FileDamaged, match="64 MiB"):
            attempt(path)


def test_a_declaration_that_would_take_for_ever(tmp_path: Path) -> None:
    text = gpx(gpx_point(0)).replace("Höhe", " xmlns" + "a" * 200)
    assert len(read(tmp_path, text)) == 1
    with pytest.raises(FileDamaged, match="namespace"):  # gpxpy is asked, and may not be
        read(tmp_path, text.replace("<time>", "<time>about "))


def test_xml_that_gpxpy_does_not_take(tmp_path: Path) -> None:
    with pytest.raises(FileDamaged, match="XML, but not GPX"):
        read(tmp_path, gpx('<trkpt lat="north" lon="1"/>'))


@pytest.mark.parametrize(
    "point",
    [
        '<trkpt lon="1"/>',
        '<trkpt lat="1"/>',
        "<trkpt/>",
        '<trkpt lat="" lon="1"/>',
        '<trkpt lat="1°" lon="1"/>',
        '<trkpt lat="1" lon="1"><time>0001-01-01T00:00:00+14:00</time></trkpt>',
    ],
)
def test_gpx_points_that_cannot_be_understood(tmp_path: Path, point: str) -> None:
    with pytest.raises(FileDamaged, match="XML, but not GPX"):
        read(tmp_path, gpx(gpx_point(0) + point))


@pytest.mark.parametrize("value", ["nan", "-nan", "inf", "1e999", "95"])
def test_gpx_positions_that_cannot_be_are_missing(tmp_path: Path, value: str) -> None:
    track = read(tmp_path, gpx(gpx_point(0) + gpx_point(1).replace('lat="52.001"', f'lat="{value}"')))
    assert [isnan(latitude) for latitude in track.latitude_deg] == [False, True]
    assert [isnan(longitude) for longitude in track.longitude_deg] == [False, True]
    assert list(track.altitude_m) == [100.0, 101.0]


@pytest.mark.parametrize("kind", ["GPX", "TCX"])
@pytest.mark.parametrize("moment", ["1989-06-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z"])
def test_moments_far_away_are_read(tmp_path: Path, kind: str, moment: str) -> None:
    lap = f"<Lap><Track>{tcx_point(moment)}</Track></Lap>"
    text = (
        gpx(gpx_point(0).replace("2026-05-01T10:00:00Z", moment))
        if kind == "GPX"
        else tcx(f'<Activity Sport="Other">{lap}</Activity>')
    )
    track = read(tmp_path, text)
    assert track.summary().start == datetime.fromisoformat(moment)
    assert track.summary().elapsed_s == 0


def test_tcx_points_out_of_order_and_twice_in_a_second(tmp_path: Path) -> None:
    seconds = (5, 3, 5, 4)
    points = "".join(
        tcx_point(f"2026-05-01T10:00:0{second}Z", f"<DistanceMeters>{number}</DistanceMeters>")
        for number, second in enumerate(seconds)
    )
    track = read(tmp_path, tcx(f'<Activity Sport="Running"><Lap><Track>{points}</Track></Lap></Activity>'))
    assert [moment - track.time_ms[0] for moment in track.time_ms] == [0, 1000, 2000]
    assert list(track.distance_m) == [1, 3, 2]
    assert track.laps[0].start == datetime(2026, 5, 1, 10, 0, 3, tzinfo=UTC)


def test_a_receiver_that_lost_its_fix_jumps_nowhere(tmp_path: Path) -> None:
    lost = '<trkpt lat="0" lon="0"><ele>0</ele><time>2026-05-01T10:00:01Z</time></trkpt>'
    track = read(tmp_path, gpx(gpx_point(0) + lost + gpx_point(2)))
    assert [isnan(latitude) for latitude in track.latitude_deg] == [False, True, False]
    assert track.summary().distance_m == pytest.approx(222.4, abs=0.1)


@pytest.mark.parametrize("kind", ["GPX", "TCX"])
@pytest.mark.parametrize(
    "text", ["<!ENTITY a 'b'>", "&a;", "&#0;", "&#xFFFF;", "<?xml version='1.0'?>", "\x00", "\x1b"]
)
def test_what_xml_forbids(tmp_path: Path, kind: str, text: str) -> None:
    assert damaged(tmp_path, gpx(text) if kind == "GPX" else tcx(text), kind)


@pytest.mark.parametrize("kind", ["GPX", "TCX"])
def test_cut_off_anywhere(tmp_path: Path, kind: str) -> None:
    content = SAMPLES[kind]
    whole = read(tmp_path, content)
    assert len(whole) > 0
    for length in range(250, len(content) - 1, 37):
        with pytest.raises(FileDamaged):
            read(tmp_path, content[:length])


@pytest.mark.parametrize("kind", ["GPX", "TCX"])
def test_cut_off_xml(tmp_path: Path, kind: str) -> None:
    text = gpx(gpx_point(0)) if kind == "GPX" else tcx("")
    assert "cut off" in damaged(tmp_path, text[:-3], kind)


def test_another_kind_than_expected(tmp_path: Path) -> None:
    path = tmp_path / "recording"
    path.write_text(tcx(""))
    with pytest.raises(FileDamaged, match="recording: is TCX, not GPX"):
        validate(path, "GPX")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (bytes(1000), "zero bytes"),
        (b"<!DOCTYPE html><html>Sign in</html>", "web page"),
        (b"PK\x03\x04", "ZIP archive"),
        (b"\xff\xfe", "neither"),
    ],
)
def test_what_is_no_recording_at_all(tmp_path: Path, content: bytes, words: str) -> None:
    assert words in damaged(tmp_path, content)


FULL_LAP = (
    '<Lap StartTime="2026-05-01T10:00:00Z"><TotalTimeSeconds>40.5</TotalTimeSeconds>'
    "<DistanceMeters>120.5</DistanceMeters><Calories>9</Calories>"
    "<AverageHeartRateBpm><Value>140</Value></AverageHeartRateBpm>"
    "<MaximumHeartRateBpm><Value>160</Value></MaximumHeartRateBpm><Cadence>80</Cadence>"
    "<Track>{}</Track><Track>{}</Track>"
    "<Extensions><ns3:LX><ns3:AvgSpeed>2.97</ns3:AvgSpeed><ns3:AvgWatts>190</ns3:AvgWatts></ns3:LX></Extensions>"
    "</Lap>"
)
FULL_POINT = (
    "<Position><LatitudeDegrees>52.5</LatitudeDegrees><LongitudeDegrees>13.25</LongitudeDegrees></Position>"
    "<AltitudeMeters>35</AltitudeMeters><DistanceMeters>3.5</DistanceMeters>"
    "<HeartRateBpm><Value>141</Value></HeartRateBpm>"
    "<Extensions><ns3:TPX><ns3:Speed>3.1</ns3:Speed><ns3:RunCadence>84</ns3:RunCadence>"
    "<ns3:Watts>201</ns3:Watts></ns3:TPX></Extensions>"
)
CREATOR = (
    "<Creator><Name>Forerunner</Name><UnitId>42</UnitId><Version><VersionMajor>7</VersionMajor>"
    "<VersionMinor>10</VersionMinor></Version></Creator>"
)


def test_tcx_laps_with_a_pause(tmp_path: Path) -> None:
    before = tcx_point("2026-05-01T10:00:00.250Z", FULL_POINT) + tcx_point("2026-05-01T10:00:20Z")
    after = tcx_point("2026-05-01T10:01:00Z", "<HeartRateBpm><Value>120</Value></HeartRateBpm>")
    text = f'<Activity Sport="Running"><Id>x</Id>{FULL_LAP.format(before, after)}{CREATOR}</Activity>'
    track = read(tmp_path, tcx(text))
    assert [moment - 1_777_629_600_000 for moment in track.time_ms] == [250, 20_000, 60_000]
    first = {column: getattr(track, column)[0] for column in COLUMNS if track.has(column)}
    assert first == {
        "latitude_deg": 52.5,
        "longitude_deg": 13.25,
        "altitude_m": 35.0,
        "distance_m": 3.5,
        "speed_mps": 3.1,
        "heart_rate_bpm": 141.0,
        "cadence_rpm": 84.0,
        "power_w": 201.0,
    }
    assert list(track.heart_rate_bpm)[2] == 120.0
    (lap,) = track.laps
    start, end = datetime(2026, 5, 1, 10, 0, tzinfo=UTC), datetime(2026, 5, 1, 10, 1, tzinfo=UTC)
    assert (lap.start, lap.end, lap.duration_s, lap.distance_m) == (start, end, 40.5, 120.5)
    assert (lap.avg_heart_rate_bpm, lap.max_heart_rate_bpm, lap.calories_kcal) == (140, 160, 9)
    assert (lap.avg_cadence_rpm, lap.avg_speed_mps, lap.avg_power_w) == (80, 2.97, 190)
    assert track.device == Device(product="Forerunner", serial="42", software="7.10")
    summary = track.summary()
    assert (summary.sport, summary.duration_s, summary.elapsed_s, summary.distance_m) == ("Running", 40.5, 60, 120.5)


def test_tcx_with_several_activities(tmp_path: Path) -> None:
    def leg(sport: str, minute: int) -> str:
        moment = f"2026-05-01T10:{minute:02}:00Z"
        lap = (
            f'<Lap StartTime="{moment}"><TotalTimeSeconds>60</TotalTimeSeconds><DistanceMeters>100</DistanceMeters>'
            f"<Track>{tcx_point(moment)}</Track></Lap>"
        )
        return f'<Activity Sport="{sport}"><Id>{moment}</Id>{lap}</Activity>'

    legs = f"<FirstSport>{leg('Other', 0)}</FirstSport><NextSport>{leg('Biking', 5)}</NextSport>"
    track = read(tmp_path, tcx(f"<MultiSportSession><Id>x</Id>{legs}</MultiSportSession>{leg('Running', 9)}"))
    assert [session.sport for session in track.sessions] == ["Other", "Biking", "Running"]
    assert (len(track), len(track.laps)) == (3, 3)
    assert (track.summary().distance_m, track.summary().duration_s) == (300.0, 180.0)


def test_tcx_without_a_track(tmp_path: Path) -> None:
    lap = (
        '<Lap StartTime="2026-05-01T10:00:00+02:00"><TotalTimeSeconds>90</TotalTimeSeconds>'
        "<DistanceMeters>-1</DistanceMeters></Lap><Lap><TotalTimeSeconds>5</TotalTimeSeconds></Lap>"
    )
    track = read(tmp_path, tcx(f'<Activity Sport="Other">{lap}</Activity>'))
    start = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
    assert len(track) == 0 and track.warnings == ("holds laps without a track",)
    assert [(lap.start, lap.end, lap.distance_m) for lap in track.laps] == [
        (start, start.replace(minute=1, second=30), None)
    ]
    assert track.summary().start == start


def test_a_summary_written_as_tcx_reads_back(tmp_path: Path) -> None:
    start = datetime(2026, 5, 1, 10, 0, tzinfo=UTC)
    track = read(tmp_path, summary_tcx("trail_running", start, 1800, 5000.25, 310.0))
    validate(tmp_path / "recording", "TCX")
    summary = track.summary()
    assert len(track) == 0
    assert (summary.sport, summary.start, summary.duration_s) == ("Running", start, 1800)
    assert (summary.distance_m, summary.calories_kcal) == (5000.25, 310)


def test_tcx_courses_are_plans(tmp_path: Path) -> None:
    lap = f"<Lap/><Track>{tcx_point('2026-05-01T10:00:00Z')}</Track>"
    text = tcx("").replace("<Activities></Activities>", f"<Courses><Course>{lap}</Course></Courses>")
    track = read(tmp_path, text)
    assert len(track) == 0 and track.warnings == ("holds no recorded activity",)


def test_tcx_points_without_a_time(tmp_path: Path) -> None:
    points = tcx_point("yesterday") + tcx_point("") + tcx_point("2026-05-01T10:00:00Z") * 2
    track = read(tmp_path, tcx(f'<Activity Sport="Running"><Lap><Track>{points}</Track></Lap></Activity>'))
    assert len(track) == 1  # laps repeat the point at which they meet
    assert track.warnings == ("points without a time were left out: 2",)
    assert track.laps[0].start == datetime(2026, 5, 1, 10, 0, tzinfo=UTC)


def test_numbers_beyond_all_reason(tmp_path: Path) -> None:
    lap = (
        '<Lap StartTime="9999-12-31T23:59:59Z"><TotalTimeSeconds>999999999</TotalTimeSeconds>'
        "<DistanceMeters>1e308</DistanceMeters></Lap>"
    )
    track = read(tmp_path, tcx(f'<Activity Sport="Running">{lap * 2}</Activity>'))
    assert (track.laps[0].end, track.laps[0].distance_m) == (None, None)
    assert track.summary().distance_m is None


SAMPLES = {
    "GPX": gpx(gpx_point(0, GARMIN.format("<gpxtpx:hr>150</gpxtpx:hr>")) + gpx_point(1)).encode(),
    "TCX": tcx(
        f'<Activity Sport="Running">{FULL_LAP.format(tcx_point("2026-05-01T10:00:00Z", FULL_POINT), "")}</Activity>'
    ).encode(),
}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(["GPX", "TCX"]),
    changes=st.lists(st.tuples(st.integers(0, 10_000), st.binary(max_size=4)), min_size=1, max_size=4),
)
def test_changed_xml_ends_in_a_track_or_in_file_damaged(
    tmp_path: Path, kind: str, changes: list[tuple[int, bytes]]
) -> None:
    content = bytearray(SAMPLES[kind])
    for position, replacement in changes:
        at = position % len(content)
        content[at : at + len(replacement)] = replacement
    for attempt in (lambda: read(tmp_path, bytes(content)).summary(), lambda: validate(tmp_path / "recording", kind)):
        try:
            attempt()
        except FileDamaged:
            continue


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kind=st.sampled_from(["GPX", "TCX"]), text=st.text(st.characters(codec="utf-8"), max_size=12), which=st.data())
def test_any_text_in_place_of_a_number(tmp_path: Path, kind: str, text: str, which: st.DataObject) -> None:
    pieces = SAMPLES[kind].decode().split(">")
    inside = [index for index, piece in enumerate(pieces) if piece and not piece.startswith(("<", "\n"))]
    at = which.draw(st.sampled_from(inside))
    pieces[at] = text.replace("<", "").replace("&", "") + pieces[at][pieces[at].index("<") :]
    try:
        read(tmp_path, ">".join(pieces)).summary()
    except FileDamaged:
        return
