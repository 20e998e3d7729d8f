"""Killed at any moment and started again, a sync ends where an undisturbed one does."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from garminsync_tui.simulator import Simulator
from garminsync_tui.store.database import Database

from .conftest import DAYS, NOW, content, install

KILLS = 10


@pytest.mark.parametrize("seed", [1])
async def test_ten_kills_lose_and_double_nothing(
    database_url: str, tmp_path: Path, sqlite_template: Path, seed: int
) -> None:
    chance = random.Random(seed)
    with Simulator(days=DAYS, now=NOW) as simulator:
        undisturbed = await install(tmp_path / "undisturbed", f"sqlite:///{tmp_path}/undisturbed.db", simulator)
        await undisturbed.sync()
        expected = await content(undisturbed.database)
        files = await undisturbed.files()
        await undisturbed.database.close()

        killed = await install(tmp_path / "killed", database_url, simulator)
        await killed.database.close()
        simulator.reset_stats()
        kills, runs = 0, 0
        while runs < 3 * KILLS:
            runs += 1
            process = _sync(killed.paths.database.parent, database_url)
            before = simulator.stats()["requests"]["total"]
            # Each run gets some requests further before it dies.
            while kills < KILLS and process.poll() is None:
                if simulator.stats()["requests"]["total"] - before >= 1 + chance.randrange(1, 7):
                    time.sleep(chance.uniform(0, 0.02))
                    process.kill()
                    kills += 1
                    break
                time.sleep(0.002)
            if process.wait(timeout=60) == 0:
                break
        assert kills == KILLS
        downloads = Counter(
            {path: n for path, n in simulator.stats()["requests"]["by_path"].items() if "/download-service/" in path}
        )
        repeated = sum(n - 1 for path, n in downloads.items() if "/files/" in path)
        async with await Database.open(database_url) as database:
            found = await content(database)
    assert found["activities"] == expected["activities"]
    assert found["health"] == expected["health"]
    assert found["daily"] == expected["daily"]
    assert [row[:4] for row in found["coverage"]] == [row[:4] for row in expected["coverage"]]
    killed_files = {
        path.relative_to(killed.paths.files).as_posix().split("/", 1)[1]
        for path in killed.paths.files.rglob("*")
        if path.is_file() and not path.is_relative_to(killed.paths.files / "tmp")
    }
    assert killed_files == set(files)
    assert repeated <= kills


def _sync(home: Path, url: str) -> subprocess.Popen[bytes]:
    since = (NOW.date().toordinal() - DAYS + 1, NOW.date())
    first = type(NOW.date()).fromordinal(since[0]).isoformat()
    return subprocess.Popen(
        [sys.executable, "-m", "garminsync_tui", "--home", str(home), "sync", "--since", first],
        env={**os.environ, "GARMINSYNC_DATABASE": url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
