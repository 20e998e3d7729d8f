"""What the screens say of jobs: a line for each kind of work, when it ran, when it runs again, what it waits for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from .. import text, units
from ..jobs import words
from .situation import at, how_far, note

if TYPE_CHECKING:
    from ..jobs.run import Progress
    from ..models import Schedule, SyncJob
    from .situation import Situation

_OVER = ("completed", "failed")


class JobLine(NamedTuple):
    """A job that runs or waits, or the last of its kind; with what starts the kind and how it went before."""

    title: str
    job: SyncJob | None
    schedule: Schedule | None = None
    last: SyncJob | None = None
    #: Whether its schedule starts it: not before a new sign-in.
    starts: bool = True

    @property
    def key(self) -> str:
        """Names the line: a job that ends and the next one of its schedule keep it."""
        if self.schedule is not None:
            return self.schedule.job_type
        return self.job.id.hex if self.job and self.job.status not in _OVER else self.title


def job_lines(situation: Situation) -> list[JobLine]:
    """What runs, what waits, and of all else the last one; what has a schedule keeps its place among the first."""
    schedules = {each.job_type: each for each in situation.schedules}
    ended: dict[str, SyncJob] = {}
    for job in sorted(situation.jobs, key=ended_at, reverse=True):
        if job.status in _OVER:
            ended.setdefault(words.title(job), job)
    starts = situation.account is None or not situation.account.sign_in_needed_since
    lines = []
    for job in situation.jobs:
        if job.status not in _OVER:
            title = words.title(job)
            lines.append(JobLine(title, job, schedules.pop(job.job_type, None), ended.pop(title, None), starts))
    for job_type, schedule in schedules.items():
        title = words.TITLES.get(job_type, job_type)
        last = ended.pop(title, None)
        lines.append(JobLine(title, last, schedule, last, starts))
    lines += [JobLine(title, job, None, job) for title, job in ended.items()]
    known = list(words.TITLES.values())
    place = {title: number for number, title in enumerate(known)}
    # Stable: what has a schedule first, in the order of the catalogue; what runs or waits before what is over.
    return sorted(lines, key=lambda line: (line.schedule is None, _rank(line.job), place.get(line.title, len(known))))


def history(situation: Situation) -> list[SyncJob]:
    """Jobs that ended, the newest first."""
    return sorted((job for job in situation.jobs if job.status in _OVER), key=ended_at, reverse=True)


def ended_at(job: SyncJob) -> datetime:
    """When it ended; of one that did not, when it was last touched."""
    return job.completed_at or job.updated_at or job.run_at


def _rank(job: SyncJob | None) -> int:
    return {"in_progress": 0, "pending": 1}.get(job.status, 2) if job else 2


# ── Columns ──────────────────────────────────────────────────────────────────────────────────────────


def last_words(job: SyncJob | None, moment: datetime) -> str:
    """Like "06:40 ✓"."""
    if job is None:
        return units.MISSING
    return f"{at(ended_at(job), moment)} {words.state(job, moment).sign}"


def next_words(schedule: Schedule | None, moment: datetime) -> str:
    """When its next turn begins."""
    if schedule is None or not schedule.enabled:
        return units.MISSING
    from ..jobs.turns import next_turn

    return at(next_turn(schedule, moment), moment)


def every_words(schedule: Schedule | None) -> str:
    """Like "30 min", "2 h", "06:30", "off"."""
    if schedule is None:
        return units.MISSING
    if not schedule.enabled:
        return "off"
    if schedule.daily_at:
        return schedule.daily_at
    return units.interval(schedule.every_s)


def took(job: SyncJob, moment: datetime) -> str:
    """How long a job ran, or runs."""
    if job.started_at is None:
        return units.MISSING
    return units.duration(((job.completed_at or moment) - job.started_at).total_seconds())


# ── Waiting and ending ───────────────────────────────────────────────────────────────────────────────


def counts_down(job: SyncJob, moment: datetime) -> bool:
    """Whether it waits for a moment that is still to come."""
    return job.status == "pending" and not job.paused_at and job.run_at > moment


def ticks(jobs: Iterable[SyncJob | None], moment: datetime) -> bool:
    """Whether a second changes what is said of them."""
    return any(job is not None and (job.status == "in_progress" or counts_down(job, moment)) for job in jobs)


class Remark(NamedTuple):
    """What is said of a job beside how it stands: a few words, and those that need a line of their own."""

    short: str = ""
    long: str = ""


def remark(job: SyncJob, progress: Progress | None, moment: datetime) -> Remark:
    """What it says of itself, what it waits for, or why it ended, in plain words."""
    if job.status == "in_progress":
        return Remark("", note(job, progress))
    if counts_down(job, moment):
        left = units.duration((job.run_at - moment).total_seconds())
        return Remark(f"{_waits(job)} in {left}", _because(job))
    if job.error_message and words.state(job, moment) is not words.CANCELLED:
        first = next(iter((job.extra or {}).get("failures", ())), "")
        return Remark("", text.clean(f"{job.error_message} {first}".strip(), 300))
    return Remark(text.clean(str((job.extra or {}).get("note") or ""), 120) if job.status == "completed" else "")


def _waits(job: SyncJob) -> str:
    from ..jobs.runner import MOST_ATTEMPTS

    if words.error_code(job) in {"rate_limited", "blocked", "disk_full", None} or not job.attempt:
        return "goes on"
    return f"retry {job.attempt} of {MOST_ATTEMPTS - 1}"


def _because(job: SyncJob) -> str:
    code = words.error_code(job)
    if code in {"rate_limited", "blocked"}:
        return f"{words.held_off(blocked=code == 'blocked')}."
    return text.clean(job.error_message or "", 200)


def count(job: SyncJob, progress: Progress | None, moment: datetime) -> str:
    """How far it is, where that says more than what it waits for."""
    if counts_down(job, moment):
        return ""
    share = max(job.progress or 0.0, progress.share if progress else 0.0)
    return how_far(job, progress) if job.status == "in_progress" or 0 < share < 1 else ""


def budget_words(situation: Situation, moment: datetime) -> str:
    """Who runs jobs and how fast Garmin is asked, or what holds requests off and for how long."""
    parts = [f"runner: {situation.runner_words()}"]
    if wait := situation.wait:
        left = units.duration(max((wait.until - moment).total_seconds(), 0.0))
        parts.append(f"! {words.held_off(blocked=wait.blocked)}; next try {at(wait.until, moment)}, in {left}")
    elif pace := situation.pace:
        if pace.slowed_to:
            parts.append(f"! slowed to {units.number(pace.slowed_to * 60)} requests a minute by refusals")
        elif pace.per_s:
            parts.append(f"{units.number(pace.per_s * 60)} requests a minute at most")
        else:
            parts.append("requests without limit")
    return " · ".join(parts)
