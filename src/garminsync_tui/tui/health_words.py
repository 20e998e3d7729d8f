"""Why a day has no value, in words, from the ledger and from what else was measured."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from .. import text
from . import keys
from .coverage_words import endpoint as endpoint_words
from .health_subjects import title_of

if TYPE_CHECKING:
    from ..store.coverage import Day
    from .health_shelf import Absence


def _f() -> str:
    return f"{keys.label('health.again')} fetches it"


def why_missing(metric: str, absence: Absence, day: date, today: date, moment: datetime) -> str:
    """One sentence: what is so, and the key that helps where one does."""
    entry = absence.entry
    if day > today:
        return "that day is still to come."
    if absence.withheld:
        return f"{absence.withheld}."
    if entry is None:
        if absence.chosen:
            return f"not fetched yet: {_f()}."
        return f"it is not among what is fetched: health.samples or health.extras adds it; {_f()} now."
    reason = text.clean(entry.reason or "", 120).rstrip(".")
    if entry.status == "stale" and entry.source != "api":
        return f"files told a part of that day, and not this: {_f()} from Garmin."
    said = {
        "failed": f"failed: {reason or 'no reason was told'}. Next try {_due(entry, moment)}; {_f()} now.",
        "stale": f"it is to be fetched again{f': {reason}' if reason else ''}. {_f()} now.",
        "empty": f"Garmin has none{_not_worn(absence)}.",
    }
    return said.get(entry.status) or _without(metric, absence, reason)


def _due(entry: Day, moment: datetime) -> str:
    due = entry.next_try_at
    return "with the next sync" if due is None or due <= moment else f"{due.astimezone():%a %H:%M}"


def _without(metric: str, absence: Absence, reason: str) -> str:
    """It was fetched, and this value was not in it."""
    if reason:
        return f"fetched, but {reason}."
    if absence.endpoint.capability == "watch at night" and not absence.slept:
        return f"fetched, without a night{_not_worn(absence)}."
    if not absence.worn and not absence.endpoint.by_hand:
        return "fetched, but the watch was not worn."
    return f"{endpoint_words(absence.endpoint.name)} came without {title_of(metric)}. {_f()} again."


def _not_worn(absence: Absence) -> str:
    if not absence.endpoint.from_watch:
        return ": nothing was entered that day" if absence.endpoint.by_hand else ""
    if not absence.worn:
        return ": the watch was not worn"
    if absence.endpoint.capability == "watch at night" and not absence.slept:
        return ": the watch was not worn asleep"
    if absence.endpoint.capability not in {"watch", "watch at night"}:
        return f": that takes a {absence.endpoint.capability}"
    return " of that day, though the watch was worn"


def why_never(metric: str, absence: Absence) -> str:
    """Why nothing at all is stored of a metric."""
    endpoint = absence.endpoint
    lines = [f"Nothing is stored of {title_of(metric)}.", f"It takes: {endpoint.capability}; {endpoint.origin}."]
    if absence.withheld:
        lines.append(f"{absence.withheld[:1].upper()}{absence.withheld[1:]}.")
    elif not absence.chosen:
        lines.append(
            "It is not fetched by itself: "
            + (
                f"health.extras = {metric} adds it."
                if endpoint.tier == "extra"
                else f"health.samples = {endpoint.tier} adds it."
            )
        )
    else:
        shows, syncs = keys.label("app.coverage"), keys.label("sync.now")
        lines.append(f"{shows} shows what was fetched; {syncs} syncs now.")
    return "\n".join(lines)
