"""The training plan: three weeks of building, one of rest; and the numbers of each session.

All times are UTC instants; distance m, speed m/s, durations s, energy kcal.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from math import cos, pi
from pathlib import Path
from random import Random

from .whereabouts import Place, Whereabouts

#: Ages in a block (see whereabouts) on which the day's first session has an origin of its own.
_ORIGINS = {5: "gpx", 34: "gpx", 12: "tcx", 37: "tcx", 17: "manual", 53: "manual"}
#: Ids grow with time, like Garmin's, and tell the date.
_FIRST_ID, _FIRST_ORDINAL, _IDS_OF_DAY = 10_000_000_000, date(2008, 1, 1).toordinal(), 1_000_000
_LOAD_OF_WEEK = (0.9, 1.0, 1.1, 0.65)
#: The length of the pool, and the seconds of rest after each set of eight lengths.
POOL_M, _REST_S = 25, 20


#: Where heart rate zones 1 to 5 begin (bpm).
ZONE_FLOORS = (94, 112, 131, 150, 168)


@dataclass(frozen=True, slots=True)
class Sport:
    """What Garmin calls it, and what it is like: typical heart rate, speed, steps and energy a minute."""

    key: str
    type_id: int
    parent_id: int
    fit_sport: int
    fit_sub_sport: int
    heart_rate: int
    speed: float
    climb: float
    steps: int
    energy: float
    outdoors: bool


#: typeId and parentTypeId as recorded or as other clients list them; sport numbers of the FIT profile.
SPORTS = {
    sport.key: sport
    for sport in (
        Sport("running", 1, 17, 1, 0, 143, 2.95, 0.008, 166, 12.5, True),
        Sport("trail_running", 6, 1, 1, 3, 148, 2.35, 0.030, 158, 12.8, True),
        Sport("cycling", 2, 17, 2, 0, 134, 7.7, 0.009, 0, 10.5, True),
        Sport("lap_swimming", 27, 26, 5, 17, 128, 0.85, 0.0, 0, 9.0, False),
        Sport("strength_training", 13, 29, 10, 20, 112, 0.0, 0.0, 14, 6.0, False),
        Sport("hiking", 3, 17, 17, 0, 117, 1.2, 0.055, 104, 7.0, True),
        Sport("walking", 9, 17, 11, 0, 98, 1.4, 0.004, 112, 4.5, True),
        Sport("yoga", 163, 29, 10, 43, 84, 0.0, 0.0, 0, 3.2, False),
    )
}


@dataclass(frozen=True)
class Session:
    """One activity as it was done."""

    activity_id: int
    name: str
    sport: Sport
    place: Place
    starts: datetime
    elapsed_s: int
    moving_s: int
    distance: float
    average_hr: int
    max_hr: int
    average_power: int
    climb: int
    calories: int
    #: fit, gpx, tcx: the kind of the uploaded file; manual: typed in by hand, no file.
    origin: str
    intervals: bool
    #: A real recording that stands for this activity.
    file: Path | None = None

    @property
    def ends(self) -> datetime:
        """The instant of its end."""
        return self.starts + timedelta(seconds=self.elapsed_s)

    @property
    def is_manual(self) -> bool:
        """Typed in by hand: no watch recorded it."""
        return self.origin == "manual"

    @property
    def has_track(self) -> bool:
        """Whether there are positions."""
        return self.sport.outdoors and not self.is_manual

    @property
    def in_pool(self) -> bool:
        """Whether a watch counted lengths."""
        return self.sport.key == "lap_swimming" and not self.is_manual

    @property
    def motion_s(self) -> int:
        """Seconds in motion: in a pool without the rests after every eight lengths, else all that the timer ran."""
        if not self.in_pool:
            return self.moving_s
        rests = max(0, round(self.distance / POOL_M) - 1) // 8
        return self.moving_s - _REST_S * rests

    @property
    def normalized_power(self) -> int:
        """The steady power that would have cost as much (W)."""
        return round(1.05 * self.average_power)

    @cached_property
    def zone_seconds(self) -> tuple[float, ...]:
        """Seconds in heart rate zones 1 to 5, a bell around the average."""
        weights = [max(0.02, 1.0 - abs(self.average_hr - floor - 9) / 30.0) for floor in ZONE_FLOORS]
        scale = self.moving_s / sum(weights)
        return tuple(round(weight * scale, 3) for weight in weights)

    @property
    def load(self) -> float:
        """Training load: minutes weighted by how far the heart rate is above rest."""
        above = max(0.0, (self.average_hr - 50) / 137)
        return float(round(self.moving_s / 60 * above * above * 3.2, 3))


def day_of_activity(activity_id: int) -> date | None:
    """The local date that a synthetic activity's id was made on; None for an id that cannot be one."""
    ordinal = _FIRST_ORDINAL + (activity_id - _FIRST_ID) // _IDS_OF_DAY
    return date.fromordinal(ordinal) if 0 < ordinal <= date.max.toordinal() else None


@dataclass(frozen=True, slots=True)
class _Plan:
    sport: str
    name: str
    minutes: float
    at: time
    effort: float = 1.0
    intervals: bool = False


def sessions_of(whereabouts: Whereabouts, day: date, worn: bool) -> tuple[Session, ...]:
    """What was done on a day, in the order it was done."""
    dice = Random(f"{whereabouts.seed}:{day}:sessions")
    origin = _ORIGINS.get(whereabouts.age(day)) if worn else None
    plans = _plans(whereabouts, day, dice)
    if not worn:
        # A forgotten watch: what was done is typed in by hand, now and then.
        plans = plans[:1] if dice.random() < 0.4 else []
        origin = "manual"
    elif origin and not plans:
        plans = [_Plan("running", "Run", 40, time(7, 10))]
    if origin in {"gpx", "tcx"}:  # a phone's recording: always with positions
        plans[0] = _Plan("running", "Run", 42, time(7, 5))
    place = whereabouts.place(day)
    sessions = [_done(whereabouts, day, number, plan, place, dice, fitness(day)) for number, plan in enumerate(plans)]
    if sessions and origin:
        sessions[0] = _from(sessions[0], origin)
    return tuple(sorted(sessions, key=lambda session: session.starts))


def _from(session: Session, origin: str) -> Session:
    if origin != "manual":
        return replace(session, origin=origin)
    # By hand: round numbers, no heart rate.
    minutes = max(10, round(session.moving_s / 300) * 5)
    return replace(
        session,
        origin=origin,
        elapsed_s=minutes * 60,
        moving_s=minutes * 60,
        distance=float(round(session.distance / 500) * 500),
        average_hr=0,
        max_hr=0,
        average_power=0,
        climb=0,
    )


def fitness(day: date) -> float:
    """From 0 (midwinter) to 1 (late summer)."""
    return 0.5 - 0.5 * cos(2 * pi * (day.timetuple().tm_yday - 35) / 365.25)


def _plans(whereabouts: Whereabouts, day: date, dice: Random) -> list[_Plan]:
    if whereabouts.is_ill(day) or whereabouts.is_in_gap(day) or whereabouts.is_flying(day):
        return []
    if whereabouts.is_travelling(day):
        kind = dice.random()
        if kind < 0.6:
            return [_Plan("running", "Run", dice.uniform(30, 50), time(7, dice.randrange(60)), 0.97)]
        return [_Plan("walking", "Walk", dice.uniform(40, 90), time(17, dice.randrange(60)))] * (kind < 0.9)
    week = (day.toordinal() - 1) // 7
    load = _LOAD_OF_WEEK[week % 4] * dice.uniform(0.9, 1.1)
    minute = dice.randrange(0, 30)
    extra = dice.random()
    plans: list[_Plan]
    match day.weekday():
        case 0:
            plans = [_Plan("strength_training", "Strength", 45, time(18, 10 + minute))]
        case 1:
            plans = [_Plan("running", "Intervals", 55 * load, time(6, 30 + minute), 1.1, True)]
        case 2:
            plans = [_Plan("cycling", "Ride", 80 * load, time(17, 20 + minute), 1.03)]
        case 3:
            plans = [_Plan("running", "Easy run", 48 * load, time(6, 30 + minute), 0.96)]
            plans += [_Plan("walking", "Lunch walk", 30, time(12, 5 + minute))] * (extra < 0.4)
        case 4:
            plans = [_Plan("lap_swimming", "Swim", 45 * load, time(7, minute))]
        case 5 if week % 3 == 0:
            plans = [_Plan("hiking", "Hike", 200 * load, time(9, 15 + minute))]
        case 5:
            plans = [_Plan("cycling", "Long ride", 160 * load, time(9, minute))]
        case _:
            sport = "trail_running" if week % 5 == 0 else "running"
            plans = [_Plan(sport, "Long run", 95 * load, time(8, 20 + minute), 1.01)]
            plans += [_Plan("yoga", "Yoga", 30, time(19, 15 + minute))] * (extra < 0.5)
    return plans if dice.random() > 0.07 else []


def _done(
    whereabouts: Whereabouts, day: date, number: int, plan: _Plan, place: Place, dice: Random, form: float
) -> Session:
    sport = SPORTS[plan.sport]
    moving_s = round(plan.minutes * 60) + dice.randrange(60)
    # Stops at lights and for photographs; the track stands still for them.
    stopped_s = dice.randrange(0, 1 + moving_s // 40) if sport.outdoors else 0
    speed = sport.speed * (0.94 + 0.12 * form) * dice.uniform(0.96, 1.04) * (2 * plan.effort + 1) / 3
    distance = round(speed * moving_s / POOL_M) * POOL_M if sport.key == "lap_swimming" else speed * moving_s
    average_hr = round(sport.heart_rate * plan.effort - 4 * form + dice.uniform(-3, 3))
    return Session(
        activity_id=_FIRST_ID + (day.toordinal() - _FIRST_ORDINAL) * _IDS_OF_DAY + number * 1000 + dice.randrange(1000),
        name=f"{place.name} {plan.name}",
        sport=sport,
        place=place,
        starts=datetime.combine(day, plan.at, place.tz).astimezone(UTC) + timedelta(seconds=dice.randrange(60)),
        elapsed_s=moving_s + stopped_s,
        moving_s=moving_s,
        distance=round(distance, 2),
        average_hr=average_hr,
        max_hr=min(187, average_hr + dice.randrange(14, 26) + 8 * plan.intervals),
        average_power=round(176 * plan.effort * (0.92 + 0.16 * form)) if sport.key == "cycling" else 0,
        climb=round(distance * sport.climb * dice.uniform(0.7, 1.3)),
        calories=round(moving_s / 60 * sport.energy * plan.effort),
        origin="fit",
        intervals=plan.intervals,
    )
