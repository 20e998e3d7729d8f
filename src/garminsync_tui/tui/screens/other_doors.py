"""More ways to connect: what a browser was given, what other programs keep, and a key of the official API."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from ...errors import UsageProblem
from ...garmin import garth_session
from .. import clipboard
from ..widgets.field import Field
from .sign_in import in_words, said

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.worker import Worker

    from ...sync.linking import Linking
    from ..app import GarminSyncApp


class Door(ModalScreen[bool]):
    """One field and what it is for; ends with True when an account is linked."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", "Back")]

    title_words = ""
    placeholder = ""
    usual = ""
    #: Whether what is typed is hidden.
    secret = False

    def __init__(self, linking: Linking) -> None:
        super().__init__()
        self._linking = linking
        self._attempt: Worker[None] | None = None

    def explanation(self) -> Iterator[Content]:
        """What to do, in lines."""
        raise NotImplementedError

    def more_buttons(self) -> Iterator[Button]:
        """What else helps here."""
        return iter(())

    async def link(self, typed: str) -> None:
        """Link by what was typed. Raises GarminSyncError."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """The explanation, the field, and what is wrong with what is in it."""
        with VerticalScroll(id="door", classes="dialog", can_focus=False):
            for lines in self.explanation():
                yield Static(lines, classes="spaced", markup=False)
            yield Field(self.usual, placeholder=self.placeholder, password=self.secret, id="answer")
            yield Static("", id="problem", classes="problem", markup=False)
            yield Static("", id="trying", markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Connect", id="go", variant="primary", compact=True)
                yield from self.more_buttons()
                yield Button("Back", id="back", compact=True)

    def on_mount(self) -> None:
        """Begin at the field."""
        box = self.query_one("#door")
        box.border_title = Content(self.title_words)
        box.border_subtitle = Content("enter Connect   esc Back")
        self.query_one("#answer", Input).focus()

    @on(Input.Submitted)
    @on(Button.Pressed, "#go")
    def _go(self) -> None:
        if self._attempt is None or self._attempt.is_finished:
            self._attempt = self.run_worker(self._try(), group="sign-in")

    async def _try(self) -> None:
        problem, trying = self.query_one("#problem", Static), self.query_one("#trying", Static)
        problem.display = False
        trying.update(Content.styled("◌ Asking Garmin…", "$text-accent"))
        try:
            await self.link(self.query_one("#answer", Input).value.strip())
        except Exception as failed:
            problem.display = True
            problem.update(said(in_words(failed)))
            self.query_one("#answer", Input).focus()
        else:
            self.dismiss(True)
        finally:
            trying.update("")

    @on(Button.Pressed, "#back")
    def action_back(self) -> None:
        """Go back; an answer that still comes is not looked at."""
        if self._attempt is not None:
            self._attempt.cancel()
        self.dismiss(False)


class TicketScreen(Door):
    """The person signs in in a browser, wherever there is one, and pastes what it shows at the end."""

    title_words = "Connect with a browser"
    placeholder = "ST-…, or the whole address"

    def explanation(self) -> Iterator[Content]:
        """Two steps."""
        yield Content("Garmin lets browsers in also where it refuses programs. On this or any other machine:")
        yield Content.assemble(
            "1  Open this address and sign in:\n", (self._linking.browser_address, "bold $text-accent")
        )
        yield Content("2  The page then shows a ticket, ST-…, or its address has it. Paste either here at once:")

    def more_buttons(self) -> Iterator[Button]:
        """The address is too long to be typed."""
        yield Button("Copy the address", id="copy", compact=True)

    async def link(self, typed: str) -> None:
        """A ticket is good once: the field forgets it."""
        self.query_one("#answer", Input).value = ""
        await self._linking.with_ticket(typed)

    @on(Button.Pressed, "#copy")
    def _copy(self) -> None:
        app = cast("GarminSyncApp", self.app)

        async def copy() -> None:
            route = await clipboard.copy(app, self._linking.browser_address)
            self.notify(f"Address copied by {route}.", markup=False)

        app.do(copy)


class TokenFileScreen(Door):
    """The file is read once; its tokens are sealed in the database."""

    title_words = "Connect with a token file"
    usual = "~/.garminconnect/garmin_tokens.json"

    def explanation(self) -> Iterator[Content]:
        """What is taken over, and what that does to the other program."""
        yield Content(
            "Programs that use garminconnect 0.3 keep their sign-in in a file. It may come from another machine, where"
            " signing in went well."
        )
        yield Content(
            "! Only one program can go on with it: the first that renews it ends the other's sign-in. The tokens are"
            " sealed in the database; the file stays as it is."
        )

    async def link(self, typed: str) -> None:
        """Read the file, and ask Garmin whose it is."""
        if not typed:
            raise UsageProblem("The file has to be named.")
        await self._linking.with_token_file(Path(typed))


class GarthScreen(Door):
    """The session is resumed; garth's files stay as they are."""

    title_words = "Connect with a session of garth's"
    placeholder = "~/.garth"

    def __init__(self, linking: Linking) -> None:
        super().__init__(linking)
        self._found = garth_session.found()
        self.usual = str(self._found.folder) if self._found and self._found.folder else ""

    def explanation(self) -> Iterator[Content]:
        """Where one was found, and what it is worth."""
        if self._found is None:
            yield Content("Programs that use garth, or garminconnect before 0.3, keep their sign-in in a folder.")
        elif self._found.folder is None:
            yield Content(f"A session is in {self._found.name}; a folder named here goes first.")
        else:
            yield Content("A session from an earlier sign-in is in this folder:")
        yield Content(
            "! It lasts about a year from its sign-in, and none can be had any more: connect another way before it"
            " ends. The session is sealed in the database; the folder stays as it is."
        )

    async def link(self, typed: str) -> None:
        """Resume it, and ask Garmin whose it is."""
        if not typed and self._found is None:
            raise UsageProblem("The folder has to be named.")
        await self._linking.with_garth(Path(typed) if typed else None)


class KeyScreen(Door):
    """The key is typed without being shown, and sealed in the database."""

    title_words = "Connect with a key of the official API"
    placeholder = "the key, as Garmin showed it once"
    secret = True

    def explanation(self) -> Iterator[Content]:
        """Where a key comes from, and what it is not given."""
        yield Content.assemble("Garmin makes a key of your own at:\n", (self._linking.key_page, "bold $text-accent"))
        yield Content(
            "It needs no password, and no sign-in that Garmin could refuse. But it only reads: no workouts, and of"
            " health and training only a part. Coverage names what needs another sign-in. A key ends after 30 days to"
            " a year."
        )

    async def link(self, typed: str) -> None:
        """A secret: the field forgets it."""
        self.query_one("#answer", Input).value = ""
        await self._linking.with_key(typed)


#: By the button that opens each.
DOORS: dict[str, Callable[[Linking], Door]] = {
    "ticket": TicketScreen,
    "token_file": TokenFileScreen,
    "key": KeyScreen,
    "garth": GarthScreen,
}
