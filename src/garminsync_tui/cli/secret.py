"""How commands are told a secret: on the terminal without echo, or by a pipe; never in an argument."""

from __future__ import annotations

import os
import sys

from ..errors import UsageProblem
from ..redaction import hide

_LONGEST_BYTES = 4096


def secret(what: str, question: str, *, from_stdin: bool = False, fd: int | None = None, twice: bool = False) -> str:
    """A `what` (password, passphrase), asked for with `question`; with `twice` to be repeated.

    With `from_stdin`, or from the open file `fd`, its first line. Raises UsageProblem where there is none.
    """
    if fd is not None:
        found = _first_line(fd, what)
    elif from_stdin:
        found = sys.stdin.readline().rstrip("\r\n")
    else:
        found = _asked(what, question, twice)
    if not found:
        raise UsageProblem(f"The {what} is empty.")
    hide(found)
    return found


def _asked(what: str, question: str, twice: bool) -> str:
    from getpass import getpass

    if not sys.stdin.isatty():
        raise UsageProblem(
            f"The {what} cannot be asked for without a terminal.", hint=f"Pipe it in with --{what}-stdin."
        )
    found = getpass(question, stream=sys.stderr)
    if found and twice and getpass("Again: ", stream=sys.stderr) != found:
        raise UsageProblem(f"That was another {what}; nothing was changed.")
    return found


def _first_line(fd: int, what: str) -> str:
    try:
        with os.fdopen(os.dup(fd), "rb") as file:
            return file.readline(_LONGEST_BYTES).rstrip(b"\r\n").decode()
    except (OSError, ValueError):
        raise UsageProblem(f"No {what} can be read from file descriptor {fd}.") from None
