"""`doctor` looks at this machine, at Garmin and at what is stored, and `--bundle` tells it to others."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sqlite3
import zipfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from garminsync_tui.cli.checkup import file_system
from garminsync_tui.simulator import Simulator

from ..garmin.scripted import jwt
from .conftest import EMAIL, Run
from .test_processes import requests

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


def test_the_last_fault_of_the_program_is_named(run: Run, linked: Simulator, home: Path) -> None:
    assert "garminsync.log: nothing yet" in run("doctor").out
    lines = ["Traceback (most recent call last):", "  a frame", "ValueError: of a screen", "2026-11-28 INFO after it"]
    log = home / "logs" / "garminsync.log"
    log.parent.mkdir(exist_ok=True)
    log.write_text("\n".join(lines) + "\n")
    log.chmod(0o600)
    result = run("doctor")
    assert "A fault of the program is in the log: ValueError: of a screen" in result.out
    assert "garminsync.log from line" in result.out
    assert result.code == 0


def test_what_others_may_open_is_a_problem(run: Run, linked: Simulator, home: Path) -> None:
    (home / "key").chmod(0o644)
    result = run("doctor")
    assert result.code == 1
    assert f"chmod 600 {home / 'key'}" in result.out


def test_nothing_yet_is_no_problem(run: Run) -> None:
    assert run("doctor").code == 0


# ── This machine ─────────────────────────────────────────────────────────────────────────────────────


def test_a_key_that_cannot_be_is_a_problem_with_its_line(run: Run, home: Path) -> None:
    home.mkdir(exist_ok=True)
    (home / "config.toml").write_text('[display]\nunits = "metric"\n[keymap]\n"jobs.kill" = ["x"]\n')
    result = run("doctor")
    assert result.code == 1
    assert f"{home / 'config.toml'}, line 4: there is no action 'jobs.kill'" in result.out


def found(run: Run, level: str) -> str:
    return "\n".join(f["what"] for f in run("doctor", "--json").json if f["level"] == level)


def test_every_finding_that_is_not_well_says_what_to_do(run: Run, linked: Simulator, home: Path) -> None:
    (home / "logs").chmod(0o755)
    (home / "garminsync.db").chmod(0o640)
    home.mkdir(exist_ok=True)
    (home / "config.toml").write_text("")
    result = run("doctor", "--json")
    assert result.code == 1
    assert all(finding["hint"] for finding in result.json if finding["level"] != "ok")
    problems = found(run, "problem")
    for name in ("logs", "garminsync.db", "config.toml"):
        assert f"{home / name} can be opened by other users" in problems


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_file_of_another_user_is_a_problem(run: Run, linked: Simulator, home: Path) -> None:
    os.chown(home / "config.toml", 12345, -1) if (home / "config.toml").exists() else None
    os.chown(home / "key", 12345, -1)
    assert f"{home / 'key'} belongs to another user" in found(run, "problem")


def test_a_full_disk_is_a_problem_and_a_fuller_one_a_note(
    run: Run, linked: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    for free, level in ((10**8, "problem"), (5 * 10**8, "note"), (10**11, "ok")):
        monkeypatch.setattr(shutil, "disk_usage", lambda _, free=free: SimpleNamespace(free=free))
        assert "free for" in found(run, level)


MOUNTS = """\
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
40 27 0:50 / /home/me/My\\040Files rw,relatime shared:1 - nfs4 server:/export rw
41 27 0:51 / /home rw - btrfs /dev/vdb rw
42 27 0:52 / /mnt/box rw master:2 - fuse.sshfs me@box: rw
broken line
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/home/me/My Files/garmin", "nfs4"),
        ("/home/me/My Files", "nfs4"),
        ("/home/me/My", "btrfs"),
        ("/mnt/box/x", "fuse.sshfs"),
        ("/mnt/boxes", "ext4"),
    ],
)
def test_which_file_system_a_folder_lies_on(folder: str, kind: str) -> None:
    assert file_system(Path(folder), MOUNTS) == kind


def test_an_original_that_is_gone_is_counted(run: Run, linked: Simulator, home: Path) -> None:
    assert run("sync", "activities").code == 0
    assert run("doctor").code == 0
    next((home / "files").glob("*-*/*/*/*")).unlink()
    assert "original files of " in found(run, "problem") and " 1 are not here" in found(run, "problem")


def test_a_process_that_ended_without_a_word_is_named(run: Run, home: Path, linked: Simulator) -> None:
    lock = home / "run/left.lock"
    lock.touch(0o600)  # and nobody holds it
    now_ms = int(datetime.now(UTC).timestamp() * 1000)
    row = {"id": bytes(16), "host": socket.gethostname(), "pid": 4711, "kind": "daemon", "version": "1"}
    row |= {"lock_path": str(lock), "started_at": now_ms, "heartbeat_at": now_ms}
    with closing(sqlite3.connect(home / "garminsync.db")) as connection, connection:
        names, marks = ", ".join(row), ", ".join("?" * len(row))
        connection.execute(f"INSERT INTO runners ({names}) VALUES ({marks})", list(row.values()))
    assert f"A daemon (process 4711 on {socket.gethostname()}) ended without a word." in found(run, "note")


def test_a_key_that_is_gone_is_a_problem(run: Run, linked: Simulator, home: Path) -> None:
    assert "opens the stored tokens" in found(run, "ok")
    (home / "key").unlink()
    assert run("doctor").code == 1
    assert not (home / "key").exists()


# ── Garmin ───────────────────────────────────────────────────────────────────────────────────────────


def pace(home: Path, server: str, **columns: object) -> None:
    values = {"scope": f"data {server}", "tokens": 0, "rate_per_s": 0, "counted_at": 0, **columns}
    with closing(sqlite3.connect(home / "garminsync.db")) as connection, connection:
        connection.execute("DELETE FROM request_budget")
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        connection.execute(f"INSERT INTO request_budget ({names}) VALUES ({marks})", list(values.values()))


def test_a_clock_that_is_wrong_is_a_problem(run: Run, linked: Simulator, home: Path) -> None:
    pace(home, linked.url, clock_ahead_s=-3 * 3600.0)
    assert f"3 h 0 m behind that of {linked.url}" in found(run, "problem")
    pace(home, linked.url, clock_ahead_s=30.0)
    assert run("doctor").code == 0


def test_the_gate_and_the_pace_are_told(run: Run, linked: Simulator, home: Path) -> None:
    in_an_hour = int((datetime.now(UTC).timestamp() + 3600) * 1000)
    pace(home, linked.url, wait_until=in_an_hour, blocks=1)
    assert "gate (Cloudflare) blocks this network; next try" in found(run, "note")
    pace(home, linked.url, wait_until=0, blocks=1, rate_per_s=0.25)
    notes = found(run, "note")
    assert "the next request tries whether it is open" in notes
    assert "slowed down to a request every 4 s" in notes
    assert requests(linked) == 0


# ── The bundle ───────────────────────────────────────────────────────────────────────────────────────

SECRETS = {
    "e-mail": "canary.person@mail.example.org",
    "token": jwt("CANARY-CLIENT"),
    "base64": "Q2FuYXJ5L3NlY3JldCtrZXk9PT09MTIzNDU2Nzg5MA==",
    "base64 with slashes": "aB3/dE5fGh1jKl/Mn0pQr2sT/uV4wXyZ",
    "hexadecimal": "c0ffee" * 8,
    "password of a URL": "postgresql://me:canary-password@db.example/x",
    "number of a person": "987654321",
    "place": "52.516275",
    "question": "https://garmin.com/x?displayName=canary-name",
}


def test_a_bundle_helps_and_tells_nothing_of_whose_it_is(
    run: Run, linked: Simulator, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(sqlite3.connect(home / "garminsync.db")) as connection, connection:
        connection.execute("UPDATE users SET username = 'canary.user'")
        connection.execute("UPDATE garmin_connect_accounts SET display_name = 'Cänary Ñame'")
    home.mkdir(exist_ok=True)
    (home / "config.toml").write_text(
        '[hooks]\non_failed = "curl -H canary-hook https://x"\n[athlete]\nmax_heart_rate_bpm = 191\n'
    )
    (home / "config.toml").chmod(0o600)
    lines = [f"2026-11-28 04:47:41 WARNING 1 garminsync_tui.x: {kind} {secret} end" for kind, secret in SECRETS.items()]
    lines += ["of Cänary Ñame, canary.user and CANARY.USER", "\x1b]0;title\x07 File /a/garminsync_tui/cli/daemon.py"]
    (home / "logs/garminsync.log").write_text("\n".join(lines) + "\n", "utf-8")
    target = tmp_path / "bundle.zip"
    result = run("doctor", "--bundle", str(target))
    assert "Look into it before you hand it on" in result.err
    assert target.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(target) as bundle:
        texts = {name: bundle.read(name).decode() for name in bundle.namelist()}
    assert sorted(texts) == ["doctor.json", "jobs.json", "log.txt", "settings.json", "status.json", "versions.json"]
    everything = "\n".join(texts.values())
    for word in (*SECRETS.values(), "canary", "Cänary", "c\\u00e4nary", "191", str(Path.home()), str(home), EMAIL):
        assert word.lower() not in everything.lower(), word
    assert "\x1b" not in everything
    assert texts["log.txt"].count("garminsync_tui.x: ") == len(SECRETS)
    assert "/garminsync_tui/cli/daemon.py" in texts["log.txt"]
    assert json.loads(texts["versions.json"])["schema"]
    assert json.loads(texts["doctor.json"])
    settings = json.loads(texts["settings.json"])
    assert settings["hooks.on_failed"] == {"value": "set", "origin": "file"}
    assert settings["sync.every_minutes"]["value"] == 30
    assert run("doctor", "--bundle", str(target)).code == 2, "what is there is not replaced"
