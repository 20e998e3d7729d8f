"""An account's archive: its summaries and its uploads become the rows that Garmin's list would have given."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from garminsync_tui.models import Coverage, GarminConnectAccount
from garminsync_tui.store import accounts

from .conftest import Home, counts, reasons
from .export import PROFILE, archive, summaries, summary
from .samples import CYCLING, START, fit, tcx

sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
DAY = timedelta(days=1)


async def accounts_of(home: Home) -> dict[str, GarminConnectAccount]:
    async with home.database.read() as session:
        return {row.garmin_user_id: row for row in await session.scalars(sa.select(GarminConnectAccount))}


async def ledger(home: Home) -> dict[str, tuple[str, int]]:
    async with home.database.read() as session:
        return {row.item: (row.status, row.attempts) for row in await session.scalars(sa.select(Coverage))}


async def test_summaries_are_rows_in_the_units_of_garmins_list(home: Home) -> None:
    home.put("export.zip", archive((summary(11),), {"fit": fit(seconds=60)}))
    job = await home.run()
    assert (job.status, counts(job)) == ("completed", (2, 0, 1, 0))
    [row] = await home.rows()
    account = (await accounts_of(home))[str(PROFILE)]
    assert (account.active, account.provider) == (False, "local")
    assert (row.garmin_connect_account_id, row.garmin_activity_id) == (account.id, "11")
    assert (row.name, row.activity_type, row.start_time) == ("Run 11", "running", START)
    assert (row.duration, row.distance, row.calories, row.utc_offset_s) == (60, 200.125, 10.0, 3600)
    told = row.extra or {}
    assert told == {
        "elapsedDuration": 60.0,
        "elevationGain": 12.0,
        "averageSpeed": 3.335,
        "averageHR": 140.0,
        "averageRunningCadenceInStepsPerMinute": 168.0,
        "hrTimeInZone_2": 30.0,
        "deviceId": 3_900_000_001,
        "file_origin": "original",
    }
    assert (home.paths.files / row.file_path).read_bytes() == fit(seconds=60)
    assert row.file_path == f"{account.id}/2026/03/11.fit"
    assert await ledger(home) == {"11": ("fetched", 0)}


@sqlite
async def test_uploads_are_found_by_start_then_by_device(home: Home) -> None:
    rows = (
        summary(1, START),
        summary(2, START + DAY, activityType="street_running"),
        summary(3, START + 2 * DAY, activityType="e_sport"),  # edited at Garmin: the device tells
        summary(4, START + 3 * DAY),
        summary(5, START + 3 * DAY, deviceId=5, activityType="cycling", seconds=600),
    )
    uploads = {
        "a.fit": fit(START),
        "b.fit": fit(START + DAY + timedelta(seconds=1)),
        "c.fit": fit(START + 2 * DAY),
        "d.fit": fit(START + 3 * DAY, sport=CYCLING, serial=5, seconds=600),
        "e.fit": fit(START + 3 * DAY),
        "f.tcx": tcx(START + 4 * DAY),  # deleted at Garmin, or never an activity there
    }
    home.put("export.zip", archive(rows, uploads))
    job = await home.run()
    assert counts(job) == (7, 0, 1, 0)
    found = {row.garmin_activity_id: row.sha256 for row in await home.rows()}
    assert len(found) == 6 and len(set(found.values())) == 6
    assert {name for name in found if name.isdecimal()} == {"1", "2", "3", "4", "5"}
    local = [row for row in await home.rows() if not row.garmin_activity_id.isdecimal()]
    assert [(row.activity_type, row.file_type) for row in local] == [("running", "TCX")]


@sqlite
async def test_a_summary_without_a_file_is_written_and_garmin_may_be_asked(home: Home) -> None:
    home.put("export.zip", archive((summary(1), summary(2, START + DAY, seconds=90)), {"fit": fit()}))
    assert (await home.run()).status == "completed"
    rows = {row.garmin_activity_id: row for row in await home.rows()}
    assert (rows["2"].file_type, (rows["2"].extra or {})["file_origin"]) == ("TCX", "synthesized")
    assert (rows["2"].duration, rows["2"].distance) == (90, 200.125)
    assert await ledger(home) == {"1": ("fetched", 0), "2": ("stale", 0)}


@sqlite
async def test_an_upload_that_comes_later_takes_the_place_of_the_summary(home: Home) -> None:
    home.put("a.json.zip", archive((summary(1),), {}))
    await home.run()
    home.put("later/UploadedFiles_0-_Part2.zip", archive((), {"fit": fit()}))
    await home.run()
    [row] = await home.rows()
    assert (row.garmin_activity_id, row.file_type, row.name) == ("1", "FIT", "Run 1")
    assert (row.extra or {})["file_origin"] == "original"
    assert await ledger(home) == {"1": ("fetched", 0)}


@pytest.mark.parametrize("with_upload", [True, False])
async def test_what_came_as_a_file_before_is_recognized(home: Home, with_upload: bool) -> None:
    home.put("a.fit", fit())
    await home.run()
    [before] = await home.rows()
    old = home.paths.files / before.file_path
    home.put("export.zip", archive((summary(1),), {"fit": fit()} if with_upload else {}))
    job = await home.run()
    [row] = await home.rows()
    assert row.id == before.id, "the same row, so that what hangs on it stays"
    account = (await accounts_of(home))[str(PROFILE)]
    assert (row.garmin_connect_account_id, row.garmin_activity_id, row.name) == (account.id, "1", "Run 1")
    assert row.file_path == f"{account.id}/2026/03/1.fit"
    assert (home.paths.files / row.file_path).read_bytes() == fit()
    assert not old.exists()
    assert await ledger(home) == {"1": ("fetched", 0)}
    assert (job.extra or {})["result"]["gained"] == {"recognized": 1}


@sqlite
async def test_an_export_of_an_upload_is_the_original(home: Home) -> None:
    """Who uploaded a TCX to Garmin finds that TCX there: it is what the original download gives."""
    home.put("export.zip", archive((summary(1),), {"tcx": tcx()}))
    await home.run()
    [row] = await home.rows()
    assert (row.file_type, (row.extra or {})["file_origin"]) == ("TCX", "original")
    assert await ledger(home) == {"1": ("fetched", 0)}


@sqlite
async def test_the_legs_of_a_multisport_activity_are_no_rows(home: Home) -> None:
    rows = (
        summary(1, activityType="multi_sport", parent=True, seconds=300),
        summary(2, parentId=1, seconds=100),
        summary(3, START + timedelta(seconds=100), parentId=1),
    )
    home.put("export.zip", archive(rows, {"fit": fit(seconds=300, sports=(5, 2, 1))}))
    await home.run()
    [row] = await home.rows()
    assert (row.garmin_activity_id, row.activity_type) == ("1", "multi_sport")


@sqlite
async def test_calories_in_kilojoules_are_told_by_the_recordings(home: Home) -> None:
    from ...formats import recording_samples as samples

    recorded = samples.activity()  # 12 kcal
    start = START.fromtimestamp(samples.START_MS / 1000, START.tzinfo)
    rows = (
        summary(1, start, calories=50.2, activityType="trail_running"),
        summary(2, start + DAY, calories=418.4),
    )
    home.put("export.zip", archive(rows, {"fit": recorded}))
    await home.run()
    assert {row.garmin_activity_id: row.calories for row in await home.rows()} == {"1": 12.0, "2": 100.0}


@sqlite
async def test_half_extracted_and_in_another_language(home: Home) -> None:
    folder = "DI_VERBINDEN/DI-Connect-Fitness-Daten"
    home.put(
        f"{folder}/ME@EXAMPLE.COM_0_SUMMARIZEDACTIVITIES.JSON",
        b"\xef\xbb\xbf" + summaries(summary(1), summary(2, START + DAY), wrappers=2),
    )
    home.put("DI_VERBINDEN/Hochgeladen/UploadedFiles_0-_Part1/x.fit", fit())
    await home.run()
    assert {row.garmin_activity_id: row.file_type for row in await home.rows()} == {"1": "FIT", "2": "TCX"}


@sqlite
async def test_a_summary_that_cannot_be_read_stops_no_other(home: Home) -> None:
    broken: Any = [{"summarizedActivitiesExport": [summary(1), 7, {"activityId": 2}, summary(3, START + DAY)]}]
    home.put("me_0_summarizedActivities.json", json.dumps(broken).encode())
    home.put("me_1_summarizedActivities.json", summaries(summary(4, START + 2 * DAY), summary(5))[:-60])
    job = await home.run()
    assert sorted(row.garmin_activity_id for row in await home.rows()) == ["1", "3", "4"]
    assert reasons(job, "failed") == {"in/me_1_summarizedActivities.json": "is not whole JSON, or is cut off"}


@sqlite
async def test_a_second_run_imports_nothing(home: Home) -> None:
    home.put("export.zip", archive((summary(1), summary(2, START + DAY)), {"fit": fit()}))
    first = await home.run()
    before = [(row.id, row.synced_at) for row in await home.rows()]
    assert counts(first) == (2, 0, 1, 0)
    assert counts(await home.run()) == (0, 2, 1, 0)
    (home.folder / "export.zip").rename(home.folder / "again.zip")
    assert counts(await home.run()) == (0, 2, 1, 0)
    assert [(row.id, row.synced_at) for row in await home.rows()] == before


# ── Whose it is ──────────────────────────────────────────────────────────────────────────────────────────


async def test_an_archive_of_somebody_else_is_refused_unless_it_is_meant(home: Home) -> None:
    await home.run(home.put("mine.zip", archive((summary(1),), {"fit": fit()})))
    theirs = home.put("theirs.zip", archive((summary(2, userProfileId=99),), {"fit": fit(beat=100)}))
    job = await home.run(theirs)
    assert (job.status, (job.extra or {})["error_code"]) == ("failed", "another_person")
    assert "99" in (job.error_message or "") and str(PROFILE) in (job.error_message or "")
    assert len(await home.rows()) == 1 and "99" not in await accounts_of(home)
    job = await home.run(theirs, other_person=True)
    assert job.status == "completed"
    known = await accounts_of(home)
    found = {(row.garmin_connect_account_id, row.garmin_activity_id) for row in await home.rows()}
    assert found == {(known[str(PROFILE)].id, "1"), (known["99"].id, "2")}, "never merged"


@sqlite
async def test_archives_of_two_people_at_once_are_refused(home: Home) -> None:
    home.put("mine.zip", archive((summary(1),), {}))
    home.put("theirs.zip", archive((summary(2, userProfileId=99),), {}))
    job = await home.run()
    assert job.status == "failed" and "several people" in (job.error_message or "")
    assert not await home.rows()


@sqlite
async def test_an_archive_that_does_not_say_whose_it_is(home: Home) -> None:
    row = summary(1)
    del row["userProfileId"]
    home.put("me_0_summarizedActivities.json", summaries(row))
    await home.run()
    home.put("later.fit", fit())
    await home.run()
    [activity] = await home.rows()
    assert (activity.garmin_activity_id, activity.name, activity.file_type) == ("1", "Run 1", "FIT")
    assert set(await accounts_of(home)) == {f"local:{(await accounts.ensure_user(home.database)).id}"}
