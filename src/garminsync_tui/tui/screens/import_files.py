"""Asks what to bring in: an archive, a watch's folder, recordings. The work is a job, so Jobs shows how far it is."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label, Static

from ... import text
from ...errors import UsageProblem
from ...transfer.importing.paths import absolute
from ..widgets.field import Field

if TYPE_CHECKING:
    from textual.app import ComposeResult

_ABOUT = (
    "Garmin's account archive (the ZIP), a watch's GARMIN folder, or FIT, GPX and TCX files, in folders or packed."
    " They stay as they are; each activity and day comes in once."
)


class ImportScreen(ModalScreen[list[str]]):
    """Ends with what there is to import; with nothing where somebody went back."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Back")]

    def compose(self) -> ComposeResult:
        """One field."""
        with Vertical(id="import", classes="dialog") as box:
            box.border_title = "Import"
            box.border_subtitle = Content("enter Import   esc Back")
            yield Static(_ABOUT, markup=False)
            yield Label("The file or folder")
            yield Field(id="path", placeholder="~/Downloads/export.zip")
            yield Static("", id="problem", classes="problem", markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Import", id="start", variant="primary", compact=True)
                yield Button("Back", id="leave", compact=True)

    @on(Input.Submitted)
    @on(Button.Pressed, "#start")
    def _start(self) -> None:
        self.run_worker(self._look(), exclusive=True)

    async def _look(self) -> None:
        typed = self.query_one("#path", Input).value.strip()
        if not typed:
            self._say("Name a file or a folder.")
            return
        try:
            found = await asyncio.to_thread(absolute, [typed])
        except UsageProblem as problem:
            self._say(f"{problem.message} {problem.hint}")
            return
        self.dismiss(found)

    def _say(self, words: str) -> None:
        problem = self.query_one("#problem", Static)
        problem.display = True
        problem.update(Content(text.clean(f"✗ {words}", 500)))

    @on(Button.Pressed, "#leave")
    def action_leave(self) -> None:
        """Go back with nothing."""
        self.dismiss([])
