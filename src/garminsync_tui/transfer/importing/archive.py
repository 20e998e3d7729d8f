"""What an account's archive tells of days, and its workouts."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import batched
from uuid import UUID

from ...errors import FileDamaged, GarminSyncError
from ...jobs.run import JobRun
from ...store import accounts, days
from ...store.health import ARCHIVE
from ..archive.answers import Row
from ..archive.families import BATCHES, SUMMARIES, Family, family_of
from .archived_days import ArchivedDays
from .archived_workouts import import_workouts, is_workouts
from .json_stream import items
from .memory import write_down
from .sources import Found
from .storing import fill, know_days
from .tally import Tally

_NOT_HEALTH = "a state of the account, and no measurement of a day"
_DAYS_AT_ONCE = 100
_ROWS_AT_ONCE = 5_000
_NAMED = 3


async def import_archive(run: JobRun, account_id: UUID, found: Sequence[Found], tally: Tally) -> None:
    """The JSON files of an account's archive: days, those first that tell when each begins; and workouts."""
    account = await accounts.get(run.database, account_id)
    zone = days.zone_of(account.time_zone)
    await import_workouts(run, account_id, [each for each in found if is_workouts(each.file_name)], tally)
    families: dict[Family, list[Found]] = defaultdict(list)
    for each in found:
        family = family_of(each.file_name)
        if is_workouts(each.file_name):
            continue
        if family is None:
            tally.skipped(each, _NOT_HEALTH)
        else:
            families[family].append(each)
    for batch in BATCHES:
        archived = ArchivedDays(datetime.now(zone).date())
        whole: list[Found] = []
        for family in batch:
            for each in families[family]:
                await run.breathe()
                tally.show(run, each.name)
                reason = await asyncio.to_thread(_take, archived, family, each)
                if reason:
                    tally.failed(each, reason)
                else:
                    whole.append(each)
        changed: set[tuple[str, date]] = set()
        for some in batched(archived.days(), _DAYS_AT_ONCE):
            await run.breathe()
            run.database.require_reserve()
            async with run.page() as session:
                await know_days(session, account_id, zone, some)
                if SUMMARIES in batch:
                    await archived.save_bounds(session, account_id, some)
                changed |= await fill(session, account_id, ARCHIVE, archived.told(some), tally)
        async with run.page() as session:
            for each in whole:
                settle = tally.imported if archived.told_of[each.fingerprint] & changed else tally.known
                settle(each, _left_out(archived.left_out[each.fingerprint]), account_id=account_id)
            await write_down(run, session, tally)


def _left_out(told: Sequence[str]) -> str:
    """What a file held that cannot be true, of much of it the first."""
    if not told:
        return ""
    more = f" and {len(told) - _NAMED} more" if len(told) > _NAMED else ""
    return f"left out: {'; '.join(told[:_NAMED])}{more}"


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
