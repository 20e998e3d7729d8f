"""What somebody or something left in the files folder: told by name, and never followed, waited for or removed."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from garminsync_tui.errors import FileDamaged
from garminsync_tui.models import Activity
from garminsync_tui.store.files import MISSING

from .test_verify import START, Shelf, result, shelf

__all__ = ["shelf"]


def fifo(path: Path) -> None:
    os.mkfifo(path, 0o600)


def folder(path: Path) -> None:
    path.mkdir(mode=0o700)
    (path / "mine").touch(0o600)


def link_to_nothing(path: Path) -> None:
    path.symlink_to("nowhere")


def link_to_itself(path: Path) -> None:
    path.symlink_to(path)


def link_to_zeros_without_end(path: Path) -> None:
    path.symlink_to("/dev/zero")


def eight_terabytes_of_nothing(path: Path) -> None:
    path.touch(0o600)
    os.truncate(path, 2**43)


ODD = (fifo, folder, link_to_nothing, link_to_itself, link_to_zeros_without_end, eight_terabytes_of_nothing)
Make = Callable[[Path], None]


async def laid(shelf: Shelf) -> dict[Make, Path]:
    """Each of the odd things in the place of a stored file."""
    places = {make: await shelf.put(f"80{number}") for number, make in enumerate(ODD)}
    for make, place in places.items():
        place.unlink()
        make(place)
    return places


async def test_in_the_place_of_a_file_it_is_told_and_set_aside(shelf: Shelf) -> None:
    places = await laid(shelf)
    found, sqlite = result(await shelf.verify(read_data=True)), shelf.database.sqlite
    told = {"damaged": 5, "missing": 1} if sqlite else {"stale_copies": 5}  # what is missing is no copy either
    assert found == {"checked": 10, "read": 10, "orphans": 1, **told}
    assert all(os.path.lexists(place) for place in places.values())

    found = result(await shelf.verify(read_data=True, repair=True))
    told = {**told, "set_aside": 5, "queued": 6} if sqlite else {"replaced": 5}
    assert found == {"checked": 10, "read": 10, "orphans": 1, **told}
    for make, place in places.items():
        if make is not link_to_nothing:
            assert not os.path.lexists(place) if sqlite else place.read_bytes() == shelf.contents[place.stem]
    assert [path.name for path in shelf.quarantine if path.name == "mine"] == ["mine"]


async def test_what_is_asked_for_is_refused_or_replaced(shelf: Shelf) -> None:
    for place in (await laid(shelf)).values():
        row = await shelf.row(place.stem)
        if shelf.database.sqlite:
            with pytest.raises(FileDamaged):
                await shelf.files.open(shelf.database, row)
        else:
            assert (await shelf.files.open(shelf.database, row)).read_bytes() == shelf.contents[place.stem]


async def test_in_the_way_of_a_new_file_it_stays(shelf: Shelf) -> None:
    for number, make in enumerate(ODD):
        place = shelf.paths.files / shelf.files.place(shelf.account.id, f"90{number}", START, "FIT")
        make(place)
        kept = await shelf.put(f"90{number}")
        assert kept.name == f"90{number}.v2.fit" and kept.read_bytes() == shelf.contents[f"90{number}"]
        assert os.path.lexists(place)


async def test_names_that_are_no_text(shelf: Shelf) -> None:
    month = (await shelf.path("7001")).parent
    names = {os.fsdecode(name) for name in (b"\xff\xfe.fit", b"7001.\xff.fit", b"\x1b[31m\n.fit")}
    for name in names:
        (month / name).touch(0o600)
    job = await shelf.verify(read_data=True, repair=True)
    assert job.status == "completed"
    assert (result(job)["orphans"], result(job)["other_versions"]) == (2, 1)
    assert names <= {path.name for path in month.iterdir()}


async def test_no_path_leads_out_of_the_folder(shelf: Shelf) -> None:
    """The database refuses such a row; one that was brought from elsewhere may have no such rule."""
    mine = shelf.paths.files.parent / "mine.fit"
    mine.write_bytes(shelf.contents["7001"])
    row = await shelf.row("7001")
    for path in ("../mine.fit", "a/../../mine.fit", str(mine)):
        assert shelf.files.problem(path, row.sha256, row.size_bytes, read=True) == MISSING
        if shelf.database.sqlite:
            named: Any = SimpleNamespace(file_path=path, sha256=row.sha256, size_bytes=row.size_bytes)
            with pytest.raises(FileDamaged):
                await shelf.files.open(shelf.database, cast(Activity, named))
