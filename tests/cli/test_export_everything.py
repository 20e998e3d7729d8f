"""`garminsync export`: everything into one folder, in three forms that say the same, whole or visibly unfinished."""

from __future__ import annotations

import asyncio
import csv
import errno
import io
import json
import os
import re
import shutil
import signal
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from garminsync_tui.simulator import Simulator
from garminsync_tui.store.database import Database
from garminsync_tui.store.moving.move import move
from garminsync_tui.transfer.exporting import job as export_job
from garminsync_tui.transfer.exporting.asked import PARTS, USUAL
from garminsync_tui.transfer.exporting.folder import UNFINISHED
from garminsync_tui.transfer.exporting.shape import Chosen
from garminsync_tui.transfer.exporting.tables import TABLES
from garminsync_tui.transfer.exporting.writers import CsvWriter

from .conftest import PASSWORD, Result, log_in, run_command

MADE = {"README.md", "schema.json"}


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("everything") / "home"
    with Simulator(days=5, password=PASSWORD) as simulator:
        simulator.advance(0)
        assert log_in(home, simulator).code == 0
        assert run_command("sync", "--since", "3d", home=home).code == 0
    assert run_command("workouts", "new", "long run", "-", home=home, stdin="run for 1h\n").code in {0, 2}
    yield home


def export(home: Path, form: str, target: Path, *arguments: str) -> Result:
    return run_command("export", "--format", form, str(target), *arguments, home=home)


def schema(target: Path) -> dict[str, dict[str, Any]]:
    return {table["name"]: table for table in json.loads((target / "schema.json").read_text())["tables"]}


def rows_of(target: Path, form: str, name: str) -> list[dict[str, Any]]:
    """The rows of a table as Python values, by the types that schema.json states."""
    table = schema(target)[name]
    found: list[dict[str, Any]] = []
    for part in table["files"]:
        path = target / part["file"]
        if form == "csv":
            records: list[dict[str, Any]] = list(csv.DictReader(io.StringIO(path.read_text("utf-8", newline=""))))
        elif form == "json":
            records = [json.loads(line) for line in path.read_text("ascii").splitlines()]
        else:
            pq = pytest.importorskip("pyarrow.parquet")
            records = pq.read_table(path).to_pylist()
        assert len(records) == part["rows"]
        found += records
    types = {column["name"]: column["type"] for column in table["columns"]}
    assert all(list(record) == list(types) for record in found)
    return [{name: _value(types[name], value, form) for name, value in record.items()} for record in found]


def _value(kind: str, value: Any, form: str) -> Any:
    if value is None or (form == "csv" and value == ""):
        return None
    if kind == "timestamp" and form == "parquet":
        return value.isoformat(timespec="milliseconds" if value.microsecond else "seconds").replace("+00:00", "Z")
    if kind == "date":
        return str(value)
    if kind == "json" and form != "json":
        return json.loads(value)
    if form != "csv":
        return value or None if kind == "text" else value
    return {"integer": int, "real": float, "boolean": "true".__eq__}.get(kind, lambda text: text.removeprefix("'"))(
        value
    )


@pytest.fixture(scope="module")
def exported(synced: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("exported")
    for form in ("csv", "json", "parquet"):
        if form == "parquet":
            pytest.importorskip("pyarrow")
        result = export(synced, form, folder / form, "--what", "all", "--json")
        assert result.code == 0, result.err
        assert result.json["state"] == "done"
        assert list(result.json["tables"]) and set(result.json["tables"]) == set(PARTS)
    return {form: folder / form for form in ("csv", "json", "parquet")}


def test_three_forms_hold_the_same_rows(exported: dict[str, Path]) -> None:
    names = [name for name in schema(exported["csv"]) if name != "files"]
    assert set(names) == {*USUAL, "seconds"}
    for name in names:
        table = rows_of(exported["json"], "json", name)
        assert rows_of(exported["csv"], "csv", name) == table
        assert rows_of(exported["parquet"], "parquet", name) == table
        assert table or name in {"workouts", "workouts_at_garmin"}, name


def test_they_are_what_the_database_holds(synced: Path, exported: dict[str, Path]) -> None:
    folder = exported["json"]
    with closing(sqlite3.connect(synced / "garminsync.db")) as connection:

        def asked(question: str) -> list[Any]:
            return sorted(connection.execute(question).fetchall())

        readings = [*rows_of(folder, "json", "health_readings"), *rows_of(folder, "json", "health_days")]
        assert asked("SELECT metric_type, value FROM health_metrics") == sorted(
            (row["metric"], row["value"]) for row in readings
        )
        assert asked("SELECT metric_type, day, minimum, mean, maximum, n, last FROM health_daily") == sorted(
            tuple(row[name] for name in ("metric", "day", "minimum", "mean", "maximum", "n", "last"))
            for row in rows_of(folder, "json", "health_daily")
        )
        for name, table in {
            "activities": "activities",
            "figures": "activity_figures",
            "bests": "activity_bests",
            "coverage": "coverage",
            "days": "days",
            "workouts": "workouts",
        }.items():
            assert [(len(rows_of(folder, "json", name)),)] == asked(f"SELECT count(*) FROM {table}")
        times = asked("SELECT id, start_time FROM activities_readable")
    activities = rows_of(folder, "json", "activities")
    assert {row["activity_id"] for row in activities} == {row[0] for row in times}
    nights = rows_of(folder, "json", "sleep")
    assert nights
    assert all(night["starts_at"] < night["ends_at"] and night["asleep_s"] > 3600 for night in nights)
    words = {row["word"] for row in rows_of(folder, "json", "health_readings") if row["metric"] == "sleep_stage"}
    assert words == {"deep", "light", "rem", "awake"}


def test_recordings_join_their_activities(synced: Path, exported: dict[str, Path]) -> None:
    folder = exported["json"]
    activities = {row["activity_id"]: row for row in rows_of(folder, "json", "activities")}
    seconds = rows_of(folder, "json", "seconds")
    for name in ("laps", "sessions", "seconds", "figures", "bests"):
        assert {row["activity_id"] for row in rows_of(folder, "json", name)} <= activities.keys()
    some = next(row["activity_id"] for row in seconds)
    alone = run_command(
        "activities", "export", activities[some]["garmin_activity_id"], "--format", "csv", home=synced
    ).out
    points = list(csv.DictReader(io.StringIO(alone)))
    assert [row["heart_rate_bpm"] for row in seconds if row["activity_id"] == some] == [
        float(point["heart_rate_bpm"]) if point["heart_rate_bpm"] else None for point in points
    ]
    files = [path for path in (folder / "files").rglob("*") if path.is_file()]
    assert {path.read_bytes() for path in files} == {
        (synced / "files" / row["file_path"]).read_bytes() for row in activities.values()
    }


def test_it_is_its_owner_s_alone_and_explains_itself(exported: dict[str, Path]) -> None:
    for folder in exported.values():
        for path in [folder, *folder.rglob("*")]:
            assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path
        assert not (folder / UNFINISHED).exists()
        guide = (folder / "README.md").read_text()
        for name, table in schema(folder).items():
            assert f"## {name}" in guide
            for column in table["columns"]:
                assert f"| {column['name']} | {column['type']} | {column['unit'] or ''} |" in guide


def test_another_reader_understands_parquet(exported: dict[str, Path]) -> None:
    duckdb = pytest.importorskip("duckdb")
    path = exported["parquet"] / "health_readings.parquet"
    found = duckdb.sql(f"SELECT metric, count(*), avg(value) FROM '{path}' GROUP BY 1").fetchall()
    rows = rows_of(exported["json"], "json", "health_readings")
    for metric, count, mean in found:
        values = [row["value"] for row in rows if row["metric"] == metric]
        assert (count, mean) == (len(values), pytest.approx(sum(values) / len(values)))


def test_days_and_activities_are_chosen(synced: Path, exported: dict[str, Path], tmp_path: Path) -> None:
    rows = rows_of(exported["json"], "json", "health_days")
    day = sorted({row["day"] for row in rows})[1]
    result = export(synced, "json", tmp_path / "day", "--what", "health", "--since", day, "--until", day)
    assert result.code == 0
    assert rows_of(tmp_path / "day", "json", "health_days") == [row for row in rows if row["day"] == day]
    assert {row["local_day"] for row in rows_of(tmp_path / "day", "json", "health_readings")} == {day}
    assert "seconds" not in result.err  # nobody asked for all
    result = export(synced, "json", tmp_path / "runs", "type:run", "--what", "activities", "--what", "bests")
    assert result.code == 0
    runs = rows_of(tmp_path / "runs", "json", "activities")
    assert runs == [row for row in rows_of(exported["json"], "json", "activities") if "run" in row["activity_type"]]
    assert {row["activity_id"] for row in rows_of(tmp_path / "runs", "json", "bests")} <= {
        row["activity_id"] for row in runs
    }


def test_files_in_another_format(synced: Path, tmp_path: Path) -> None:
    result = export(synced, "csv", tmp_path / "out", "--what", "files", "--as", "tcx", "--json")
    assert result.code in {0, 5}
    written = list((tmp_path / "out" / "files").rglob("*.tcx"))
    assert len(written) == result.json["tables"]["files"] > 0
    assert len(written) + len(result.json["problems"]) == len(
        run_command("activities", "list", "--json", "--all", home=synced).json
    )


# ── Folders ──────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_there_stays(synced: Path, tmp_path: Path) -> None:
    target = tmp_path / "mine"
    target.mkdir()
    (target / "thesis.txt").write_text("mine")
    result = export(synced, "csv", target, "--what", "accounts")
    assert (result.code, [path.name for path in target.iterdir()]) == (2, ["thesis.txt"])
    assert "is not empty" in result.err and "--force" in result.err
    assert export(synced, "csv", target, "--what", "accounts", "--force").code == 0
    assert {path.name for path in target.iterdir()} == {"thesis.txt", "accounts.csv", *MADE}
    again = export(synced, "csv", target, "--what", "accounts")
    assert again.code == 2 and "holds an export already" in again.err
    file = export(synced, "csv", target / "thesis.txt", "--what", "accounts", "--force")
    assert file.code == 2 and "is no folder" in file.err
    assert (target / "thesis.txt").read_text() == "mine"


def test_an_unknown_part_names_all(synced: Path, tmp_path: Path) -> None:
    result = export(synced, "csv", tmp_path / "out", "--what", "everything")
    assert result.code == 2
    assert "health_readings" in result.err
    assert not (tmp_path / "out").exists()


def test_without_pyarrow_it_says_so(synced: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    result = export(synced, "parquet", tmp_path / "out")
    assert result.code == 2
    assert "garminsync-tui[parquet]" in result.err
    assert not (tmp_path / "out").exists()


def test_stopped_in_the_middle_it_looks_unfinished_and_goes_on(
    synced: Path, exported: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "out"
    write = CsvWriter.write
    written = []

    def stopped(self: CsvWriter, page: Any) -> None:
        write(self, page)
        written.append(page)
        if page[0][1] == "heart_rate" and len(page[0]) == 8:  # the first readings
            os.kill(os.getpid(), signal.SIGINT)

    with monkeypatch.context() as patched:
        patched.setattr(CsvWriter, "write", stopped)
        assert export(synced, "csv", target).code == 130
    there = {path.name for path in target.iterdir()}
    assert UNFINISHED in there
    assert "accounts.csv" in there and not there & {"health_readings.csv", *MADE}
    before = (target / "accounts.csv").stat().st_ino
    (target / ".0123456789abcdef.part").write_text("of one that was killed")

    assert export(synced, "csv", target).code == 0
    assert (target / "accounts.csv").stat().st_ino == before  # it was not written again
    assert {path.name for path in target.iterdir()} == {*MADE, *(f"{name}.csv" for name in USUAL)}
    for name in USUAL:
        assert (target / f"{name}.csv").read_bytes() == (exported["csv"] / f"{name}.csv").read_bytes()


def test_a_daemon_on_another_machine_is_not_waited_for(synced: Path, tmp_path: Path) -> None:
    """It cannot write into a folder of this one."""
    moment = time.time_ns() // 1_000_000 + 30_000  # by its clock
    with closing(sqlite3.connect(synced / "garminsync.db")) as connection, connection:
        connection.execute(
            "INSERT INTO runners (id, host, pid, kind, version, lock_path, heartbeat_at)"
            " VALUES (?, 'elsewhere', 1, 'daemon', '0', '/nowhere', ?)",
            (bytes(16), moment),
        )
    try:
        assert export(synced, "csv", tmp_path / "out", "--what", "accounts").code == 0
    finally:
        with closing(sqlite3.connect(synced / "garminsync.db")) as connection, connection:
            connection.execute("DELETE FROM runners")


def test_a_full_disk_lets_it_wait_and_then_it_goes_on(
    synced: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "out"

    def full(self: CsvWriter, page: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(CsvWriter, "write", full)
        result = export(synced, "csv", target, "--what", "sleep")
    assert result.code == 1
    assert "no room left" in result.err and "the same command goes on" in result.err
    assert [path.name for path in target.iterdir()] == [UNFINISHED]
    assert export(synced, "csv", target, "--what", "sleep").code == 0
    assert {path.name for path in target.iterdir()} == {"sleep.csv", *MADE}


def test_a_recording_that_cannot_be_read_is_named(
    synced: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from garminsync_tui.errors import FileDamaged

    read, refused = export_job.read_track, []

    def damaged(path: Path) -> Any:
        if not refused or path == refused[0]:
            refused.append(path)
            raise FileDamaged(path.name, "it ends in the middle")
        return read(path)

    monkeypatch.setattr(export_job, "read_track", damaged)
    result = export(synced, "json", tmp_path / "out", "--what", "laps", "--what", "seconds", "--json")
    assert result.code == 5
    assert result.json["state"] == "partly done"
    [problem] = result.json["problems"]  # once, though it was looked at twice
    assert "ends in the middle" in problem
    assert rows_of(tmp_path / "out", "json", "laps")


# ── docs/analysis.md ─────────────────────────────────────────────────────────────────────────────────

PAGE = (Path(__file__).parents[2] / "docs" / "analysis.md").read_text("utf-8")
#: What Grafana puts in its place.
TIME_FILTER = re.compile(r"\$__timeFilter\(([\w:]+)\)")


def queries(engine: str) -> list[str]:
    found = re.findall(r"<!-- ([a-z, ]+) -->\n```sql\n(.*?)```", PAGE, re.DOTALL)
    return [query.strip().rstrip(";") for engines, query in found if engine in engines.split(", ")]


def test_each_query_of_the_page_says_where_it_runs() -> None:
    assert PAGE.count("```sql") == len(queries("duckdb")) + len(queries("postgresql"))
    assert set(queries("sqlite")) < set(queries("postgresql"))


def test_the_page_s_queries_on_parquet(exported: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    duckdb = pytest.importorskip("duckdb")
    monkeypatch.chdir(exported["parquet"])
    for query in queries("duckdb"):
        assert duckdb.sql(query).fetchall(), query


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_page_s_queries_and_all_tables_on_both_databases(synced: Path, database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "garminsync.db"
    shutil.copy(synced / "garminsync.db", file)
    asyncio.run(move(f"sqlite:///{file}", synced / "files", database_url, tmp_path / "files", lambda *told: None))

    async def asked(query: str) -> list[Any]:
        connection = await asyncpg.connect(database_url)
        try:
            return list(await connection.fetch(TIME_FILTER.sub(r"\1 BETWEEN '2000-01-01' AND '2100-01-01'", query)))
        finally:
            await connection.close()

    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        for query in queries("postgresql"):
            found = asyncio.run(asked(query))
            assert found or "coverage_readable" in query, query
            if query in queries("sqlite"):
                here = connection.execute(query).fetchall()
                assert [[_told(value) for value in row] for row in here] == [
                    [_told(value) for value in row] for row in found
                ]

    async def tables(url: str) -> dict[str, list[str]]:
        async with await Database.open(url) as database:
            return {
                name: sorted([_text(row) async for page in table.pages(database, Chosen()) for row in page])
                for name, table in TABLES.items()
            }

    assert asyncio.run(tables(database_url)) == asyncio.run(tables(f"sqlite:///{file}"))


def _text(row: Any) -> str:
    return json.dumps(row, default=str, sort_keys=True)


def _told(value: Any) -> Any:
    """PostgreSQL divides in another type, and knows dates."""
    return round(float(value), 6) if isinstance(value, int | float | Decimal) else str(value)
