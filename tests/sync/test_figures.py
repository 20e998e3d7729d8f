"""What is computed of activities: as they arrive, for history, interrupted, whenever the athlete is known better."""

from __future__ import annotations

import asyncio
import hashlib
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from garminsync_tui.config import Config, Value
from garminsync_tui.errors import Cancelled, LeaseLost
from garminsync_tui.formats import read_track
from garminsync_tui.jobs.queue import Queue
from garminsync_tui.jobs.run import JobRun
from garminsync_tui.jobs.runner import Runner
from garminsync_tui.models import Activity, ActivityBest, ActivityFigures, HealthDaily, SyncJob
from garminsync_tui.paths import Paths
from garminsync_tui.simulator import Simulator
from garminsync_tui.store.database import Database
from garminsync_tui.store.health import StoredDay
from garminsync_tui.store.removal import delete_accounts
from garminsync_tui.sync import figures
from garminsync_tui.sync.assess import assess
from garminsync_tui.sync.athlete import Athletes
from garminsync_tui.sync.measure import Measured, measure, measure_file
from garminsync_tui.sync.work import work
from garminsync_tui.training import VERSION

from .conftest import NOW, Installation

#: Four days with five short activities, one of them a ride.
DAYS = 4
TODAY = datetime(2026, 10, 9, 20, 0, tzinfo=UTC)
#: What is above the store is the same on both databases.
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(days=DAYS, now=TODAY) as running:
        yield running


class Computed(NamedTuple):
    """A row of figures with its best efforts."""

    row: ActivityFigures
    bests: list[tuple[Any, ...]]

    @property
    def content(self) -> tuple[Any, ...]:
        row = self.row
        figures = (row.version, row.sha256, row.sport, row.day, row.figures, row.load, row.load_basis, row.athlete)
        return (*figures, row.problem, self.bests)


async def computed(database: Database) -> dict[str, Computed]:
    """By Garmin's id of the activity."""
    async with database.read() as session:
        names = {row.id: row.garmin_activity_id for row in await session.scalars(sa.select(Activity))}
        rows = list(await session.scalars(sa.select(ActivityFigures)))
        bests = list(await session.scalars(sa.select(ActivityBest)))
    return {
        names[row.activity_id]: Computed(
            row,
            sorted(
                (best.kind, best.span, best.value, best.sport, best.starts_at, best.note)
                for best in bests
                if best.activity_id == row.activity_id
            ),
        )
        for row in rows
    }


def contents(found: dict[str, Computed]) -> dict[str, tuple[Any, ...]]:
    return {name: each.content for name, each in found.items()}


def stamps(found: dict[str, Computed]) -> dict[str, datetime]:
    return {name: each.row.computed_at for name, each in found.items()}


async def stored(database: Database) -> dict[str, Activity]:
    async with database.read() as session:
        return {row.garmin_activity_id: row for row in await session.scalars(sa.select(Activity))}


async def forget(database: Database) -> None:
    async with database.write() as session:
        await session.execute(sa.delete(ActivityFigures))
        await session.execute(sa.delete(ActivityBest))


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are read from now on, in this process."""
    names: list[str] = []

    def counting(path: Path, activity_type: str) -> Measured:
        names.append(path.name)
        return measure_file(path, activity_type)

    monkeypatch.setattr(figures, "measure_file", counting)
    monkeypatch.setattr(figures, "_WORTH_A_PROCESS", 1000)
    return names


async def compute(installation: Installation, config: Config | None = None) -> SyncJob:
    """The job of history, run to its end."""
    queue = Queue(installation.database)
    job_id = await queue.enqueue(installation.account.user_id, "reparse", parameters={"what": figures.FILES})
    config = config or installation.config
    await Runner(installation.database, work(config), kind="command", run_dir=config.paths.run).run_until_idle()
    assert job_id
    return await queue.get(job_id)


# ── As they arrive ───────────────────────────────────────────────────────────────────────────────────


async def test_every_activity_has_the_figures_of_its_file(installation: Installation) -> None:
    await installation.sync("activities")
    found, rows = await computed(installation.database), await stored(installation.database)
    assert found.keys() == rows.keys()
    assert {each.row.load_basis for each in found.values()} >= {"heart_rate"}
    athletes = await Athletes.load(installation.database, installation.config)
    for name, (row, bests) in found.items():
        activity = rows[name]
        expected = measure(read_track(installation.paths.files / activity.file_path), activity.activity_type)
        athlete = athletes.on(row.day, expected.figures.get("wearer", {}))
        load = assess(expected.figures, expected.sport, athlete)
        assert row.day == (activity.start_time + timedelta(seconds=activity.utc_offset_s or 0)).date()
        assert row.figures == json.loads(json.dumps(expected.figures))
        assert (row.version, row.sport, row.problem) == (VERSION, expected.sport, None)
        assert (row.load, row.load_basis, row.athlete) == (load.load, load.basis, athlete.known())
        assert [(kind, span, value, note) for kind, span, value, _, _, note in bests] == sorted(
            (best.kind, best.span, best.value, best.note) for best in expected.bests
        )
        assert [at for *_, at, _ in bests] == [
            datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=best.starts_at_ms)
            for best in sorted(expected.bests)
        ]
    await installation.sync("activities")
    assert stamps(await computed(installation.database)) == stamps(found)


@SQLITE
async def test_a_new_activity_opens_no_older_file(
    installation: Installation, simulator: Simulator, opened: list[str]
) -> None:
    await installation.sync("activities")
    before = await computed(installation.database)
    opened.clear()
    added = [str(id_) for id_ in simulator.advance(2)["added"]]
    assert added
    await installation.sync("activities")
    rows, after = await stored(installation.database), await computed(installation.database)
    assert sorted(opened) == sorted(Path(rows[name].file_path).name for name in added)
    assert after.keys() == before.keys() | set(added)
    assert stamps(before).items() <= stamps(after).items()


@SQLITE
async def test_an_activity_of_another_type_is_computed_again(installation: Installation, simulator: Simulator) -> None:
    await installation.sync("activities")
    before = await computed(installation.database)
    name = next(name for name, each in before.items() if each.row.sport == "running")
    async with installation.database.write() as session:
        of_it = ActivityFigures.activity_id == before[name].row.activity_id
        await session.execute(
            sa.update(Activity).where(Activity.garmin_activity_id == name).values(activity_type="yoga")
        )
        await session.execute(sa.update(ActivityFigures).where(of_it).values(sport="other", load=1.0))
    await installation.sync("activities", full=True)  # the list says that it was a run
    after = await computed(installation.database)
    assert contents(after) == contents(before)
    assert {each for each, at in stamps(after).items() if at != stamps(before)[each]} == {name}


async def test_figures_go_with_their_account(installation: Installation) -> None:
    await installation.sync("activities")
    await delete_accounts(installation.database, [installation.account.id], installation.paths)
    async with installation.database.read() as session:
        assert (await session.scalars(sa.select(ActivityFigures))).all() == []
        assert (await session.scalars(sa.select(ActivityBest))).all() == []


# ── History ──────────────────────────────────────────────────────────────────────────────────────────


@SQLITE
async def test_history_is_computed_after_a_sync(installation: Installation) -> None:
    """By processes of their own, of what is missing, of an older version or of another file."""
    await installation.sync("activities")
    before = await computed(installation.database)
    missing, older, other, *rest = before
    async with installation.database.write() as session:
        for name, table in ((missing, ActivityFigures), (missing, ActivityBest)):
            await session.execute(sa.delete(table).where(table.activity_id == before[name].row.activity_id))
        for name, values in ((older, {"version": VERSION - 1, "figures": {}}), (other, {"sha256": bytes(32)})):
            of_it = ActivityFigures.activity_id == before[name].row.activity_id
            await session.execute(sa.update(ActivityFigures).where(of_it).values(**values))
    await installation.sync("activities")
    after = await computed(installation.database)
    assert contents(after) == contents(before)
    assert {name for name in before if stamps(after)[name] == stamps(before)[name]} == set(rest)
    (job,) = [each for each in await Queue(installation.database).list() if each.job_type == "reparse"]
    assert job.status == "completed"


@SQLITE
@pytest.mark.parametrize("reason", [LeaseLost, Cancelled])
async def test_interrupted_it_goes_on_without_reading_again(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, opened: list[str], reason: type[Exception]
) -> None:
    await installation.sync("activities")
    before, rows = await computed(installation.database), await stored(installation.database)
    await forget(installation.database)
    monkeypatch.setattr(figures, "PAGE", 2)
    monkeypatch.setattr(figures, "_PAGES_AHEAD", 1)  # what is read ahead of an interruption is read again
    opened.clear()
    queue = Queue(installation.database)
    await queue.enqueue(installation.account.user_id, "reparse", parameters={"what": figures.FILES})
    config = installation.config

    async def dies(run: JobRun) -> None:
        breathe, pages = run.breathe, 0

        async def breath(requests: int = 0) -> None:
            nonlocal pages
            pages += 1
            if pages == 2:
                raise reason("Stopped.")
            await breathe(requests)

        monkeypatch.setattr(run, "breathe", breath)
        await work(config)["reparse"](run)

    for turn in (1, 2):
        await Runner(
            installation.database, {"reparse": dies}, kind="command", run_dir=config.paths.run
        ).run_until_idle()
        assert len(await computed(installation.database)) == 2 * turn
        async with installation.database.write() as session:
            await session.execute(sa.update(SyncJob).values(status="pending", owner=None, lease_until=None))
    await Runner(installation.database, work(config), kind="command", run_dir=config.paths.run).run_until_idle()
    assert contents(await computed(installation.database)) == contents(before)
    assert sorted(opened) == sorted(Path(row.file_path).name for row in rows.values())


#: Computes one page after the other, slowly, so that somebody can come in between.
_SLOWLY = """
import asyncio, sys, time
from pathlib import Path
from garminsync_tui.config import Config
from garminsync_tui.jobs.runner import Runner
from garminsync_tui.paths import Paths
from garminsync_tui.store.database import Database
from garminsync_tui.sync import figures
from garminsync_tui.sync.work import work

def slowly(path, kind, measure=figures.measure_file):
    with open(sys.argv[3], "a") as witness:
        print(path.name, file=witness)
    time.sleep(0.2)
    return measure(path, kind)

async def main():
    paths = Paths.below(Path(sys.argv[1]))
    config = Config.load(paths, {}, {"GARMINSYNC_DATABASE": sys.argv[2]})
    async with await Database.open(sys.argv[2]) as database:
        await Runner(database, work(config), kind="command", run_dir=paths.run).run_until_idle()

# Not ahead either: then at most the one file that was under way is read again.
figures.measure_file, figures.PAGE, figures._PAGES_AHEAD, figures._WORTH_A_PROCESS = slowly, 1, 1, 1000
asyncio.run(main())
"""


async def test_killed_it_goes_on_where_it_was(installation: Installation, tmp_path: Path) -> None:
    await installation.sync("activities")
    before = await computed(installation.database)
    await forget(installation.database)
    url, home, witness = installation.config.database_url, installation.paths.database.parent, tmp_path / "witness"
    queue = Queue(installation.database)
    job_id = await queue.enqueue(installation.account.user_id, "reparse", parameters={"what": figures.FILES})
    assert job_id
    command = [sys.executable, "-c", _SLOWLY, str(home), url, str(witness)]
    with subprocess.Popen(command) as process:
        until = time.monotonic() + 60
        while not await computed(installation.database) and time.monotonic() < until:
            await asyncio.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    assert 0 < len(await computed(installation.database)) < len(before)
    async with installation.database.write() as session:  # as if the lease had run out
        await session.execute(sa.update(SyncJob).values(lease_until=NOW - timedelta(days=400)))
    again = await asyncio.create_subprocess_exec(*command)
    assert await again.wait() == 0
    assert (await queue.get(job_id)).status == "completed"
    assert contents(await computed(installation.database)) == contents(before)
    read = witness.read_text().split()
    assert len(set(read)) == len(before)
    assert len(read) <= len(before) + 1


@SQLITE
async def test_a_damaged_or_missing_file_stops_nothing(installation: Installation, opened: list[str]) -> None:
    await installation.sync("activities")
    before, rows = await computed(installation.database), await stored(installation.database)
    missing, changed, no_recording, *rest = rows
    files = installation.paths.files
    (files / rows[missing].file_path).unlink()
    (files / rows[changed].file_path).write_bytes(b"something else")
    damaged = b"\x0e\x20 not a recording"
    (files / rows[no_recording].file_path).write_bytes(damaged)
    async with installation.database.write() as session:
        await session.execute(
            sa.update(Activity)
            .where(Activity.garmin_activity_id == no_recording)
            .values(sha256=hashlib.sha256(damaged).digest(), size_bytes=len(damaged))
        )
    await forget(installation.database)
    assert (await compute(installation)).status == "completed"
    after = await computed(installation.database)
    assert {name: contents(after)[name] for name in rest} == {name: contents(before)[name] for name in rest}
    for name in (missing, changed, no_recording):
        row, bests = after[name]
        assert row.problem
        assert (row.figures, row.load, row.load_basis, bests) == ({}, None, None, [])
    assert "missing" in (after[missing].row.problem or "")
    written = stamps(after)
    await installation.sync("activities")
    assert stamps(await computed(installation.database)) == written, "a problem is not looked at again and again"


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_another_machine_computes_from_the_database(
    installation: Installation, tmp_path: Path, opened: list[str]
) -> None:
    await installation.sync("activities")
    before = await computed(installation.database)
    await forget(installation.database)
    elsewhere = Paths.below(tmp_path / "other machine")
    elsewhere.prepare()
    config = Config.load(elsewhere, {}, {"GARMINSYNC_DATABASE": installation.config.database_url})
    opened.clear()
    assert (await compute(installation, config)).status == "completed"
    assert len(opened) == len(before)
    assert contents(await computed(installation.database)) == contents(before)


# ── Who trained ──────────────────────────────────────────────────────────────────────────────────────


async def without_watch(installation: Installation, *names: str) -> None:
    """As if the watch had not written down these thresholds (all where none is named)."""
    async with installation.database.write() as session:
        for row in await session.scalars(sa.select(ActivityFigures)):
            kept = {n: v for n, v in row.figures.get("wearer", {}).items() if names and n not in names}
            row.figures = {**row.figures, "wearer": kept}


async def learn(installation: Installation, metric: str, day: date, value: float) -> None:
    async with installation.database.write() as session:
        await session.merge(
            HealthDaily(
                garmin_connect_account_id=installation.account.id,
                metric_type=metric,
                day=day,
                minimum=value,
                mean=value,
                maximum=value,
                n=1,
                last=value,
            )
        )


def chosen(installation: Installation, **settings: Any) -> None:
    for name, value in settings.items():
        installation.config.values[f"athlete.{name}"] = Value(value, "flag")


async def test_what_becomes_known_changes_loads_from_then_on(installation: Installation, opened: list[str]) -> None:
    """A day's load is of that day's thresholds; settings go before all; no file is opened for it."""
    await installation.sync("activities")
    await without_watch(installation, "threshold_heart_rate_bpm", "threshold_power_w")
    opened.clear()
    await installation.sync("activities")
    before = await computed(installation.database)
    days = sorted({each.row.day for each in before.values() if each.row.load_basis == "heart_rate"})
    since = days[len(days) // 2]
    await learn(installation, "lactate_threshold_hr", since, 150.0)
    await installation.sync("activities")
    after = await computed(installation.database)
    for name, (row, _) in after.items():
        if row.day < since:
            assert row.load == before[name].row.load
        elif row.load_basis == "heart_rate":
            assert (row.load or 0) > (before[name].row.load or 0)  # the threshold was taken for a higher one
            assert (row.athlete or {})["threshold_heart_rate_bpm"] == 150.0
    chosen(installation, threshold_heart_rate_bpm=140.0)
    await installation.sync("activities")
    settled = await computed(installation.database)
    measured = {name for name, each in settled.items() if each.row.load_basis == "heart_rate"}
    assert measured
    assert all((settled[name].row.load or 0) > (after[name].row.load or 0) for name in measured)
    assert {(each.row.athlete or {})["threshold_heart_rate_bpm"] for each in settled.values()} == {140.0}
    assert stamps(settled) == stamps(before)
    assert opened == []


@SQLITE
async def test_a_ride_is_scored_by_the_power_that_held_on_its_day(
    installation: Installation, opened: list[str]
) -> None:
    await installation.sync("activities")
    found = await computed(installation.database)
    name = next(name for name, each in found.items() if each.row.sport == "cycling")
    day, numbers = found[name].row.day, found[name].row.figures
    opened.clear()

    async def load() -> tuple[str | None, float | None]:
        await installation.sync("activities")
        row = (await computed(installation.database))[name].row
        return row.load_basis, row.load

    def stress(watts: float) -> tuple[str, Any]:
        return "power", pytest.approx(numbers["timer_s"] / 36 * (numbers["normalized_power_w"] / watts) ** 2)

    assert await load() == stress(numbers["wearer"]["threshold_power_w"])
    await without_watch(installation, "threshold_power_w")
    await learn(installation, "ftp_cycling", day + timedelta(days=1), 300.0)
    assert (await load())[0] == "heart_rate"
    await learn(installation, "ftp_cycling", day, 200.0)
    assert await load() == stress(200.0)
    chosen(installation, threshold_power_w=250.0)
    assert await load() == stress(250.0)
    assert opened == []


@SQLITE
async def test_without_a_sex_there_is_no_load_from_heart_rate(installation: Installation) -> None:
    await installation.sync("activities")
    await without_watch(installation, "sex", "threshold_power_w")
    await installation.sync("activities")
    assert {each.row.load_basis for each in (await computed(installation.database)).values()} == {None}
    chosen(installation, sex="female")
    await installation.sync("activities")
    assert "heart_rate" in {each.row.load_basis for each in (await computed(installation.database)).values()}


@given(
    found=st.dictionaries(
        st.sampled_from(["resting_heart_rate", "lactate_threshold_hr", "lactate_threshold_speed", "ftp_cycling"]),
        st.dictionaries(st.integers(0, 90), st.floats(1, 400), max_size=8),
    ),
    today=st.integers(0, 90),
    watch=st.fixed_dictionaries({}, optional={"resting_heart_rate_bpm": st.floats(30, 90), "sex": st.just("male")}),
)
@settings(max_examples=100, deadline=None)
def test_the_athlete_of_a_day_never_knows_what_was_found_later(
    found: dict[str, dict[int, float]], today: int, watch: dict[str, Any]
) -> None:
    def athletes(known: Callable[[int], bool]) -> Athletes:
        names = ("resting_heart_rate", "lactate_threshold_hr", "lactate_threshold_speed", "ftp_cycling")
        return Athletes(
            dict.fromkeys(
                (
                    "sex", "max_heart_rate_bpm", "resting_heart_rate_bpm", "threshold_heart_rate_bpm",
                    "threshold_power_w", "threshold_pace_s_per_km", "swim_pace_s_per_100m",
                )
            ),
            {
                name: [_of_day(day, value) for day, value in sorted(found.get(name, {}).items()) if known(day)]
                for name in names
            },
        )  # fmt: skip

    day = date(2026, 1, 1) + timedelta(days=today)
    then = athletes(lambda number: number <= today).on(day, watch)
    assert athletes(lambda number: True).on(day, watch) == then
    for metric, value in (
        ("ftp_cycling", then.threshold_power_w),
        ("lactate_threshold_hr", then.threshold_heart_rate_bpm),
    ):
        known = {number: found_ for number, found_ in found.get(metric, {}).items() if number <= today}
        assert value == (known[max(known)] if known else None)


def _of_day(number: int, value: float) -> StoredDay:
    return StoredDay(
        day=date(2026, 1, 1) + timedelta(days=number), minimum=value, mean=value, maximum=value, n=1, last=value
    )
