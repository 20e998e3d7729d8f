"""One activity's file from Garmin again."""

from __future__ import annotations

import asyncio

from ..errors import GarminSyncError
from ..models import Activity
from ..store import coverage, originals
from ..store.database import Database
from ..store.files import MISSING, FileStore

_ASKED = "Somebody asked for the file again."


async def lose_file(database: Database, files: FileStore, activity: Activity) -> None:
    """Let the next sync of activities fetch an activity's file again; a damaged one is set aside, never removed.

    Raises GarminSyncError where Garmin cannot give it.
    """
    async with database.read() as session:
        original = await originals.one(session, activity.id)
    if original.obstacle:
        raise GarminSyncError(f"It cannot be fetched again: {original.obstacle}.")
    if not database.sqlite:
        # What the database holds is the truth there, and to be looked at first.
        raise GarminSyncError("It is to be looked at first.", hint="Run `garminsync verify --read-data --repair`.")
    problem = await asyncio.to_thread(
        files.problem, original.file_path, original.sha256, original.size_bytes, read=True
    )
    if problem not in {None, MISSING}:
        await asyncio.to_thread(files.set_aside, original.file_path)
    async with database.write() as session:
        await coverage.lose(session, original.account_id, original.day, original.garmin_activity_id, problem or _ASKED)
