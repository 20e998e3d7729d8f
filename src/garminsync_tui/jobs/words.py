"""Words for people: what a job's columns mean together."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ..models import SyncJob


class State(NamedTuple):
    """A word, and a sign that says the same without colour."""

    word: str
    sign: str


QUEUED = State("queued", "·")
RUNNING = State("running", "◌")
STOPPING = State("stopping", "◌")
WAITING = State("waiting", "!")
INTERRUPTED = State("interrupted", "!")
PAUSED = State("paused", "‖")
DONE = State("done", "✓")
PARTLY = State("partly done", "!")
CANCELLED = State("cancelled", "✗")
FAILED = State("failed", "✗")

#: Names of types of jobs for people; of one job `title` knows better.
TITLES = {
    "activity_sync": "activities",
    "health_metrics_sync": "health",
    "workout_upload": "workout upload",
    "workout_sync": "workouts",
    "file_import": "import",
    "export": "export",
    "reparse": "reparse",
    "verify": "verify",
    "backup": "backup",
    "move": "move",
}
#: Jobs that are called otherwise, by their type and their parameter "what".
_NARROWER = {("reparse", "activities"): "figures"}


def title(job: SyncJob) -> str:
    """What `job` is called."""
    what = ((job.extra or {}).get("parameters") or {}).get("what")
    narrower = _NARROWER.get((job.job_type, what)) if isinstance(what, str) else None
    return narrower or TITLES.get(job.job_type, job.job_type)


#: What `verify` counts beside what it checked and read, in the order in which it matters: after the number.
VERIFIED = {
    "missing": "missing",
    "damaged": "damaged",
    "open_to_others": "open to other users",
    "beyond_repair": "that Garmin cannot give again",
    "queued": "to be fetched by the next sync",
    "adopted": "found elsewhere",
    "set_aside": "moved to the quarantine",
    "closed": "closed to other users",
    "stale_copies": "copies of this machine out of date",
    "replaced": "copies of this machine replaced",
    "stale_drafts": "stale drafts",
    "swept": "stale drafts removed",
    "orphans": "files without an activity",
    "other_versions": "other versions kept",
}
#: Those of them that mean that something is not as it should be.
VERIFIED_PROBLEMS = ("missing", "damaged", "open_to_others")


def held_off(*, blocked: bool) -> str:
    """Why Garmin is not asked for a while."""
    return "Garmin's gate (Cloudflare) blocks this network" if blocked else "Garmin asked to wait"


def state(job: SyncJob, moment: datetime) -> State:
    """What `job` is at `moment`."""
    code = error_code(job)
    if job.status == "in_progress":
        return STOPPING if job.cancel_requested else RUNNING
    if job.status == "pending":
        if job.paused_at:
            return PAUSED
        if job.run_at > moment:
            return WAITING
        return INTERRUPTED if job.crash_count else QUEUED
    if job.status == "completed":
        return DONE
    return {"cancelled": CANCELLED, "partly": PARTLY}.get(code or "", FAILED)


def error_code(job: SyncJob) -> str | None:
    """Which condition the job met last."""
    return (job.extra or {}).get("error_code")
