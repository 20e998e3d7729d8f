"""The words of the header, and progress that never goes backwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from garminsync_tui.ids import new_id
from garminsync_tui.jobs.run import Progress
from garminsync_tui.models import GarminConnectAccount, SyncJob
from garminsync_tui.tui.job_words import JobLine, job_lines
from garminsync_tui.tui.situation import Situation, forward, how_far, sync_state
from garminsync_tui.tui.widgets.job_progress import JobProgress
from garminsync_tui.tui.widgets.sparkline import bar

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
JOB = UUID(int=1)


def job(status: str, **values: Any) -> SyncJob:
    defaults = {"job_type": "activity_sync", "run_at": NOON - timedelta(minutes=5), "progress": 0.0}
    return SyncJob(id=new_id(), status=status, **{**defaults, **values})


def words(*jobs: SyncJob, account: bool = True, **facts: Any) -> str:
    linked = GarminConnectAccount(id=new_id(), **facts) if account else None
    return str(sync_state(Situation(NOON, linked, jobs, [], None, None, 0), {}, NOON))


def test_the_header_says_one_thing() -> None:
    ended = job("completed", completed_at=NOON - timedelta(minutes=3))
    assert str(sync_state(None, {}, NOON)) == "◌ opening"
    assert words(account=False) == "○ not connected"
    assert words() == "○ never synced"
    assert words(ended) == "● synced 3 min ago"
    assert words(job("pending"), ended) == "· sync queued"
    assert words(job("in_progress", progress=0.62), ended) == "◌ syncing 62 %"
    assert words(ended, sign_in_needed_since=NOON) == "! sign-in needed"
    refused_account = GarminConnectAccount(id=new_id(), sign_in_needed_since=NOON)
    assert not any(
        line.starts for line in job_lines(Situation(NOON, refused_account, [job("pending")], [], None, None, 0))
    )
    later = NOON + timedelta(minutes=20)
    refused = job("pending", run_at=later, extra={"error_code": "rate_limited"})
    assert words(refused, ended) == f"! waiting until {later.astimezone():%H:%M}"
    away = {"error_code": "unavailable", "failing_since": "2026-11-21T05:40:00+00:00"}
    offline = datetime(2026, 11, 21, 5, 40, tzinfo=UTC).astimezone()
    assert words(refused, job("pending", run_at=later, extra=away), ended) == f"! offline since {offline:%H:%M}"
    assert words(job("pending", paused_at=NOON), ended) == "● synced 3 min ago"


def test_a_job_counts_where_its_work_counts() -> None:
    row = job("in_progress", progress=0.5)
    assert how_far(row, Progress(row.id, 14, 18, "")) == "14/18"
    assert how_far(row, Progress(row.id, 0.7, 1, "")) == "70 %"
    assert how_far(row, None) == "50 %"
    health = job("in_progress", progress=0.5, job_type="health_metrics_sync")
    assert how_far(health, Progress(health.id, 610, 1000, "")) == "61 %", "nobody knows how many requests there are"


def test_a_header_with_room_says_how_far_back_and_how_long() -> None:
    row = job(
        "in_progress",
        progress=0.61,
        job_type="health_metrics_sync",
        extra={"note": "back to 2024-03-05 of 2019-01-01, about 6 h left"},
    )
    state = sync_state(Situation(NOON, GarminConnectAccount(id=new_id()), [row], [], None, None, 0), {}, NOON)
    assert state.words == "syncing 61 %"
    assert state.longer == (
        "syncing 61 %, back to 2024-03-05 of 2019-01-01, about 6 h left",
        "syncing 61 %, about 6 h left",
    )


steps = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=30)


@settings(max_examples=80)
@given(steps)
def test_what_is_shown_never_goes_backwards(reported: list[tuple[int, int]]) -> None:
    shown: Progress | None = None
    for number, (done, total) in enumerate(reported):
        newer = Progress(JOB, min(done, total), total, f"item {number}")
        following = forward(shown, newer)
        assert following.share >= (shown.share if shown else 0.0)
        assert following.share >= newer.share
        assert following.note == newer.note
        shown = following


@settings(max_examples=80)
@given(steps, st.floats(0, 1), st.sampled_from(["activity_sync", "health_metrics_sync"]))
def test_text_bar_and_percent_agree_and_never_go_backwards(
    reported: list[tuple[int, int]], kept: float, job_type: str
) -> None:
    """Whatever a run reports that goes on with work of which a part is done."""
    row = job("in_progress", progress=kept, job_type=job_type, started_at=NOON)
    line, live, before = JobProgress(), None, kept
    for done, total in reported:
        live = forward(live, Progress(JOB, min(done, total), total, ""))
        line.show(JobLine("activities", row), live, NOON)
        count = line.count.removesuffix(" %").replace(" ", "")
        part, _, whole = count.partition("/")
        told = float(part) / float(whole or 100)
        assert abs(told - line.share) <= 0.0101
        assert abs(bar(line.share, 200).count("█") / 200 - line.share) <= 0.0026
        state = sync_state(
            Situation(NOON, GarminConnectAccount(id=new_id()), [row], [], None, None, 0), {row.id: live}, NOON
        )
        assert state.words == f"syncing {line.count}"
        assert line.share >= before
        row.progress = before = line.share
