"""One synthetic athlete: everything about any day follows from a seed and the date, in any order.

Heart rates in bpm, heart rate variability in ms, masses in g.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import accumulate
from random import Random
from uuid import UUID

from .training import Session, fitness, sessions_of
from .whereabouts import HOME, Whereabouts

DEEP, LIGHT, REM, AWAKE = range(4)
HEIGHT_CM = 181.0
BIRTH_DATE = date(1986, 4, 12)
MAX_HR = 187
THRESHOLD_HR = 168
#: What the watch was told once.
RESTING_HR = 48
WEIGHT_G = 73_000.0
_WATCH_FORGOTTEN = 0.02
_NAP = 0.04


@dataclass(frozen=True)
class Night:
    """The sleep that ended on a day. Stages are (seconds, DEEP | LIGHT | REM | AWAKE) in order."""

    starts: datetime
    stages: tuple[tuple[int, int], ...]
    score: int

    @cached_property
    def seconds(self) -> tuple[int, int, int, int]:
        """Seconds deep, light, REM and awake."""
        totals = [0, 0, 0, 0]
        for length, stage in self.stages:
            totals[stage] += length
        return totals[0], totals[1], totals[2], totals[3]

    @cached_property
    def ends(self) -> datetime:
        """When the athlete got up."""
        return self.starts + timedelta(seconds=sum(self.seconds))

    @property
    def asleep_s(self) -> int:
        """Seconds asleep: all but those awake."""
        return sum(self.seconds[:3])

    def levels(self) -> list[tuple[datetime, datetime, int]]:
        """Each stage with its beginning and its end."""
        ends = list(accumulate(length for length, _ in self.stages))
        return [
            (self.starts + timedelta(seconds=end - length), self.starts + timedelta(seconds=end), stage)
            for end, (length, stage) in zip(ends, self.stages, strict=True)
        ]


@dataclass(frozen=True)
class Day:
    """What is true of one local day, whether or not a watch saw it."""

    date: date
    starts: datetime
    ends: datetime
    worn: bool
    ill: bool
    resting_hr: int
    hrv: int
    #: Body battery on going to bed the evening before, and on getting up.
    battery_low: int
    battery_high: int
    stress: int
    night: Night | None
    #: Seconds asleep in the afternoon; 0 on nearly all days.
    nap_s: int
    sessions: tuple[Session, ...]


@dataclass(frozen=True, slots=True)
class WeighIn:
    """One weigh-in; without a scale that measures it there is no composition."""

    sample: int
    at: datetime
    offset_s: int
    grams: float
    fat_percent: float | None
    by_hand: bool


@dataclass(frozen=True, slots=True)
class Pressure:
    """One blood pressure, in mmHg, with the pulse."""

    sample: int
    at: datetime
    offset_s: int
    systolic: int
    diastolic: int
    pulse: int
    by_hand: bool


class Athlete:
    """Days from `first_day` on; `last_day` is the one on which the simulator was started."""

    def __init__(self, seed: int, last_day: date, days: int) -> None:
        self.seed = seed
        self.last_day = last_day
        self.first_day = last_day - timedelta(days=days - 1)
        self.whereabouts = Whereabouts(seed, last_day)
        self._days: dict[date, Day] = {}
        self._sessions: dict[date, tuple[Session, ...]] = {}
        who = Random(f"{seed}:who")
        self.profile_id = 60_000_000 + who.randrange(30_000_000)
        self.display_name = str(UUID(int=who.getrandbits(128), version=4))
        self.full_name = "Robin Example"
        self.device_id = 3_400_000_000 + who.randrange(90_000_000)

    def dice(self, day: date, purpose: str) -> Random:
        """A stream of its own for each day and purpose."""
        return Random(f"{self.seed}:{day}:{purpose}")

    def was_worn(self, day: date) -> bool:
        """Whether the watch was worn at all on that day."""
        if day < self.first_day or self.whereabouts.is_in_gap(day):
            return False
        # The newest days decide what a person sees first: the watch is on.
        recent = (self.last_day - day).days in range(3)
        return recent or self.dice(day, "watch").random() >= _WATCH_FORGOTTEN

    def sessions(self, day: date) -> tuple[Session, ...]:
        """What was done on a day, in the order it was done."""
        found = self._sessions.get(day)
        if found is None:
            found = sessions_of(self.whereabouts, day, self.was_worn(day)) if day >= self.first_day else ()
            self._sessions[day] = found
        return found

    def day(self, day: date) -> Day:
        """Everything about one day."""
        found = self._days.get(day)
        if found is None:
            found = self._days[day] = self._live(day)
        return found

    def _live(self, day: date) -> Day:
        dice = self.dice(day, "facts")
        worn = self.was_worn(day)
        before = day - timedelta(days=1)
        ill = self.whereabouts.is_ill(day)
        jet_lag = self.whereabouts.place(day) != self.whereabouts.place(day - timedelta(days=3))
        tired = 0.0
        if self.was_worn(before):
            tired = min(1.0, sum(session.load for session in self.sessions(before)) / 250)
        form = fitness(day)
        resting = 51 - 5 * form + 2.5 * tired + 3 * jet_lag + 9 * ill + dice.gauss(0, 0.8)
        hrv = 58 + 10 * form - 6 * tired - 7 * jet_lag - 20 * ill + dice.gauss(0, 3.5)
        high = 94 - 10 * tired - 8 * jet_lag - 42 * ill + dice.uniform(-8, 6)
        return Day(
            date=day,
            starts=self.whereabouts.begins(day),
            ends=self.whereabouts.ends(day),
            worn=worn,
            ill=ill,
            resting_hr=round(resting),
            hrv=round(max(18.0, hrv)),
            battery_low=round(dice.uniform(14, 34) - 6 * ill),
            battery_high=round(min(100.0, high)),
            stress=round(27 + 4 * tired + 5 * jet_lag + 18 * ill + dice.gauss(0, 3)),
            night=self._sleep(day, ill, jet_lag) if worn and self.was_worn(before) else None,
            nap_s=60 * dice.randrange(18, 45) if dice.random() < _NAP + 0.3 * ill else 0,
            sessions=self.sessions(day),
        )

    def _sleep(self, day: date, ill: bool, jet_lag: bool) -> Night:
        dice = self.dice(day, "sleep")
        minutes = dice.gauss(442, 28) + 40 * ill - 50 * jet_lag
        stages: list[tuple[int, int]] = []
        cycle = 0
        while sum(length for length, _ in stages) < minutes * 60 - 2400:
            deep = max(4, 38 - 11 * cycle + dice.randrange(-5, 6))
            rem = max(5, 9 + 7 * cycle + dice.randrange(-4, 5))
            plan = ((dice.randrange(14, 26), LIGHT), (deep, DEEP), (dice.randrange(18, 32), LIGHT), (rem, REM))
            stages += [(60 * length, stage) for length, stage in plan]
            if dice.random() < 0.35 + 0.3 * (ill or jet_lag):
                stages.append((60 * dice.randrange(2, 9), AWAKE))
            cycle += 1
        stages.append((60 * dice.randrange(8, 18), LIGHT))
        # Up in time for the earliest session of the plan.
        latest, spread = (time(6, 55), 15) if day.weekday() >= 5 else (time(5, 58), 9)
        wakes = datetime.combine(day, latest, self.whereabouts.place(day).tz).astimezone(UTC)
        wakes -= timedelta(minutes=abs(round(dice.gauss(0, spread))), seconds=dice.randrange(60))
        starts = wakes - timedelta(seconds=sum(length for length, _ in stages))
        night = Night(starts, tuple(stages), 0)
        score = 44 + night.asleep_s / 720 + night.seconds[DEEP] / 900 - 10 * ill - 6 * jet_lag
        return Night(starts, tuple(stages), max(25, min(98, round(score + dice.gauss(-6, 4)))))

    def weigh_ins(self, day: date) -> tuple[WeighIn, ...]:
        """About three a week, at home, before breakfast."""
        dice = self.dice(day, "scale")
        if day < self.first_day or self.whereabouts.is_travelling(day) or dice.random() > 3.3 / 7:
            return ()
        at = datetime.combine(day, time(6, 5 + dice.randrange(20)), HOME.tz).astimezone(UTC)
        grams = round((74.6 - 2.1 * fitness(day) + dice.gauss(0, 0.35)) * 100) * 10.0
        fat = round(15.8 - 2.4 * fitness(day) + dice.gauss(0, 0.3), 1)
        sample = 1_700_000_000_000 + day.toordinal() * 1000
        return (WeighIn(sample, at, self.whereabouts.offset_s(at), grams, fat, by_hand=False),)

    def pressures(self, day: date) -> tuple[Pressure, ...]:
        """About two blood pressures a week, at home, in the evening."""
        dice = self.dice(day, "cuff")
        if day < self.first_day or self.whereabouts.is_travelling(day) or dice.random() > 2 / 7:
            return ()
        at = datetime.combine(day, time(19, 10 + dice.randrange(40)), HOME.tz).astimezone(UTC)
        systolic = round(118 - 4 * fitness(day) + dice.gauss(0, 4))
        diastolic = round(76 - 3 * fitness(day) + dice.gauss(0, 3))
        sample = 1_710_000_000_000 + day.toordinal() * 1000
        pulse = 57 + dice.randrange(9)
        return (Pressure(sample, at, self.whereabouts.offset_s(at), systolic, diastolic, pulse, by_hand=False),)
