"""The text of a workout is drawn as Textual draws it, though not each line anew."""

from __future__ import annotations

import random
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.strip import Strip
from textual.widgets import TextArea

from garminsync_tui.tui.widgets.workout_text import WorkoutText

_PIECES = ["5:00 @z2\n", "6x(800m, rec 2:00)", "\n", "  ", "a long note that needs more than one line here ", "x", "("]
_LINES = 10


class Page(App[None]):
    CSS: ClassVar = "WorkoutText { width: 40; height: 12; }"

    def compose(self) -> ComposeResult:
        yield WorkoutText(id="text")


def cells(strips: list[Strip]) -> list[list[tuple[str, str]]]:
    """Each cell of each line: its character and how it looks."""
    return [[(character, str(each.style)) for each in strip for character in each.text] for strip in strips]


async def test_every_line_is_drawn_as_it_stands() -> None:
    dice = random.Random(7)
    async with Page().run_test(size=(50, 14)) as pilot:
        area = pilot.app.query_one(WorkoutText)
        area.focus()
        looks = set()
        for number in range(150):
            row, other = (dice.randrange(area.document.line_count) for _ in range(2))
            column = dice.randrange(len(area.document.get_line(row)) + 1)
            match dice.randrange(5):
                case 0 | 1:
                    area.insert(dice.choice(_PIECES), (row, column))
                    area.move_cursor((other, 0))
                case 2:
                    area.move_cursor((row, column), select=True)
                case 3:
                    area.delete((other, 0), (row, column))
                case 4:
                    area.move_cursor((row, column))
            if number % 50 == 49:
                pilot.app.theme = "textual-light" if number == 49 else "nord"
            await pilot.pause()
            drawn = cells([area.render_line(y) for y in range(_LINES)])
            assert drawn == cells([TextArea.render_line(area, y) for y in range(_LINES)]), number
            looks.add(str(drawn))
        assert len(looks) > 75
