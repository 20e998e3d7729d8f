"""What was read before, and writing down what was read now."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from uuid import UUID

from ...jobs.queue import Transaction
from ...jobs.run import JobRun
from ...models import Activity, ImportedFile
from ...store import imports
from ...store.files import FileStore
from .sources import Found
from .tally import VERSION, Outcome, Settled, Tally


async def settle_known(run: JobRun, files: FileStore, found: Sequence[Found], tally: Tally) -> list[Found]:
    """Count those that were read before; the others are given back, also those whose copy here was lost.

    What this very job read, before it was interrupted, counts as what it was then. What failed is named again.
    """
    async with run.database.read() as session:
        known = await imports.by_fingerprint(session, run.user_id, [each.fingerprint for each in found], VERSION)
    lost = await asyncio.to_thread(_lost, run, files, known.values())
    left = []
    for each in found:
        before = known.get(each.fingerprint)
        if before is None or each.fingerprint in lost:
            left.append(each)
        else:
            tally.count(_outcome(before.row, run), each.name, before.row.reason or "")
    return left


def _lost(run: JobRun, files: FileStore, known: Iterable[imports.Known]) -> set[bytes]:
    return {row.fingerprint for row, activity in known if activity is not None and is_lost(run, files, activity)}


def is_lost(run: JobRun, files: FileStore, activity: Activity) -> bool:
    """Whether an activity's file is not here any more; on PostgreSQL the database has it."""
    if not run.database.sqlite:
        return False
    return files.problem(activity.file_path, activity.sha256, activity.size_bytes, read=False) is not None


def _outcome(row: ImportedFile, run: JobRun) -> Outcome:
    if row.outcome == "imported":
        return "imported" if row.job_id == run.job.id else "known"
    outcome: Outcome = row.outcome  # type: ignore[assignment]
    return outcome


async def write_down(run: JobRun, session: Transaction, tally: Tally) -> None:
    """Write what is settled, in the transaction of what it brought; call it within `run.page()`.

    What was not read to its end is told by a look the next time, too: it may be readable then.
    """
    await imports.remember(session, [_row(run, each) for each in tally.settled if _is_certain(each)])
    tally.settled.clear()
    run.result = tally.result(whole=False)


def _is_certain(settled: Settled) -> bool:
    return settled.sha256 is not None or settled.outcome in {"imported", "known"}


def _row(run: JobRun, settled: Settled) -> dict[str, bytes | str | int | UUID | None]:
    return {
        "user_id": run.user_id,
        "fingerprint": settled.found.fingerprint,
        "sha256": settled.sha256,
        "outcome": settled.outcome,
        "reason": settled.reason,
        "version": VERSION,
        "garmin_connect_account_id": settled.account_id,
        "activity_id": settled.activity_id,
        "job_id": run.job.id,
    }
