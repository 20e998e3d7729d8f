"""The words that people wait with, under a clock that the test moves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from garminsync_tui.errors import Unavailable
from garminsync_tui.garmin.client import Client
from garminsync_tui.garmin.endpoints import BY_NAME
from garminsync_tui.jobs.queue import Queue
from garminsync_tui.jobs.run import Progress
from garminsync_tui.jobs.runner import Runner
from garminsync_tui.simulator import Simulator
from garminsync_tui.sync.outlook import Outlook
from garminsync_tui.sync.work import JOB_TYPE, work

from .conftest import NOW, install

DAYS = 40
GOAL = date(2019, 1, 1)
DAY = date(2024, 3, 5)
PER_HOUR = {"min": 1 / 60, "h": 1.0, "days": 24.0}


class Clock:
    """Moves when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def hours(note: str) -> float:
    """What is left by a note; nothing where it does not say."""
    told = re.search(r"about (\d+) (min|h|days) left$", note)
    return int(told[1]) * PER_HOUR[told[2]] if told else 0.0


def after(outlook: Outlook, clock: Clock, *pauses_s: float) -> None:
    for pause_s in pauses_s:
        clock.now += pause_s
        outlook.request()


def test_the_budget_tells_before_anything_is_measured() -> None:
    assert Outlook(GOAL, 1.0).note(DAY, 21_600) == "back to 2024-03-05 of 2019-01-01, about 6 h left"
    assert Outlook(GOAL, 2.0).note(DAY, 21_600) == "back to 2024-03-05 of 2019-01-01, about 12 h left"
    assert Outlook(GOAL, 0.0).note(DAY, 21_600) == "back to 2024-03-05 of 2019-01-01", "nothing limits a simulator"


def test_short_waits_and_the_oldest_day_need_fewer_words() -> None:
    outlook = Outlook(GOAL, 1.0)
    assert outlook.note(DAY, 120) == "back to 2024-03-05 of 2019-01-01, about 2 min left"
    assert outlook.note(DAY, 119) == "back to 2024-03-05 of 2019-01-01"
    assert outlook.note(GOAL, 5) == "back to 2019-01-01"
    assert outlook.note(GOAL, 0) == "back to 2019-01-01"


def test_where_nothing_limits_the_pace_is_measured() -> None:
    clock = Clock()
    outlook = Outlook(GOAL, 0.0, monotonic=clock)
    after(outlook, clock, *[0.5] * 20)
    assert hours(outlook.note(DAY, 7200)) == 0, "not known yet"
    after(outlook, clock, 0.5)
    assert hours(outlook.note(DAY, 14_400)) == 2


def test_answers_slower_than_the_budget_are_measured_and_a_burst_promises_nothing() -> None:
    clock = Clock()
    slow = Outlook(GOAL, 1.0, monotonic=clock)
    after(slow, clock, *[3.0] * 30)
    assert hours(slow.note(DAY, 7200)) == 6
    bursting = Outlook(GOAL, 1.0, monotonic=clock)
    after(bursting, clock, *[0.1] * 30)
    assert hours(bursting.note(DAY, 7200)) == 2


def test_one_long_wait_does_not_make_the_rest_longer() -> None:
    clock = Clock()
    outlook = Outlook(GOAL, 1.0, monotonic=clock)
    after(outlook, clock, *[1.0] * 25)
    before = outlook.note(DAY, 21_600)
    after(outlook, clock, 1800.0, 1.0)
    assert outlook.note(DAY, 21_598) == before


@settings(max_examples=60)
@given(
    pause_s=st.floats(0.01, 5.0),
    budget_s=st.sampled_from([0.0, 1.0]),
    count=st.integers(30, 400),
    span_days=st.integers(1, 5000),
)
def test_at_a_steady_pace_it_only_gets_less(pause_s: float, budget_s: float, count: int, span_days: int) -> None:
    clock = Clock()
    outlook = Outlook(GOAL, budget_s, monotonic=clock)
    told = []
    for left in range(count, 0, -1):
        day = GOAL + timedelta(days=span_days * left // count)
        note = outlook.note(day, left * 100)
        assert len(note) <= 53
        if left < count - 21:
            told.append(hours(note))
        after(outlook, clock, max(pause_s, budget_s))
    assert told == sorted(told, reverse=True)
    assert all(each >= 0 for each in told)


@pytest.mark.parametrize("left", [0, 1, 10**7])
def test_it_is_never_negative_and_always_fits(left: int) -> None:
    assert "-" not in Outlook(GOAL, 1.0).note(DAY, left).replace("2024-03-05", "").replace("2019-01-01", "")
    assert len(Outlook(GOAL, 1.0).note(DAY, left)) <= 53


@pytest.fixture
def longer() -> Iterator[Simulator]:
    """More days than the summaries give at once: their second range comes before the samples of newer days."""
    with Simulator(days=DAYS, now=NOW) as running:
        yield running


async def test_a_sync_goes_back_day_by_day_and_goes_on_where_it_was(
    tmp_path: Path, longer: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = await install(tmp_path / "home", f"sqlite:///{tmp_path}/health.db", longer)
    queue = Queue(installed.database)
    first = NOW.date() - timedelta(days=DAYS - 1)
    metrics = ["heart_rate", *BY_NAME["daily_summaries"].metrics]
    parameters = {"since": str(first), "until": str(NOW.date()), "metrics": metrics}
    job_id = await queue.enqueue(
        installed.account.user_id, JOB_TYPE["health"], account_id=installed.account.id, parameters=parameters
    )
    assert job_id
    fetch, sent, allowed = Client.fetch, 0, 20

    async def watched(self: Client, *arguments: Any) -> Any:
        nonlocal sent
        sent += 1
        if sent > allowed:
            raise Unavailable("Garmin is out of reach.")
        return await fetch(self, *arguments)

    monkeypatch.setattr(Client, "fetch", watched)
    seen: list[Progress] = []

    async def run() -> list[Progress]:
        seen.clear()
        runner = Runner(
            installed.database,
            work(installed.config),
            kind="command",
            run_dir=installed.paths.run,
            listener=seen.append,
        )
        await runner.run_until_idle()
        return list(seen)

    async with installed.database:
        before = await run()
        assert (await queue.get(job_id)).status == "pending", "Garmin went away"
        allowed = 10_000
        await queue.retry(job_id)
        after = await run()

    *notes, last = [each.note for each in before + after]
    told = [re.fullmatch(r"back to (\S+)(?: of (\S+))?", note) for note in notes]
    days = [date.fromisoformat(each[1]) for each in told if each]
    assert len(days) == len(notes)
    assert days == sorted(days, reverse=True)
    assert days[0] > days[-1] == first
    assert {each[2] for each in told if each} == {str(first), None}
    assert last.startswith("up to ")
    shares = [each.share for each in before + after]
    assert shares == sorted(shares)
    assert after[0].share > 0.2
