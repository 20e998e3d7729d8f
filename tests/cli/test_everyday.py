"""One person's way through the commands: sign in, sync, look."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

from garminsync_tui.metrics import METRICS
from garminsync_tui.simulator import Simulator

from .conftest import DAYS, PASSWORD, Result, log_in, run_command

SINCE = f"{DAYS}d"
NOT_WORDS = re.compile(r"[\u2500-\u25ff\u2713\u2717\u2800-\u28ff\x1b]")
#: What a screen reader is for.
READABLE = (
    "status", "account", "activities list", "stats", "health types", "health show steps_total", "jobs list",
    "coverage", "workouts list", "load", "bests", "db status", "config show", "doctor",
)  # fmt: skip


class Synced(NamedTuple):
    """A home after its first sync."""

    home: Path
    simulator: Simulator
    login: Result
    sync: Result

    def run(self, *arguments: str, stdin: str = "") -> Result:
        return run_command(*arguments, home=self.home, stdin=stdin)


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Synced]:
    home = tmp_path_factory.mktemp("everyday") / "home"
    with Simulator(days=DAYS, password=PASSWORD) as simulator:
        login = log_in(home, simulator)
        yield Synced(home, simulator, login, run_command("sync", "--since", SINCE, home=home))


def test_login_says_who_is_linked_and_until_when(synced: Synced) -> None:
    assert synced.login.code == 0
    assert synced.login.out.startswith("linked ")
    assert "127.0.0.1" in synced.login.out
    assert "token good until 20" in synced.login.out
    assert "trying 1 of " in synced.login.err


def test_the_password_is_nowhere(synced: Synced) -> None:
    for path in synced.home.rglob("*"):
        if path.is_file():
            assert PASSWORD.encode() not in path.read_bytes(), path


def test_every_file_is_its_owners_alone(synced: Synced) -> None:
    assert synced.home.stat().st_mode & 0o077 == 0
    assert [path for path in synced.home.rglob("*") if path.stat().st_mode & 0o077] == []


def test_sync_brings_everything_and_says_so(synced: Synced) -> None:
    assert synced.sync.code == 0, synced.sync.err
    activities, health, workouts, new = synced.sync.out.splitlines()
    assert workouts.startswith("workouts") and "5 new" in workouts
    assert activities.startswith("activities")
    assert health.startswith("health")
    assert "done" in activities
    assert "done" in health
    assert "activities, " in new
    listed = synced.run("activities", "list", "--all", "--json").json
    # Only those of the range that was asked for
    assert {int(each["garmin_activity_id"]) for each in listed} <= set(synced.simulator.activity_ids())
    assert listed


def test_a_sync_without_news_takes_three_requests_at_most(synced: Synced) -> None:
    synced.simulator.reset_stats()
    result = synced.run("sync", "--since", SINCE)
    assert result.code == 0
    assert synced.simulator.stats()["requests"]["total"] <= 3


def test_reparse_reads_the_stored_answers_without_asking(synced: Synced) -> None:
    before = synced.run("health", "types", "--json").json
    synced.simulator.reset_stats()
    result = synced.run("reparse", "--since", "3d", "--metric", "sleep", "--json")
    assert result.code == 0, result.err
    assert [(job["job"], job["state"], job["failures"]) for job in result.json] == [("reparse", "done", [])]
    assert synced.run("reparse").out.startswith("reparse")
    assert synced.simulator.stats()["requests"]["total"] == 0
    assert synced.run("health", "types", "--json").json == before
    assert synced.run("reparse", "--since", "1d", "--until", "3d").code == 2
    assert synced.run("status", "--json").json["database"]["raw_bytes"] > 0
    assert "raw answers" in synced.run("status").out


def test_status_is_one_screen_and_a_health_check(synced: Synced) -> None:
    result = synced.run("status")
    assert result.code == 0, result.out + result.err
    assert len(result.out.splitlines()) <= 24
    seen = synced.run("status", "--json").json
    assert seen["account"]["server"] == synced.simulator.url
    assert seen["activities"] > 0
    assert seen["health"]["readings"] > 1000
    assert seen["failed_items"] == 0
    assert set(seen["next_sync_at"]) == {"activity_sync", "health_metrics_sync", "workout_sync"}
    assert seen["last_synced_at"]["activity_sync"].endswith("Z")


def test_account_shows_the_link(synced: Synced) -> None:
    shown = synced.run("account", "--json").json
    assert shown["provider"] == "garminconnect"
    assert shown["sign_in_needed_since"] is None
    assert re.search(r"^token +good until 20", synced.run("account").out, re.MULTILINE)


# ── Activities ───────────────────────────────────────────────────────────────────────────────────────


def test_activities_list_in_three_forms(synced: Synced) -> None:
    document = synced.run("activities", "list", "--json").json
    assert [each["start_time"] for each in document] == sorted((each["start_time"] for each in document), reverse=True)
    first = document[0]
    assert first["start_time"].endswith("Z")
    assert {"duration_s", "distance_m", "calories_kcal", "size_bytes"} <= set(first)
    plain = synced.run("activities", "list", "--plain").out.splitlines()
    assert len(plain) == len(document) + 1
    assert all(line.count("\t") == plain[0].count("\t") for line in plain)
    text = synced.run("activities", "list").out
    assert first["garmin_activity_id"] in text
    assert "\x1b" not in text


@pytest.mark.parametrize("command", READABLE)
def test_what_is_read_aloud_is_words_alone(synced: Synced, command: str) -> None:
    """No lines, bars, dots or braille, and a document for programs."""
    plain = synced.run(*command.split(), "--plain")
    assert plain.code == 0 and plain.out.strip()
    assert not NOT_WORDS.search(plain.out), plain.out
    assert synced.run(*command.split(), "--json").json
    if command.endswith(" list") and not command.startswith("jobs"):
        [named, *_] = synced.run(*command.split(), "--json").json
        shown = synced.run(
            command.split(maxsplit=1)[0], "show", named.get("garmin_workout_id") or named["id"], "--plain"
        )
        assert shown.code == 0 and not NOT_WORDS.search(shown.out), shown.out


def test_activities_list_filters_sorts_and_limits(synced: Synced) -> None:
    everything = synced.run("activities", "list", "--json").json
    kind = everything[0]["activity_type"]
    some = synced.run("activities", "list", f"type={kind}", "--json").json
    assert some == [each for each in everything if each["activity_type"] == kind]
    by_time = synced.run("activities", "list", "--sort", "time", "--ascending", "--json").json
    durations = [each["duration_s"] for each in by_time]
    assert durations == sorted(durations)
    limited = synced.run("activities", "list", "--limit", "1")
    assert len(limited.out.splitlines()) == 2
    assert f"1 of {len(everything)}" in limited.err
    assert synced.run("activities", "list", "dist>100000").err.startswith("No activity meets this")


def test_activities_show_reads_the_file(synced: Synced) -> None:
    listed = synced.run("activities", "list", "--json").json
    recorded = next(each for each in listed if each["file_type"] == "FIT")
    shown = synced.run("activities", "show", recorded["garmin_activity_id"], "--json").json
    assert shown["records"] > 0
    assert shown["laps"]
    assert {"duration_s", "distance_m"} <= set(shown["laps"][0])
    by_our_id = synced.run("activities", "show", recorded["id"][-8:])
    assert by_our_id.code == 0
    assert "Laps" in by_our_id.out
    assert "recorded" in by_our_id.out


def test_activities_file_gives_the_original_byte_for_byte(synced: Synced, tmp_path: Path) -> None:
    activity = synced.run("activities", "list", "--json").json[0]
    stored = (synced.home / "files" / activity["file_path"]).read_bytes()
    assert synced.run("activities", "file", activity["id"]).out_bytes == stored
    into_folder = synced.run("activities", "file", activity["id"], "--output", str(tmp_path))
    assert into_folder.code == 0
    assert [path.read_bytes() for path in tmp_path.iterdir() if path.is_file()] == [stored]
    again = synced.run("activities", "file", activity["id"], "--output", str(tmp_path))
    assert again.code == 2
    assert "is there already" in again.err


def test_a_damaged_file_is_said_and_the_numbers_stay(synced: Synced) -> None:
    activity = synced.run("activities", "list", "--json").json[-1]
    path = synced.home / "files" / activity["file_path"]
    content = path.read_bytes()
    try:
        path.write_bytes(b"\0" * len(content))
        shown = synced.run("activities", "show", activity["id"])
        assert shown.code == 0
        assert "file problem" in shown.out
        assert synced.run("activities", "file", activity["id"]).code == 1
    finally:
        path.write_bytes(content)


# ── Health ───────────────────────────────────────────────────────────────────────────────────────────


def test_health_types_lists_the_catalogue(synced: Synced) -> None:
    types = synced.run("health", "types", "--json").json
    assert [each["metric"] for each in types] == list(METRICS)
    by_name = {each["metric"]: each for each in types}
    assert by_name["heart_rate"]["readings"] > 100
    assert by_name["heart_rate"]["unit"] == "bpm"
    assert "resting_heart_rate" in synced.run("health", "types").out


def test_health_show_by_reading_hour_and_day_agree(synced: Synced) -> None:
    readings = synced.run("health", "show", "heart_rate", "--json").json
    hours = synced.run("health", "show", "heart_rate", "--every", "hour", "--json").json
    days = synced.run("health", "show", "heart_rate", "--every", "day", "--json").json
    count = len(readings["values"])
    assert count > 100
    assert sum(each["n"] for each in hours["values"]) == count
    assert sum(each["n"] for each in days["values"]) == count
    months = synced.run("health", "show", "heart_rate", "--every", "month", "--json").json
    highest = max(each["value"] for each in readings["values"])
    assert max(each["max"] for each in months["values"]) == highest
    assert sum(each["n"] for each in months["values"]) == len(readings["values"])
    assert max(each["max"] for each in hours["values"]) == highest
    assert max(each["max"] for each in days["values"]) == highest
    assert all(each["min"] <= each["mean"] <= each["max"] for each in hours["values"])


def test_health_show_of_a_daily_metric_is_by_date(synced: Synced) -> None:
    result = synced.run("health", "show", "resting_heart_rate")
    assert "bpm" in result.out
    first = result.out.splitlines()[1].split()[0]
    assert date.fromisoformat(first)
    assert "values" in synced.run("health", "show", "resting_heart_rate", "--every", "month").out
    none = synced.run("health", "show", "resting_heart_rate", "--since", "2001-01-01", "--until", "2001-01-02")
    assert none.out == ""
    assert "Nothing is stored" in none.err


# ── Jobs, coverage, database, settings ───────────────────────────────────────────────────────────────


def test_jobs_list_and_show(synced: Synced) -> None:
    listed = synced.run("jobs", "list", "--json").json
    assert {each["job_type"] for each in listed} >= {"activity_sync", "health_metrics_sync"}
    assert {each["state"] for each in listed} == {"done"}
    shown = synced.run("jobs", "show", listed[0]["id"][-8:])
    assert shown.code == 0
    assert "Log" in shown.out
    assert synced.run("jobs", "show", listed[0]["id"], "--json").json["log"]
    assert "done" in synced.run("jobs", "list", "--plain").out


def test_coverage_has_every_endpoint(synced: Synced) -> None:
    seen = synced.run("coverage", "--json").json
    assert {"heart_rate", "sleep", "activity_file", "daily_summaries"} <= set(seen["endpoints"])
    assert seen["failed"] == []
    one = synced.run("coverage", "--metric", "body_battery", "--json").json
    assert set(one["endpoints"]) == {"stress"}
    assert "heart_rate" in synced.run("coverage").out


def test_db_and_config_tell_where_things_are(synced: Synced) -> None:
    database = synced.run("db", "status", "--json").json
    assert database["schema"] == database["newest_schema"]
    assert database["name"] == str(synced.home / "garminsync.db")
    assert "already" in synced.run("db", "upgrade").err
    settings = synced.run("config", "show", "--json").json
    assert settings["sync.every_minutes"] == {
        "value": 30,
        "origin": "default",
        "variable": "GARMINSYNC_EVERY_MINUTES",
        "about": settings["sync.every_minutes"]["about"],
    }
    assert synced.run("config", "path").out.strip() == str(synced.home / "config.toml")
