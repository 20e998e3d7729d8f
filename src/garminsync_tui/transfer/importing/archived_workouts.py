"""Workouts of an account's archive: those that are not here yet come in as Garmin's, and a later sync knows them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from ...errors import FileDamaged, InvalidWorkout
from ...jobs.queue import Transaction
from ...jobs.run import JobRun
from ...store import workouts as store
from ...text import clean
from ...workouts.garmin_reading import from_garmin
from .json_stream import items
from .memory import write_down
from .sources import Found
from .tally import Tally

_NAME = re.compile(r"_workouts?(?:_\d+)*\.json$", re.IGNORECASE)
_NUMBER = re.compile(r"[1-9][0-9]{0,19}")
#: Nobody looked at Garmin's side yet: the next sync does.
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def is_workouts(file_name: str) -> bool:
    """Whether a file of an archive holds workouts."""
    return _NAME.search(file_name) is not None


async def import_workouts(run: JobRun, account_id: UUID, found: Sequence[Found], tally: Tally) -> None:
    """Take the workouts that this account is not known to have; those that are known stay as they are."""
    for each in found:
        await run.breathe()
        try:
            documents = await asyncio.to_thread(_documents, each)
        except FileDamaged as damage:
            tally.failed(each, damage.reason)
            continue
        async with run.page() as session:
            added, problems = await _take(session, run.user_id, account_id, documents)
            if added:
                tally.gained["workouts"] += added
            note = "; ".join(problems[:3])
            (tally.imported if added else tally.known)(each, note, account_id=account_id)
            await write_down(run, session, tally)


def _documents(found: Found) -> list[dict[str, Any]]:
    return [item for item in items(found) if isinstance(item, dict)]


async def _take(
    session: Transaction, user_id: UUID, account_id: UUID, documents: Sequence[dict[str, Any]]
) -> tuple[int, list[str]]:
    """How many came in, and sentences about those that cannot be read."""
    known = set(await store.remotes(session, account_id))
    added, problems = 0, []
    for document in documents:
        number = str(document.get("workoutId"))
        if number in known or not _NUMBER.fullmatch(number):
            continue
        try:
            workout = from_garmin(document)
        except InvalidWorkout as problem:
            name = clean(str(document.get("workoutName") or number), 60)
            problems.append(f"the workout {name} cannot be read: {problem.message}")
            continue
        name = (workout.name or "").strip() or "Workout"
        definition = workout.stored()
        workout_id = await store.add(session, user_id, name, workout.note, definition)
        updated = document.get("updatedDate") or document.get("updateDate")
        await store.agree(
            session,
            account_id,
            number,
            workout_id=workout_id,
            document=document,
            definition=definition,
            updated=str(updated) if updated else None,
        )
        await store.change_remote(session, account_id, number, seen_at=_NEVER)
        known.add(number)
        added += 1
    return added, problems
