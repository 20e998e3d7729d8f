"""Writing what Health shows into a file: where to, and what to do with what is there already."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ... import text, units
from ...errors import GarminSyncError
from ..health_range import Period
from ..health_subjects import title_of
from .workout_dialogs import Ask, Choose

if TYPE_CHECKING:
    from textual.screen import Screen

    from ..health_shelf import HealthShelf


async def export(screen: Screen[None], shelf: HealthShelf, metrics: Sequence[str], period: Period) -> None:
    """Ask, write the readings as CSV, and say what was written."""
    about = f"Readings of {' and '.join(map(title_of, metrics))}, {period.words}, as CSV into:"
    proposed = Path.cwd() / f"{metrics[0]}-{period.since}-{period.until}.csv"
    written = await screen.app.push_screen_wait(Ask("Export", about, str(proposed)))
    if not written:
        return
    try:
        target = await asyncio.to_thread(Path(written.strip()).expanduser)
        replace = False
        if await asyncio.to_thread(target.is_file):
            question = f"{text.clean(target.name)} is there already"
            answer = await screen.app.push_screen_wait(Choose(question, [("", "No, keep it"), ("yes", "Replace it")]))
            replace = answer == "yes"
            if not replace:
                return
        count = await shelf.write(metrics, period, target, replace=replace)
    except GarminSyncError as problem:
        screen.notify(text.clean(f"{problem.message} {problem.hint}"), severity="error", markup=False)
    except (OSError, RuntimeError) as problem:
        screen.notify(text.clean(f"No file was written: {problem}"), severity="error", markup=False)
    else:
        screen.notify(text.clean(f"{units.number(count)} readings written to {target}.", 400), markup=False)
