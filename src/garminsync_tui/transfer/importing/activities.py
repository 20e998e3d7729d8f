"""Recordings into activities: each once, by whichever door it came, and with the best file there is of it.

An original (FIT) is better than an export (GPX, TCX), that is better than what was written from a summary; a whole
file is better than a damaged one. A better file that comes later takes the place of the worse one, which stays.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import batched
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from ...errors import FileDamaged
from ...formats import detect
from ...formats.detection import HEAD_BYTES, impression
from ...formats.tcx_writer import summary_tcx
from ...garmin.activities import ActivityRow
from ...jobs.queue import Transaction
from ...jobs.run import JobRun
from ...models import Activity
from ...paths import PRIVATE_FILE_MODE
from ...store import activities, coverage, imports, same_activity
from ...store.adoption import FILE_NOTES, NO_ORIGINAL
from ...store.files import FileStore, StoredFile
from ...store.same_activity import DEVICE_SERIAL, TIME_CREATED, Traits
from ...store.schema import ACTIVITY_FILE
from ...sync.recognition import give, traits_of
from .archived import Archived, columns_of, day_of, is_upload
from .memory import is_lost, write_down
from .recording import NotAnActivity, Recording, read_recording
from .sources import Found
from .tally import VERSION, Tally

_MAX_BYTES = 256 * 2**20
_SUMMARIES_AT_ONCE = 50
_ORIGINS = ("synthesized", "export", "original")
_BETTER = "a better file of an activity that was here"
_BACK = "its copy here was lost, and is here again"
_NO_FILE = "No file was among the imported ones; what the archive's summary says is here."


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A recording that may be new, or better than what is here; `row` is what Garmin's archive says of it."""

    found: Found
    draft: Path
    sha256: bytes
    recording: Recording
    origin: str
    row: ActivityRow | None

    @property
    def rank(self) -> tuple[bool, int]:
        """How good it is as the file of its activity."""
        return self.recording.problem is None, _ORIGINS.index(self.origin)

    @property
    def notes(self) -> dict[str, Any]:
        """What `metadata` says about the file."""
        problem = self.recording.problem
        return {"file_origin": self.origin} | ({"file_problem": problem} if problem is not None else {})


class Activities:
    """Where an import's recordings and summaries go."""

    def __init__(
        self,
        run: JobRun,
        files: FileStore,
        scratch: Path,
        tally: Tally,
        *,
        accounts: Collection[UUID],
        local_id: UUID,
        archived: Archived | None = None,
    ) -> None:
        self._run = run
        self._files = files
        self._scratch = scratch
        self._tally = tally
        #: In which the same activity may be already.
        self._accounts = accounts
        #: To which belongs what no archive tells of.
        self._local_id = local_id
        self._archived = archived
        #: Garmin's ids of what came with a file.
        self._with_file: set[str] = set()

    async def take(self, found: Found) -> None:
        """Import one file. What is wrong with it is counted, and the others go on."""
        draft = self._scratch / uuid4().hex
        try:
            await self._take(found, draft)
        except FileDamaged as damage:
            self._tally.failed(found, damage.reason)
        finally:
            draft.unlink(missing_ok=True)

    async def _take(self, found: Found, draft: Path) -> None:
        sha256 = await asyncio.to_thread(found.copy_to, draft, _MAX_BYTES)
        if await self._is_known(found, sha256):
            return
        try:
            recording = await asyncio.to_thread(_read, draft, found.name)
        except FileDamaged as damage:
            self._tally.failed(found, damage.reason, sha256=sha256)
            return
        except NotAnActivity as problem:
            self._tally.skipped(found, str(problem), sha256=sha256)
            return
        row = self._archived.match(recording) if self._archived else None
        original = recording.file_type == "FIT" or (row is not None and is_upload(found))
        new = _Candidate(found, draft, sha256, recording, "original" if original else "export", row)
        same = await self._same(new)
        if same is not None and row is not None and same.garmin_activity_id != row.garmin_activity_id:
            same = await self._give(same, row)
        if row is not None:
            self._with_file.add(row.garmin_activity_id)
        if same is None:
            await self._store(new)
        elif (same.sha256 != sha256 and new.rank > _rank(same)) or is_lost(self._run, self._files, same):
            await self._upgrade(new, same)
        else:
            why = "" if same.sha256 == sha256 else recording.problem or "another file of an activity that is here"
            self._tally.known(found, why, sha256=sha256, activity_id=same.id)

    async def _is_known(self, found: Found, sha256: bytes) -> bool:
        """Whether this content was read before, wherever it lay then."""
        async with self._run.database.read() as session:
            before = await imports.by_content(session, self._run.user_id, sha256, VERSION)
        if before is None:
            return False
        row, activity = before
        match row.outcome:
            case "failed":
                self._tally.failed(found, row.reason or "", sha256=sha256)
            case "skipped":
                self._tally.skipped(found, row.reason or "", sha256=sha256)
            case _ if activity is not None and is_lost(self._run, self._files, activity):
                return False
            case _:
                self._tally.known(found, sha256=sha256, activity_id=row.activity_id)
        return True

    async def _same(self, new: _Candidate) -> Activity | None:
        """The activity where it is here already: by Garmin's id, where an archive tells it, goes before all else."""
        async with self._run.database.read() as session:
            if new.row is not None and self._archived is not None:
                name = new.row.garmin_activity_id
                stored = await activities.stored(session, self._archived.account_id, [name])
                return stored.get(name) or await same_activity.find(
                    session, [self._local_id], _traits(new.recording), new.sha256
                )
            return await same_activity.find(session, self._accounts, _traits(new.recording), new.sha256)

    async def _store(self, new: _Candidate) -> None:
        recording, row, archived = new.recording, new.row, self._archived
        if row is not None and archived is not None:
            account_id, name, start = archived.account_id, row.garmin_activity_id, row.start_time
            values = {**columns_of(row), "extra": {**row.extra, **new.notes}}
        else:
            account_id, name, start = self._local_id, f"sha256:{new.sha256.hex()}", recording.start
            values = {"garmin_activity_id": name, **_values(recording), "extra": {**_extra(recording), **new.notes}}
        kept = await asyncio.to_thread(self._files.keep, new.draft, account_id, name, start, recording.file_type)
        async with self._run.page() as session:
            await self._files.share(session, self._run.database, kept)
            await activities.save(session, account_id, [{**values, **_file(kept)}])
            stored = (await activities.stored(session, account_id, [name]))[name]
            if row is not None:
                await self._settle_file(session, stored, new)
            self._tally.imported(new.found, recording.problem or "", sha256=new.sha256, activity_id=stored.id)
            self._tally.gained["activities"] += 1
            await write_down(self._run, session, self._tally)

    async def _upgrade(self, new: _Candidate, same: Activity) -> None:
        """Let an activity have a better file. What Garmin says of it stays what Garmin says."""
        account_id, name = same.garmin_connect_account_id, same.garmin_activity_id
        recording = new.recording
        kept = await asyncio.to_thread(
            self._files.keep, new.draft, account_id, name, same.start_time, recording.file_type
        )
        values = _file(kept)
        is_garmins = name.isdecimal()
        if is_garmins:
            told = {key: value for key, value in (same.extra or {}).items() if key not in FILE_NOTES}
            values["extra"] = {**told, **new.notes}
        else:
            values |= {**_values(recording), "extra": {**_extra(recording), **new.notes}}
        async with self._run.page() as session:
            await self._files.share(session, self._run.database, kept)
            await activities.change(session, same.id, values)
            if is_garmins:
                await self._settle_file(session, same, new)
            lost = new.sha256 == same.sha256
            note = recording.problem or (_BACK if lost else _BETTER)
            self._tally.imported(new.found, note, sha256=new.sha256, activity_id=same.id)
            self._tally.gained["files that were lost" if lost else "better files"] += 1
            await write_down(self._run, session, self._tally)

    async def _settle_file(self, session: Transaction, activity: Activity, new: _Candidate) -> None:
        """Where this is the original, Garmin need not be asked for it any more; else it is to be, once."""
        account_id, name = activity.garmin_connect_account_id, activity.garmin_activity_id
        day = (activity.start_time + timedelta(seconds=activity.utc_offset_s or 0)).date()
        if new.origin == "original" and new.recording.problem is None:
            entry = coverage.Entry(ACTIVITY_FILE, day, "fetched", name)
            await coverage.record(session, account_id, [entry])
        else:
            await coverage.await_file(session, account_id, day, name, NO_ORIGINAL)

    # ── Summaries ────────────────────────────────────────────────────────────────────────────────────────

    async def take_summaries(self, archived: Archived) -> None:
        """The activities that an archive sums up and of which no file came: Garmin can be asked for those later."""
        rest = archived.rest(self._with_file)
        for number, page in enumerate(batched(rest, _SUMMARIES_AT_ONCE)):
            await self._run.breathe()
            self._run.database.require_reserve()
            self._tally.show(self._run, f"summary {number * _SUMMARIES_AT_ONCE + 1} of {len(rest)}")
            async with self._run.database.read() as session:
                known = await activities.stored(session, archived.account_id, [row.garmin_activity_id for row in page])
            await self._take_page([row for row in page if row.garmin_activity_id not in known], archived)

    async def _take_page(self, rows: Sequence[ActivityRow], archived: Archived) -> None:
        left: list[tuple[ActivityRow, StoredFile]] = []
        for row in rows:
            async with self._run.database.read() as session:
                same = await same_activity.find(session, [self._local_id], traits_of(row))
            if same is not None:
                await self._give(same, row)
                continue
            draft = self._scratch / uuid4().hex
            draft.touch(PRIVATE_FILE_MODE)
            summary = summary_tcx(row.activity_type, row.start_time, row.duration, row.distance, row.calories)
            draft.write_text(summary, "utf-8")
            kept = await asyncio.to_thread(
                self._files.keep, draft, archived.account_id, row.garmin_activity_id, row.start_time, "TCX"
            )
            left.append((row, kept))
        async with self._run.page() as session:
            for row, kept in left:
                await self._files.share(session, self._run.database, kept)
                values = {**columns_of(row), **_file(kept), "extra": {**row.extra, "file_origin": "synthesized"}}
                await activities.save(session, archived.account_id, [values])
                await coverage.await_file(session, archived.account_id, day_of(row), row.garmin_activity_id, _NO_FILE)
            self._tally.gained["activities"] += len(left)
            await write_down(self._run, session, self._tally)

    async def _give(self, activity: Activity, row: ActivityRow) -> Activity:
        """Let an activity of files alone be the one that Garmin knows by this row; as it is then."""
        assert self._archived is not None
        given = await give(self._run, self._files, activity, self._archived.account_id, columns_of(row))
        self._tally.gained["recognized"] += 1
        return given


def _read(draft: Path, name: str) -> Recording:
    with draft.open("rb") as file:
        head = file.read(HEAD_BYTES)
    file_type = detect(head)
    if file_type is None:
        raise FileDamaged(name, impression(head))
    return read_recording(draft, file_type, name)


def _rank(activity: Activity) -> tuple[bool, int]:
    extra = activity.extra or {}
    origin = extra.get("file_origin", "original")
    return "file_problem" not in extra, _ORIGINS.index(origin) if origin in _ORIGINS else 0


def _traits(recording: Recording) -> Traits:
    identity = recording.identity
    return Traits(
        recording.start,
        recording.activity_type,
        tuple(each for each in (recording.duration_s, recording.elapsed_s) if each is not None),
        identity.serial,
        identity.time_created,
        cut_off=recording.problem is not None,
    )


def _values(recording: Recording) -> dict[str, Any]:
    return {
        "activity_type": recording.activity_type,
        "start_time": recording.start,
        "utc_offset_s": _offset_s(recording),
        "duration": recording.duration,
        "distance": recording.distance_m,
        "calories": recording.calories_kcal,
    }


def _offset_s(recording: Recording) -> int:
    """The file's own; of a file that does not tell, that of this machine's zone on that day."""
    if recording.utc_offset_s is not None:
        return recording.utc_offset_s
    offset = recording.start.astimezone().utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0


def _file(kept: StoredFile) -> dict[str, Any]:
    return {
        "file_type": kept.file_type,
        "file_path": kept.path,
        "sha256": kept.sha256,
        "size_bytes": kept.size_bytes,
    }


def _extra(recording: Recording) -> dict[str, Any]:
    identity = recording.identity
    device = {
        DEVICE_SERIAL: identity.serial,
        TIME_CREATED: identity.time_created and identity.time_created.isoformat(),
    }
    told = {key: value for key, value in device.items() if value is not None}
    return {**recording.extra, **told}
