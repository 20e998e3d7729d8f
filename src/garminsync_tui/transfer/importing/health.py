"""Health out of files: what devices measured all day, and what an account's export tells of days."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from ...jobs.run import JobRun
from .sources import Found
from .tally import Tally

_NOT_YET = "measurements outside of activities are not read yet"


async def import_wellness(run: JobRun, account_id: UUID, found: Sequence[Found], tally: Tally) -> None:
    """FIT files with measurements of days and nights."""
    for each in found:
        tally.skipped(each, _NOT_YET)


async def import_archive(run: JobRun, account_id: UUID, found: Sequence[Found], tally: Tally) -> None:
    """The JSON files of an account's export that tell of days."""
    for each in found:
        tally.skipped(each, _NOT_YET)
