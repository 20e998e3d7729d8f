"""Room on a disk. Some of it is never used up: what met a full disk must still be able to say so."""

from __future__ import annotations

import shutil
from pathlib import Path

from ..errors import DiskFull
from ..units import size

#: What a disk should have left: for the row that says why a job waits, for its log, for other programs.
RESERVE_BYTES = 16 * 2**20


def require_reserve(folder: Path) -> None:
    """Raises DiskFull where `folder` has so little left that nothing more should be fetched into it."""
    free = shutil.disk_usage(folder).free
    if free < RESERVE_BYTES:
        raise DiskFull(
            f"{folder} has only {size(free)} free; {size(RESERVE_BYTES)} are left to the rest of the program.",
            hint="Free some space; waiting jobs go on by themselves.",
        )
