"""Asks where everything shall be written to, and how. The work is a job, so Jobs shows how far it is."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label, OptionList, Static

from ... import text
from ...errors import GarminSyncError
from ...transfer.exporting.asked import asked
from ...transfer.exporting.folder import require_ours
from ..widgets.choices import Choices
from ..widgets.field import Field

if TYPE_CHECKING:
    from textual.app import ComposeResult

_ABOUT = "A file a table, and a page that says what each column is. Recordings have an export of their own: Activities."
_FORMS = {
    "csv": "for spreadsheets and everything else",
    "json": "JSON Lines, an object a line",
    "parquet": "for DuckDB, pandas and polars",
}


class ExportEverythingScreen(ModalScreen[dict[str, object]]):
    """Ends with the parameters of the job; with nothing where somebody went back."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Back")]

    def __init__(self) -> None:
        super().__init__()
        self._form = "csv"

    def compose(self) -> ComposeResult:
        """Formats and a folder."""
        with Vertical(id="export", classes="dialog") as box:
            box.border_title = "Export everything"
            yield Static(_ABOUT, markup=False)
            yield Choices(id="formats")
            yield Label("Into the new folder")
            yield Field(f"~/garminsync-export-{datetime.now().astimezone():%Y-%m-%d}", id="path")
            yield Static("", id="problem", classes="problem", markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Export", id="start", variant="primary", compact=True)
                yield Button("Back", id="leave", compact=True)

    def on_mount(self) -> None:
        """CSV is proposed."""
        self.query_one("#formats", Choices).offer([(name, f"{name:<10}{words}") for name, words in _FORMS.items()])

    @on(OptionList.OptionHighlighted)
    def _form_chosen(self, event: OptionList.OptionHighlighted) -> None:
        self._form = event.option_id or self._form

    def on_descendant_focus(self) -> None:
        """Enter goes from the formats to the folder."""
        does = "Next" if self.query_one("#formats").has_focus else "Export"
        self.query_one("#export").border_subtitle = Content(f"enter {does}   esc Back")

    @on(OptionList.OptionSelected)
    def _to_path(self) -> None:
        self.query_one("#path", Input).focus()

    @on(Input.Submitted)
    @on(Button.Pressed, "#start")
    def _start(self) -> None:
        self.run_worker(self._look(), exclusive=True)

    async def _look(self) -> None:
        typed = self.query_one("#path", Input).value.strip()
        if not typed:
            self._say("Name a folder.")
            return
        try:
            found = await asyncio.to_thread(_asked, typed, self._form)
        except (GarminSyncError, RuntimeError) as problem:
            hint = problem.hint if isinstance(problem, GarminSyncError) else ""
            self._say(f"{problem} {hint}")
            return
        self.dismiss(found)

    def _say(self, words: str) -> None:
        problem = self.query_one("#problem", Static)
        problem.display = True
        problem.update(Content(text.clean(f"✗ {words}", 500)))

    @on(Button.Pressed, "#leave")
    def action_leave(self) -> None:
        """Go back with nothing."""
        self.dismiss({})


def _asked(typed: str, form: str) -> dict[str, object]:
    folder = Path(typed).expanduser().absolute()
    require_ours(folder, force=False)
    return asked(folder, form)
