"""Trouble is told once for each cause."""

from __future__ import annotations

from pathlib import Path

import pytest

from garminsync_tui.errors import UsageProblem
from garminsync_tui.hooks import OnFailed
from garminsync_tui.jobs.queue import Queue
from garminsync_tui.models import SyncJob

from .conftest import Desk


def job(code: str | None, status: str = "failed", message: str = "") -> SyncJob:
    extra = {"error_code": code} if code else {}
    return SyncJob(job_type="activity_sync", status=status, extra=extra, error_message=message or None)


class Told:
    """What the command was told, a line each."""

    def __init__(self, tmp_path: Path) -> None:
        self._file = tmp_path / "told"
        self.command = (
            f"""sh -c 'echo "$GARMINSYNC_JOB|$GARMINSYNC_STATE|$GARMINSYNC_CODE|$GARMINSYNC_MESSAGE"""
            f"""|$GARMINSYNC_DATABASE" >> "{self._file}"'"""
        )

    @property
    def lines(self) -> list[str]:
        return self._file.read_text().splitlines() if self._file.exists() else []


@pytest.fixture
def told(tmp_path: Path) -> Told:
    return Told(tmp_path)


async def test_a_cause_is_told_once_with_its_facts(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GARMINSYNC_DATABASE", "postgresql://me:SECRET@host/db")
    hook = OnFailed(told.command)
    hook.ended(job("partly", message="3 could\x1b[31m not be done."))
    hook.ended(job("partly", message="4 could not be done."))
    await hook.finish()
    [line] = told.lines
    assert line.startswith("activities|partly done|partly|3 could")
    assert line.endswith("not be done.|"), "no address of the database, which may hold a password"
    assert "\x1b" not in line


async def test_another_cause_and_the_same_after_a_success_are_news(told: Told) -> None:
    hook = OnFailed(told.command)
    for each in (job("partly"), job("sign_in_required"), job(None, "completed"), job("sign_in_required")):
        hook.ended(each)
        await hook.finish()
    assert [line.split("|")[2] for line in told.lines] == ["partly", "sign_in_required", "sign_in_required"]


async def test_success_and_what_a_person_ended_are_no_trouble(told: Told) -> None:
    hook = OnFailed(told.command)
    hook.ended(job(None, "completed"))
    hook.ended(job("cancelled"))
    await hook.finish()
    assert told.lines == []


async def test_a_restart_is_no_news(desk: Desk, told: Told) -> None:
    await desk.put()
    await desk.fail(await desk.take(), "partly")
    hook = OnFailed(told.command)
    await hook.remember(Queue(desk.database))
    hook.ended(job("partly"))
    await hook.finish()
    assert told.lines == []


@pytest.mark.parametrize("command", ["", "/nowhere/to/be/found", "false"])
async def test_a_command_that_cannot_tell_stops_nothing(command: str) -> None:
    hook = OnFailed(command)
    hook.ended(job("partly"))
    await hook.finish()


def test_a_command_without_an_end_is_refused() -> None:
    with pytest.raises(UsageProblem, match="on_failed"):
        OnFailed("echo 'half")
