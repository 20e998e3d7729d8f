"""Commands as processes: signals, the daemon, two at once."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from garminsync_tui.daemon import notify
from garminsync_tui.dates import months_before
from garminsync_tui.simulator import Simulator

from .conftest import EMAIL, PASSWORD, Run, log_in, run_command

_PATIENCE_S = 60.0


@contextmanager
def started(home: Path, *arguments: str, stdin: str = "", **variables: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "garminsync_tui", *arguments, "--home", str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | variables,
    )
    assert process.stdin is not None
    process.stdin.write(stdin)
    process.stdin.flush()
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def until(condition: Callable[[], object], what: str) -> None:
    """Wait for something another process does."""
    deadline = time.monotonic() + _PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not come"
        time.sleep(0.05)


def requests(simulator: Simulator) -> int:
    total: int = simulator.stats()["requests"]["total"]
    return total


def test_a_stopped_sync_keeps_what_is_done_and_goes_on(run: Run, home: Path, linked: Simulator) -> None:
    linked.add_faults([{"path": "/wellness-service/", "delay_s": 0.5}])
    for number in (signal.SIGINT, signal.SIGTERM):
        before = requests(linked)
        with started(home, "sync", "health", "--since", "4d") as sync:
            until(lambda before=before: requests(linked) > before + 5, "the sync")
            sync.send_signal(number)
            _, narration = sync.communicate(timeout=_PATIENCE_S)
        assert sync.returncode == 130
        assert "what is done is kept" in narration
        assert "The same command goes on" in narration
        assert "Traceback" not in narration
        (job,) = run("jobs", "list", "--json").json
        assert job["status"] == "pending", "the lease is handed back"
    linked.clear_faults()
    assert run("sync", "health", "--since", "4d").code == 0
    (job,) = run("jobs", "list", "--json").json
    assert job["state"] == "done"
    paths = linked.stats()["requests"]["by_path"]
    heart_rates = sum(count for path, count in paths.items() if "dailyHeartRate" in path)
    assert heart_rates <= 5 + 2, "nothing is fetched twice but what was in flight when it was stopped"


def test_the_daemon_syncs_tells_systemd_and_stops_when_asked(home: Path, linked: Simulator, tmp_path: Path) -> None:
    address, heard = str(tmp_path / "notify"), []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(address)
        hearing = threading.Thread(target=lambda: [heard.append(word) for word in iter(lambda: listener.recv(99), b"")])
        hearing.start()
        with started(home, "daemon", NOTIFY_SOCKET=address, WATCHDOG_USEC="200000") as daemon:
            until(lambda: b"READY=1" in heard and b"WATCHDOG=1" in heard, "the notice to systemd")
            daemon.send_signal(signal.SIGHUP)
            refused = run_command("daemon", home=home)
            assert refused.code == 1
            assert "already works on this database" in refused.err
            # This sync follows what the daemon does
            followed = run_command("sync", "activities", home=home)
            assert followed.code == 0, followed.err
            assert run_command("status", "--json", home=home).json["runners"][0]["pid"] == daemon.pid
            daemon.terminate()
            _, narration = daemon.communicate(timeout=20)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ending:
            ending.sendto(b"", address)
        hearing.join()
    assert b"STOPPING=1" in heard
    assert any(word.startswith(b"STATUS=activities  done") for word in heard)
    assert daemon.returncode == 0
    assert re.search(r"^activities  done", narration, re.MULTILINE)
    assert "Traceback" not in narration
    seen = run_command("status", "--json", home=home).json
    assert seen["runners"] == []
    assert "in_progress" not in seen["jobs"], "the lease is handed back"


def test_a_listener_that_does_not_listen_holds_nothing_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as deaf:
        deaf.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        for _ in range(5000):
            notify("WATCHDOG=1")
    monkeypatch.setenv("NOTIFY_SOCKET", "@garminsync-test-nobody")
    notify("READY=1")


def test_the_daemon_once_runs_what_is_due(run: Run, home: Path, linked: Simulator) -> None:
    since = datetime.now().astimezone().date() - timedelta(days=4)
    (home / "config.toml").write_text(f'[health]\nsince = "{since}"\n')
    once = run("daemon", "--once")
    assert once.code == 0
    assert "activities  done" in once.err
    assert "health  done" in once.err
    linked.reset_stats()
    assert run("daemon", "--once").code == 0
    assert requests(linked) == 0, "the turn of the schedule was taken"


def test_a_sign_in_can_be_stopped_while_garmin_lets_it_wait(home: Path, simulator: Simulator) -> None:
    simulator.add_faults([{"path": "/", "delay_s": 30}])
    arguments = ("login", "--server", simulator.url, "--email", EMAIL, "--password-stdin")
    with started(home, *arguments, stdin=f"{PASSWORD}\n") as login:
        assert login.stderr is not None
        until(lambda: "trying" in login.stderr.readline(), "the first try")
        login.send_signal(signal.SIGINT)
        _, narration = login.communicate(timeout=10)
    assert login.returncode == 130
    assert "nothing was linked" in narration
    assert run_command("account", home=home).code == 3


def test_two_syncs_at_once_fetch_once(home: Path, linked: Simulator) -> None:
    linked.add_faults([{"path": "/activitylist-service/", "delay_s": 0.3}])
    with started(home, "sync", "activities") as first, started(home, "sync", "activities") as second:
        for sync in (first, second):
            _, narration = sync.communicate(timeout=_PATIENCE_S)
            assert sync.returncode == 0, narration
    downloads = {p: n for p, n in linked.stats()["requests"]["by_path"].items() if "/download-service/files/" in p}
    assert downloads
    assert set(downloads.values()) == {1}


def test_simulate_prints_what_login_needs(home: Path) -> None:
    with started(home, "simulate", "--days", "3", "--mfa", "424242") as simulate:
        assert simulate.stdout is not None
        url, email, password, code = (simulate.stdout.readline().split()[-1] for _ in range(4))
        assert (email, password, code) == (EMAIL, "simulator", "424242")
        result = run_command(
            "login", "--server", url, "--email", email, "--password-stdin", home=home, stdin=f"{password}\n{code}\n"
        )
        assert result.code == 0, result.err
        simulate.terminate()
        simulate.communicate(timeout=20)
    assert simulate.returncode == 0


def test_the_demo_without_a_terminal_syncs_and_sums_up(run: Run, home: Path) -> None:
    result = run("demo", "--days", "3", "--json")
    assert result.code == 0, result.err
    summary = result.json
    assert summary["metrics"] >= 30
    assert summary["readings"] > 1000
    assert summary["requests"] > 0
    # The named home is kept, and a second run finds the same athlete
    assert run("account", "--json").json["provider"] == "garminconnect"
    assert run("demo", "--days", "3", "--json").json["activities"] == summary["activities"]


def test_the_demo_keeps_away_from_a_real_account(run: Run, home: Path, linked: Simulator) -> None:
    import sqlite3

    with sqlite3.connect(home / "garminsync.db") as connection:
        connection.execute("UPDATE garmin_connect_accounts SET server = 'https://garmin.com'")
    connection.close()
    result = run("demo", "--headless")
    assert result.code == 2
    assert "real account" in result.err
    assert run("account", "--json").json["server"] == "https://garmin.com"


@contextmanager
def on_a_terminal(home: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[bytes], int, bytearray]]:
    """A command on a terminal of its own: the process, where to type, and what was shown so far."""
    import pty

    ours, its = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "garminsync_tui", *arguments, "--home", str(home)],
        stdin=its,
        stdout=its,
        stderr=its,
        env=os.environ | {"TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"},
        start_new_session=True,
    )
    os.close(its)
    shown = bytearray()

    def read() -> None:
        with contextlib.suppress(OSError):  # the other side is gone
            while chunk := os.read(ours, 65_536):
                shown.extend(chunk)

    reading = threading.Thread(target=read)
    reading.start()
    try:
        yield process, ours, shown
    finally:
        process.kill()
        process.wait()
        reading.join()
        os.close(ours)


def test_without_a_command_the_app_opens(home: Path) -> None:
    with on_a_terminal(home) as (process, keyboard, shown):
        until(lambda: (b"Today" in shown and b"Quit" in shown) or b"Help" in shown, "the app")
        os.write(keyboard, b"q")
        assert process.wait(_PATIENCE_S) == 0


# ── How far back ─────────────────────────────────────────────────────────────────────────────────────

QUESTION = b"How far back shall health go? 1m, 1y, 5y or a date [a year]: "


@pytest.mark.parametrize(
    ("answers", "since"),
    [
        (["5y"], months_before(datetime.now().astimezone().date(), 60)),
        (["soon", "2019-01-01"], date(2019, 1, 1)),
        ([""], None),
        (["soon", "later", "never"], None),
    ],
)
def test_login_on_a_terminal_asks_how_far_back(
    home: Path, simulator: Simulator, answers: list[str], since: date | None
) -> None:
    arguments = ("login", "--server", simulator.url, "--email", EMAIL, "--password-stdin")
    with on_a_terminal(home, *arguments) as (process, keyboard, shown):
        os.write(keyboard, f"{PASSWORD}\n".encode())
        for number, answer in enumerate(answers, 1):
            until(lambda number=number: shown.count(QUESTION) == number, "the question")
            os.write(keyboard, f"{answer}\n".encode())
        assert process.wait(_PATIENCE_S) == 0
        until(lambda: b"Now run" in shown, "the end")
    assert (b"is no date" in shown) == ("soon" in answers)
    if since is None:
        assert not (home / "config.toml").exists()
    else:
        assert (home / "config.toml").read_text() == f'[health]\nsince = "{since}"\n'
        assert f"Health goes back to {since}: about ".encode() in shown


def test_login_without_a_terminal_asks_nothing(home: Path, simulator: Simulator) -> None:
    result = log_in(home, simulator)
    assert result.code == 0
    assert "How far" not in result.err
    assert not (home / "config.toml").exists()


def test_login_takes_how_far_back_from_an_option(
    run: Run, home: Path, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ("login", "--server", simulator.url, "--email", EMAIL, "--password-stdin", "--since")
    assert run(*arguments, "soon", stdin=f"{PASSWORD}\n").code == 2
    result = run(*arguments, "2019-01-01", stdin=f"{PASSWORD}\n")
    assert result.code == 0, result.err
    assert (home / "config.toml").read_text() == '[health]\nsince = "2019-01-01"\n'
    assert (home / "config.toml").stat().st_mode & 0o777 == 0o600
    monkeypatch.setenv("GARMINSYNC_SINCE", "2024-01-01")
    result = run(*arguments, "2018-01-01", stdin=f"{PASSWORD}\n")
    assert "For now it goes back to 2024-01-01" in result.err
    assert (home / "config.toml").read_text() == '[health]\nsince = "2018-01-01"\n'


def test_a_daemon_that_runs_already_goes_back_to_what_login_says(run: Run, home: Path, simulator: Simulator) -> None:
    with started(home, "daemon") as daemon:
        assert daemon.stderr is not None
        until(lambda: "no account is linked yet" in daemon.stderr.readline(), "the daemon")
        since = datetime.now().astimezone().date() - timedelta(days=2)
        arguments = ("login", "--server", simulator.url, "--email", EMAIL, "--password-stdin", "--since", str(since))
        assert run(*arguments, stdin=f"{PASSWORD}\n").code == 0
        until(lambda: "health" in daemon.stderr.readline(), "the first sync")
    seen = run("coverage", "--metric", "steps_total", "--json").json["endpoints"]["daily_summaries"]
    assert min(each["first_day"] for each in seen.values()) == str(since)


# ── Editing settings ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def editor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """Makes EDITOR a command that runs Python on the file, which it calls `path`."""

    def install(program: str) -> None:
        script = tmp_path / "an editor.py"
        script.write_text(f"import sys\nfrom pathlib import Path\npath = Path(sys.argv[-1])\n{program}\n")
        monkeypatch.delenv("VISUAL", raising=False)
        monkeypatch.setenv("EDITOR", f"{sys.executable} '{script}' --wait")

    return install


def test_config_edit_opens_a_file_that_names_every_setting(run: Run, home: Path, editor: Callable[[str], None]) -> None:
    editor("assert '# since = ' in path.read_text(); path.write_text('[health]\\nsince = \"2019-01-01\"\\n')")
    result = run("config", "edit")
    assert result.code == 0, result.err
    assert "config.toml is fine" in result.err
    assert run("config", "show", "--json").json["health.since"]["value"] == "2019-01-01"
    assert (home / "config.toml").stat().st_mode & 0o777 == 0o600


def test_config_edit_names_what_is_wrong_and_mends_it(run: Run, home: Path, editor: Callable[[str], None]) -> None:
    editor("path.write_text('[health]\\nsince = \"soon\"\\n')")
    result = run("config", "edit")
    assert result.code == 2
    assert str(home / "config.toml") in result.err
    assert "health.since" in result.err
    assert run("config", "show").code == 2
    editor("path.write_text('')")
    assert run("config", "edit").code == 0


def test_config_edit_names_a_key_that_cannot_be(run: Run, home: Path, editor: Callable[[str], None]) -> None:
    editor('path.write_text(\'[keymap]\\n"jobs.cancel" = ["r"]\\n\')')
    result = run("config", "edit")
    assert result.code == 2
    assert f"{home / 'config.toml'}, line 2: jobs.cancel cannot have r" in result.err


def test_config_edit_without_an_editor_that_works(
    run: Run, monkeypatch: pytest.MonkeyPatch, editor: Callable[[str], None]
) -> None:
    editor("sys.exit(3)")
    assert "ended with an error (3)" in run("config", "edit").err
    monkeypatch.setenv("EDITOR", "no-such-editor")
    assert run("config", "edit").code == 2
    monkeypatch.delenv("EDITOR")
    assert "Set EDITOR" in run("config", "edit").err
