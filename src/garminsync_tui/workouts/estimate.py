"""What a planned workout will take: time, distance, training stress and how hard it is when.

Fast enough to be computed again on each key press. What cannot be known is never hidden in a number: steps that end
when somebody presses a button are counted as open, and what would be with stated assumptions stands beside it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from ..training.heart_rate import assumed_threshold_bpm, heart_rate_stress
from ..training.power import intensity_factor, training_stress
from ..training.rolling import NORMALIZED_WINDOW_S, normalized_steps
from ..training.running import running_stress
from ..training.swimming import swim_stress
from ..units import MILE_M, YARD_M, Units, distance, duration, number
from .athlete import SETTINGS, Athlete
from .athlete_terms import EFFORTS, EXERTION, TermUnknown, absolute
from .definition import (
    CssOffset,
    Distance,
    Effort,
    FixedRest,
    Kind,
    Leg,
    Place,
    Range,
    Repeat,
    Reps,
    SendOff,
    Sport,
    Step,
    Target,
    Time,
    Workout,
    Zone,
)

#: More steps than this, repeats expanded, are not looked at; totals are then lower bounds.
MOST_STEPS = 1000
#: Judgement: how long an open step of a kind is taken to last, where assumptions are asked for.
ASSUMED_S: dict[Kind, float] = {"warmup": 600, "cooldown": 600, "recovery": 120, "rest": 120}
#: Judgement: how long a repetition of an exercise takes.
REPETITION_S = 4.0
#: Judgement: how hard warm-up, cool-down and recovery are where nothing says it, as a part of the threshold.
EASY = {"power": 0.55, "pace": 0.75, "swim": 0.75}
#: Judgement: the lowest zone has no floor, the highest no end; they reach so far beyond their one bound.
_LOWEST_ZONE, _HIGHEST_ZONE = 0.75, 1.06
#: Nobody gets anywhere in these.
_IN_PLACE = {"strength_training", "yoga", "pilates", "hiit", "mobility", "cardio_training"}
_ON_FOOT = {"running", "walking", "rucking"}
#: The exertions that begin the levels above the first, by which paces get a zone for the chart.
_LEVEL_STARTS = (2, 4, 6, 8, 9, 10)
_PACE_M = {"/km": 1000.0, "/mi": MILE_M, "/100m": 100.0, "/100yd": 100 * YARD_M, "/500m": 500.0}
_SPEED_MPS = {"km/h": 1 / 3.6, "mph": MILE_M / 3600}
_UNLOCKS = {
    "threshold_power_w": "training stress from power",
    "threshold_speed_mps": "training stress from pace",
    "critical_swim_speed_mps": "training stress of swimming",
    "threshold_heart_rate_bpm": "what parts of threshold heart rate are",
    "max_heart_rate_bpm": "training stress from heart rate",
    "resting_heart_rate_bpm": "training stress from heart rate",
    "sex": "training stress from heart rate",
}

Basis = Literal["power", "pace", "swim", "heart rate"]


class Total(NamedTuple):
    """A sum of what is known, how many steps are not in it, and the same with assumptions about those."""

    known: float
    open: int
    assumed: float
    still_open: int


class Stress(NamedTuple):
    """Training stress at the middle of all targets and at their edges; 100 is an hour at threshold.

    `partial` where steps are not in it; `approximate` where it is from heart rate, or several measures are summed.
    """

    points: float
    low: float
    high: float
    basis: Basis | Literal["mixed"]
    intensity: float | None
    partial: bool
    approximate: bool


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
    survey = _Survey(athlete)
    for number_, item in enumerate(workout.steps, 1):
        survey.add(item, (number_,), workout.sport)
    parts = survey.parts
    stress = _stress(parts, athlete, assume=False)
    assumed = any(part.seconds is None and part.assumed_s for part in parts)
    return Estimate(
        seconds=_total([(part.seconds, part.assumed_s) for part in parts]),
        meters=_total([(part.meters, part.assumed_m) for part in parts]),
        stress=stress,
        assumed_stress=_stress(parts, athlete, assume=True) if assumed else stress,
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


# ── One step ─────────────────────────────────────────────────────────────────────────────────────────────────


class _Edges(NamedTuple):
    """The edges of a target and what lies between them."""

    low: float
    middle: float
    high: float

    def times(self, factor: float) -> _Edges:
        return _Edges(self.low * factor, self.middle * factor, self.high * factor)


class _Part(NamedTuple):
    """One step as it is done once: None is what nobody knows; what holds are watts, m/s or beats."""

    place: Place
    kind: Kind
    seconds: float | None
    meters: float | None
    assumed_s: float | None
    assumed_m: float | None
    basis: Basis | None
    held: _Edges | None
    share: float | None
    zone: int | None
    needs: tuple[str, ...]
    from_history: bool
    by_repetitions: bool


def _part(step: Step, place: Place, sport: Sport, athlete: Athlete) -> _Part:
    targets, needs = _targets(step, sport, athlete)
    basis, held = _measure(targets, sport, athlete)
    if basis is None and not any(_says_how_hard(target) for target in targets):
        basis, held = _unsaid(step.kind, sport, athlete)
    needs |= {name for name in _needed(basis) if not getattr(athlete, name)}
    share, zone = _share_and_zone(basis, held, athlete)
    speed, from_history = _speed(step, targets, sport, zone, athlete)
    seconds, meters, assumed_s = _length(step, speed, sport)
    assumed_m = assumed_s * speed if assumed_s is not None and speed is not None else None
    return _Part(
        place, step.kind, seconds, meters, assumed_s, assumed_m, basis, held, share, zone, tuple(needs),
        from_history, isinstance(step.end, Reps),
    )  # fmt: skip


def _targets(step: Step, sport: Sport, athlete: Athlete) -> tuple[list[Target], set[str]]:
    """What a step asks for, in absolute values where these are known, and what of the athlete is missing for them."""
    found: list[Target] = []
    needs: set[str] = set()
    for target in (step.target, step.second_target):
        if target is None:
            continue
        try:
            plain = absolute(target, sport, athlete)
        except TermUnknown as problem:
            needs |= set(problem.attributes)
            found.append(target)
        else:
            found += [plain] if plain is not None else []
    return found, needs


def _measure(targets: Sequence[Target], sport: Sport, athlete: Athlete) -> tuple[Basis | None, _Edges | None]:
    """By what the load of a step is measured, best measure first, and what is held."""
    # The threshold power that is known is that of pedals.
    if sport not in _ON_FOOT and sport != "swimming" and (watts := _first(targets, athlete, _watts)):
        return "power", watts
    if sport in {"running", "swimming"} and (speed := _first(targets, athlete, _mps)):
        return ("pace" if sport == "running" else "swim"), speed
    if beats := _first(targets, athlete, _beats):
        return "heart rate", beats
    return next((basis for target in targets if (basis := _would_be_measured_by(target, sport))), None), None


def _would_be_measured_by(target: Target, sport: Sport) -> Basis | None:
    """What a target would be measured by if the athlete were known better."""
    match target:
        case Zone(of="heart_rate") | Range(of="heart_rate"):
            return "heart rate"
        case Zone(of="power") | Range(of="power") if sport == "cycling":
            return "power"
        case CssOffset() | Effort() if sport == "swimming":
            return "swim"
    return None


def _says_how_hard(target: Target) -> bool:
    return not (isinstance(target, Range) and target.of in {"cadence", "grade", "resistance"})


def _first(
    targets: Sequence[Target], athlete: Athlete, read: Callable[[Target, Athlete], _Edges | None]
) -> _Edges | None:
    return next((edges for target in targets if (edges := read(target, athlete))), None)


def _watts(target: Target, athlete: Athlete) -> _Edges | None:
    match target:
        case Range(of="power", low=low, high=high, unit="W"):
            return _Edges(low, (low + high) / 2, high)
        case Zone(of="power", zone=zone):
            return _zone_edges(athlete.power_bounds(), zone)
    return None


def _beats(target: Target, athlete: Athlete) -> _Edges | None:
    match target:
        case Range(of="heart_rate", low=low, high=high, unit="bpm"):
            return _Edges(low, (low + high) / 2, high)
        case Zone(of="heart_rate", zone=zone):
            return _zone_edges(athlete.heart_rate_bounds(), zone)
    return None


def _mps(target: Target, athlete: Athlete) -> _Edges | None:
    """Speeds; the middle of a pace is that of its speeds, not of its times."""
    critical = athlete.critical_swim_speed_mps
    match target:
        case Range(of="pace", low=low, high=high, unit=unit) if low > 0 and unit in _PACE_M:
            slow, fast = _PACE_M[unit] / high, _PACE_M[unit] / low
        case Range(of="speed", low=low, high=high, unit=unit):
            slow, fast = low * _SPEED_MPS[unit], high * _SPEED_MPS[unit]
        case CssOffset(offset) if critical and 100 / critical + offset > 0:
            slow = fast = 100 / (100 / critical + offset)
        case Effort(word) if critical and word in EFFORTS:
            first, last = EFFORTS[word]
            slow, fast = EXERTION[first].swim[0] * critical / 100, EXERTION[last].swim[1] * critical / 100
        case _:
            return None
    return _Edges(slow, (slow + fast) / 2, fast)


def _zone_edges(bounds: Sequence[float], zone: int) -> _Edges | None:
    if zone > len(bounds):
        return None
    low = bounds[zone - 1]
    high = bounds[zone] if zone < len(bounds) else low * _HIGHEST_ZONE
    low = low or high * _LOWEST_ZONE
    return _Edges(low, (low + high) / 2, high)


def _unsaid(kind: Kind, sport: Sport, athlete: Athlete) -> tuple[Basis | None, _Edges | None]:
    """What a step without a target is worth: a rest nothing, easy parts little, work nobody knows."""
    measures: dict[str, tuple[Basis, float | None]] = {
        "cycling": ("power", athlete.threshold_power_w),
        "running": ("pace", athlete.threshold_speed_mps),
        "swimming": ("swim", athlete.critical_swim_speed_mps),
    }
    if sport not in measures or kind not in ASSUMED_S:
        return None, None
    basis, threshold = measures[sport]
    if kind == "rest":
        return basis, _Edges(0, 0, 0)
    return basis, _Edges(1, 1, 1).times(EASY[basis] * threshold) if threshold else None


def _needed(basis: Basis | None) -> tuple[str, ...]:
    match basis:
        case "power":
            return ("threshold_power_w",)
        case "pace":
            return ("threshold_speed_mps",)
        case "swim":
            return ("critical_swim_speed_mps",)
        case "heart rate":
            return ("sex", "resting_heart_rate_bpm", "max_heart_rate_bpm")
    return ()


def _share_and_zone(basis: Basis | None, held: _Edges | None, athlete: Athlete) -> tuple[float | None, int | None]:
    """For the chart: the middle as a part of the threshold, and in which zone it is."""
    if held is None or basis is None:
        return None, None
    threshold = _threshold(basis, athlete)
    share = held.middle / threshold if threshold else None
    if held.middle <= 0:
        return 0.0, None
    if basis == "power":
        return share, bisect_right(athlete.power_bounds(), held.middle) or None
    if basis == "heart rate":
        return share, bisect_right(athlete.heart_rate_bounds(), held.middle) or None
    if share is None:
        return None, None
    starts = [(EXERTION[each].speed if basis == "pace" else EXERTION[each].swim)[0] for each in _LEVEL_STARTS]
    return share, 1 + bisect_right(starts, 100 * share)


def _threshold(basis: Basis, athlete: Athlete) -> float | None:
    match basis:
        case "power":
            return athlete.threshold_power_w
        case "pace":
            return athlete.threshold_speed_mps
        case "swim":
            return athlete.critical_swim_speed_mps
    if athlete.threshold_heart_rate_bpm or not (athlete.resting_heart_rate_bpm and athlete.max_heart_rate_bpm):
        return athlete.threshold_heart_rate_bpm
    return assumed_threshold_bpm(athlete.resting_heart_rate_bpm, athlete.max_heart_rate_bpm)


def _speed(
    step: Step, targets: Sequence[Target], sport: Sport, zone: int | None, athlete: Athlete
) -> tuple[float | None, bool]:
    """How fast a step is, and whether only the athlete's history says so."""
    if speed := _first(targets, athlete, _mps):
        return speed.middle, False
    if step.kind == "rest" or sport in _IN_PLACE:
        return 0.0, False
    usual = athlete.usual_speeds_mps
    found = usual.get((sport, zone)) or usual.get((sport, None))
    return found, found is not None


def _length(step: Step, speed: float | None, sport: Sport) -> tuple[float | None, float | None, float | None]:
    """Seconds and metres as far as they are known, and seconds that may be assumed where they are not."""
    match step.end:
        case Time(seconds) | FixedRest(seconds) | SendOff(seconds):
            return seconds, seconds * speed if speed is not None else None, None
        case Distance(meters):
            return meters / speed if speed else None, meters, None
        case Reps(count):
            return None, 0.0 if sport in _IN_PLACE else None, count * REPETITION_S
    return None, 0.0 if speed == 0 else None, ASSUMED_S.get(step.kind)


# ── All steps, one after another ─────────────────────────────────────────────────────────────────────────────


class _Survey:
    """Goes through a workout as somebody does it: repeats again and again."""

    def __init__(self, athlete: Athlete) -> None:
        self.parts: list[_Part] = []
        self.full = False
        self._athlete = athlete
        self._seen: dict[tuple[Place, Sport], _Part] = {}

    def add(self, item: Step | Repeat | Leg, place: Place, sport: Sport) -> None:
        if len(self.parts) >= MOST_STEPS:
            self.full = True
        elif isinstance(item, Step):
            self._add_step(item, place, sport)
        elif isinstance(item, Leg):
            self._add_all(item.steps, place, item.sport)
        elif item.seconds is not None:
            self._add_for(item, item.seconds, place, sport)
        else:
            for left in range(item.times or 1, 0, -1):
                without_rest = left == 1 and item.skip_last_rest
                self._add_all(_without_last_rest(item.steps) if without_rest else item.steps, place, sport)
                if self.full:
                    return

    def _add_all(self, items: Sequence[Step | Repeat], place: Place, sport: Sport) -> None:
        for number_, item in enumerate(items, 1):
            self.add(item, (*place, number_), sport)

    def _add_step(self, step: Step, place: Place, sport: Sport) -> None:
        part = self._seen.get((place, sport))
        if part is None:
            part = self._seen[place, sport] = _part(step, place, sport, self._athlete)
        if isinstance(step.end, SendOff) and self.parts:
            # The clock has been running since the step before began.
            before = self.parts[-1]
            if before.seconds is None:
                self.parts[-1] = before._replace(seconds=step.end.seconds)
                part = part._replace(seconds=0.0)
            else:
                part = part._replace(seconds=max(step.end.seconds - before.seconds, 0.0))
        self.parts.append(part)

    def _add_for(self, item: Repeat, seconds: float, place: Place, sport: Sport) -> None:
        """Steps again and again until a time is over: what is known is that time, whatever they take."""
        first = len(self.parts)
        self._add_all(item.steps, place, sport)
        once = self.parts[first:]
        lasted = [part.seconds for part in once]
        if self.full or None in lasted or not sum(filter(None, lasted)):
            del self.parts[first:]
            self.parts.append(
                _Part(place, "interval", seconds, None, None, None, None, None, None, None, (), False, False)
            )
            return
        del self.parts[first:]
        left = seconds
        while left > 0 and not self.full:
            for part in once:
                took = part.seconds or 0.0
                if len(self.parts) >= MOST_STEPS:
                    self.full = True
                if self.full or left <= 0:
                    break
                done = min(1.0, left / took) if took else 1.0
                meters = None if part.meters is None else part.meters * done
                self.parts.append(part._replace(seconds=took * done, meters=meters))
                left -= took


def _without_last_rest(items: Sequence[Step | Repeat]) -> Sequence[Step | Repeat]:
    last = items[-1]
    return items[:-1] if isinstance(last, Step) and last.kind in {"rest", "recovery"} else items


def _assumptions(parts: Sequence[_Part]) -> tuple[str, ...]:
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


# ── Training stress ──────────────────────────────────────────────────────────────────────────────────────────


def _stress(parts: Sequence[_Part], athlete: Athlete, *, assume: bool) -> Stress | None:
    timed = [(part, part.assumed_s if assume and part.seconds is None else part.seconds) for part in parts]
    loads = [
        (part.basis, seconds, part.held)
        for part, seconds in timed
        if seconds and part.basis and part.held and _is_scored(part.basis, athlete)
    ]
    unscored = len(loads) < sum(seconds is None or seconds > 0 for _, seconds in timed)
    # A rest takes nothing by any measure, and so has no say in which one it is.
    bases = {basis for basis, _, held in loads if held.high > 0}
    if not bases:
        return None
    mixed = len(bases) > 1
    basis = next(iter(bases))
    edges = zip(*(held for _, _, held in loads), strict=True)
    low, middle, high = (
        (_sum_of_steps if mixed else _one_measure)(
            [(each, seconds, value) for (each, seconds, _), value in zip(loads, values, strict=True)], athlete, basis
        )
        for values in edges
    )
    lasted = sum(seconds for _, seconds, _ in loads)
    steady = not mixed and basis in {"power", "pace"}
    return Stress(
        middle,
        low,
        high,
        "mixed" if mixed else basis,
        (middle * 36 / lasted) ** 0.5 if steady else None,
        unscored,
        mixed or basis == "heart rate",
    )


def _is_scored(basis: Basis, athlete: Athlete) -> bool:
    return all(getattr(athlete, name) for name in _needed(basis))


_Held = tuple[Basis, float, float]


def _sum_of_steps(loads: Sequence[_Held], athlete: Athlete, basis: Basis) -> float:
    """Each step by its own measure."""
    return sum(_of_one(each, seconds, value, athlete) for each, seconds, value in loads)


def _one_measure(loads: Sequence[_Held], athlete: Athlete, basis: Basis) -> float:
    """All steps by the measure that they share, as an activity is scored that was done exactly so."""
    if basis == "heart rate":
        seconds_at: dict[float, float] = {}
        for _, seconds, bpm in loads:
            seconds_at[bpm] = seconds_at.get(bpm, 0.0) + seconds
        return _beats_stress(seconds_at, athlete)
    lasted = sum(seconds for _, seconds, _ in loads)
    if basis == "swim" or lasted < NORMALIZED_WINDOW_S:
        return _sum_of_steps([(basis, seconds, value) for _, seconds, value in loads], athlete, basis)
    normalized = normalized_steps(_whole_seconds(loads))
    if basis == "power":
        return training_stress(lasted, intensity_factor(normalized, athlete.threshold_power_w)) or 0.0
    return running_stress(lasted, normalized, athlete.threshold_speed_mps) or 0.0


def _whole_seconds(loads: Sequence[_Held]) -> list[tuple[int, float]]:
    """Each value with its whole seconds, so rounded that the sum stays right."""
    steps, reached, before = [], 0.0, 0
    for _, seconds, value in loads:
        reached += seconds
        steps.append((round(reached) - before, value))
        before = round(reached)
    return steps


def _of_one(basis: Basis, seconds: float, value: float, athlete: Athlete) -> float:
    match basis:
        case "power":
            return training_stress(seconds, intensity_factor(value, athlete.threshold_power_w)) or 0.0
        case "pace":
            return running_stress(seconds, value, athlete.threshold_speed_mps) or 0.0
        case "swim":
            return swim_stress(value * seconds, seconds, athlete.critical_swim_speed_mps) or 0.0
    return _beats_stress({value: seconds}, athlete)


def _beats_stress(seconds_at: dict[float, float], athlete: Athlete) -> float:
    resting, highest = athlete.resting_heart_rate_bpm or 0.0, athlete.max_heart_rate_bpm or 0.0
    return heart_rate_stress(seconds_at, resting, highest, athlete.threshold_heart_rate_bpm, athlete.sex) or 0.0
