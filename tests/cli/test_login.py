"""The ways to link an account, as commands; what no way can do anything with is told without repeating it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from garminsync_tui.simulator import Simulator

from ..doors import browsed, garth_client, token_file
from .conftest import Run

EXCHANGE = "/oauth-service/oauth/exchange/user/2.0"
CANARY = "canary-of-a-secret"


def login(run: Run, simulator: Simulator, method: str, *more: str, stdin: str = "") -> tuple[int, str, str]:
    """Exit code, stdout and stderr; no secret is in either."""
    result = run("login", "--server", simulator.url, "--method", method, *more, stdin=stdin)
    assert CANARY not in result.out + result.err
    return result.code, result.out, result.err


def test_a_browser_s_ticket_links_once(run: Run, simulator: Simulator) -> None:
    ticket = browsed(simulator)
    code, out, err = login(run, simulator, "ticket", stdin=f"{simulator.url}/gcm/android?ticket={ticket}\n")
    assert code == 0, err
    assert f"{simulator.url}/sso/signin?service=" in err
    assert "renews by itself" in out
    assert ticket not in out + err
    code, _, err = login(run, simulator, "ticket", stdin=f"{ticket}\n")
    assert code == 3
    assert "\nerror: Garmin did not accept that ticket" in err and "good once" in err
    assert run("account", "--json").json["sign_in_needed_since"] is None, "what was linked before still is"


@pytest.mark.parametrize(
    ("stdin", "said"),
    [
        ("", "No answer"),
        (f"{CANARY}\n", "no ticket"),
        ("https://mobile.integration.garmin.com/gcm/android?tick\n", "is of garmin.com"),
    ],
)
def test_what_is_no_ticket_is_not_sent(run: Run, simulator: Simulator, stdin: str, said: str) -> None:
    code, _, err = login(run, simulator, "ticket", stdin=stdin)
    assert code == 2
    assert said in err
    assert simulator.stats()["requests"]["total"] == 0


def test_no_secret_is_taken_from_the_command_line(run: Run, simulator: Simulator) -> None:
    code, _, err = login(run, simulator, "ticket", f"ST-{CANARY}-sso")
    assert code == 2 and "takes no PATH" in err
    code, _, err = login(run, simulator, "token-file", json.dumps({"di_token": CANARY}))
    assert code == 2 and "not where it is" in err
    assert login(run, simulator, "ticket", "--email", "me@example.com")[0] == 2
    assert simulator.stats()["requests"]["total"] == 0


@pytest.mark.parametrize("name", ["garmin_tokens.json", ".garmin_tokens.json"])
def test_another_program_s_tokens(
    run: Run, simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("GARMINTOKENS", raising=False)
    folder = tmp_path / ".garminconnect"
    assert login(run, simulator, "token-file")[0] == 2
    folder.mkdir()
    written = json.loads(token_file(simulator))
    if name.startswith("."):
        written = {key.removeprefix("di_"): value for key, value in written.items()}
    (folder / name).write_text(json.dumps(written))
    code, out, err = login(run, simulator, "token-file")
    assert code == 0, err
    assert out.startswith("linked ") and "ends the other's sign-in" in err
    assert run("sync", "activities", "--since", "2d").code == 0


def test_tokens_that_garmin_refuses(run: Run, simulator: Simulator, tmp_path: Path) -> None:
    file = tmp_path / "tokens.json"
    file.write_text(json.dumps(dict.fromkeys(("di_token", "di_refresh_token", "di_client_id"))))
    code, _, err = login(run, simulator, "token-file", str(file))
    assert code == 2 and "holds no tokens" in err
    file.write_text(token_file(simulator))
    simulator.expire_tokens()
    code, _, err = login(run, simulator, "token-file", str(file))
    assert code == 3
    assert "no longer accepts the tokens in that file" in err and "--region cn" in err


def test_on_a_terminal_a_token_file_is_asked_about(
    run: Run, simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "tokens.json"
    file.write_text(token_file(simulator))
    simulator.reset_stats()
    monkeypatch.setattr("garminsync_tui.cli.login._asks", lambda: True)
    assert login(run, simulator, "token-file", str(file), stdin="n\n")[0] == 1
    assert simulator.stats()["requests"]["total"] == 0
    assert login(run, simulator, "token-file", str(file), "--yes")[0] == 0
    assert login(run, simulator, "token-file", str(file), stdin="y\n")[0] == 0


# ── garth ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def garth_folder(simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A session that garth wrote, where garth keeps it."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("GARTH_HOME", "GARTH_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / ".garth"
    garth_client(simulator).dump(str(folder))
    simulator.reset_stats()
    return folder


def test_a_session_of_garth_s_resumes_and_syncs(run: Run, simulator: Simulator, garth_folder: Path) -> None:
    before = {file.name: file.read_bytes() for file in garth_folder.iterdir()}
    code, out, err = login(run, simulator, "garth")
    assert code == 0, err
    assert "renews while the session lasts" in out
    assert "at the latest" in err and "eprecat" not in err
    assert {file.name: file.read_bytes() for file in garth_folder.iterdir()} == before
    assert run("sync", "activities", "--since", "3d").code == 0
    shown = run("account", "--json").json
    assert shown["provider"] == "garth" and shown["session_ends_by"]
    assert "lasts until" in run("account").out
    status = run("status").out
    assert "by a session of garth's" in status and "renews while the session lasts" in status


def test_a_refused_exchange_says_sign_in_again_once(run: Run, simulator: Simulator, garth_folder: Path) -> None:
    assert login(run, simulator, "garth", str(garth_folder))[0] == 0
    simulator.end_sessions()
    simulator.expire_tokens()
    simulator.reset_stats()
    result = run("sync", "activities")
    assert result.code == 3
    assert "no longer accepts this session of garth's" in result.out
    by_path = simulator.stats()["requests"]["by_path"]
    assert by_path[EXCHANGE] == 1
    assert sum(by_path.values()) == 2, "the request that was refused, and the exchange"
    simulator.reset_stats()
    assert run("sync").code == 3
    status = run("status")
    assert status.code == 3 and "That session is over" in status.err
    assert "after a new sign-in" in status.out
    assert simulator.stats()["requests"]["total"] == 0
    assert run("logout").code == 0
    assert "not linked" in run("account", "list").out
    code, _, err = login(run, simulator, "garth")
    assert code == 3 and "Sign in another way" in err
    assert simulator.stats()["requests"]["by_path"][EXCHANGE] == 1


# ── The official API ─────────────────────────────────────────────────────────────────────────────────


def link_by_key(run: Run, simulator: Simulator) -> None:
    code, out, err = login(run, simulator, "personal-api", "--key-stdin", stdin=f"{simulator.api_key}\n")
    assert code == 0, err
    assert simulator.api_key not in out + err
    assert "renews by itself until the API key expires" in out and "garminsync coverage" in err


def test_a_key_syncs_what_it_is_given_and_the_ledger_names_the_rest(run: Run, simulator: Simulator) -> None:
    link_by_key(run, simulator)
    assert run("account", "--json").json["provider"] == "personal_api"
    assert "a key of the official API" in run("account").out
    result = run("sync", "--since", "1d")
    assert result.code == 0, result.out + result.err
    assert "another sign-in brings them" in result.out
    named = {each["what"]: each for each in run("coverage", "--json").json["other_sign_in_needed"]}
    assert named["training_readiness"]["entirely"] and named["workouts"]["entirely"]
    assert named["sleep"]["metrics"] and not named["sleep"]["entirely"]
    assert not {"daily_summaries", "weight", "heart_rate"} & named.keys()
    shown = run("coverage").out
    assert "Needs another sign-in" in shown and "sleep_stage" in shown
    assert "Noted" not in shown, "not a line for each day"
    status = run("status")
    assert status.code == 0
    assert "health complete since" in status.out and "need another sign-in" in status.out
    assert "Signed in by a key of the official API" in run("doctor").out
    assert run("coverage", "--metric", "weight", "--json").json["other_sign_in_needed"] == []


def test_workouts_say_that_a_key_does_not_give_them(run: Run, simulator: Simulator) -> None:
    link_by_key(run, simulator)
    simulator.reset_stats()
    for command in (("workouts", "pull"), ("workouts", "push", "--all"), ("sync", "workouts")):
        result = run(*command)
        assert result.code == 3
        assert "does not give workouts" in result.out + result.err
    assert simulator.stats()["requests"]["total"] == 0
    assert run("status").code == 0, "the link itself is good"


def test_a_key_that_has_expired_says_so_once(run: Run, simulator: Simulator) -> None:
    link_by_key(run, simulator)
    simulator.end_key()
    simulator.expire_tokens()
    simulator.reset_stats()
    result = run("sync", "activities")
    assert result.code == 3
    assert "does not accept this API key" in result.out and "expired" in result.out
    assert simulator.stats()["requests"]["total"] == 2, "the request that was refused, and the exchange"
    simulator.reset_stats()
    later = [run("sync"), run("status")]
    assert [each.code for each in later] == [3, 3]
    assert all("--method personal-api" in each.err for each in (result, *later))
    assert simulator.stats()["requests"]["total"] == 0
    code, _, err = login(run, simulator, "personal-api", "--key-stdin", stdin=f"{simulator.api_key}\n")
    assert code == 3 and "personalApiToken" in err


@pytest.mark.parametrize("stdin", ["", "\n", "short\n", f"{CANARY} with blanks\n", f"{CANARY}-\u20ac\n"])
def test_what_is_no_key_is_not_sent(run: Run, simulator: Simulator, stdin: str) -> None:
    assert login(run, simulator, "personal-api", "--key-stdin", stdin=stdin)[0] == 2
    assert login(run, simulator, "personal-api", f"{CANARY}-in-the-arguments")[0] == 2
    code, _, err = login(run, simulator, "personal-api")
    assert code == 2 and "--key-stdin" in err, "there is no terminal to ask on"
    assert simulator.stats()["requests"]["total"] == 0
