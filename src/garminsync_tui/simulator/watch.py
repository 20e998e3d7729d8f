"""The files that the athlete's watch wrote: each day's values are those that the account's answers have."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time
from heapq import merge
from itertools import count, pairwise
from typing import NamedTuple

from ..formats.fit_encoding import FIT_EPOCH_S
from . import wellness_fit as fit
from .account import Account
from .activities import Activities
from .athlete import AWAKE, DEEP, LIGHT, REM, Day, Night
from .form import Form
from .health import Health
from .moments import days_between
from .nights import Nights
from .samples import HEART_RATE_S, QUARTER_S, STRESS_S, steps_within
from .summaries import Summaries
from .totals import METRES_A_STEP

_STAGES = {DEEP: fit.DEEP, LIGHT: fit.LIGHT, REM: fit.REM, AWAKE: fit.AWAKE}
_STATUS_WORDS = ("NONE", "POOR", "LOW", "UNBALANCED", "BALANCED")
_RUNNING = 1


class WatchFile(NamedTuple):
    """A file, the kind of folder that a watch keeps it in, and when it was begun (UTC)."""

    folder: str
    created: datetime
    content: bytes


class Watch:
    """The athlete's watch: what it recorded up to the last sync, whether or not its days lie in Garmin's archive."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._form = Form(account)
        self._activities = Activities(account, self._form)
        self._summaries = Summaries(account)
        self._health = Health(account, self._summaries)
        self._nights = Nights(account, self._summaries)

    @property
    def serial(self) -> int:
        """The number that is in every one of its files."""
        return self._account.athlete.device_id

    def files(self) -> Iterator[WatchFile]:
        """All of them, in the order in which they were begun."""
        return merge(self._recorded(), self.wellness(), key=lambda file: file.created)

    def _recorded(self) -> Iterator[WatchFile]:
        for session in reversed(self._account.sessions()):
            content = self._activities.file(session) if session.origin == "fit" else None
            if content is not None:
                yield WatchFile("ACTIVITY", session.starts, content)

    def wellness(self) -> Iterator[WatchFile]:
        """Those between activities: of each day with the watch the night, the hours until noon, those after it."""
        for date in days_between(self._account.athlete.first_day, self._account.today):
            if day := self._account.worn(date):
                yield from sorted((*self._after_night(day), *self._monitored(day)), key=lambda file: file.created)

    # Nights

    def _after_night(self, day: Day) -> Iterator[WatchFile]:
        if day.night is None:
            return
        ends = fit.seconds(day.night.ends)
        yield WatchFile("SLEEP", day.night.ends, self._slept(day, day.night))
        readings = self._nights.variability(day, day.night)
        summary = self._nights.summary(day, day.night)
        limits = summary["baseline"]
        values = (
            *(summary[name] for name in ("weeklyAvg", "lastNightAvg", "lastNight5MinHigh")),
            *(limits[name] for name in ("lowUpper", "balancedLow", "balancedUpper")),
        )
        packed = fit.variability(
            self.serial,
            [(fit.seconds(at), value) for at, value in readings],
            ends,
            values,
            _STATUS_WORDS.index(summary["status"]),
        )
        yield WatchFile("HRVSTATUS", day.night.ends, packed)
        uptake = fit.metrics(self.serial, ends, self._form.oxygen(day.date), _RUNNING)
        yield WatchFile("METRICS", day.night.ends, uptake)

    def _slept(self, day: Day, night: Night) -> bytes:
        return fit.sleep(
            self.serial,
            [(fit.seconds(starts), _STAGES[stage]) for starts, _, stage in night.levels()],
            fit.seconds(night.ends),
            self._account.athlete.whereabouts.offset_s(night.ends),
            scores(day, night),
            self._nights.skin(day),
        )

    # Days

    def _monitored(self, day: Day) -> Iterator[WatchFile]:
        """The watch begins a file at midnight and at the sync at noon."""
        noon = datetime.combine(day.date, time(12), self._account.athlete.whereabouts.place(day.date).tz)
        end = min(day.ends, self._account.synced_until)
        edges = sorted({day.starts, min(noon, end), end})
        entries, steps = self._entries(day), self._steps(day)
        for starts, ends in pairwise(edges):
            first, last = fit.seconds(starts), fit.seconds(ends)
            walked = sum(walk for walk, _ in steps[: (first - fit.seconds(day.starts)) // QUARTER_S])
            # What counts a quarter of an hour is written at its end, a reading when it was taken.
            within = [entry for entry, at in entries if first <= at < last]
            within.insert(0, fit.counter(first, fit.WALKING, walked, METRES_A_STEP * walked))
            offset_s = self._account.athlete.whereabouts.offset_s(starts)
            yield WatchFile("MONITOR", starts, fit.monitoring(self.serial, first, offset_s, within))

    def _steps(self, day: Day) -> list[tuple[int, int]]:
        """Steps walked and steps run in each quarter of an hour."""
        runs = [
            (int((session.starts - day.starts).total_seconds()), session)
            for session in day.sessions
            if session.origin == "fit" and "running" in session.sport.key
        ]
        ran = (sum(steps_within(session, at, quarter) for at, session in runs) for quarter in count())
        return [(steps - run, run) for steps, run in zip(self._account.samples(day).steps, ran, strict=False)]

    def _entries(self, day: Day) -> list[tuple[fit.Entry, int]]:
        """What was written down, each with the instant from which on it tells."""
        begins, seconds = fit.seconds(day.starts), self._account.measured_s(day)
        samples = self._account.samples(day)
        read: list[fit.Entry] = [
            fit.heart_rate(begins + HEART_RATE_S * cell, bpm)
            for cell, bpm in enumerate(samples.heart_rate[: seconds // HEART_RATE_S])
            if bpm
        ]
        cells = seconds // STRESS_S
        read += [
            fit.stress(begins + STRESS_S * cell, level, battery)
            for cell, (level, battery) in enumerate(zip(samples.stress[:cells], samples.battery[:cells], strict=True))
        ]
        breaths = self._health.breaths(day, seconds // HEART_RATE_S)
        read += [fit.respiration(begins + HEART_RATE_S * cell, rate) for cell, rate in enumerate(breaths)]
        read += [
            fit.oxygen(at_ms // 1000 - FIT_EPOCH_S, percent)
            for at_ms, percent in self._health.oxygen(day.date)["spO2HourlyAverages"] or ()
        ]
        last = begins + seconds - 1
        average = self._summaries.resting_average(day.date)
        read.append(fit.resting(last, day.resting_hr if average is None else average, day.resting_hr))
        counted = [(entry, entry[0] - QUARTER_S) for entry in self._counters(day, seconds // QUARTER_S)]
        return [*((entry, entry[0]) for entry in read), *counted]

    def _counters(self, day: Day, quarters: int) -> Iterator[fit.Entry]:
        """Steps, climbs and minutes of effort, at the end of each quarter of an hour that has some."""
        samples, begins = self._account.samples(day), fit.seconds(day.starts)
        efforts = self._health.efforts(day, quarters) if quarters else {}
        walked = ran = 0
        up = down = 0.0
        for quarter, (walk, run) in enumerate(self._steps(day)[:quarters]):
            at = begins + (quarter + 1) * QUARTER_S
            walked, ran = walked + walk, ran + run
            if walk:
                yield fit.counter(at, fit.WALKING, walked, METRES_A_STEP * walked)
            if run:
                yield fit.counter(at, fit.RUNNING, ran, METRES_A_STEP * ran)
            risen, fallen = samples.ascent[quarter], samples.descent[quarter]
            up, down = up + risen, down + fallen
            if risen or fallen:
                yield fit.climb(at, risen, fallen, up, down)
            if quarter in efforts:
                yield fit.minutes(at, *efforts[quarter])


def scores(day: Day, night: Night) -> fit.Scores:
    """Modelled: what the watch thinks of a night's parts, all near the score of the whole."""
    deep, light, rem, awake = (seconds / max(1, night.asleep_s) for seconds in night.seconds)
    times = sum(stage == AWAKE for _, stage in night.stages)

    def near(target: float, share: float) -> int:
        return max(0, min(100, round(100 - 250 * abs(share - target))))

    return fit.Scores(
        overall=night.score,
        quality=max(0, night.score - 3),
        duration=max(0, min(100, round(night.asleep_s / 288))),
        recovery=min(100, night.score + 2),
        deep=near(0.2, deep),
        light=near(0.5, light),
        rem=near(0.25, rem),
        awake_time=near(0.0, awake),
        awakenings=max(0, 100 - 12 * times),
        restlessness=max(0, 95 - 6 * times),
        interruptions=max(0, 100 - 9 * times),
        times_awake=times,
        # As the night's answer has it.
        stress=34.0 if day.ill else 14.0,
    )
