"""A file that is there when it is complete, and until then not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO, TextIO

from .errors import DiskFull, GarminSyncError, UsageProblem
from .paths import PRIVATE_FILE_MODE, private_folder

#: What a file is called as long as it is not complete: a dot, anything, and this.
DRAFT_ENDING = ".part"


@contextmanager
def new_file(target: Path, *, replace: bool) -> Iterator[TextIO]:
    """Text that becomes the file `target`, durably and for its owner only, when the block ends well.

    Raises UsageProblem for a file that is there already, unless it may be replaced, and for what is no file;
    GarminSyncError where the folder cannot be written.
    """
    with _new(target, replace, lambda handle: os.fdopen(handle, "w", encoding="utf-8", newline="")) as file:
        yield file


@contextmanager
def new_binary_file(target: Path, *, replace: bool) -> Iterator[BinaryIO]:
    """The same for bytes."""
    with _new(target, replace, lambda handle: os.fdopen(handle, "wb")) as file:
        yield file


@contextmanager
def new_draft(target: Path, *, replace: bool) -> Iterator[Path]:
    """The same for what another program writes: an empty file that it may fill, and that then becomes `target`."""
    with _new(target, replace, lambda handle: os.fdopen(handle, "wb"), as_path=True) as draft:
        yield draft


@contextmanager
def _new(target: Path, replace: bool, opened: Callable[[int], IO[Any]], *, as_path: bool = False) -> Iterator[Any]:
    _refuse(target, replace)
    draft = target.with_name(f".{secrets.token_hex(8)}{DRAFT_ENDING}")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, PRIVATE_FILE_MODE)
    except OSError as problem:
        raise _unwritable(target, problem) from None
    try:
        with opened(handle) as file:
            yield draft if as_path else file
            file.flush()
            os.fsync(file.fileno())
        _refuse(target, replace)
        draft.replace(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _refuse(target: Path, replace: bool) -> None:
    """Raise UsageProblem where `target` must stay as it is."""
    try:
        if target.is_file():
            if not replace:
                raise UsageProblem(f"{target} is there already.", hint="Name another file, or replace it with --force.")
        elif target.exists():
            # Renaming over a device would take it away from the whole system.
            raise UsageProblem(f"{target} is no file.", hint="Name a file; - means stdout.")
    except OSError as problem:
        raise _unwritable(target, problem) from None


def _unwritable(target: Path, problem: OSError) -> GarminSyncError | OSError:
    if problem.errno in DiskFull.ERRNOS:
        return problem
    return GarminSyncError(
        f"{target} cannot be written: {problem.strerror}.",
        hint="Is the folder there, and may you write into it?",
    )


class Draft:
    """A text that is not finished: it survives a crash, and is gone once it is kept or thrown away."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> str | None:
        """What is there."""
        try:
            return self.path.read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            return None

    def write(self, text: str) -> None:
        """Keep a text, durably and for its owner only."""
        private_folder(self.path.parent)
        with new_file(self.path, replace=True) as file:
            file.write(text)

    def drop(self) -> None:
        """It is not needed any more."""
        self.path.unlink(missing_ok=True)
