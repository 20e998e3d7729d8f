"""A list that changes while it is read page by page, repeats itself, or never ends."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from garminsync_tui.config import Config
from garminsync_tui.garmin.activities import COUNT, LIST
from garminsync_tui.garmin.client import Client
from garminsync_tui.garmin.providers import APP
from garminsync_tui.jobs.queue import Queue
from garminsync_tui.jobs.run import JobRun
from garminsync_tui.jobs.runner import Runner
from garminsync_tui.models import Activity, SyncJob
from garminsync_tui.paths import Paths
from garminsync_tui.store import activities
from garminsync_tui.store.database import Database
from garminsync_tui.store.files import FileStore
from garminsync_tui.sync import activities as walking

from ..garmin.scripted import Answer, Asked, Scripted
from ..garmin.test_client import Counting, OneToken
from ..jobs.conftest import new_account
from .conftest import DONE, ends

NEWEST = datetime(2026, 6, 1, 12, tzinfo=UTC)
PAGE, NEWS = 6, 4


@pytest.fixture(autouse=True)
def _short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walking, "NEWS_PAGE_SIZE", NEWS)
    monkeypatch.setattr(walking, "_MOST_PAGES", 40)


def row(number: int, name: str = "") -> dict[str, Any]:
    """An activity that was typed in by hand: it has no files, and its row is all there is."""
    start = NEWEST - timedelta(hours=number % 7)
    return {
        "activityId": number,
        "activityName": name or f"Walk {number}",
        "activityType": {"typeKey": "walking"},
        "startTimeGMT": f"{start:%Y-%m-%d %H:%M:%S}",
        "duration": 600.0,
        "manualActivity": True,
    }


class Change(NamedTuple):
    """Something that happens to the list."""

    kind: str
    position: int
    count: int


class Listing:
    """Garmin's list, which may change after each page that it gives."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.last_number = 1000
        #: What happens after the first page of a walk, after the second, …
        self.meanwhile: list[Callable[[], None]] = []
        self.pages = 0
        self.page: Callable[[int, int], list[dict[str, Any]]] = lambda start, limit: self.rows[start : start + limit]

    def insert(self, position: int, count: int) -> None:
        for _ in range(count):
            self.last_number += 1
            self.rows.insert(min(position, len(self.rows)), row(self.last_number))

    def delete(self, position: int, count: int) -> None:
        del self.rows[position : position + count]

    def happens(self, what: Change) -> None:
        (self.insert if what.kind == "insert" else self.delete)(what.position, what.count)

    @property
    def names(self) -> dict[str, str]:
        return {str(each["activityId"]): each["activityName"] for each in self.rows}

    def answer(self, asked: Asked) -> Answer:
        if asked.path == COUNT:
            return Answer(200, {"totalCount": len(self.rows)})
        if asked.path != LIST:
            return Answer(404, {})
        self.pages += 1
        answer = Answer(200, self.page(int(asked.query["start"]), int(asked.query["limit"])))
        if self.meanwhile:
            self.meanwhile.pop(0)()
        return answer


class Copy:
    """An installation that reads the list."""

    def __init__(self, folder: Path, template: Path, listing: Listing) -> None:
        self.paths = Paths.below(folder)
        self.paths.prepare()
        shutil.copy(template, self.paths.database)
        self.files = FileStore(self.paths.files)
        self.listing = listing
        self.scripted = Scripted(listing.answer)
        self.scripted.__enter__()
        self.loop = asyncio.Runner()
        self.database = self.loop.run(Database.open(f"sqlite:///{self.paths.database}", upgrade=False))
        self.user_id, self.account_id = self.loop.run(new_account(self.database, "me"))

    def close(self) -> None:
        self.loop.run(self.database.close())
        self.loop.close()
        self.scripted.__exit__()

    def sync(self, *, full: bool) -> SyncJob:
        return self.loop.run(self._sync(full))

    async def _sync(self, full: bool) -> SyncJob:
        async def work(run: JobRun) -> None:
            short = replace(APP, page_size=PAGE)
            async with Client(self.scripted.server, OneToken(), Counting(), "me", provider=short) as client:
                await walking.sync_activities(run, client, self.files, Config.load(self.paths, {}, {}))

        queue = Queue(self.database)
        job_id = await queue.enqueue(
            self.user_id, "activity_sync", account_id=self.account_id, parameters={"full": full}
        )
        assert job_id is not None
        runner = Runner(self.database, {"activity_sync": work}, kind="command", run_dir=self.paths.run)
        await runner.run_until_idle()
        return await queue.get(job_id)

    def stored(self) -> dict[str, Activity]:
        async def read() -> dict[str, Activity]:
            async with self.database.read() as session:
                return {each.garmin_activity_id: each for each in await activities.find(session)}

        return self.loop.run(read())

    def present(self) -> dict[str, str | None]:
        """What is not marked as gone at Garmin."""
        return {id_: each.name for id_, each in self.stored().items() if each.remote_deleted_at is None}


@pytest.fixture
def copy(tmp_path: Path, sqlite_template: Path) -> Iterator[Copy]:
    found = Copy(tmp_path / "home", sqlite_template, Listing())
    yield found
    found.close()


# ── Whatever happens between two pages ───────────────────────────────────────────────────────────

places = st.integers(0, 15)
happening = st.builds(Change, st.sampled_from(["delete", "insert"]), places, st.integers(1, 4))


class ChangingList(RuleBasedStateMachine):
    """Insertions and deletions between syncs and between the pages of one."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.listing = Listing()
        self.listing.insert(0, 16)
        self.copy = Copy(Path(self.folder.name) / "home", self.template, self.listing)
        self.ever: set[str] = set()

    @rule(what=happening)
    def change(self, what: Change) -> None:
        self.listing.happens(what)

    @rule(position=places)
    def rename(self, position: int) -> None:
        if self.listing.rows:
            each = self.listing.rows[position % len(self.listing.rows)]
            each["activityName"] += "!"

    @rule(changes=st.lists(happening, max_size=3))
    def sync(self, changes: list[Change]) -> None:
        self.sync_while(changes, full=False)

    @rule(changes=st.lists(happening, min_size=1, max_size=3))
    def sync_to_the_end(self, changes: list[Change]) -> None:
        self.sync_while(changes, full=True)

    def sync_while(self, changes: list[Change], *, full: bool) -> None:
        there = set(self.listing.names)

        def happens(what: Change) -> None:
            self.listing.happens(what)
            there.intersection_update(self.listing.names)

        self.listing.meanwhile = [partial(happens, what) for what in changes]
        self.listing.pages = 0
        assert ends([self.copy.sync(full=full)]) == [DONE]
        self.listing.meanwhile = []
        stored = self.copy.stored()
        assert not {id_ for id_ in there & set(stored) if stored[id_].remote_deleted_at}, "it was there all the time"
        if full:
            assert there <= set(stored), "it was there all the time"
        assert self.ever <= set(stored), "what came stays"
        self.ever = set(stored)
        assert self.listing.pages <= 40

    def teardown(self) -> None:
        assert ends([self.copy.sync(full=True)]) == [DONE]
        assert self.copy.present() == self.listing.names
        self.copy.close()
        self.folder.cleanup()


def test_a_list_that_changes_between_its_pages(sqlite_template: Path) -> None:
    ChangingList.template = sqlite_template
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        ChangingList,
        settings=settings(
            max_examples=4,
            stateful_step_count=4,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],  # four steps are short enough, and each example is a database
        ),
    )


def test_two_that_vanish_between_two_pages_hide_nobody(copy: Copy) -> None:
    copy.listing.insert(0, 20)
    hidden = set(copy.listing.names) - {str(each["activityId"]) for each in copy.listing.rows[1:4]}
    copy.listing.meanwhile = [lambda: copy.listing.delete(1, 3)]
    copy.sync(full=True)
    assert set(copy.present()) >= hidden


# ── Lists without an end ─────────────────────────────────────────────────────────────────────────


def test_a_page_that_is_repeated_ends_the_walk_and_deletes_nothing(copy: Copy) -> None:
    copy.listing.insert(0, 12)
    copy.sync(full=True)
    assert len(copy.present()) == 12
    copy.listing.pages = 0
    copy.listing.page = lambda start, limit: copy.listing.rows[:limit]
    assert ends([copy.sync(full=True)]) == [DONE]
    assert copy.listing.pages <= 4
    assert len(copy.present()) == 12


def test_a_list_without_an_end_is_left_after_its_most_pages(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walking, "_MOST_PAGES", 5)
    copy.listing.insert(0, 4)
    copy.sync(full=True)
    before = set(copy.present())
    copy.listing.pages = 0
    copy.listing.page = lambda start, limit: [row(10_000 + start + n) for n in range(limit)]
    job = copy.sync(full=True)
    assert ends([job]) == [DONE]
    assert copy.listing.pages <= 10
    assert before <= set(copy.present()), "nothing is marked as gone by a list that was not read to its end"
    lines = copy.loop.run(Queue(copy.database).events(job.id))
    assert [line.text for line in lines if "no end" in line.text]
