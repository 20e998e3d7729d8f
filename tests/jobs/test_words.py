"""The one table of words that people see."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from garminsync_tui.jobs.words import TITLES, state, title
from garminsync_tui.models import JOB_TYPES, SyncJob
from garminsync_tui.sync.figures import FILES

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("columns", "word", "sign"),
    [
        ({"status": "pending"}, "queued", "·"),
        ({"status": "pending", "run_at": NOW + timedelta(minutes=1)}, "waiting", "!"),
        ({"status": "pending", "crash_count": 1}, "interrupted", "!"),
        ({"status": "pending", "paused_at": NOW, "run_at": NOW + timedelta(minutes=1)}, "paused", "‖"),
        ({"status": "in_progress"}, "running", "◌"),
        ({"status": "in_progress", "crash_count": 2}, "running", "◌"),
        ({"status": "in_progress", "cancel_requested": True}, "stopping", "◌"),
        ({"status": "completed"}, "done", "✓"),
        ({"status": "failed", "extra": {"error_code": "partly"}}, "partly done", "!"),
        ({"status": "failed", "extra": {"error_code": "poison"}}, "failed", "✗"),
        ({"status": "failed", "extra": None}, "failed", "✗"),
        ({"status": "failed", "extra": {"error_code": "cancelled"}}, "cancelled", "✗"),
    ],
)
def test_words(columns: dict[str, object], word: str, sign: str) -> None:
    defaults = {"run_at": NOW, "crash_count": 0, "cancel_requested": False, "paused_at": None}
    assert state(SyncJob(**(defaults | columns)), NOW) == (word, sign)


def test_every_type_has_a_title() -> None:
    assert set(TITLES) == set(JOB_TYPES)


@pytest.mark.parametrize(
    ("job_type", "extra", "word"),
    [
        ("activity_sync", None, "activities"),
        ("reparse", {"parameters": {}}, "reparse"),
        ("reparse", {"parameters": {"metrics": ["sleep"]}}, "reparse"),
        ("reparse", {"parameters": {"what": FILES}}, "figures"),
        ("reparse", {"parameters": {"what": ["unhashable"]}}, "reparse"),
        ("of a newer version", {}, "of a newer version"),
    ],
)
def test_a_job_is_called_by_what_it_does(job_type: str, extra: dict[str, object] | None, word: str) -> None:
    assert title(SyncJob(job_type=job_type, extra=extra)) == word
