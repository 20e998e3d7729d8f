"""What becomes an original: all of it or nothing, noted as what it is, and fetched once whoever dies meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from garminsync_tui.models import Activity, Coverage
from garminsync_tui.simulator import Simulator
from garminsync_tui.store import activities, coverage
from garminsync_tui.sync import activities as syncing

from .conftest import NOW, Installation

DOWNLOAD = "/download-service/"


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """An athlete whose few activities are originals of each kind, and one that was typed in by hand."""
    with Simulator(days=13, now=NOW, seed=844) as running:
        yield running


async def rows(installation: Installation) -> dict[str, Activity]:
    async with installation.database.read() as session:
        return {row.garmin_activity_id: row for row in await activities.find(session)}


async def failed(installation: Installation) -> list[Coverage]:
    async with installation.database.read() as session:
        return [row for row in await coverage.entries(session, status="failed") if row.item]


def notes(found: dict[str, Activity]) -> dict[str, Any]:
    return {name: (row.extra or {})["file_origin"] for name, row in found.items()}


def downloads(simulator: Simulator) -> int:
    by_path = simulator.stats()["requests"]["by_path"]
    return sum(count for path, count in by_path.items() if DOWNLOAD in path)


@pytest.mark.parametrize("kind", ["files", "export"])
async def test_what_breaks_off_without_a_sign_is_never_stored(
    installation: Installation, simulator: Simulator, kind: str
) -> None:
    """Without a length in the answer only the file itself can tell that the rest of it is missing."""
    # Two of the originals: all of them would be an outage, and not these files.
    cut = [f"/files/activity/{name}$" for name in simulator.activity_ids()[:2]] if kind == "files" else ["/export/"]
    simulator.add_faults([{"path": path, "kind": "cut"} for path in cut])
    (job,) = await installation.sync("activities")
    assert (job.status, (job.extra or {}).get("error_code")) == ("failed", "partly")
    torn = await failed(installation)
    assert torn
    assert all("was cut off" in (each.reason or "") for each in torn)
    assert not {each.item for each in torn} & (await rows(installation)).keys()
    assert not [path for path in installation.paths.files.rglob("*.*") if path.stem in {each.item for each in torn}]
    simulator.clear_faults()
    (job,) = await installation.sync("activities", full=True)
    assert job.status == "completed"
    assert not await failed(installation)
    found = await rows(installation)
    assert {row.extra.get("file_problem") for row in found.values() if row.extra} == {None}
    assert set(found) == {str(id_) for id_ in simulator.activity_ids()}
    await installation.files()


async def sync_without_rows(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """As often as a process may be killed: every file is durable, and there is no row of it."""

    async def die_first(*_: Any) -> None:
        pass

    with monkeypatch.context() as dying:
        dying.setattr(syncing.Walk, "_store", die_first)
        await installation.sync("activities", full=True)
    assert not await rows(installation)


@pytest.mark.parametrize("exports", ["offered", "gone"])
async def test_a_file_that_is_durable_before_its_row_is_adopted_as_what_it_is(
    installation: Installation, simulator: Simulator, monkeypatch: pytest.MonkeyPatch, exports: str
) -> None:
    if exports == "gone":  # then what was typed in by hand is written from its summary
        simulator.add_faults([{"path": "/download-service/export/", "status": 404}])
    await sync_without_rows(installation, monkeypatch)
    fetched = downloads(simulator)
    before = sorted(path.name for path in installation.paths.files.rglob("*.*"))
    await installation.sync("activities", full=True)
    found = await rows(installation)
    by_hand = {name for name, row in found.items() if (row.extra or {}).get("manualActivity")}
    assert by_hand, "an athlete's days hold one that was typed in"
    assert {row.file_type for row in found.values()} >= {"FIT", "GPX", "TCX"}
    origin = {"offered": "export", "gone": "synthesized"}[exports]
    assert notes(found) == {name: origin if name in by_hand else "original" for name in found}
    assert sorted(path.name for path in installation.paths.files.rglob("*.*")) == before
    # A GPX or TCX does not say whether it is the original or Garmin's export of it: that one is asked for again.
    in_xml = [name for name, row in found.items() if row.file_type != "FIT" and name not in by_hand]
    assert downloads(simulator) - fetched == len(in_xml)


async def test_each_file_has_its_row_before_the_next_is_asked_for(
    installation: Installation, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever goes on after a crash, on this machine or another, has at most the one in flight to fetch again."""
    ahead = []
    fetch = syncing._fetch_file

    async def counting(*arguments: Any, **options: Any) -> Any:
        stored = {path.name for path in installation.paths.files.rglob("*.*")}
        named = {Path(row.file_path).name for row in (await rows(installation)).values()}
        ahead.append(len(stored - named))
        return await fetch(*arguments, **options)

    monkeypatch.setattr(syncing, "_fetch_file", counting)
    await installation.sync("activities")
    assert len(ahead) == len(simulator.activity_ids())
    assert set(ahead) == {0}
    assert not list((installation.paths.files / "tmp").iterdir())
