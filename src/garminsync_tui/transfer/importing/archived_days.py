"""What files of an archive told of days, together, until it is stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from ...garmin.endpoints import ENDPOINTS, Tier
from ...garmin.health.summaries import days_with_watch
from ...jobs.queue import Transaction
from ...metrics import Reading
from ...store import coverage, days
from ...store.filling import ToldDay
from ...store.health import ARCHIVE
from ...sync.health import save_bounds
from ..archive.answers import Row
from ..archive.days import as_answers
from ..archive.families import SUMMARIES, Family
from ..gives import ARCHIVE_GIVES

#: An archive is made in the middle of a day, and the days before it may still change: a sync asks for them.
_UNSETTLED = timedelta(days=4)
#: What lies further ahead of this machine's clock is wrong.
_MOST_AHEAD = timedelta(days=366)


class ArchivedDays:
    """Readings by endpoint and day; of a value that several files have, the last one's counts."""

    def __init__(self, today: date) -> None:
        self._today = today
        self._told: dict[tuple[str, date], dict[tuple[str, int], Reading]] = defaultdict(dict)
        #: The days of the aggregator in the shape of Garmin's answers.
        self._answers: dict[date, Row] = {}
        #: By the fingerprint of a file, the endpoints and days it told of.
        self.told_of: dict[bytes, set[tuple[str, date]]] = defaultdict(set)
        #: By the fingerprint of a file, what was in it and could not be taken.
        self.left_out: dict[bytes, list[str]] = defaultdict(list)

    def add(self, family: Family, fingerprint: bytes, rows: Sequence[Any]) -> None:
        """Take what is in some rows. Raises UnexpectedAnswer for rows of another shape."""
        for endpoint, by_day in family.read(rows).items():
            self.left_out[fingerprint] += [f"{what} on {day}" for day, what in sorted(by_day.left_out.items())]
            for day, readings in by_day.items():
                if day > self._today + _MOST_AHEAD:
                    self.left_out[fingerprint].append(f"{endpoint} on {day}, which is to come")
                    continue
                self.told_of[fingerprint].add((endpoint, day))
                self._told[endpoint, day].update({(each.metric, each.at_ms): each for each in readings})
        if family == SUMMARIES:
            answers = {date.fromisoformat(row["calendarDate"]): row for row in as_answers(rows)}
            answers = {day: row for day, row in answers.items() if day <= self._today + _MOST_AHEAD}
            self._answers |= answers

    def days(self) -> list[date]:
        """All of them, newest first: what people look at is there first."""
        return sorted({day for _, day in self._told} | self._answers.keys(), reverse=True)

    def told(self, some: Collection[date]) -> dict[str, list[ToldDay]]:
        """What is to be stored of some days, by endpoint."""
        settled = self._settled(self.days())
        found: dict[str, list[ToldDay]] = defaultdict(list)
        for (endpoint, day), readings in self._told.items():
            if day in some:
                needed = ARCHIVE_GIVES.get(endpoint)
                is_whole = needed is not None and needed <= {metric for metric, _ in readings} and day <= settled
                found[endpoint].append(ToldDay(day, list(readings.values()), is_whole))
        return found

    async def save_bounds(self, session: Transaction, account_id: UUID, some: Collection[date]) -> None:
        """Take over when days began and ended, and that there is nothing to fetch of those without a watch."""
        answers = [self._answers[day] for day in some if day in self._answers]
        known = {each.day for each in await days.told(session, account_id, min(some), max(some))}
        await save_bounds(session, account_id, answers, [day for day in some if day not in known])
        settled = self._settled(self._answers)
        worn = days_with_watch(answers)
        idle = [day for day in some if day in self._answers and day not in worn and day <= settled]
        measured = [each.name for each in ENDPOINTS if each.from_watch and each.tier is not Tier.EXTRA]
        await coverage.prove_empty(session, account_id, measured, idle, ARCHIVE)

    def _settled(self, known: Iterable[date]) -> date:
        """The last day that the archive can have known to its end."""
        return min(max(known, default=self._today), self._today) - _UNSETTLED
