"""Copying: with the desktop's own tool where there is one, else through the terminal."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from textual.app import App

_TOO_LONG_S = 2.0
#: What says that the screen in front of the person is another machine's.
_REMOTE = ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY")
TERMINAL = "the terminal (OSC 52)"


class Clip(NamedTuple):
    """What a place has to copy: what people call it, and the text, or what reads it."""

    what: str
    text: str | Callable[[], Awaitable[str]]


async def copy(app: App[int], text: str) -> str:
    """Copy `text`; by which route.

    A terminal never says whether it took a text, a tool does: the terminal is asked where no tool worked, and on
    the other end of an SSH connection, whose clipboard is not the one that is meant.
    """
    for tool in _tools():
        if await _given_to(tool, text):
            return tool[0]
    app.copy_to_clipboard(text)
    return TERMINAL


def is_remote() -> bool:
    """Whether the person sits at another machine."""
    return any(os.environ.get(name) for name in _REMOTE)


def _tools() -> Iterator[Sequence[str]]:
    """The commands that may work here."""
    if is_remote():
        return
    if sys.platform == "darwin":
        yield ("pbcopy",)
    if os.environ.get("WAYLAND_DISPLAY"):
        yield ("wl-copy",)
    if os.environ.get("DISPLAY"):
        yield ("xclip", "-selection", "clipboard")
        yield ("xsel", "--clipboard", "--input")


async def _given_to(tool: Sequence[str], text: str) -> bool:
    program = shutil.which(tool[0])
    if program is None:
        return False
    quiet = asyncio.subprocess.DEVNULL  # these tools stay behind to serve the text, and would hold a pipe open
    try:
        process = await asyncio.create_subprocess_exec(
            program, *tool[1:], stdin=asyncio.subprocess.PIPE, stdout=quiet, stderr=quiet
        )
    except OSError:
        return False
    try:
        async with asyncio.timeout(_TOO_LONG_S):
            await process.communicate(text.encode())
    except (TimeoutError, OSError):
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        return False
    return process.returncode == 0
