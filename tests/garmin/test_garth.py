"""Sessions that garth 0.8.0 wrote itself, against the simulator's exchange: resumed, renewed, refused."""

from __future__ import annotations

import base64
import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from garminsync_tui.errors import (
    Blocked,
    GarminSyncError,
    RateLimited,
    SignInRequired,
    Unavailable,
    UnexpectedAnswer,
    UsageProblem,
)
from garminsync_tui.garmin import garth_session
from garminsync_tui.garmin.server import Server
from garminsync_tui.garmin.sign_in import SignIn, Tokens
from garminsync_tui.simulator import Simulator

from ..doors import garth_client

EXCHANGE, CONSUMER = "/oauth-service/oauth/exchange/user/2.0", "/oauth_consumer.json"
CODE = "123456"


@pytest.fixture(scope="module")
def simulators() -> Iterator[Simulator]:
    with Simulator(days=1) as running:
        yield running


@pytest.fixture
def simulator(simulators: Simulator) -> Iterator[Simulator]:
    simulators.reset_stats()
    yield simulators
    simulators.clear_faults()


@pytest.fixture(scope="module")
def client(simulators: Simulator) -> Any:
    return garth_client(simulators)


@pytest.fixture
def folder(client: Any, tmp_path: Path) -> Path:
    client.dump(str(tmp_path / "garth"))
    return tmp_path / "garth"


@pytest.fixture(autouse=True)
def _no_sessions_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in [name for name in os.environ if name.startswith("GARTH_")]:
        monkeypatch.delenv(name)


def resume(simulator: Simulator, where: garth_session.Source) -> tuple[Tokens, list[int]]:
    counted: list[int] = []
    return garth_session.resume(garth_session.load(where), Server.parse(simulator.url), counted.append), counted


def problem(work: Callable[[], object]) -> GarminSyncError:
    with pytest.raises(GarminSyncError) as caught:
        work()
    return caught.value


def asked(simulator: Simulator) -> dict[str, int]:
    return dict(simulator.stats()["requests"]["by_path"])


def test_a_folder_that_garth_wrote_becomes_tokens_that_garmin_accepts(simulator: Simulator, folder: Path) -> None:
    tokens, counted = resume(simulator, garth_session.source(folder))
    assert sum(counted) == sum(asked(simulator).values()) == 2
    assert tokens.provider == "garth"
    assert tokens.secret == json.loads((folder / "oauth1_token.json").read_text())["oauth_token_secret"]
    assert timedelta(hours=23) < tokens.expires_at - datetime.now(UTC) <= timedelta(hours=24)
    sign_in = SignIn(Server.parse(simulator.url))
    sign_in.go_on_with(tokens)
    assert sign_in.profile().garmin_user_id == str(simulator.athlete.profile_id)
    simulator.reset_stats()
    fresh = garth_session.renew(tokens, Server.parse(simulator.url))
    assert fresh.access != tokens.access
    assert (fresh.secret, fresh.refresh, fresh.provider) == (tokens.secret, tokens.refresh, "garth")
    assert asked(simulator) == {EXCHANGE: 1}, "the key that it is signed with is kept"


def test_a_session_with_a_security_code_says_until_when_it_lasts(tmp_path: Path) -> None:
    with Simulator(days=1, mfa_code=CODE) as simulator:
        garth_client(simulator, CODE).dump(str(tmp_path))
        session = garth_session.load(garth_session.source(tmp_path))
        os.utime(tmp_path / "oauth1_token.json", (0, 4e9))
        assert session.mfa_token
        tokens, _ = resume(simulator, garth_session.source(tmp_path))
        ends_by = garth_session.ends_by(tokens.refresh)
        assert ends_by and timedelta(364) < ends_by - datetime.now(UTC) < timedelta(366)
        other = json.loads(tokens.refresh or "") | {"mfa_token": None}
        without = Tokens(tokens.access, tokens.secret, json.dumps(other), tokens.expires_at, "garth")
        assert isinstance(problem(lambda: garth_session.renew(without, Server.parse(simulator.url))), SignInRequired)


def test_what_was_written_long_ago_ends_a_year_after_that(folder: Path) -> None:
    written = datetime(2026, 2, 1, tzinfo=UTC)
    os.utime(folder / "oauth1_token.json", (written.timestamp(),) * 2)
    assert garth_session.load(garth_session.source(folder)).ends_by == written + timedelta(365)


def test_it_is_found_where_garth_and_its_environment_keep_it(
    client: Any, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert garth_session.found() is None
    client.dump(str(tmp_path / ".garminconnect"))  # as garminconnect before 0.3 did
    assert garth_session.source().folder == tmp_path / ".garminconnect"
    client.dump(str(tmp_path / ".garth"))
    assert garth_session.source().folder == tmp_path / ".garth"
    assert garth_session.source(folder / "oauth1_token.json").folder == folder
    monkeypatch.setenv("GARTH_TOKEN", client.dumps())
    found = garth_session.found()
    assert found and found.name == "GARTH_TOKEN"
    assert client.dumps() not in repr(found)
    session = garth_session.load(found)
    assert session.ends_by is None, "nothing tells when it was written"
    assert session.secret not in repr(session)
    assert garth_session.source(folder).folder == folder, "what is named goes first"
    monkeypatch.setenv("GARTH_HOME", str(folder))
    assert "both set" in problem(garth_session.source).message
    monkeypatch.delenv("GARTH_TOKEN")
    assert garth_session.source().folder == folder


def test_the_environment_neither_breaks_it_nor_reports_to_anybody(
    simulator: Simulator, folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("GARTH_TELEMETRY_ENABLED", "true")
    monkeypatch.setenv("GARTH_TELEMETRY_SEND_TO_LOGFIRE", "true")
    monkeypatch.setenv("GARTH_TOKEN", "garbage that garth would read at once")
    with caplog.at_level(logging.DEBUG):
        tokens, _ = resume(simulator, garth_session.source(folder))
    assert os.environ["GARTH_TELEMETRY_ENABLED"] == "true", "others may still see it"
    token = json.loads(tokens.refresh or "")["oauth_token"]
    for text in (caplog.text, *capfd.readouterr()):
        assert not [secret for secret in (tokens.secret, tokens.access, token, "arth session") if secret in text]


def test_nobody_is_told_that_garth_is_deprecated(folder: Path) -> None:
    """In a process that imports it for the first time, and shows every warning."""
    program = f"from garminsync_tui.garmin import garth_session as g; g.load(g.source(g.Path({str(folder)!r})))"
    told = subprocess.run([sys.executable, "-W", "always", "-c", program], capture_output=True, text=True, check=True)
    assert "arth is deprecated" not in told.stderr


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"status": 401}, SignInRequired),
        ({"status": 403, "body": "{}"}, SignInRequired),
        ({"status": 429, "headers": {"Retry-After": "77"}}, RateLimited),
        ({"status": 403, "headers": {"content-type": "text/html"}, "body": "<html>"}, Blocked),
        ({"status": 503}, Unavailable),
        ({"status": 302, "headers": {"location": "http://127.0.0.1:1/elsewhere"}}, UnexpectedAnswer),
        ({"kind": "garbage"}, UnexpectedAnswer),
        ({"kind": "reset"}, Unavailable),
        ({"status": 200, "body": "{}"}, UnexpectedAnswer),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else str(value.get("status", value.get("kind"))),
)
def test_a_refused_exchange_is_asked_once(
    simulator: Simulator, folder: Path, fault: dict[str, Any], kind: type[GarminSyncError]
) -> None:
    simulator.add_faults([{"path": EXCHANGE, **fault}])
    caught = problem(lambda: resume(simulator, garth_session.source(folder)))
    assert type(caught) is kind
    assert asked(simulator) == {CONSUMER: 1, EXCHANGE: 1}
    if isinstance(caught, RateLimited) and not isinstance(caught, Blocked):
        assert caught.retry_after_s == 77
    if isinstance(caught, SignInRequired):
        assert "session of garth's" in caught.message and "garminsync login" in caught.hint


def test_without_the_key_nothing_is_signed(simulator: Simulator, folder: Path) -> None:
    for fault in ({"status": 404}, {"kind": "garbage"}, {"status": 200, "body": "[]"}, {"kind": "reset"}):
        simulator.reset_stats()
        simulator.add_faults([{"path": CONSUMER, **fault}])
        caught = problem(lambda: resume(simulator, garth_session.source(folder)))
        assert isinstance(caught, Unavailable) and "signed with" in caught.message
        assert asked(simulator) == {CONSUMER: 1}
        simulator.clear_faults()


def test_a_session_of_the_other_region_is_not_sent(simulator: Simulator, folder: Path) -> None:
    file = folder / "oauth1_token.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"domain": "garmin.cn"}))
    caught = problem(lambda: resume(simulator, garth_session.source(folder)))
    assert isinstance(caught, UsageProblem) and "--region cn" in caught.hint
    assert asked(simulator) == {}


def _encoded(value: object) -> str:
    return base64.b64encode(json.dumps(value).encode()).decode()


@pytest.mark.parametrize(
    "text",
    [
        "canary",
        "%%%",
        _encoded("canary"),
        _encoded([]),
        _encoded([{"oauth_token": "canary"}, {}]),
        _encoded([None, None]),
    ],
)
def test_what_is_no_session_is_said_without_repeating_it(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("GARTH_TOKEN", text)
    caught = problem(lambda: garth_session.load(garth_session.source()))
    assert "GARTH_TOKEN holds no session" in caught.message
    assert text not in caught.message + caught.hint


def test_half_a_session_and_damaged_files(folder: Path, tmp_path: Path) -> None:
    assert "no session of garth's" in problem(lambda: garth_session.source(tmp_path / "nowhere")).message
    for name in ("oauth1_token.json", "oauth2_token.json"):
        kept = (folder / name).read_bytes()
        for damaged in (b"", b"{", b"[]", b"{}", b"null", b'{"oauth_token": null}'):
            (folder / name).write_bytes(damaged)
            assert "holds no session" in problem(lambda: garth_session.load(garth_session.source(folder))).message
        (folder / name).unlink()
        caught = problem(lambda: garth_session.source(folder))
        assert f"has no {name}" in caught.message
        (folder / name).write_bytes(kept)
