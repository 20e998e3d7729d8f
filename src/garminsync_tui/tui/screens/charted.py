"""Places with a chart: its keys work wherever on the screen the keyboard is."""

from __future__ import annotations

from ..widgets.chart import Chart
from .place import Place


class ChartedPlace(Place):
    """Its bindings are its own and those of "chart"."""

    def action_chart(self, verb: str) -> None:
        """Walk or zoom, as the table of actions calls it."""
        for chart in self.query(Chart):
            if chart.display:
                if verb in ("closer", "wider"):
                    chart.zoom(verb)
                else:
                    chart.walk(verb)
                return
