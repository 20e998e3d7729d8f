"""Core health: what the ledger lacks, in the cheapest requests, newest day first.

The ledger is the plan and the checkpoint in one: every answer is stored together with its entries, so that a
run that was interrupted anywhere goes on where it stopped.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from ..columns import from_ms
from ..errors import Unavailable, UnexpectedAnswer
from ..garmin.activities import SYNC_TIME, parse_sync_time
from ..garmin.client import Client
from ..garmin.endpoints import ENDPOINTS, Endpoint, endpoints_of
from ..garmin.health.summaries import day_bounds, days_with_watch
from ..jobs.queue import Transaction
from ..jobs.run import JobRun
from ..models import GarminConnectAccount
from ..store import accounts, coverage, days, health, responses
from ..store.health import FetchedDay

#: What people look at first: these days' values and samples come before anything older.
_FIRST_DAYS = 31
_FIRST_SAMPLE_DAYS = 3
#: Days before the newest sync of the watch that may still change.
_UNSETTLED_DAYS = 4
_DEEPER_LOOK = timedelta(hours=24)
_OUTAGES_IN_A_ROW = 3  # then it is the server, not the day
_PACE_AFTER = 20  # requests
_LONG_MINUTES = 2

#: Tells the bounds of days, and on which the watch was worn.
SUMMARIES = "daily_summaries"


class Fetch(NamedTuple):
    """One request: an endpoint and the days of one window that are missing."""

    endpoint: Endpoint
    days: tuple[date, ...]  # ascending

    @property
    def is_range(self) -> bool:
        """Whether one request may span many days."""
        return self.endpoint.window_days > 1

    @property
    def first(self) -> date:
        """The oldest of its days."""
        return self.days[0]

    @property
    def last(self) -> date:
        """The newest of its days."""
        return self.days[-1]


async def sync_health(run: JobRun, client: Client, *, samples: str, history_days: int, keep_raw: bool) -> None:
    """Bring the ledger up to date, from `parameters["since"]` (else `history_days` back) to today.

    `samples` is none, standard or full: which of the endpoints that take a request a day are asked. `keep_raw` says
    whether answers are kept for `reparse`.
    """
    account = await accounts.get(run.database, run.account_id)
    moment = datetime.now(UTC)
    synced_at = parse_sync_time(await client.get(SYNC_TIME))
    zone = days.zone_of(account.time_zone)
    # A watch ahead of this machine's clock decides what today is.
    today = max(moment, synced_at or moment).astimezone(zone).date()
    since = date.fromisoformat(run.parameters.get("since") or (today - timedelta(days=history_days)).isoformat())
    until = min(date.fromisoformat(run.parameters.get("until") or today.isoformat()), today)
    chosen = giving(run.parameters.get("metrics"), endpoints_of(samples))
    async with run.page() as session:
        await days.ensure(session, account.id, zone, since - timedelta(days=1), today)
        if run.parameters.get("full"):
            await coverage.make_stale(session, account.id, since, until, [endpoint.name for endpoint in chosen])
        for endpoints, first in _news(account, synced_at, moment, today):
            await coverage.make_stale(session, account.id, first, today, endpoints)
    work = _Work(run, client, account, keep_raw=keep_raw)
    await work.plan(chosen, since, until)
    month_ago, lately = (today - timedelta(days=days - 1) for days in (_FIRST_DAYS, _FIRST_SAMPLE_DAYS))
    await work.do(lambda fetch: fetch.is_range and fetch.last >= month_ago)
    await work.do(lambda fetch: not fetch.is_range and fetch.last >= lately)
    # The ranges show which days hold nothing: only the others then cost a request each.
    await work.do(lambda fetch: fetch.is_range)
    await work.do(lambda fetch: True)
    async with run.page() as session:
        facts = {"looked_deeper_at": moment} if _looks_deeper(account, moment) else {}
        if synced_at and not run.parameters.get("metrics"):
            facts["watch_synced_at"] = synced_at
        if facts:
            await accounts.set_facts(session, account.id, **facts)
    run.progress(1, 1, f"up to {today}")


def giving(metrics: Sequence[str] | None, among: Sequence[Endpoint] = ENDPOINTS) -> list[Endpoint]:
    """Those that some metrics come from; all of `among` where none is named."""
    if not metrics:
        return list(among)
    wanted = set(metrics)
    return [endpoint for endpoint in ENDPOINTS if wanted & set(endpoint.metrics)]


def _looks_deeper(account: GarminConnectAccount, moment: datetime) -> bool:
    return account.looked_deeper_at is None or moment - account.looked_deeper_at >= _DEEPER_LOOK


def _news(
    account: GarminConnectAccount, synced_at: datetime | None, moment: datetime, today: date
) -> Iterable[tuple[list[str], date]]:
    """Which endpoints may have changed since when: after a sync of the watch, or once a day without one."""
    unsettled = today - timedelta(days=_UNSETTLED_DAYS - 1)
    if synced_at is None or account.watch_synced_at is None or synced_at > account.watch_synced_at:
        before = account.watch_synced_at or moment
        yield [endpoint.name for endpoint in ENDPOINTS], min(unsettled, before.date() - timedelta(days=1))
    elif _looks_deeper(account, moment):
        by_hand = [endpoint for endpoint in ENDPOINTS if not endpoint.from_watch and endpoint.name != SUMMARIES]
        yield (
            [endpoint.name for endpoint in by_hand],
            today - timedelta(days=min(endpoint.window_days for endpoint in by_hand) - 1),
        )


class _Work:
    """The requests of one run, each stored before the next is sent."""

    def __init__(self, run: JobRun, client: Client, account: GarminConnectAccount, *, keep_raw: bool) -> None:
        self.run = run
        self.client = client
        self.account = account
        self.keep_raw = keep_raw
        self._outages = 0
        self._left: list[Fetch] = []
        self._planned = 0
        self._asked = 0
        self._started_at = time.monotonic()

    async def plan(self, endpoints: Iterable[Endpoint], since: date, until: date) -> None:
        """Find out what the ledger lacks, in as few windows as the endpoints allow, newest first."""
        plan: list[Fetch] = []
        for endpoint in endpoints:
            settled = await self._settled(endpoint.name, since, until)
            wanted = [
                day
                for day in (until - timedelta(days=n) for n in range((until - since).days + 1))
                if day not in settled
            ]
            plan.extend(windows(endpoint, wanted))
        # In the order of the endpoints where days are equal: the summaries come first and show when nobody wore it.
        self._left = sorted(plan, key=lambda fetch: fetch.last, reverse=True)
        self._planned = len(plan)

    async def do(self, wanted: Callable[[Fetch], bool]) -> None:
        """Send those requests and store their answers; a failed one goes into the ledger and the rest goes on."""
        await self._forget_settled()
        chosen = [fetch for fetch in self._left if wanted(fetch)]
        self._left = [fetch for fetch in self._left if not wanted(fetch)]
        for place, fetch in enumerate(chosen):
            if fetch.is_range and await self._is_settled(fetch):
                continue
            await self.run.breathe(self.client.requests)
            left = len(self._left) + len(chosen) - place
            self.run.progress(self._planned - left, max(self._planned, 1), self._note(fetch, left))
            self._asked += 1
            try:
                body = await self.client.fetch(fetch.endpoint, fetch.first, fetch.last)
                found = fetch.endpoint.parse(body, fetch.first, fetch.last)
                self._outages = 0
            except (UnexpectedAnswer, Unavailable) as problem:
                await self._fail(fetch, problem)
            else:
                await self._store(fetch, body, found)

    def _note(self, fetch: Fetch, left: int) -> str:
        """Where it is, and about how long it takes yet once that can be told and is long."""
        note = f"{fetch.last} {fetch.endpoint.name}"
        if self._asked < _PACE_AFTER:
            return note
        minutes = (time.monotonic() - self._started_at) / self._asked * left / 60
        if minutes < _LONG_MINUTES:
            return note
        return f"{note}, about {minutes / 60:.0f} h left" if minutes >= 90 else f"{note}, about {minutes:.0f} min left"

    async def _forget_settled(self) -> None:
        """Drop what answers that came after the plan was made have shown to be empty."""
        left: list[Fetch] = []
        for name in dict.fromkeys(fetch.endpoint.name for fetch in self._left):
            own = [fetch for fetch in self._left if fetch.endpoint.name == name]
            settled = await self._settled(name, own[-1].first, own[0].last)
            left += [fetch for fetch in own if not settled.issuperset(fetch.days)]
        left.sort(key=lambda fetch: fetch.last, reverse=True)
        self._planned -= len(self._left) - len(left)
        self._left = left

    async def _is_settled(self, fetch: Fetch) -> bool:
        return (await self._settled(fetch.endpoint.name, fetch.first, fetch.last)).issuperset(fetch.days)

    async def _settled(self, endpoint: str, first: date, last: date) -> set[date]:
        async with self.run.database.read() as session:
            return await coverage.settled(session, self.account.id, endpoint, first, last, self.run.asked_at)

    async def _store(self, fetch: Fetch, body: Any, found: dict[date, Any]) -> None:
        endpoint = fetch.endpoint
        # The answer tells of its whole window, also of days between those that were missing.
        span = [fetch.first + timedelta(days=n) for n in range((fetch.last - fetch.first).days + 1)]
        fetched = [FetchedDay(day, found.get(day, [])) for day in span]
        async with self.run.page() as session:
            await save_answer(session, self.account.id, endpoint, body, fetched, keep_raw=self.keep_raw)
            self.run.checkpoint["done"] = int(self.run.checkpoint.get("done", 0)) + 1

    async def _fail(self, fetch: Fetch, problem: UnexpectedAnswer | Unavailable) -> None:
        if isinstance(problem, Unavailable):
            self._outages += 1
            if self._outages >= _OUTAGES_IN_A_ROW:
                raise problem
        span = f"{fetch.first}" if fetch.first == fetch.last else f"{fetch.first} to {fetch.last}"
        self.run.failed_item(f"{fetch.endpoint.name} {span}", problem.message)
        async with self.run.page() as session:
            for day in fetch.days:
                await coverage.fail(session, self.account.id, fetch.endpoint.name, day, problem.message)


async def save_answer(
    session: Transaction,
    account_id: UUID,
    endpoint: Endpoint,
    body: Any,
    fetched: Sequence[FetchedDay],
    *,
    keep_raw: bool,
) -> None:
    """Write all that an answer tells of its days, which follow each other, and the answer where it is kept."""
    span = [each.day for each in fetched]
    if endpoint.name == SUMMARIES:
        await save_bounds(session, account_id, body, span)
        worn = days_with_watch(body)
        idle = [day for day in span if day not in worn]
        for each in ENDPOINTS:
            if each.from_watch:
                # Only what was never fetched: a day that once had values is asked for again.
                await coverage.prove_empty(session, account_id, each.name, idle)
    await health.replace_days(session, account_id, endpoint.name, endpoint.metrics, fetched)
    if keep_raw:
        await responses.keep(session, account_id, endpoint.name, span[0], span[-1], body)
    else:
        await responses.outdate(session, account_id, endpoint.name, span[0], span[-1])


async def save_bounds(session: Transaction, account_id: UUID, body: Any, wanted: Sequence[date]) -> None:
    """Take the bounds of some days from daily summaries; the rollups of days that moved follow."""
    bounds = [
        days.Bounds(each.day, from_ms(each.starts_ms), from_ms(each.ends_ms), each.utc_offset_s)
        for each in day_bounds(body)
        if each.day in wanted
    ]
    await health.roll_up_moved(session, account_id, await days.save(session, account_id, bounds))


def windows(endpoint: Endpoint, wanted: Sequence[date]) -> list[Fetch]:
    """Days (newest first) in as few windows of the endpoint's width as they need."""
    plan: list[Fetch] = []
    batch: list[date] = []
    for day in wanted:
        if batch and (batch[0] - day).days >= endpoint.window_days:
            plan.append(Fetch(endpoint, tuple(reversed(batch))))
            batch = []
        batch.append(day)
    if batch:
        plan.append(Fetch(endpoint, tuple(reversed(batch))))
    return plan
