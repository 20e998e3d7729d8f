"""One step of a planned workout, and all of them one after another: how long, how far, how hard."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from ..training.heart_rate import assumed_threshold_bpm
from .athlete import Athlete
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
    Zone,
)
from .speeds import mps_of

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
#: Watts, beats and m/s that nobody means; numbers beyond would not fit into the sums.
_MOST = 100_000.0
#: Nobody gets anywhere in these.
_IN_PLACE = {"strength_training", "yoga", "pilates", "hiit", "mobility", "cardio_training"}
_ON_FOOT = {"running", "walking", "rucking"}
#: The exertions that begin the levels above the first, by which paces get a zone for the chart.
_LEVEL_STARTS = (2, 4, 6, 8, 9, 10)

#: By what the load of a step is measured.
Basis = Literal["power", "pace", "swim", "heart rate"]


class Edges(NamedTuple):
    """The edges of a target and what lies between them."""

    low: float
    middle: float
    high: float

    def times(self, factor: float) -> Edges:
        """All of them multiplied."""
        return Edges(self.low * factor, self.middle * factor, self.high * factor)


class Part(NamedTuple):
    """One step as it is done once: None is what nobody knows; what holds are watts, m/s or beats."""

    place: Place
    kind: Kind
    seconds: float | None
    meters: float | None
    assumed_s: float | None
    assumed_m: float | None
    basis: Basis | None
    held: Edges | None
    share: float | None
    zone: int | None
    needs: tuple[str, ...]
    from_history: bool
    by_repetitions: bool


def planned(step: Step, place: Place, sport: Sport, athlete: Athlete) -> Part:
    """One step as far as it can be known."""
    targets, needs = _targets(step, sport, athlete)
    basis, held = _measure(targets, sport, athlete)
    if basis is None and not any(_says_how_hard(target) for target in targets):
        basis, held = _unsaid(step.kind, sport, athlete)
    needs |= {name for name in needed(basis) if not getattr(athlete, name)}
    share, zone = _share_and_zone(basis, held, athlete)
    speed, from_history = _speed(step, targets, sport, zone, athlete)
    seconds, meters, assumed_s = _length(step, speed, sport)
    assumed_m = assumed_s * speed if assumed_s is not None and speed is not None else None
    return Part(
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


def _measure(targets: Sequence[Target], sport: Sport, athlete: Athlete) -> tuple[Basis | None, Edges | None]:
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
    targets: Sequence[Target], athlete: Athlete, read: Callable[[Target, Athlete], Edges | None]
) -> Edges | None:
    found = next((edges for target in targets if (edges := read(target, athlete))), None)
    return found if found and 0 <= found.low <= found.high < _MOST else None


def _watts(target: Target, athlete: Athlete) -> Edges | None:
    match target:
        case Range(of="power", low=low, high=high, unit="W"):
            return Edges(low, (low + high) / 2, high)
        case Zone(of="power", zone=zone):
            return _zone_edges(athlete.power_bounds(), zone)
    return None


def _beats(target: Target, athlete: Athlete) -> Edges | None:
    match target:
        case Range(of="heart_rate", low=low, high=high, unit="bpm"):
            return Edges(low, (low + high) / 2, high)
        case Zone(of="heart_rate", zone=zone):
            return _zone_edges(athlete.heart_rate_bounds(), zone)
    return None


def _mps(target: Target, athlete: Athlete) -> Edges | None:
    """Speeds; the middle of a pace is that of its speeds, not of its times."""
    critical = athlete.critical_swim_speed_mps
    match target:
        case Range(of="pace", low=low, high=high, unit=unit) if low > 0 and unit != "%tp":
            slow, fast = mps_of(high, unit), mps_of(low, unit)
        case Range(of="speed", low=low, high=high, unit=unit):
            slow, fast = mps_of(low, unit), mps_of(high, unit)
        case CssOffset(offset) if critical and 100 / critical + offset > 0:
            slow = fast = 100 / (100 / critical + offset)
        case Effort(word) if critical and word in EFFORTS:
            first, last = EFFORTS[word]
            slow, fast = EXERTION[first].swim[0] * critical / 100, EXERTION[last].swim[1] * critical / 100
        case _:
            return None
    return Edges(slow, (slow + fast) / 2, fast)


def _zone_edges(bounds: Sequence[float], zone: int) -> Edges | None:
    if zone > len(bounds):
        return None
    low = bounds[zone - 1]
    high = bounds[zone] if zone < len(bounds) else low * _HIGHEST_ZONE
    low = low or high * _LOWEST_ZONE
    return Edges(low, (low + high) / 2, high)


def _unsaid(kind: Kind, sport: Sport, athlete: Athlete) -> tuple[Basis | None, Edges | None]:
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
        return basis, Edges(0, 0, 0)
    return basis, Edges(1, 1, 1).times(EASY[basis] * threshold) if threshold else None


def needed(basis: Basis | None) -> tuple[str, ...]:
    """What of the athlete has to be known for a score by a measure."""
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


def _share_and_zone(basis: Basis | None, held: Edges | None, athlete: Athlete) -> tuple[float | None, int | None]:
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


class Survey:
    """Goes through a workout as somebody does it: repeats again and again."""

    def __init__(self, athlete: Athlete) -> None:
        self.parts: list[Part] = []
        self.full = False
        self._athlete = athlete
        self._seen: dict[tuple[Place, Sport], Part] = {}

    def add(self, item: Step | Repeat | Leg, place: Place, sport: Sport) -> None:
        """What comes next, as often as it is done."""
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
            part = self._seen[place, sport] = planned(step, place, sport, self._athlete)
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
                Part(place, "interval", seconds, None, None, None, None, None, None, None, (), False, False)
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
