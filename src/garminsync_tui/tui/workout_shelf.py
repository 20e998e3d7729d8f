"""What the screens of workouts read and do: the shelf of workouts in the open database, and jobs for Garmin."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from ..config import Config
from ..errors import OtherSignInNeeded
from ..garmin.exercises import catalogue
from ..garmin.providers import PROVIDERS, Capability
from ..jobs.queue import Queue
from ..new_file import Draft
from ..store import accounts, workouts
from ..store.database import Database
from ..store.workouts import Kept
from ..sync.trainee import athlete_today
from ..workouts.athlete import Athlete
from ..workouts.definition import Workout
from ..workouts.names import named
from .undisturbed import undisturbed

_PRIORITY = 10


class OnShelf(NamedTuple):
    """All workouts, and who they are for."""

    kept: Sequence[Kept]
    athlete: Athlete


class WorkoutShelf:
    """Reads, keeps and queues. `under_way` is the engine's set of what uses the database."""

    def __init__(self, config: Config, database: Database, queue: Queue, under_way: set[asyncio.Future[Any]]) -> None:
        self._config = config
        self._database = database
        self._queue = queue
        self.under_way = under_way

    @undisturbed
    async def everything(self) -> OnShelf:
        """All workouts by name, and the athlete of today."""
        account = await accounts.active_account(self._database)
        athlete = await athlete_today(self._database, self._config)
        async with self._database.read() as session:
            return OnShelf(await workouts.every(session, account.id if account else None), athlete)

    @undisturbed
    async def keep(self, workout_id: UUID | None, workout: Workout, before: Workout | None = None) -> UUID:
        """Save a workout, as a new one where it has no id yet or was deleted; its id.

        Raises WorkoutChanged where it is no longer as `before`.
        """
        workout = named(workout)
        name = workout.name or ""
        user = await accounts.ensure_user(self._database)
        async with self._database.write() as session:
            stored, expected = workout.stored(), before.stored() if before else None
            if workout_id and await workouts.change(session, workout_id, name, workout.note, stored, before=expected):
                return workout_id
            return await workouts.add(session, user.id, name, workout.note, stored)

    @undisturbed
    async def remove(self, kept: Kept) -> None:
        """Delete a workout that is here alone; one that is at Garmin too is deleted by a job."""
        if kept.remote is not None and not kept.remote.gone_at:
            await self._queued("workout_upload", {"do": "delete", "workout": kept.workout.id.hex})
            return
        async with self._database.write() as session:
            await workouts.remove(session, kept.workout.id)

    @undisturbed
    async def push(self, workout_id: UUID, choice: str | None = None) -> None:
        """Queue a push. Raises SignInRequired."""
        asked = {"do": "push", "workout": workout_id.hex, "choice": choice}
        await self._queued("workout_upload", {name: value for name, value in asked.items() if value})

    @undisturbed
    async def pull(self) -> None:
        """Queue a look at Garmin. Raises SignInRequired."""
        await self._queued("workout_sync", {"look": True})

    @undisturbed
    async def plan(self, workout_id: UUID, day: date, *, off: bool = False) -> None:
        """Queue putting a workout on a day of Garmin's calendar, or taking it off."""
        await self._queued(
            "workout_upload",
            {"do": "unschedule" if off else "schedule", "workout": workout_id.hex, "day": day.isoformat()},
        )

    async def _queued(self, job_type: str, parameters: dict[str, Any]) -> None:
        account = await accounts.require_account(self._database)
        if Capability.WORKOUTS not in PROVIDERS[account.provider].capabilities:
            raise OtherSignInNeeded("workouts")
        await self._queue.enqueue(
            account.user_id, job_type, account_id=account.id, parameters=parameters, priority=_PRIORITY
        )

    # ── Drafts ───────────────────────────────────────────────────────────────────────────────────────

    def draft(self, workout_id: UUID | None) -> Draft:
        """What was written of a workout and not saved."""
        return Draft(self._config.paths.drafts / f"{workout_id.hex if workout_id else 'new'}.txt")

    async def exercises(self) -> dict[str, frozenset[str]]:
        """Exercises by category; read in a thread, for they come out of Garmin's library."""
        return await asyncio.to_thread(catalogue)
