"""An activity that came from a file before Garmin told of it: recognized, and given to its account."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from ..garmin.activities import ActivityRow
from ..jobs.run import JobRun
from ..models import Activity
from ..store import activities, own_accounts, same_activity
from ..store.adoption import give_activity
from ..store.files import FileStore
from ..store.same_activity import Traits, times


def traits_of(row: ActivityRow) -> Traits:
    """What tells a row of Garmin's list apart."""
    return Traits(row.start_time, row.activity_type, times(row.duration, row.extra))


async def give(run: JobRun, files: FileStore, activity: Activity, account_id: UUID, values: dict[str, Any]) -> Activity:
    """Let an activity of a file be the one that Garmin knows by `values`; as it is then. Its file moves with it."""
    name = values["garmin_activity_id"]
    place = await asyncio.to_thread(files.move_in, activity, account_id, name, values["start_time"])
    async with run.page() as session:
        await give_activity(session, activity, account_id, values, place)
    if place != activity.file_path:
        await asyncio.to_thread(files.forget, activity.file_path)
    async with run.database.read() as session:
        return (await activities.stored(session, account_id, [name]))[name]


class Recognition:
    """Looks for listed activities among those that files brought."""

    def __init__(self, run: JobRun, files: FileStore) -> None:
        self._run = run
        self._files = files
        self._local: UUID | None = None
        self._looked = False

    async def among_files(self, rows: Sequence[ActivityRow], values: Sequence[dict[str, Any]]) -> dict[str, Activity]:
        """Those of `rows` that are here from a file, by Garmin's id; they are the account's from now on."""
        found: dict[str, Activity] = {}
        local_id = await self._local_id() if rows else None
        if local_id is None:
            return found
        for row, columns in zip(rows, values, strict=True):
            async with self._run.database.read() as session:
                same = await same_activity.find(session, [local_id], traits_of(row))
            if same is not None:
                found[row.garmin_activity_id] = await give(self._run, self._files, same, self._run.account_id, columns)
        return found

    async def _local_id(self) -> UUID | None:
        """The account of files, where it has activities."""
        if not self._looked:
            async with self._run.database.read() as session:
                self._local = await own_accounts.with_activities(session, self._run.user_id)
            self._looked = True
        return self._local
