"""Activities, newest first and page by page: one transaction a page, with its checkpoint in it."""

from __future__ import annotations

import asyncio
import zipfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Literal

from ..columns import now
from ..config import Config
from ..errors import FileDamaged, NotAtGarmin, Unavailable, UnexpectedAnswer
from ..formats import detect, open_original, validate
from ..formats.tcx_writer import summary_tcx
from ..garmin.activities import (
    COUNT,
    LIST,
    NEWS_PAGE_SIZE,
    ActivityRow,
    export_path,
    original_path,
    parse_activities,
    parse_count,
)
from ..garmin.client import Client
from ..garmin.providers import Capability
from ..jobs.queue import Transaction
from ..jobs.run import JobRun
from ..models import FILE_TYPES, Activity, Coverage, GarminConnectAccount
from ..paths import PRIVATE_FILE_MODE
from ..store import accounts, activities, coverage, figures
from ..store.files import FileStore, StoredFile
from ..store.schema import ACTIVITY_FILE
from .figures import compute_new
from .recognition import Recognition

_OVERLAP = 1  # a page begins with the last item of the one before: an insertion meanwhile shows nothing twice
_MOST_PAGES = 2000
_WALK_EVERY = timedelta(days=7)
_COUNT_EVERY = timedelta(hours=24)
_MOST_GONE = 10  # activities that may be missing in a list before somebody has to confirm it
_NO_ORIGINAL = "Garmin does not have the original; what it has instead is here."
_OUTAGES_IN_A_ROW = 3  # then it is the server, not the item


async def sync_activities(run: JobRun, client: Client, files: FileStore, config: Config) -> None:
    """Fetch what the list has and we do not, from the newest back.

    An ordinary run ends at the first page that brings nothing new. A full one (`parameters["full"]`), once a week any,
    and one that finds that the number of activities does not add up, goes on to the end of the list and then knows
    what was renamed and what was deleted at Garmin. The number is asked for once a day.
    """
    since = _day(run.parameters.get("since"))
    account = await accounts.get(run.database, run.account_id)
    full = bool(run.parameters.get("full"))
    walk = Walk(run, client, files, config, since, to_the_end=full or _is_due(account.list_walked_at, _WALK_EVERY))
    await walk.list_pages()
    counted: int | None = None
    if since is None and (walk.to_the_end or _is_due(account.activities_counted_at, _COUNT_EVERY)):
        counted = await _count(client)
        if not walk.saw_all and not await _adds_up(run, account, counted):
            run.checkpoint.pop("start", None)
            saved, walk = walk.saved, Walk(run, client, files, config, since, to_the_end=True)
            walk.saved = saved
            await walk.list_pages()
    await walk.retry_failed()
    async with run.page() as session:
        facts: dict[str, Any] = {}
        if counted is not None:
            facts |= {"activities_counted": counted, "activities_counted_at": now()}
        if walk.saw_all and since is None:
            facts |= {"list_walked_at": datetime.now(UTC)}
            await _mark_deleted(run, session, walk, counted)
        if facts:
            await accounts.set_facts(session, run.account_id, **facts)
        run.checkpoint.clear()
    run.progress(1, 1, f"{walk.saved} new or changed" if walk.saved else "nothing new")


def _is_due(last: datetime | None, every: timedelta) -> bool:
    return last is None or datetime.now(UTC) - last >= every


async def _count(client: Client) -> int | None:
    """How many activities Garmin has; None where it does not say."""
    if not client.can(Capability.COUNT):
        return None
    try:
        return parse_count(await client.get(COUNT))
    except UnexpectedAnswer:
        return None


async def _adds_up(run: JobRun, account: GarminConnectAccount, counted: int | None) -> bool:
    """Whether what came here since the last count explains this one. Its own scope does not matter: only changes do."""
    if counted is None:
        return True
    if account.activities_counted is None or account.activities_counted_at is None:
        return False
    async with run.database.read() as session:
        came = await activities.created_since(session, account.id, account.activities_counted_at)
    return counted == account.activities_counted + came


async def _mark_deleted(run: JobRun, session: Transaction, walk: Walk, counted: int | None) -> None:
    """What a whole list does not hold any more is gone at Garmin, unless the list itself looks cut off."""
    gone = await activities.others(session, run.account_id, walk.seen)
    most = max(_MOST_GONE, len(walk.seen) // 10)
    if len(gone) > most and (counted is None or counted > len(walk.seen)):
        await run.note("warning", f"{len(gone)} activities are not in Garmin's list; nothing is marked as deleted yet")
    elif walk.seen:
        await activities.mark_deleted(session, gone)


class Walk:
    """One way through the list."""

    def __init__(
        self, run: JobRun, client: Client, files: FileStore, config: Config, since: date | None, *, to_the_end: bool
    ) -> None:
        self.run = run
        self.client = client
        self.files = files
        self.config = config
        self.since = since
        self.to_the_end = to_the_end
        self.seen: set[str] = set()
        self.saved = 0
        self.reached_end = False
        self._recognition = Recognition(run, files)
        self._from_the_newest = not run.checkpoint.get("start")
        self._unreadable = 0
        self._outages = 0

    @property
    def saw_all(self) -> bool:
        """Whether this run read the list from its newest item to its end: what it did not see is not there."""
        return self.reached_end and self._from_the_newest and not self._unreadable

    async def list_pages(self) -> None:
        """Page after page until there is nothing new, or nothing at all."""
        start = int(self.run.checkpoint.get("start", 0))
        for _ in range(_MOST_PAGES):
            limit = self.client.provider.page_size if self.to_the_end or start else NEWS_PAGE_SIZE
            rows, unreadable = parse_activities(await self.client.get(LIST, {"start": str(start), "limit": str(limit)}))
            if start and self.seen and not self._joins(rows, unreadable):
                # What was read before it became shorter meanwhile: some that followed may have moved out of sight.
                start = max(start - limit // 2, 0)
                continue
            self._unreadable += len(unreadable)
            for sentence in unreadable:
                self.run.failed_item("activity", sentence)
            listed = len(rows) + len(unreadable)
            fresh = [row for row in rows if row.garmin_activity_id not in self.seen]
            self.seen |= {row.garmin_activity_id for row in fresh}
            wanted = [row for row in fresh if self.since is None or _local_day(row) >= self.since]
            changed = await self._save_page(wanted, start, listed)
            self.saved += changed
            self.reached_end = listed < limit
            # A page that repeats what was read is no end that can be believed, and there is nothing behind it either.
            if self.reached_end or not fresh or len(wanted) < len(fresh) or not (changed or self.to_the_end):
                break
            start += listed - _OVERLAP
        else:
            await self.run.note("warning", f"Garmin's list has no end: it was left after {_MOST_PAGES} pages")

    def _joins(self, rows: list[ActivityRow], unreadable: list[str]) -> bool:
        """Whether a page begins with something that was read before, as it does unless something was deleted."""
        return rows[0].garmin_activity_id in self.seen if rows else bool(unreadable)

    async def _save_page(self, rows: list[ActivityRow], start: int, listed: int) -> int:
        """Store one page; the number of activities that are new or were edited."""
        async with self.run.database.read() as session:
            names = [row.garmin_activity_id for row in rows]
            known = await activities.stored(session, self.run.account_id, names)
        unknown = [row for row in rows if row.garmin_activity_id not in known]
        recognized = await self._recognition.among_files(unknown, [_values(row) for row in unknown])
        known |= recognized
        async with self.run.database.read() as session:
            waiting = await coverage.failed_items(session, self.run.account_id, names, self.run.asked_at)
            due = {
                each.item: each
                for each in await coverage.due_items(session, self.run.account_id, self.run.asked_at, names)
            }
        page = _Page(
            start,
            again={name: activity for name, activity in known.items() if name in due},
            # What an import brought without its original was never asked for: anything of Garmin's is better.
            only_original={name for name, entry in due.items() if entry.status == "stale" and entry.attempts},
        )
        for position, row in enumerate(rows):
            name = row.garmin_activity_id
            if name in waiting or (name in known and name not in page.again):
                continue
            await self.run.breathe(self.client.requests)
            self.run.database.require_reserve()
            title = f"{row.start_time:%Y-%m-%d} {row.name or ''}".strip()
            self.run.progress(start + position, max(start + listed, 1), title)
            await self._fetch(row, page)
        changed = len(page.arrived | recognized.keys())
        async with self.run.page() as session:
            for row in rows:
                if row.garmin_activity_id in known and row.garmin_activity_id not in page.arrived:
                    changed += await activities.update_summary(session, known[row.garmin_activity_id], _values(row))
            self.run.checkpoint["start"] = start
        return changed

    async def _fetch(self, row: ActivityRow, page: _Page) -> None:
        name = row.garmin_activity_id
        before = page.again.get(name)
        had = (before.extra or {}).get("file_origin") if before else None
        only_original = had == "original" or name in page.only_original
        try:
            kept, notes = await _fetch_file(self.client, self.files, self.run, row, before, only_original=only_original)
        except (UnexpectedAnswer, Unavailable) as problem:
            if isinstance(problem, NotAtGarmin) and name in page.only_original:
                await self._look_again(row, page)
                return
            if isinstance(problem, Unavailable):
                self._outages += 1
                if self._outages >= _OUTAGES_IN_A_ROW:
                    raise
            await self._fail(row, problem.message, page)
        else:
            self._outages = 0
            if had == "export" and notes["file_origin"] == "synthesized":
                await self._look_again(row, page)  # what a file brought is more than Garmin has
                return
            await self._store(row, kept, notes, page)

    async def _store(self, row: ActivityRow, kept: StoredFile, notes: dict[str, Any], page: _Page) -> None:
        """Write the row whose file is durable, the ledger and the checkpoint, in one transaction.

        Each activity for itself: whoever goes on after a crash, be it on another machine, fetches one again at most.
        """
        name, day = row.garmin_activity_id, _local_day(row)
        values = _values(row) | {
            "file_type": kept.file_type,
            "file_path": kept.path,
            "sha256": kept.sha256,
            "size_bytes": kept.size_bytes,
            "extra": {**row.extra, **notes},
        }
        async with self.run.page() as session:
            await self.files.share(session, self.run.database, kept)
            await activities.save(session, self.run.account_id, [values])
            if before := page.again.get(name):
                await figures.forget(session, before.id)
            await coverage.forget_other_days(session, self.run.account_id, name, day)
            entry = coverage.Entry(ACTIVITY_FILE, day, "fetched", name)
            await coverage.record(session, self.run.account_id, [entry])
            if notes["file_origin"] != "original" and row.has_original is not False:
                await coverage.look_again(session, self.run.account_id, day, name, _NO_ORIGINAL)
            self.run.checkpoint["start"] = page.start
            self.run.checkpoint["saved"] = int(self.run.checkpoint.get("saved", 0)) + 1
        page.arrived.add(name)
        await compute_new(self.run, self.config, self.files, [name])

    async def _fail(self, row: ActivityRow, why: str, page: _Page) -> None:
        name = row.garmin_activity_id
        async with self.run.page() as session:
            news = await coverage.fail(session, self.run.account_id, ACTIVITY_FILE, _local_day(row), why, name)
            # What a schedule met before is told once; the ledger knows it anyway.
            if news or self.run.asked_at:
                self.run.failed_item(f"activity {name}", why)
            self.run.checkpoint["start"] = page.start

    async def _look_again(self, row: ActivityRow, page: _Page) -> None:
        """There is still no original: what Garmin had instead stays."""
        async with self.run.page() as session:
            await coverage.look_again(
                session, self.run.account_id, _local_day(row), row.garmin_activity_id, _NO_ORIGINAL
            )
            self.run.checkpoint["start"] = page.start

    async def retry_failed(self) -> None:
        """Activities whose file failed before and whose pause is over; found in the list by their day."""
        async with self.run.database.read() as session:
            due = await coverage.due_items(session, self.run.account_id, self.run.asked_at)
        for entry in due:
            await self.run.breathe(self.client.requests)
            rows, _ = parse_activities(
                await self.client.get(
                    LIST,
                    {
                        "start": "0",
                        "limit": str(self.client.provider.page_size),
                        "startDate": (entry.day - timedelta(days=1)).isoformat(),
                        "endDate": (entry.day + timedelta(days=1)).isoformat(),
                    },
                )
            )
            wanted = [row for row in rows if row.garmin_activity_id == entry.item]
            if not wanted:
                await self._put_off(entry)
            self.saved += await self._save_page(wanted, int(self.run.checkpoint.get("start", 0)), 1)

    async def _put_off(self, entry: Coverage) -> None:
        """What Garmin's list does not hold is not asked for with every sync."""
        async with self.run.page() as session:
            why = "It is not in Garmin's list."
            await coverage.fail(session, self.run.account_id, ACTIVITY_FILE, entry.day, why, entry.item)


@dataclass(slots=True)
class _Page:
    """A page of the list, and what came of it."""

    start: int
    #: What is here by its row, and whose file is to be fetched again.
    again: dict[str, Activity]
    #: Those of them of which only the original is of interest: what Garmin had instead is here.
    only_original: set[str]
    #: What was written.
    arrived: set[str] = field(default_factory=set)


async def _fetch_file(
    client: Client,
    files: FileStore,
    run: JobRun,
    row: ActivityRow,
    before: Activity | None,
    *,
    only_original: bool,
) -> tuple[StoredFile, dict[str, Any]]:
    """The activity's file, durable on this disk, and what to note about it in `metadata`.

    `before` is its row where its file was here already: what lies there now may be an earlier original.
    """
    name = row.garmin_activity_id
    left = files.orphan(run.account_id, name, row.start_time, FILE_TYPES) if before is None else None
    if left is not None:
        adopted = await asyncio.to_thread(_adopted, files, left, row)
        if adopted:
            return adopted
    with files.drafts() as folder:
        notes: dict[str, Any] = {}
        draft, file_type, origin = await _download(client, folder, row, notes, only_original=only_original)
        notes["file_origin"] = origin
        kept = await asyncio.to_thread(files.keep, draft, run.account_id, name, row.start_time, file_type)
    if "file_problem" in notes:
        await run.note("warning", f"activity {name}: {notes['file_problem']}; stored as it came")
    return kept, notes


async def _download(
    client: Client, folder: Path, row: ActivityRow, notes: dict[str, Any], *, only_original: bool
) -> tuple[Path, str, str]:
    """Original, else TCX export, else GPX export, else a minimal TCX from the summary: (file, type, origin).

    With `only_original` it raises NotAtGarmin instead: what was an original is not passed off as restored by less.
    """
    name = row.garmin_activity_id
    archive = folder / "original.zip"
    if row.has_original is not False and await _downloaded(client, original_path(name), archive, _check_original):
        try:
            original = await asyncio.to_thread(open_original, archive, folder / "original")
        except FileDamaged as problem:
            _require_whole(archive, problem)
            notes["file_problem"] = problem.reason
            return archive, _claimed_type(row), "original"
        try:
            await asyncio.to_thread(validate, original.path, original.file_type)
        except FileDamaged as problem:
            _require_whole(archive, problem)
            notes["file_problem"] = problem.reason
        return original.path, original.file_type, "original"
    if only_original:
        raise NotAtGarmin("Garmin does not have the original any more.")
    kinds: tuple[Literal["tcx", "gpx"], ...] = ("tcx", "gpx")
    for kind in kinds if client.can(Capability.EXPORTS) else ():
        export = folder / f"export.{kind}"
        if await _downloaded(client, export_path(name, kind), export, partial(validate, file_type=kind.upper())):
            head = await asyncio.to_thread(_head, export)
            if detect(head) == kind.upper():
                return export, kind.upper(), "export"
            export.unlink()
    written = folder / "summary.tcx"
    written.touch(PRIVATE_FILE_MODE)
    await asyncio.to_thread(written.write_bytes, _summary(row))
    return written, "TCX", "synthesized"


async def _downloaded(client: Client, path: str, into: Path, check: Callable[[Path], object]) -> bool:
    try:
        return await client.download(path, into, check=check)
    except NotAtGarmin:
        return False


def _check_original(archive: Path) -> None:
    """Raise FileDamaged where a downloaded original is not whole."""
    unpacked = archive.with_name("checked")
    try:
        original = open_original(archive, unpacked)
        if detect(_head(archive)):  # no archive, whose checksums vouch for what it holds
            validate(original.path, original.file_type)
    finally:
        unpacked.unlink(missing_ok=True)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(4096)


def _require_whole(archive: Path, problem: FileDamaged) -> None:
    """Raise UnexpectedAnswer unless it is certain that all of a download came.

    An archive tells of its members at its very end: where that is there, what is wrong with it is so at Garmin too.
    """
    if not zipfile.is_zipfile(archive):
        raise UnexpectedAnswer(f"The file did not come whole: it {problem.reason}.") from None


def _summary(row: ActivityRow) -> bytes:
    return summary_tcx(row.activity_type, row.start_time, row.duration, row.distance, row.calories).encode()


def _adopted(files: FileStore, path: Path, row: ActivityRow) -> tuple[StoredFile, dict[str, Any]] | None:
    """An orphan as a stored file, where it can be read, is whole and its bytes tell where it came from."""
    try:
        file_type = detect(_head(path))
        if file_type is None or path.suffix.lower() != f".{file_type.lower()}":
            return None
        validate(path, file_type)
        if file_type == "FIT":
            origin = "original"  # nobody else writes FIT
        elif path.read_bytes() == _summary(row):
            origin = "synthesized"
        elif row.has_original is False:
            origin = "export"
        else:
            return None
        return files.adopt(path, file_type), {"file_origin": origin}
    except (FileDamaged, OSError):
        return None


def _claimed_type(row: ActivityRow) -> str:
    """What a file that cannot be read says it is; FIT, the usual original, where nothing is said."""
    claimed = str(row.extra.get("fileFormat", "fit")).upper()
    return claimed if claimed in FILE_TYPES else "FIT"


def _values(row: ActivityRow) -> dict[str, Any]:
    values = asdict(row)
    del values["has_original"]
    return values


def _local_day(row: ActivityRow) -> date:
    return (row.start_time + timedelta(seconds=row.utc_offset_s or 0)).date()


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
