"""The settings: each with its value, where that came from and what it means; changed in place, undone, written down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import DataTable, Input, Static

from ... import config as settings
from ... import text
from .. import keymap, keys, settings_words
from ..clipboard import Clip
from ..settings_words import BY_NAME, SECTIONS, Line
from ..widgets.field import Field
from ..widgets.pane import Pane
from ..widgets.table import Table
from .installation import InstallationScreen
from .settings_changes import KEYS as _KEYS
from .settings_changes import Changes
from .settings_facts import facts
from .workout_dialogs import Ask, Choose

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from ...errors import GarminSyncError
    from ..engine import Engine
    from ..upkeep import Stored

#: Below so many columns of the table an origin is only told below it.
_WITH_ORIGIN = 60
_ORIGIN_WIDTH = 11
_COLUMNS = ("Setting", "Value", "From")
_NO_CHANGE = "there is nothing to change here"
_NOT_THERE = "go to a setting first, with tab or enter"


class SettingsScreen(InstallationScreen):
    """Sections on the left, the settings of one on the right."""

    place = "settings"
    BINDINGS: ClassVar = keys.bindings("settings")

    def __init__(self) -> None:
        super().__init__()
        self._section = next(iter(SECTIONS))
        self._stored: Stored | None = None
        self._checked = ""
        self._changes = Changes(lambda: self.garminsync.config)

    def content(self) -> ComposeResult:
        """A line to search by comes with its key."""
        with Horizontal(id="settings-split"):
            yield Pane(Table(id="sections", show_header=False), title="Settings", id="sections-pane")
            yield Pane(
                Field(placeholder="type to find", id="find"),
                Static("", id="facts", markup=False),
                Table(id="settings"),
                Static("", id="about", markup=False),
                id="settings-pane",
            )

    def on_mount(self) -> None:
        """The settings are there before the database is."""
        super().on_mount()
        self.query_one("#find").display = False
        self.query_one("#sections-pane", Pane).ready()
        sections = self.query_one("#sections", Table)
        sections.lay_out(["section"])
        sections.show([(name, (name,)) for name in SECTIONS])
        sections.focus()
        self._show()

    async def read(self, engine: Engine) -> None:
        """Look at the database where it is shown."""
        if self._section == "Database":
            self._stored = await engine.upkeep.stored()
        self._show()

    def show_problem(self, problem: GarminSyncError) -> None:
        """Settings are what may mend it: they stay."""
        self._stored = None
        self._show()

    # ── Showing ──────────────────────────────────────────────────────────────────────────────────────

    def _show(self) -> None:
        find = self.query_one("#find", Input)
        lines = self._found(find.value) if find.display else self._lines(self._section)
        pane, table = self.query_one("#settings-pane", Pane), self.query_one("#settings", Table)
        pane.border_title = Content("Find" if find.display else self._section)
        told = facts(self.garminsync, "" if find.display else self._section, self._stored, self._checked)
        self.query_one("#facts", Static).display = bool(told)
        self.query_one("#facts", Static).update(Content("\n").join(told))
        table.display = bool(lines)
        self._fill(table, lines)
        pane.ready(f"{len(lines)} of {len(self._found(''))}" if find.display else "")
        self._tell_about()

    def _lines(self, section: str) -> list[Line]:
        if section == "Keys":
            return [self._keys_line(each) for each in keys.ACTIONS]
        values = self.garminsync.config.values
        return [
            settings_words.line(name, values[name]) for name in BY_NAME if settings_words.section_of(name) == section
        ]

    def _keys_line(self, action: keys.Action) -> Line:
        origin = "file" if action.id in self.garminsync.keymap.keys else "default"
        return Line(_KEYS + action.id, action.command, action.all_labels, origin)

    def _found(self, sought: str) -> list[Line]:
        every = [line for section in SECTIONS for line in self._lines(section)]
        wanted = sought.lower().split()
        return [line for line in every if all(word in " ".join(line).lower() for word in wanted)]

    def _fill(self, table: Table, lines: Sequence[Line]) -> None:
        width = self.app.size.width - self.query_one("#sections-pane").outer_size.width - 4
        with_origin = width >= _WITH_ORIGIN
        table.lay_out(_COLUMNS if with_origin else _COLUMNS[:2])
        longest = min(max((len(line.words) for line in lines), default=0), width - 14)
        room = max(width - longest - 6 - (_ORIGIN_WIDTH + 2 if with_origin else 0), 8)
        rows = []
        for line in lines:
            cells = (text.fit(line.words, longest), text.fit(line.value, room), line.origin)
            rows.append((line.name, cells if with_origin else cells[:2]))
        table.show(rows)

    def _tell_about(self) -> None:
        name = self._selected
        told: list[str] = []
        if name.startswith(_KEYS):
            action = keys.action(name.removeprefix(_KEYS))
            usual = " ".join(map(keys.name_of, action.keys.split(",")))
            told = [f"{action.id} · its usual keys: {usual}", "The table [keymap] of the config file holds others."]
        elif name:
            told = settings_words.about(BY_NAME[name], self.garminsync.config.values[name])
        self.query_one("#about", Static).display = bool(told)
        self.query_one("#about", Static).update(Content("\n".join(told)))

    @property
    def _selected(self) -> str:
        table = self.query_one("#settings", Table)
        return (table.selected or "") if table.display else ""

    @on(DataTable.RowHighlighted, "#sections")
    def _section_chosen(self) -> None:
        chosen = self.query_one("#sections", Table).selected
        if chosen and chosen != self._section:
            self._section = chosen
            self.query_one("#settings", Table).forget()
            self._show()
            self.read_again()

    @on(DataTable.RowHighlighted, "#settings")
    def _moved(self) -> None:
        self._tell_about()

    @on(DataTable.RowSelected)
    def _entered(self, event: DataTable.RowSelected) -> None:
        if event.data_table.id == "sections" and self._selected:
            self.query_one("#settings", Table).focus()
        else:
            self.run_worker(self.garminsync.action_act("settings.edit"))

    def on_resize(self, event: events.Resize) -> None:
        """Another width has other columns."""
        self._show()

    # ── Finding ──────────────────────────────────────────────────────────────────────────────────────

    def action_settings_find(self) -> None:
        """Search all of them."""
        find = self.query_one("#find", Input)
        find.display = True
        find.focus()
        self._show()

    @on(Input.Changed, "#find")
    def _find_changed(self) -> None:
        self._show()

    @on(Input.Submitted, "#find")
    def _find_done(self) -> None:
        self.query_one("#settings", Table).focus()

    def back(self) -> bool:
        """Leave the search, then the settings for their sections."""
        find, table = self.query_one("#find", Input), self.query_one("#settings", Table)
        if find.display:
            find.display = False
            find.value = ""
            self._show()
        elif not table.has_focus:
            return False
        self.query_one("#sections", Table).focus()
        return True

    def say_checked(self, words: str) -> None:
        """Where the database is shown."""
        self._checked = words
        if self.is_attached:
            sections = self.query_one("#sections", Table)
            sections.move_cursor(row=list(SECTIONS).index("Database"), animate=False)
            self._show()

    # ── Changing ─────────────────────────────────────────────────────────────────────────────────────

    @property
    def why_not_undo(self) -> str:
        """Why there is nothing to take back."""
        return "" if self._changes.made else "nothing was changed here yet"

    @property
    def why_not_change(self) -> str:
        """Why the selected setting stays as it is."""
        name = self._selected
        if not name:
            return _NO_CHANGE
        if not self.query_one("#settings", Table).has_focus:
            return _NOT_THERE
        if name.startswith(_KEYS):
            return ""
        return settings_words.held(BY_NAME[name], self.garminsync.config.values[name])

    @property
    def why_not_toggle(self) -> str:
        """Why the selected setting has no next choice."""
        return "" if self._choices(self._selected) else f"press {keys.label('settings.edit')} to write another"

    def _choices(self, name: str) -> Sequence[object]:
        if name == "display.theme":
            return sorted(self.app.available_themes)
        if name.startswith(_KEYS) or not name or isinstance(BY_NAME[name].default, tuple):
            return []
        return [True, False] if isinstance(BY_NAME[name].default, bool) else list(BY_NAME[name].choices)

    def action_settings_toggle(self) -> None:
        """The next choice."""
        name = self._selected
        choices, value = self._choices(name), self.garminsync.config[name]
        self._change(name, choices[(choices.index(value) + 1) % len(choices) if value in choices else 0])

    def action_settings_edit(self) -> None:
        """Write or choose another value."""
        name = self._selected
        if name.startswith(_KEYS):
            self._ask_keys(name.removeprefix(_KEYS))
        elif choices := self._choices(name):
            self._choose(name, choices)
        else:
            self._ask(name)

    def _choose(self, name: str, choices: Sequence[object]) -> None:
        current = self.garminsync.config[name]
        rows = [(str(choice), settings_words.value_words(name, choice)) for choice in choices]
        by_words = {str(choice): choice for choice in choices}
        look = self.garminsync.look_at_theme if name == "display.theme" else None

        def chosen(words: str | None) -> None:
            if words is None:
                if look:
                    look(current)
            else:
                self._change(name, by_words[words])

        self.app.push_screen(Choose(settings_words.words(name), rows, at=str(current), on_move=look), chosen)

    def _ask(self, name: str) -> None:
        setting, value = BY_NAME[name], self.garminsync.config[name]
        shown = settings_words.as_written(value)
        if name == "database.url" and settings_words.value_words(name, value) != shown:
            shown = ""  # it holds a password
        words = "\n".join(settings_words.about(setting, self.garminsync.config.values[name])[:-1])
        asking = Ask(settings_words.words(name), words, shown, wrong=lambda typed: settings.wrong(name, typed.strip()))
        self.app.push_screen(asking, lambda typed: None if typed is None else self._change(name, typed.strip()))

    def _ask_keys(self, action: str) -> None:
        file = self.garminsync.config.paths.config
        now = " ".join(map(keys.name_of, keys.action(action).bound.split(",")))
        words = "One key or several with blanks between them, like: x ctrl+x f5"

        def changed(typed: str | None) -> None:
            if typed is not None:
                self._change(_KEYS + action, typed.split())

        wrong = lambda typed: keymap.wrong(file, action, typed.split())  # noqa: E731
        self.app.push_screen(Ask(keys.action(action).command, words, now, wrong=wrong), changed)

    def action_settings_default(self) -> None:
        """Take the setting out of the file."""
        self._change(self._selected, None)

    def action_settings_undo(self) -> None:
        """As it was before the last change here."""
        name, problem = self._changes.undo()
        if problem:
            self._failed(problem)
        else:
            self._go_by(name)
            self.notify(f"{name}: as before.", markup=False)

    def _change(self, name: str, value: object) -> None:
        if problem := self._changes.make(name, value):
            self._failed(problem)
        else:
            self._go_by(name)

    def _go_by(self, name: str) -> None:
        self.garminsync.settings_changed({name})
        self._show()

    def _failed(self, problem: GarminSyncError) -> None:
        self.notify(text.clean(f"{problem.message} {problem.hint}"), severity="error", markup=False)

    def copy_text(self) -> Clip | None:
        """The selected setting's value, or its keys."""
        name = self._selected
        if not name:
            return None
        if name.startswith(_KEYS):
            return Clip(f"The keys of {name.removeprefix(_KEYS)}", keys.action(name.removeprefix(_KEYS)).all_labels)
        return Clip(name, settings_words.value_words(name, self.garminsync.config[name]))
