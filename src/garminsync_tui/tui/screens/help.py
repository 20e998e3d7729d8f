"""The help: every key that works on the screen below, with the id that rebinds it, to be searched."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from .. import keys
from ..widgets.field import Field
from .figures import Scrolled

if TYPE_CHECKING:
    from textual.app import ComposeResult

_KEYS_WIDTH, _WORDS_WIDTH = 15, 28
#: Below so many columns an id has a line of its own.
_WIDE = 72
_IN_LISTS = (
    ("↑ ↓  j k", "Up and down"),
    ("g  G", "First and last"),
    ("tab", "Next part"),
)
_TO_REBIND = 'The table [keymap] of the config file rebinds an id: "jobs.cancel" = ["x", "ctrl+x"].'


class _Row(NamedTuple):
    """A key or several, what they do, and the id that rebinds them."""

    keys: str
    words: str
    id: str = ""

    def has(self, words: str) -> bool:
        """Whether all that was typed is in it."""
        line = f"{self.keys} {self.words} {self.id}".lower()
        return all(word in line for word in words.lower().split())


class HelpScreen(ModalScreen[None]):
    """Here first, then everywhere; from here also to what figures mean."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back"),
        Binding("q", "dismiss", "Back"),
        Binding(keys.action("app.help").keys, "dismiss", "Back", id="app.help"),
        Binding("slash", "find", "Find"),
        Binding(keys.action("app.figures").keys, "figures", "Figures", id="app.figures"),
    ]

    def __init__(self, place: str) -> None:
        super().__init__()
        self._place = place

    def compose(self) -> ComposeResult:
        """A line to search by, hidden at first, and the list."""
        with Vertical(id="help", classes="dialog") as box:
            box.border_title = "Keys"
            yield Field(id="find", placeholder="type to find a key, a word or an id")
            with Scrolled(id="help-scroll"):
                yield Static("", id="help-text", markup=False)

    def on_mount(self) -> None:
        """All of it."""
        self.query_one("#find").display = False
        self._show()
        self.query_one(Scrolled).focus()

    def on_resize(self) -> None:
        """Lines are as wide as there is room."""
        self._show()

    def action_find(self) -> None:
        """Search."""
        self.query_one("#find").display = True
        self.query_one("#find").focus()

    def action_back(self) -> None:
        """Take the search back first."""
        find = self.query_one("#find", Input)
        if not find.display:
            self.dismiss()
            return
        find.value = ""
        find.display = False
        self.query_one(Scrolled).focus()

    def action_figures(self) -> None:
        """What the numbers mean, in the place of what the keys do."""
        self.dismiss()
        self.app.call_later(self.app.run_action, "app_figures")

    @on(Input.Submitted, "#find")
    def _found(self) -> None:
        self.query_one(Scrolled).focus()

    @on(Input.Changed, "#find")
    def _show(self) -> None:
        sought = self.query_one("#find", Input).value
        parts = {title: list(rows) for title, rows in self._parts()}
        found = {title: [row for row in rows if row.has(sought)] for title, rows in parts.items()}
        lines: list[Content] = []
        for title, rows in found.items():
            if rows:
                lines += [Content.styled(title, "bold"), *(self._line(row) for row in rows), Content("")]
        if not lines:
            lines = [Content("No key has that. esc shows all of them."), Content("")]
        self.query_one("#help-text", Static).update(Content("\n").join([*lines, Content(_TO_REBIND)]))
        count, of = (sum(map(len, each.values())) for each in (found, parts))
        said = f"{count} of {of}   esc All" if sought else "/ Find   esc Back"
        self.query_one("#help").border_subtitle = Content(said)

    def _parts(self) -> Iterator[tuple[str, Iterator[_Row]]]:
        if self._place:
            yield keys.PLACES.get(self._place, self._place.capitalize()), _rows(self._place)
        yield "Everywhere", _rows("")
        yield "In lists", (_Row(*each) for each in _IN_LISTS)

    def _line(self, row: _Row) -> Content:
        before = f"  {row.keys:<{_KEYS_WIDTH - 1}} "
        if self.app.size.width < _WIDE:
            below = (f"\n{' ' * (_KEYS_WIDTH + 2)}{row.id}", "$text-muted") if row.id else ""
            return Content.assemble((before, "bold $text-accent"), row.words, below)
        return Content.assemble((before, "bold $text-accent"), f"{row.words:<{_WORDS_WIDTH}}", (row.id, "$text-muted"))


def _rows(place: str) -> Iterator[_Row]:
    return (
        _Row(each.all_labels, each.words, each.id)
        for each in keys.ACTIONS
        if (keys.works_on(place, each) if place else not each.place)
    )
