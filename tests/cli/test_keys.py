"""`keys`: what it says, and a second machine on a copy of the database."""

from __future__ import annotations

import json
import os
import shutil
import stat
from pathlib import Path

import pytest

from garminsync_tui.simulator import Simulator

from .conftest import Run, log_in, run_command

PASSPHRASE = "a long way to Tipperary"


def test_before_a_sign_in_there_is_no_key(run: Run, home: Path) -> None:
    shown = run("keys", "show")
    assert (shown.code, "There is no key yet" in shown.err) == (0, True)
    assert run("keys", "show", "--json").json["data_keys"] == []
    assert run("keys", "rotate").code == 2
    assert not (home / "key").exists()


def test_show_and_rotate(run: Run, home: Path, linked: Simulator) -> None:
    shown = run("keys", "show")
    assert shown.code == 0
    assert "opens, 3 sealed values" in shown.out and str(home / "key") in shown.out
    before = run("keys", "show", "--json").json
    assert [(key["key_id"], key["opens"], key["sealed"]) for key in before["data_keys"]] == [(1, True, 3)]
    assert run("keys", "rotate").code == 0
    outer = run("keys", "rotate", "--outer", "--json").json
    assert (outer["key_id"], outer["resealed"], outer["left"]) == (3, 3, 0)
    after = run("keys", "show", "--json").json
    assert after["fingerprint"] == outer["fingerprint"] != before["fingerprint"]
    key = (home / "key").read_text().strip()
    assert key not in shown.out + json.dumps([before, outer, after])
    assert run("sync", "activities").code == 0


def test_a_lost_key_costs_a_sign_in_and_nothing_else(run: Run, home: Path, linked: Simulator) -> None:
    assert run("sync", "activities").code == 0
    stored = run("activities", "list", "--json").json
    (home / "key").unlink()
    for command in (("sync", "activities"), ("keys", "rotate"), ("keys", "export", str(home / "x"))):
        refused = run(*command, stdin="")
        assert refused.code == 3, refused.err
        assert "key" in refused.err and "garminsync login" in refused.err and "Traceback" not in refused.err
    shown = run("keys", "show")
    assert shown.code == 3 and "does not open here" in shown.out and str(home / "key") in shown.err
    assert run("activities", "list", "--json").json == stored
    assert log_in(home, linked).code == 0
    assert run("sync", "activities").code == 0
    assert run("activities", "list", "--json").json == stored
    assert run("keys", "rotate").code == 0
    assert [(key["key_id"], key["sealed"]) for key in run("keys", "show", "--json").json["data_keys"]] == [(3, 3)]


def test_the_key_goes_to_a_second_machine(run: Run, home: Path, linked: Simulator, tmp_path: Path) -> None:
    parcel, other = tmp_path / "parcel", tmp_path / "other"
    done = run("keys", "export", str(parcel), "--passphrase-stdin", stdin=f"{PASSPHRASE}\n")
    assert done.code == 0, done.err
    assert stat.S_IMODE(parcel.stat().st_mode) == 0o600
    key = (home / "key").read_text().strip()
    assert key not in parcel.read_text() + done.out + done.err
    again = run("keys", "export", str(parcel), "--passphrase-stdin", stdin=f"{PASSPHRASE}\n")
    assert again.code == 2 and "--force" in again.err

    other.mkdir(0o700)
    shutil.copy(home / "garminsync.db", other / "garminsync.db")
    refused = run_command("sync", "activities", home=other)
    assert refused.code == 3 and "keys import" in refused.err
    wrong = run_command("keys", "import", str(parcel), "--passphrase-stdin", home=other, stdin="another\n")
    assert wrong.code == 3 and "does not open" in wrong.err
    assert not (other / "key").exists()
    reading, writing = os.pipe()
    os.write(writing, f"{PASSPHRASE}\n".encode())
    os.close(writing)
    taken = run_command("keys", "import", str(parcel), "--passphrase-fd", str(reading), home=other)
    os.close(reading)
    assert taken.code == 0, taken.err
    assert (other / "key").read_text().strip() == key
    assert stat.S_IMODE((other / "key").stat().st_mode) == 0o600
    synced = run_command("sync", "activities", home=other)
    assert synced.code == 0, synced.err


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not json",
        b"[]",
        b"{}",
        b'{"garminsync_key": 2, "salt": "00", "sealed": "00"}',
        b'{"garminsync_key": 1, "salt": 5, "sealed": "00"}',
        b'{"garminsync_key": 1, "salt": "zz", "sealed": "00"}',
        b"[" * 4096,
        b"\x00" * 100_000,
    ],
)
def test_what_is_no_exported_key_is_refused(run: Run, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "parcel").write_bytes(content)
    refused = run("keys", "import", str(tmp_path / "parcel"), "--passphrase-stdin", stdin=f"{PASSPHRASE}\n")
    assert refused.code == 2, refused.err
    assert "no exported key" in refused.err


@pytest.mark.parametrize("sealed", ["", "00", "00" * 60, "00" * 1000])
def test_an_exported_key_that_was_changed_does_not_open(run: Run, tmp_path: Path, sealed: str) -> None:
    (tmp_path / "parcel").write_text(json.dumps({"garminsync_key": 1, "salt": "00" * 16, "sealed": sealed}))
    refused = run("keys", "import", str(tmp_path / "parcel"), "--passphrase-stdin", stdin=f"{PASSPHRASE}\n")
    assert refused.code == 3, refused.err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "without a terminal"),
        (("--passphrase-stdin",), "empty"),
        (("--passphrase-fd", "977"), "file descriptor 977"),
        (("--passphrase-stdin", "--passphrase-fd", "0"), "exclude each other"),
        (("--passphrase", "secret"), "No such option"),
    ],
)
def test_a_passphrase_comes_by_prompt_or_pipe(run: Run, tmp_path: Path, options: tuple[str, ...], said: str) -> None:
    refused = run("keys", "export", str(tmp_path / "parcel"), *options, stdin="\n")
    assert refused.code == 2
    assert said in refused.err
    assert not (tmp_path / "parcel").exists()
