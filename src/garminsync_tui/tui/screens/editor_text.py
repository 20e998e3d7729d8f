"""The editor's text: all of a workout as one reads it, checked and drawn with each key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.content import Content
from textual.widgets import TextArea

from ... import text
from ...workouts.estimate import estimate
from ...workouts.text_parser import parse
from ...workouts.text_printer import print_workout
from ..widgets.outline_view import OutlineView
from ..widgets.pane import Pane
from ..widgets.workout_text import WorkoutText
from .editor_line import EditorLine
from .editor_panes import NEW

if TYPE_CHECKING:
    pass


class EditorText(EditorLine):
    """Writes the whole workout as text."""

    def action_editor_text(self) -> None:
        """From the outline to the text."""
        self._write_text(print_workout(self._editing.workout) if self._editing.workout.steps else NEW)

    def _write_text(self, words: str) -> None:
        self._begun = words
        area = self.query_one("#text", WorkoutText)
        area.begin(words, (len(words.split("\n")) - 1, 0) if words == NEW else (0, 0))
        self._show_head(self._editing.workout)
        if not self._editing.workout.steps:
            self.query_one("#shape-pane", Pane).empty("It is drawn as you write.")
        pane = self.query_one("#steps-pane", Pane)
        pane.set_class(True, "-text")
        pane.ready("text: esc back to the outline")
        area.focus()

    @on(TextArea.Changed, "#text")
    def _text_changed(self) -> None:
        if not self._in_text:
            return
        area = self.query_one("#text", WorkoutText)
        parsed = parse(area.text, base=self._editing.workout)
        if parsed.workout is not None:
            self._estimate = estimate(parsed.workout, self._athlete)
            self._show_shape()
            self._show_findings(parsed.workout, self._checked(parsed.workout))
            self._show_head(parsed.workout)
        if parsed.problems:
            self._check([Content.styled(text.clean(f"✗ {each}", 300), "$text-error") for each in parsed.problems[:6]])
        row, column = area.cursor_location
        self._complete(area.text, row + 1, column + 1)
        self._draft_soon()

    def _take_text(self) -> bool:
        """Make the outline say what the text says; False where it cannot be read."""
        area = self.query_one("#text", WorkoutText)
        parsed = parse(area.text, base=self._editing.workout)
        if parsed.workout is None or parsed.problems:
            problem = str(parsed.problems[0]) if parsed.problems else "it holds no steps"
            self.notify(text.clean(f"It cannot be read yet: {problem}", 300), severity="warning", markup=False)
            return False
        if parsed.comments:
            self.notify(f"{len(parsed.comments)} comments are not kept.", severity="warning", markup=False)
        self._editing.replace(parsed.workout)
        return True

    def _leave_text(self) -> None:
        self.query_one("#steps-pane", Pane).set_class(False, "-text")
        self._say_line("")
        self.query_one("#outline", OutlineView).focus()
        self._show()
