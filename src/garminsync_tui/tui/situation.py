"""How things stand: one frozen look at account, jobs and runners, which all screens draw from."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from .. import text, units

if TYPE_CHECKING:
    from ..jobs.run import Progress
    from ..models import GarminConnectAccount, RunnerRow, Schedule, SyncJob
    from ..store.budget import Wait

#: Counts requests, of which nobody knows how many there are.
_HEALTH = "health_metrics_sync"
_SYNCS = ("activity_sync", _HEALTH)
_LONGEST = timedelta(days=1)
_SAME_SHARE = 0.005


class Pace(NamedTuple):
    """How fast Garmin is asked."""

    #: Requests a second; None where nothing limits them.
    per_s: float | None
    #: What refusals have slowed it down to, where they have.
    slowed_to: float | None


class Situation(NamedTuple):
    """What the database said at `moment`."""

    moment: datetime
    account: GarminConnectAccount | None
    jobs: Sequence[SyncJob]
    #: Those that live.
    runners: Sequence[RunnerRow]
    #: The runner inside this app, where it has one.
    own_runner: UUID | None
    next_turn: datetime | None
    activities: int
    #: What holds requests off, where something does.
    wait: Wait | None = None
    #: Those that are off too.
    schedules: Sequence[Schedule] = ()
    pace: Pace | None = None

    @property
    def running(self) -> list[SyncJob]:
        """The jobs that are being done now, by whoever."""
        return [job for job in self.jobs if job.status == "in_progress"]

    @property
    def runs_here(self) -> bool:
        """Whether a job runs in this process."""
        return any(job.owner == self.own_runner for job in self.running)

    @property
    def synced_at(self) -> datetime | None:
        """When a sync last came to its end."""
        ends = [job.completed_at for job in self.jobs if job.job_type in _SYNCS and job.status == "completed"]
        return max((end for end in ends if end), default=None)

    def runner_words(self) -> str:
        """Who does the jobs, for people."""
        others = [f"{row.kind} {row.pid}" for row in self.runners if row.id != self.own_runner]
        return "this app" if self.own_runner else ", ".join(others) or "nobody"


class SyncState(NamedTuple):
    """A sign and words for the header, and a colour of the theme that says the same again."""

    sign: str
    words: str
    colour: str
    #: The same with more to it, the longest first, for a header with room.
    longer: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.sign} {self.words}"


NO_DATABASE = SyncState("✗", "no database", "$text-error")
NOT_OPEN = SyncState("◌", "opening", "$text-muted")


def sync_state(situation: Situation | None, live: Mapping[UUID, Progress], moment: datetime) -> SyncState:
    """The one thing to know about syncing."""
    if situation is None:
        return NOT_OPEN
    if running := situation.running:
        return _at_work(running[0], live.get(running[0].id))
    if situation.account is None:
        return SyncState("○", "not connected", "$text-muted")
    if situation.account.sign_in_needed_since:
        return SyncState("!", "sign-in needed", "$text-warning")
    return _at_rest(situation, moment)


def _at_work(job: SyncJob, progress: Progress | None) -> SyncState:
    words = f"{'importing' if job.job_type == 'file_import' else 'syncing'} {how_far(job, progress)}"
    # Only what health says of itself is meant for here: how far back it is, how long it takes.
    parts = note(job, progress).split(", ") if job.job_type == _HEALTH else []
    longer = (", ".join([words, *parts[n:]]) for n in range(len(parts)))
    return SyncState("◌", words, "$text-accent", tuple(longer))


def _at_rest(situation: Situation, moment: datetime) -> SyncState:
    pending = [job for job in situation.jobs if job.status == "pending" and not job.paused_at]
    waiting = [job for job in pending if job.run_at > moment and (job.extra or {}).get("error_code")]
    since = [offline for job in waiting if (offline := offline_since(job))]
    if since:
        return SyncState("!", f"offline since {at(min(since), moment)}", "$text-warning")
    if waiting:
        return SyncState("!", f"waiting until {at(min(job.run_at for job in waiting), moment)}", "$text-warning")
    if pending:
        return SyncState("·", "sync queued", "$text-muted")
    if synced_at := situation.synced_at:
        return SyncState("●", f"synced {units.ago(synced_at, moment)}", "$text-success")
    return SyncState("○", "never synced", "$text-muted")


def offline_since(job: SyncJob) -> datetime | None:
    """Since when Garmin cannot be reached for a job; None where it can, or nobody tried."""
    extra = job.extra or {}
    since = extra.get("failing_since") if extra.get("error_code") == "unavailable" else None
    return datetime.fromisoformat(since) if since else None


def how_far(job: SyncJob, progress: Progress | None) -> str:
    """Like "14/18" where the work counts what people know, else like "62 %"; never less than what is kept of it."""
    share = max(progress.share if progress else 0.0, job.progress or 0.0)
    # Work that goes on may count what is left of it: then its numbers would say less than the bar beside them.
    if progress is not None and progress.total > 1 and job.job_type != _HEALTH and share - progress.share < _SAME_SHARE:
        return f"{units.number(progress.done)}/{units.number(progress.total)}"
    return f"{share * 100:.0f} %"


def note(job: SyncJob, progress: Progress | None) -> str:
    """What a job that runs said last."""
    return text.clean(progress.note if progress else str((job.extra or {}).get("note", "")), 120)


def forward(shown: Progress | None, newer: Progress) -> Progress:
    """What to show next: never less than was shown; where a total grew, only the words move on."""
    if shown is None or newer.share >= shown.share:
        return newer
    return dataclasses.replace(newer, done=shown.done, total=shown.total)


def at(moment: datetime | None, seen_from: datetime) -> str:
    """A moment by this machine's clock: the time today, else day and time."""
    if moment is None:
        return units.MISSING
    local = moment.astimezone()
    near = abs(moment - seen_from) < _LONGEST and local.date() == seen_from.astimezone().date()
    return f"{local:%H:%M}" if near else f"{local:%a %H:%M}"
