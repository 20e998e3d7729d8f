"""Health out of files: what devices measured all day, and what an account's archive tells of days.

The ledger and the memory of imports are the checkpoint: days are stored together with the files that told them, so that
an import that was interrupted reads only the rest, and one that is repeated changes nothing.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import batched
from uuid import UUID
from zoneinfo import ZoneInfo

from ...columns import from_ms, to_ms
from ...errors import FileDamaged, GarminSyncError
from ...formats.fit_identity import fit_identity
from ...formats.fit_parts import MAX_FIT_BYTES
from ...formats.fit_wellness import Wellness, read_wellness
from ...garmin.endpoints import BY_NAME
from ...jobs.queue import Transaction
from ...jobs.run import JobRun
from ...store import accounts, days
from ...store.filling import Filled, ToldDay, fill_days
from ...store.health import ARCHIVE, FIT, roll_up_moved
from ..archive.answers import Row
from ..archive.families import BATCHES, SUMMARIES, Family, family_of
from ..wellness.days import told_days
from ..wellness.local_days import LocalDays, Span
from .archived_days import ArchivedDays
from .json_stream import items
from .memory import write_down
from .sources import Found
from .tally import Tally

_NOTHING_HERE = "holds no measurement that is known here"
_NOT_HEALTH = "a state of the account, and no measurement of a day"
#: So many files are read before days are stored; a watch begins one to four a day.
_FILES_AT_ONCE = 60
#: A file begins so long before or after what is in it: a night's is written in the morning.
_REACH = timedelta(days=3)
_DAYS_AT_ONCE = 100
_ROWS_AT_ONCE = 5_000
_DAY = timedelta(days=1)


async def import_wellness(run: JobRun, account_id: UUID, found: Sequence[Found], tally: Tally) -> None:
    """FIT files with measurements of days and nights, oldest first, a few days at a time."""
    account = await accounts.get(run.database, account_id)
    watch = _Watch(run, account_id, days.zone_of(account.time_zone), tally)
    begun = await asyncio.to_thread(_in_order, found)
    for each, created in begun:
        await run.breathe()
        run.database.require_reserve()
        run.progress(run.share or 0, 1, each.name)
        await watch.take(each)
        if created is not None and watch.is_full:
            await watch.store(before=created - _REACH)
    await watch.store(before=date.max)


def _in_order(found: Iterable[Found]) -> list[tuple[Found, date | None]]:
    """By the time at which they were begun; those that do not know it come last."""
    begun = []
    for each in found:
        try:
            created = fit_identity(each.head).time_created
        except FileDamaged:
            created = None
        begun.append((each, created))
    begun.sort(key=lambda pair: (pair[1] is None, pair[1].timestamp() if pair[1] else 0))
    return [(each, created.date() if created else None) for each, created in begun]


@dataclass(slots=True)
class _Read:
    """A file that was read, and the days that it touches and that are not stored yet."""

    found: Found
    sha256: bytes
    content: Wellness
    days: set[date]
    stored: bool = False


class _Watch:
    """Files that were read and wait until all files of their days were."""

    def __init__(self, run: JobRun, account_id: UUID, zone: ZoneInfo, tally: Tally) -> None:
        self._run = run
        self._account_id = account_id
        self._zone = zone
        self._tally = tally
        self._waiting: list[_Read] = []
        self._kept = 0

    @property
    def is_full(self) -> bool:
        """Whether enough was read since days were stored last."""
        return len(self._waiting) >= self._kept + _FILES_AT_ONCE

    async def take(self, found: Found) -> None:
        """Read one file; one without anything, or damaged from the start, is settled at once."""
        try:
            sha256, content = await asyncio.to_thread(_read, found)
        except FileDamaged as damage:
            self._tally.failed(found, damage.reason)
            return
        if not content.has_content:
            reason = content.problems[0] if content.problems else _NOTHING_HERE
            self._tally.skipped(found, reason, sha256=sha256)
            return
        self._waiting.append(_Read(found, sha256, content, set()))

    async def store(self, before: date) -> None:
        """Store the days before a date, and settle the files of which nothing else is to come."""
        if not self._waiting:
            await self._settle([])
            return
        local = await self._local_days()
        told = await asyncio.to_thread(self._told, local)
        wanted = {day for each in self._waiting for day in each.days if day < before}
        due = {endpoint: [each for each in every if each.day in wanted] for endpoint, every in told.items()}
        async with self._run.page() as session:
            if wanted:
                await _know_days(session, self._account_id, self._zone, wanted, local)
            changed = await _fill(session, self._account_id, FIT, due, self._tally)
            for each in self._waiting:
                each.stored |= not changed.isdisjoint(each.days & wanted)
                each.days -= wanted
            done = [each for each in self._waiting if not each.days]
            self._waiting = [each for each in self._waiting if each.days]
            await self._settle(done, session)
        self._kept = len(self._waiting)

    async def _settle(self, done: Sequence[_Read], session: Transaction | None = None) -> None:
        for each in done:
            note = "; ".join(each.content.problems)
            settle = self._tally.imported if each.stored else self._tally.known
            settle(each.found, note, sha256=each.sha256, account_id=self._account_id)
        if session is not None:
            await write_down(self._run, session, self._tally)

    async def _local_days(self) -> LocalDays:
        """Where days begin, for all that waits."""
        instants = [at_ms for each in self._waiting for at_ms in _instants(each.content)]
        first, last = (from_ms(at_ms).date() for at_ms in (min(instants), max(instants)))
        async with self._run.database.read() as session:
            bounds = await days.told(session, self._account_id, first - 2 * _DAY, last + 2 * _DAY)
        clock = [entry for each in self._waiting for entry in each.content.clock]
        spans = {each.day: Span(to_ms(each.starts_at), to_ms(each.ends_at)) for each in bounds}
        return LocalDays(spans, clock, self._zone)

    def _told(self, local: LocalDays) -> dict[str, list[ToldDay]]:
        for each in self._waiting:
            if not each.days and not each.stored:
                each.days = {local.day_of(at_ms) for at_ms in _instants(each.content)}
        return told_days((each.content for each in self._waiting), local)


def _read(found: Found) -> tuple[bytes, Wellness]:
    with found.open() as stream:
        content = stream.read(MAX_FIT_BYTES + 1)
    return hashlib.sha256(content).digest(), read_wellness(found.name, content)


def _instants(content: Wellness) -> Iterable[int]:
    """When anything in it was."""
    yield from (each.at_ms for each in content.readings)
    yield from (each.at_ms for each in content.dated)
    yield from (each.at_ms - 1 for each in content.counts)
    yield from (each.at_ms - 1 for each in content.gains)
    yield from (each.at_ms for each in content.levels)


async def _know_days(
    session: Transaction, account_id: UUID, zone: ZoneInfo, wanted: Iterable[date], local: LocalDays | None = None
) -> None:
    """Say when some days begin and end: as the watch's own clock was, where it tells."""
    ordered = sorted(wanted)
    await days.ensure(session, account_id, zone, ordered[0] - _DAY, ordered[-1] + _DAY)
    if local is None:
        return
    known = {each.day for each in await days.told(session, account_id, ordered[0], ordered[-1])}
    bounds = []
    for day in ordered:
        span = local.span(day)
        offset_s = local.offset_of_clock(span.starts_ms)
        if day not in known and offset_s is not None and local.offset_of_clock(span.ends_ms) is not None:
            bounds.append(days.Bounds(day, from_ms(span.starts_ms), from_ms(span.ends_ms), offset_s))
    await roll_up_moved(session, account_id, await days.save(session, account_id, bounds))


async def _fill(
    session: Transaction, account_id: UUID, source: str, told: Mapping[str, Sequence[ToldDay]], tally: Tally
) -> set[date]:
    """Store days by endpoint; which of them got something."""
    changed: set[date] = set()
    for endpoint, every in told.items():
        filled: Filled = await fill_days(session, account_id, endpoint, BY_NAME[endpoint].metrics, source, every)
        changed |= filled.stored
        if filled.readings:
            tally.gained["readings"] += filled.readings
    tally.days |= changed
    return changed


# ── The archive ──────────────────────────────────────────────────────────────────────────────────────────


async def import_archive(run: JobRun, account_id: UUID, found: Sequence[Found], tally: Tally) -> None:
    """The JSON files of an account's archive that tell of days, those first that tell when each begins."""
    account = await accounts.get(run.database, account_id)
    zone = days.zone_of(account.time_zone)
    families: dict[Family, list[Found]] = defaultdict(list)
    for each in found:
        family = family_of(each.file_name)
        if family is None:
            tally.skipped(each, _NOT_HEALTH)
        else:
            families[family].append(each)
    for batch in BATCHES:
        archived = ArchivedDays()
        whole: list[Found] = []
        for family in batch:
            for each in families[family]:
                await run.breathe()
                run.progress(run.share or 0, 1, each.name)
                reason = await asyncio.to_thread(_take, archived, family, each)
                if reason:
                    tally.failed(each, reason)
                else:
                    whole.append(each)
        changed: set[date] = set()
        for some in batched(archived.days(), _DAYS_AT_ONCE):
            await run.breathe()
            run.database.require_reserve()
            async with run.page() as session:
                await _know_days(session, account_id, zone, some)
                if SUMMARIES in batch:
                    await archived.save_bounds(session, account_id, some)
                changed |= await _fill(session, account_id, ARCHIVE, archived.told(some), tally)
        async with run.page() as session:
            for each in whole:
                (tally.imported if archived.days_of[each.fingerprint] & changed else tally.known)(
                    each, account_id=account_id
                )
            await write_down(run, session, tally)


def _take(archived: ArchivedDays, family: Family, found: Found) -> str:
    """Read one file; why it could not be read to its end, in half a sentence."""
    reason = ""
    for rows in _by_day(found):
        if isinstance(rows, FileDamaged):
            return rows.reason
        try:
            archived.add(family, found.fingerprint, rows)
        except GarminSyncError as problem:
            reason = reason or problem.message
    return reason


def _by_day(found: Found) -> Iterator[list[Row] | FileDamaged]:
    """Some rows at a time, those of one day together; and at the end, what is wrong with the file."""
    some: list[Row] = []
    try:
        for row in items(found):
            if not isinstance(row, dict):
                continue
            if len(some) >= _ROWS_AT_ONCE and row.get("calendarDate") != some[-1].get("calendarDate"):
                yield some
                some = []
            some.append(row)
    except FileDamaged as damage:
        yield from (some, damage)
    else:
        yield some
