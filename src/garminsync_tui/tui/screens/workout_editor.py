"""Editing a workout by keyboard: an outline, one line of text for a row, or the whole text; one undo for all of it.

Nothing leaves this machine before a push. What is not saved is kept as a draft after every change.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from ... import text
from ...errors import WorkoutChanged
from ...workouts.editing import Editing
from ...workouts.findings import with_those_of
from ...workouts.names import named
from ...workouts.text_parser import parse
from .. import keys
from ..widgets.outline_view import OutlineView
from ..widgets.pane import Pane
from ..widgets.workout_text import WorkoutText
from .editor_outline import EditorOutline
from .editor_panes import NEW
from .editor_text import EditorText
from .workout_dialogs import Choose

if TYPE_CHECKING:
    from ..engine import Engine


class WorkoutEditor(EditorOutline, EditorText):
    """One workout. `i` writes a row, tab writes all of it, ctrl+s saves."""

    place = "editor"
    BINDINGS: ClassVar = keys.bindings("editor")

    async def read(self, engine: Engine) -> None:
        """Who it is for, and the draft of an earlier edit; once."""
        if self.ready:
            return
        shelf = await engine.workouts.everything()
        self._athlete = shelf.athlete
        self._exercises = await engine.workouts.exercises()
        self._known = (
            with_those_of(self._exercises, self._opened.at_garmin) if self._opened.at_garmin else self._exercises
        )
        self._exercise_names = [
            f"{of}/{name}" for of, names in sorted(self._exercises.items()) for name in sorted(names)
        ]
        self._draft = engine.workouts.draft(self._workout_id)
        self.ready = True
        left = self._draft.read()
        if left is not None:
            self._open_text(left, "What was not saved last time is here again.")
        elif self._opened.words:
            self._open_text(self._opened.words, "")
        elif self._opened.workout is None:
            self._write_text(NEW)
        else:
            self._show()
        if not self.query_one("#text", WorkoutText).display:
            self.query_one("#outline", OutlineView).focus()

    def _open_text(self, words: str, said: str) -> None:
        """Text in the outline where it can be read, else as it is."""
        parsed = parse(words, base=self._opened.workout)
        if parsed.workout is None or parsed.problems:
            self._write_text(words)
        elif self._opened.workout is None:
            self._editing = Editing(parsed.workout)
            self._show()
        else:
            self._editing.replace(parsed.workout)
            self._show()
        if said:
            self.notify(said, markup=False)

    def action_editor_save(self) -> None:
        """Keep it here."""
        self._save(lambda _: None)

    def _save(self, then: Callable[[UUID], object]) -> None:
        engine = self.garminsync.engine
        if engine is None or (self._in_text and not self._take_text()):
            return
        if not self._editing.workout.steps:
            self.notify("It has no steps yet.", severity="warning", markup=False)
            return
        if self._in_text:
            self._leave_text()
        workout = self._editing.workout

        async def keep() -> None:
            before, self._stored = self._stored, None  # who saves again means it
            try:
                self._workout_id = kept_id = await engine.workouts.keep(self._workout_id, workout, before)
            except WorkoutChanged as problem:
                raise WorkoutChanged(problem.message, hint="ctrl+s again keeps yours in its place.") from None
            self._stored = named(workout)
            self._editing.saved()
            if self._drafting is not None:
                self._drafting.stop()
            if self._draft is not None:
                self._draft.drop()
                self._draft = engine.workouts.draft(kept_id)
            self._show()
            self.notify("Saved here. ctrl+u pushes it to Garmin.", markup=False)
            then(kept_id)

        self.garminsync.do(keep)

    def action_editor_push(self) -> None:
        """Save it and bring it to Garmin."""
        errors = [each for each in self._findings if each.severity == "error"]
        if errors:
            self.notify(text.clean(f"Not pushed: {errors[0].message}", 300), severity="error", markup=False)
            return
        engine = self.garminsync.engine
        assert engine is not None

        def push(workout_id: UUID) -> None:
            self.garminsync.do(lambda: engine.workouts.push(workout_id))

        self._save(push)

    def back(self) -> bool:
        """Out of the line, out of the text, out of a selection; then ask about what is not saved."""
        if self._line_done is not None:
            self._hide_line()
        elif self._in_text:
            area = self.query_one("#text", WorkoutText)
            if not area.text.strip() or area.text == NEW:
                self.query_one("#steps-pane", Pane).set_class(False, "-text")
                return False
            if self._take_text():
                self._leave_text()
        elif self._editing.anchor is not None:
            self._editing.anchor = None
            self._show_rows()
        elif self._unsaved:
            rows = [("save", "Save it"), ("drop", "Throw the changes away"), ("stay", "Stay here")]
            self.app.push_screen(Choose("It is not saved", rows), self._left)
        else:
            return False
        return True

    def asks(self) -> bool:
        """What is not saved is not left without a word, whichever key leaves."""
        return (self._in_text or self._unsaved) and self.back()

    def _left(self, answer: str | None) -> None:
        if answer == "save":
            self._save(lambda _: self.dismiss())
        elif answer == "drop":
            if self._drafting is not None:
                self._drafting.stop()
            if self._draft is not None:
                self._draft.drop()
            self.dismiss()
