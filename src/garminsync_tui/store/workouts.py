"""Workouts here, and what is known of them at Garmin."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ..columns import now
from ..errors import UsageProblem, WorkoutChanged
from ..ids import new_id
from ..models import Workout, WorkoutRemote
from ..text import clean
from .database import Database

_SHORTEST_TAIL = 4


class State(enum.StrEnum):
    """Where a workout stands between here and Garmin."""

    DRAFT = "draft"
    SYNCED = "synced"
    EDITED = "edited"
    CHANGED_AT_GARMIN = "changed at Garmin"
    CONFLICT = "conflict"
    GONE = "gone at Garmin"
    REFUSED = "not as pushed"

    @property
    def sign(self) -> str:
        """One character for it, beside the word."""
        return _SIGNS[self]


_SIGNS = {
    State.DRAFT: "○",
    State.SYNCED: "●",
    State.EDITED: "▲",
    State.CHANGED_AT_GARMIN: "▼",
    State.CONFLICT: "!",
    State.GONE: "✗",
    State.REFUSED: "!",
}


@dataclass(frozen=True, slots=True)
class Kept:
    """A workout with its side at Garmin, where it has one."""

    workout: Workout
    remote: WorkoutRemote | None

    @property
    def state(self) -> State:
        """What its two sides say together."""
        remote = self.remote
        if remote is None:
            return State.DRAFT
        edited = self.workout.workout_definition != remote.base_definition
        if remote.gone_at:
            return State.GONE
        if remote.theirs is not None:
            return State.CONFLICT if edited else State.CHANGED_AT_GARMIN
        if edited:
            return State.EDITED
        return State.REFUSED if remote.problem else State.SYNCED

    @property
    def days(self) -> list[tuple[date, str]]:
        """The days it is planned for, each with the number of its entry."""
        entries = (self.remote.schedule if self.remote else None) or {}
        return sorted((date.fromisoformat(day), number) for number, day in entries.items())


def _kept(account_id: UUID | None) -> sa.Select[Workout, WorkoutRemote]:
    joined = sa.and_(WorkoutRemote.workout_id == Workout.id, WorkoutRemote.garmin_connect_account_id == account_id)
    return sa.select(Workout, WorkoutRemote).outerjoin(WorkoutRemote, joined)


async def every(session: AsyncSession, account_id: UUID | None) -> list[Kept]:
    """All workouts, by name."""
    rows = await session.execute(_kept(account_id).order_by(sa.func.lower(Workout.name), Workout.id))
    return [Kept(workout, remote) for workout, remote in rows]


async def one(session: AsyncSession, account_id: UUID | None, workout_id: UUID) -> Kept | None:
    """A workout by its id."""
    row = (await session.execute(_kept(account_id).where(Workout.id == workout_id))).first()
    return Kept(*row) if row else None


async def find(database: Database, account_id: UUID | None, name: str) -> Kept:
    """A workout by its name, Garmin's id, or the end of ours. Raises UsageProblem."""
    async with database.read() as session:
        kept = await every(session, account_id)
    wanted = name.strip().lower()
    by_name = [each for each in kept if each.workout.name.lower() == wanted]
    by_id = [each for each in kept if each.remote and each.remote.garmin_workout_id == wanted]
    tail = wanted.replace("-", "")
    by_tail = [each for each in kept if len(tail) >= _SHORTEST_TAIL and each.workout.id.hex.endswith(tail)]
    starting = [each for each in kept if wanted and each.workout.name.lower().startswith(wanted)]
    for found in (by_name, by_id, by_tail, starting):
        if len(found) == 1:
            return found[0]
        if found:
            what = "begin with" if found is starting else "are called"
            raise UsageProblem(
                f"{len(found)} workouts {what} “{clean(name, 60)}”.",
                hint="`garminsync workouts list` shows their ids: the end of one is enough.",
            )
    raise UsageProblem(f"There is no workout “{clean(name, 60)}”.", hint="`garminsync workouts list` shows all.")


async def add(
    session: AsyncSession, user_id: UUID, name: str, description: str | None, definition: dict[str, Any]
) -> UUID:
    """A new workout; its id."""
    workout = Workout(id=new_id(), user_id=user_id, name=name, description=description, workout_definition=definition)
    session.add(workout)
    await session.flush()
    return workout.id


async def change(
    session: AsyncSession,
    workout_id: UUID,
    name: str,
    description: str | None,
    definition: dict[str, Any],
    *,
    before: dict[str, Any] | None = None,
) -> bool:
    """Another definition for a workout; False where it is not there.

    Raises WorkoutChanged where `before` is given and it is no longer so.
    """
    if before is not None:
        found = sa.select(Workout.workout_definition).where(Workout.id == workout_id).with_for_update()
        if await session.scalar(found) != before:
            raise WorkoutChanged(
                f"{clean(name)} was changed or deleted since you opened it, by a pull or another edit.",
                hint="`garminsync workouts show` tells what it is now.",
            )
    result = await session.execute(
        sa.update(Workout)
        .where(Workout.id == workout_id)
        .values(name=name, description=description, workout_definition=definition)
        .returning(Workout.id)
    )
    return result.first() is not None


async def remove(session: AsyncSession, workout_id: UUID) -> None:
    """Delete a workout here; what is known of it at Garmin stays known."""
    await session.execute(
        sa.update(WorkoutRemote).where(WorkoutRemote.workout_id == workout_id).values(workout_id=None)
    )
    await session.execute(sa.delete(Workout).where(Workout.id == workout_id))


async def uploaded(session: AsyncSession, workout_id: UUID) -> None:
    """A push whose read-back agreed."""
    await session.execute(sa.update(Workout).where(Workout.id == workout_id).values(uploaded_to_garmin_at=now()))


# ── Their side ───────────────────────────────────────────────────────────────────────────────────────────────


async def remotes(session: AsyncSession, account_id: UUID) -> dict[str, WorkoutRemote]:
    """What is known at Garmin, by Garmin's id."""
    rows = await session.scalars(sa.select(WorkoutRemote).where(WorkoutRemote.garmin_connect_account_id == account_id))
    return {row.garmin_workout_id: row for row in rows}


async def agree(
    session: AsyncSession,
    account_id: UUID,
    garmin_workout_id: str,
    *,
    workout_id: UUID,
    document: dict[str, Any],
    definition: dict[str, Any],
    updated: str | None,
    problem: str | None = None,
) -> None:
    """Both sides hold the same now (`problem` says what Garmin made of it where they do not)."""
    # A workout has one place at Garmin: an older one that is gone there makes room.
    await session.execute(
        sa.update(WorkoutRemote)
        .where(
            WorkoutRemote.garmin_connect_account_id == account_id,
            WorkoutRemote.workout_id == workout_id,
            WorkoutRemote.garmin_workout_id != garmin_workout_id,
        )
        .values(workout_id=None)
    )
    values: dict[str, Any] = {
        "workout_id": workout_id,
        "base_document": document,
        "base_definition": definition,
        "theirs": None,
        "problem": problem,
        "garmin_updated": updated,
        "seen_at": now(),
        "gone_at": None,
    }
    if not await change_remote(session, account_id, garmin_workout_id, **values):
        key = {"garmin_connect_account_id": account_id, "garmin_workout_id": garmin_workout_id}
        await session.execute(sa.insert(WorkoutRemote).values(**key, **values))


async def change_remote(session: AsyncSession, account_id: UUID, garmin_workout_id: str, **values: Any) -> bool:
    """Write some columns of a workout's side at Garmin; False where nothing is known of it."""
    result = await session.execute(
        sa.update(WorkoutRemote)
        .where(
            WorkoutRemote.garmin_connect_account_id == account_id,
            WorkoutRemote.garmin_workout_id == garmin_workout_id,
        )
        .values(**values)
        .returning(WorkoutRemote.garmin_workout_id)
    )
    return result.first() is not None


async def mark_gone(session: AsyncSession, account_id: UUID, garmin_ids: Iterable[str]) -> None:
    """These are no longer at Garmin."""
    for garmin_workout_id in garmin_ids:
        await change_remote(session, account_id, garmin_workout_id, gone_at=now(), schedule=None)


async def forget(session: AsyncSession, account_id: UUID, garmin_workout_id: str) -> None:
    """Nothing is at Garmin under this id any more, and that was wanted."""
    await session.execute(
        sa.delete(WorkoutRemote).where(
            WorkoutRemote.garmin_connect_account_id == account_id,
            WorkoutRemote.garmin_workout_id == garmin_workout_id,
        )
    )


async def plan(session: AsyncSession, account_id: UUID, entries: Sequence[tuple[str, str, date]]) -> None:
    """The calendar as it is now: (entry, Garmin's workout id, day); what is not among them is planned no more.

    With it, everything at Garmin was looked at.
    """
    by_workout: dict[str, dict[str, str]] = {}
    for number, garmin_workout_id, day in entries:
        by_workout.setdefault(garmin_workout_id, {})[number] = day.isoformat()
    for garmin_workout_id, remote in (await remotes(session, account_id)).items():
        planned = by_workout.get(garmin_workout_id)
        values = {"schedule": planned} if (remote.schedule or None) != planned else {}
        await change_remote(session, account_id, garmin_workout_id, seen_at=now(), **values)
