"""A home into which files are imported as the command does it: through the queue, by a runner."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from garminsync_tui.config import Config
from garminsync_tui.jobs.queue import Queue
from garminsync_tui.jobs.runner import Runner
from garminsync_tui.models import Activity, SyncJob
from garminsync_tui.paths import Paths
from garminsync_tui.store import accounts, activities
from garminsync_tui.store.database import Database
from garminsync_tui.sync.work import work


@dataclass
class Home:
    """One installation, and a folder of files beside it."""

    database: Database
    paths: Paths
    folder: Path

    def put(self, name: str, content: bytes) -> Path:
        """A file to import."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    async def run(self, *paths: Path, **parameters: Any) -> SyncJob:
        """Import (the folder, where nothing is named); the job as it ended."""
        user = await accounts.ensure_user(self.database)
        queue = Queue(self.database)
        asked = {"paths": [str(path) for path in paths or (self.folder,)], **parameters}
        job_id = await queue.enqueue(user.id, "file_import", parameters=asked, priority=10)
        config = Config.load(self.paths, {}, {})
        await Runner(self.database, work(config), kind="command", run_dir=self.paths.run).run_until_idle()
        assert job_id is not None
        return await queue.get(job_id)

    async def rows(self) -> list[Activity]:
        """The activities, oldest first."""
        async with self.database.read() as session:
            return await activities.find(session, descending=False)

    def kept(self) -> list[Path]:
        """Every file of the store."""
        return sorted(path for path in self.paths.files.rglob("*") if path.is_file())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "in"
    found.mkdir()
    return found


@pytest.fixture
def home(database: Database, paths: Paths, folder: Path) -> Home:
    return Home(database, paths, folder)


def counts(job: SyncJob) -> tuple[int, int, int, int]:
    """Files imported, known, skipped, failed."""
    result = (job.extra or {})["result"]
    return result["imported"], result["known"], result["skipped"], result["failed"]


def reasons(job: SyncJob, outcome: str) -> dict[str, str]:
    """Why, by the names of files."""
    groups = (job.extra or {})["result"]["reasons"]
    return {name: group["reason"] for group in groups if group["outcome"] == outcome for name in group["names"]}
