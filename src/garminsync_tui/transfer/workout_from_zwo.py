"""A Zwift workout file as a workout: powers stay parts of threshold power, texts become notes.

What rises or falls is done in steps, for watches know no ramps.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ..errors import FileDamaged
from ..formats.zwo import ZwoBlock, read_zwo
from ..workouts.definition import Distance, Effort, Kind, Range, Repeat, Sport, Step, Target, Time, Workout, Zone
from .fit_workout_words import Lost

#: Judgement: a ramp is done in steps of about this long, and in no more than so many.
RAMP_STEP_S, MOST_RAMP_STEPS = 60, 10
_LONGEST = 1_000_000.0
_MOST_REPEATS = 1000
_HARDEST = 20.0
_SPORTS: dict[str, Sport] = {"bike": "cycling", "run": "running"}
_RAMPS: dict[str, Kind] = {"warmup": "warmup", "cooldown": "cooldown", "ramp": "interval"}
_STEADY = {"steadystate", "solidstate"}


class _Said(NamedTuple):
    """Something that is shown so long after a block began."""

    at: float
    text: str


def from_zwo(path: Path) -> tuple[Workout, list[Lost]]:
    """The workout, and what of it has no words here. Raises FileDamaged."""
    file = read_zwo(path)
    about = {name: " ".join(text.split()) for name, text in file.about.items()}
    sport = _SPORTS.get(about.get("sporttype", "bike").lower(), "other")
    reading = _Reading(path.name, sport, by_distance=about.get("durationtype", "").lower() == "distance")
    for block in file.blocks:
        reading.add(block)
    if not reading.steps:
        raise FileDamaged(path.name, "is a workout without steps that are known")
    workout = Workout(
        sport=sport,
        name=about.get("name") or None,
        note=about.get("description") or None,
        steps=tuple(reading.steps),
    )
    return workout, reading.lost


class _Reading:
    def __init__(self, name: str, sport: Sport, *, by_distance: bool) -> None:
        self.steps: list[Step | Repeat] = []
        self.lost: list[Lost] = []
        self._name = name
        self._running = sport == "running"
        self._by_distance = by_distance

    def add(self, block: ZwoBlock) -> None:
        """One block: a step, several of them, or a repeat."""
        if "pace" in block.attributes and self._running:
            self._lose("parts of a race pace are read as parts of threshold pace")
        texts = [_Said(self._number(offset), " ".join(text.split())) for offset, text in block.texts if text.strip()]
        if block.name in _RAMPS:
            self.steps += self._ramp(block, texts)
        elif block.name in _STEADY:
            target = self._zone(block) or self._held(block, "power", "power")
            self.steps.append(self._step("interval", block, "duration", target, texts))
        elif block.name == "intervalst":
            self._intervals(block, texts)
        elif block.name == "freeride":
            self.steps.append(self._step("interval", block, "duration", None, texts))
        elif block.name == "maxeffort":
            self.steps.append(self._step("interval", block, "duration", Effort("all_out"), texts))
        elif block.name != "textevent":
            self._lose(f"“{block.name}” has no words here, it is left out")

    def _lose(self, what: str) -> None:
        self.lost.append(Lost((len(self.steps) + 1,), what))

    def _number(self, text: str | None, least: float = 0.0, most: float = _LONGEST) -> float:
        try:
            value = float(text or "")
        except ValueError:
            value = -1.0
        if not least <= value <= most:
            raise FileDamaged(self._name, f"its step {len(self.steps) + 1} has a number that cannot be meant")
        return value

    def _power(self, block: ZwoBlock, *names: str) -> float | None:
        """The first of these attributes in percent of threshold."""
        text = next((block.attributes[name] for name in names if name in block.attributes), None)
        return None if text is None else round(100 * self._number(text, 0.0, _HARDEST), 1)

    def _range(self, low: float, high: float) -> Target | None:
        low, high = min(low, high), max(low, high)
        if high <= 0:
            return None
        return Range("pace", max(low, 1.0), high, "%tp") if self._running else Range("power", low, high, "%ftp")

    def _held(self, block: ZwoBlock, name: str, prefix: str) -> Target | None:
        """A power, or one between a low and a high one."""
        low = self._power(block, f"{prefix}low", name, f"{prefix}high")
        high = self._power(block, f"{prefix}high", name, f"{prefix}low")
        return None if low is None or high is None else self._range(low, high)

    def _zone(self, block: ZwoBlock) -> Target | None:
        text = block.attributes.get("zone")
        return Zone("power", int(self._number(text, 1, 7))) if text and not self._running else None

    def _cadence(self, block: ZwoBlock, suffix: str) -> Target | None:
        one = block.attributes.get(f"cadence{suffix}")
        low, high = (block.attributes.get(f"cadence{suffix}{edge}", one) for edge in ("low", "high"))
        if not low or not high:
            return None
        edges = sorted(self._number(each, 0, 300) for each in (low, high))
        unit = "spm" if self._running else "rpm"
        return Range("cadence", edges[0], edges[1], unit) if edges[1] else None  # type: ignore[arg-type]

    def _end(self, length: float) -> Time | Distance:
        return Distance(length) if self._by_distance else Time(length)

    def _length(self, block: ZwoBlock, name: str) -> float:
        return self._number(block.attributes.get(name), 0.001)

    def _step(
        self, kind: Kind, block: ZwoBlock, length: str, target: Target | None, texts: list[_Said], cadence: str = ""
    ) -> Step:
        end = self._end(self._length(block, length))
        return Step(kind, end, target, self._cadence(block, cadence), note=_note(texts))

    def _ramp(self, block: ZwoBlock, texts: list[_Said]) -> Iterator[Step]:
        """Steps between the edges of equal parts of the ramp; a cool-down falls, whichever edge is named low."""
        start, end = self._power(block, "powerlow", "power"), self._power(block, "powerhigh", "power")
        kind, length = _RAMPS[block.name], self._length(block, "duration")
        if start is None or end is None:
            yield Step(kind, self._end(length), None, self._cadence(block, ""), note=_note(texts))
            return
        if kind == "cooldown":
            start, end = max(start, end), min(start, end)
        whole_s = length if not self._by_distance else MOST_RAMP_STEPS * RAMP_STEP_S
        parts = 1 if start == end else max(1, min(MOST_RAMP_STEPS, round(whole_s / RAMP_STEP_S)))
        bounds = [
            round(length * part / parts) if length >= parts else length * part / parts for part in range(parts + 1)
        ]
        powers = [round(start + (end - start) * part / parts, 1) for part in range(parts + 1)]
        for part in range(parts):
            last = part == parts - 1
            mine = [said for said in texts if bounds[part] <= said.at and (last or said.at < bounds[part + 1])]
            yield Step(
                kind,
                self._end(bounds[part + 1] - bounds[part]),
                self._range(powers[part], powers[part + 1]),
                self._cadence(block, ""),
                note=_note(mine),
            )

    def _intervals(self, block: ZwoBlock, texts: list[_Said]) -> None:
        times = int(self._number(block.attributes.get("repeat", "1"), 1, _MOST_REPEATS))
        on_s, off_s = self._length(block, "onduration"), self._number(block.attributes.get("offduration", "0"))
        within = [_Said(said.at % (on_s + off_s), said.text) for said in texts]
        on = self._step(
            "interval", block, "onduration", self._held(block, "onpower", "poweron"),
            [said for said in within if said.at < on_s],
        )  # fmt: skip
        steps = [on]
        if off_s:
            off = self._held(block, "offpower", "poweroff")
            said = [said for said in within if said.at >= on_s]
            steps.append(self._step("recovery", block, "offduration", off, said, "resting"))
        self.steps += steps if times == 1 else [Repeat(times=times, steps=tuple(steps))]


def _note(texts: list[_Said]) -> str | None:
    """What is said during a step, each text once."""
    return " ".join(dict.fromkeys(said.text for said in sorted(texts))) or None
