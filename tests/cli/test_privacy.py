"""From the first line on: nobody else may read what is written, no memory is dumped, no key is passed on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from garminsync_tui import redaction
from garminsync_tui.cli import log
from garminsync_tui.paths import Paths

AFTERWARDS = """
import os, resource, sys
from garminsync_tui.__main__ import main
assert main(["--version"]) == 0
umask = os.umask(0)
print(oct(umask), resource.getrlimit(resource.RLIMIT_CORE), "GARMINSYNC_KEY" in os.environ)
"""


def test_the_first_line() -> None:
    done = subprocess.run(
        [sys.executable, "-c", AFTERWARDS],
        env=os.environ | {"GARMINSYNC_KEY": "00" * 32},
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=lambda: os.umask(0) and None,
    )
    assert done.stdout.splitlines()[-1] == "0o77 (0, 0) False"


def test_the_log_repeats_no_secret_that_is_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redaction, "_known", set())
    for secret in ("two words & more", "short", "", None):
        redaction.hide(secret)
    paths = Paths.below(tmp_path)
    secret = "two words & more"
    problem = RuntimeError(f"GET /?p=two%20words%20%26%20more&q={secret} as {secret!r} by short")
    said = log.crash(paths, problem).read_text()
    assert "two words" not in said and "two%20" not in said
    assert "GET /?p=[hidden]" in said and "by short" in said
