"""Editing a workout by keyboard: an outline, one line of text for a row, or the whole text; one undo for all of it.

Nothing leaves this machine before a push. What is not saved is kept as a draft after every change.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from msgspec.structs import replace
from textual import events, on
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Static, TextArea

from ... import text
from ...errors import WorkoutChanged
from ...workouts import notches, readiness
from ...workouts.athlete import Athlete
from ...workouts.completion import Completion, completions
from ...workouts.definition import Exercise, Leg, Place, Repeat, Sport, Step, Workout, place_words, walk
from ...workouts.editing import Editing, Item
from ...workouts.estimate import Estimate, estimate
from ...workouts.findings import Finding, with_those_of
from ...workouts.names import named
from ...workouts.text_parser import parse
from ...workouts.text_printer import print_item, print_workout
from .. import keys
from ..widgets.field import Field
from ..widgets.outline_view import OutlineRow, OutlineView
from ..widgets.pane import Pane
from ..widgets.profile import Profile
from ..widgets.workout_text import WorkoutText
from ..workout_words import takes
from .place import Place as Screen
from .workout_dialogs import Choose
from .workout_form import StepForm

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.timer import Timer

    from ...errors import GarminSyncError
    from ...new_file import Draft
    from ..engine import Engine

#: After the last key a draft is written.
_DRAFT_AFTER_S = 0.7
_COMPLETIONS = 6
_NEW = 'run "New workout"\n'


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


class WorkoutEditor(Screen):
    """One workout. `i` writes a row, tab writes all of it, ctrl+s saves."""

    place = "editor"
    tab = "workouts"
    BINDINGS: ClassVar = keys.bindings("editor")

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
        #: What the line at the bottom is for; None while it is hidden.
        self._line_done: Callable[[str], str] | None = None
        self._draft: Draft | None = None
        self._drafting: Timer | None = None
        #: Whether it knows who it is for, and shows the workout.
        self.ready = False
        self._found: Sequence[Completion] = ()
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
            self._write_text(_NEW)
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
            pane.empty("No steps yet. Press o to add one, tab to write all of it as text.")
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

    # ── Moving ───────────────────────────────────────────────────────────────────────────────────────

    @on(OutlineView.Moved)
    def _moved(self, event: OutlineView.Moved) -> None:
        match event.by:
            case "out":
                self._editing.out()
            case "into":
                self._editing.into()
            case int(by):
                self._editing.step(by)
        self._show_rows()

    # ── The outline's keys ───────────────────────────────────────────────────────────────────────────

    def _do(self, done: bool, why_not: str) -> None:
        """Show what was done, or say why nothing was."""
        if done:
            self._show()
        else:
            self.notify(why_not, severity="warning", markup=False)

    def action_editor_edit(self) -> None:
        """Write the row under the cursor as text."""
        item = self._editing.item
        if item is None:
            self.action_editor_add()
        elif isinstance(item, Step):
            self._ask_line(print_item(item, self._sport(self._editing.place)), self._line_replaces)
        elif isinstance(item, Repeat):
            self._ask_line(f"{item.times}x" if item.times else f"for {item.seconds:g}s", self._line_is_times)

    def action_editor_add(self) -> None:
        """Write new rows below the cursor."""
        self._ask_line("", lambda words: self._line_adds(words, "below"))

    def action_editor_add_above(self) -> None:
        """Write new rows above the cursor."""
        self._ask_line("", lambda words: self._line_adds(words, "above"))

    def action_editor_add_inside(self) -> None:
        """Write new rows into the repeat under the cursor."""
        self._ask_line("", lambda words: self._line_adds(words, "inside"))

    def _parsed_items(self, words: str) -> tuple[tuple[Item, ...], str]:
        parsed = parse(words, sport=self._sport(self._editing.place))
        if parsed.problems:
            return (), parsed.problems[0].message
        return parsed.items, "" if parsed.items else "a step is expected, like 5:00 @z2"

    def _line_adds(self, words: str, where: str) -> str:
        items, problem = self._parsed_items(words)
        if not problem and not self._editing.add(items, where):  # type: ignore[arg-type]
            problem = "it cannot stand here"
        return problem

    def _line_replaces(self, words: str) -> str:
        items, problem = self._parsed_items(words)
        if problem:
            return problem
        first, *more = items
        before = self._editing.item
        if isinstance(before, Step) and isinstance(first, Step) and before.garmin and not first.garmin:
            first = replace(first, garmin=before.garmin)
        if first != before:
            self._editing.change(first)
        if more:
            self._editing.add(tuple(more))
        return ""

    def _line_is_times(self, words: str) -> str:
        item = self._editing.item
        assert isinstance(item, Repeat), "only a repeat has times"
        head = words.strip().rstrip(":")
        head = f"{head}x" if head.isdecimal() else head
        parsed = parse(f"{head}(lap)", sport=self._sport(self._editing.place))
        if parsed.problems or not isinstance(parsed.items[0], Repeat):
            return "a number of times is expected, like 5x, or a time, like for 10:00"
        said = parsed.items[0]
        self._editing.change(replace(said, steps=item.steps, garmin=item.garmin))
        return ""

    def action_editor_form(self) -> None:
        """All fields of the step under the cursor."""
        item, sport = self._editing.item, self._sport(self._editing.place)
        if not isinstance(item, Step):
            self.notify("Fields are for a step: i edits this row.", severity="warning", markup=False)
            return

        def filled(step: Step | None) -> None:
            if step is not None and step != item:
                self._do(self._editing.change(step), "")

        self.app.push_screen(StepForm(item, sport), filled)

    def action_editor_cut(self) -> None:
        """Take the selection out."""
        taken = self._editing.remove()
        self._clipboard = taken or self._clipboard
        self._do(bool(taken), "There is nothing to cut.")

    def action_editor_copy(self) -> None:
        """Remember the selection."""
        places = self._editing.selection
        self._clipboard = tuple(self._editing.at(place) for place in places) or self._clipboard
        self._editing.anchor = None
        self._show_rows()

    def action_editor_paste(self) -> None:
        """Put what was cut or copied below."""
        self._do(self._editing.add(self._clipboard), "Nothing that was copied can stand here.")

    def action_editor_paste_above(self) -> None:
        """Put what was cut or copied above."""
        self._do(self._editing.add(self._clipboard, "above"), "Nothing that was copied can stand here.")

    def action_editor_duplicate(self) -> None:
        """The selection once more."""
        self._do(self._editing.duplicate(), "There is nothing to duplicate.")

    def action_editor_select(self) -> None:
        """Begin or end a selection."""
        self._editing.select()
        self._show_rows()

    def action_editor_up(self) -> None:
        """Move up, out of a repeat at its edge."""
        self._do(self._editing.move(-1), "It is the first already.")

    def action_editor_down(self) -> None:
        """Move down, into the repeat below."""
        self._do(self._editing.move(1), "It is the last already.")

    def action_editor_wrap(self) -> None:
        """Put the selection into a repeat; how often is asked."""
        self._ask_line("", self._line_wraps, "How many times? like 6")

    def _line_wraps(self, words: str) -> str:
        times = words.strip().rstrip("x")
        if not times.isdecimal() or not 1 <= int(times) <= 99:
            return "a number from 1 to 99 is expected"
        return "" if self._editing.wrap(int(times)) else "only steps and repeats can be repeated"

    def action_editor_unwrap(self) -> None:
        """Take the repeat away from around its rows."""
        self._do(self._editing.unwrap(), "This row is no repeat.")

    def action_editor_nest(self) -> None:
        """Into the repeat above."""
        self._do(self._editing.nest(), "There is no repeat above.")

    def action_editor_lift(self) -> None:
        """Out of its repeat."""
        self._do(self._editing.lift(), "It is in no repeat.")

    def action_editor_longer(self) -> None:
        """One notch more."""
        self._notch(1)

    def action_editor_shorter(self) -> None:
        """One notch less."""
        self._notch(-1)

    def _notch(self, by: int) -> None:
        item = self._editing.item
        if isinstance(item, Repeat):
            self._do(self._editing.change(notches.longer(item, by)), "It has no other number.")
            return

        def how(step: Step) -> Step:
            changed = notches.longer(step, by)
            assert isinstance(changed, Step), "a step stays one"
            return changed

        self._do(self._editing.change_each(how), "It has no length of its own.")

    def action_editor_kind(self) -> None:
        """The next kind of step."""
        self._do(self._editing.change_each(notches.other_kind), "There is no step here.")

    def action_zone(self, zone: int) -> None:
        """Hold a zone, or none where it is held already."""
        sport = self._sport(self._editing.place)
        self._do(
            self._editing.change_each(lambda step: notches.in_zone(step, zone, sport)), "Heart rate has zones 1 to 5."
        )

    def action_editor_measure(self) -> None:
        """The zone of the other measure."""
        self._do(self._editing.change_each(notches.other_measure), "There is no zone here.")

    def action_editor_note(self) -> None:
        """A note for the watch."""
        item = self._editing.item
        if not isinstance(item, Step):
            self.notify("Notes are for steps.", severity="warning", markup=False)
            return
        self._ask_line(item.note or "", self._line_is_note, "A note that the watch shows; empty takes it away")

    def _line_is_note(self, words: str) -> str:
        item = self._editing.item
        assert isinstance(item, Step), "only a step has a note"
        self._editing.change(replace(item, note=words.strip() or None))
        return ""

    def action_editor_exercise(self) -> None:
        """Find an exercise by parts of its name."""
        if not isinstance(self._editing.item, Step):
            self.notify("Exercises are for steps.", severity="warning", markup=False)
            return
        rows = []
        for category, names in sorted(self._exercises.items()):
            rows.append((category, category.replace("_", " ").lower()))
            rows += [(f"{category}/{name}", f"{_plain(name)} ({_plain(category)})") for name in sorted(names)]

        def chosen(name: str | None) -> None:
            item = self._editing.item
            if name and isinstance(item, Step):
                category, _, exercise = name.partition("/")
                self._do(self._editing.change(replace(item, exercise=Exercise(category, exercise or None))), "")

        self.app.push_screen(Choose("Exercise", rows), chosen)

    def action_editor_rename(self) -> None:
        """Name, sport, pool: the first line of the text."""
        self._ask_line(_head(self._editing.workout), self._line_is_head, 'Like: run "Name", or swim "Name" pool 25m')

    def _line_is_head(self, words: str) -> str:
        before = self._editing.workout
        # The head is read with the rows below it: another sport may not have what they say.
        body = print_workout(before).split("\n", 1)[-1] if before.steps else "lap\n"
        parsed = parse(f"{words}\n{body}", base=before)
        if parsed.problems or parsed.workout is None:
            return parsed.problems[0].message if parsed.problems else "a sport is expected first, like run"
        made = parsed.workout if before.steps else replace(parsed.workout, steps=())
        self._editing.replace(made)
        return ""

    def action_editor_undo(self) -> None:
        """Take the last change back."""
        self._do(self._editing.undo(), "There is nothing to undo.")

    def action_editor_redo(self) -> None:
        """Make it again."""
        self._do(self._editing.redo(), "There is nothing to make again.")

    def action_editor_again(self) -> None:
        """The last change once more, here."""
        self._do(self._editing.again(), "There is no change to repeat here.")

    # ── One line ─────────────────────────────────────────────────────────────────────────────────────

    def _ask_line(self, value: str, done: Callable[[str], str], about: str = "") -> None:
        line = self.query_one("#line", Field)
        self._line_done = done
        line.placeholder = about or "a step, like 5:00 @z2 or 6x(800m @3:50-4:00/km, rec 2:00)"
        line.display = True
        line.value = value
        line.cursor_position = len(value)
        line.focus()

    @on(Input.Changed, "#line")
    def _line_changed(self, event: Input.Changed) -> None:
        if self._line_done in (self._line_is_note, self._line_wraps, None):
            return
        self._complete(event.value, 1, self.query_one("#line", Field).cursor_position + 1, alone=True)

    @on(Input.Submitted, "#line")
    def _line_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._line_done is None:
            return
        meant = event.value.strip() or self._line_done == self._line_is_note
        if meant and (problem := self._line_done(event.value)):
            self._say_line(f"✗ {problem}")
            return
        self._hide_line()
        self._show()

    def _say_line(self, words: str) -> None:
        shown = self.query_one("#completions", Static)
        shown.display = bool(words)
        self._say("#completions", Content(text.clean(words, 300)))

    def _say(self, where: str, words: Content) -> None:
        """Paint words where they are others than before; their place keeps its size."""
        shown = self.query_one(where, Static)
        if shown.content != words:
            shown.update(words, layout=False)

    def _hide_line(self) -> None:
        self._line_done = None
        self.query_one("#line", Field).display = False
        self._say_line("")
        self.query_one("#outline", OutlineView).focus()

    # ── The whole text ───────────────────────────────────────────────────────────────────────────────

    def action_editor_text(self) -> None:
        """From the outline to the text."""
        self._write_text(print_workout(self._editing.workout) if self._editing.workout.steps else _NEW)

    def _write_text(self, words: str) -> None:
        self._begun = words
        area = self.query_one("#text", WorkoutText)
        area.begin(words, (len(words.split("\n")) - 1, 0) if words == _NEW else (0, 0))
        self._show_head(self._editing.workout)
        if not self._editing.workout.steps:
            self.query_one("#shape-pane", Pane).empty("It is drawn as you write.")
        pane = self.query_one("#steps-pane", Pane)
        pane.set_class(True, "-text")
        pane.ready("text: esc back to the outline")
        area.focus()

    @property
    def _in_text(self) -> bool:
        return self.query_one("#steps-pane", Pane).has_class("-text")

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

    def _complete(self, words: str, line: int, column: int, *, alone: bool = False) -> None:
        """What could stand here, below what is written."""
        if alone:
            words, line = f"{_head(self._editing.workout)}\n{words}", 2
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

    # ── Saving and leaving ───────────────────────────────────────────────────────────────────────────

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
            if not area.text.strip() or area.text == _NEW:
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

    def _left(self, answer: str | None) -> None:
        if answer == "save":
            self._save(lambda _: self.dismiss())
        elif answer == "drop":
            if self._drafting is not None:
                self._drafting.stop()
            if self._draft is not None:
                self._draft.drop()
            self.dismiss()


def _head(workout: Workout) -> str:
    """The first line of a workout's text."""
    return print_workout(workout if workout.steps else replace(workout, steps=(Step(),))).split("\n", 1)[0]


def _plain(name: str) -> str:
    return name.strip("_").replace("_", " ").lower()
