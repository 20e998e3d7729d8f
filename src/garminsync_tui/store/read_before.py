"""What is known of files to import, in plain SQL: an import that is asked for again mostly has nothing to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .plain import AskedFile

_UNDER_WAY = "SELECT 1 FROM sync_jobs WHERE job_type = 'file_import' AND status IN ('pending', 'in_progress') LIMIT 1"
_NOT_COMPUTED = (
    "SELECT 1 FROM activities a WHERE NOT EXISTS (SELECT 1 FROM activity_figures f WHERE f.activity_id = a.id) LIMIT 1"
)
_READ_BEFORE = """
    SELECT f.fingerprint, f.outcome, f.reason, a.file_path, a.size_bytes
      FROM imported_files f LEFT JOIN activities a ON a.id = f.activity_id
     WHERE f.version >= :version AND f.fingerprint IN ({places})"""


class ReadBefore(NamedTuple):
    """What became of a file, and where the activity that has it lies."""

    outcome: str
    reason: str | None
    file_path: str | None
    size_bytes: int | None


def at_rest(asked: AskedFile) -> bool:
    """Whether no import waits or runs, and of all that is here everything was computed."""
    return not asked.answer(_UNDER_WAY) and not asked.answer(_NOT_COMPUTED)


def read_before(asked: AskedFile, fingerprints: Sequence[bytes], version: int) -> dict[bytes, ReadBefore]:
    """What is known of files by their place, size and time of change; of readers as old as `version` or newer."""
    values = {f"f{number}": each for number, each in enumerate(fingerprints)}
    question = _READ_BEFORE.format(places=", ".join(f":{name}" for name in values))
    return {row[0]: ReadBefore(*row[1:]) for row in asked.answer(question, version=version, **values)}
