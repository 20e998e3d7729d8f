"""Small questions: the local password, quitting while a job runs, and whether something shall really be done."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label, Static

from ... import text, units
from ...errors import GarminSyncError
from ..widgets.field import Field

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.app import ComposeResult

    from ...store.unlocking import Try


_RUNNING = "A sync is running here.\nWhat is stored stays, and the next start goes on from there."


class UnlockScreen(ModalScreen["Try | None"]):
    """Asks for the local user's password and hides what lies below; ends with what fitted, or None to quit."""

    def __init__(self, username: str, try_password: Callable[[str], Awaitable[Try]]) -> None:
        super().__init__()
        self._username = username
        self._try_password = try_password
        #: Whether it may be taken away: only by its own answer.
        self.answered = False

    def compose(self) -> ComposeResult:
        """One field."""
        with Vertical(id="unlock", classes="dialog"):
            yield Label(Content(f"Password of {self._username}"))
            yield Field(id="password", password=True)
            yield Static("", id="problem", classes="problem", markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Open", id="open", variant="primary", compact=True)
                yield Button("Quit", id="quit", compact=True)

    @on(Input.Submitted)
    @on(Button.Pressed, "#open")
    def _try(self) -> None:
        field = self.query_one("#password", Input)
        password, field.value = field.value, ""
        if password:
            self.run_worker(self._check(password), exclusive=True)

    async def _check(self, password: str) -> None:
        try:
            tried = await self._try_password(password)
        except GarminSyncError as problem:
            self._say(text.clean(f"{problem.message} {problem.hint}"))
            return
        if tried.fits:
            self._answer(tried)
            return
        said = "Too many wrong passwords." if tried.too_soon else "That is not the password."
        wait = f" The next one is looked at in {units.duration(tried.wait_s)}." if tried.wait_s else ""
        self._say(f"{said}{wait}")

    def _say(self, words: str) -> None:
        problem = self.query_one("#problem", Static)
        problem.display = True
        problem.update(Content(f"✗ {words}"))

    @on(Button.Pressed, "#quit")
    def _quit(self) -> None:
        self._answer(None)

    def _answer(self, answer: Try | None) -> None:
        self.answered = True
        self.dismiss(answer)


class QuitScreen(ModalScreen[bool]):
    """Asks once whether to stop the job that runs here."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "answer(False)", "Stay"),
        Binding("q,ctrl+c,ctrl+q", "answer(True)", "Quit"),
    ]

    def compose(self) -> ComposeResult:
        """One sentence and two answers."""
        with Vertical(classes="dialog") as box:
            box.border_subtitle = Content("q Quit   esc Stay")
            yield Static(_RUNNING, markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Stay", id="stay", variant="primary", compact=True)
                yield Button("Stop here and quit", id="leave", compact=True)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "leave")

    def action_answer(self, leave: bool) -> None:
        """What the keys answer."""
        self.dismiss(leave)


class Confirm(ModalScreen[bool]):
    """Asks before something that is hard to undo; the answer is No unless somebody moves to the other one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,n", "dismiss(False)", "No"),
        Binding("y", "dismiss(True)", "Yes"),
        Binding("left", "app.focus_previous", "Other", show=False),
        Binding("right", "app.focus_next", "Other", show=False),
    ]

    def __init__(self, question: str, about: str, yes: str) -> None:
        """`question` names the object, `yes` says what happens to it."""
        super().__init__()
        self._question, self._about, self._yes = question, about, yes

    def compose(self) -> ComposeResult:
        """No has the keyboard."""
        with Vertical(id="confirm", classes="dialog"):
            yield Static(Content.styled(self._question, "bold"))
            yield Static(Content(self._about))
            with Horizontal(classes="buttons"):
                yield Button("No", id="no", variant="primary", compact=True)
                yield Button(Content(self._yes), id="yes", compact=True)

    def on_mount(self) -> None:
        """Say which keys answer."""
        self.query_one("#confirm").border_subtitle = Content("y Yes   n No")
        self.query_one("#no").focus()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")
