"""The job `export`: everything that was asked for into one folder, file by file.

Each file is there when it is complete. What is interrupted begins anew with the file that was not, and a folder says
that it is unfinished until all are there.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from ...dates import iso
from ...errors import DiskFull, FileDamaged, GarminSyncError
from ...filters import parse
from ...formats import Track, read_track
from ...jobs.run import JobRun
from ...models import Activity
from ...new_file import new_binary_file
from ...paths import private_folder
from ...store import listed
from ...store.files import FileStore
from ...units import number
from ..activity_files import file_name, write_file
from . import folder as folders
from . import recordings
from .asked import FILES, ORIGINAL, RECORDED, SECONDS
from .shape import ENDINGS, Chosen, Column, Form, Row
from .tables import TABLES
from .writers import Writer, writer

_FILES_A_PAGE = 20
#: Roughly how many rows of a table could be written while one of these is.
_ROWS_A_RECORDING, _ROWS_A_FILE = 2_000, 500


async def export(run: JobRun, files: FileStore) -> None:
    """Write it; parameters are folder, form, what, as, since, until and filter. Raises GarminSyncError."""
    await _Export(run, files).to_the_end()


class _Export:
    def __init__(self, run: JobRun, files: FileStore) -> None:
        asked = run.parameters
        self._run, self._files = run, files
        self._folder = Path(asked["folder"])
        self._form: Form = asked["form"]
        self._what: list[str] = list(asked["what"])
        since, until = asked.get("since"), asked.get("until")
        self._chosen = Chosen(
            date.fromisoformat(since) if since else None,
            date.fromisoformat(until) if until else None,
            parse(asked.get("filter") or ""),
        )
        #: File → rows and size, of those that are there.
        self._done: dict[str, dict[str, int]] = run.checkpoint.setdefault("done", {})
        self._written, self._expected = 0, 1

    async def to_the_end(self) -> None:
        run = self._run
        run.progress(0, 1, "counting")
        with folders.held(self._folder):
            await self._expect()
            tables = [await self._table(name) for name in self._what if name in TABLES]
            if any(name in self._what for name in RECORDED):
                tables += await self._recorded()
            if SECONDS in self._what:
                tables.append(await self._seconds())
            if FILES in self._what:
                tables.append(await self._originals())
            made_at = iso(datetime.now(UTC)) or ""
            schema = folders.schema_of(run.parameters, tables, made_at)
            await asyncio.to_thread(folders.finish, self._folder, schema)
        run.result = {"tables": {table["name"]: _rows(table) for table in tables}}
        rows = sum(run.result["tables"].values())
        run.progress(1, 1, f"{number(rows)} rows in {self._folder}")

    async def _expect(self) -> None:
        """About how much there is, so that progress means something."""
        from ...store.activities import count
        from ...store.health import counts

        async with self._run.database.read() as session:
            readings = sum(each.readings for each in await counts(session)) if self._wants("health_") else 0
            recorded = await count(session, self._chosen.of_activities)
        weight = _ROWS_A_RECORDING * (self._wants(*RECORDED) + self._wants(SECONDS)) + _ROWS_A_FILE * self._wants(FILES)
        self._expected = readings + recorded * (1 + weight) + 1

    def _wants(self, *beginnings: str) -> bool:
        return any(name.startswith(beginnings) for name in self._what)

    def _tell(self, more: int, what: str) -> None:
        self._written += more
        self._run.progress(min(self._written, self._expected), self._expected, what)

    # ── Files of rows ────────────────────────────────────────────────────────────────────────────────

    def _is_done(self, name: str) -> bool:
        there = self._done.get(name)
        with contextlib.suppress(OSError):
            return there is not None and (self._folder / name).stat().st_size == there["size_bytes"]
        return False

    async def _finished(self, counts: dict[str, int]) -> None:
        """Note in the job that files are there."""
        async with self._run.page():
            for name, rows in counts.items():
                size = (self._folder / name).stat().st_size
                self._run.checkpoint["done"][name] = {"rows": rows, "size_bytes": size}
        self._done = self._run.checkpoint["done"]

    def _open(self, stack: contextlib.ExitStack, name: str, columns: Sequence[Column]) -> Writer:
        """A file that is there when the stack ends well."""
        path = self._folder / name
        private_folder(path.parent)
        stream: BinaryIO = stack.enter_context(new_binary_file(path, replace=True))
        opened = writer(self._form, stream, columns)
        stack.push(lambda kind, *_: opened.close() if kind is None else None)
        return opened

    def _about(self, name: str, about: str, columns: Sequence[Column], files: Sequence[str]) -> dict[str, Any]:
        return {
            "name": name,
            "about": about,
            "columns": [
                {"name": each.name, "type": each.kind.value, "unit": each.unit, "about": each.about} for each in columns
            ],
            "files": [{"file": file, **self._done[file]} for file in files],
        }

    async def _table(self, name: str) -> dict[str, Any]:
        table = TABLES[name]
        file = f"{name}.{ENDINGS[self._form]}"
        if not self._is_done(file):
            rows = 0
            with contextlib.ExitStack() as stack:
                opened = self._open(stack, file, table.columns)
                async with contextlib.aclosing(table.pages(self._run.database, self._chosen)) as pages:
                    async for page in pages:
                        await asyncio.to_thread(opened.write, page)
                        rows += len(page)
                        self._tell(len(page), f"{name}, {number(rows)} rows")
                        await self._run.breathe()
            await self._finished({file: rows})
        return self._about(name, table.about, table.columns, [file])

    # ── What lies in recordings ──────────────────────────────────────────────────────────────────────

    async def _tracks(self, started: tuple[datetime, datetime] | None = None) -> AsyncGenerator[tuple[Activity, Track]]:
        """Each chosen recording that can be read; what cannot is noted once."""
        found = listed.activities(self._run.database, self._chosen.of_activities, started=started)
        async with contextlib.aclosing(found) as pages:
            async for page in pages:
                for activity in page:
                    await self._run.breathe()
                    try:
                        source = await self._files.open(self._run.database, activity)
                        track = await asyncio.to_thread(read_track, source)
                    except FileDamaged as damage:
                        await self._left_out(activity, damage.reason)
                        continue
                    yield activity, track

    async def _left_out(self, activity: Activity, why: str) -> None:
        what = f"activity {activity.garmin_activity_id}"
        if not any(each.startswith(f"{what}:") for each in self._run.failures):
            self._run.failed_item(what, why)

    async def _recorded(self) -> list[dict[str, Any]]:
        ending = ENDINGS[self._form]
        parts: dict[str, tuple[str, tuple[Column, ...], Callable[[str, Track], list[Row]]]] = {
            "laps": (recordings.ABOUT_LAPS, recordings.LAPS, recordings.laps),
            "sessions": (recordings.ABOUT_SESSIONS, recordings.SESSIONS, recordings.sessions),
        }
        wanted = [name for name in parts if name in self._what]
        if not all(self._is_done(f"{name}.{ending}") for name in wanted):
            counts = dict.fromkeys((f"{name}.{ending}" for name in wanted), 0)
            with contextlib.ExitStack() as stack:
                opened = {name: self._open(stack, f"{name}.{ending}", parts[name][1]) for name in wanted}
                async with contextlib.aclosing(self._tracks()) as tracks:
                    async for activity, track in tracks:
                        for name in wanted:
                            rows = parts[name][2](str(activity.id), track)
                            if rows:
                                opened[name].write(rows)
                            counts[f"{name}.{ending}"] += len(rows)
                        self._tell(_ROWS_A_RECORDING, f"{' and '.join(wanted)}, {activity.start_time:%Y-%m-%d}")
            await self._finished(counts)
        return [self._about(name, parts[name][0], parts[name][1], [f"{name}.{ending}"]) for name in wanted]

    async def _seconds(self) -> dict[str, Any]:
        """A file a month, so that an interruption costs a month, and memory is that of one recording."""
        files = []
        for month in await listed.months(self._run.database, self._chosen.of_activities):
            name = f"{month[0]:%Y-%m}"
            file = f"{SECONDS}/{name}.{ENDINGS[self._form]}"
            if not self._is_done(file):
                rows = 0
                with contextlib.ExitStack() as stack:
                    opened = self._open(stack, file, recordings.SECONDS)
                    async with contextlib.aclosing(self._tracks(month)) as tracks:
                        async for activity, track in tracks:
                            page = recordings.seconds(str(activity.id), activity.garmin_activity_id, track)
                            if page:
                                await asyncio.to_thread(opened.write, page)
                            rows += len(page)
                            self._tell(_ROWS_A_RECORDING, f"seconds, {name}")
                await self._finished({file: rows})
            files.append(file)
        return self._about(SECONDS, recordings.ABOUT_SECONDS, recordings.SECONDS, files)

    # ── The files themselves ─────────────────────────────────────────────────────────────────────────

    async def _originals(self) -> dict[str, Any]:
        run = self._run
        after = run.checkpoint.get("after")
        pages = listed.activities(
            run.database,
            self._chosen.of_activities,
            after=(datetime.fromisoformat(after[0]), UUID(after[1])) if after else None,
            page_rows=_FILES_A_PAGE,
        )
        async with contextlib.aclosing(pages):
            async for page in pages:
                written = 0
                for activity in page:
                    await run.breathe()
                    written += await self._file(activity)
                    self._tell(_ROWS_A_FILE, f"files, {activity.start_time:%Y-%m-%d}")
                async with run.page():
                    run.checkpoint["after"] = [page[-1].start_time.isoformat(), page[-1].id.hex]
                    run.checkpoint["files"] = run.checkpoint.get("files", 0) + written
        form = run.parameters["as"]
        count = {"file": f"{FILES}/", "rows": run.checkpoint.get("files", 0)}
        about = f"Each activity's file ({form}), by the year in which it began."
        return {"name": FILES, "about": about, "columns": [], "files": [count]}

    async def _file(self, activity: Activity) -> int:
        """How many files that gave."""
        asked = self._run.parameters["as"]
        form = activity.file_type.lower() if asked == ORIGINAL else asked
        place = self._folder / FILES / f"{activity.start_time:%Y}" / file_name(activity, form)
        try:
            source = await self._files.open(self._run.database, activity)
            private_folder(place.parent)
            _, notes = await asyncio.to_thread(write_file, activity, source, form, place, replace=True)
        except DiskFull:
            raise
        except FileDamaged as damage:
            await self._left_out(activity, damage.reason)
            return 0
        except GarminSyncError as problem:
            await self._left_out(activity, problem.message)
            return 0
        for note in notes:
            await self._run.note("note", f"activity {activity.garmin_activity_id}: {note}")
        return 1


def _rows(table: dict[str, Any]) -> int:
    return sum(each["rows"] for each in table["files"])
