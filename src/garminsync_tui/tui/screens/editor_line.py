"""The line below the editor: a row as text, a number, a note; with what could stand where one writes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual import events, on
from textual.content import Content
from textual.widgets import Input, Static

from ... import text
from ...workouts.completion import Completion, completions
from ...workouts.definition import Step, Workout
from ...workouts.text_printer import print_workout
from ..widgets.field import Field
from ..widgets.outline_view import OutlineView
from ..widgets.workout_text import WorkoutText
from .editor_panes import EditorPanes, Opened

if TYPE_CHECKING:
    pass

_COMPLETIONS = 6


class EditorLine(EditorPanes):
    """Asks for one line of text and gives it to who asked."""

    def __init__(self, opened: Opened) -> None:
        super().__init__(opened)
        #: What the line is for; None while it is hidden. It says what is wrong, or nothing.
        self._line_done: Callable[[str], str] | None = None
        self._line_is_free = False
        self._found: Sequence[Completion] = ()

    def _ask_line(self, value: str, done: Callable[[str], str], about: str = "", *, free: bool = False) -> None:
        """Give `done` what is written. A free line is not completed as steps are, and may be empty."""
        line = self.query_one("#line", Field)
        self._line_done, self._line_is_free, self._found = done, free, ()
        line.placeholder = about or "a step, like 5:00 @z2 or 6x(800m @3:50-4:00/km, rec 2:00)"
        line.display = True
        line.value = value
        line.cursor_position = len(value)
        line.focus()

    @on(Input.Changed, "#line")
    def _line_changed(self, event: Input.Changed) -> None:
        if self._line_done is None or self._line_is_free:
            return
        self._complete(event.value, 1, self.query_one("#line", Field).cursor_position + 1, alone=True)

    @on(Input.Submitted, "#line")
    def _line_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._line_done is None:
            return
        meant = event.value.strip() or self._line_is_free
        if meant and (problem := self._line_done(event.value)):
            self._say_line(f"✗ {problem}")
            return
        self._hide_line()
        self._show()

    def _say_line(self, words: str) -> None:
        shown = self.query_one("#completions", Static)
        shown.display = bool(words)
        self._say("#completions", Content(text.clean(words, 300)))

    def _hide_line(self) -> None:
        self._line_done = None
        self.query_one("#line", Field).display = False
        self._say_line("")
        self.query_one("#outline", OutlineView).focus()

    def _complete(self, words: str, line: int, column: int, *, alone: bool = False) -> None:
        """What could stand here, below what is written."""
        if alone:
            words, line = f"{head_of(self._editing.workout)}\n{words}", 2
        found = completions(words, line, column, self._exercise_names)
        self._found = found
        self._say_line("   ".join(f"{each.insert.strip()} {each.description}" for each in found[:_COMPLETIONS]))

    def on_key(self, event: events.Key) -> None:
        """Tab takes the first completion while one writes."""
        if event.key != "tab" or not isinstance(self.focused, WorkoutText | Field):
            return
        event.stop()
        event.prevent_default()
        chosen = self._found[0] if self._found else Completion("  ", "", 0)
        if isinstance(self.focused, WorkoutText):
            row, column = self.focused.cursor_location
            self.focused.replace(chosen.insert, (row, column - chosen.replaces), (row, column))
        else:
            at = self.focused.cursor_position
            self.focused.value = self.focused.value[: at - chosen.replaces] + chosen.insert
            self.focused.cursor_position = len(self.focused.value)


def head_of(workout: Workout) -> str:
    """The first line of a workout's text."""
    return print_workout(workout if workout.steps else replace(workout, steps=(Step(),))).split("\n", 1)[0]
