"""What cannot be done is said in a sentence with what to do now, and has its exit code."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest

from garminsync_tui.simulator import Simulator

from .conftest import EMAIL, PASSWORD, Run, log_in


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ("sync --since tomorrow", 2, "--since tomorrow lies in the future"),
        ("sync --since soon", 2, "is no date"),
        ("sync --metric resting_hart_rate", 2, "resting_heart_rate"),
        ("sync activities --metric sleep", 2, "--metric chooses among health metrics"),
        ("sync naps", 2, "naps"),
        ("sync", 3, "garminsync login"),
        ("health show sleeep", 2, "sleep"),
        ("health show heart_rate --since 2026-01-02 --until 2026-01-01", 2, "--until"),
        ("health export sleeep", 2, "sleep"),
        ("health export --since 2026-01-02 --until 2026-01-01", 2, "--until"),
        ("health export --format xml", 2, "xml"),
        ("activities list gear:x", 2, "there is no field"),
        ("activities list --sort length", 2, "length"),
        ("activities show 123", 2, "no activity '123'"),
        ("activities file 123 --output x", 2, "no activity '123'"),
        ("activities list --json --plain", 2, "exclude each other"),
        ("jobs show 12ab", 2, "no job “12ab”"),
        ("jobs cancel 12ab", 2, "no job “12ab”"),
        ("account", 3, "garminsync login"),
        ("account delete --yes", 3, "garminsync login"),
        ("daemon --once", 3, "garminsync login"),
        ("status --database postgresql://me:secret@host/db", 2, "process list"),
        ("--database postgresql://me@host/db?password=secret status", 2, "process list"),
        ("status --database mysql://host/db", 2, "mysql"),
        ("login --server https://example.com --email me@example.com --password-stdin", 2, "not a server of Garmin's"),
        ("login --region cn --server http://127.0.0.1:1", 2, "exclude each other"),
        ("login --method ticket", 2, "ticket"),
        ("user create ''", 2, "--password-stdin"),
        ("nothing", 2, "No such command"),
        ("status --nothing", 2, "--nothing"),
    ],
)
def test_bad_input(run: Run, arguments: str, code: int, said: str) -> None:
    result = run(*arguments.split())
    assert result.code == code, result.err
    assert said in result.err
    assert "secret" not in result.err
    assert "Traceback" not in result.err
    assert result.out == ""


def test_a_home_that_cannot_be_written(run: Run) -> None:
    result = run("jobs", "list", "--home", "/proc/nowhere")
    assert result.code == 1 or "cannot be written" not in result.err
    from .conftest import run_command

    result = run_command("jobs", "list", home=Path("/proc/nowhere"))
    assert result.code == 1
    assert "/proc/nowhere" in result.err
    assert "--home" in result.err


def test_a_database_of_a_newer_version_is_left_alone(run: Run, home: Path) -> None:
    assert run("db", "upgrade").code == 0
    with sqlite3.connect(home / "garminsync.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    for command in (("status",), ("jobs", "list"), ("db", "status")):
        result = run(*command)
        assert result.code == 1
        assert "9999" in result.err
        assert "hint: Install the garminsync that wrote it" in result.err


def test_a_file_that_is_no_database(run: Run, home: Path) -> None:
    home.mkdir()
    (home / "garminsync.db").write_text("not a database, but long enough to look at " * 30)
    result = run("jobs", "list")
    assert result.code == 1
    assert "is no database" in result.err


# ── Signing in ───────────────────────────────────────────────────────────────────────────────────────


def login(run: Run, simulator: Simulator, stdin: str) -> object:
    return run("login", "--server", simulator.url, "--email", EMAIL, "--password-stdin", stdin=stdin)


def test_a_wrong_password(run: Run, simulator: Simulator) -> None:
    result = login(run, simulator, "wrong-but-long\n")
    assert result.code == 3
    assert "did not accept this e-mail address and password" in result.err
    assert "wrong-but-long" not in result.err
    assert run("status").code == 3


def test_no_password(run: Run, simulator: Simulator) -> None:
    assert login(run, simulator, "").code == 2
    without = run("login", "--server", simulator.url, "--email", EMAIL)
    assert without.code == 2
    assert "--password-stdin" in without.err


def test_a_security_code_may_be_wrong_twice(run: Run) -> None:
    with Simulator(days=2, password=PASSWORD, mfa_code="123456") as simulator:
        thrice = login(run, simulator, f"{PASSWORD}\n000000\n111111\n222222\n")
        assert thrice.code == 3
        assert "code was not accepted" in thrice.err
        result = login(run, simulator, f"{PASSWORD}\n000000\n 123 456 \n")
    assert result.code == 0, result.err
    assert "security code" in result.err
    assert result.out.startswith("linked ")


def test_a_refused_sign_in_cools_down_without_asking_again(run: Run, simulator: Simulator) -> None:
    simulator.add_faults([{"path": "/mobile/api/login|/portal/api/login|/sso/signin", "status": 429}])
    first = login(run, simulator, f"{PASSWORD}\n")
    assert first.code == 3
    assert "next try is allowed at" in first.err
    assert "not accept this e-mail" not in first.err
    simulator.clear_faults()
    simulator.reset_stats()
    second = login(run, simulator, f"{PASSWORD}\n")
    assert second.code == 3
    assert "next try is allowed at" in second.err
    assert simulator.stats()["requests"]["total"] == 0
    assert "signing in: next try" in run("status").out
    told = run("status", "--json").json["garmin"]
    assert told["next_sign_in_at"]
    assert told["next_try_at"] is None


def test_logout_keeps_everything_and_login_links_again(run: Run, home: Path, linked: Simulator) -> None:
    assert run("sync", "activities", "--since", "7d").code == 0
    before = run("activities", "list", "--json").json
    assert run("logout").code == 0
    assert run("sync").code == 3
    assert run("activities", "list", "--json").json == before
    assert log_in(home, linked).code == 0
    assert run("status").code == 0


def test_account_delete_asks_and_then_removes_everything(run: Run, home: Path, linked: Simulator) -> None:
    assert run("sync", "activities", "--since", "7d").code == 0
    assert any(path.is_file() for path in (home / "files").rglob("*"))
    asked = run("account", "delete", stdin="no\n")
    assert asked.code == 1
    assert "activities and their files" in asked.err
    assert "Nothing was deleted" in asked.err
    assert run("account", "delete", stdin="y\n").code == 0
    assert run("activities", "list", "--json").json == []
    assert run("jobs", "list", "--json").json == []
    assert not any(path.is_file() for path in (home / "files").rglob("*"))
    assert run("account").code == 3


def test_the_local_user(run: Run) -> None:
    assert run("user", "create", "ann", "--password-stdin", stdin="correct horse\n").code == 0
    second = run("user", "create", "bob", "--no-password")
    assert second.code == 2
    assert "local user already" in second.err
    assert run("user", "password", "--none").code == 0
    assert run("user", "password", "--password-stdin", stdin="\n").code == 2


# ── Syncs that do not go well ────────────────────────────────────────────────────────────────────────


def test_some_items_fail_and_the_rest_is_there(run: Run, linked: Simulator) -> None:
    linked.add_faults([{"path": "/wellness-service/wellness/dailyStress/", "kind": "garbage"}])
    result = run("sync", "health", "--since", "6d")
    assert result.code == 5
    assert "partly done" in result.out
    assert "failed: stress" in result.err
    assert "garminsync coverage" in result.err
    status = run("status")
    assert status.code == 5
    assert "% complete since" in status.out
    assert re.search(r"\d failed", status.out)
    ledger = run("coverage", "--json").json
    assert ledger["failed"]
    assert {each["endpoint"] for each in ledger["failed"]} == {"stress"}
    assert all(each["attempts"] == 1 and each["next_try_at"] for each in ledger["failed"])
    assert "Failed" in run("coverage").out
    assert run("health", "show", "heart_rate", "--json").json["values"]


def test_a_rate_limit_says_when_it_goes_on(run: Run, linked: Simulator) -> None:
    linked.add_faults([{"path": "/activitylist-service/", "status": 429, "headers": {"Retry-After": "600"}}])
    result = run("sync", "activities")
    assert result.code == 4
    assert "waiting" in result.out
    assert "goes on at" in result.out
    assert run("sync", "activities", "--json").json[0]["goes_on_at"]


def test_lost_tokens_ask_for_a_new_sign_in(run: Run, linked: Simulator) -> None:
    linked.add_faults([{"path": "/activitylist-service/", "status": 401}])
    linked.add_faults([{"path": "/di-oauth2-service/", "status": 400, "body": '{"error": "invalid_grant"}'}])
    result = run("sync", "activities")
    assert result.code == 3
    assert "garminsync login" in result.err
    status = run("status")
    assert status.code == 3
    assert "sign-in needed since" in status.out
    linked.clear_faults()
    linked.reset_stats()
    assert run("sync").code == 3
    assert run("daemon", "--once").code == 3
    assert linked.stats()["requests"]["total"] == 0
