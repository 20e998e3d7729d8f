"""Writing recordings into files: which format, where to, and how far it is."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label, OptionList, Static

from ... import text, units
from ...errors import FileDamaged, GarminSyncError, UsageProblem
from ...transfer.activity_files import file_name
from ..activity_words import title
from ..widgets.choices import Choices
from ..widgets.field import Field
from ..widgets.glyphs import glyphs_of
from ..widgets.sparkline import bar
from .place import INTERNAL
from .workout_dialogs import Choose

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from ...models import Activity
    from ...store.activity_lists import Key
    from ..activity_shelf import ActivityShelf

_log = logging.getLogger(__name__)
ORIGINAL = "original"
_FORMATS = {
    ORIGINAL: "as it came, byte for byte",
    "fit": "for watches and training programs",
    "gpx": "the way, for maps",
    "tcx": "laps and points, for older programs",
    "csv": "a row for each point, for spreadsheets",
    "json": "everything, for programs",
}
_FOLDER = "garminsync-export"
_AT_ONCE = 200
_SHOW_EVERY_S = 0.25
_BAR = 24
_FAILURES_SHOWN = 3


@dataclass
class _Written:
    files: list[tuple[Path, str]] = field(default_factory=list)
    skipped: int = 0
    failed: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    #: What is done with files that are there already, once somebody was asked.
    how: str = ""

    @property
    def seen(self) -> int:
        return len(self.files) + self.skipped + len(self.failed)


class ExportScreen(ModalScreen[None]):
    """Asks where to and in which format, writes, and says what was written."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Back")]

    def __init__(self, shelf: ActivityShelf, chosen: Sequence[Key], first: Activity) -> None:
        super().__init__()
        self._shelf, self._chosen, self._first = shelf, chosen, first
        self._form = ORIGINAL
        self._proposed = ""
        self._is_writing = self._is_stopped = False

    def compose(self) -> ComposeResult:
        """Formats, a path, how far it is."""
        one = len(self._chosen) == 1
        with Vertical(id="export", classes="dialog") as box:
            box.border_title = "Export"
            yield Label(Content(title(self._first) if one else f"{units.number(len(self._chosen))} activities"))
            yield Choices(id="formats")
            yield Label("To this file" if one else "Into this folder")
            yield Field(id="path")
            yield Static("", id="problem", classes="problem", markup=False)
            yield Static("", id="writing", markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Write", id="write", variant="primary", compact=True)
                yield Button("Back", id="leave", compact=True)

    def on_mount(self) -> None:
        """The original is proposed."""
        self.query_one("#formats", Choices).offer([(name, f"{name:<10}{words}") for name, words in _FORMATS.items()])
        self._propose()

    # ── Asking ───────────────────────────────────────────────────────────────────────────────────────

    @on(OptionList.OptionHighlighted)
    def _format_chosen(self, event: OptionList.OptionHighlighted) -> None:
        self._form = event.option_id or ORIGINAL
        self._propose()

    def _propose(self) -> None:
        """A path that fits the format, unless somebody wrote another."""
        line = self.query_one("#path", Input)
        if line.value == self._proposed:
            form = self._first.file_type.lower() if self._form == ORIGINAL else self._form
            name = file_name(self._first, form) if len(self._chosen) == 1 else _FOLDER
            self._proposed = line.value = str(Path.cwd() / name)

    @on(OptionList.OptionSelected)
    def _to_path(self) -> None:
        self.query_one("#path", Input).focus()

    @on(Input.Submitted)
    @on(Button.Pressed, "#write")
    def _write(self) -> None:
        if not self._is_writing:
            self.run_worker(self._guarded(), exclusive=True)

    async def _guarded(self) -> None:
        self._say("")
        try:
            await self._ask_and_write()
        except GarminSyncError as problem:
            self._say(f"{problem.message} {problem.hint}")
        except OSError as problem:
            self._say(f"{problem.filename or 'The file'} cannot be written: {problem.strerror}.")
        except Exception:
            _log.exception("an export broke")
            self._say(INTERNAL.message)
        finally:
            self._is_writing = False

    def _say(self, words: str) -> None:
        problem = self.query_one("#problem", Static)
        problem.display = bool(words)
        problem.update(Content(f"✗ {text.clean(words, 600)}"))

    async def _ask_and_write(self) -> None:
        target = _path(self.query_one("#path", Input).value)
        if len(self._chosen) > 1:
            await asyncio.to_thread(target.mkdir, parents=True, exist_ok=True)
        self._is_writing, self._is_stopped = True, False
        written = _Written()
        shown_at = 0.0
        async for activity in self._activities():
            if time.monotonic() - shown_at >= _SHOW_EVERY_S:
                shown_at = time.monotonic()
                self._show(written)
            await self._write_one(activity, target, written)
            if self._is_stopped:
                break
        self._finish(target, written)

    async def _activities(self) -> AsyncIterator[Activity]:
        for first in range(0, len(self._chosen), _AT_ONCE):
            for listing in await self._shelf.window(self._chosen[first : first + _AT_ONCE]):
                yield listing.activity

    async def _write_one(self, activity: Activity, target: Path, written: _Written) -> None:
        form = activity.file_type.lower() if self._form == ORIGINAL else self._form
        place = await asyncio.to_thread(self._place, activity, form, target)
        if await asyncio.to_thread(place.is_file):
            if not written.how:
                written.how = await self._ask(place)
            if written.how != "replace":
                written.skipped += 1
                return
        try:
            words, notes = await self._shelf.write_file(activity, form, place, replace=written.how == "replace")
        except GarminSyncError as problem:
            if len(self._chosen) == 1:
                raise
            why = problem.reason if isinstance(problem, FileDamaged) else problem.message
            written.failed.append(f"{title(activity)}: {why}")
            return
        written.files.append((place, words))
        written.notes += notes

    def _place(self, activity: Activity, form: str, target: Path) -> Path:
        return target / file_name(activity, form) if target.is_dir() else target

    async def _ask(self, place: Path) -> str:
        """What to do with what is there already, the first time there is something."""
        answers = [("", "No, stop here"), ("replace", "Replace it")]
        if len(self._chosen) > 1:
            answers = [answers[0], ("replace", "Replace it, and all that follow"), ("skip", "Keep what is there")]
        answer = await self.app.push_screen_wait(Choose(text.clean(f"{place.name} is there already"), answers))
        self._is_stopped = self._is_stopped or not answer
        return answer or ""

    # ── Telling ──────────────────────────────────────────────────────────────────────────────────────

    def _show(self, written: _Written) -> None:
        """How far it is."""
        if len(self._chosen) > 1:
            words = f"{units.number(written.seen)} of {units.number(len(self._chosen))}   esc stops"
            shown = f"{bar(written.seen / len(self._chosen), _BAR, glyphs_of(self.app))} {words}"
        else:
            shown = "writing…"
        self.query_one("#writing", Static).update(Content(shown))

    def _finish(self, target: Path, written: _Written) -> None:
        self.query_one("#writing", Static).update("")
        one = len(self._chosen) == 1
        if one and written.files:
            [(place, words)] = written.files
            said = f"{words} written to {place}."
        elif one:
            return  # it was there already and stays: another path may be written
        else:
            count = len(written.files)
            parts = [f"{units.number(count)} {'file' if count == 1 else 'files'} written to {target}"]
            parts += [f"{units.number(written.skipped)} were there already"] if written.skipped else []
            parts += ["stopped"] if self._is_stopped else []
            said = f"{', '.join(parts)}."
        if written.notes:
            said += f" {_some(written.notes, ' ', 1)}"
        if written.failed:
            self._say(f"{said} Not written: {_some(written.failed, '; ', _FAILURES_SHOWN)}")
            return
        self.notify(text.clean(said, 400), markup=False)
        self.dismiss()

    @on(Button.Pressed, "#leave")
    def action_leave(self) -> None:
        """Stop after the file that is being written; where nothing is written, go back."""
        if self._is_writing:
            self._is_stopped = True
            self.query_one("#writing", Static).update("stopping…")
        else:
            self.dismiss()


def _path(written: str) -> Path:
    try:
        return Path(written.strip()).expanduser()
    except RuntimeError as problem:
        raise UsageProblem(f"{problem}.") from None


def _some(sentences: Sequence[str], between: str, most: int) -> str:
    more = f" (and {len(sentences) - most} more)" if len(sentences) > most else ""
    return between.join(sentences[:most]) + more
