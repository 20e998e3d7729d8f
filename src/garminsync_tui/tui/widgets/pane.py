"""A part of a screen that always says how it stands: loading, empty, stale, in error, or ready."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from ... import text
from .. import keys

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.timer import Timer
    from textual.widget import Widget

    from ...errors import GarminSyncError

_SKELETON_AFTER_S = 0.15
_SKELETON = "\n".join(" " + "░" * length for length in (34, 26, 30, 22))


class Pane(Vertical):
    """Holds its content and shows a message in its place where there is none."""

    DEFAULT_CSS = """
    Pane { height: 1fr; border: round $surface-lighten-2; border-title-color: $text-muted;
           border-subtitle-color: $text-muted; }
    Pane:focus-within { border: heavy $accent; }
    Pane > .pane--message { display: none; padding: 0 1; height: auto; }
    Pane.-message > * { display: none; }
    Pane.-message > .pane--message { display: block; }
    """

    def __init__(self, *content: Widget, title: str = "", id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._content = content
        self._message = Static("", markup=False, classes="pane--message")
        self._skeleton: Timer | None = None
        self._as_of = ""
        self.border_title = Content(title)
        #: loading, empty, error or ready
        self.state = "ready"

    def compose(self) -> ComposeResult:
        """The message lies behind the content."""
        yield self._message
        yield from self._content

    def on_mount(self) -> None:
        """Nothing was read yet."""
        self.loading_content()

    def loading_content(self) -> None:
        """Something is being read: a skeleton follows where that takes long enough to notice."""
        self.state = "loading"
        self._message.update("")
        self.add_class("-message")
        self._forget_skeleton()
        self._skeleton = self.set_timer(_SKELETON_AFTER_S, self._show_skeleton)

    def empty(self, why: str) -> None:
        """There is nothing: `why` names the action that helps, like "Press {sync.now}"."""
        self._say("empty", Content.styled(keys.with_keys(why), "$text-muted"))

    def failed(self, problem: GarminSyncError) -> None:
        """It could not be read."""
        lines = [text.clean(problem.message), text.clean(problem.hint), f"{keys.label('app.reload')} tries again."]
        first, *rest = [line for line in lines if line]
        self._say("error", Content("\n").join([Content.styled(f"✗ {first}", "$text-error"), *map(Content, rest)]))

    def ready(self, as_of: str = "") -> None:
        """The content is there; `as_of` tells its age where it is not fresh."""
        self.state = "stale" if as_of else "ready"
        self._forget_skeleton()
        self.remove_class("-message")
        if as_of != self._as_of:  # a border that is set is painted, with all that it is around
            self._as_of = as_of
            self.border_subtitle = Content(as_of)

    def _say(self, state: str, words: Content) -> None:
        self.state = state
        self._forget_skeleton()
        self._as_of = self.border_subtitle = ""  # it told of the content
        self._message.update(words)
        self.add_class("-message")

    def _show_skeleton(self) -> None:
        if self.state == "loading":  # a timer that was stopped may have rung already
            self._message.update(Content.styled(_SKELETON, "$surface-lighten-2"))

    def _forget_skeleton(self) -> None:
        if self._skeleton is not None:
            self._skeleton.stop()
            self._skeleton = None
