"""No secret lies where it can be read: a walk through the program with secrets that are searched for at its end."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from garminsync_tui.simulator import Simulator
from garminsync_tui.store import budget
from garminsync_tui.store.database import Database
from garminsync_tui.sync.linking import Linking

from .canary import Canary, ProcessList
from .cli.conftest import Result, run_command
from .doors import browsed, garth_client
from .terminal import Terminal

PASSWORD = "canary: of Garmin, 9b1f & more"
WRONG = "canary: mistyped/46d0"
CODE = "canary-code-5521"
LOCAL = "canary: of the screen+77a2"
PASSPHRASE = "canary: of the parcel=e03c"
SERVER = "canary-of-postgresql-18c4"
EMAIL = "athlete@example.com"
PATIENCE_S = 120.0


class Walk:
    """Runs commands and remembers all that they said."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.said: list[tuple[str, bytes]] = []

    def __call__(self, *arguments: str, stdin: str = "", code: int | None = 0) -> Result:
        result = run_command(*arguments, home=self.home, stdin=stdin)
        self.said.append((" ".join(arguments), result.out_bytes + result.err.encode()))
        assert code is None or result.code == code, result.err + result.out
        return result


@contextmanager
def daemon_with(home: Path, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "garminsync_tui", "daemon", "--verbose", "--home", str(home)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=os.environ | variables,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def walk(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Walk:
    for name in [name for name in os.environ if name.startswith("GARMINSYNC_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GARMINSYNC_SINCE", str(datetime.now(UTC).date() - timedelta(days=1)))
    monkeypatch.setenv("GARMINSYNC_RUNNER", "never")
    if database_url.startswith("postgresql"):
        monkeypatch.setenv("GARMINSYNC_DATABASE", database_url.replace("postgres:@", f"postgres:{SERVER}@"))
    return Walk(tmp_path / "home")  # where `paths` put the SQLite file


def test_no_secret_lies_where_it_can_be_read(walk: Walk, database_url: str, tmp_path: Path) -> None:
    sqlite = database_url.startswith("sqlite")
    canary = Canary(
        password=PASSWORD,
        mistyped=WRONG,
        code=CODE,
        local=LOCAL,
        passphrase=PASSPHRASE,
        server=SERVER,
    )
    with Simulator(days=2, password=PASSWORD, mfa_code=CODE) as simulator, ProcessList(canary) as processes:
        canary.overhear(simulator)
        _sign_in(walk, simulator, database_url)
        _sign_in_otherwise(walk, simulator, canary)
        _sync(walk, simulator)
        _tend_keys(walk, canary, tmp_path)
        _look_around(walk, tmp_path, sqlite=sqlite)
        if sqlite:  # processes take their time: one of the two on each
            _open_the_app(walk)
        else:
            _run_the_daemon(walk, simulator, tmp_path)
    assert processes.looks > 10
    assert not processes.found
    for command, said in walk.said:
        # What is typed as a code is seen: it is good once.
        assert canary.in_bytes(said) <= ({"code"} if command == "the app" else set()), command
    key = walk.home / "key"
    assert list(canary.below(tmp_path, except_for=(key,))) == []
    assert canary.in_bytes(key.read_bytes()) == {"key"}, "the search finds what there is"
    if not sqlite:
        assert asyncio.run(canary.on_server(database_url)) == []
    open_to_others = [path for path in walk.home.rglob("*") if stat.S_IMODE(path.stat().st_mode) & 0o077]
    assert open_to_others == []
    made = {path.name for path in tmp_path.rglob("*")}
    assert {"key", "garminsync.log", "parcel", "runs.csv"} <= made
    for name in ("parcel", "runs.csv", *(["backup.db"] if sqlite else [])):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


async def _breaks(self: object, email: str, password: str) -> None:
    raise RuntimeError(f"POST /login {{'user': {email!r}, 'password': {password!r}}} {password} {quote(password)}")


async def _forget_the_refusal(database_url: str, server: str) -> None:
    async with await Database.open(database_url) as database:
        await budget.sign_in_succeeded(database, server)


def _sign_in(walk: Walk, simulator: Simulator, database_url: str) -> None:
    login = ("login", "--verbose", "--server", simulator.url, "--email", EMAIL, "--password-stdin")
    walk(*login, stdin=f"{WRONG}\n", code=3)
    walk(*login, stdin=f"{PASSWORD}\nanother code\nyet another\nand a third\n", code=3)
    # A server that says back what it was sent, with a fault that the library does not expect
    for status, body in ((500, f"cannot read {PASSWORD}"), (200, json.dumps({"responseStatus": PASSWORD}))):
        simulator.add_faults([{"path": "/api/login", "status": status, "body": body}])
        failed = walk(*login, stdin=f"{PASSWORD}\n", code=None)
        assert failed.code != 0
        simulator.clear_faults()
        asyncio.run(_forget_the_refusal(database_url, simulator.url))
    # A fault that nobody foresaw, with all that the library says of it
    start = Linking.start
    Linking.start = _breaks  # type: ignore[method-assign,assignment]
    try:
        assert "garminsync.log" in walk(*login, stdin=f"{PASSWORD}\n", code=1).err
    finally:
        Linking.start = start  # type: ignore[method-assign]
    walk("user", "create", "me", "--password-stdin", stdin=f"{LOCAL}\n")
    walk(*login, stdin=f"{PASSWORD}\n{CODE}\n")


def _sign_in_otherwise(walk: Walk, simulator: Simulator, canary: Canary) -> None:
    """By a key and by a session of garth's, each accepted and refused; then by a ticket, with which it goes on."""
    login = ("login", "--verbose", "--server", simulator.url, "--method")
    key, ticket = f"{simulator.api_key}\n", browsed(simulator, code=CODE)
    walk(*login, "personal-api", "--key-stdin", stdin=key)
    simulator.add_faults([{"path": "personalapitoken", "status": 401, "body": json.dumps(simulator.api_key)}])
    walk(*login, "personal-api", "--key-stdin", stdin=key, code=3)
    client = garth_client(simulator, CODE)
    for secret in (client.oauth1_token.oauth_token, client.oauth1_token.oauth_token_secret, client.dumps()):
        canary.add("session of garth's", secret)
    os.environ["GARTH_TOKEN"] = client.dumps()
    try:
        walk(*login, "garth")
        simulator.end_sessions()
        walk(*login, "garth", code=3)
        os.environ["GARTH_TOKEN"] = client.dumps()[:-9]
        walk(*login, "garth", code=2)
    finally:
        del os.environ["GARTH_TOKEN"]
    simulator.clear_faults()
    walk(*login, "ticket", stdin=f"{ticket}\n")


def _sync(walk: Walk, simulator: Simulator) -> None:
    simulator.expire_tokens()
    walk("sync", "--verbose")
    simulator.add_faults([{"path": "/di-oauth2-service/", "status": 500, "body": "{}"}])
    simulator.expire_tokens()
    walk("sync", "activities", "--verbose", "--json", code=None)
    simulator.clear_faults()


def _tend_keys(walk: Walk, canary: Canary, tmp_path: Path) -> None:
    def key() -> bytes:
        return bytes.fromhex((walk.home / "key").read_text())

    canary.add("earlier key", key().hex())
    canary.add("earlier key", key())
    walk("keys", "rotate", "--outer", "--json")
    canary.add("key", key().hex())
    canary.add("key", key())
    walk("keys", "export", str(tmp_path / "parcel"), "--passphrase-stdin", stdin=f"{PASSPHRASE}\n")
    walk("keys", "import", str(tmp_path / "parcel"), "--passphrase-stdin", stdin=f"{PASSPHRASE}\n")


def _look_around(walk: Walk, tmp_path: Path, *, sqlite: bool) -> None:
    for command in ("status --json", "doctor", "account --json", "config show", "db status --json"):
        walk(*command.split(), code=None)
    failed, *_ = walk("jobs", "list", "--json").json
    walk("jobs", "show", failed["id"])
    walk("health", "export", "--format", "csv", "--output", str(tmp_path / "runs.csv"))
    walk("backup", str(tmp_path / "backup.db"), code=0 if sqlite else 2)
    if not sqlite:
        before = os.environ["GARMINSYNC_DATABASE"]
        os.environ["GARMINSYNC_DATABASE"] = before.replace("/test_", "/no_such_")
        walk("status", "--verbose", code=1)
        os.environ["GARMINSYNC_DATABASE"] = before


def _open_the_app(walk: Walk) -> None:
    with Terminal(walk.home, "--verbose") as terminal:
        terminal.wait_for("Password of me")
        terminal.type(f"{WRONG}\r")
        terminal.wait_for("not the password")
        terminal.type(f"{LOCAL}\r")
        terminal.wait_for("[1 Today]")
        terminal.wait_for("Stored")
        terminal.type("a")
        terminal.wait_for("used once")
        terminal.type(EMAIL)
        terminal.wait_for(EMAIL)
        before = terminal.background_at("used once")
        terminal.type("\r")
        terminal.until(lambda: terminal.background_at("used once") != before, "the next field")
        terminal.type(f"{PASSWORD}\r")
        terminal.wait_for("step 2 of 2")
        terminal.type(f"{CODE}\r")
        terminal.until(lambda: "step 2 of 2" not in "\n".join(terminal.screen.display), "the end of the sign-in")
        walk.said.append(("the app", bytes(terminal.sent)))


def _run_the_daemon(walk: Walk, simulator: Simulator, tmp_path: Path) -> None:
    told = tmp_path / "told"
    key = (walk.home / "key").read_text().strip()
    simulator.expire_tokens()
    simulator._sign_in._refresh.clear()
    with daemon_with(
        walk.home,
        GARMINSYNC_KEY=key,
        GARMINSYNC_ON_FAILED=f"sh -c 'env > {told}.part; mv {told}.part {told}'",
        PGPASSWORD=SERVER,
    ) as daemon:
        assert daemon.stdout is not None
        said = bytearray()
        while b"running on" not in said:
            line = daemon.stdout.readline()
            assert line, said.decode()
            said += line
        walk("sync", "activities", code=3)
        deadline = time.monotonic() + PATIENCE_S
        while not told.exists():
            assert time.monotonic() < deadline, "the hook was not run"
            time.sleep(0.05)
        daemon.send_signal(signal.SIGTERM)
        rest, _ = daemon.communicate(timeout=PATIENCE_S)
    walk.said.append(("daemon", bytes(said) + rest))
    assert "GARMINSYNC_CODE=sign_in_required" in told.read_text()


# ── The search finds what there is to find ───────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "written",
    [
        PASSWORD.encode(),
        base64.b64encode(PASSWORD.encode()),
        base64.urlsafe_b64encode(f"{EMAIL}:{PASSWORD}".encode()),
        base64.b64encode(f"{{'p': '{PASSWORD}'}}".encode()),
        PASSWORD.encode().hex().encode(),
        quote(PASSWORD).encode(),
        PASSWORD.encode("utf-16-le"),
    ],
)
def test_it_finds_a_secret_however_it_is_written(tmp_path: Path, written: bytes) -> None:
    canary = Canary(password=PASSWORD)
    assert list(canary.below(tmp_path)) == []
    (tmp_path / "log").write_bytes(b"before " + written + b" after")
    assert list(canary.below(tmp_path)) == [f"password in {tmp_path / 'log'}"]


def test_it_looks_into_databases(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a.db", isolation_level=None)) as connection:
        connection.execute("CREATE TABLE raw_responses (body BLOB)")
        connection.execute("INSERT INTO raw_responses VALUES (?)", (zlib.compress(PASSWORD.encode()),))
    assert list(Canary(password=PASSWORD).below(tmp_path)) == [f"password in a kept answer in {tmp_path / 'a.db'}"]


def test_it_sees_arguments_of_processes() -> None:
    with ProcessList(Canary(password=PASSWORD)) as processes:
        subprocess.run([sys.executable, "-c", "import time; time.sleep(0.5)", PASSWORD], check=True)
    assert processes.found == {"password"}
