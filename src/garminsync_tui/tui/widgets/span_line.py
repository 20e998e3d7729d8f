"""The spans of time that can be shown, each with its key; and the keys of the chart where there is room."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.style import Style
from textual.widget import Widget

from .. import keys
from ..health_range import RANGES

_ARROWS = {"left": "←", "right": "→"}


class SpanLine(Widget):
    """A click does what the key does."""

    DEFAULT_CSS = "SpanLine { height: 1; }"

    #: The name of the span that is shown.
    shown: reactive[str] = reactive("")

    def render(self) -> Content:
        """With all words, or only those of the span that is shown."""
        width = self.size.width
        line = Content.assemble(" ", *(self._span(name, title=True) for name in RANGES))
        if line.cell_length > width:
            return Content.assemble(" ", *(self._span(name, title=name == self.shown) for name in RANGES))
        left, right = (_ARROWS.get(each, each) for each in map(keys.label, ("chart.left", "chart.right")))
        walks = f"  {left}{right} cursor  {keys.label('chart.closer')} {keys.label('chart.wider')} zoom"
        return Content.assemble(line, (walks if line.cell_length + len(walks) <= width else "", "$text-muted"))

    def _span(self, name: str, *, title: bool) -> Content:
        action = keys.action(f"health.{name}")
        words = f"{action.label} {RANGES[name].title}" if title else action.label
        here = name == self.shown
        said = Content.styled(f"[{words}]" if here else f" {words} ", "bold" if here else "$text-muted")
        return said.stylize(Style.from_meta({"@click": f"app.act('{action.id}')"}))
