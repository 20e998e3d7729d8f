"""Stages of sleep and what was measured meanwhile. A night belongs to the local day of waking."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from ...formats.fit_wellness import Level
from ...metrics import METRICS, Reading, day_ms, plausible
from .local_days import LocalDays, Span

#: What was measured asleep goes on after less than that; a stage may last longer.
_GAP_MS, _LONGEST_STAGE_MS = 3 * 3_600_000, 6 * 3_600_000
#: What is written so long after waking, or before falling asleep, is still of the night.
_AFTER_MS, _BEFORE_MS = 6 * 3_600_000, 3_600_000
_SHORTEST_S = 60
#: FIT's number of a stage → the catalogue's word; 0 is not measured.
_STAGES = {1: "awake", 2: "light", 3: "deep", 4: "rem"}
_ORDINALS = {word: place for place, word in enumerate(METRICS["sleep_stage"].words)}


class Night(NamedTuple):
    """From its first stage to its end, and the stages: when each begins, its word, how many seconds it lasts."""

    day: date
    span: Span
    stages: tuple[tuple[int, str, int], ...]


def nights(levels: Iterable[Level], bedtimes: Iterable[tuple[int, bool]], local: LocalDays) -> list[Night]:
    """The nights in what was written of them, a minute at a time or a stage at a time. A day has one: the longest."""
    risen = sorted(at_ms for at_ms, begins in bedtimes if not begins)

    def is_another(before: tuple[int, int], after: tuple[int, int]) -> bool:
        return after[0] - before[0] > _LONGEST_STAGE_MS or any(before[0] <= at_ms < after[0] for at_ms in risen)

    found: dict[date, Night] = {}
    for group in _groups(sorted(dict(levels).items()), is_another):
        last_ms = group[-1][0]
        ends_ms = next((at_ms for at_ms in risen if last_ms <= at_ms <= last_ms + _LONGEST_STAGE_MS), last_ms)
        stages = tuple(_stages(group, ends_ms))
        if stages:
            night = Night(local.day_of(ends_ms), Span(stages[0][0], ends_ms), stages)
            other = found.setdefault(night.day, night)
            found[night.day] = max(other, night, key=lambda each: each.span.ends_ms - each.span.starts_ms)
    return list(found.values())


def _stages(group: Sequence[tuple[int, int]], ends_ms: int) -> Iterator[tuple[int, str, int]]:
    starts = [at for at, (_, level) in enumerate(group) if not at or level != group[at - 1][1]]
    for place, at in enumerate(starts):
        begins_ms, level = group[at]
        until_ms = group[starts[place + 1]][0] if place + 1 < len(starts) else ends_ms
        seconds = (until_ms - begins_ms) // 1000
        if level in _STAGES and seconds > 0:
            yield begins_ms, _STAGES[level], seconds


def readings_of(night: Night) -> list[Reading]:
    """A night's stages, and how long it and each kind of stage took."""
    seconds = {word: sum(length for _, kind, length in night.stages if kind == word) for word in _ORDINALS}
    asleep_s = sum(length for word, length in seconds.items() if word != "awake")
    found = [
        Reading("sleep_stage", at_ms, float(_ORDINALS[word]), {"seconds": length})
        for at_ms, word, length in night.stages
    ]
    if asleep_s < _SHORTEST_S or not plausible("sleep", asleep_s):
        return found
    extra: dict[str, Any] = {f"{word}_s": length for word, length in seconds.items()}
    extra |= {"starts_ms": night.span.starts_ms, "ends_ms": night.span.ends_ms}
    at_ms = day_ms(night.day)
    found.append(Reading("sleep", at_ms, float(asleep_s), extra))
    found += [Reading(f"sleep_{word}", at_ms, float(length)) for word, length in seconds.items()]
    return found


def night_days(
    measured: Iterable[Reading], known: Sequence[Night], local: LocalDays
) -> Iterator[tuple[date, list[Reading]]]:
    """Readings taken asleep, by the day of waking: of the night they lie in, else of the day of the last of them."""
    ordered = sorted(measured, key=lambda reading: reading.at_ms)
    for group in _groups(ordered, lambda before, after: after.at_ms - before.at_ms > _GAP_MS):
        last_ms = group[-1].at_ms
        yield night_at(last_ms, known) or local.day_of(last_ms), group


def night_at(at_ms: int, known: Sequence[Night]) -> date | None:
    """The day of the night that an instant lies in or not long after; None for none."""
    for night in known:
        if night.span.starts_ms - _BEFORE_MS <= at_ms <= night.span.ends_ms + _AFTER_MS:
            return night.day
    return None


def _groups[Item](ordered: Sequence[Item], is_another: Callable[[Item, Item], bool]) -> Iterator[list[Item]]:
    group: list[Item] = []
    for item in ordered:
        if group and is_another(group[-1], item):
            yield group
            group = []
        group.append(item)
    if group:
        yield group
