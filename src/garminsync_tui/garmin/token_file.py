"""Tokens that another program keeps in a file, as garminconnect since 0.3 and ha-garmin write it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ..errors import UsageProblem
from .sign_in import Tokens, expiry_of

#: As garminconnect calls it, and ha-garmin.
_NAMES = ("garmin_tokens.json", ".garmin_tokens.json")
_LONGEST_BYTES = 100_000
#: Under these names, or under those of ha-garmin.
_FIELDS = (("di_token", "di_refresh_token", "di_client_id"), ("token", "refresh_token", "client_id"))
_HINT = f"It is called {_NAMES[0]} and lies in ~/.garminconnect where garminconnect 0.3 keeps it."


def usual() -> Path:
    """Where garminconnect keeps it: its own variable says, or else it is in the home."""
    return Path(os.environ.get("GARMINTOKENS") or "~/.garminconnect")


def read(path: Path) -> Tokens:
    """The tokens in a file, or in the folder that has it. Raises UsageProblem, which repeats nothing of it."""
    if str(path).lstrip().startswith(("{", "[")):
        raise UsageProblem("That is what a token file holds, not where it is.", hint=_HINT)
    try:
        path = path.expanduser().absolute()
        file = next((path / name for name in _NAMES if (path / name).exists()), path / _NAMES[0])
        file = file if path.is_dir() else path
    except RuntimeError:
        raise UsageProblem(f"Nobody is known whose folder {path} lies in.", hint=_HINT) from None
    try:
        with file.open("rb") as stream:
            found = json.loads(stream.read(_LONGEST_BYTES))
    except OSError as problem:
        raise UsageProblem(f"{file} cannot be read: {problem.strerror}.", hint=_HINT) from None
    except ValueError:
        raise UsageProblem(f"{file} is no token file.", hint=_HINT) from None
    for access, refresh, client in _FIELDS:
        if isinstance(found, dict) and _is_text(found.get(access)) and _is_text(found.get(client)):
            return Tokens(
                access=found[access],
                secret=found[client],
                refresh=found[refresh] if _is_text(found.get(refresh)) else None,
                expires_at=expiry_of(found[access]),
            )
    old = isinstance(found, dict) and ("oauth_token" in found or "access_token" in found)
    said = "is of an older sign-in, which cannot be taken over" if old else "holds no tokens"
    raise UsageProblem(f"{file} {said}.", hint=_HINT)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)
