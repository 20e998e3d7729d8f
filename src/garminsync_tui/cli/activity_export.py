"""One activity's recording in another format, to stdout or into a file."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ..text import clean
from .output import say
from .rows import is_file, refuse_terminal, say_written

if TYPE_CHECKING:
    from ..models import Activity


async def write_activity(activity: Activity, source: Path, form: str, target: Path, *, force: bool) -> None:
    """Write what is in `source` (the activity's original) as `form`, and say what there is to say.

    Raises FileDamaged where the original cannot be read, GarminSyncError where the format cannot hold it,
    UsageProblem where it must not be written there.
    """
    from ..new_file import new_binary_file
    from ..transfer.activity_files import write

    if is_file(target):
        place = _place(activity, target, form)
        try:
            with new_binary_file(place, replace=force) as stream:
                written, notes = await asyncio.to_thread(write, activity, source, form, stream)
        except (asyncio.CancelledError, KeyboardInterrupt):
            say("No file was written.")
            raise
        say_written(written, place)
    else:
        if form.upper() == activity.file_type:
            refuse_terminal()
        sys.stdout.flush()
        _, notes = await asyncio.to_thread(write, activity, source, form, sys.stdout.buffer)
    for note in notes:
        say(f"note: {clean(note)}")


def _place(activity: Activity, target: Path, form: str) -> Path:
    from ..transfer.activity_files import file_name

    return target / file_name(activity, form) if target.is_dir() else target
