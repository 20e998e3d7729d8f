"""All workouts: a list with where each stands, and a preview with its text, its shape and its days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import DataTable, Input, Static

from ... import text, units
from .. import keys
from ..clipboard import Clip
from ..widgets.field import Field
from ..widgets.glyphs import glyphs_of
from ..widgets.pane import Pane
from ..widgets.table import Table
from ..workout_calendar import WEEKS, title, weeks
from .dialogs import Confirm
from .place import Place
from .workout_dialogs import Ask, Choose

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from ...errors import GarminSyncError
    from ...store.workouts import Kept
    from ...workouts.athlete import Athlete
    from ...workouts.estimate import Estimate
    from ..engine import Engine

_COLUMNS = ("Name", "State", "Time", "Distance", "Sport")
#: Columns that fit below so many columns of the terminal.
_FITTING = ((90, 3), (120, 4))
#: How long a name may be there, so that the state is seen beside it.
_LONGEST_NAME = {3: 20, 4: 30, 5: 60}
_CHOICES = {
    "mine": "Mine: push it over Garmin's",
    "theirs": "Theirs: take Garmin's over",
    "both": "Both: keep mine as another workout",
}


class WorkoutsScreen(Place):
    """Enter edits; nothing goes to Garmin before `p`."""

    place = "workouts"
    BINDINGS: ClassVar = keys.bindings("workouts")

    def __init__(self) -> None:
        super().__init__()
        self._kept: dict[str, Kept] = {}
        self._estimates: dict[str, Estimate] = {}
        self._athlete: Athlete | None = None
        #: How many weeks from this one on the calendar begins.
        self._weeks_on = 0

    def content(self) -> ComposeResult:
        """List and calendar on the left, preview on the right."""
        with Horizontal(id="workouts-split"):
            with Vertical(id="workouts-left"):
                yield Field(placeholder="type to find", id="find")
                yield Pane(Table(id="workouts"), title="Workouts", id="workouts-pane")
                yield Pane(Static("", id="calendar", markup=False), title="Calendar", id="calendar-pane")
            with VerticalScroll(id="preview-scroll"):
                yield Pane(Static("", id="preview", markup=False), title="", id="preview-pane")

    def on_mount(self) -> None:
        """A line to search by comes with its key."""
        super().on_mount()
        self.query_one("#find").display = False

    async def read(self, engine: Engine) -> None:
        """Read all workouts and estimate what each takes."""
        from ...workouts.definition import Workout
        from ...workouts.estimate import estimate

        shelf = await engine.workouts.everything()
        self._athlete = shelf.athlete
        self._kept = {str(each.workout.id): each for each in shelf.kept}
        self._estimates = {
            name: estimate(Workout.read(each.workout.workout_definition), shelf.athlete)
            for name, each in self._kept.items()
        }
        self._show()

    def show_problem(self, problem: GarminSyncError) -> None:
        """The list says it."""
        self.query_one("#workouts-pane", Pane).failed(problem)
        for other in ("#calendar-pane", "#preview-pane"):
            self.query_one(other, Pane).empty("")

    # ── Showing ──────────────────────────────────────────────────────────────────────────────────────

    def _show(self) -> None:
        from ..workout_words import state_words

        pane, table = self.query_one("#workouts-pane", Pane), self.query_one("#workouts", Table)
        columns = _COLUMNS[: next((count for below, count in _FITTING if self.app.size.width < below), None)]
        table.lay_out(columns, numbers=[columns.index(name) for name in ("Time", "Distance") if name in columns])
        system = self.garminsync.units
        rows = []
        for name, each in self._found().items():
            estimated = self._estimates[name]
            cells = {
                "Name": text.clean(each.workout.name, _LONGEST_NAME[len(columns)]),
                "Sport": each.workout.workout_definition["sport"].replace("_", " "),
                "Time": ("≥ " if estimated.seconds.open else "") + units.duration(estimated.seconds.known),
                "Distance": estimated.distance_words(system) if estimated.meters.known else "",
                "State": state_words(each),
            }
            rows.append((name, tuple(cells[column] for column in columns)))
        table.show(rows)
        if not self._kept:
            linked = self.garminsync.situation is not None and self.garminsync.situation.account is not None
            there = ", {workouts.pull} to bring yours from Garmin" if linked else ""
            none = "No workouts yet.\nPress {workouts.new} to write one, {workouts.classic} for a classic one"
            pane.empty(f"{none}{there}.")
            self.query_one("#preview-pane", Pane).empty("")
        elif not rows:
            pane.empty(f"0 of {len(self._kept)}: no workout has that.\n{{app.back}} shows all of them.")
            preview = self.query_one("#preview-pane", Pane)
            preview.border_title = Content("")
            preview.empty("")
        else:
            edited = sum(each.state.value == "edited" for each in self._kept.values())
            count = f"{len(rows)} of {len(self._kept)}" if self._finding else f"{len(rows)} workouts"
            pane.ready(count + (f" · {edited} to push" if edited else ""))
            self.focus_first(table)
        self._show_calendar()
        self._preview()

    @property
    def has_workouts(self) -> bool:
        """Whether there is anything to search."""
        return bool(self._kept)

    @property
    def _finding(self) -> bool:
        return bool(self.query_one("#find").display)

    def _found(self) -> dict[str, Kept]:
        """Those whose name, sport or state holds every word that was typed."""
        from ..workout_words import state_words

        words = self.query_one("#find", Input).value.casefold().split()

        def line(each: Kept) -> str:
            return f"{each.workout.name} {each.workout.workout_definition['sport']} {state_words(each)}".casefold()

        return {name: each for name, each in self._kept.items() if all(word in line(each) for word in words)}

    @property
    def selected(self) -> Kept | None:
        """The workout under the cursor."""
        name = self.query_one("#workouts", Table).selected
        return self._kept.get(name) if name else None

    def _preview(self) -> None:
        from ...workouts.definition import Workout
        from ..workout_words import outline, profile, takes

        pane, kept = self.query_one("#preview-pane", Pane), self.selected
        if kept is None:
            return
        estimated = self._estimates[str(kept.workout.id)]
        pane.border_title = Content(text.clean(kept.workout.name, 60))
        lines = [Content(takes(estimated, self.garminsync.units)), Content("")]
        lines.append(Content(outline(Workout.read(kept.workout.workout_definition))))
        if any(bar.share for bar in estimated.bars):
            lines += [Content(""), profile(estimated.bars, max(pane.size.width - 4, 20), 4)]
        lines += [Content(""), *(Content(line) for line in self._facts(kept))]
        self.query_one("#preview", Static).update(Content("\n").join(lines))
        pane.ready()

    def _facts(self, kept: Kept) -> list[str]:
        from ..workout_words import state_words

        lines = [state_words(kept)]
        if kept.remote and kept.remote.problem:
            lines.append(f"! {text.clean(kept.remote.problem, 300)}")
        if kept.state.value in {"conflict", "changed at Garmin"}:
            lines.append("Garmin's copy changed: p pushes yours with a choice, f brings it here.")
        lines += [f"Planned  {day:%a %d %b}" for day, _ in kept.days]
        if kept.workout.uploaded_to_garmin_at:
            lines.append(f"At Garmin since {kept.workout.uploaded_to_garmin_at.astimezone():%d %b %Y}")
        return lines

    def _show_calendar(self) -> None:
        planned: dict[date, list[str]] = {}
        for each in self._kept.values():
            for day, _ in each.days:
                planned.setdefault(day, []).append(text.clean(each.workout.name, 60))
        marked = {day for day, _ in self.selected.days} if self.selected else set()
        today, pane = self._today(), self.query_one("#calendar-pane", Pane)
        first = today - timedelta(days=today.weekday()) + timedelta(weeks=self._weeks_on)
        drawn = weeks(planned, marked, first, today, pane.content_size.width - 2, glyphs_of(self.app))
        self.query_one("#calendar", Static).update(drawn)
        pane.border_title = Content(f"Calendar   {title(first)}")
        pane.ready()

    def _today(self) -> date:
        situation = self.garminsync.situation
        assert situation is not None and self.garminsync.engine is not None
        return self.garminsync.engine.today(situation.account)

    @on(DataTable.RowHighlighted, "#workouts")
    def _moved(self) -> None:
        self._preview()
        self._show_calendar()

    def on_resize(self, event: events.Resize) -> None:
        """Another width has other columns."""
        if self._kept:
            self._show()

    def copy_text(self) -> Clip | None:
        """The workout under the cursor, as text that can be taken in again."""
        from ...workouts.definition import Workout
        from ..workout_words import outline

        kept = self.selected
        if kept is None:
            return None
        return Clip(text.clean(kept.workout.name, 60), outline(Workout.read(kept.workout.workout_definition)))

    # ── Finding ──────────────────────────────────────────────────────────────────────────────────────

    def action_workouts_find(self) -> None:
        """Search by name, sport and state."""
        find = self.query_one("#find", Input)
        find.display = True
        find.focus()
        self._show()

    @on(Input.Changed, "#find")
    def _find_changed(self) -> None:
        self._show()

    @on(Input.Submitted, "#find")
    def _find_done(self) -> None:
        self.query_one("#workouts", Table).focus()

    def back(self) -> bool:
        """Show all of them again."""
        find = self.query_one("#find", Input)
        if not find.display:
            return False
        find.display = False
        find.value = ""
        self._show()
        self.query_one("#workouts", Table).focus()
        return True

    # ── Acting ───────────────────────────────────────────────────────────────────────────────────────

    def action_workouts_before(self) -> None:
        """The four weeks before in the calendar."""
        self._weeks_on -= WEEKS
        self._show_calendar()

    def action_workouts_after(self) -> None:
        """The four weeks after."""
        self._weeks_on += WEEKS
        self._show_calendar()

    def action_workouts_new(self) -> None:
        """An empty workout, as text."""
        self.garminsync.open_workout(None)

    def action_workouts_classic(self) -> None:
        """A workout from a classic session, in the outline."""
        from ...workouts.library import LIBRARY

        rows = [(session.name, f"{session.name}: {session.purpose}") for session in LIBRARY]

        def chosen(name: str | None) -> None:
            session = next((each for each in LIBRARY if each.name == name), None)
            if session is not None:
                self.garminsync.open_workout(None, session.text)

        self.app.push_screen(Choose("Start from", rows), chosen)

    def action_workouts_edit(self) -> None:
        """Edit the selected workout."""
        kept = self.selected
        if kept is None:
            return
        from ...workouts.ownership import read_only

        if kept.remote and (reason := read_only(kept.remote.base_document)):
            self.notify(f"It {reason}: D makes one of your own from it.", severity="warning", markup=False)
            return
        self.garminsync.open_workout(kept)

    @on(DataTable.RowSelected, "#workouts")
    def _chosen(self) -> None:
        self.action_workouts_edit()

    def action_workouts_duplicate(self) -> None:
        """The selected workout once more, as one's own."""
        kept, engine = self.selected, self.garminsync.engine
        if kept is None or engine is None:
            return
        from ...workouts.definition import Workout
        from ...workouts.ownership import as_mine

        mine = as_mine(Workout.read(kept.workout.workout_definition), f"{kept.workout.name} (copy)")

        async def keep() -> None:
            await engine.workouts.keep(None, mine)
            self.read_again()

        self.garminsync.do(keep)

    def action_workouts_push(self) -> None:
        """Bring the selected workout to Garmin; where both sides were changed, ask which one is right."""
        kept = self.selected
        if kept is None:
            return
        if kept.state.value in {"conflict", "changed at Garmin"}:
            rows = list(_CHOICES.items())
            self.app.push_screen(
                Choose("Changed here and at Garmin", rows), lambda choice: self._push(kept, choice) if choice else None
            )
        elif kept.state.value == "gone at Garmin":
            self.app.push_screen(
                Choose("It was deleted at Garmin", [("mine", "Make it anew at Garmin")]),
                lambda choice: self._push(kept, choice) if choice else None,
            )
        else:
            self._push(kept, None)

    def _push(self, kept: Kept, choice: str | None) -> None:
        engine = self.garminsync.engine
        assert engine is not None
        self.garminsync.do(lambda: engine.workouts.push(kept.workout.id, choice))
        self.notify(f"{text.clean(kept.workout.name, 60)}: queued to be pushed.", markup=False)

    def action_workouts_pull(self) -> None:
        """Look what is new or changed at Garmin."""
        engine = self.garminsync.engine
        assert engine is not None
        self.garminsync.do(engine.workouts.pull)
        self.notify("Workouts: queued to be fetched.", markup=False)

    def action_workouts_plan(self) -> None:
        """Put the selected workout on a day."""
        kept, engine = self.selected, self.garminsync.engine
        if kept is None or engine is None:
            return
        from ...dates import parse_coming_day
        from ...errors import GarminSyncError

        def wrong(words: str) -> str:
            try:
                parse_coming_day(words, "Day")
            except GarminSyncError as problem:
                return f"{problem.message} {problem.hint}"
            return ""

        def chosen(words: str | None) -> None:
            if words:
                day = parse_coming_day(words, "Day")
                planned = {each for each, _ in kept.days}
                self.garminsync.do(lambda: engine.workouts.plan(kept.workout.id, day, off=day in planned))

        words = "Day: tomorrow, sat, 10d, 2026-12-24. One that is planned already is taken off."
        self.app.push_screen(Ask(f"Plan {text.clean(kept.workout.name, 40)}", words, wrong=wrong), chosen)

    def action_workouts_delete(self) -> None:
        """Delete the selected workout, after a question that names it."""
        kept, engine = self.selected, self.garminsync.engine
        if kept is None or engine is None:
            return
        there = kept.remote is not None and not kept.remote.gone_at
        question = f"Delete {text.clean(kept.workout.name, 40)} here{' and at Garmin' if there else ''}?"

        async def remove() -> None:
            await engine.workouts.remove(kept)
            self.read_again()

        def answered(yes: bool | None) -> None:
            if yes:
                self.garminsync.do(remove)

        about = "It does not come back. Activities that followed it stay."
        self.app.push_screen(Confirm(question, about, "Delete"), answered)
