"""What is imported when: the headless part stays headless, and a quick command stays quick.

`.importlinter` holds who may import whom; this holds what importing really brings into a process.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import garminsync_tui
from garminsync_tui.sync import figures

PACKAGE = Path(garminsync_tui.__file__).parent

IMPORT_EACH = """
import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
    if "textual" in sys.modules:
        sys.exit(f"{name} brings textual in")
"""
RUN = """
import sys
from garminsync_tui.__main__ import main
print("exit:", main(sys.argv[1:]))
print("imported:", *sys.modules)
"""


def fresh_process(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, timeout=120, check=False
    )


def headless_modules() -> list[str]:
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if "_migrations" in parts or parts[0] == "tui":
            continue
        found.append(".".join(("garminsync_tui", *(part for part in parts if part != "__init__"))))
    return found


def test_headless_modules_never_bring_the_screens_in() -> None:
    modules = headless_modules()
    assert "garminsync_tui.store.database" in modules
    result = fresh_process(IMPORT_EACH, *modules)
    assert result.returncode == 0, result.stderr


def test_help_waits_for_neither_the_database_nor_the_screens() -> None:
    result = fresh_process(RUN, "--help")
    assert result.returncode == 0, result.stderr
    shown, imported = result.stdout.rsplit("imported:", 1)
    assert "--home" in shown
    assert "exit: 0" in shown
    assert not {"sqlalchemy", "textual", "alembic", "httpx2", "garminconnect", "cryptography"} & set(imported.split())


@pytest.mark.parametrize(
    ("command", "said"), [("status", "schema"), ("stats", "exit: 0"), ("bests", "exit: 0"), ("load", "exit: 0")]
)
def test_a_quick_question_to_a_file_does_not_wait_for_sqlalchemy(
    sqlite_template: Path, tmp_path: Path, command: str, said: str
) -> None:
    shutil.copy(sqlite_template, tmp_path / "garminsync.db")
    result = fresh_process(RUN, "--home", str(tmp_path), command)
    assert result.returncode == 0, result.stderr
    shown, imported = result.stdout.rsplit("imported:", 1)
    assert said in shown
    assert not {"sqlalchemy", "alembic", "apscheduler", "httpx2", "garminconnect", "textual"} & set(imported.split())


def test_the_import_contracts_hold() -> None:
    """What .importlinter says in English, checked."""
    found = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports"))],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout


def test_a_process_that_reads_activity_files_knows_no_database() -> None:
    with figures._processes(1, 0) as executor:
        imported = executor.submit(eval, "list(__import__('sys').modules)").result()
    assert "garminsync_tui.sync.measure" in imported
    assert not {"sqlalchemy", "garminsync_tui.models"} & set(imported)
