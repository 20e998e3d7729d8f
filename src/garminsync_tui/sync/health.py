"""Core health: what the ledger lacks, in the cheapest requests, newest day first.

The ledger is the plan and the checkpoint in one: every answer is stored together with its entries, so that a
run that was interrupted anywhere goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from ..columns import from_ms
from ..errors import Unavailable, UnexpectedAnswer
from ..garmin.activities import SYNC_TIME, parse_sync_time
from ..garmin.client import Client
from ..garmin.endpoints import ENDPOINTS, Endpoint
from ..garmin.health.summaries import day_bounds, days_with_watch
from ..jobs.queue import Transaction
from ..jobs.run import JobRun
from ..models import GarminConnectAccount
from ..store import accounts, coverage, days, health, responses
from ..store.health import FetchedDay

#: How far back a plain sync goes; `--since` goes further.
DEFAULT_DAYS = 365
#: Days before the newest sync of the watch that may still change.
_UNSETTLED_DAYS = 4
_DEEPER_LOOK = timedelta(hours=24)
_OUTAGES_IN_A_ROW = 3  # then it is the server, not the day

#: A day that the first endpoint shows to be empty has nothing at the second either.
_PROVES_EMPTY = {"hrv_summaries": ("hrv_readings",)}
#: Tells the bounds of days, and on which the watch was worn.
SUMMARIES = "daily_summaries"


class Fetch(NamedTuple):
    """One request: an endpoint and the days of one window that are missing."""

    endpoint: Endpoint
    days: tuple[date, ...]  # ascending

    @property
    def first(self) -> date:
        """The oldest of its days."""
        return self.days[0]

    @property
    def last(self) -> date:
        """The newest of its days."""
        return self.days[-1]


async def sync_health(run: JobRun, client: Client, *, keep_raw: bool = True) -> None:
    """Bring the ledger of every endpoint up to date, from `parameters["since"]` (else a year back) to today."""
    account = await accounts.get(run.database, run.account_id)
    moment = datetime.now(UTC)
    synced_at = parse_sync_time(await client.get(SYNC_TIME))
    zone = days.zone_of(account.time_zone)
    # A watch ahead of this machine's clock decides what today is.
    today = max(moment, synced_at or moment).astimezone(zone).date()
    since = date.fromisoformat(run.parameters.get("since") or (today - timedelta(days=DEFAULT_DAYS)).isoformat())
    chosen = endpoints_of(run.parameters.get("metrics"))
    async with run.page() as session:
        await days.ensure(session, account.id, zone, since - timedelta(days=1), today)
        if run.parameters.get("full"):
            await coverage.make_stale(session, account.id, since, today)
        for endpoints, first in _news(account, synced_at, moment, today):
            await coverage.make_stale(session, account.id, first, today, endpoints)
    ranges = [endpoint for endpoint in chosen if endpoint.window_days > 1]
    single = [endpoint for endpoint in chosen if endpoint.window_days == 1]
    work = _Work(run, client, account, keep_raw=keep_raw)
    await work.do(await work.missing(ranges, since, today))
    # The ranges have shown which days hold nothing: only the others cost a request each.
    plan = await work.missing(single, since, today)
    await work.do(sorted(plan, key=lambda fetch: fetch.last, reverse=True))
    async with run.page() as session:
        facts = {"looked_deeper_at": moment} if _looks_deeper(account, moment) else {}
        if synced_at and not run.parameters.get("metrics"):
            facts["watch_synced_at"] = synced_at
        if facts:
            await accounts.set_facts(session, account.id, **facts)
    run.progress(1, 1, f"up to {today}")


def endpoints_of(metrics: Sequence[str] | None) -> list[Endpoint]:
    """Those that some metrics come from; all where none is named."""
    if not metrics:
        return list(ENDPOINTS)
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
        self._done = 0
        self._planned = 0

    async def missing(self, endpoints: Iterable[Endpoint], since: date, until: date) -> list[Fetch]:
        """What the ledger lacks, in as few windows as the endpoints allow, newest first."""
        plan: list[Fetch] = []
        async with self.run.database.read() as session:
            for endpoint in endpoints:
                settled = await coverage.settled(session, self.account.id, endpoint.name, since, until)
                wanted = [
                    day
                    for day in (until - timedelta(days=n) for n in range((until - since).days + 1))
                    if day not in settled
                ]
                plan.extend(windows(endpoint, wanted))
        self._planned = self._done + len(plan)
        return plan

    async def do(self, plan: Sequence[Fetch]) -> None:
        """Send each request and store its answer; a failed one is written into the ledger and the rest goes on."""
        for fetch in plan:
            if await self._settled_meanwhile(fetch):
                self._done += 1
                continue
            await self.run.breathe(self.client.requests)
            self.run.progress(self._done, max(self._planned, 1), f"{fetch.last} {fetch.endpoint.name}")
            try:
                body = await self.client.fetch(fetch.endpoint, fetch.first, fetch.last)
                found = fetch.endpoint.parse(body, fetch.first, fetch.last)
                self._outages = 0
            except (UnexpectedAnswer, Unavailable) as problem:
                await self._fail(fetch, problem)
            else:
                await self._store(fetch, body, found)
            self._done += 1

    async def _settled_meanwhile(self, fetch: Fetch) -> bool:
        """Whether an answer that came after the plan was made has shown all of its days to be empty."""
        if fetch.endpoint.window_days == 1 or fetch.endpoint.name == SUMMARIES:
            return False
        async with self.run.database.read() as session:
            settled = await coverage.settled(session, self.account.id, fetch.endpoint.name, fetch.first, fetch.last)
        return settled.issuperset(fetch.days)

    async def _store(self, fetch: Fetch, body: Any, found: dict[date, Any]) -> None:
        endpoint = fetch.endpoint
        # The answer tells of its whole window, also of days between those that were missing.
        span = [fetch.first + timedelta(days=n) for n in range((fetch.last - fetch.first).days + 1)]
        async with self.run.page() as session:
            if endpoint.name == SUMMARIES:
                await save_bounds(session, self.account.id, body, span)
                worn = days_with_watch(body)
                idle = [day for day in span if day not in worn]
                proven = [each.name for each in ENDPOINTS if each.from_watch]
            else:
                idle = [day for day in span if not found.get(day)]
                proven = list(_PROVES_EMPTY.get(endpoint.name, ()))
            for name in proven:
                # Only what was never fetched: a day that once had values is asked for again.
                await coverage.prove_empty(session, self.account.id, name, idle)
            await health.replace_days(
                session,
                self.account.id,
                endpoint.name,
                endpoint.metrics,
                [FetchedDay(day, found.get(day, [])) for day in span],
            )
            if self.keep_raw:
                await responses.keep(session, self.account.id, endpoint.name, fetch.first, fetch.last, body)
            else:
                await responses.outdate(session, self.account.id, endpoint.name, fetch.first, fetch.last)
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
