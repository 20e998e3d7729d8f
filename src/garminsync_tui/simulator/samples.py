"""What the watch measured through one local day, on fixed grids from its beginning.

Kept small (three kilobytes a day) so that ten years of days can stay in memory once they were asked for.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import pi, sin
from random import Random

from .athlete import AWAKE, DEEP, REM, Athlete, Day, Night
from .training import Session

HEART_RATE_S = 120
STRESS_S = 180
QUARTER_S = 900

#: Stress levels that stand for "not measured" and "in an activity", as recorded.
UNMEASURED = -1
ACTIVE = -2


@dataclass(frozen=True, slots=True)
class Samples:
    """One day's grids: bpm (0: the reading is missing), stress level, body battery, steps, metres up and down."""

    heart_rate: bytes
    stress: array[int]
    battery: bytes
    steps: array[int]
    ascent: array[float]
    descent: array[float]


@dataclass(frozen=True, slots=True)
class _Course:
    """One day seen in seconds from its beginning: its length, its nights and its recorded sessions."""

    day: Day
    seconds: int
    nights: Sequence[Night]
    busy: Sequence[tuple[int, Session]]

    def sleeping(self, grid_s: int) -> Iterator[tuple[int, int, int]]:
        """First and end cell of each stage of sleep within the day, and the stage."""
        cells = self.seconds // grid_s
        for night in self.nights:
            at = (night.starts - self.day.starts).total_seconds()
            for length, stage in night.stages:
                first, last = max(0, int(at // grid_s)), min(cells, int((at + length) // grid_s))
                at += length
                if first < last:
                    yield first, last, stage

    def training(self, grid_s: int) -> Iterator[tuple[int, int, Session]]:
        """First and end cell of each session within the day, and the session."""
        cells = self.seconds // grid_s
        for at, session in self.busy:
            first, last = at // grid_s, (at + session.elapsed_s) // grid_s + 1
            yield min(cells, first), min(cells, last), session


def measure(athlete: Athlete, day: Day) -> Samples:
    """The day's samples to its very end, whether or not the watch has synced them."""
    dice = athlete.dice(day.date, "samples")
    tomorrow = athlete.day(day.date + timedelta(days=1))
    course = _Course(
        day=day,
        seconds=int((day.ends - day.starts).total_seconds()),
        nights=[night for night in (day.night, tomorrow.night) if night],
        busy=[
            (int((session.starts - day.starts).total_seconds()), session)
            for session in day.sessions
            if session.origin == "fit"
        ],
    )
    steps = _steps(course, dice)
    ascent, descent = _climbs(course, steps, dice)
    return Samples(
        heart_rate=_heart_rate(course, steps, dice),
        stress=_stress(course, dice),
        battery=_battery(course, tomorrow),
        steps=steps,
        ascent=ascent,
        descent=descent,
    )


def _steps(course: _Course, dice: Random) -> array[int]:
    quarters = course.seconds // QUARTER_S
    active = 0.35 if course.day.ill else 0.8 + 0.4 * dice.random()
    roll = dice.random
    cells = array("H", bytes(2 * quarters))
    for quarter in range(quarters):
        kind = roll()
        cells[quarter] = 0 if kind < 0.3 else int(active * (kind * 130 if kind < 0.93 else 500 + 500 * roll()))
    for first, last, _ in course.sleeping(QUARTER_S):
        for quarter in range(first, last + 1 if last < quarters else last):
            cells[quarter] = 0
    for at, session in course.busy:
        for quarter in range(at // QUARTER_S, min(quarters, (at + session.moving_s) // QUARTER_S + 1)):
            cells[quarter] += steps_within(session, at, quarter)
    return cells


def steps_within(session: Session, at: int, quarter: int) -> int:
    """A session's steps in one quarter of the day in which it begins, `at` seconds after the day does."""
    begins, ends = max(at, quarter * QUARTER_S), min(at + session.moving_s, (quarter + 1) * QUARTER_S)
    return int(max(0, ends - begins) / 60 * session.sport.steps)


def _climbs(course: _Course, steps: array[int], dice: Random) -> tuple[array[float], array[float]]:
    """Stairs in some of the quarters with steps, hills in sessions on foot."""
    ascent, descent = array("f", bytes(4 * len(steps))), array("f", bytes(4 * len(steps)))
    for quarter, count in enumerate(steps):
        if count > 60 and dice.random() < 0.16:
            ascent[quarter] = 3.048 * dice.randrange(1, 3)
        if count > 60 and dice.random() < 0.16:
            descent[quarter] = 3.048 * dice.randrange(1, 3)
    for first, last, session in course.training(QUARTER_S):
        if session.sport.steps > 90 and last > first:
            share = session.climb / (last - first)
            for quarter in range(first, last):
                ascent[quarter] += share
                descent[quarter] += share
    return ascent, descent


def _heart_rate(course: _Course, steps: array[int], dice: Random) -> bytes:
    rest = course.day.resting_hr
    cells = course.seconds // HEART_RATE_S
    roll = dice.random
    last_quarter = len(steps) - 1
    rates = bytearray(cells)
    drift = 0.0
    for cell in range(cells):
        drift = 0.85 * drift + 5 * roll() - 2.5
        walked = steps[min(last_quarter, cell * HEART_RATE_S // QUARTER_S)]
        rates[cell] = int(rest + 13 + drift + min(38.0, walked * 0.036))
    for first, last, stage in course.sleeping(HEART_RATE_S):
        above = {DEEP: 1, REM: 6, AWAKE: 12}.get(stage, 3)
        for cell in range(first, last):
            rates[cell] = rest + above + int(5 * roll()) - 1
    for first, last, session in course.training(HEART_RATE_S):
        span = max(1, last - first)
        for cell in range(first, last):
            share = (cell - first) / span
            surge = (session.max_hr - session.average_hr) * (0.5 + 0.5 * sin(18 * pi * share)) * roll()
            warm_up = min(1.0, 0.75 + 3 * share)
            rates[cell] = int(min(session.max_hr, session.average_hr * warm_up + 0.6 * surge))
    for _ in range(cells // 60):  # a loose strap
        rates[dice.randrange(cells)] = 0
    return bytes(rates)


def _stress(course: _Course, dice: Random) -> array[int]:
    cells = course.seconds // STRESS_S
    roll = dice.random
    level = float(course.day.stress)
    levels = array("b", bytes(cells))
    for cell in range(cells):
        level += 0.12 * (course.day.stress + 12 - level) + 26 * roll() - 13
        level = min(99.0, max(2.0, level))
        levels[cell] = int(level) if roll() > 0.06 else UNMEASURED
    for first, last, stage in course.sleeping(STRESS_S):
        calm = (30 if course.day.ill else 11) + {DEEP: -3, REM: 3, AWAKE: 14}.get(stage, 0)
        for cell in range(first, last):
            levels[cell] = max(1, calm + int(9 * roll()) - 4)
    for first, last, _ in course.training(STRESS_S):
        for cell in range(first, min(cells, last + 3)):
            levels[cell] = ACTIVE
    return levels


def _battery(course: _Course, tomorrow: Day) -> bytes:
    """Up through the night, down through the day, faster in sessions."""
    day, cells = course.day, course.seconds // STRESS_S
    wakes = (day.night.ends - day.starts).total_seconds() if day.night else 6.5 * 3600
    lies_down = (day.night.starts - day.starts).total_seconds() if day.night else -3600.0
    evening = (tomorrow.night.starts - day.starts).total_seconds() if tomorrow.night else course.seconds - 3600.0
    next_wakes = (tomorrow.night.ends - day.starts).total_seconds() if tomorrow.night else course.seconds + 6.5 * 3600
    weights = [1.0] * cells
    for first, last, session in course.training(STRESS_S):
        for cell in range(first, last):
            weights[cell] = 1 + max(0, session.average_hr - 80) / 9
    up, down = int(wakes // STRESS_S) + 1, min(cells, int(evening // STRESS_S))
    awake = sum(weights[up:down]) or 1.0
    fall = max(0, day.battery_high - tomorrow.battery_low) / awake
    levels = bytearray(cells)
    level = float(day.battery_high)
    for cell in range(cells):
        at = cell * STRESS_S
        if cell < up:
            share = (at - lies_down) / (wakes - lies_down)
            level = day.battery_low + (day.battery_high - day.battery_low) * min(1.0, max(0.0, share))
        elif cell < down:
            level = max(tomorrow.battery_low, level - fall * weights[cell])
        else:
            share = (at - evening) / (next_wakes - evening)
            rise = max(0, tomorrow.battery_high - tomorrow.battery_low)
            level = tomorrow.battery_low + rise * min(1.0, max(0.0, share))
        levels[cell] = max(5, min(100, round(level)))
    return bytes(levels)
