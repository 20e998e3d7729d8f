"""Writing a workout in the app: from a key to the painted screen, with fifty steps in it."""

from __future__ import annotations

import asyncio
import gc
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from garminsync_tui.config import Config
from garminsync_tui.paths import Paths
from garminsync_tui.tui.app import GarminSyncApp
from garminsync_tui.tui.screens.editor_panes import Opened
from garminsync_tui.tui.screens.workout_editor import WorkoutEditor
from garminsync_tui.tui.widgets.workout_text import WorkoutText
from garminsync_tui.workouts.text_parser import parse

from .line import Line

_STEPS = 50
_WARM, _COUNTED = 5, 40
_SIZE = (120, 40)
_WORDS = 'run "Fifty"\n' + "".join(
    f"{1 + number % 9}:00 @{140 + number}-{150 + number}bpm\n" for number in range(_STEPS)
)


def keystrokes() -> Iterable[Line]:
    """Everything that a key starts: the change, reading all of the text, what it takes, what is wrong, the paint."""
    with tempfile.TemporaryDirectory() as folder:
        text, outline = asyncio.run(_typed(Path(folder)))
    yield Line("a key in the text of 50 steps, to painted", 1000 * statistics.median(text), "ms", 16)
    yield Line("a key in the outline of 50 steps, to painted", 1000 * statistics.median(outline), "ms", 16)


async def _typed(folder: Path) -> tuple[list[float], list[float]]:
    config = Config.load(Paths.below(folder), {"sync.runner": "never"}, {})
    app = GarminSyncApp(config)
    async with app.run_test(size=_SIZE) as pilot:
        while app.situation is None:
            await pilot.pause(0.05)
        screen = WorkoutEditor(Opened(None, parse(_WORDS).workout))
        app.push_screen(screen)
        while not screen.ready:
            await pilot.pause(0.05)
        await pilot.pause(1)
        gc.freeze()

        async def seconds(key: Callable[[], object]) -> float:
            started = time.perf_counter()
            key()
            await pilot.pause(0)  # until every message is answered and the screen was painted
            return time.perf_counter() - started

        outline = [await seconds(screen.action_editor_longer) for _ in range(_WARM + _COUNTED)]
        screen.action_editor_text()
        await pilot.pause(1)
        area = screen.query_one("#text", WorkoutText)
        area.move_cursor((20, 2))
        text = [await seconds(partial(area.insert, "1")) for _ in range(_WARM + _COUNTED)]
        return text[_WARM:], outline[_WARM:]
