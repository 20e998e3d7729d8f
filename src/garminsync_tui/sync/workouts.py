"""Workouts between here and Garmin: brought in, pushed, planned, deleted; each side's changes told apart.

Nothing is pushed but what somebody asked to push. What was changed on both sides waits for a choice. Making a workout
at Garmin is not safe to repeat, so that it is about to be made is written down first, and a run that finds such a note
looks for the workout before it makes one.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from ..errors import GarminSyncError, InvalidWorkout, NotAtGarmin, UsageProblem, WorkoutChanged
from ..garmin import workouts as garmin
from ..garmin.client import Client
from ..garmin.exercises import catalogue
from ..jobs.queue import Queue
from ..jobs.run import JobRun
from ..models import WorkoutRemote
from ..store import workouts as store
from ..store.workouts import Kept, State
from ..workouts.athlete import Athlete
from ..workouts.athlete_terms import resolved
from ..workouts.definition import Workout
from ..workouts.differences import Difference, same_meaning
from ..workouts.findings import with_those_of
from ..workouts.garmin_json import patched
from ..workouts.garmin_reading import from_garmin
from ..workouts.garmin_remarks import contradictions
from ..workouts.garmin_writing import to_garmin
from ..workouts.merge import taken_over
from ..workouts.ownership import read_only
from ..workouts.readiness import findings

#: The calendar is looked at from this month on, so many months.
_MONTHS = 3
_MONTH = timedelta(days=31)
#: How far the clocks of Garmin and of this machine may differ.
_SKEW = timedelta(minutes=10)
#: How often a sync of everything looks at workouts too.
_LOOK_EVERY = timedelta(hours=6)
_NOT_READ_BACK = "It was sent, and not read back yet."


# ── Bringing in ──────────────────────────────────────────────────────────────────────────────────────────────


async def pull(run: JobRun, client: Client, athlete: Athlete) -> None:
    """Bring in what is new or changed at Garmin; what was edited on both sides is only marked."""
    async with run.database.read() as session:
        known = await store.remotes(session, run.account_id)
    unanswered = await _unanswered(run)
    seen: set[str] = set()
    total = len(known)
    async for page in garmin.listed(client):
        total = max(total, len(seen) + len(page))
        for row in page:
            seen.add(row.garmin_workout_id)
            run.progress(len(seen), total, f"{len(seen)} workouts looked at")
            await run.breathe(client.requests)
            await _look_at(run, client, athlete, row, known.get(row.garmin_workout_id), unanswered)
    missing = [number for number, remote in known.items() if number not in seen and not remote.gone_at]
    gone = [number for number in missing if await _is_gone(run, client, number)]
    entries = await garmin.planned(client, _months())
    async with run.page() as session:
        await store.mark_gone(session, run.account_id, gone)
        await store.plan(session, run.account_id, entries)
    for number in gone:
        if known[number].workout_id is None:
            continue  # deleted here before
        _count(run, "gone")
        await run.note("warning", f"Workout {number} is no longer at Garmin; it is kept here.")
    result = run.result
    told = [f"{result[what]} {what}" for what in ("new", "changed", "in conflict", "gone") if result.get(what)]
    run.progress(1, 1, ", ".join(told) or f"{len(seen)} workouts, nothing new")


async def _is_gone(run: JobRun, client: Client, number: str) -> bool:
    """Whether Garmin says so itself: a list may be cut short, or move on while it is read."""
    await run.breathe(client.requests)
    try:
        await garmin.get(client, number)
    except NotAtGarmin:
        return True
    return False


async def is_due(run: JobRun) -> bool:
    """Whether to pull: always with the parameter `look`; as a part of every sync a few times a day."""
    if run.parameters.get("look"):
        return True
    async with run.database.read() as session:
        known = (await store.remotes(session, run.account_id)).values()
    return not known or min(remote.seen_at for remote in known) <= datetime.now(UTC) - _LOOK_EVERY


def _months() -> list[date]:
    first = datetime.now(UTC).date().replace(day=1)
    return [first + number * _MONTH for number in range(_MONTHS)]


async def _look_at(
    run: JobRun,
    client: Client,
    athlete: Athlete,
    row: garmin.Listed,
    remote: WorkoutRemote | None,
    unanswered: dict[UUID, _Sent],
) -> None:
    if remote is not None and remote.workout_id is None:
        return  # deleted here alone
    settled = remote is not None and not remote.gone_at and remote.theirs is None
    if settled and remote and row.updated and remote.garmin_updated == row.updated:
        return
    try:
        document = await garmin.get(client, row.garmin_workout_id)
    except NotAtGarmin:
        return  # deleted since it was listed: the next pull says so
    try:
        theirs = from_garmin(document)
    except InvalidWorkout as problem:
        run.failed_item(row.name or row.garmin_workout_id, problem.message)
        return
    for odd in contradictions(document):
        await run.note("warning", f"{row.name}: {odd}")
    if remote is None:
        await _new(run, row, document, theirs, unanswered)
    else:
        await _changed(run, row, document, theirs, remote, athlete)


async def _new(
    run: JobRun, row: garmin.Listed, document: dict[str, Any], theirs: Workout, unanswered: dict[UUID, _Sent]
) -> None:
    async with run.page() as session:
        for workout_id, sent in unanswered.items():
            kept = await store.one(session, run.account_id, workout_id)
            if kept and (kept.remote is None or kept.remote.gone_at) and sent.became(document):
                await store.agree(
                    session, run.account_id, row.garmin_workout_id,
                    workout_id=workout_id, document=document, definition=kept.workout.workout_definition,
                    updated=row.updated, problem=_NOT_READ_BACK,
                )  # fmt: skip
                return
        workout_id = await store.add(session, run.user_id, _name(theirs), theirs.note, theirs.stored())
        await store.agree(
            session, run.account_id, row.garmin_workout_id,
            workout_id=workout_id, document=document, definition=theirs.stored(), updated=row.updated,
        )  # fmt: skip
        _count(run, "new")


async def _changed(
    run: JobRun,
    row: garmin.Listed,
    document: dict[str, Any],
    theirs: Workout,
    remote: WorkoutRemote,
    athlete: Athlete,
) -> None:
    async with run.page() as session:
        kept = await store.one(session, run.account_id, _workout_id(remote))
        if kept is None:
            return
        number = row.garmin_workout_id
        if not same_meaning(remote.base_document, document):
            # The same again: only the date differs, or a change was taken back.
            await store.change_remote(
                session, run.account_id, number, garmin_updated=row.updated, theirs=None, gone_at=None
            )
        elif kept.workout.workout_definition == remote.base_definition:
            await _take(run, session, kept, document, theirs, row.updated)
            _count(run, "changed")
        elif _says(document, kept, athlete):
            # The same change on both sides, or a push of ours that did not live to read it back.
            await store.agree(
                session, run.account_id, number,
                workout_id=kept.workout.id, document=document, definition=kept.workout.workout_definition,
                updated=row.updated,
            )  # fmt: skip
        else:
            await store.change_remote(
                session, run.account_id, number, garmin_updated=row.updated, theirs=document, gone_at=None
            )
            _count(run, "in conflict")
            await run.note("warning", f"{kept.workout.name} was changed here and at Garmin: push it with a choice.")


def _says(document: dict[str, Any], kept: Kept, athlete: Athlete) -> bool:
    """Whether Garmin's document says what is kept here."""
    try:
        return not same_meaning(to_garmin(resolved(Workout.read(kept.workout.workout_definition), athlete)), document)
    except InvalidWorkout:
        return False


async def _take(
    run: JobRun, session: Any, kept: Kept, document: dict[str, Any], theirs: Workout, updated: str | None
) -> None:
    """Garmin's side wins; what it left as it was keeps our words."""
    remote = kept.remote
    assert remote is not None, "only a workout that is at Garmin was changed there"
    ours = Workout.read(remote.base_definition)
    merged = taken_over(ours, from_garmin(remote.base_document), theirs)
    stored = merged.stored()
    await store.change(session, kept.workout.id, _name(merged), merged.note, stored)
    await store.agree(
        session, run.account_id, remote.garmin_workout_id,
        workout_id=kept.workout.id, document=document, definition=stored, updated=updated,
    )  # fmt: skip


# ── Pushing ──────────────────────────────────────────────────────────────────────────────────────────────────


async def upload(run: JobRun, client: Client, athlete: Athlete) -> None:
    """Do at Garmin what `parameters` say: `do` (push, delete, schedule, unschedule) with `workout`.

    A push of what was changed at Garmin meanwhile needs `choice`: "mine", "theirs" or "both". Raises WorkoutChanged,
    InvalidWorkout.
    """
    kept = await _kept(run, UUID(run.checkpoint.get("copy") or run.parameters["workout"]))
    match run.parameters.get("do", "push"):
        case "push":
            await _Push(run, client, athlete).push(kept)
        case "delete":
            await _delete(run, client, kept)
        case "schedule":
            await _schedule(run, client, kept, date.fromisoformat(run.parameters["day"]))
        case "unschedule":
            await _unschedule(run, client, kept, date.fromisoformat(run.parameters["day"]))
        case other:
            raise UsageProblem(f"Nothing is known of “{other}”.")


def pushable(kept: Kept, athlete: Athlete) -> tuple[Workout, Workout]:
    """A workout as it is here, and as Garmin can take it today. Raises InvalidWorkout, UsageProblem."""
    name, known = kept.workout.name, catalogue()
    if kept.remote is not None:
        if reason := read_only(kept.remote.base_document):
            raise UsageProblem(
                f"{name} {reason}; it cannot be changed.",
                hint="`garminsync workouts duplicate` makes one of your own from it.",
            )
        known = with_those_of(known, Workout.read(kept.remote.base_definition))
    definition = Workout.read(kept.workout.workout_definition)
    for finding in findings(definition, athlete, known):
        if finding.severity == "error":
            raise InvalidWorkout(finding.place, finding.message, hint=finding.suggestion or "", name=name)
    try:
        return definition, resolved(definition, athlete)
    except InvalidWorkout as problem:
        raise InvalidWorkout(problem.place, problem.reason, hint=problem.hint, name=name) from None


class _Push:
    def __init__(self, run: JobRun, client: Client, athlete: Athlete) -> None:
        self._run = run
        self._client = client
        self._athlete = athlete

    async def push(self, kept: Kept) -> None:
        """Bring a workout to Garmin, read it back and compare."""
        remote = kept.remote
        if self._choice == "theirs" and remote is not None and not remote.gone_at:
            await self._take_theirs(kept, remote.garmin_workout_id)
            return
        definition, ready = pushable(kept, self._athlete)
        if remote is None or (remote.gone_at and self._choice == "mine"):
            await self._create(kept.workout.id, definition, ready)
        elif remote.gone_at:
            raise _vanished(kept)
        else:
            await self._replace(kept, remote, definition, ready)

    @property
    def _choice(self) -> str | None:
        choice: str | None = self._run.parameters.get("choice")
        return choice

    async def _replace(self, kept: Kept, remote: WorkoutRemote, definition: Workout, ready: Workout) -> None:
        number = remote.garmin_workout_id
        current = await self._current(number)
        if current is None:
            if self._choice == "mine":
                await self._create(kept.workout.id, definition, ready)
                return
            raise _vanished(kept)
        changes = same_meaning(remote.base_document, current) if self._choice != "mine" else []
        if changes and same_meaning(current, to_garmin(ready)):
            await self._conflict(kept, current, changes)
            return
        await garmin.replace(self._client, number, patched(current, ready))
        await self._settle(kept.workout.id, number, definition, ready)

    async def _current(self, number: str) -> dict[str, Any] | None:
        """What Garmin holds now; None, and marked so, where it is gone."""
        try:
            return await garmin.get(self._client, number)
        except NotAtGarmin:
            async with self._run.page() as session:
                await store.mark_gone(session, self._run.account_id, [number])
            return None

    async def _take_theirs(self, kept: Kept, number: str) -> None:
        current = await self._current(number)
        if current is None:
            raise _vanished(kept)
        async with self._run.page() as session:
            await _take(self._run, session, kept, current, from_garmin(current), _updated(current))
        self._run.progress(1, 1, f"{kept.workout.name}: Garmin's version was taken over")

    async def _conflict(self, kept: Kept, current: dict[str, Any], changes: Iterable[Difference]) -> None:
        run = self._run
        remote = kept.remote
        assert remote is not None, "a conflict has two sides"
        theirs, updated = from_garmin(current), _updated(current)
        if self._choice == "both":
            async with run.page() as session:
                mine = kept.workout
                name = f"{mine.name} (mine)"
                copy = {**mine.workout_definition, "name": name}
                copy_id = await store.add(session, run.user_id, name, mine.description, copy)
                await _take(run, session, kept, current, theirs, updated)
                run.checkpoint["copy"] = copy_id.hex
            copied = await _kept(run, copy_id)
            await self._create(copy_id, *pushable(copied, self._athlete))
        else:
            async with run.page() as session:
                await store.change_remote(
                    session, run.account_id, remote.garmin_workout_id, theirs=current, garmin_updated=updated
                )
            raise WorkoutChanged(
                f"{kept.workout.name} was changed at Garmin since: {_words(changes)}.",
                hint="Push again with --choose mine, theirs or both.",
            )

    async def _create(self, workout_id: UUID, definition: Workout, ready: Workout) -> None:
        run, document = self._run, to_garmin(ready)
        sent = (await _unanswered(run)).get(workout_id)
        found = await self._made_before(sent) if sent else None
        number = found
        if number is None:
            run.checkpoint.setdefault("creating", datetime.now(UTC).isoformat())
            run.checkpoint["sent"] = document
            async with run.page():
                pass
            number = await garmin.create(self._client, document)
        run.checkpoint["made"] = number
        async with run.page() as session:
            await store.agree(
                session, run.account_id, number,
                workout_id=workout_id, document=document, definition=definition.stored(), updated=None,
                problem=_NOT_READ_BACK,
            )  # fmt: skip
        if found is not None:  # it may have been edited since it was sent
            await garmin.replace(self._client, found, patched(await garmin.get(self._client, found), ready))
        await self._settle(workout_id, number, definition, ready)

    async def _made_before(self, sent: _Sent) -> str | None:
        """The workout of an earlier try whose answer never came."""
        async with self._run.database.read() as session:
            known = await store.remotes(session, self._run.account_id)
        rows = [row async for page in garmin.listed(self._client) for row in page]
        for row in rows:
            if row.garmin_workout_id in known or row.name != sent.document["workoutName"]:
                continue
            if sent.became(await garmin.get(self._client, row.garmin_workout_id)):
                await self._run.note("info", "It was made by an earlier try already.")
                return row.garmin_workout_id
        return None

    async def _settle(self, workout_id: UUID, number: str, definition: Workout, ready: Workout) -> None:
        """Read back and compare; only what agrees is called uploaded."""
        run, name = self._run, _name(definition)
        run.progress(1, 2, f"{name}: reading it back")
        back = await garmin.get(self._client, number)
        differences = same_meaning(to_garmin(ready), back)
        async with run.page() as session:
            await store.agree(
                session, run.account_id, number,
                workout_id=workout_id, document=back, definition=definition.stored(), updated=_updated(back),
                problem=_words(differences) or None,
            )  # fmt: skip
            if not differences:
                await store.uploaded(session, workout_id)
            run.result["garmin_workout_id"] = number
            run.result["changed_by_garmin"] = [str(each) for each in differences]
        for difference in differences:
            run.failed_item(name, f"Garmin changed it: {difference}")
        told = "pushed, and read back the same" if not differences else "pushed; Garmin changed something"
        run.progress(2, 2, f"{name}: {told}")


class _Sent(NamedTuple):
    """A new workout on its way to Garmin, of which nobody knows whether it arrived."""

    since: datetime
    document: dict[str, Any]

    def became(self, found: dict[str, Any]) -> bool:
        """Whether a workout at Garmin that nobody here knows is this one."""
        if found.get("workoutName") != self.document["workoutName"]:
            return False
        return not same_meaning(self.document, found) or _created(found) >= self.since - _SKEW


async def _unanswered(run: JobRun) -> dict[UUID, _Sent]:
    """Workouts that were sent as new ones, also by other jobs than this, without an answer."""
    found: dict[UUID, _Sent] = {}
    jobs = await Queue(run.database).list(job_type="workout_upload", limit=None)
    tries = [(job.checkpoint or {}, job) for job in jobs if job.garmin_connect_account_id == run.account_id]
    for checkpoint, job in sorted(tries, key=lambda each: str(each[0].get("creating"))):
        workout_id = UUID(checkpoint.get("copy") or (job.extra or {})["parameters"]["workout"])
        if "made" in checkpoint:
            found.pop(workout_id, None)
        elif "sent" in checkpoint:
            found[workout_id] = _Sent(datetime.fromisoformat(checkpoint["creating"]), checkpoint["sent"])
    return found


def _vanished(kept: Kept) -> WorkoutChanged:
    return WorkoutChanged(
        f"{kept.workout.name} is no longer at Garmin.",
        hint="`garminsync workouts push --choose mine` makes it anew; `garminsync workouts delete` drops it here too.",
    )


async def _delete(run: JobRun, client: Client, kept: Kept) -> None:
    remote = kept.remote
    if remote is not None and not remote.gone_at:
        await garmin.delete(client, remote.garmin_workout_id)
    async with run.page() as session:
        await store.remove(session, kept.workout.id)
        if remote is not None:
            await store.forget(session, run.account_id, remote.garmin_workout_id)
    run.progress(1, 1, f"{kept.workout.name}: deleted here and at Garmin")


async def _schedule(run: JobRun, client: Client, kept: Kept, day: date) -> None:
    number = _at_garmin(kept)
    # An entry is not safe to make twice: one that is there already is the one that was asked for.
    entries = await garmin.planned(client, [day])
    if not any(each.garmin_workout_id == number and each.day == day for each in entries):
        made = await garmin.schedule(client, number, day)
        if made is None:
            entries = await garmin.planned(client, [day])
        else:
            entries.append(garmin.Planned(made, number, day))
    await _planned(run, kept, {each.schedule_id: each.day for each in entries if each.garmin_workout_id == number}, day)
    run.progress(1, 1, f"{kept.workout.name}: planned for {day:%a %d %b %Y}")


async def _unschedule(run: JobRun, client: Client, kept: Kept, day: date) -> None:
    number = _at_garmin(kept)
    entries = [each for each in await garmin.planned(client, [day]) if each.garmin_workout_id == number]
    for each in entries:
        if each.day == day:
            await garmin.unschedule(client, each.schedule_id)
    await _planned(run, kept, {each.schedule_id: each.day for each in entries if each.day != day}, day)
    run.progress(1, 1, f"{kept.workout.name}: taken off {day:%a %d %b %Y}")


async def _planned(run: JobRun, kept: Kept, of_month: dict[str, date], month: date) -> None:
    """Write down what the calendar holds for a workout, where one month of it was looked at."""
    elsewhere = {number: day for day, number in kept.days if (day.year, day.month) != (month.year, month.month)}
    entries = {number: day.isoformat() for number, day in {**elsewhere, **of_month}.items()}
    async with run.page() as session:
        await store.change_remote(session, run.account_id, _at_garmin(kept), schedule=entries or None)


def _at_garmin(kept: Kept) -> str:
    if kept.remote is None or kept.state is State.GONE:
        raise UsageProblem(
            f"{kept.workout.name} is not at Garmin.", hint="`garminsync workouts push` brings it there first."
        )
    return kept.remote.garmin_workout_id


# ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def _kept(run: JobRun, workout_id: UUID) -> Kept:
    async with run.database.read() as session:
        kept = await store.one(session, run.account_id, workout_id)
    if kept is None:
        raise GarminSyncError("The workout was deleted meanwhile.", hint="Nothing was sent to Garmin.")
    return kept


def _workout_id(remote: WorkoutRemote) -> UUID:
    assert remote.workout_id is not None, "what was deleted here was left out before"
    return remote.workout_id


def _name(workout: Workout) -> str:
    return (workout.name or "").strip() or "Workout"


def _updated(document: dict[str, Any]) -> str | None:
    updated = document.get("updatedDate") or document.get("updateDate")
    return str(updated) if updated else None


def _created(document: dict[str, Any]) -> datetime:
    """When Garmin says it was made (naive text in UTC); long ago where it does not say."""
    try:
        moment = datetime.fromisoformat(str(document.get("createdDate")))
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _words(differences: Iterable[Difference]) -> str:
    return "; ".join(map(str, differences))


def _count(run: JobRun, what: str) -> None:
    run.result[what] = run.result.get(what, 0) + 1
