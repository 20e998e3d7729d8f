"""Connect a Garmin account: address and password, a security code where Garmin asks for one, or another door.

The requests run in a worker, so that esc always works. The password leaves its field when it is sent and is
kept nowhere; errors stand under the field they are about.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label, Static

from ... import text
from ...errors import GarminSyncError, SignInRefused, WrongCode, WrongPassword
from ..widgets.field import Field

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.worker import Worker

    from ...sync.linking import Linking
    from ..app import GarminSyncApp

_SERVER = "https://garmin.com"
_DOORS = "f2 Browser  f3 Token file  f4 API key"
_OTHER_WAYS = "A browser may get in all the same: f2."
_log = logging.getLogger(__name__)


class Trying(Message):
    """Garmin is asked in another way than before."""

    def __init__(self, number: int, of: int, name: str) -> None:
        super().__init__()
        self.number, self.of, self.name = number, of, name


class SignInScreen(ModalScreen[bool]):
    """Ends with True when an account is linked, with False where somebody went back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel"),
        Binding("f2", "door('ticket')", "Browser"),
        Binding("f3", "door('token_file')", "Token file"),
        Binding("f4", "door('key')", "API key"),
        Binding("f5", "door('garth')", "garth"),
    ]

    def __init__(self, server: str | None = None) -> None:
        super().__init__()
        self._server = server or _SERVER
        self._linking: Linking | None = None
        self._attempt: Worker[None] | None = None

    def compose(self) -> ComposeResult:
        """Both steps; the second appears when Garmin asks for a code."""
        with VerticalScroll(id="sign-in", classes="dialog", can_focus=False):
            yield Label("E-mail")
            yield Field(id="email", placeholder="the address you use at Garmin")
            yield Label("Password")
            yield Field(id="password", password=True, placeholder="used once, not stored")
            yield Label("Server")
            yield Field(self._server, id="server")
            yield Static("", id="problem", classes="problem", markup=False)
            with Vertical(id="code-step"):
                yield Static("", id="code-sent", markup=False)
                yield Label("Security code")
                yield Field(id="code", placeholder="from the newest message")
                yield Static("", id="code-problem", classes="problem", markup=False)
            yield Static("", id="trying", markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Connect", id="go", variant="primary", compact=True)
                yield Button("Cancel", id="cancel", compact=True)
            with Horizontal(classes="buttons", id="doors"):
                yield Button("Browser…", id="ticket", compact=True)
                yield Button("Token file…", id="token_file", compact=True)
                yield Button("API key…", id="key", compact=True)
                yield Button("garth session…", id="garth", compact=True)

    def on_mount(self) -> None:
        """Begin at the first empty field."""
        box = self.query_one("#sign-in")
        box.border_title = "Connect Garmin"
        box.border_subtitle = Content(f"{_DOORS}  esc Cancel")
        self.query_one("#code-step").display = False
        self.query_one("#garth").display = False
        self.query_one("#email", Input).focus()
        self.run_worker(self._look_for_garth())

    async def _look_for_garth(self) -> None:
        """Offer the session of garth's that there is."""
        from ...garmin import garth_session

        if await asyncio.to_thread(garth_session.found) and self._linking is None:
            self.query_one("#garth").display = True
            self.query_one("#sign-in").border_subtitle = Content(f"{_DOORS}  f5 garth")

    # ── Step one ─────────────────────────────────────────────────────────────────────────────────────

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        if event.input.id == "email":
            self.query_one("#password", Input).focus()
        else:
            self._go()

    @on(Button.Pressed, "#go")
    def _go(self) -> None:
        if self._attempt is not None and self._attempt.is_running:
            return
        if self._linking is not None:
            self._send_code()
        else:
            self._send_password()

    def _send_password(self) -> None:
        email, field = self.query_one("#email", Input), self.query_one("#password", Input)
        if not email.value.strip() or not field.value:
            self._say("#problem", GarminSyncError("Both the e-mail address and the password are needed."))
            return
        password, field.value = field.value, ""
        self._say("#problem", None)
        self._attempt = self.run_worker(self._start(email.value.strip(), password), group="sign-in", exclusive=True)

    async def _start(self, email: str, password: str) -> None:
        app = cast("GarminSyncApp", self.app)
        assert app.engine is not None
        self._working("Asking Garmin…")
        try:
            server = self.query_one("#server", Input).value.strip() or _SERVER
            # Told from the thread in which Garmin's library asks: messages are safe there.
            linking = await app.engine.linking(server, self._tell_trying)
            outcome = await linking.start(email, password)
        except Exception as problem:
            self._start_failed(problem)
            return
        finally:
            self._working("")
        if hasattr(outcome, "method"):
            self._ask_for_code(linking, str(outcome.method))
        else:
            self.dismiss(True)

    def _tell_trying(self, number: int, of: int, name: str) -> None:
        self.post_message(Trying(number, of, name))

    @on(Trying)
    def _tried(self, message: Trying) -> None:
        self._working(f"trying {message.number} of {message.of}: {text.clean(message.name, 40)}")

    def _start_failed(self, problem: Exception) -> None:
        self._say("#problem", in_words(problem))
        wrong = isinstance(problem, WrongPassword)
        self.query_one("#password" if wrong else "#email", Input).focus()

    # ── Step two ─────────────────────────────────────────────────────────────────────────────────────

    def _ask_for_code(self, linking: Linking, method: str) -> None:
        self._linking = linking
        way = f" by {text.clean(method, 30)}" if method else ""
        self.query_one("#sign-in").border_title = "Connect Garmin   step 2 of 2"
        self.query_one("#code-sent", Static).update(Content(f"Garmin sent you a security code{way}."))
        for name in ("#email", "#password", "#server"):
            self.query_one(name, Input).disabled = True
        self.query_one("#password", Input).placeholder = "✓ used once, not stored"
        self.query_one("#sign-in").border_subtitle = Content("enter Verify   esc Cancel")
        self.query_one("#go", Button).label = "Verify"
        self.query_one("#doors").display = False
        self.query_one("#code-step").display = True
        self.query_one("#code", Input).focus()

    def _send_code(self) -> None:
        field = self.query_one("#code", Input)
        code, field.value = field.value.strip(), ""
        if not code:
            self._say("#code-problem", GarminSyncError("The code is missing."))
            return
        self._say("#code-problem", None)
        self._attempt = self.run_worker(self._finish(code), group="sign-in", exclusive=True)

    async def _finish(self, code: str) -> None:
        assert self._linking is not None
        self._working("Asking Garmin…")
        try:
            await self._linking.finish(code)
        except WrongCode as problem:
            self._say("#code-problem", problem)
            self.query_one("#code", Input).focus()
            return
        except Exception as problem:
            self._say("#code-problem", in_words(problem))
            return
        finally:
            self._working("")
        self.dismiss(True)

    # ── Other doors ──────────────────────────────────────────────────────────────────────────────────

    @on(Button.Pressed, "#ticket, #token_file, #key, #garth")
    def _door_pressed(self, event: Button.Pressed) -> None:
        self.action_door(event.button.id or "")

    def action_door(self, name: str) -> None:
        """Another way in, at the same server; what was asked here before is not looked at any more."""
        if self._attempt is not None:
            self._attempt.cancel()
        self._attempt = self.run_worker(self._open_door(name), group="sign-in", exclusive=True)

    async def _open_door(self, name: str) -> None:
        from .other_doors import DOORS

        app = cast("GarminSyncApp", self.app)
        assert app.engine is not None
        try:
            server = self.query_one("#server", Input).value.strip() or _SERVER
            linking = await app.engine.linking(server, self._tell_trying)
        except GarminSyncError as problem:
            self._say("#problem", problem)
            return
        self.app.push_screen(DOORS[name](linking), self._came_back)

    def _came_back(self, linked: bool | None) -> None:
        if linked:
            self.dismiss(True)

    # ── Saying ───────────────────────────────────────────────────────────────────────────────────────

    def _working(self, words: str) -> None:
        self.query_one("#trying", Static).update(Content.styled(f"◌ {words}" if words else "", "$text-accent"))

    def _say(self, where: str, problem: GarminSyncError | None) -> None:
        place = self.query_one(where, Static)
        place.display = problem is not None
        if problem is not None:
            place.update(said(problem))

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Go back; an answer that still comes is not looked at."""
        if self._attempt is not None:
            self._attempt.cancel()
        self.dismiss(False)


def said(problem: GarminSyncError) -> Content:
    """A problem under a field; a refusal is none of the person's mistakes."""
    sign = "!" if isinstance(problem, SignInRefused) else "✗"
    lines = [f"{sign} {text.clean(problem.message, 500)}", text.clean(problem.hint, 500)]
    if isinstance(problem, SignInRefused):
        lines.append(_OTHER_WAYS)
    return Content("\n".join(line for line in lines if line))


def in_words(problem: Exception) -> GarminSyncError:
    """A problem as it may be shown."""
    if isinstance(problem, GarminSyncError):
        return problem
    # The exception may carry the password in its frames: only its type is logged.
    _log.error("sign-in ended by a fault of the program: %s", type(problem).__name__)
    return GarminSyncError("A fault of the program; nothing was linked.")
