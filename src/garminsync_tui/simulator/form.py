"""What training makes of the athlete: load, recovery, oxygen, scores and times, all from the sessions of each day.

Loads are sums of training load; times s, speeds m/s, heart rates bpm, power W.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from .account import Account
from .athlete import BIRTH_DATE, Day
from .training import Session, fitness

#: Load of a week before the history began.
_USUAL_WEEK = 500.0
_ACUTE_SHARE = 0.25
_CHRONIC_SHARE = 1 / 28
#: Minutes of recovery for each point of load, and the most that a watch asks for.
_REST_PER_LOAD_MIN = 17.0
MOST_REST_MIN = 5760
#: Below this heart rate (bpm) a session is an easy one; of one with intervals this share is sprints.
_EASY_HR = 140
_SPRINTS = 0.25
_RUNNING = {"running", "trail_running"}
#: From this height (m) on the body has something to get used to.
_THIN_AIR = 800
_RACES_M = (5_000.0, 10_000.0, 21_097.5, 42_195.0)


@dataclass(frozen=True, slots=True)
class Load:
    """The weighted load of about a week and of about four."""

    acute: float
    chronic: float

    @property
    def ratio(self) -> float:
        """Acute over chronic, cut to tenths."""
        return int(10 * self.acute / self.chronic) / 10


class Form:
    """The athlete's form on any day that a watch has seen."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._settled: dict[date, Load] = {}
        self._altitudes = cache(self._altitude_of)

    def recorded(self, date_: date) -> list[Session]:
        """What a watch recorded on a day and has synced."""
        day = self._account.worn(date_)
        return self._account.recorded(day) if day else []

    def load(self, date_: date) -> Load:
        """Load up to the end of a day, from the first one on."""
        first = self._account.athlete.first_day
        begin = date_
        while begin > first and begin - timedelta(days=1) not in self._settled:
            begin -= timedelta(days=1)
        load = self._settled.get(begin - timedelta(days=1), Load(_USUAL_WEEK, _USUAL_WEEK))
        for day in (begin + timedelta(days=n) for n in range((date_ - begin).days + 1)):
            done = sum(session.load for session in self.recorded(day))
            acute = load.acute + _ACUTE_SHARE * (7 * done - load.acute)
            load = Load(acute, load.chronic + _CHRONIC_SHARE * (acute - load.chronic))
            if day < self._account.today:
                self._settled[day] = load
        return load

    def focus(self, date_: date) -> tuple[float, float, float]:
        """The load of the four weeks up to a day: easy, hard, and in sprints."""
        low = high = sprints = 0.0
        for back in range(28):
            for session in self.recorded(date_ - timedelta(days=back)):
                sprint = _SPRINTS * session.load if session.intervals else 0.0
                sprints += sprint
                if session.average_hr < _EASY_HR:
                    low += session.load - sprint
                else:
                    high += session.load - sprint
        return round(low, 4), round(high, 4), round(sprints, 4)

    def rest_min(self, instant: datetime) -> int:
        """Minutes of recovery still needed at an instant, after the sessions that ended before it."""
        left, since = 0.0, instant - timedelta(days=5)
        day = self._account.athlete.whereabouts.day_of(instant)
        sessions = (session for back in range(5, -1, -1) for session in self.recorded(day - timedelta(days=back)))
        for session in sessions:
            if since <= session.ends <= instant:
                left = max(0.0, left - (session.ends - since).total_seconds() / 60)
                left = min(MOST_REST_MIN, max(left, _REST_PER_LOAD_MIN * session.load) + 0.2 * left)
                since = session.ends
        return round(max(0.0, left - (instant - since).total_seconds() / 60))

    def readiness(self, day: Day, instant: datetime) -> int:
        """From 1 to 100: sleep, rest still needed, variability, and how this week's load is to the usual one."""
        sleep = day.night.score if day.night else 50
        rest = 100 - self.rest_min(instant) / 30
        variability = 100 - 4 * max(0, 66 - day.hrv)
        load = 100 - 60 * max(0.0, self.load(day.date).ratio - 1.2)
        score = 0.3 * sleep + 0.35 * rest + 0.2 * variability + 0.15 * load - 25 * day.ill
        return max(1, min(100, round(score)))

    def status(self, day: Day) -> str:
        """Garmin's word for what training does: from DETRAINING, with too little of it, to STRAINED."""
        load = self.load(day.date)
        if load.ratio < 0.4:
            return "DETRAINING"
        if load.ratio < 0.8 or day.ill:
            return "RECOVERY"
        if load.ratio < 1.0:
            return "MAINTAINING"
        return "PRODUCTIVE" if load.ratio < 1.5 else "STRAINED"

    # Oxygen and what follows from it

    def oxygen(self, date_: date) -> float:
        """VO2 max on foot: the season, the load of the last weeks, and a cold."""
        ill = self._account.athlete.day(date_).ill
        return round(45.5 + 4.5 * fitness(date_) + self.load(date_).chronic / 250 - 0.8 * ill, 1)

    def age(self, day: Day) -> float:
        """How old the people are who are as fit."""
        years = (day.date - BIRTH_DATE).days / 365.25
        return years - 0.7 * (self.oxygen(day.date) - 42) + 0.1 * (day.resting_hr - 50)

    def races(self, date_: date) -> list[int]:
        """Times over 5 km, 10 km, half a marathon and a whole one; a big load holds the pace for longer."""
        five_km_s = 5_000 / (0.078 * self.oxygen(date_))
        fade = 1.085 - min(900.0, self.load(date_).chronic) / 36_000
        return [round(five_km_s * (metres / 5_000) ** fade) for metres in _RACES_M]

    def endurance(self, date_: date) -> int:
        """The endurance score."""
        return round(3_400 + 700 * fitness(date_) + 3.1 * self.load(date_).chronic)

    def hill(self, date_: date) -> tuple[int, int]:
        """The parts of the hill score: strength, from the climbs of four weeks, and endurance."""
        climbed = sum(session.climb for back in range(28) for session in self.recorded(date_ - timedelta(days=back)))
        return min(40, 4 + climbed // 220), min(60, round(self.load(date_).chronic / 28))

    def impact(self, date_: date) -> tuple[int, int, int]:
        """Tolerance, impact and metres of the week of runs up to a day."""
        weeks = [0.0, 0.0, 0.0, 0.0]
        impact = 0.0
        for back in range(28):
            for session in self.recorded(date_ - timedelta(days=back)):
                if session.sport.key in _RUNNING:
                    weeks[back // 7] += session.distance
                    impact += (back < 7) * session.distance * (1.08 + 6 * session.sport.climb)
        return round(9_000 + 1.3 * sum(weeks) / 4), round(impact), round(weeks[0])

    def thresholds(self, date_: date) -> tuple[int, float, int] | None:
        """Heart rate, speed and power by bike, on the day of a session that is hard enough to find them."""
        if not any(session.intervals for session in self.recorded(date_)) or date_.toordinal() // 7 % 2:
            return None
        oxygen = self.oxygen(date_)
        return 164 + round(4 * fitness(date_)), round(0.0715 * oxygen, 3), round(4.6 * oxygen)

    def threshold_power(self, date_: date) -> int:
        """The threshold power that the watch goes by on a day: what was last found before, else what it began with."""
        first = self._account.athlete.first_day
        for back in range(1, (date_ - first).days + 1):
            found = self.thresholds(date_ - timedelta(days=back))
            if found:
                return found[2]
        return round(4.6 * (47.5 + 4.5 * fitness(first)))

    # Used to heat and height

    def heat(self, date_: date) -> int:
        """Percent: the summer at home."""
        return max(0, min(100, round(240 * (fitness(date_) - 0.62))))

    def altitude(self, date_: date) -> int:
        """Metres: it comes up with the days at a height, and goes with the days below."""
        return self._altitudes(date_)

    def _altitude_of(self, date_: date) -> int:
        reached = 0
        for back in range(40, -1, -1):
            height = self._account.athlete.whereabouts.place(date_ - timedelta(days=back)).height
            aim = int(height) if height >= _THIN_AIR else 0
            reached += max(-60, min(250, aim - reached))
        return reached
