"""A sync brings everything once; another brings nothing; what changes at Garmin changes here."""

from __future__ import annotations

import zipfile
from datetime import timedelta
from math import ceil
from pathlib import Path

import pytest
import sqlalchemy as sa

from garminsync_tui.config import Value
from garminsync_tui.formats import read_track
from garminsync_tui.garmin.endpoints import BY_NAME, ENDPOINTS, Endpoint
from garminsync_tui.models import Activity, Coverage, HealthMetric, SyncJob
from garminsync_tui.paths import Paths
from garminsync_tui.simulator import Simulator
from garminsync_tui.store import accounts, activities, health
from garminsync_tui.store.files import FileStore
from garminsync_tui.sync.health import windows

from .conftest import NOW, Installation, stamps


def codes(jobs: list[SyncJob]) -> list[tuple[str, str | None]]:
    return [(job.status, (job.extra or {}).get("error_code")) for job in jobs]


async def test_everything_comes_once_and_again_nothing_does(installation: Installation, simulator: Simulator) -> None:
    installation.config.values["health.samples"] = Value("full", "file")
    assert codes(await installation.sync()) == [("completed", None), ("completed", None)]
    content = await installation.content()
    assert [row[0] for row in content["activities"]] == sorted(str(id_) for id_ in simulator.activity_ids())
    keys = [row[:2] for row in content["health"]]
    assert len(keys) == len(set(keys))
    assert {row[0] for row in content["health"]} >= {
        "heart_rate", "resting_heart_rate", "sleep", "sleep_stage", "sleep_score", "stress_level", "body_battery",
        "hrv_rmssd", "hrv_last_night_avg", "steps", "steps_total", "weight", "body_composition",
        "respiration_rate", "respiration_waking_avg", "respiration_sleep_avg", "respiration_low", "respiration_high",
        "spo2", "spo2_avg", "spo2_low", "floors_ascended", "floors_descended", "intensity_minutes",
        "body_battery_event", "sleep_need", "sleep_movement", "sleep_restless_moment", "skin_temp_deviation",
        "breathing_disruption",
    }  # fmt: skip
    assert {row[3] for row in content["coverage"]} <= {"fetched", "empty"}
    assert {row[4] for row in content["coverage"]} == {None}, "nothing of it is told as left out"
    assert len(await installation.files()) == len(simulator.activity_ids())
    asked = simulator.stats()["requests"]["by_path"]
    assert not [path for path in asked if path.startswith("/hrv-service/hrv/") and "/daily/" not in path]

    written = await stamps(installation.database)
    simulator.reset_stats()
    assert codes(await installation.sync()) == [("completed", None), ("completed", None)]
    assert simulator.stats()["requests"]["total"] <= 3
    assert await stamps(installation.database) == written
    assert await installation.content() == content


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_second_home_on_the_same_postgresql_has_the_files_too(
    installation: Installation, tmp_path: Path
) -> None:
    await installation.sync("activities")
    elsewhere = Paths.below(tmp_path / "other machine")
    elsewhere.prepare()
    store = FileStore(elsewhere.files)
    async with installation.database.read() as session:
        rows = await activities.find(session)
    for row in rows:
        path = await store.open(installation.database, row)
        assert path.is_relative_to(elsewhere.files)
        assert path.read_bytes() == (installation.paths.files / row.file_path).read_bytes()


async def test_what_happens_at_garmin_happens_here(installation: Installation, simulator: Simulator) -> None:
    await installation.sync()
    told = simulator.advance(2)
    await installation.sync()
    await installation.sync("activities", full=True)
    async with installation.database.read() as session:
        rows = {row.garmin_activity_id: row for row in await activities.find(session)}
        hand = list(
            await session.scalars(
                sa.select(HealthMetric).where(HealthMetric.metric_type == "weight", HealthMetric.timestamp > NOW)
            )
        )
    assert {str(id_) for id_ in simulator.activity_ids()} == {
        id_ for id_, row in rows.items() if row.remote_deleted_at is None
    }
    assert rows[str(told["renamed"])].name == told["name"]
    if told["deleted"]:
        gone = rows[str(told["deleted"])]
        assert gone.remote_deleted_at is not None
        assert (installation.paths.files / gone.file_path).is_file()
    assert hand


async def test_entries_without_a_watch_are_found_within_a_day_in_three_requests(
    installation: Installation, simulator: Simulator
) -> None:
    await installation.sync()
    told = simulator.advance(0)
    simulator.reset_stats()
    await installation.sync()  # too soon: only the watch and the list are looked at
    assert simulator.stats()["requests"]["total"] <= 3
    async with installation.database.write() as session:
        await accounts.set_facts(session, installation.account.id, looked_deeper_at=NOW - timedelta(days=365))
    simulator.reset_stats()
    await installation.sync("health")
    asked = simulator.stats()["requests"]["by_path"]
    assert asked.pop("/wellness-service/wellness/syncTimestamp") == 1
    assert sum(asked.values()) <= 3
    async with installation.database.read() as session:
        found = {
            metric: (await health.readings(session, metric, NOW - timedelta(days=1), NOW + timedelta(days=1)))[-1].value
            for metric in ("weight", *BY_NAME["blood_pressure"].metrics, "hydration_intake")
        }
    assert found == {
        "weight": told["weighed"]["grams"] / 1000,
        "blood_pressure_systolic": told["pressure"]["systolic"],
        "blood_pressure_diastolic": told["pressure"]["diastolic"],
        "blood_pressure_pulse": told["pressure"]["pulse"],
        "hydration_intake": told["drunk"]["millilitres"],
    }


async def test_a_bad_item_is_written_down_and_the_rest_goes_on(
    installation: Installation, simulator: Simulator
) -> None:
    bad = str(simulator.activity_ids()[1])
    simulator.add_faults([{"path": f"/files/activity/{bad}$", "kind": "garbage"}])
    (job,) = await installation.sync("activities")
    async with installation.database.read() as session:
        names = {row.garmin_activity_id for row in await activities.find(session)}
        failed = list(await session.scalars(sa.select(Coverage).where(Coverage.status == "failed")))
    assert names == {str(id_) for id_ in simulator.activity_ids()} - {bad}
    assert [row.item for row in failed] == [bad]
    assert codes([job]) == [("failed", "partly")]


async def test_days_that_fail_are_known_and_come_later(installation: Installation, simulator: Simulator) -> None:
    bad = [(NOW.date() - timedelta(days=n)).isoformat() for n in (5, 4, 3)]
    simulator.add_faults([{"path": "dailySleepData", "status": 404, "body": "{}", "dates": [bad[0], bad[-1]]}])
    (job,) = await installation.sync("health")
    assert codes([job]) == [("failed", "partly")]
    assert len(job.extra["failures"]) == 3  # type: ignore[index]
    async with installation.database.read() as session:
        failed = list(await session.scalars(sa.select(Coverage).where(Coverage.status == "failed")))
    assert [row.endpoint for row in failed] == ["sleep"] * 3
    assert all(row.reason and row.next_try_at for row in failed)

    simulator.clear_faults()
    async with installation.database.write() as session:
        await session.execute(sa.update(Coverage).values(next_try_at=None).where(Coverage.status != "failed"))
        await session.execute(
            sa.update(Coverage).values(next_try_at=NOW - timedelta(days=400)).where(Coverage.status == "failed")
        )
    assert codes(await installation.sync("health")) == [("completed", None)]
    async with installation.database.read() as session:
        assert not list(await session.scalars(sa.select(Coverage).where(Coverage.status == "failed")))


async def test_a_server_that_is_gone_leaves_the_job_waiting(installation: Installation, simulator: Simulator) -> None:
    simulator.stop()
    (job,) = await installation.sync("health")
    assert (job.status, (job.extra or {})["error_code"]) == ("pending", "unavailable")
    assert job.error_message


async def test_a_429_makes_the_job_wait_as_long_as_was_asked(installation: Installation, simulator: Simulator) -> None:
    simulator.add_faults([{"path": "dailyHeartRate", "status": 429, "headers": {"Retry-After": "600"}, "count": 1}])
    (job,) = await installation.sync("health")
    assert (job.status, (job.extra or {})["error_code"]) == ("pending", "rate_limited")
    simulator.reset_stats()
    (again,) = await installation.sync("health")
    assert again.status == "pending"
    assert simulator.stats()["requests"]["total"] == 0


async def test_an_expired_token_is_renewed_once_and_stored(installation: Installation, simulator: Simulator) -> None:
    simulator.expire_tokens()
    assert codes(await installation.sync()) == [("completed", None), ("completed", None)]
    assert simulator.stats()["requests"]["by_path"]["/di-oauth2-service/oauth/token"] == 1


async def test_a_dead_refresh_token_asks_for_a_sign_in_once(installation: Installation, simulator: Simulator) -> None:
    simulator.expire_tokens()
    simulator.add_faults([{"path": "oauth/token", "status": 400, "body": '{"error":"invalid_grant"}'}])
    (job,) = await installation.sync("health")
    assert (job.status, (job.extra or {})["error_code"]) == ("failed", "sign_in_required")
    simulator.reset_stats()
    (job,) = await installation.sync("health", since="2026-10-30")
    assert job.status == "failed"
    assert simulator.stats()["requests"]["total"] == 0


async def test_real_recordings_are_stored_and_open_or_are_named(
    database_url: str, tmp_path: Path, shared: Path
) -> None:
    from .conftest import install

    folder = shared / "corpus"
    if database_url.startswith("postgresql"):
        # Reading them takes the time, and is the same on both: of the long ones the longest shows that any has room.
        files = sorted((path for path in folder.rglob("*.*") if path.is_file()), key=lambda path: path.stat().st_size)
        (chosen := tmp_path / "chosen").mkdir()
        for number, path in enumerate([*(each for each in files if each.stat().st_size < 100_000), files[-1]]):
            (chosen / f"{number}-{path.name}").symlink_to(path.resolve())
        folder = chosen
    with Simulator(days=2, now=NOW, activities_dir=folder) as simulator:
        installation = await install(tmp_path / "home", database_url, simulator)
        (job,) = await installation.sync("activities")
        assert job.status == "completed"
        await installation.files()
        async with installation.database.read() as session:
            rows = await activities.find(session)
        assert len(rows) == len(simulator.activity_ids())
        sound = [row for row in rows if "file_problem" not in (row.extra or {})]
        assert all((row.extra or {})["file_problem"] for row in rows if row not in sound)
        # `files` has compared every hash, and tests/formats opens the same bytes: here the short ones show the way.
        for row in (row for row in sound if row.size_bytes < 100_000):
            path = installation.paths.files / row.file_path
            if not zipfile.is_zipfile(path):
                read_track(path)
        await installation.database.close()


def test_windows_are_as_few_as_the_endpoint_allows() -> None:
    weight = BY_NAME["weight"]
    wanted = [NOW.date() - timedelta(days=n) for n in range(64) if n not in (3, 40)]
    plan = windows(weight, wanted)
    assert [day for fetch in plan for day in reversed(fetch.days)] == wanted
    assert len(plan) == 3
    assert all((fetch.last - fetch.first).days < weight.window_days for fetch in plan)


@pytest.mark.parametrize("endpoint", [each for each in ENDPOINTS if each.window_days > 1], ids=lambda each: each.name)
def test_sixty_days_cost_as_few_requests_as_the_window_allows(endpoint: Endpoint) -> None:
    assert len(windows(endpoint, [NOW.date() - timedelta(days=n) for n in range(60)])) == ceil(
        60 / endpoint.window_days
    )


def test_activities_have_no_row_without_a_file() -> None:
    assert not Activity.__table__.c.file_path.nullable
