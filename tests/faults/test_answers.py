"""Each fault of Garmin's and of the network: where it leaves the jobs, and that nothing of it stays.

After the fault and the recovery everything is as it would be had nothing happened, and every file is read and whole.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from garminsync_tui.models import Activity, Coverage
from garminsync_tui.simulator import Simulator

from ..sync.conftest import Installation, install
from .conftest import (
    BEFORE,
    DAY,
    DONE,
    LIMITED,
    PARTLY,
    UNEXPECTED,
    WAITS,
    End,
    Undisturbed,
    ends,
    is_as_if_nothing_had_happened,
    recover,
    sign_in_is_needed,
    sync,
    time_passes,
)

TOKEN = "/di-oauth2-service/oauth/token"
LIST = "/activitylist-service/activities/search/activities$"
SLEEP = "dailySleepData"


# ── Answers that are refusals, torn, or something else ───────────────────────────────────────────

PAGE = {"content-type": "text/html; charset=UTF-8"}
ELSEWHERE = {"location": "https://example.org/collect"}

FILE = "/files/activity/{1}$"
TODAY = {"path": SLEEP, "dates": [DAY, DAY]}
YESTERDAY = {"path": SLEEP, "dates": [BEFORE, BEFORE]}

#: What happens, by what it is ({0}, {1} and {2} are activities), and how the jobs of activities and of health end.
FAULTS: dict[str, tuple[list[dict[str, Any]], End, End]] = {
    "404, 410 and 204 for originals, 404 for a day": (
        [
            *({"path": FILE.replace("1", str(n)), "status": status} for n, status in enumerate((404, 410, 204))),
            TODAY | {"status": 404},
        ],
        DONE,
        PARTLY,
    ),
    "404 for all of an activity": ([{"path": "/activity/{1}$", "status": 404}], DONE, DONE),
    "a burst of 503": ([{"path": "service/", "status": 503, "count": 2}], DONE, DONE),
    "500 for a file, and a redirect elsewhere": (
        [{"path": FILE, "status": 500}, TODAY | {"status": 302, "headers": ELSEWHERE}], PARTLY, PARTLY
    ),
    "502 for everything": ([{"path": "service/", "status": 502}], WAITS, WAITS),
    "a list reset, resets of a file, a truncated day": (
        [{"path": LIST, "kind": "reset", "count": 2}, {"path": FILE, "kind": "reset"}, TODAY | {"kind": "truncate"}],
        PARTLY,
        PARTLY,
    ),
    "a list, a file and a day cut once": (
        [{"path": path, "kind": "cut", "count": 1} for path in (LIST, FILE, SLEEP)], DONE, DONE
    ),
    "a file and a day cut": ([{"path": FILE, "kind": "cut"}, TODAY | {"kind": "cut"}], PARTLY, PARTLY),
    "garbage for the list, 10,000 deep, a megabyte of digits": (
        [
            {"path": LIST, "kind": "garbage"},
            TODAY | {"status": 200, "body": "[" * 10_000 + "]" * 10_000},
            YESTERDAY | {"status": 200, "body": "9" * 2**20},
        ],
        UNEXPECTED,
        PARTLY,
    ),
}  # fmt: skip


def of(faults: list[dict[str, Any]], simulator: Simulator) -> list[dict[str, Any]]:
    """The faults, for activities of the simulator's."""
    return [fault | {"path": fault["path"].format(*simulator.activity_ids())} for fault in faults]


@pytest.mark.parametrize("name", FAULTS)
async def test_nothing_of_it_stays(
    name: str, here: Installation, simulator: Simulator, undisturbed: Undisturbed
) -> None:
    faults, *expected = FAULTS[name]
    simulator.add_faults(of(faults, simulator))
    assert ends(await sync(here)) == expected
    await here.files()  # what is here by now is whole
    assert not await sign_in_is_needed(here)
    await recover(here, simulator)
    await is_as_if_nothing_had_happened(here, undisturbed)


@pytest.mark.parametrize(
    "fault",
    [{"body": '{"message": "HTTP 403 Forbidden"}'}, {"headers": PAGE, "body": "<html>Just a moment...</html>"}],
    ids=["JSON", "Cloudflare's page"],
)
async def test_a_403_is_no_matter_of_signing_in(
    fault: dict[str, Any], here: Installation, simulator: Simulator, undisturbed: Undisturbed
) -> None:
    simulator.add_faults([{"path": SLEEP, "status": 403} | fault])
    assert ends(await sync(here)) != [DONE, DONE]
    assert not await sign_in_is_needed(here)
    assert TOKEN not in simulator.stats()["requests"]["by_path"]
    await recover(here, simulator)
    await is_as_if_nothing_had_happened(here, undisturbed)


#: Retry-After (empty: a date in ten minutes; None: no such header) → the least and most seconds that the job waits.
WAITS_S: dict[str | None, tuple[float, float]] = {
    "120": (120, 120),
    "86400": (86_400, 86_400),
    "": (600, 600),
    None: (1, 3600),
    "soon": (1, 3600),
}


async def test_a_429_makes_the_job_wait_and_goes_on_where_it_was(
    here: Installation, simulator: Simulator, undisturbed: Undisturbed
) -> None:
    path = f"/files/activity/{simulator.activity_ids()[-1]}$"
    for header, (least, most) in WAITS_S.items():
        value = header or format_datetime(datetime.now(UTC) + timedelta(minutes=10), usegmt=True)
        headers = {"Retry-After": value} if header is not None else {}
        simulator.add_faults([{"path": path, "status": 429, "headers": headers, "count": 1}])
        await time_passes(here)
        (job,) = await here.plain_sync("activities")
        assert ends([job]) == [LIMITED], header
        # A minute more or less: clocks are read in several places, and a busy machine takes its time.
        assert least - 60 <= (job.run_at - datetime.now(UTC)).total_seconds() <= most + 60, header
        assert job.attempt == 0
    await recover(here, simulator)
    await is_as_if_nothing_had_happened(here, undisturbed)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("seed", [1])
async def test_a_storm_of_all_of_them_leaves_nothing_either(
    seed: int, database_url: str, tmp_path: Path, server: Simulator, undisturbed: Undisturbed
) -> None:
    """Several at once, again and again, until everything came in spite of them: here on PostgreSQL."""
    chance = random.Random(seed)
    server.clear_faults()
    here = await install(tmp_path / "home", database_url, server)
    try:
        for _ in range(3):
            chosen = [fault for faults, *_ in chance.sample(list(FAULTS.values()), 4) for fault in faults]
            server.clear_faults()
            server.add_faults([fault | {"count": chance.randint(1, 3)} for fault in of(chosen, server)])
            await time_passes(here)
            await sync(here)
            await here.files()
        assert not await sign_in_is_needed(here)
        await recover(here, server)
        await is_as_if_nothing_had_happened(here, undisturbed)
    finally:
        server.clear_faults()
        await here.database.close()


# ── Originals that are not there ─────────────────────────────────────────────────────────────────


async def test_an_original_that_is_not_there_is_looked_for_three_times_a_week_apart(
    here: Installation, simulator: Simulator
) -> None:
    id_ = str(simulator.activity_ids()[1])
    file = f"/download-service/files/activity/{id_}"
    simulator.add_faults([{"path": f"{file}$", "status": 404}])
    assert ends(await here.plain_sync("activities")) == [DONE]

    async def entry() -> Coverage:
        async with here.database.read() as session:
            return (await session.scalars(sa.select(Coverage).where(Coverage.item == id_))).one()

    async def asked() -> int:
        """How often the next sync asks for the original."""
        simulator.reset_stats()
        assert ends(await here.plain_sync("activities")) == [DONE]
        return simulator.stats()["requests"]["by_path"].get(file, 0)

    for _ in range(3):
        found = await entry()
        assert found.status == "stale" and found.next_try_at is not None
        assert timedelta(days=6) < found.next_try_at - datetime.now(UTC) < timedelta(days=8)
        assert await asked() == 0, "not before its time"
        await time_passes(here)
        assert await asked() == 1
    found = await entry()
    assert (found.status, found.next_try_at) == ("fetched", None)
    assert "original" in (found.reason or "")
    await time_passes(here)
    assert await asked() == 0
    async with here.database.read() as session:
        row = (await session.scalars(sa.select(Activity).where(Activity.garmin_activity_id == id_))).one()
    assert (row.file_type, (row.extra or {})["file_origin"]) == ("TCX", "export")
