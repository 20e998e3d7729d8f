"""Recordings become activities: each once, with the best file there is of it, whatever came first."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from .conftest import Home, counts, reasons
from .samples import CYCLING, GPX_WITHOUT_TIMES, RUNNING, START, SWIMMING, TRANSITION, fit, gzipped, tcx, zipped

sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def test_what_a_file_says_becomes_the_row(home: Home) -> None:
    content = fit(seconds=600, offset_s=7200)
    home.put("1.fit", content)
    job = await home.run()
    assert (job.status, counts(job)) == ("completed", (1, 0, 0, 0))
    [row] = await home.rows()
    assert (row.activity_type, row.start_time, row.duration, row.distance) == ("running", START, 600, 200.0)
    assert (row.utc_offset_s, row.file_type, row.size_bytes) == (7200, "FIT", len(content))
    assert row.garmin_activity_id == f"sha256:{row.sha256.hex()}"
    assert (row.extra or {})["file_origin"] == "original"
    assert (row.extra or {})["averageHR"] == 140
    assert (home.paths.files / row.file_path).read_bytes() == content


async def test_a_second_run_imports_nothing(home: Home) -> None:
    home.put("a/1.fit", fit())
    home.put("a/2.zip", zipped({"2.fit": fit(START + timedelta(days=1)), "x.txt": b"note"}))
    home.put("a/3.tcx.gz", gzipped(tcx(START + timedelta(days=2))))
    home.put("a/4.fit", b"")
    first = await home.run()
    assert counts(first) == (3, 0, 1, 1)
    before = [(row.id, row.synced_at) for row in await home.rows()]
    second = await home.run()
    assert counts(second) == (0, 3, 1, 1)
    assert reasons(second, "failed") == reasons(first, "failed") == {"in/a/4.fit": "is empty"}
    assert [(row.id, row.synced_at) for row in await home.rows()] == before
    assert (second.extra or {})["failed"] == 1


@sqlite
async def test_what_could_not_be_read_is_read_once_it_can(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rights and worn-out media are no property of a file: whoever is root reads what others may not."""
    home.put("1.fit", fit())

    opened = Path.open

    def refused(self: Path, *arguments: Any, **options: Any) -> Any:
        if self.is_relative_to(home.folder):
            raise PermissionError(13, "Permission denied")
        return opened(self, *arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", refused)
        job = await home.run()
    assert reasons(job, "failed") == {"in/1.fit": "cannot be read (Permission denied)"}
    assert counts(await home.run()) == (1, 0, 0, 0)


@sqlite
async def test_a_moved_folder_is_known_by_its_content(home: Home) -> None:
    home.put("a/1.fit", fit())
    home.put("a/2.fit", b"<html>")
    await home.run()
    shutil.move(home.folder / "a", home.folder / "b")
    assert counts(await home.run()) == (0, 1, 0, 1)
    assert len(await home.rows()) == 1


@pytest.mark.parametrize("order", permutations(range(3)))
@sqlite
async def test_the_best_file_wins_whatever_came_first(home: Home, order: tuple[int, ...]) -> None:
    whole = fit(seconds=600)
    doors = {"whole.fit": whole, "cut.fit": whole[:-60], "export.tcx": tcx(seconds=600)}
    for name in [list(doors)[place] for place in order]:
        job = await home.run(home.put(name, doors[name]))
        assert job.status == "completed"
    [row] = await home.rows()
    assert (home.paths.files / row.file_path).read_bytes() == whole
    assert (row.extra or {})["file_origin"] == "original" and "file_problem" not in (row.extra or {})
    assert row.duration == 600
    assert counts(await home.run()) == (0, 3, 0, 0)


@sqlite
async def test_a_damaged_original_is_no_better_than_a_whole_export(home: Home) -> None:
    whole = fit(seconds=600)
    await home.run(home.put("export.tcx", tcx(seconds=600)))
    job = await home.run(home.put("cut.fit", whole[:-60]))
    assert "cut off" in reasons(job, "known")["cut.fit"]
    [row] = await home.rows()
    assert (row.file_type, (row.extra or {}).get("file_problem")) == ("TCX", None)


async def test_the_same_activity_is_told_by_its_device_else_by_start_sport_and_time(home: Home) -> None:
    hour = timedelta(hours=1)
    home.put("0.fit", fit())
    home.put("1-same-device-and-time.fit", fit(beat=150, seconds=90))
    home.put("2-export-a-second-later.tcx", tcx(START + timedelta(seconds=2), seconds=61))
    assert counts(await home.run()) == (1, 2, 0, 0)
    home.put("3-another-sport.tcx", tcx(sport="Biking"))
    home.put("4-longer.tcx", tcx(seconds=70))
    home.put("5-later.fit", fit(START + hour))
    home.put("6-other-device-longer.fit", fit(serial=7, seconds=300))
    assert counts(await home.run()) == (4, 3, 0, 0)


async def test_damaged_files_of_which_something_is_left_are_in_and_said_to_be_damaged(home: Home) -> None:
    whole = fit(seconds=600)
    home.put("cut.fit", whole[: len(whole) // 2])
    home.put("flipped.fit", fit(START + timedelta(days=1))[:-1] + b"\0")
    home.put("nothing.fit", whole[:14])
    job = await home.run()
    assert counts(job) == (2, 0, 0, 1)
    assert (job.status, (job.extra or {})["error_code"]) == ("failed", "partly")
    noted = reasons(job, "imported")
    assert "cut off" in noted["in/cut.fit"] and "checksum" in noted["in/flipped.fit"]
    assert all("file_problem" in (row.extra or {}) for row in await home.rows())


@sqlite
async def test_one_multisport_file_is_one_activity_with_children(home: Home) -> None:
    home.put("1.fit", fit(seconds=500, sports=(SWIMMING, TRANSITION, CYCLING, TRANSITION, RUNNING)))
    await home.run()
    [row] = await home.rows()
    assert row.activity_type == "multi_sport"
    children = (row.extra or {})["children"]
    assert [child["activityType"] for child in children] == [
        "swimming",
        "transition",
        "cycling",
        "transition",
        "running",
    ]
    assert row.duration == 500


@sqlite
async def test_a_chain_of_files_is_one_activity(home: Home) -> None:
    home.put("1.fit", fit() + fit(START + timedelta(minutes=10)))
    await home.run()
    [row] = await home.rows()
    assert (row.start_time, row.duration) == (START, 120)


@sqlite
async def test_a_clock_that_was_not_set_is_no_day(home: Home) -> None:
    home.put("1989.fit", fit(datetime(1989, 12, 31, 0, 5, tzinfo=UTC)))
    home.put("1970.tcx", tcx(datetime(1970, 1, 1, 0, 1, tzinfo=UTC)))
    home.put("2089.fit", fit(datetime(2089, 1, 1, tzinfo=UTC)))
    home.put("route.gpx", GPX_WITHOUT_TIMES)
    job = await home.run()
    assert (job.status, counts(job)) == ("completed", (0, 0, 4, 0))
    skipped = reasons(job, "skipped")
    assert "1989-12-31" in skipped["in/1989.fit"] and "clock" in skipped["in/1989.fit"]
    assert "1970-01-01" in skipped["in/1970.tcx"]
    assert "2089-01-01" in skipped["in/2089.fit"]
    assert "route" in skipped["in/route.gpx"]


@sqlite
async def test_a_path_that_went_away_is_said(home: Home) -> None:
    job = await home.run(Path("/nowhere/at/all"))
    assert job.status == "failed"
    assert "/nowhere/at/all is not here" in (job.error_message or "")


@sqlite
async def test_a_copy_that_was_lost_comes_back_with_its_source(home: Home) -> None:
    home.put("1.fit", fit())
    await home.run()
    [row] = await home.rows()
    (home.paths.files / row.file_path).unlink()
    job = await home.run()
    assert reasons(job, "imported") == {"in/1.fit": "its copy here was lost, and is here again"}
    [again] = await home.rows()
    assert (again.id, again.file_path) == (row.id, row.file_path)
    assert (home.paths.files / row.file_path).read_bytes() == fit()
    assert counts(await home.run()) == (0, 1, 0, 0)
