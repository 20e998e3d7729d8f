"""Health out of the files of devices: what watches, scales and cuffs measured.

The ledger and the memory of imports are the checkpoint: days are stored together with the files that told them, so that
an import that was interrupted reads only the rest, and one that is repeated changes nothing.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import product
from uuid import UUID
from zoneinfo import ZoneInfo

from ...columns import from_ms, to_ms
from ...errors import FileDamaged
from ...formats.fit_identity import fit_identity
from ...formats.fit_parts import MAX_FIT_BYTES
from ...formats.fit_wellness import Wellness, read_wellness
from ...jobs.queue import Transaction
from ...jobs.run import JobRun
from ...store import accounts, days
from ...store.filling import ToldDay
from ...store.health import FIT
from ..wellness.days import endpoints_told, told_days
from ..wellness.local_days import LocalDays, Span
from .memory import write_down
from .sources import INSIDE, OPEN_ARCHIVES, Found
from .storing import fill, know_days
from .tally import Tally

_NOTHING_HERE = "holds no measurement that is known here"
#: So many files are read before days are stored; a watch begins one to four a day.
_FILES_AT_ONCE = 60
#: A file begins so long before or after what is in it: a night's is written in the morning.
_REACH = timedelta(days=3)
_DAY = timedelta(days=1)
#: A device further ahead of this machine's clock is wrong.
_MOST_AHEAD_S = 366 * 86_400


async def import_wellness(
    run: JobRun, account_id: UUID, found: Sequence[Found], tally: Tally, before: Sequence[Found] = ()
) -> None:
    """FIT files with measurements of days and nights, oldest first, a few days at a time.

    `before` are files that an earlier import took: where new ones belong to the same days, they are read once more,
    because a counter is understood, and a day known to be whole, only from all files of the day.
    """
    account = await accounts.get(run.database, account_id)
    watch = _Watch(run, account_id, days.zone_of(account.time_zone), tally)
    for each, created, is_new in await asyncio.to_thread(_in_order, found, before):
        await run.breathe()
        run.database.require_reserve()
        tally.show(run, each.name)
        await watch.take(each, is_new=is_new)
        if created is not None and watch.is_full:
            await watch.store(before=created - _REACH)
    await watch.store(before=date.max)


def _in_order(found: Iterable[Found], before: Iterable[Found]) -> list[tuple[Found, date | None, bool]]:
    """By the time at which they were begun, those that do not know it last; and whether they are new.

    Where they lie in more archives than are kept open, archive by archive: each would be unpacked again and again.
    """
    begun = [(each, _begun(each), True) for each in found]
    near = {created.date() + n * _DAY for _, created, _ in begun if created for n in range(-_REACH.days, _REACH.days)}
    begun += [(each, created, False) for each in before if (created := _begun(each)) and created.date() in near]
    shelves = {each.name.rpartition(INSIDE)[0] for each, *_ in begun}
    shelf = {name: place for place, name in enumerate(sorted(shelves))} if len(shelves) > OPEN_ARCHIVES else {}
    begun.sort(
        key=lambda each: (
            shelf.get(each[0].name.rpartition(INSIDE)[0], 0),
            each[1] is None,
            each[1] or datetime.max.replace(tzinfo=UTC),
            each[0].name,
        )
    )
    return [(each, created.date() if created else None, is_new) for each, created, is_new in begun]


def _begun(found: Found) -> datetime | None:
    try:
        return fit_identity(found.head).time_created
    except FileDamaged:
        return None


@dataclass(slots=True)
class _Read:
    """A file that was read, and the days that it touches and that are not stored yet."""

    found: Found
    is_new: bool
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

    async def take(self, found: Found, *, is_new: bool) -> None:
        """Read one file; one without anything, or damaged from the start, is settled at once."""
        try:
            sha256, content = await asyncio.to_thread(_read, found)
        except FileDamaged as damage:
            if is_new:
                self._tally.failed(found, damage.reason)
            return
        if ahead := content.forget_after(round((time.time() + _MOST_AHEAD_S) * 1000)):
            content.problems += (f"{ahead} measurements lie in the future: the clock of the device was wrong",)
        if content.has_content:
            self._waiting.append(_Read(found, is_new, sha256, content, set()))
        elif is_new:
            reason = content.problems[0] if content.problems else _NOTHING_HERE
            self._tally.skipped(found, reason, sha256=sha256)

    async def store(self, before: date) -> None:
        """Store the days before a date, and settle the files of which nothing else is to come."""
        if not self._waiting:
            await self._settle([])
            return
        local = await self._local_days()
        told = await asyncio.to_thread(self._told, local)
        ripe = {day for each in self._waiting for day in each.days if day < before}
        wanted = ripe & {day for each in self._waiting if each.is_new for day in each.days}
        due = {endpoint: [each for each in every if each.day in wanted] for endpoint, every in told.items()}
        async with self._run.page() as session:
            if wanted:
                await know_days(session, self._account_id, self._zone, wanted, local)
            changed = await fill(session, self._account_id, FIT, due, self._tally)
            for each in self._waiting:
                told_of = product(endpoints_told(each.content), each.days & wanted)
                each.stored = each.stored or not changed.isdisjoint(told_of)
                each.days -= ripe
            done = [each for each in self._waiting if not each.days]
            self._waiting = [each for each in self._waiting if each.days]
            await self._settle(done, session)
        self._kept = len(self._waiting)

    async def _settle(self, done: Sequence[_Read], session: Transaction | None = None) -> None:
        for each in done:
            if not each.is_new:
                continue
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
