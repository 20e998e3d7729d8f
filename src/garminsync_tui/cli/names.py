"""Names that people type: checked, with near ones where they are wrong."""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import UsageProblem


def known_metrics(names: Iterable[str]) -> None:
    """Raise UsageProblem where the catalogue has no metric of a name, naming the near ones."""
    from ..metrics import METRICS

    for name in names:
        if name not in METRICS:
            from difflib import get_close_matches

            near = get_close_matches(name.lower(), METRICS, n=3, cutoff=0.5)
            near += [metric for metric in METRICS if name.lower() in metric and metric not in near][:3]
            hint = f"Did you mean {', '.join(near)}?" if near else "`garminsync health types` lists them."
            raise UsageProblem(f"There is no metric {name!r}.", hint=hint)
