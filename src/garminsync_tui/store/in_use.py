"""Keeps who has a SQLite database open and who puts another file in its place apart."""

from __future__ import annotations

import asyncio
import fcntl
import os
from pathlib import Path

from ..errors import DatabaseBusy
from ..paths import PRIVATE_FILE_MODE

_TRIES = 300  # a tenth of a second apart


class InUse:
    """Who has a SQLite database open holds a lock file shared; who puts another file in its place holds it alone.

    SQLite's own locks do not help there: it names the log by the database's path, so a process that had opened the
    file that is replaced would write its log beside the new one.
    """

    def __init__(self, database: Path) -> None:
        self._database = database
        path = database.with_name(database.name + ".open")
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE_MODE)

    async def take(self) -> None:
        """Hold it with all others who have the database open. Raises DatabaseBusy where it is replaced for long."""
        for _ in range(_TRIES):
            if self.try_shared():
                return
            await asyncio.sleep(0.1)
        raise DatabaseBusy(f"{self._database} is being restored or moved.", hint="Try again when that is done.")

    def try_shared(self) -> bool:
        """The same at once; False where the database is being replaced."""
        return self._try(fcntl.LOCK_SH)

    def take_alone(self) -> bool:
        """Keep everybody from opening it; False where somebody has it open."""
        return self._try(fcntl.LOCK_EX)

    def close(self) -> None:
        """Let go."""
        os.close(self._file)

    def _try(self, mode: int) -> bool:
        try:
            fcntl.flock(self._file, mode | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
