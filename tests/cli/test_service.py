"""`service`: what systemd and launchd are given, whose file it is, and what is said where neither runs."""

from __future__ import annotations

import os
import plistlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from garminsync_tui.supervisor import supervisor

from .conftest import Run


@pytest.fixture
def unit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the unit goes; systemd does not run."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    monkeypatch.setenv("PATH", str(tmp_path / "no-commands"))
    return tmp_path / "settings/systemd/user/garminsync.service"


@pytest.fixture
def systemctl(tmp_path: Path, unit: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A systemctl that says yes to everything but what is in `refuses`; what it was asked is in `asked`."""
    folder = tmp_path / "commands"
    folder.mkdir()
    script = folder / "systemctl"
    script.write_text(f'#!/bin/sh\necho "$@" >> {folder}/asked\nif [ -f {folder}/refuses ]; then exit 1; fi\n')
    script.chmod(0o700)
    monkeypatch.setenv("PATH", str(folder))
    return folder


def test_the_unit_is_what_systemd_understands(
    run: Run, unit: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = run("service", "install", "--dry-run").out
    for line in (
        "Type=notify",
        "WatchdogSec=120",
        "Restart=on-failure",
        "TimeoutStopSec=30",
        "UMask=0077",
        "WantedBy=default.target",
    ):
        assert line in text.splitlines()
    assert not unit.exists()
    monkeypatch.undo()
    if (analyze := shutil.which("systemd-analyze")) is None:
        pytest.skip("systemd-analyze is not here")
    written = tmp_path / "garminsync.service"
    written.write_text(text)
    (tmp_path / "runtime").mkdir()
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path / "runtime")}
    checked = subprocess.run(
        [analyze, "verify", "--user", "--man=no", str(written)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (checked.returncode, checked.stderr) == (0, "")


def test_what_it_runs_is_quoted(unit: Path) -> None:
    text = supervisor().text(["/a b/python", "daemon", "--home", '/tmp/50%/"$HOME"\\x\nExecStartPre=/bin/sh'])
    (line,) = [line for line in text.splitlines() if line.startswith("ExecStart")]
    assert line == r'ExecStart="/a b/python" "daemon" "--home" "/tmp/50%%/\"$$HOME\"\\x\nExecStartPre=/bin/sh"'


def test_without_systemd_the_file_is_written_and_it_is_said_how_to_go_on(run: Run, unit: Path, home: Path) -> None:
    result = run("service", "install")
    assert result.code == 0
    assert "systemd does not run for this user here" in result.err
    assert "systemctl --user enable --now garminsync.service" in result.err
    assert "`garminsync service uninstall` undoes it" in result.err
    assert unit.stat().st_mode & 0o777 == 0o600
    assert f'"--home" "{home}"' in unit.read_text()
    status = run("service", "status")
    assert status.code == 1
    assert "does not run for this user" in status.out
    assert run("service", "uninstall").code == 0
    assert not unit.exists()
    assert "nothing to do" in run("service", "uninstall").err


def test_with_systemd_it_is_started_and_stopped(
    run: Run, unit: Path, systemctl: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GARMINSYNC_SAMPLES", "full")
    result = run("service", "install")
    assert "loginctl enable-linger" in result.err
    assert "will not know GARMINSYNC_SAMPLES" in result.err
    assert (systemctl / "asked").read_text().splitlines() == [
        "--user show-environment",
        "--user daemon-reload",
        "--user enable --now garminsync.service",
    ]
    status = run("service", "status", "--json")
    assert status.code == 0
    assert status.json == {
        "supervisor": "systemd",
        "supervisor_runs": True,
        "file": str(unit),
        "installed": True,
        "written_by_garminsync": True,
        "running": True,
    }
    (systemctl / "asked").unlink()
    assert run("service", "uninstall").code == 0
    asked = (systemctl / "asked").read_text().splitlines()
    assert asked[1:] == ["--user disable --now garminsync.service", "--user daemon-reload"]


def test_a_unit_of_somebody_else_is_left_alone(run: Run, unit: Path, systemctl: Path) -> None:
    unit.parent.mkdir(parents=True)
    unit.write_text("[Service]\nExecStart=/bin/true\n")
    for command in ("install", "uninstall"):
        result = run("service", command)
        assert result.code == 2
        assert "was not written by garminsync" in result.err
    assert unit.read_text() == "[Service]\nExecStart=/bin/true\n"
    assert not (systemctl / "asked").exists()
    assert run("service", "status", "--json").json["written_by_garminsync"] is False


def test_a_unit_that_is_a_link_is_left_alone(run: Run, unit: Path, tmp_path: Path) -> None:
    assert run("service", "install").code == 0
    elsewhere = tmp_path / "kept-elsewhere"
    unit.rename(elsewhere)
    unit.symlink_to(elsewhere)
    assert run("service", "install").code == 2
    assert unit.is_symlink()


def test_our_own_is_replaced_and_what_it_ran_is_said(run: Run, unit: Path, home: Path) -> None:
    run("service", "install")
    assert "It ran before" not in run("service", "install").err
    unit.write_text(unit.read_text().replace(str(home), "/another/home"))
    assert "/another/home" in run("service", "install").err
    assert str(home) in unit.read_text()


def test_what_systemd_refuses_is_an_error(run: Run, unit: Path, systemctl: Path) -> None:
    script = systemctl / "systemctl"
    script.write_text(script.read_text() + 'case "$*" in *enable*) exit 1;; esac\n')
    result = run("service", "install")
    assert result.code == 1
    assert "enable --now garminsync.service` failed" in result.err
    assert "journalctl --user --unit garminsync.service" in result.err


def test_a_password_does_not_get_into_the_unit(run: Run, unit: Path) -> None:
    assert run("service", "install", "--database", "postgresql://me:canary@host/db").code == 2
    assert not unit.exists()


def test_on_macos_it_is_a_launchd_agent(
    run: Run, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch, unit: Path
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setenv("HOME", str(tmp_path))
    agent = plistlib.loads(run("service", "install", "--dry-run").out_bytes)
    assert agent["ProgramArguments"] == [sys.executable, "-m", "garminsync_tui", "daemon", "--home", str(home)]
    assert (agent["Umask"], agent["KeepAlive"], agent["RunAtLoad"]) == (0o077, {"SuccessfulExit": False}, True)
    result = run("service", "install")
    assert "launchctl bootstrap" in result.err
    (written,) = (tmp_path / "Library/LaunchAgents").iterdir()
    assert plistlib.loads(written.read_bytes()) == agent
    assert run("service", "uninstall").code == 0
    assert not written.exists()


def test_elsewhere_it_is_said_what_to_do(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "freebsd14")
    result = run("service", "install")
    assert result.code == 2
    assert "neither systemd nor launchd" in result.err
