"""What Garmin holds at the simulator's present moment: the athlete's days up to the last sync, and changes.

The watch syncs at noon: until the clock moves on, today's second half is still on the wrist.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from ..errors import UsageProblem
from .athlete import Athlete, Day, Pressure, WeighIn
from .folder import Folder
from .samples import Samples, measure
from .training import Session, day_of_activity
from .whereabouts import Whereabouts

LONGEST_HISTORY_DAYS = 3650


class Account:
    """The athlete's account: a clock, what was synced, what was renamed, deleted or typed in by hand."""

    def __init__(
        self,
        seed: int,
        days: int,
        now: datetime,
        folder: Folder | None = None,
        archived_after_days: int = LONGEST_HISTORY_DAYS,
    ) -> None:
        if not 1 <= days <= LONGEST_HISTORY_DAYS:
            raise UsageProblem(
                f"The simulator keeps 1 to {LONGEST_HISTORY_DAYS:,} days, not {days:,}.",
                hint="Give another number of days.",
            )
        if now.tzinfo is None:
            raise UsageProblem("The simulator's time needs a time zone.", hint="Give the time in UTC.")
        self.now = now.astimezone(UTC)
        # Blocks are anchored to a date, the date to the place, and on every anchor's date that is home.
        anchor = Whereabouts(seed, self.now.date()).day_of(self.now)
        self.athlete = Athlete(seed, anchor, days)
        self.synced_until = self._sync_due()
        self._folder = folder
        self._archived_after = timedelta(days=archived_after_days)
        self._brought_back: set[date] = set()
        self._samples: dict[date, Samples] = {}
        self._names: dict[int, str] = {}
        self._updated: dict[int, datetime] = {}
        self._deleted: set[int] = set()
        self._typed: list[WeighIn] = []
        self._pressures: list[Pressure] = []
        self._drunk: dict[date, float] = {}
        #: the list of activities, until something changes
        self._listed: list[Session] | None = None

    @property
    def today(self) -> date:
        """The athlete's local date."""
        return self.athlete.whereabouts.day_of(self.now)

    def _sync_due(self) -> datetime:
        today = self.today
        noon = datetime.combine(today, time(12), self.athlete.whereabouts.place(today).tz).astimezone(UTC)
        return min(noon, self.now).replace(second=0, microsecond=0)

    # What the watch gave

    def day(self, day: date) -> Day | None:
        """The day if there is anything of it: not before the history, not after the last sync."""
        if day < self.athlete.first_day or day > self.today:
            return None
        found = self.athlete.day(day)
        if found.night and found.night.ends > self.synced_until:
            found = replace(found, night=None)
        return found if found.starts <= self.synced_until else None

    def worn(self, day: date) -> Day | None:
        """The day if the watch was worn and has synced any of it."""
        found = self.day(day)
        return found if found and found.worn and found.starts < self.synced_until else None

    def samples(self, day: Day) -> Samples:
        """The whole day's samples; see `measured_s` for how much of it has been synced."""
        found = self._samples.get(day.date)
        if found is None:
            found = self._samples[day.date] = measure(self.athlete, day)
        return found

    def measured_s(self, day: Day) -> int:
        """Seconds of the day that have been synced."""
        return int((min(day.ends, self.synced_until) - day.starts).total_seconds())

    def is_archived(self, day: date) -> bool:
        """Whether the readings of a day lie in the archive, where requests for them do not look."""
        return self.today - day > self._archived_after and day not in self._brought_back

    def bring_back(self, day: date) -> None:
        """Take a day out of the archive."""
        self._brought_back.add(day)

    # Activities

    def sessions(self) -> Sequence[Session]:
        """Every activity that exists now, newest first."""
        if self._listed is None:
            kept = (self._renamed(session) for session in self._known() if self._exists(session))
            self._listed = list(kept)
        return self._listed

    def _known(self) -> Iterable[Session]:
        if self._folder:
            return self._folder.sessions
        today = self.today
        days = (today - timedelta(days=back) for back in range((today - self.athlete.first_day).days + 1))
        return (session for day in days for session in reversed(self.athlete.sessions(day)))

    def session(self, activity_id: int) -> Session | None:
        """One activity, if it exists now."""
        if self._folder:
            return next((session for session in self.sessions() if session.activity_id == activity_id), None)
        day = day_of_activity(activity_id)
        if day is None or not self.athlete.first_day <= day <= self.today:
            return None
        found = (session for session in self.athlete.sessions(day) if session.activity_id == activity_id)
        return next((self._renamed(session) for session in found if self._exists(session)), None)

    def _exists(self, session: Session) -> bool:
        known = self.now if session.is_manual else self.synced_until
        is_there = session.file is not None or session.ends <= known
        return is_there and session.activity_id not in self._deleted

    def _renamed(self, session: Session) -> Session:
        name = self._names.get(session.activity_id)
        return replace(session, name=name) if name else session

    def recorded(self, day: Day) -> list[Session]:
        """What the watch recorded on a day and has synced."""
        return [s for s in day.sessions if not s.is_manual and s.ends <= self.synced_until]

    def uploaded(self, session: Session) -> datetime:
        """When it came to Garmin (UTC)."""
        return session.ends + timedelta(minutes=2, seconds=11)

    def updated(self, session: Session) -> datetime:
        """When it was last changed at Garmin (UTC)."""
        return self._updated.get(session.activity_id, self.uploaded(session) + timedelta(seconds=1))

    # Weight

    def weigh_ins(self, day: date) -> list[WeighIn]:
        """The day's weigh-ins, newest first."""
        found = [*self.athlete.weigh_ins(day), *(entry for entry in self._typed if _local_date(entry) == day)]
        return sorted((entry for entry in found if entry.at <= self.now), key=lambda entry: entry.at, reverse=True)

    def type_in_weight(self, grams: float, at: datetime) -> WeighIn:
        """A weigh-in entered without a watch: the last sync stays where it is."""
        sample = 1_800_000_000_000 + len(self._typed)
        entry = WeighIn(sample, at, self.athlete.whereabouts.offset_s(at), grams, None, by_hand=True)
        self._typed.append(entry)
        return entry

    # Blood pressure and drinks

    def pressures(self, day: date) -> list[Pressure]:
        """The day's blood pressures, newest first."""
        found = [*self.athlete.pressures(day), *(entry for entry in self._pressures if _local_date(entry) == day)]
        return sorted((entry for entry in found if entry.at <= self.now), key=lambda entry: entry.at, reverse=True)

    def type_in_pressure(self, systolic: int, diastolic: int, pulse: int, at: datetime) -> Pressure:
        """A blood pressure entered without a watch."""
        sample = 1_810_000_000_000 + len(self._pressures)
        entry = Pressure(
            sample, at, self.athlete.whereabouts.offset_s(at), systolic, diastolic, pulse, by_hand=True
        )  # fmt: skip
        self._pressures.append(entry)
        return entry

    def drunk(self, day: date) -> float | None:
        """Millilitres entered as drunk: all of a day that is over, and what was typed in."""
        usual = None
        if self.day(day) and day != self.today:
            usual = 250.0 * self.athlete.dice(day, "water").randrange(5, 13)
        typed = self._drunk.get(day)
        return usual if typed is None else (usual or 0.0) + typed

    def type_in_drink(self, millilitres: float, day: date) -> None:
        """A drink entered without a watch."""
        self._drunk[day] = self._drunk.get(day, 0.0) + millilitres

    # Time

    def advance(self, days: int) -> dict[str, Any]:
        """Let days pass, then rename an activity, delete one and make entries by hand.

        With 0 days only those entries are made and the watch does not sync. Returns what happened.
        """
        if not 0 <= days <= LONGEST_HISTORY_DAYS:
            raise UsageProblem(f"Time goes on by 0 to {LONGEST_HISTORY_DAYS:,} days.", hint="Give fewer days.")
        before = {session.activity_id for session in self.sessions()}
        if days:
            self.now += timedelta(days=days)
            self.synced_until = self._sync_due()
        self._listed = None
        sessions = self.sessions()
        dice = self.athlete.dice(self.today, f"changes {len(self._typed)}")
        renamed = deleted = None
        old = [session for session in sessions if session.activity_id in before]
        if len(old) > 1:
            deleted_one = dice.choice(old[1:])
            renamed_one = dice.choice([session for session in old if session is not deleted_one])
            deleted, renamed = deleted_one.activity_id, renamed_one.activity_id
            self._deleted.add(deleted)
            self._names[renamed] = f"{renamed_one.name}, renamed {len(self._updated) + 1}"
            self._updated[renamed] = self.now
            self._listed = None
        weight = self.type_in_weight(73_000.0 + 100 * dice.randrange(20), self.now - timedelta(minutes=5))
        pressure = self.type_in_pressure(
            112 + dice.randrange(14), 68 + dice.randrange(12), 55 + dice.randrange(15), self.now - timedelta(minutes=4)
        )
        drink = 250.0 * dice.randrange(1, 4)
        self.type_in_drink(drink, self.today)
        return {
            "now": self.now.isoformat(),
            "synced_until": self.synced_until.isoformat(),
            "added": [session.activity_id for session in sessions if session.activity_id not in before],
            "renamed": renamed,
            "name": self._names.get(renamed) if renamed else None,
            "deleted": deleted,
            "weighed": {"date": _local_date(weight).isoformat(), "grams": weight.grams},
            "pressure": {
                "date": _local_date(pressure).isoformat(),
                "systolic": pressure.systolic,
                "diastolic": pressure.diastolic,
                "pulse": pressure.pulse,
            },
            "drunk": {"date": self.today.isoformat(), "millilitres": drink},
        }


def _local_date(entry: WeighIn | Pressure) -> date:
    return (entry.at + timedelta(seconds=entry.offset_s)).date()
