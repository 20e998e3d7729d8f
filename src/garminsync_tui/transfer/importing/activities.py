"""Recordings into activities: each once, by whichever door it came, and with the best file there is of it.

An original (FIT) is better than an export (GPX, TCX), that is better than what was written from a summary; a whole
file is better than a damaged one. A better file that comes later takes the place of the worse one, which stays.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from ...errors import FileDamaged
from ...formats import detect
from ...formats.detection import HEAD_BYTES, impression
from ...jobs.queue import Transaction
from ...jobs.run import JobRun
from ...models import Activity
from ...store import activities, coverage, imports, same_activity
from ...store.files import FileStore, StoredFile
from ...store.same_activity import DEVICE_SERIAL, TIME_CREATED, Traits
from ...store.schema import ACTIVITY_FILE
from .memory import VERSION, write_down
from .recording import NotAnActivity, Recording, read_recording
from .sources import Found
from .tally import Tally

_MAX_BYTES = 256 * 2**20
_ORIGINS = ("synthesized", "export", "original")


class Activities:
    """Where an import's recordings go."""

    def __init__(
        self, run: JobRun, files: FileStore, scratch: Path, tally: Tally, accounts: Collection[UUID], local_id: UUID
    ) -> None:
        self._run = run
        self._files = files
        self._scratch = scratch
        self._tally = tally
        #: In which the same activity may be already.
        self._accounts = accounts
        self._local_id = local_id

    async def take(self, found: Found) -> None:
        """Import one file. What is wrong with it is counted, and the others go on."""
        draft = self._scratch / uuid4().hex
        try:
            await self._take(found, draft)
        except FileDamaged as damage:
            self._tally.failed(found, damage.reason)
        except NotAnActivity as problem:
            self._tally.skipped(found, str(problem))
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
        async with self._run.database.read() as session:
            same = await same_activity.find(session, self._accounts, _traits(recording), sha256)
        if same is None:
            await self._store(found, draft, sha256, recording)
        elif same.sha256 != sha256 and _rank_of(recording) > _rank(same):
            await self._upgrade(found, draft, sha256, recording, same)
        else:
            why = "" if same.sha256 == sha256 else recording.problem or "another file of an activity that is here"
            self._tally.known(found, why, sha256=sha256, activity_id=same.id)

    async def _is_known(self, found: Found, sha256: bytes) -> bool:
        """Whether this content was read before, wherever it lay then."""
        async with self._run.database.read() as session:
            before = await imports.by_content(session, self._run.user_id, sha256, VERSION)
        if before is None:
            return False
        match before.outcome:
            case "failed":
                self._tally.failed(found, before.reason or "", sha256=sha256)
            case "skipped":
                self._tally.skipped(found, before.reason or "", sha256=sha256)
            case _:
                self._tally.known(found, sha256=sha256, activity_id=before.activity_id)
        return True

    async def _store(self, found: Found, draft: Path, sha256: bytes, recording: Recording) -> None:
        account_id, name = self._local_id, f"sha256:{sha256.hex()}"
        kept = await asyncio.to_thread(self._files.keep, draft, account_id, name, recording.start, recording.file_type)
        values = {"garmin_activity_id": name, **_values(recording), **_file(kept), "extra": _extra(recording)}
        async with self._run.page() as session:
            await self._files.share(session, self._run.database, kept)
            await activities.save(session, account_id, [values])
            stored = (await activities.stored(session, account_id, [name]))[name]
            self._tally.imported(found, recording.problem or "", sha256=sha256, activity_id=stored.id)
            self._tally.gained["activities"] += 1
            await write_down(self._run, session, self._tally)

    async def _upgrade(self, found: Found, draft: Path, sha256: bytes, recording: Recording, same: Activity) -> None:
        """Let an activity have a better file. What Garmin says of it stays what Garmin says."""
        kept = await asyncio.to_thread(
            self._files.keep,
            draft,
            same.garmin_connect_account_id,
            same.garmin_activity_id,
            same.start_time,
            recording.file_type,
        )
        values = _file(kept)
        if same.garmin_connect_account_id == self._local_id:
            values |= {**_values(recording), "extra": _extra(recording)}
        else:
            values["extra"] = {**(same.extra or {}), **_notes(recording)}
            if recording.problem is None:
                values["extra"].pop("file_problem", None)
        async with self._run.page() as session:
            await self._files.share(session, self._run.database, kept)
            await activities.change(session, same.id, values)
            if same.garmin_connect_account_id != self._local_id and _origin(recording) == "original":
                await self._settle_file(session, same)
            self._tally.imported(
                found,
                recording.problem or "a better file of an activity that was here",
                sha256=sha256,
                activity_id=same.id,
            )
            self._tally.gained["better files"] += 1
            await write_down(self._run, session, self._tally)

    async def _settle_file(self, session: Transaction, activity: Activity) -> None:
        """Garmin need not be asked for the original any more."""
        day = (activity.start_time + timedelta(seconds=activity.utc_offset_s or 0)).date()
        entry = coverage.Entry(ACTIVITY_FILE, day, "fetched", activity.garmin_activity_id)
        await coverage.record(session, activity.garmin_connect_account_id, [entry])


def _read(draft: Path, name: str) -> Recording:
    with draft.open("rb") as file:
        head = file.read(HEAD_BYTES)
    file_type = detect(head)
    if file_type is None:
        raise FileDamaged(name, impression(head))
    return read_recording(draft, file_type, name)


def _origin(recording: Recording) -> str:
    return "original" if recording.file_type == "FIT" else "export"


def _rank_of(recording: Recording) -> tuple[bool, int]:
    return recording.problem is None, _ORIGINS.index(_origin(recording))


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


def _notes(recording: Recording) -> dict[str, Any]:
    notes = {"file_origin": _origin(recording), "file_problem": recording.problem}
    return {key: value for key, value in notes.items() if value is not None}


def _extra(recording: Recording) -> dict[str, Any]:
    identity = recording.identity
    device = {
        DEVICE_SERIAL: identity.serial,
        TIME_CREATED: identity.time_created and identity.time_created.isoformat(),
    }
    told = {key: value for key, value in device.items() if value is not None}
    return {**recording.extra, **told, **_notes(recording)}
