"""Stored answers read again with today's parsers: no request goes to Garmin.

Answers are taken in the order in which they came, each for the days of which no newer one tells, so that what comes
out is what a sync of the same answers would have written.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from ..errors import UnexpectedAnswer
from ..garmin.endpoints import BY_NAME, SUMMARIES
from ..garmin.shapes import Readings
from ..jobs.run import JobRun
from ..store import health, responses
from ..store.health import FetchedDay
from ..store.responses import Stored
from .health import giving, save_bounds

#: Answers written in one transaction.
PAGE = 16
type _Share = tuple[Stored, list[date]]


async def reparse(run: JobRun) -> None:
    """Replace the days since..until of some metrics (all where nothing is said) by what their answers say today."""
    names = [endpoint.name for endpoint in giving(run.parameters.get("metrics"))]
    since, until = _day(run, "since"), _day(run, "until")
    async with run.database.read() as session:
        found = await responses.stored(session, run.account_id, names, since, until)
    plan = shares(found, since, until)
    behind = run.checkpoint.get("behind")
    done = sum(_key(answer) <= behind for answer, _ in plan) if behind else 0
    for start in range(done, len(plan), PAGE):
        await run.breathe()
        await _page(run, plan[start : start + PAGE])
        done = min(start + PAGE, len(plan))
        run.progress(done, len(plan), f"{done} of {len(plan)} answers read")
    run.progress(1, 1, f"{len(plan)} answers read")


def shares(found: Sequence[Stored], since: date | None, until: date | None) -> list[_Share]:
    """Each answer with the days of which no newer one tells, in the order in which they came."""
    told: set[tuple[str, date]] = set()
    plan: list[_Share] = []
    for answer in sorted(found, reverse=True):
        first, last = max(answer.first, since or answer.first), min(answer.last, until or answer.last)
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        days = [day for day in days if (answer.endpoint, day) not in told]
        told.update((answer.endpoint, day) for day in days)
        if days:
            plan.append((answer, days))
    return plan[::-1]


async def _page(run: JobRun, page: Sequence[_Share]) -> None:
    read: list[tuple[_Share, Any, Readings]] = []
    async with run.database.read() as session:
        for share in page:
            answer = share[0]
            try:
                plain = await responses.read(session, run.account_id, answer)
                if plain is not None:
                    body = json.loads(plain)
                    read.append((share, body, BY_NAME[answer.endpoint].parse(body, answer.first, answer.last)))
            except (UnexpectedAnswer, ValueError) as problem:
                span = f"{answer.first}" if answer.first == answer.last else f"{answer.first} to {answer.last}"
                why = problem.message if isinstance(problem, UnexpectedAnswer) else "The stored answer is no JSON."
                run.failed_item(f"{answer.endpoint} {span}", why)
    async with run.page() as session:
        for (answer, days), body, found in read:
            if answer.endpoint == SUMMARIES:
                await save_bounds(session, run.account_id, body, days)
            fetched = [
                FetchedDay(day, found.get(day, []), found.left_out.get(day)) for day in days if day not in found.unread
            ]
            metrics = BY_NAME[answer.endpoint].metrics
            await health.replace_days(session, run.account_id, answer.endpoint, metrics, fetched, again=True)
        run.checkpoint["behind"] = _key(page[-1][0])


def _key(answer: Stored) -> list[str]:
    return [answer.fetched_at.isoformat(timespec="microseconds"), answer.endpoint, str(answer.first), str(answer.last)]


def _day(run: JobRun, name: str) -> date | None:
    text = run.parameters.get(name)
    return date.fromisoformat(text) if text else None
