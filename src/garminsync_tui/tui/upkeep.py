"""What Settings does with the installation: look at it, check it, back it up, end the link."""

from __future__ import annotations

import asyncio
import importlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from .. import text
from ..cli.log import log_file
from ..config import Config
from ..errors import GarminSyncError, UsageProblem
from ..models import GarminConnectAccount
from ..store import accounts, backup
from ..store.database import Database
from ..store.glance import look
from .undisturbed import undisturbed

if TYPE_CHECKING:
    from ..cli.checkup import Finding

#: How entries of the log begin; what follows one without such a beginning is its traceback.
_ENTRY = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\S* [A-Z]+ ")
_FAULT = re.compile(r"\S+ \S+ (?:ERROR|CRITICAL) ")
_FAULT_LINES = 60
_ON_A_SERVER = "This database is on PostgreSQL, which has its own tools for that."


class Stored(NamedTuple):
    """Which database this is, and what it holds."""

    name: str
    kind: str
    size_bytes: int
    activities: int
    readings: int


class Upkeep:
    """`under_way` is the engine's set of what uses the database."""

    def __init__(self, config: Config, database: Database, under_way: set[asyncio.Future[Any]]) -> None:
        self._config = config
        self._database = database
        self.under_way = under_way

    @property
    def file(self) -> Path | None:
        """The SQLite file; None for a server."""
        return Path(str(self._database.url.database)) if self._database.sqlite else None

    @undisturbed
    async def stored(self) -> Stored:
        """Which database this is, and how much is in it."""
        seen = await look(self._database)
        kind = "SQLite" if self._database.sqlite else "PostgreSQL"
        return Stored(self._database.name, kind, seen.size_bytes, seen.activities, seen.readings)

    @undisturbed
    async def check(self) -> None:
        """Read all of the database. Raises DatabaseUnusable where it is damaged, UsageProblem on a server."""
        await asyncio.to_thread(backup.check, self._file())

    @undisturbed
    async def back_up(self, target: Path, *, replace: bool, on_written: Callable[[int], bool]) -> int:
        """Write all of it into a file; how many bytes. `on_written` is called from a thread, and gives up with True.

        Raises what `store.backup.back_up` raises, and GarminSyncError where it was given up.
        """
        file = self._file()

        def work() -> int:
            try:
                backup.back_up(file, target, replace=replace, on_written=on_written)
            except KeyboardInterrupt:
                raise GarminSyncError("Stopped; nothing was written.") from None
            return target.stat().st_size

        return await asyncio.to_thread(work)

    @undisturbed
    async def findings(self) -> list[Finding]:
        """What `garminsync doctor` finds."""
        doctor = await asyncio.to_thread(importlib.import_module, "garminsync_tui.cli.doctor")
        found: list[Finding] = await doctor.findings_of(self._config, self._database, await look(self._database))
        return found

    def last_fault(self) -> list[str]:
        """The last fault of the program that the log tells of, with its traceback; empty without one."""
        try:
            lines = log_file(self._config.paths).read_text("utf-8", "replace").splitlines()
        except OSError:
            return []
        begins = [number for number, line in enumerate(lines) if _FAULT.match(line)]
        if not begins:
            return []
        ends = next((n for n in range(begins[-1] + 1, len(lines)) if _ENTRY.match(lines[n])), len(lines))
        return ["Last fault in the log:", *(text.clean(line, 300) for line in lines[begins[-1] : ends][:_FAULT_LINES])]

    @undisturbed
    async def sign_out(self, account: GarminConnectAccount) -> None:
        """End the link; everything synced stays."""
        await accounts.unlink(self._database, account.id)

    def _file(self) -> Path:
        if (file := self.file) is None:
            raise UsageProblem(_ON_A_SERVER, hint="`pg_dump` writes a backup; docs/moving.md has the whole of it.")
        return file
