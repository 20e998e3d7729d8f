"""What the editor of workouts shows: head, steps, shape, what is wrong; and the draft of what is not saved."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from ... import text
from ...workouts import readiness
from ...workouts.athlete import Athlete
from ...workouts.definition import Leg, Place, Repeat, Sport, Workout, place_words, walk
from ...workouts.editing import Editing, Item
from ...workouts.estimate import Estimate, estimate
from ...workouts.findings import Finding
from ...workouts.text_printer import print_item, print_workout
from ..widgets.field import Field
from ..widgets.outline_view import OutlineRow, OutlineView
from ..widgets.pane import Pane
from ..widgets.profile import Profile
from ..widgets.workout_text import WorkoutText
from ..workout_words import takes
from .place import Place as Screen

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.timer import Timer

    from ...errors import GarminSyncError
    from ...new_file import Draft

#: After the last key a draft is written.
_DRAFT_AFTER_S = 0.7
#: The text of a workout that is none yet.
NEW = 'run "New workout"\n'


class Opened:
    """What the editor is opened on."""

    def __init__(
        self, workout_id: UUID | None, workout: Workout | None, words: str = "", at_garmin: Workout | None = None
    ) -> None:
        self.workout_id = workout_id
        self.workout = workout
        #: As both sides held it last, where it is at Garmin.
        self.at_garmin = at_garmin
        #: Text that is to become a workout, where there is none yet.
        self.words = words


class EditorPanes(Screen):
    """A workout as it is now, on the screen and in its draft."""

    def __init__(self, opened: Opened) -> None:
        super().__init__()
        self._workout_id = opened.workout_id
        #: As it is kept, as far as is known.
        self._stored = opened.workout
        self._opened = opened
        workout = opened.workout or Workout(sport="running", steps=())
        self._editing = Editing(workout)
        self._athlete = Athlete()
        self._exercises: dict[str, frozenset[str]] = {}
        #: Those that are offered, and those of the workout itself.
        self._known: dict[str, frozenset[str]] = {}
        self._exercise_names: list[str] = []
        self._findings: list[Finding] = []
        self._estimate: Estimate | None = None
        self._clipboard: tuple[Item, ...] = ()
        self._draft: Draft | None = None
        self._drafting: Timer | None = None
        #: Whether it knows who it is for, and shows the workout.
        self.ready = False
        #: What stands in the place of the shape.
        self._shapeless = ""
        #: The text that text mode began with.
        self._begun = ""

    @property
    def workout(self) -> Workout:
        """The workout as it is now."""
        return self._editing.workout

    def content(self) -> ComposeResult:
        """Head, outline or text, shape, what is wrong, and a line to write on."""
        yield Pane(Static("", id="head", markup=False), id="head-pane")
        area = WorkoutText(id="text")
        with Horizontal(id="editor-split"):
            yield Pane(OutlineView(id="outline"), area, title="Steps", id="steps-pane")
            with Vertical(id="editor-right"):
                yield Pane(Profile(id="profile"), title="Shape", id="shape-pane")
                yield Pane(Static("", id="findings", markup=False), title="Check", id="check-pane")
        yield Static("", id="completions", markup=False)
        yield Field(id="line", select_on_focus=False)

    def show_problem(self, problem: GarminSyncError) -> None:
        """The head says it."""
        self.query_one("#head-pane", Pane).failed(problem)

    # ── Showing ──────────────────────────────────────────────────────────────────────────────────────

    def _show(self) -> None:
        """Everything again: after a change."""
        workout = self._editing.workout
        self._estimate = estimate(workout, self._athlete)
        self._findings = self._checked(workout)
        self._show_head(workout)
        self._show_rows()
        self._show_findings(workout, self._findings)
        if self._unsaved and self.ready:
            self._draft_soon()

    @property
    def _unsaved(self) -> bool:
        return self._editing.changed or (self._workout_id is None and bool(self._editing.workout.steps))

    @property
    def _in_text(self) -> bool:
        return self.query_one("#steps-pane", Pane).has_class("-text")

    def _checked(self, workout: Workout) -> list[Finding]:
        if not workout.steps:
            return []
        return readiness.findings(workout, self._athlete, self._known)

    def _show_head(self, workout: Workout) -> None:
        estimated = self._estimate or estimate(workout, self._athlete)
        pool = f" · pool {workout.pool.length:g} {workout.pool.unit}" if workout.pool else ""
        steps = sum(not isinstance(item, Leg) for _, item in walk(workout.steps))
        lines = [
            f"{workout.sport.replace('_', ' ')}{pool} · {steps}/50 steps · {takes(estimated, self.garminsync.units)}"
        ]
        if assumed := estimated.assumed_words(self.garminsync.units):
            lines.append(assumed)
        pane = self.query_one("#head-pane", Pane)
        name = text.clean(workout.name or "No name yet: r names it", 80)
        if pane.border_title != Content(name).markup:
            pane.border_title = Content(name)
        self._say("#head", Content("\n".join(text.clean(line, 300) for line in lines)))
        written = self._in_text and self.query_one("#text", WorkoutText).text != self._begun
        pane.ready("▲ unsaved" if self._unsaved or written else "saved" if self._workout_id else "")

    def _show_rows(self) -> None:
        """Rows, cursor and marks: also after a move alone."""
        editing = self._editing
        marks = {each.place: "✗" if each.severity == "error" else "!" for each in reversed(self._findings)}
        rows = [OutlineRow(place, self._row_words(place, item), marks.get(place, "")) for place, item in editing.rows]
        pane = self.query_one("#steps-pane", Pane)
        self.query_one("#outline", OutlineView).show(rows, editing.place, set(editing.selection))
        if rows:
            pane.ready("-- select --" if editing.anchor else "")
        else:
            pane.empty("No steps yet. Press {editor.add} to add one, {editor.text} to write all of it as text.")
        self._show_shape()

    def _show_shape(self) -> None:
        if self._estimate is None:
            return
        pane = self.query_one("#shape-pane", Pane)
        if any(bar.share for bar in self._estimate.bars):
            marked = None if self._in_text else self._editing.place or None
            self.query_one("#profile", Profile).draw(self._estimate.bars, marked)
            pane.ready()
            self._shapeless = ""
            return
        missing = " or ".join(dict.fromkeys(each.setting for each in self._estimate.missing))
        words = f"It needs {missing} in the settings." if missing else "No step says how hard it is."
        if words != self._shapeless:
            self._shapeless = words
            pane.empty(words)

    def _row_words(self, place: Place, item: Item) -> str:
        if isinstance(item, Repeat):
            again = f"{item.times} ×" if item.times else f"for {item.seconds:g} s"
            return again + (" without the last rest" if item.skip_last_rest else "")
        if isinstance(item, Leg):
            return f"── {item.sport.replace('_', ' ')}"
        return print_item(item, self._sport(place))

    def _sport(self, place: Place) -> Sport:
        if self._editing.workout.sport == "multi_sport" and place:
            leg = self._editing.at(place[:1])
            return leg.sport if isinstance(leg, Leg) else "other"
        return self._editing.workout.sport

    def _show_findings(self, workout: Workout, findings: Sequence[Finding]) -> None:
        lines = []
        for each in findings[:8]:
            sign = "✗" if each.severity == "error" else "!"
            where = f"{place_words(each.place)} " if each.place else ""
            guess = f" {each.suggestion}" if each.suggestion else ""
            colour = "$text-error" if each.severity == "error" else "$text-warning"
            lines.append(Content.styled(text.clean(f"{sign} {where}{each.message}{guess}", 300), colour))
        if not lines and workout.steps:
            lines.append(Content.styled("✓ Ready to push", "$text-success"))
        self._check(lines)

    def _check(self, lines: Sequence[Content]) -> None:
        self._say("#findings", Content("\n").join(lines))
        self.query_one("#check-pane", Pane).ready()

    def _say(self, where: str, words: Content) -> None:
        """Paint words where they are others than before; their place keeps its size."""
        shown = self.query_one(where, Static)
        if shown.content != words:
            shown.update(words, layout=False)

    # ── The draft ────────────────────────────────────────────────────────────────────────────────────

    def _draft_soon(self) -> None:
        """Once nothing was changed for a moment."""
        if self._drafting is not None:
            self._drafting.stop()
        self._drafting = self.set_timer(_DRAFT_AFTER_S, self._write_draft)

    def _write_draft(self) -> None:
        if self._draft is None or not self.is_attached:
            return
        if self._in_text:
            words = self.query_one("#text", WorkoutText).text
        elif self._unsaved and self._editing.workout.steps:
            words = print_workout(self._editing.workout)
        else:
            return
        draft = self._draft
        # In a thread: to be durable takes longer than a key may.
        self.garminsync.do(lambda: asyncio.to_thread(draft.write, words))
