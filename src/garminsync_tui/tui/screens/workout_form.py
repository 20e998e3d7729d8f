"""All fields of one step, each in the words that the text has for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from msgspec.structs import replace
from textual import events, on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Label, Static

from ... import text
from ...workouts.definition import Sport, Step
from ...workouts.text_parser import parse
from ...workouts.text_printer import print_item
from ..widgets.field import Field

if TYPE_CHECKING:
    from textual.app import ComposeResult


class _Part(NamedTuple):
    """A field: what it is called, what may stand in it, the step with it alone, and where it makes sense."""

    words: str
    like: str
    alone: Callable[[Step], Step]
    sports: tuple[str, ...] = ()


_STRENGTH = ("strength_training", "cardio_training", "hiit", "yoga", "pilates", "mobility", "other")
_PARTS = {
    "kind": _Part("Kind", "wu, cd, go, rec, rest, main, oth", lambda step: Step(kind=step.kind)),
    "end": _Part("How long", "10:00, 90s, 5km, 400m, lap, 12reps, 300kcal, hr>130", lambda step: Step(end=step.end)),
    "target": _Part(
        "Target", "@z2, @pz3, @140-150bpm, @230-250w, @88-94%ftp, @4:05-4:15/km", lambda step: Step(target=step.target)
    ),
    "second": _Part("Second target", "&85-95rpm, &176-184spm", lambda step: Step(second_target=step.second_target)),
    "swim": _Part(
        "Stroke, drill, gear",
        "free, back, breast, fly, im; kick, pull; +fins",
        lambda step: Step(stroke=step.stroke, drill=step.drill, equipment=step.equipment),
        ("swimming",),
    ),
    "exercise": _Part("Exercise", "SQUAT/GOBLET_SQUAT, PLANK", lambda step: Step(exercise=step.exercise), _STRENGTH),
    "weight": _Part("Weight", "40kg, 90lb, bodyweight", lambda step: Step(weight=step.weight), _STRENGTH),
}


class StepForm(ModalScreen[Step | None]):
    """Enter or ctrl+s takes the fields over, esc leaves the step as it was."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Back"),
        Binding("ctrl+s", "take", "Take over"),
    ]

    def __init__(self, step: Step, sport: Sport) -> None:
        super().__init__()
        self._step, self._sport = step, sport
        self._parts = {
            name: part
            for name, part in _PARTS.items()
            if not part.sports or sport in part.sports or part.alone(step) != Step()
        }

    def compose(self) -> ComposeResult:
        """A field for each part, and one for the note."""
        with VerticalScroll(classes="dialog") as box:
            box.border_title = "Step"
            box.border_subtitle = Content("enter Take over   esc Back")
            for name, part in self._parts.items():
                with Horizontal(classes="form-row"):
                    yield Label(Content(part.words))
                    yield Field(self._words(part.alone(self._step)), id=f"form-{name}", placeholder=part.like)
            with Horizontal(classes="form-row"):
                yield Label(Content("Note"))
                yield Field(self._step.note or "", id="form-note", placeholder="shown by the watch")
            yield Static("", id="problem", classes="problem", markup=False)

    def on_key(self, event: events.Key) -> None:
        """The arrows go from field to field."""
        if event.key in {"up", "down"}:
            event.stop()
            self.focus_previous() if event.key == "up" else self.focus_next()

    def _words(self, alone: Step) -> str:
        """A part in words; a lap button and an interval need none."""
        said = print_item(alone, self._sport)
        unsaid = print_item(Step(), self._sport)
        if said == unsaid:
            return ""
        return " ".join(word for word in said.split(" ") if word != unsaid) if alone.end == Step().end else said

    @on(Input.Changed)
    def _changed(self) -> None:
        problem = self._read()[1]
        shown = self.query_one("#problem", Static)
        shown.display = bool(problem)
        shown.update(Content(f"✗ {text.clean(problem, 300)}" if problem else ""))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_take()

    def action_take(self) -> None:
        """Take the fields over, where they can be read."""
        step, problem = self._read()
        if step is not None and not problem:
            self.dismiss(step)

    def _read(self) -> tuple[Step | None, str]:
        words = " ".join(self.query_one(f"#form-{name}", Field).value for name in self._parts).strip()
        parsed = parse(words or "lap", sport=self._sport)
        if parsed.problems:
            return None, parsed.problems[0].message
        if len(parsed.items) != 1 or not isinstance(parsed.items[0], Step):
            return None, "these are several steps"
        note = self.query_one("#form-note", Field).value.strip() or None
        return replace(parsed.items[0], note=note, garmin=self._step.garmin), ""
