"""Which function does which type of job: handed to the runner by whoever starts one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

from ..config import Config
from ..errors import OtherSignInNeeded, SignInRequired
from ..garmin.client import Client
from ..garmin.providers import PROVIDERS, Capability
from ..jobs.run import JobRun
from ..models import GarminConnectAccount
from ..store import accounts
from ..store.budget import Rate
from ..store.files import FileStore
from .activities import sync_activities
from .figures import FILES, compute_figures, look_after_figures
from .health import sync_health
from .reparse import reparse
from .session import open_client, rate_for
from .trainee import athlete_today
from .verify import verify
from .workouts import is_due, pull, upload

Work = Callable[[JobRun], Awaitable[None]]

#: What `garminsync sync WORD` means.
JOB_TYPE = {"activities": "activity_sync", "health": "health_metrics_sync", "workouts": "workout_sync"}


def work(config: Config) -> Mapping[str, Work]:
    """The work of this program, bound to an installation."""
    files = FileStore(config.paths.files)
    rate = chosen_rate(config)

    async def activities(run: JobRun) -> None:
        async with _talk(run, config, rate) as (_, client):
            await sync_activities(run, client, files, config)
        await look_after_figures(run, config)

    async def health(run: JobRun) -> None:
        async with _talk(run, config, rate) as (account, client):
            await sync_health(
                run,
                client,
                samples=config["health.samples"],
                since=config.health_since,
                extras=config["health.extras"],
                keep_raw=config["health.keep_raw"],
                per_request_s=1 / allowed.per_s
                if (allowed := rate_for(account.server, rate, account.provider))
                else 0.0,
            )
        await look_after_figures(run, config)

    async def workouts(run: JobRun) -> None:
        if not await is_due(run):
            run.progress(1, 1, "looked at lately")
            return
        if not await _has_workouts(run):
            if run.parameters.get("look"):
                raise OtherSignInNeeded("workouts")
            run.progress(1, 1, "not given to an API key; another sign-in brings them")
            return
        athlete = await athlete_today(run.database, config)
        async with _talk(run, config, rate) as (_, client):
            await pull(run, client, athlete)

    async def one_workout(run: JobRun) -> None:
        if not await _has_workouts(run):
            raise OtherSignInNeeded("workouts")
        athlete = await athlete_today(run.database, config)
        async with _talk(run, config, rate) as (_, client):
            await upload(run, client, athlete)

    async def reread(run: JobRun) -> None:
        if run.parameters.get("what") == FILES:
            await compute_figures(run, config, files)
        else:
            await reparse(run)

    async def look_at_files(run: JobRun) -> None:
        await verify(run, files)

    async def bring_in(run: JobRun) -> None:
        from ..transfer.importing.job import import_files

        await import_files(run, config, files)

    async def write_everything(run: JobRun) -> None:
        from ..transfer.exporting.job import export

        await export(run, files)

    return {
        "activity_sync": activities,
        "health_metrics_sync": health,
        "workout_sync": workouts,
        "workout_upload": one_workout,
        "reparse": reread,
        "verify": look_at_files,
        "file_import": bring_in,
        "export": write_everything,
    }


def chosen_rate(config: Config) -> Rate | None:
    """A pace that somebody chose; None leaves it to the server (one request a second, none on loopback)."""
    if config.values["sync.requests_per_second"].origin == "default":
        return None
    return Rate(per_s=config["sync.requests_per_second"], burst=3)


async def _has_workouts(run: JobRun) -> bool:
    account = await accounts.get(run.database, run.account_id)
    return Capability.WORKOUTS in PROVIDERS[account.provider].capabilities


@asynccontextmanager
async def _talk(run: JobRun, config: Config, rate: Rate | None) -> AsyncIterator[tuple[GarminConnectAccount, Client]]:
    """The job's account, and a client that speaks for it. Where Garmin refuses its tokens, nobody asks again."""
    account = await accounts.get(run.database, run.account_id)
    if not account.active or account.sign_in_needed_since:
        raise SignInRequired()
    try:
        async with await open_client(run.database, config.paths, account, rate) as client:
            yield account, client
    except SignInRequired:
        await accounts.mark_sign_in_needed(run.database, account.id)
        raise
