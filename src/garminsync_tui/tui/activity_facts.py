"""What a screen says of one activity beside its charts: the headline, zones, best efforts, numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual.content import Content

from .. import text, units
from ..sync.activity_parts import effort_rows, zone_rows
from ..sync.numbers import SCORES, gaps, missing, notes, numbers
from ..sync.zones import BASES, Unknown, Zones
from .activity_words import detail, kind, local_start
from .widgets.glyphs import Glyphs
from .widgets.sparkline import bar

if TYPE_CHECKING:
    from ..formats import Device, Track
    from ..models import Activity
    from .activity_shelf import Examined

_WIDEST_BAR = 30
_BADGES = 3
_WARNINGS = 2


def headline(activity: Activity, track: Track | None, examined: Examined | None, system: units.Units) -> list[str]:
    """What Garmin's summary says, when and with what it was recorded, what to know of the file, records."""
    beats, highest = detail(activity, "averageHR"), detail(activity, "maxHR")
    climbed = detail(activity, "elevationGain")
    load = examined.seen.assessment.load if examined else None
    parts = [
        units.distance(activity.distance, system, 2),
        units.duration(activity.duration),
        units.pace(activity.distance, activity.duration, activity.activity_type, system),
        f"{units.number(beats)} ♥ avg" if beats else "",
        f"{units.number(highest)} max" if highest else "",
        f"+{units.elevation(climbed, system)}" if climbed else "",
        units.calories(activity.calories) if activity.calories else "",
        f"load {units.number(load)}" if load is not None else "",
    ]
    about = [
        f"{local_start(activity):%a %d %b %Y %H:%M}",
        kind(activity),
        _device(track.device) if track else "",
        f"{activity.file_type} {units.size(activity.size_bytes)} kept",
        "no longer at Garmin" if activity.remote_deleted_at else "",
    ]
    lines = ["   ".join(part for part in parts if part and part != units.MISSING), " · ".join(filter(None, about))]
    lines += [f"! {text.clean(each)}" for each in (track.warnings[:_WARNINGS] if track else ())]
    if examined and (held := _badges(examined, activity)):
        lines.append(held)
    return lines


def _device(device: Device | None) -> str:
    if device is None:
        return ""
    return " ".join(text.clean(part, 30) for part in (device.manufacturer, device.product) if part)


def _badges(examined: Examined, activity: Activity) -> str:
    """The records that an activity holds, of all time before those of its year; empty where it holds none."""
    rows = effort_rows(examined.seen.measured.bests, activity.activity_type, "metric")
    year = local_start(activity).year
    ever = [f"best {row.over} of all" for row in rows if row.span in examined.records]
    of_year = [
        f"best {row.over} of {year}"
        for row in rows
        if row.span in examined.year_records and row.span not in examined.records
    ]
    # The longest say most.
    said = [*reversed(ever), *reversed(of_year)]
    more = f" and {len(said) - _BADGES} more" if len(said) > _BADGES else ""
    return f"◆ {', '.join(said[:_BADGES])}{more}" if said else ""


def facts(examined: Examined, activity: Activity, system: units.Units, glyphs: Glyphs, width: int) -> Content:
    """Zones, best efforts and numbers, below each other in lines of `width` columns."""
    seen = examined.seen
    parts = [
        _zones("Heart-rate zones", seen.heart_rate_zones, glyphs, width),
        _zones("Power zones", seen.power_zones, glyphs, width),
        _efforts(examined, activity, system, width),
        _numbers(examined, activity, system, glyphs, width),
    ]
    lines: list[Content] = []
    for part in parts:
        if found := list(part):
            lines += [Content(""), *found] if lines else found
    return Content("\n").join(lines)


def _zones(title: str, zones: Zones | Unknown | None, glyphs: Glyphs, width: int) -> Iterator[Content]:
    if not isinstance(zones, Zones):
        return
    yield _title(f"{title}, {BASES[zones.basis]}", width)
    for row in zone_rows(zones):
        words = f"{row.name:<5} {row.bounds:<12} {units.duration(row.seconds):>8} {100 * row.share:>3.0f} % "
        room = min(width - len(words), _WIDEST_BAR)
        drawn = bar(row.share, room, glyphs).rstrip(glyphs.rest) if room > 0 else ""
        yield Content.assemble(glyphs.words(words), (drawn, "$text-accent"))


def _efforts(examined: Examined, activity: Activity, system: units.Units, width: int) -> Iterator[Content]:
    rows = effort_rows(examined.seen.measured.bests, activity.activity_type, system)
    if not rows:
        return
    yield _title("Best efforts", width)
    year = local_start(activity).year
    for row in rows:
        held = "record" if row.span in examined.records else f"best of {year}" * (row.span in examined.year_records)
        words = f"{row.over:<14} {row.best:>8} {row.pace:>11}  "
        yield Content.assemble(words, (", ".join(filter(None, (held, row.note))), "$text-accent"))


def _numbers(
    examined: Examined, activity: Activity, system: units.Units, glyphs: Glyphs, width: int
) -> Iterator[Content]:
    seen = examined.seen
    shown = numbers(seen, activity.activity_type, system)
    if shown:
        yield _title("Numbers", width)
    widest = max((len(each.label) for each in shown), default=0)
    for each in shown:
        yield Content(glyphs.words(f"{each.label:<{widest}}  {each.text}"))
    said = gaps(seen)
    said += [
        f"no {', '.join(SCORES[each] for each in what)}: set {', '.join(by)}" for by, what in missing(seen).items()
    ]
    said += notes(seen)
    if any("≈" in each.text for each in shown):
        said.append("≈ is short, measured with gaps, or with a threshold heart rate that is assumed")
    yield from (Content.styled(glyphs.words(text.clean(line)), "$text-muted") for line in said)


def _title(words: str, width: int) -> Content:
    return Content.styled(text.fit(words, max(width, 1)), "bold")
