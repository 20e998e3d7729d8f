"""Core health: what the ledger lacks, in the cheapest requests, newest day first.

The ledger is the plan and the checkpoint in one: every answer is stored together with its entries, so that a
run that was interrupted anywhere goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from ..columns import from_ms
from ..dates import months_before
from ..errors import GarminSyncError, NotAtGarmin, OtherSignInNeeded, Unavailable, UnexpectedAnswer
from ..garmin.activities import SYNC_TIME, parse_sync_time
from ..garmin.client import Client
from ..garmin.endpoints import ENDPOINTS, SUMMARIES, Endpoint, Tier, bring_back_path, endpoints_of
from ..garmin.health.summaries import day_bounds, days_with_watch
from ..garmin.personal_key import DAY
from ..garmin.providers import Capability, lacks
from ..garmin.shapes import Readings, unreadable
from ..jobs.queue import Transaction
from ..jobs.run import JobRun
from ..models import GarminConnectAccount
from ..store import accounts, coverage, days, health, responses
from ..store.coverage import PARTLY
from ..store.health import FetchedDay
from .outlook import Outlook

#: What people look at first: these days' values and samples come before anything older.
_FIRST_DAYS = 31
_FIRST_SAMPLE_DAYS = 3
#: Days before the newest sync of the watch that may still change.
_UNSETTLED_DAYS = 4
#: What only a watch that is worn measures, for people; days that are further back are not told of.
_WORN = {"heart_rate": "heart rate", "hrv_summaries": "HRV", "sleep": "sleep"}
_GAPS_NOTED_DAYS = 8
#: A watch further ahead of this machine's clock is wrong: its years must not be asked for, nor end all news.
_MOST_AHEAD = timedelta(days=366)
_DEEPER_LOOK = timedelta(hours=24)
_OUTAGES_IN_A_ROW = 3  # then it is the server, not the day

#: The ledger's word for readings that Garmin has put away.
ARCHIVED = "Garmin keeps this day in its archive and was asked to bring it back."
NOT_ASKED_BACK = "Garmin keeps this day in its archive; only another sign-in can ask to bring it back."
KEPT_BACK = "Garmin keeps this day in its archive and did not bring it back yet."
#: How often it is asked before that is a failure.
_MOST_ASKED = 3


class Fetch(NamedTuple):
    """One request: an endpoint and the days of one window that are missing."""

    endpoint: Endpoint
    days: tuple[date, ...]  # ascending

    @property
    def is_range(self) -> bool:
        """Whether one request may span many days."""
        return self.endpoint.window_days > 1

    @property
    def is_for_all(self) -> bool:
        """Whether it is no extra that somebody chose by name."""
        return self.endpoint.tier is not Tier.EXTRA

    @property
    def first(self) -> date:
        """The oldest of its days."""
        return self.days[0]

    @property
    def last(self) -> date:
        """The newest of its days."""
        return self.days[-1]


async def sync_health(
    run: JobRun,
    client: Client,
    *,
    samples: str,
    extras: Collection[str],
    since: date | None,
    keep_raw: bool,
    per_request_s: float,
) -> None:
    """Bring the ledger up to date, from `parameters["since"]` (else `since`, else a year back) to today.

    `samples` is none, standard or full: which of the endpoints that take a request a day are asked. `extras` are the
    metrics that are asked for only by name. `keep_raw` says whether answers are kept for `reparse`, `per_request_s`
    how long the budget makes a request last at best.
    """
    account = await accounts.get(run.database, run.account_id)
    moment = datetime.now(UTC)
    zone = days.zone_of(account.time_zone)
    synced_at = await _watch_synced_at(client, moment.astimezone(zone).date())
    if synced_at and synced_at - moment > _MOST_AHEAD:
        synced_at = None
    # A watch ahead of this machine's clock decides what today is.
    today = max(moment, synced_at or moment).astimezone(zone).date()
    asked = run.parameters.get("since")
    since = date.fromisoformat(asked) if asked else since or months_before(today, 12)
    until = min(date.fromisoformat(run.parameters.get("until") or today.isoformat()), today)
    metrics = run.parameters.get("metrics")
    has = client.provider.endpoints
    chosen = [has[each.name] for each in giving(metrics, endpoints_of(samples, extras)) if each.name in has]
    if metrics and not any(metric in each.metrics for each in chosen for metric in metrics):
        raise OtherSignInNeeded(", ".join(metrics))
    async with run.page() as session:
        await days.ensure(session, account.id, zone, since - timedelta(days=1), today)
        # Once in a job: what was fetched since then is not asked for again when the job goes on.
        if run.parameters.get("full") and "looked_at" not in run.checkpoint:
            await coverage.make_stale(session, account.id, since, until, [endpoint.name for endpoint in chosen])
        if run.checkpoint.get("looked_at") != str(synced_at):
            for endpoints, first in _news(account, synced_at, moment, today):
                await coverage.make_stale(session, account.id, first, today, endpoints)
        run.checkpoint["looked_at"] = str(synced_at)
    work = _Work(run, client, account, today, keep_raw=keep_raw, per_request_s=per_request_s)
    await work.plan(chosen, since, until)
    month_ago, lately = (today - timedelta(days=days - 1) for days in (_FIRST_DAYS, _FIRST_SAMPLE_DAYS))
    await work.do(lambda fetch: fetch.is_for_all and fetch.is_range and fetch.last >= month_ago)
    await work.do(lambda fetch: fetch.is_for_all and not fetch.is_range and fetch.last >= lately)
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


async def _watch_synced_at(client: Client, today: date) -> datetime | None:
    """When the watch last gave its measurements; None where nothing says so."""
    if client.can(Capability.SYNC_TIME):
        return parse_sync_time(await client.get(SYNC_TIME))
    # Only the summary of a day that it was synced on tells.
    for day in (today, today - timedelta(days=1)):
        summary = await client.get(DAY, {"calendarDate": day.isoformat()})
        told = summary.get("lastSyncTimestampGMT") if isinstance(summary, dict) else None
        if found := parse_sync_time(told):
            return found
    return None


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
        by_hand = [endpoint for endpoint in ENDPOINTS if endpoint.by_hand]
        ranges = [endpoint for endpoint in by_hand if endpoint.window_days > 1]
        window = min(endpoint.window_days for endpoint in ranges)
        yield [endpoint.name for endpoint in ranges], today - timedelta(days=window - 1)
        yield [endpoint.name for endpoint in by_hand if endpoint not in ranges], unsettled


class _Work:
    """The requests of one run, each stored before the next is sent."""

    def __init__(
        self,
        run: JobRun,
        client: Client,
        account: GarminConnectAccount,
        today: date,
        *,
        keep_raw: bool,
        per_request_s: float,
    ) -> None:
        self.run = run
        self.client = client
        self.account = account
        self.today = today
        self.keep_raw = keep_raw
        #: Days that Garmin was asked in this run to bring back from its archive.
        self._brought_back: set[date] = set()
        self._outages = 0
        self._left: list[Fetch] = []
        self._planned = 0
        #: What earlier slices of the job have done: this one's plan is the rest.
        self._before = run.job.progress or 0.0
        self._per_request_s = per_request_s
        self._outlook: Outlook
        self._chosen: list[Endpoint] = []

    async def plan(self, endpoints: Iterable[Endpoint], since: date, until: date) -> None:
        """Find out what the ledger lacks, in as few windows as the endpoints allow, newest first.

        Where nothing else was asked for, failed days come along wherever they lie, also of samples that are not chosen
        any more: a failure is never forgotten. Extras are asked for only where they are named.
        """
        chosen = self._chosen = list(endpoints)
        older: dict[tuple[str, str], set[date]] = {}
        if not self.run.parameters.keys() & {"since", "until", "metrics"}:
            async with self.run.database.read() as session:
                older = await coverage.due_days(session, self.account.id, until + timedelta(days=1), self.run.asked_at)
        plan: list[Fetch] = []
        settled = await self._settled([endpoint.name for endpoint in chosen], since, until)
        for endpoint in self.client.provider.endpoints.values():
            wanted: set[date] = set()
            if endpoint in chosen or endpoint.tier is not Tier.EXTRA:
                wanted |= older.get((endpoint.name, "failed"), set())
            if endpoint in chosen:
                wanted |= {since + timedelta(days=n) for n in range((until - since).days + 1)} - settled[endpoint.name]
                wanted |= older.get((endpoint.name, "stale"), set())
            plan.extend(windows(endpoint, sorted(wanted, reverse=True)))
        # In the order of the endpoints where days are equal: the summaries come first and show when nobody wore it.
        self._left = sorted(plan, key=lambda fetch: fetch.last, reverse=True)
        self._planned = len(plan)
        self._outlook = Outlook(min((fetch.first for fetch in plan), default=until), self._per_request_s)

    async def do(self, wanted: Callable[[Fetch], bool]) -> None:
        """Send those requests and store their answers; a failed one goes into the ledger and the rest goes on."""
        await self._forget_settled()
        chosen = [fetch for fetch in self._left if wanted(fetch)]
        self._left = [fetch for fetch in self._left if not wanted(fetch)]
        for place, fetch in enumerate(chosen):
            if fetch.is_range and await self._is_settled(fetch):
                continue
            await self.run.breathe(self.client.requests)
            self.run.database.require_reserve()
            left = len(self._left) + len(chosen) - place
            done = 1 - left / max(self._planned, left)
            self.run.progress(self._before + (1 - self._before) * done, 1, self._note(fetch, left))
            self._outlook.request()
            try:
                body = await self.client.fetch(fetch.endpoint, fetch.first, fetch.last)
                found = fetch.endpoint.parse(body, fetch.first, fetch.last)
                self._outages = 0
                if not found and not found.unread and await self._is_archived(fetch):
                    await self._bring_back(fetch)
                    continue
            except (UnexpectedAnswer, Unavailable) as problem:
                await self._fail(fetch, problem)
            else:
                await self._store(fetch, body, found)

    def _note(self, fetch: Fetch, left: int) -> str:
        """How far back it is: to the newest day of which something is still to be asked."""
        newest = max(each.last for each in (fetch, *self._left[:1]))
        return self._outlook.note(newest, left)

    async def _forget_settled(self) -> None:
        """Drop what answers that came after the plan was made have shown to be empty."""
        if not self._left:
            return
        names = {fetch.endpoint.name for fetch in self._left}
        first, last = min(fetch.first for fetch in self._left), max(fetch.last for fetch in self._left)
        settled = await self._settled(names, first, last)
        left = [fetch for fetch in self._left if not settled[fetch.endpoint.name].issuperset(fetch.days)]
        self._planned -= len(self._left) - len(left)
        self._left = left

    async def _is_settled(self, fetch: Fetch) -> bool:
        name = fetch.endpoint.name
        return (await self._settled([name], fetch.first, fetch.last))[name].issuperset(fetch.days)

    async def _settled(self, endpoints: Collection[str], first: date, last: date) -> dict[str, set[date]]:
        async with self.run.database.read() as session:
            return await coverage.settled(session, self.account.id, endpoints, first, last, self.run.asked_at)

    async def _store(self, fetch: Fetch, body: Any, found: Readings) -> None:
        endpoint = fetch.endpoint
        # The answer tells of its whole window, also of days between those that were missing.
        span = [fetch.first + timedelta(days=n) for n in range((fetch.last - fetch.first).days + 1)]
        async with self.run.page() as session:
            asked = {each.name for each in self._chosen}
            await save_answer(session, self.account.id, endpoint, body, found, span, asked, keep_raw=self.keep_raw)
            await self._fail_unread(session, fetch, found)
            await self._note_gaps(fetch, found)
            self.run.checkpoint["done"] = int(self.run.checkpoint.get("done", 0)) + 1

    async def _note_gaps(self, fetch: Fetch, found: Readings) -> None:
        """A day on which nobody wore the watch is no failure; of the last ones the log says so."""
        lately = self.today - timedelta(days=_GAPS_NOTED_DAYS)
        gaps = [day for day in fetch.days if lately <= day < self.today and day not in found.keys() | found.unread]
        if gaps and (what := _WORN.get(fetch.endpoint.name)):
            days = ", ".join(f"{day:%a %Y-%m-%d}" for day in gaps)
            await self.run.note("note", f"no {what} on {days}: the watch was not worn or did not measure; no error")

    async def _fail_unread(self, session: Transaction, fetch: Fetch, found: Readings) -> None:
        """Days of which something came and nothing could be taken keep what they had, and are not called empty."""
        days_of: dict[str, list[date]] = {}
        for day in fetch.days:
            if day in found.unread:
                problem = unreadable(fetch.endpoint.name, found.left_out[day])
                if await coverage.fail(session, self.account.id, fetch.endpoint.name, day, problem.message) or (
                    self.run.asked_at
                ):
                    days_of.setdefault(problem.message, []).append(day)
        for message, failed in days_of.items():
            self.run.failed_item(f"{fetch.endpoint.name} {_span(failed[0], failed[-1])}", message)

    async def _fail(self, fetch: Fetch, problem: UnexpectedAnswer | Unavailable) -> None:
        if isinstance(problem, Unavailable):
            self._outages += 1
            if self._outages >= _OUTAGES_IN_A_ROW:
                raise problem
        async with self.run.page() as session:
            name = fetch.endpoint.name
            news = [await coverage.fail(session, self.account.id, name, day, problem.message) for day in fetch.days]
        await self._tell_failure(fetch, problem, news=any(news))

    async def _tell_failure(self, fetch: Fetch, problem: GarminSyncError, *, news: bool) -> None:
        """A cause that cannot change, and what a schedule met before, is told once; the ledger knows it anyway."""
        what = f"{fetch.endpoint.name} {_span(fetch.first, fetch.last)}"
        if news or (self.run.asked_at and not isinstance(problem, NotAtGarmin)):
            self.run.failed_item(what, problem.message)
        else:
            await self.run.note("info", f"{what}, as before: {problem.message}")

    # ── Garmin's archive ─────────────────────────────────────────────────────────────────────────────

    async def _is_archived(self, fetch: Fetch) -> bool:
        """Whether the day's summary tells of readings that its answer does not hold."""
        if not fetch.endpoint.seen_in or fetch.last > self.today - timedelta(days=_UNSETTLED_DAYS):
            return False
        async with self.run.database.read() as session:
            return await health.is_positive(session, self.account.id, fetch.endpoint.seen_in, fetch.last)

    async def _bring_back(self, fetch: Fetch) -> None:
        """Ask Garmin once a run and day to bring it back, and read it with a later sync."""
        if not self.client.can(Capability.ARCHIVE):
            await self._fail(fetch, UnexpectedAnswer(NOT_ASKED_BACK))
            return
        if fetch.last not in self._brought_back:
            await self.client.post(bring_back_path(fetch.last))
            self._brought_back.add(fetch.last)
        name = fetch.endpoint.name
        async with self.run.page() as session:
            patient = await coverage.tries(session, self.account.id, name, fetch.last) < _MOST_ASKED
            if patient:
                await coverage.put_off(session, self.account.id, name, fetch.last, ARCHIVED)
            else:
                news = await coverage.fail(session, self.account.id, name, fetch.last, KEPT_BACK)
        if patient:
            await self.run.note("info", f"{name} {fetch.last}: {ARCHIVED}")
        else:
            await self._tell_failure(fetch, UnexpectedAnswer(KEPT_BACK), news=news)


def _span(first: date, last: date) -> str:
    return f"{first}" if first == last else f"{first} to {last}"


async def save_answer(
    session: Transaction,
    account_id: UUID,
    endpoint: Endpoint,
    body: Any,
    found: Readings,
    span: Sequence[date],
    asked: Collection[str] = (),
    *,
    keep_raw: bool,
) -> None:
    """Write what an answer tells of its days, all of `span`, and the answer where it is kept.

    `asked` names the endpoints that are asked at all: nothing is known, or written down, of an extra that nobody chose.
    """
    if endpoint.name == SUMMARIES:
        await save_bounds(session, account_id, body, span)
        worn = days_with_watch(body)
        idle = [day for day in span if day not in worn and day not in found.left_out]
        measured = [
            each for each in ENDPOINTS if each.from_watch and (each.tier is not Tier.EXTRA or each.name in asked)
        ]
        # Only what was never fetched: a day that once had values is asked for again.
        await coverage.prove_empty(session, account_id, [each.name for each in measured], idle)
    partly = bool(lacks(endpoint))
    await health.replace_days(
        session,
        account_id,
        endpoint.name,
        endpoint.metrics,
        [
            FetchedDay(
                day, found.get(day, []), found.left_out.get(day) or (PARTLY if partly and day in found else None)
            )
            for day in span
            if day not in found.unread
        ],
        # Somebody may have deleted one weigh-in. But a watch does not unmeasure a day, and where all is gone at once it
        # is Garmin's copy that is lost.
        keep_vanished=not endpoint.by_hand or not found,
        keep_extent=partly,
        keep_others=endpoint.is_selection,
    )
    # Where nothing could be taken, stored answers stay as what came from them does. A part of an answer is not kept:
    # read again it would pass for all of it.
    if not found.unread.issuperset(span):
        if keep_raw and not partly:
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
