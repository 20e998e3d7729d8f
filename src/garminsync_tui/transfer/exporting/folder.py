"""The folder of an export: nobody else's, never whole before it is, and with a page that says what is in it."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ... import __version__
from ...errors import AlreadyRunning, UsageProblem
from ...new_file import DRAFT_ENDING, new_file
from ...paths import PRIVATE_FILE_MODE, private_folder

FORMAT = "garminsync-export"
SCHEMA, GUIDE = "schema.json", "README.md"
#: There as long as something is missing.
UNFINISHED = "INCOMPLETE.txt"
_UNFINISHED_WORDS = "This export is not finished: the same `garminsync export` goes on with it.\n"


def require_ours(folder: Path, *, force: bool) -> None:
    """Raises UsageProblem where something lies in the folder that no unfinished export left there."""
    try:
        if folder.exists() and not folder.is_dir():
            raise UsageProblem(f"{folder} is no folder.", hint="Name a folder, new or empty.")
        there = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    except OSError as problem:
        raise UsageProblem(f"{folder} cannot be read: {problem.strerror}.", hint="Name another folder.") from None
    if not there or UNFINISHED in there or force:
        return
    if SCHEMA in there and _is_export(folder / SCHEMA):
        raise UsageProblem(
            f"{folder} holds an export already.", hint="Name another folder, or write over it with --force."
        )
    raise UsageProblem(
        f"{folder} is not empty, and what is in it is not from an export.",
        hint="Name a new folder; --force writes into this one and leaves what is called otherwise.",
    )


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Write into the folder alone; it says that it is unfinished until `finish`. Raises AlreadyRunning."""
    private_folder(folder)
    mark = folder / UNFINISHED
    handle = os.open(mark, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, PRIVATE_FILE_MODE)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(f"Another export writes into {folder}.", hint="Wait, or name another one.") from None
        os.truncate(handle, 0)
        os.write(handle, _UNFINISHED_WORDS.encode())
        for draft in folder.glob(f"**/.*{DRAFT_ENDING}"):
            draft.unlink(missing_ok=True)  # of a process that was killed: nobody else writes here
        yield
    finally:
        os.close(handle)


def finish(folder: Path, schema: dict[str, Any]) -> None:
    """Say what is in the folder, and that it is all there."""
    with new_file(folder / GUIDE, replace=True) as stream:
        stream.write(_guide(schema))
    with new_file(folder / SCHEMA, replace=True) as stream:
        json.dump(schema, stream, indent=2)
        stream.write("\n")
    (folder / UNFINISHED).unlink()


def schema_of(parameters: dict[str, Any], tables: list[dict[str, Any]], made_at: str) -> dict[str, Any]:
    """What `schema.json` says: what was asked for, and each table with its columns and files."""
    asked = {name: parameters.get(name) for name in ("since", "until", "filter")}
    return {
        "format": FORMAT,
        "version": 1,
        "program": __version__,
        "made_at": made_at,
        "form": parameters["form"],
        "chosen": asked,
        "tables": tables,
    }


def _is_export(path: Path) -> bool:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(found, dict) and found.get("format") == FORMAT


_FORMS = {
    "csv": 'CSV (RFC 4180, UTF-8). A missing value is an empty cell, an empty text `""`. A text that begins with one of'
    " `= + - @ '`, a tab or a line break has an apostrophe in front, so that no spreadsheet computes it: take one"
    " leading apostrophe off and it is what was stored.",
    "json": "JSON Lines: an object a line, a missing value is `null`.",
    "parquet": "Parquet. Unit and meaning of each column are in its field's metadata.",
}


def _guide(schema: dict[str, Any]) -> str:
    """The same for people."""
    lines = [
        "# Exported by garminsync",
        "",
        f"Made {schema['made_at']} by garminsync {schema['program']}. {_FORMS[schema['form']]}",
        "",
        "Times are UTC, ISO 8601; a date is a local calendar date. Units are SI-derived and stand in a column's name,",
        "or in the row's `unit` where they differ by row. `schema.json` says the same for programs.",
    ]
    for table in schema["tables"]:
        lines += ["", f"## {table['name']}", "", table["about"], ""]
        lines += [f"- `{each['file']}`: {each['rows']}" for each in table["files"]]
        if table["columns"]:
            lines += ["", "| column | type | unit | what it is |", "|---|---|---|---|"]
            lines += [
                f"| {each['name']} | {each['type']} | {each['unit'] or ''} | {each['about']} |"
                for each in table["columns"]
            ]
    return "\n".join(lines) + "\n"
