"""What a planned workout will take: time, distance, training stress and how hard it is when.

Fast enough to be computed again on each key press. What cannot be known is never hidden in a number: steps that end
when somebody presses a button are counted as open, and what would be with stated assumptions stands beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ..units import Units, distance, duration, number
from .athlete import SETTINGS, Athlete
from .definition import Kind, Place, Workout
from .planned import ASSUMED_S, REPETITION_S, Part, Survey
from .planned_stress import Stress, stress_of

_UNLOCKS = {
    "threshold_power_w": "training stress from power",
    "threshold_speed_mps": "training stress from pace",
    "critical_swim_speed_mps": "training stress of swimming",
    "threshold_heart_rate_bpm": "what parts of threshold heart rate are",
    "max_heart_rate_bpm": "training stress from heart rate",
    "resting_heart_rate_bpm": "training stress from heart rate",
    "sex": "training stress from heart rate",
}


class Total(NamedTuple):
    """A sum of what is known, how many steps are not in it, and the same with assumptions about those."""

    known: float
    open: int
    assumed: float
    still_open: int


class Bar(NamedTuple):
    """One step of the profile: `share` of the threshold (None: nobody knows), zone 1 to 7 of its measure.

    An open one lasts as long as assumed, 0 where nothing is.
    """

    seconds: float
    share: float | None
    zone: int | None
    place: Place
    open: bool


class Missing(NamedTuple):
    """A setting that is not there, and the number that it would unlock."""

    setting: str
    unlocks: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """All of it."""

    seconds: Total
    meters: Total
    #: Of what is known, and with the assumptions; None where no step has a number.
    stress: Stress | None
    assumed_stress: Stress | None
    #: What was assumed, in words; empty where nothing was.
    assumptions: tuple[str, ...]
    missing: tuple[Missing, ...]
    bars: tuple[Bar, ...]
    #: Whether there are more steps than were looked at.
    capped: bool

    def time_words(self) -> str:
        """Like "45:00", "≥ 45:00, + 2 open"."""
        return _at_least(duration(self.seconds.known), self.seconds.open, capped=self.capped)

    def distance_words(self, units: Units = "metric") -> str:
        """Like "12.0 km", "≥ 8.2 km"; a dash where there is none."""
        shown = distance(self.meters.known or None, units)
        return f"≥ {shown}" if self.meters.known and (self.meters.open or self.capped) else shown

    def assumed_words(self, units: Units = "metric") -> str:
        """Like "≈ 57:00, 11.2 km with 10 min for open warm-ups"; empty where nothing was assumed."""
        if not self.assumptions:
            return ""
        parts = [_at_least(duration(self.seconds.assumed), self.seconds.still_open, capped=self.capped)]
        if self.meters.assumed:
            parts.append(("≥ " if self.meters.still_open else "") + distance(self.meters.assumed, units))
        return f"≈ {', '.join(parts)} with {', '.join(self.assumptions)}"

    def stress_words(self) -> str:
        """Like "68", "62–74", "≥ 62", "≈ 30 (heart rate)"; a dash where there is none."""
        return stress_words(self.stress)


def _at_least(shown: str, opened: int, *, capped: bool) -> str:
    if opened:
        return f"≥ {shown}, + {opened} open"
    return f"≥ {shown}" if capped else shown


def stress_words(stress: Stress | None) -> str:
    """Training stress as people read it, its measure in brackets where it is not power or pace."""
    if stress is None:
        return number(None)
    low, high = number(stress.low), number(stress.high)
    sign = "≥ " if stress.partial else "≈ " if stress.approximate else ""
    measure = f" ({stress.basis})" if stress.approximate else ""
    return f"{sign}{low if low == high else f'{low}–{high}'}{measure}"


def estimate(workout: Workout, athlete: Athlete) -> Estimate:
    """What a workout takes for this athlete."""
    survey = Survey(athlete)
    for number_, item in enumerate(workout.steps, 1):
        survey.add(item, (number_,), workout.sport)
    parts = survey.parts
    stress = stress_of(parts, athlete, assume=False)
    assumed = any(part.seconds is None and part.assumed_s for part in parts)
    return Estimate(
        seconds=_total([(part.seconds, part.assumed_s) for part in parts]),
        meters=_total([(part.meters, part.assumed_m) for part in parts]),
        stress=stress,
        assumed_stress=stress_of(parts, athlete, assume=True) if assumed else stress,
        assumptions=_assumptions(parts),
        missing=tuple(
            Missing(SETTINGS[name][0], _UNLOCKS[name])
            for name in sorted({name for part in parts for name in part.needs})
        ),
        bars=tuple(
            Bar(
                part.assumed_s or 0.0 if part.seconds is None else part.seconds,
                part.share, part.zone, part.place, part.seconds is None,
            )
            for part in parts
        ),
        capped=survey.full,
    )  # fmt: skip


def _total(values: Sequence[tuple[float | None, float | None]]) -> Total:
    known = [value for value, _ in values if value is not None]
    guessed = [guess for value, guess in values if value is None]
    usable = [guess for guess in guessed if guess is not None]
    total = sum(known)
    return Total(total, len(guessed), total + sum(usable), len(guessed) - len(usable))


def _assumptions(parts: Sequence[Part]) -> tuple[str, ...]:
    opened = {part.kind for part in parts if part.seconds is None and part.assumed_s and not part.by_repetitions}
    words = []
    names: dict[Kind, str] = {"warmup": "warm-ups", "cooldown": "cool-downs", "recovery": "recoveries", "rest": "rests"}
    for seconds in sorted(set(ASSUMED_S.values()), reverse=True):
        kinds = [names[kind] for kind, lasts in ASSUMED_S.items() if lasts == seconds and kind in opened]
        if kinds:
            words.append(f"{seconds / 60:g} min for open {' and '.join(kinds)}")
    if any(part.by_repetitions for part in parts):
        words.append(f"{REPETITION_S:g} s for a repetition")
    if any(part.from_history for part in parts):
        words.append("speeds from your history")
    return tuple(words)
