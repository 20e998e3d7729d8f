"""The first line: the places, where we are, and the one thing to know about syncing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.content import Content
from textual.reactive import reactive
from textual.style import Style
from textual.widget import Widget

from .. import keys
from ..situation import NO_DATABASE, NOT_OPEN, SyncState, sync_state

if TYPE_CHECKING:
    from textual.timer import Timer

_NAME = " garminsync "
_SAMPLE = " sample data "
_MINUTE_S = 60.0


def _without_first(words: str) -> str:
    """ "32 min ago" of "synced 32 min ago": beside its sign it says enough."""
    return next((words.removeprefix(each) for each in ("synced ", "waiting ") if words.startswith(each)), words)


class Header(Widget):
    """Places on the left, the state of syncing on the right."""

    DEFAULT_CSS = "Header { dock: top; height: 1; background: $panel; color: $foreground; }"

    place: reactive[str] = reactive("")
    state: reactive[SyncState] = reactive(NOT_OPEN)

    def __init__(self, place: str) -> None:
        super().__init__()
        self.set_reactive(Header.place, place)
        self._ageing: Timer | None = None

    def on_mount(self) -> None:
        """Follow the app."""
        for attribute in ("situation", "fault", "live", "app_focus"):
            self.watch(self.app, attribute, self.follow)

    def follow(self) -> None:
        """Say how syncing stands now."""
        app: Any = self.app
        moment = app.now()
        self.state = NO_DATABASE if app.fault else sync_state(app.situation, app.live, moment)
        if self._ageing is not None:
            self._ageing.stop()
            self._ageing = None
        # "3 min ago" must not become a lie: looked at once a minute, and not at all while nobody looks.
        if self.state.sign == "●" and self.screen.is_current and app.app_focus:
            self._ageing = self.set_timer(_MINUTE_S, self.follow)

    def render(self) -> Content:
        """As many words as the line has room for."""
        width = self.size.width
        name = _SAMPLE if getattr(self.app, "is_sample", False) else _NAME
        tabs = Content.assemble((name, "bold"), *(self._tab(place) for place in keys.PLACES))
        tight = Content.assemble(" ", Content(" ").join(self._tab(place, "") for place in keys.PLACES))
        said = [*self.state.longer, self.state.words]
        states = [Content.styled(f"{self.state.sign} {words} ", self.state.colour) for words in said]
        # The whole name and all that is said, then less of both; a menu where the places have no room.
        pairs = [*((tabs, each) for each in states), (tight, states[-1])]
        brief = Content.styled(f"{self.state.sign} {_without_first(self.state.words)} ", self.state.colour)
        pairs.append((tight, brief))
        menu = Content.assemble((name, "bold"), keys.PLACES.get(self.place, ""), " ▾")
        pairs += [(menu, each) for each in states]
        fitting = (pair for pair in pairs if pair[0].cell_length + pair[1].cell_length < width)
        left, right = next(fitting, pairs[-1])
        return Content.assemble(left, " " * max(width - left.cell_length - right.cell_length, 1), right)

    def _tab(self, place: str, around: str = " ") -> Content:
        entry = keys.action(f"places.{place}")
        words = f"{entry.label} {entry.words}"
        here = place == self.place
        click = Style.from_meta({"@click": f"app.act('{entry.id}')"})
        shown = Content.styled(f"[{words}]" if here else f"{around}{words}{around}", "bold" if here else "$text-muted")
        return shown.stylize(click)
