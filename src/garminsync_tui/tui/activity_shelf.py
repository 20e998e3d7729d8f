"""What the screens of activities read: their list, and what is in their files."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from .. import formats
from ..config import Config
from ..errors import FileDamaged
from ..filters import Condition
from ..models import Activity
from ..store import activity_lists
from ..store.activity_lists import Day, Key, Listing, Stamp, Totals
from ..store.database import Database
from ..store.figures import Waiting
from ..store.files import FileStore
from ..store.plain import AskedSession
from ..store.records import Best, records
from ..sync import examine
from ..transfer import activity_files
from .recorded import Recorded, recorded
from .undisturbed import undisturbed

#: (kind, span) of best efforts.
Spans = frozenset[tuple[str, float]]


class Listed(NamedTuple):
    """A list of activities: the ids of all in their order, what they add up to, and what it was read at."""

    keys: list[Key]
    totals: Totals
    stamp: Stamp


class Recording(NamedTuple):
    """What is in an activity's file, or why it cannot be read; `drawn` is None where there is nothing to draw."""

    track: formats.Track | None
    drawn: Recorded | None
    problem: str


class Examined(NamedTuple):
    """All that a file tells, and which best efforts are records: of all time, and of the activity's year."""

    seen: examine.Examined
    records: Spans
    year_records: Spans


class ActivityShelf:
    """Reads activities. `under_way` is the engine's set of what uses the database."""

    def __init__(
        self, config: Config, database: Database, files: FileStore, under_way: set[asyncio.Future[Any]]
    ) -> None:
        self._config = config
        self._database = database
        self._files = files
        self.under_way = under_way

    @undisturbed
    async def stamp(self) -> Stamp:
        """Another one whenever an activity was added, removed or changed."""
        async with self._database.read() as session:
            return await activity_lists.stamp(session)

    @undisturbed
    async def listed(self, conditions: Sequence[Condition], order: str, descending: bool) -> Listed:
        """All activities that meet the conditions, without their rows."""
        async with self._database.read() as session:
            stamp = await activity_lists.stamp(session)
            keys = await activity_lists.keys(session, conditions, order=order, descending=descending)
            return Listed(keys, await activity_lists.totals(session, conditions), stamp)

    @undisturbed
    async def window(self, keys: Sequence[Key]) -> list[Listing]:
        """Some rows of a list."""
        async with self._database.read() as session:
            return await activity_lists.window(session, keys)

    @undisturbed
    async def days(self, conditions: Sequence[Condition], year: int) -> list[Day]:
        """The days of a year with activities that meet the conditions."""
        async with self._database.read() as session:
            return await activity_lists.days(session, conditions, year)

    @undisturbed
    async def types(self) -> list[str]:
        """The types of activities there are, the most frequent first."""
        async with self._database.read() as session:
            return await activity_lists.types(session)

    @undisturbed
    async def one(self, activity_id: UUID) -> Activity:
        """One activity."""
        async with self._database.read() as session:
            return await session.get_one(Activity, activity_id)

    @undisturbed
    async def original(self, activity: Activity) -> Path:
        """Where an activity's file lies on this machine. Raises FileDamaged, OSError."""
        return await self._files.open(self._database, activity)

    @undisturbed
    async def write_file(self, activity: Activity, form: str, place: Path, *, replace: bool) -> tuple[str, list[str]]:
        """Write a recording into a file, in a thread; how much, and what was left out. Raises GarminSyncError."""
        source = await self._files.open(self._database, activity)
        return await asyncio.to_thread(activity_files.write_file, activity, source, form, place, replace=replace)

    async def get_ready(self) -> None:
        """Import what reads recordings, which takes a tenth of a second, before somebody waits for it."""
        await asyncio.to_thread(importlib.import_module, f"{formats.__name__}.fit")

    async def recording(self, activity: Activity) -> Recording:
        """What is in an activity's file, read in a thread."""
        try:
            path = await self.original(activity)
            track, drawn = await asyncio.to_thread(_read, path, activity.activity_type)
        except FileDamaged as problem:
            return Recording(None, None, problem.reason)
        except OSError as problem:
            return Recording(None, None, problem.strerror or type(problem).__name__)
        return Recording(track, drawn, "")

    @undisturbed
    async def examined(self, activity: Activity, track: formats.Track) -> Examined:
        """All that the recording in an activity's file tells, computed in a thread."""
        seen = await examine.examine_track(self._database, self._config, activity, track)
        if not seen.measured.bests:
            return Examined(seen, frozenset(), frozenset())
        year = Waiting(activity).day.year
        async with self._database.read() as session:
            asked = AskedSession(session)
            every = await records(asked, seen.measured.sport)
            of_year = await records(asked, seen.measured.sport, date(year, 1, 1), date(year, 12, 31))
        return Examined(seen, _held(activity, every), _held(activity, of_year))


def _held(activity: Activity, best: Sequence[Best]) -> Spans:
    """What of it an activity holds."""
    return frozenset((each.kind, each.span) for each in best if each.activity_id == activity.id)


def _read(path: Path, activity_type: str) -> tuple[formats.Track, Recorded | None]:
    track = formats.read_track(path)
    return track, recorded(track, activity_type)
