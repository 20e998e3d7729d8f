"""What each figure means: the words, formulas and sources of the training numbers, to be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from ...training.explanations import Explanation


class FiguresScreen(ModalScreen[None]):
    """Every figure that is computed here, in one page to scroll through."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,equals_sign", "dismiss", "Back")]

    def compose(self) -> ComposeResult:
        """A part for each figure, and whose terms they are."""
        from ...training.explanations import EXPLANATIONS, TRADEMARKS

        with Scrolled(id="figures", classes="dialog") as box:
            box.border_title = "What the figures mean"
            box.border_subtitle = Content("↑ ↓ Scroll   esc Back")
            for each in EXPLANATIONS.values():
                yield Static(_part(each), markup=False, classes="figure")
            yield Static(Content.styled(TRADEMARKS, "$text-muted"), markup=False)


class Scrolled(VerticalScroll):
    """A page, moved through like every list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll_down", "Down", show=False),
        Binding("k", "scroll_up", "Up", show=False),
        Binding("g", "scroll_home", "First", show=False),
        Binding("G", "scroll_end", "Last", show=False),
    ]


def _part(figure: Explanation) -> Content:
    unit = f" ({figure.unit})" if figure.unit else ""
    return Content("\n").join(
        [
            Content.assemble((figure.title, "bold"), unit),
            Content(figure.words),
            Content.styled(f"= {figure.formula}", "$text-accent"),
            Content.styled(figure.source, "$text-muted"),
        ]
    )
