"""Whether every original is here and is what was stored; and, where asked for, mending without removing anything.

On SQLite the files on the disk are looked at. On PostgreSQL the bytes in the database are the truth, and the local
folder is a cache of them.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from ..errors import FileDamaged
from ..jobs.queue import Transaction
from ..jobs.run import JobRun
from ..jobs.words import VERIFIED
from ..store import coverage, originals
from ..store.files import MISSING, FileStore, Looked, StoredFile
from ..store.originals import Original

#: Activities of one transaction, where only sizes are looked at and where data is read.
_PAGE, _PAGE_READ = 200, 20
#: Of things that need nobody's attention, so many are named in the job's log.
_NAMED = 20


class Share(NamedTuple):
    """A stable part of all activities: the `number`th of `of` parts, from 1."""

    number: int
    of: int

    @classmethod
    def parse(cls, text: str) -> Share:
        """Read "3/12". Raises ValueError."""
        number, slash, of = text.partition("/")
        share = cls(int(number), int(of))
        if not slash or not 1 <= share.number <= share.of <= 10_000:
            raise ValueError(text)
        return share

    def holds(self, id_: UUID) -> bool:
        """Whether an activity is in this part: always the same one, whatever else is stored."""
        return int.from_bytes(hashlib.sha256(id_.bytes).digest()[:8]) % self.of == self.number - 1


@dataclass(slots=True)
class _Found:
    """One activity, after its file was looked at."""

    original: Original
    was_read: bool
    #: What is wrong, in words.
    problem: str | None = None
    #: A whole copy that was found here: a path below the root.
    spare: str | None = None
    #: Where the damaged one lies now.
    set_aside: str | None = None
    #: PostgreSQL alone: this machine's copy is not what the database holds; and whether it was replaced.
    stale_copy: bool = False
    replaced: bool = False


async def verify(run: JobRun, files: FileStore) -> None:
    """Look at every activity's file; parameters are `read_data`, `subset` ("3/12": read that part) and `repair`.

    Whatever is lost or open to others is an item that could not be done, so the job ends as partly done. Repairing
    queues what Garmin can give again for the next sync, moves damaged files into the quarantine first, and takes
    over files that lie elsewhere. The counts are the job's result.
    """
    if run.checkpoint and not run.result:
        run.checkpoint.clear()  # it was asked for again: what it had counted is gone
    await _Verification(run, files).to_the_end()


class _Verification:
    def __init__(self, run: JobRun, files: FileStore) -> None:
        self._run = run
        self._files = files
        self._repair = bool(run.parameters.get("repair"))
        subset = run.parameters.get("subset")
        self._share = Share.parse(subset) if subset else Share(1, 1) if run.parameters.get("read_data") else None
        self._page = _PAGE if self._share is None else _PAGE_READ
        #: Files that no row names, by the activity that they would belong to.
        self._spares: dict[tuple[str, str], list[str]] = defaultdict(list)

    async def to_the_end(self) -> None:
        run = self._run
        looked = await asyncio.to_thread(self._files.look)
        async with run.database.read() as session:
            total = await originals.count(session)
            named = await originals.named(session)
            unnamed = 0 if run.database.sqlite else await originals.unnamed_in_database(session)
        strangers = self._sort(looked, named)
        if "after" not in run.checkpoint:
            await self._folder(looked, strangers, unnamed)
        while page := await self._next():
            found = [await self._look_at(original) for original in page]
            async with run.page() as session:
                for each in found:
                    await self._settle(session, each)
                run.checkpoint["after"] = page[-1].id.hex
            done = run.result["checked"]
            run.progress(done, max(total, done), f"{done} of {total} files checked")
        self._sum_up()

    async def _next(self) -> list[Original]:
        after = self._run.checkpoint.get("after")
        async with self._run.database.read() as session:
            return await originals.page(session, UUID(after) if after else None, self._page)

    def _count(self, what: str, number: int = 1) -> None:
        self._run.result[what] = self._run.result.get(what, 0) + number

    def _sum_up(self) -> None:
        result = self._run.result
        text = f"{result['checked']} files checked"
        text += f", {result['read']} of them read" if result.get("read") else ""
        found = [f"{result[what]} {word}" for what, word in VERIFIED.items() if result.get(what)]
        self._run.progress(1, 1, f"{text}: {', '.join(found)}" if found else f"{text}: all whole")

    # ── What lies in the folder ──────────────────────────────────────────────────────────────────────

    def _sort(self, looked: Looked, named: originals.Named) -> list[str]:
        """Keep those that belong to an activity in mind; the others are given back."""
        strangers = []
        for path in sorted(set(looked.files) - named.paths):
            account, _, rest = path.partition("/")
            owner = account, rest.rpartition("/")[2].partition(".")[0]
            if owner in named.owners:
                self._spares[owner].append(path)
            else:
                strangers.append(path)
        return strangers

    async def _folder(self, looked: Looked, strangers: list[str], unnamed: int) -> None:
        run = self._run
        stale, open_ = looked.stale_drafts, looked.open_to_others
        if self._repair:
            stale = await asyncio.to_thread(self._each, stale, self._files.sweep)
            open_ = await asyncio.to_thread(self._each, open_, self._files.close_to_others)
        async with run.page():
            run.result = {
                "checked": 0,
                "read": 0,
                "missing": 0,
                "damaged": 0,
                "open_to_others": len(open_),
                "closed": len(looked.open_to_others) - len(open_),
                "stale_drafts": len(stale),
                "swept": len(looked.stale_drafts) - len(stale),
                "orphans": len(strangers),
                "other_versions": sum(map(len, self._spares.values())) + unnamed,
            }
            for path in open_[:_NAMED]:
                run.failed_item(path.relative_to(self._files.root.parent).as_posix(), "other users may open it")
            if len(open_) > _NAMED:
                run.failed_item(f"{len(open_) - _NAMED} more files and folders", "other users may open them")
            for stranger in strangers[:_NAMED]:
                await run.note("note", f"{stranger}: belongs to no activity; it stays")
            run.checkpoint["after"] = ""

    def _each(self, paths: Sequence[Path], act: Callable[[Path], None]) -> list[Path]:
        """Do something to each; those that cannot be changed, as they are somebody else's."""
        left = []
        for path in paths:
            try:
                act(path)
            except OSError:
                left.append(path)
        return left

    # ── One activity ─────────────────────────────────────────────────────────────────────────────────

    async def _look_at(self, original: Original) -> _Found:
        await self._run.breathe()
        found = _Found(original, self._share is not None and self._share.holds(original.id))
        if self._run.database.sqlite:
            found.problem = await self._on_disk(original, read=found.was_read)
            if found.problem and self._repair:
                found.spare = await asyncio.to_thread(self._whole_spare, original)
        else:
            await self._look_at_database(found)
        if found.problem and found.problem != MISSING and self._repair and self._can_come_again(found):
            found.set_aside = await self._set_aside(original)
        return found

    async def _look_at_database(self, found: _Found) -> None:
        original = found.original
        async with self._run.database.read() as session:
            found.problem = await originals.in_database(session, original, read=found.was_read)
        here = await self._on_disk(original, read=found.was_read or found.problem is not None)
        if found.problem is None:
            found.stale_copy = here not in {None, MISSING}
            if found.stale_copy and self._repair:
                try:
                    await self._files.fetch(self._run.database, original)
                    found.replaced = True
                except FileDamaged as damage:  # its size was right
                    found.problem = damage.reason
        if found.problem is None or not self._repair:
            return
        spare = original.file_path if here is None else None
        found.spare = spare or await asyncio.to_thread(self._whole_spare, original)
        if here not in {None, MISSING} and found.spare is None and original.obstacle is None:
            await asyncio.to_thread(self._files.set_aside, original.file_path)  # makes room for what comes

    async def _on_disk(self, original: Original, *, read: bool) -> str | None:
        name, sha256, size_bytes = original.file_path, original.sha256, original.size_bytes
        return await asyncio.to_thread(self._files.problem, name, sha256, size_bytes, read=read)

    def _whole_spare(self, original: Original) -> str | None:
        """A file of this activity, elsewhere below the root, with the content that its row names."""
        suffix = f".{original.file_type.lower()}"
        for path in self._spares.get(original.owner, ()):
            whole = self._files.problem(path, original.sha256, original.size_bytes, read=True) is None
            if path.endswith(suffix) and whole:
                return path
        return None

    def _can_come_again(self, found: _Found) -> bool:
        return found.spare is not None or found.original.obstacle is None

    async def _set_aside(self, original: Original) -> str:
        if self._run.database.sqlite:
            place = await asyncio.to_thread(self._files.set_aside, original.file_path)
        else:
            async with self._run.database.read() as session:
                content = await originals.bytes_of(session, original.sha256) or b""
            place = await asyncio.to_thread(self._files.set_bytes_aside, original.file_path, content)
        return place.relative_to(self._files.root).as_posix()

    async def _settle(self, session: Transaction, found: _Found) -> None:
        """Write down what was found, and what is done about it, in the page's transaction."""
        run, original = self._run, found.original
        self._count("checked")
        self._count("read", int(found.was_read))
        if found.stale_copy:
            self._count("replaced" if found.replaced else "stale_copies")
        if found.problem is None:
            return
        self._count("missing" if found.problem == MISSING else "damaged")
        if found.set_aside:
            self._count("set_aside")
            await run.note("note", f"{original.file_path}: moved to {found.set_aside}")
        what = f"activity {original.garmin_activity_id} ({original.file_path})"
        if found.spare is not None:
            self._count("adopted")
            await self._adopt(session, original, found.spare)
            await run.note("note", f"{what}: {found.problem}; {found.spare} has the same content and is used now")
        elif original.obstacle:
            self._count("beyond_repair")
            run.failed_item(what, f"{found.problem}; {original.obstacle}")
        elif self._repair:
            self._count("queued")
            reason = f"The stored file was lost: {found.problem}."
            await coverage.lose(session, original.account_id, original.day, original.garmin_activity_id, reason)
            run.failed_item(what, f"{found.problem}; the next sync of activities fetches it again")
        else:
            run.failed_item(what, found.problem)

    async def _adopt(self, session: Transaction, original: Original, path: str) -> None:
        await originals.adopt(session, original, path)
        stored = StoredFile(original.file_type, path, original.sha256, original.size_bytes)
        await self._files.share(session, self._run.database, stored)
