"""A backup of the database: where to, how far it is, and esc to give it up."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label, Static

from ... import text, units
from ...errors import GarminSyncError
from ..widgets.field import Field
from .dialogs import Confirm

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.timer import Timer

    from ..app import GarminSyncApp

_ABOUT = "It holds all of the database, but neither original files nor the key: these are files of their own."
_SHOW_EVERY_S = 0.25


class BackupScreen(ModalScreen[None]):
    """Stays until the backup is there, or was given up."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", "Cancel")]

    def __init__(self) -> None:
        super().__init__()
        self._written = 0
        self._total = 0
        self._given_up = False
        self._at_work = False
        self._showing: Timer | None = None

    def compose(self) -> ComposeResult:
        """One field."""
        with Vertical(id="backup", classes="dialog") as box:
            box.border_title = "Back up the database"
            box.border_subtitle = Content("enter Write   esc Cancel")
            yield Static(_ABOUT, markup=False)
            yield Label("Into the file")
            yield Field(f"~/garminsync-{datetime.now().astimezone():%Y-%m-%d}.db", id="target")
            yield Static("", id="problem", classes="problem", markup=False)
            yield Static("", id="trying", markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Write", id="write", variant="primary", compact=True)
                yield Button("Cancel", id="cancel", compact=True)

    @on(Input.Submitted)
    @on(Button.Pressed, "#write")
    def _write(self) -> None:
        typed = self.query_one("#target", Input).value.strip()
        target = Path(typed).expanduser().absolute()
        if self._at_work:
            return
        if not typed or target.is_dir():
            self._say("Name a file." if not typed else f"{target} is a folder: name a file in it.")
        elif target.exists():
            asking = Confirm(f"Replace {text.clean(str(target), 300)}?", "What is in it now is lost.", "Replace")
            self.app.push_screen(asking, lambda yes: self._start(target, replace=True) if yes else None)
        else:
            self._start(target, replace=False)

    def _start(self, target: Path, *, replace: bool) -> None:
        self._at_work, self._given_up, self._written = True, False, 0
        self._say("")
        self._showing = self.set_interval(_SHOW_EVERY_S, self._show_written)
        self.run_worker(self._back_up(target, replace), group="backup")

    async def _back_up(self, target: Path, replace: bool) -> None:
        engine = cast("GarminSyncApp", self.app).engine
        assert engine is not None
        try:
            self._total = (await engine.upkeep.stored()).size_bytes
            self._show_written()
            size = await engine.upkeep.back_up(target, replace=replace, on_written=self._tell_written)
        except GarminSyncError as problem:
            self._say(f"{problem.message} {problem.hint}")
        else:
            self.app.notify(f"{units.size(size)} in {target}.", title="Backup written", markup=False)
            self.dismiss()
        finally:
            self._at_work = False
            if self._showing is not None:
                self._showing.stop()
            self.query_one("#trying", Static).update("")

    def _tell_written(self, size: int) -> bool:
        """From the thread that writes; whether to give up."""
        self._written = size
        return self._given_up

    def _show_written(self) -> None:
        if self._at_work and self.app.app_focus:
            done = f"{units.size(self._written)} of about {units.size(self._total)}"
            self.query_one("#trying", Static).update(Content.styled(f"◌ Writing {done}; esc gives up", "$text-accent"))

    def _say(self, words: str) -> None:
        problem = self.query_one("#problem", Static)
        problem.display = bool(words)
        problem.update(Content(text.clean(f"✗ {words}", 500)))

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Give up what is being written, or go back."""
        if self._at_work:
            self._given_up = True
        else:
            self.dismiss()
