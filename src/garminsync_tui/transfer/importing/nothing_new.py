"""Whether an import has anything to do at all, found out without SQLAlchemy and without a job.

Starting a job takes longer than looking at a thousand files. Where each of them was read before, or is nothing that is
ever read, the report is the same as a job's would be.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import cast

from ...store.plain import AskedFile
from ...store.read_before import ReadBefore, at_rest, read_before
from .kinds import Kind, kind_of
from .sources import ArchivesAreLeft, Found, Sources
from .tally import VERSION, Outcome, Tally

_AT_ONCE = 200


def nothing_new(asked: AskedFile, files: Path, paths: Sequence[str]) -> Tally | None:
    """The report of files that an import would find nothing new in; None where only a job can tell.

    `files` is the folder of the originals. Archives in archives are left to the job: it has room to unpack them.
    """
    if not at_rest(asked):
        return None
    tally = Tally()
    with Sources([Path(each) for each in paths], None) as sources:
        walk = sources.walk()
        try:
            while page := _page(walk):
                before = read_before(asked, [found.fingerprint for found, _ in page], VERSION)
                for found, kind in page:
                    if not _is_settled(tally, found, kind, before.get(found.fingerprint), files):
                        return None
        except ArchivesAreLeft:
            return None
    return tally


def _page(walk: Iterator[Found]) -> list[tuple[Found, Kind]]:
    return [(found, kind_of(found)) for found in islice(walk, _AT_ONCE)]


def _is_settled(tally: Tally, found: Found, kind: Kind, before: ReadBefore | None, files: Path) -> bool:
    if before is not None:
        if before.file_path is not None and not _is_here(files / before.file_path, before.size_bytes):
            return False
        outcome = "known" if before.outcome == "imported" else before.outcome
        tally.count(cast(Outcome, outcome), found.name, before.reason or "")
    elif kind.word in {"damaged", "ignored"}:
        tally.count("failed" if kind.word == "damaged" else "skipped", found.name, kind.reason)
    else:
        return False
    return True


def _is_here(path: Path, size_bytes: int | None) -> bool:
    try:
        return path.stat().st_size == size_bytes
    except OSError:
        return False
