"""The editor's outline: every key that changes rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual import on

from ...workouts import notches
from ...workouts.definition import Exercise, Repeat, Step
from ...workouts.editing import Item
from ...workouts.text_parser import parse
from ...workouts.text_printer import print_item, print_workout
from ..widgets.outline_view import OutlineView
from .editor_line import EditorLine, head_of
from .workout_dialogs import Choose
from .workout_form import StepForm

if TYPE_CHECKING:
    pass


class EditorOutline(EditorLine):
    """Moves through the rows of a workout and changes them."""

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
        self._ask_line("", self._line_wraps, "How many times? like 6", free=True)

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
        self._ask_line(item.note or "", self._line_is_note, "A note that the watch shows; empty for none", free=True)

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
        self._ask_line(head_of(self._editing.workout), self._line_is_head, 'Like: run "Name", or swim "Name" pool 25m')

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


def _plain(name: str) -> str:
    return name.strip("_").replace("_", " ").lower()
