"""What commands share that write rows for other programs, to stdout or into a file."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import UsageProblem
from ..text import clean
from .output import say

if TYPE_CHECKING:
    from ..transfer.rows import Form, Rows


def into[F: Callable[..., Any]](function: F) -> F:
    """Give a command `--output` (as `target`) and `--force`."""
    for option in (
        click.option("--force", is_flag=True, help="Replace FILE if it is there already."),
        click.option(
            "--output",
            "-o",
            "target",
            type=click.Path(path_type=Path, allow_dash=True),
            metavar="FILE",
            default="-",
            help="A new file, readable by you alone; - is stdout.",
        ),
    ):
        function = option(function)
    return function


def is_file(target: Path) -> bool:
    """Whether rows go into a file, and not to stdout."""
    return str(target) != "-"


def refuse_terminal() -> None:
    """Raise UsageProblem where stdout is a terminal: bytes from outside could steer it."""
    if sys.stdout.isatty():
        raise UsageProblem("A terminal cannot show this file.", hint="Name one with --output PATH, or redirect stdout.")


@contextlib.contextmanager
def rows_to(target: Path, columns: Sequence[str], form: Form, *, force: bool) -> Iterator[Rows]:
    """Where rows are written. A file is there when the block has ended well, and else not at all."""
    from ..new_file import new_file
    from ..transfer.rows import Rows

    if not is_file(target):
        yield Rows(sys.stdout, columns, form)
        return
    try:
        with new_file(target, replace=force) as stream:
            yield Rows(stream, columns, form)
    except (asyncio.CancelledError, KeyboardInterrupt):
        say("No file was written.")
        raise


def say_written(number: str, target: Path) -> None:
    """Say how much went where."""
    say(f"{number} written to {clean(str(target))}.")
