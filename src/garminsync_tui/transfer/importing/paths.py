"""What people name to import: files, folders, and patterns of them."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable
from pathlib import Path
from socket import gethostname
from typing import Any

from ...errors import UsageProblem


def absolute(named: Iterable[str]) -> list[str]:
    """What the paths and patterns name, absolute, each once. Raises UsageProblem for one that names nothing."""
    found: list[str] = []
    for each in named:
        if not each.strip():
            raise UsageProblem("An empty path names nothing.", hint="A variable without a value?")
        try:
            path = Path(each).expanduser().absolute()
        except RuntimeError as problem:  # the home of an unknown user
            raise UsageProblem(f"{problem}.") from None
        if os.path.lexists(path):
            found.append(str(path))
        elif matches := _matches(path) if glob.has_magic(each) else []:
            found += matches
        else:
            hint = "No file has such a name." if glob.has_magic(each) else "Check the spelling."
            raise UsageProblem(f"There is no {each}.", hint=hint)
    return list(dict.fromkeys(found))


def asked_for(paths: Iterable[str], *, other_person: bool = False) -> dict[str, Any]:
    """The parameters of a job that imports absolute paths: on this machine, for they are its files."""
    return {"paths": list(paths), "host": gethostname()} | ({"other_person": True} if other_person else {})


def _matches(pattern: Path) -> list[str]:
    """Like a shell's, with ** for folders in folders."""
    inside = pattern.relative_to(pattern.anchor)
    return sorted(str(path) for path in Path(pattern.anchor).glob(str(inside)))
