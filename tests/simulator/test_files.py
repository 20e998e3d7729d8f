"""The files are real: Garmin's own reader and others accept them, and their numbers are those of the list."""

from __future__ import annotations

import io
import tempfile
import zipfile
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any
from xml.etree.ElementTree import Element

import fitdecode
import garmin_fit_sdk
import gpxpy
import httpx2
import pytest
from defusedxml.ElementTree import fromstring

from garminsync_tui.errors import UsageProblem
from garminsync_tui.formats import Track, read_track
from garminsync_tui.formats.track import Wearer
from garminsync_tui.simulator import Simulator
from garminsync_tui.simulator.account import Account
from garminsync_tui.simulator.form import Form
from garminsync_tui.sync.measure import measure

from .conftest import NOW, signed_in

TCX = "{http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2}"
LISTED = "/activitylist-service/activities/search/activities"


@pytest.fixture(scope="module")
def rows(web: httpx2.Client) -> list[dict[str, Any]]:
    return list(web.get(LISTED, params={"limit": "200"}).json())


def original(web: httpx2.Client, number: int) -> tuple[str, bytes]:
    answer = web.get(f"/download-service/files/activity/{number}")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        (name,) = archive.namelist()
        return name, archive.read(name)


@pytest.fixture(scope="module")
def by_kind(web: httpx2.Client, rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """The list rows by the kind of their original."""
    found: dict[str, list[dict[str, Any]]] = {"fit": [], "gpx": [], "tcx": []}
    for row in rows:
        kind = web.get(f"/activity-service/activity/{row['activityId']}").json()["metadataDTO"]["fileFormat"]
        if kind:
            found[kind["formatKey"]].append(row)
    return found


@pytest.fixture(scope="module")
def recordings(by_kind: dict[str, list[dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    """The shortest recording of each sport."""
    longest_first = sorted(by_kind["fit"], key=lambda row: row["duration"], reverse=True)
    return {row["activityType"]["typeKey"]: row for row in longest_first}


def by_garmin(content: bytes) -> dict[str, Any]:
    """The messages as Garmin's own reader finds them, without a complaint of its."""
    assert garmin_fit_sdk.Decoder(garmin_fit_sdk.Stream.from_byte_array(bytearray(content))).check_integrity()
    messages, errors = garmin_fit_sdk.Decoder(garmin_fit_sdk.Stream.from_byte_array(bytearray(content))).read()
    assert errors == []
    return dict(messages)


def track_of(content: bytes) -> Track:
    with tempfile.NamedTemporaryFile(suffix=".fit") as file:
        file.write(content)
        file.flush()
        return read_track(Path(file.name))


@pytest.mark.parametrize("sport", ["running", "cycling", "lap_swimming", "yoga"])
def test_fit_is_accepted(web: httpx2.Client, recordings: dict[str, dict[str, Any]], sport: str) -> None:
    row = recordings[sport]
    _, content = original(web, row["activityId"])
    with fitdecode.FitReader(io.BytesIO(content), check_crc=fitdecode.CrcCheck.RAISE) as reader:
        messages = [frame for frame in reader if frame.frame_type == fitdecode.FIT_FRAME_DATA]
    assert [message.name for message in messages[:2]] == ["file_id", "device_info"]
    (session,) = [message for message in messages if message.name == "session"]
    assert session.get_value("total_timer_time") == row["duration"]
    assert session.get_value("total_elapsed_time") == row["elapsedDuration"]
    assert session.get_value("total_distance") == pytest.approx(row.get("distance", 0), abs=0.02)
    assert session.get_value("avg_heart_rate") == row["averageHR"]
    points = [message for message in messages if message.name == "record"]
    assert len(points) == row["duration"] + 1
    rates = [point.get_value("heart_rate") for point in points]
    assert sum(rates) / len(rates) == pytest.approx(row["averageHR"], abs=2)
    assert max(rates) <= row["maxHR"]
    assert (points[0].get_value("position_lat", fallback=None) is not None) == row["hasPolyline"]


@pytest.mark.parametrize("sport", ["running", "trail_running", "hiking", "strength_training", "walking"])
def test_fit_is_accepted_by_garmin(web: httpx2.Client, recordings: dict[str, dict[str, Any]], sport: str) -> None:
    _, content = original(web, recordings[sport]["activityId"])
    messages = by_garmin(content)
    assert messages["file_id_mesgs"][0]["type"] == "activity"
    (session,) = messages["session_mesgs"]
    (activity,) = messages["activity_mesgs"]
    assert activity["total_timer_time"] == session["total_timer_time"]
    assert session["num_laps"] == len(messages["lap_mesgs"])
    assert sum(lap["total_timer_time"] for lap in messages["lap_mesgs"]) == session["total_timer_time"]
    assert sum(lap["total_distance"] for lap in messages["lap_mesgs"]) == pytest.approx(session["total_distance"])


def test_fit_pauses_where_the_athlete_stands(web: httpx2.Client, by_kind: dict[str, list[dict[str, Any]]]) -> None:
    paused = [row for row in by_kind["fit"] if row["elapsedDuration"] > row["duration"]]
    row = min(paused, key=lambda row: row["duration"])
    _, content = original(web, row["activityId"])
    messages = by_garmin(content)
    timer = [event["event_type"] for event in messages["event_mesgs"] if event["event"] == "timer"]
    assert timer == ["start", "stop_all", "start", "stop_all"]
    times = [record["timestamp"] for record in messages["record_mesgs"]]
    gaps = [(later - time).total_seconds() for time, later in pairwise(times)]
    assert max(gaps) == row["elapsedDuration"] - row["duration"] + 1


def test_a_ride_has_power(web: httpx2.Client, recordings: dict[str, dict[str, Any]]) -> None:
    row = recordings["cycling"]
    _, content = original(web, row["activityId"])
    messages = by_garmin(content)
    powers = [record["power"] for record in messages["record_mesgs"]]
    assert sum(powers) / len(powers) == pytest.approx(row["avgPower"], abs=3)


@pytest.mark.parametrize("sport", ["running", "cycling"])
def test_a_watch_writes_down_whose_it_is(web: httpx2.Client, recordings: dict[str, dict[str, Any]], sport: str) -> None:
    row = recordings[sport]
    _, content = original(web, row["activityId"])
    messages = by_garmin(content)
    (person,) = messages["user_profile_mesgs"]
    (aims,) = messages["zones_target_mesgs"]
    (zones,) = messages["time_in_zone_mesgs"]
    (known,) = web.get("/biometric-service/heartRateZones").json()
    body = web.get("/userprofile-service/userprofile/user-settings").json()["userData"]
    assert (person["gender"], person["weight"]) == (body["gender"].lower(), body["weight"] / 1000)
    assert person["resting_heart_rate"] == zones["resting_heart_rate"] == known["restingHeartRateUsed"]
    assert aims["max_heart_rate"] == zones["max_heart_rate"] == known["maxHeartRateUsed"]
    assert aims["threshold_heart_rate"] == zones["threshold_heart_rate"] == known["lactateThresholdHeartRateUsed"]
    floors = [known[f"zone{zone}Floor"] for zone in range(1, 6)]
    assert zones["hr_zone_high_boundary"] == [*floors, known["maxHeartRateUsed"]]
    assert (zones["reference_mesg"], zones["reference_index"]) == ("session", 0)
    below, *spent, above = zones["time_in_hr_zone"]
    assert (below, above) == (0, 0)
    assert spent == [row[f"hrTimeInZone_{zone}"] for zone in range(1, 6)]
    assert ("functional_threshold_power" in aims) == (sport == "cycling")
    track = track_of(content)
    assert track.wearer == Wearer(
        sex="male",
        weight_kg=73.0,
        resting_heart_rate_bpm=48.0,
        max_heart_rate_bpm=187.0,
        threshold_heart_rate_bpm=168.0,
        threshold_power_w=aims.get("functional_threshold_power"),
        heart_rate_zone_bounds_bpm=(*floors, 187.0),
    )
    assert track.sessions[0].training_load == pytest.approx(row["activityTrainingLoad"], abs=1e-4)
    assert track.sessions[0].moving_s == row["movingDuration"]


def test_a_ride_is_worth_what_its_power_says(web: httpx2.Client, recordings: dict[str, dict[str, Any]]) -> None:
    row = recordings["cycling"]
    _, content = original(web, row["activityId"])
    (session,) = by_garmin(content)["session_mesgs"]
    threshold, intensity = session["threshold_power"], session["intensity_factor"]
    assert session["normalized_power"] == row["normPower"]
    assert intensity == pytest.approx(row["normPower"] / threshold, abs=0.0006)
    assert session["training_stress_score"] == pytest.approx(row["duration"] / 36 * intensity**2, abs=0.2)
    figures = measure(track_of(content), "cycling").figures
    assert figures["normalized_power_w"] == pytest.approx(row["normPower"], rel=0.02)
    assert 1000 * figures["work_kj"] == pytest.approx(session["total_work"], rel=0.001)


def test_the_power_that_a_watch_goes_by_is_what_was_found_before() -> None:
    account = Account(1, 60, NOW)
    form, last = Form(account), NOW.date()
    days = [last - timedelta(days=back) for back in range(60)]
    found = {day: thresholds[2] for day in days if (thresholds := form.thresholds(day))}
    assert len(found) >= 2
    latest = max(found)
    assert form.threshold_power(latest + timedelta(days=1)) == found[latest]
    assert form.threshold_power(latest) == found[max(day for day in found if day < latest)]
    assert 180 < form.threshold_power(days[-1]) < 260


def test_a_pool_has_lengths_and_rests(web: httpx2.Client, recordings: dict[str, dict[str, Any]]) -> None:
    row = recordings["lap_swimming"]
    _, content = original(web, row["activityId"])
    messages = by_garmin(content)
    (session,) = messages["session_mesgs"]
    lengths = messages["length_mesgs"]
    swum = [length for length in lengths if length["length_type"] == "active"]
    rests = [length for length in lengths if length["length_type"] == "idle"]
    assert len(swum) == session["num_active_lengths"] == row["distance"] / session["pool_length"]
    assert rests
    assert len(rests) == (len(swum) - 1) // 8
    assert sum(length["total_timer_time"] for length in lengths) == row["duration"]
    assert sum(length["total_timer_time"] for length in swum) == row["movingDuration"] < row["duration"]
    assert sum(length["total_strokes"] for length in swum) == session["total_strokes"]
    assert {length["swim_stroke"] for length in swum} == {"freestyle", "breaststroke"}
    assert not [length for length in rests if "total_strokes" in length or "swim_stroke" in length]
    assert all(old["timestamp"] == new["start_time"] for old, new in pairwise(lengths))
    track = track_of(content)
    assert [length.active for length in track.lengths] == [length in swum for length in lengths]
    # While the swimmer rests the way stands still.
    still = sum(new == old for old, new in pairwise(track.distance_m))
    assert still == sum(length["total_timer_time"] for length in rests)
    assert measure(track, "lap_swimming").figures["swum"] == {"m": row["distance"], "s": row["movingDuration"]}


def gpx_points(content: bytes) -> list[Any]:
    (track,) = gpxpy.parse(content.decode()).tracks
    return list(track.segments[0].points)


def test_gpx_original_and_export(
    web: httpx2.Client, by_kind: dict[str, list[dict[str, Any]]], recordings: dict[str, dict[str, Any]]
) -> None:
    row = by_kind["gpx"][0]
    _, content = original(web, row["activityId"])
    assert len(gpx_points(content)) == row["duration"] + 1
    row = recordings["cycling"]
    content = web.get(f"/download-service/export/gpx/activity/{row['activityId']}").content
    track = gpxpy.parse(content.decode()).tracks[0]
    assert track.length_2d() == pytest.approx(row["distance"], rel=0.03)
    assert track.get_uphill_downhill().uphill == pytest.approx(row["elevationGain"], rel=0.1, abs=10)
    bounds = track.get_time_bounds()
    assert f"{bounds.start_time:%Y-%m-%d %H:%M:%S}" == row["startTimeGMT"]
    assert f"{bounds.end_time:%Y-%m-%d %H:%M:%S}" == row["endTimeGMT"]


def laps_of(content: bytes) -> list[Element]:
    return list(fromstring(content).findall(f"{TCX}Activities/{TCX}Activity/{TCX}Lap"))


def test_tcx_original_and_export(web: httpx2.Client, by_kind: dict[str, list[dict[str, Any]]]) -> None:
    row = by_kind["tcx"][0]
    _, content = original(web, row["activityId"])
    assert web.get(f"/download-service/export/tcx/activity/{row['activityId']}").content == content
    laps = laps_of(content)
    assert sum(float(lap.findtext(f"{TCX}DistanceMeters", "0")) for lap in laps) == pytest.approx(row["distance"])
    assert sum(float(lap.findtext(f"{TCX}TotalTimeSeconds", "0")) for lap in laps) == row["duration"]
    points = [point for lap in laps for point in lap.iter(f"{TCX}Trackpoint")]
    assert len(points) == row["duration"] + 1
    times = [point.findtext(f"{TCX}Time", "") for point in points]
    assert times == sorted(set(times))


def test_typed_in_by_hand(web: httpx2.Client, rows: list[dict[str, Any]]) -> None:
    by_hand = [row for row in rows if row["manualActivity"]]
    assert by_hand
    for row in by_hand:
        number = row["activityId"]
        assert "deviceId" not in row
        assert web.get(f"/download-service/files/activity/{number}").status_code == 404
        assert web.get(f"/download-service/export/gpx/activity/{number}").status_code == 404
        (lap,) = laps_of(web.get(f"/download-service/export/tcx/activity/{number}").content)
        assert float(lap.findtext(f"{TCX}TotalTimeSeconds", "")) == row["duration"]
        assert lap.find(f"{TCX}Track") is None


def test_indoors_there_is_a_gpx_without_points(web: httpx2.Client, recordings: dict[str, dict[str, Any]]) -> None:
    number = recordings["yoga"]["activityId"]
    assert gpx_points(web.get(f"/download-service/export/gpx/activity/{number}").content) == []


def test_no_other_conversions(web: httpx2.Client, rows: list[dict[str, Any]]) -> None:
    assert web.get(f"/download-service/export/kml/activity/{rows[0]['activityId']}").status_code == 404


# A folder of real files


@pytest.fixture(scope="module")
def folder(
    tmp_path_factory: pytest.TempPathFactory, web: httpx2.Client, by_kind: dict[str, list[dict[str, Any]]]
) -> Path:
    """A recording of each kind, one in a folder below, and what may also lie about."""
    path = tmp_path_factory.mktemp("recordings")
    (path / "2026").mkdir()
    for kind, name in (("fit", "2026/ride.FIT"), ("gpx", "run.gpx"), ("tcx", "walk.tcx")):
        (path / name).write_bytes(original(web, by_kind[kind][0]["activityId"])[1])
    (path / "broken.fit").write_bytes(b"\x0e\x10not a recording")
    (path / "empty.tcx").write_bytes(b"")
    (path / "strange.gpx").write_bytes(b"<gpx><time>9999-99-99T99:99:99Z</time>")
    (path / "notes.txt").write_text("no recording")
    return path


def test_folder_is_served_in_place_of_the_synthetic_activities(
    folder: Path, by_kind: dict[str, list[dict[str, Any]]]
) -> None:
    with Simulator(now=NOW, activities_dir=folder) as simulator, signed_in(simulator) as other:
        found = {row["activityName"]: row for row in other.get(LISTED, params={"limit": "100"}).json()}
        assert set(found) == {"ride", "run", "walk", "broken", "empty", "strange"}
        assert simulator.activity_ids() == [row["activityId"] for row in found.values()]
        for name, file in (("ride", "2026/ride.FIT"), ("run", "run.gpx"), ("broken", "broken.fit")):
            member, content = original(other, found[name]["activityId"])
            assert content == (folder / file).read_bytes()
            assert member == f"{found[name]['activityId']}_ACTIVITY{Path(file).suffix.lower()}"
        newest = by_kind["fit"][0]
        for key in ("startTimeGMT", "duration", "elapsedDuration", "averageHR", "activityType"):
            assert found["ride"][key] == newest[key]
        assert found["run"]["startTimeGMT"] == by_kind["gpx"][0]["startTimeGMT"]
        assert other.get(f"/download-service/export/gpx/activity/{found['run']['activityId']}").status_code == 200
        assert other.get(f"/download-service/export/tcx/activity/{found['run']['activityId']}").status_code == 404
        happened = simulator.advance()
        assert happened["deleted"] not in simulator.activity_ids()


def test_folder_is_the_same_each_time(folder: Path) -> None:
    with Simulator(now=NOW, activities_dir=folder) as one, Simulator(now=NOW, activities_dir=folder) as other:
        assert one.activity_ids() == other.activity_ids()


def test_broken_files_are_served_like_any_other(
    tmp_path: Path, web: httpx2.Client, by_kind: dict[str, list[dict[str, Any]]]
) -> None:
    whole = original(web, min(by_kind["fit"], key=lambda row: row["duration"])["activityId"])[1]
    dice = Random(7)
    contents = set()
    for number in range(150):
        kind = dice.choice(["fit", "fit", "gpx"])
        broken = bytearray(
            whole[: dice.randrange(len(whole))]
            if kind == "fit"
            else b"<time>0001-01-01T00:00:00Z</time><time>9999-12-31T23:59:59Z</time>"
        )
        for _ in range(dice.randrange(40)):
            if broken:
                broken[dice.randrange(min(len(broken), 2000))] = dice.randrange(256)
        (tmp_path / f"{number}.{kind}").write_bytes(broken)
        contents.add(bytes(broken))
    # A session whose elapsed time has eight bytes and is longer than any calendar.
    wide = (
        b"\x0e\x20" + bytes(12) + b"\x40\0\0\x12\0\x02\x02\x04\x86\x07\x08\x8f" + b"\0" + bytes([1] * 4) + b"\xfe" * 8
    )
    (tmp_path / "wide.fit").write_bytes(wide + b"\0\0")
    contents.add(wide + b"\0\0")
    (tmp_path / "folder.fit").mkdir()
    with Simulator(now=NOW, activities_dir=tmp_path) as simulator, signed_in(simulator) as other:
        rows = other.get(LISTED, params={"limit": "1000"}).json()
        assert len(rows) == 151
        assert {original(other, row["activityId"])[1] for row in rows} == contents
        (tmp_path / "0.fit").unlink(missing_ok=True)
        (tmp_path / "0.gpx").unlink(missing_ok=True)
        gone = next(row["activityId"] for row in rows if row["activityName"] == "0")
        assert other.get(f"/download-service/files/activity/{gone}").status_code == 404


def test_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem):
        Simulator(activities_dir=tmp_path / "nowhere")


def test_real_recordings_are_read(shared: Path) -> None:
    corpus = shared / "corpus"
    with Simulator(now=NOW, activities_dir=corpus) as simulator, signed_in(simulator) as web:
        rows = web.get(LISTED, params={"limit": "1000"}).json()
        files = [file for file in corpus.rglob("*") if file.suffix.lower() in {".fit", ".gpx", ".tcx"}]
        assert len(rows) == len(files)
        contents = {file.read_bytes() for file in files}
        assert {original(web, row["activityId"])[1] for row in rows} == contents
