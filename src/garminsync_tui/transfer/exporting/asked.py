"""What an export can be asked for, and what its job is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from socket import gethostname

from ...errors import UsageProblem
from ...filters import parse
from .parquet import require_pyarrow
from .tables import TABLES

RECORDED = ("laps", "sessions")
SECONDS, FILES = "seconds", "files"
ORIGINAL = "original"
#: What can be asked for by name; `GROUPS` names several at once.
PARTS = (*TABLES, *RECORDED, SECONDS, FILES)
#: What is written where nothing is named: all but what is large and lies in the originals.
USUAL = (*TABLES, *RECORDED)
GROUPS = {
    "all": PARTS,
    "health": ("health_readings", "health_days", "sleep", "health_daily", "days"),
}


def asked(
    folder: Path,
    form: str,
    *,
    what: Sequence[str] = (),
    as_: str = ORIGINAL,
    since: date | None = None,
    until: date | None = None,
    filter_line: str = "",
) -> dict[str, object]:
    """The parameters of a job that writes into `folder`, which is absolute and of this machine.

    Raises UsageProblem for parts that there are not, a filter that cannot be read, or Parquet where nothing writes it.
    """
    if unknown := [name for name in what if name not in (*PARTS, *GROUPS)]:
        raise UsageProblem(f"There is no part {unknown[0]!r}.", hint=f"There are {', '.join((*PARTS, *GROUPS))}.")
    parse(filter_line)
    if form == "parquet":
        require_pyarrow()
    wanted = {part for name in what for part in GROUPS.get(name, (name,))} or set(USUAL)
    found = {
        "folder": str(folder),
        "form": form,
        "what": [part for part in PARTS if part in wanted],
        "as": as_,
        "since": since.isoformat() if since else None,
        "until": until.isoformat() if until else None,
        "filter": filter_line or None,
        "host": gethostname(),
    }
    return {name: value for name, value in found.items() if value is not None}
