"""The originals on their way: from folder or database into database or folder, each compared with its hash."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ...models import ActivityFile, RunnerRow
from ...paths import private_folder
from ..files import MISSING, FileStore
from .contents import plans

if TYPE_CHECKING:
    from .move import End

#: Tables whose rows are not moved as rows.
TABLES = (ActivityFile.__tablename__, RunnerRow.__tablename__)
#: Where files go that no activity names and whose place nobody knows.
_UNNAMED = "unnamed"


@dataclass(slots=True)
class Kept:
    """What came over."""

    files: int = 0
    problems: list[str] = field(default_factory=list)


class _Original(NamedTuple):
    id: bytes
    path: str
    sha256: bytes
    size_bytes: int


async def move(source: End, here: FileStore, target: End, there: FileStore, tell: Callable[[int], None]) -> Kept:
    """Bring every file over that is not there yet.

    `here` is the source's folder, `there` the target's; of a database on a server it is this machine's copy.
    """
    kept = Kept()
    if source.sqlite and target.sqlite and here.root == there.root:
        return kept  # they stay where they are
    async for original in _originals(source):
        if await _is_there(target, there, original):
            kept.files += 1
            tell(kept.files)
            continue
        content = await _content(source, here, original)
        if isinstance(content, str):
            kept.problems.append(f"{original.path}: {content}")
        else:
            await _keep(target, there, original.path, original.sha256, content)
            kept.files += 1
        tell(kept.files)
    async for path, content in _others(source, here):
        await _keep(target, there, path, hashlib.sha256(content).digest(), content)
        kept.files += 1
    return kept


async def _originals(source: End) -> AsyncGenerator[_Original]:
    plan = next(plan for plan in plans() if plan.name == "activities")
    places = [plan.names.index(name) for name in ("id", "file_path", "sha256", "size_bytes")]
    async for page in source.pages(plan):
        for row in page:
            yield _Original(*(row[place] for place in places))


async def _is_there(target: Any, there: FileStore, of: _Original) -> bool:
    """Whether an interrupted move brought it already."""
    if not target.sqlite:
        return await target.value("SELECT 1 FROM activity_files WHERE sha256 = $1", of.sha256) is not None
    return await asyncio.to_thread(there.problem, of.path, of.sha256, of.size_bytes, read=True) is None


async def _content(source: Any, here: FileStore, original: _Original) -> bytes | str:
    """A file's bytes, or what is wrong with it."""
    if not source.sqlite:
        found = await source.bytes_of(original.sha256)
        if found is not None and hashlib.sha256(found).digest() == original.sha256:
            return bytes(found)
    problem = await asyncio.to_thread(here.problem, original.path, original.sha256, original.size_bytes, read=True)
    return problem if problem is not None else await asyncio.to_thread((here.root / original.path).read_bytes)


async def _others(source: Any, here: FileStore) -> AsyncGenerator[tuple[str, bytes]]:
    """Files that no activity names: other versions, kept beside those that hold."""
    if source.sqlite:
        named = {original.path async for original in _originals(source)}
        for path in sorted(set((await asyncio.to_thread(here.look)).files) - named):
            file = here.root / path
            if file.is_file() and not file.is_symlink():
                yield path, await asyncio.to_thread(file.read_bytes)
        return
    for sha256 in await source.unnamed():
        yield f"{_UNNAMED}/{sha256.hex()}", await source.bytes_of(sha256)


async def _keep(target: Any, there: FileStore, path: str, sha256: bytes, content: bytes) -> None:
    if target.sqlite:
        await asyncio.to_thread(_write, there, path, sha256, content)
    else:
        await target.keep_bytes(sha256, content)


def _write(there: FileStore, path: str, sha256: bytes, content: bytes) -> None:
    """A file in its place, durably; what is there already and is the same stays, what is not is set aside."""
    problem = there.problem(path, sha256, len(content), read=True)
    if problem is None:
        return
    if problem != MISSING:
        there.set_aside(path)
    place: Path = there.root / path
    private_folder(place.parent)
    with there.drafts() as folder:
        draft = folder / "file"
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(place)
