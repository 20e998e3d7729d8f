"""`doctor` and `coverage` name what Garmin's answers held and could not be taken."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from garminsync_tui.simulator import Simulator

from .conftest import Run

DAY = (datetime.now(UTC).astimezone(ZoneInfo("Europe/Berlin")) - timedelta(days=1)).date()
NOON_MS = int(datetime(DAY.year, DAY.month, DAY.day, 12, tzinfo=UTC).timestamp()) * 1000


def test_drift_is_counted_and_named(run: Run, linked: Simulator) -> None:
    rates = [[NOON_MS, 61], [NOON_MS + 120_000, {"bpm": 62}], [NOON_MS + 240_000, {}], [NOON_MS + 360_000, 999]]
    linked.add_faults(
        [
            {
                "path": "dailyHeartRate",
                "status": 200,
                "body": json.dumps({"calendarDate": str(DAY), "heartRateValues": rates}),
                "dates": [str(DAY), str(DAY)],
            },
            {"path": "dailyStress", "status": 200, "body": "7", "dates": [str(DAY), str(DAY)]},
        ]
    )
    assert run("sync", "health", "--since", "2d", "--metric", "heart_rate", "--metric", "stress_level").code == 5
    noted = [note for note in run("coverage", "--json").json["notes"] if note["endpoint"] == "heart_rate"]
    assert [(note["day"], note["status"]) for note in noted] == [(str(DAY), "fetched")]
    assert noted[0]["note"] == "2 heart_rate as an object, 1 heart_rate out of range"
    assert "2 heart_rate as an object" in run("coverage").out

    result = run("doctor")
    assert result.code == 1
    assert "Left out of Garmin's answers: 2 heart_rate as an object" in result.out
    assert "stress: 1 day failed" in result.out and "cannot be read" in result.out
    found = run("doctor", "--json").json
    assert {finding["level"] for finding in found} >= {"ok", "note", "problem"}
    assert all(finding["hint"] for finding in found if finding["level"] != "ok")


def test_a_sound_home_has_no_problem(run: Run, linked: Simulator) -> None:
    assert run("sync", "health", "--since", "1d", "--metric", "weight").code == 0
    result = run("doctor")
    assert result.code == 0
    assert "✗" not in result.out


def test_what_others_may_open_is_a_problem(run: Run, linked: Simulator, home: Path) -> None:
    (home / "key").chmod(0o644)
    result = run("doctor")
    assert result.code == 1
    assert f"chmod 600 {home / 'key'}" in result.out


def test_nothing_yet_is_no_problem(run: Run) -> None:
    assert run("doctor").code == 0
