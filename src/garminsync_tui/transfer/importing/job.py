"""The job `file_import`: files, folders and archives in, each file once, and a report of every one of them.

It has no checkpoint of its own: what was read is remembered file by file (`store/imports.py`), so that a job that was
interrupted, and the same import asked for again, pass over it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from ...config import Config
from ...errors import FileDamaged, UsageProblem
from ...garmin.activities import ActivityRow
from ...jobs.run import JobRun
from ...store.files import FileStore
from ...sync.figures import compute_figures
from .activities import Activities
from .archive import import_archive
from .archived import Archived
from .health import import_wellness
from .kinds import Kind, kind_of
from .memory import settle_known, write_down
from .owners import Owners, owners
from .profile import profile_ids
from .sources import Found, Sources
from .summaries import is_summaries, summaries
from .tally import Tally

_AT_ONCE = 200


async def import_files(run: JobRun, config: Config, files: FileStore) -> None:
    """Import `paths` (absolute). The result is the tally; what failed makes the job end as partly done."""
    paths = [Path(each) for each in run.parameters.get("paths", [])]
    if missing := [path for path in paths if not path.exists()]:
        raise UsageProblem(
            f"{missing[0]} is not here (any more).", hint="An import runs on the machine where its files are."
        )
    run.failures.clear()  # every file that failed is met and named again, also by a run that goes on
    run.failed = 0
    tally = Tally(gained=run.result.get("gained", {}))  # by the same job, before it was interrupted
    with files.drafts() as scratch, Sources(paths, scratch) as sources:
        await _Import(run, config, files, scratch, tally).everything(sources)
    await compute_figures(run, config, files)
    run.result = tally.result()
    for outcome, reason, count, names in tally.told():
        if outcome != "failed":
            await run.note("note", f"{outcome}: {names[0]}{f' and {count - 1} more' if count > 1 else ''}: {reason}")
    for name, reason in tally.failures():
        run.failed_item(name, reason)
    run.failed = tally.counts["failed"]
    run.progress(1, 1, said(tally))


def said(tally: Tally) -> str:
    """The counts in words."""
    parts = [
        f"{tally.counts[word]} {word}" for word in ("imported", "known", "skipped", "failed") if tally.counts[word]
    ]
    return ", ".join(parts) or "no files found"


class _Import:
    def __init__(self, run: JobRun, config: Config, files: FileStore, scratch: Path, tally: Tally) -> None:
        self._run = run
        self._config = config
        self._files = files
        self._scratch = scratch
        self._tally = tally
        self._recordings: list[Found] = []
        self._wellness: list[Found] = []
        #: Files of devices that were read by an earlier import.
        self._wellness_before: list[Found] = []
        self._archive: list[Found] = []
        self._damaged: list[Found] = []

    async def everything(self, sources: Sources) -> None:
        await self._look(sources)
        profile_id = await asyncio.to_thread(self._profile)
        whose = await owners(self._run, profile_id, other_person=bool(self._run.parameters.get("other_person")))
        if profile_id is None and self._archive:
            await self._run.note("warning", "The archive does not say whose it is: it is taken for yours.")
        summed_up = [found for found in self._archive if is_summaries(found)]
        archived = await self._read_summaries(summed_up, whose) if summed_up else None
        shelf = Activities(
            self._run,
            self._files,
            self._scratch,
            self._tally,
            accounts=whose.candidates,
            local_id=whose.unknown_id,
            archived=archived,
        )
        for found in self._recordings:
            await self._breathe(found)
            await shelf.take(found)
            if len(self._tally.settled) >= _AT_ONCE:
                await self._write_down()
        if archived is not None:
            await shelf.take_summaries(archived)
            settle = self._tally.imported if any(self._tally.gained.values()) else self._tally.known
            for found in summed_up:
                if found not in self._damaged:
                    settle(found, account_id=whose.archive_id)
        await self._write_down()
        if self._wellness:
            await import_wellness(self._run, whose.health_id, self._wellness, self._tally, before=self._wellness_before)
            await self._write_down()
        if days := [found for found in self._archive if not is_summaries(found)]:
            await import_archive(self._run, whose.archive_id, days, self._tally)
            await self._write_down()

    def _profile(self) -> str | None:
        """Whose archive it is. Raises UsageProblem where there are several people's."""
        found = profile_ids(self._archive)
        if len(found) > 1:
            raise UsageProblem(
                f"These are archives of several people (Garmin's profiles {', '.join(sorted(found))}).",
                hint="Import those of one person at a time.",
            )
        return next(iter(found), None)

    async def _read_summaries(self, found: list[Found], whose: Owners) -> Archived:
        rows: list[ActivityRow] = []
        for each in found:
            await self._run.breathe()
            self._tally.show(self._run, each.name)
            read, problems, damage = await asyncio.to_thread(_summaries, each)
            rows += read
            for problem in problems:
                await self._run.note("warning", f"{each.name}: {problem}")
            if damage is not None:
                self._tally.failed(each, damage)
                self._damaged.append(each)
        return Archived(whose.archive_id, rows)

    async def _look(self, sources: Sources) -> None:
        """Tell all files by their kinds; those that need no reading are settled here."""
        walk = sources.walk()
        while page := await asyncio.to_thread(_next_page, walk):
            await self._run.breathe()
            self._tally.total += len(page)
            self._run.progress(0, 1, f"{self._tally.total} files found")
            kinds = {found.fingerprint: kind for found, kind in page}
            new = await settle_known(self._run, self._files, [found for found, _ in page], self._tally)
            for found in new:
                self._sort(found, kinds[found.fingerprint])
            self._wellness_before += [found for found, kind in page if kind.word == "wellness" and found not in new]
            if self._tally.settled:
                await self._write_down()

    def _sort(self, found: Found, kind: Kind) -> None:
        match kind.word:
            case "damaged":
                self._tally.failed(found, kind.reason)
            case "ignored":
                self._tally.skipped(found, kind.reason)
            case "activity":
                self._recordings.append(found)
            case "wellness":
                self._wellness.append(found)
            case "archive":
                self._archive.append(found)

    async def _breathe(self, found: Found) -> None:
        await self._run.breathe()
        self._run.database.require_reserve()
        self._tally.show(self._run, found.name)

    async def _write_down(self) -> None:
        async with self._run.page() as session:
            await write_down(self._run, session, self._tally)


def _summaries(found: Found) -> tuple[list[ActivityRow], list[str], str | None]:
    """The rows of a file, sentences about those that cannot be read, and why it ended early."""
    rows: list[ActivityRow] = []
    problems: list[str] = []
    try:
        for each in summaries(found):
            if isinstance(each, str):
                problems.append(each)
            else:
                rows.append(each)
    except FileDamaged as damage:
        return rows, problems, damage.reason
    return rows, problems, None


def _next_page(walk: Iterator[Found]) -> list[tuple[Found, Kind]]:
    return [(found, kind_of(found)) for found in islice(walk, _AT_ONCE)]
