"""The athlete's watch on a cable: the folder that it shows to a computer."""

from __future__ import annotations

import secrets
import shutil
from collections import Counter
from datetime import datetime
from pathlib import Path

from ..errors import GarminSyncError, UsageProblem
from ..paths import PRIVATE_FILE_MODE, PRIVATE_FOLDER_MODE
from . import wellness_fit as fit
from .watch import Watch

ROOT = "GARMIN"
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FIRST_YEAR = 2000


def write_device_folder(watch: Watch, target: Path) -> Counter[str]:
    """Make `target`/GARMIN, whole or not at all, for its owner only; how many files are in which of its folders.

    Raises UsageProblem where there is one already, GarminSyncError where it cannot be written.
    """
    root = target / ROOT
    if root.exists():
        raise UsageProblem(f"{root} is there already.", hint="Name another folder.")
    counts: Counter[str] = Counter()
    try:
        target.mkdir(PRIVATE_FOLDER_MODE, parents=True, exist_ok=True)
        draft = target / f".{secrets.token_hex(8)}.part"
        try:
            draft.mkdir(PRIVATE_FOLDER_MODE)
            for file in watch.files():
                _write(draft / file.folder / short_name(file.created), file.content)
                counts[file.folder] += 1
            _write(draft / "SETTINGS" / "SETTINGS.FIT", fit.file_of(fit.SETTINGS, watch.serial, 0))
            _write(draft / "GarminDevice.xml", _description(watch.serial))
            draft.rename(root)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
    except OSError as problem:
        raise GarminSyncError(
            f"{root} cannot be written: {problem.strerror}.", hint="Is there room, and may you write there?"
        ) from None
    return counts


def short_name(created: datetime) -> str:
    """A file's name as watches give them: year, month, day and hour a digit or letter each, minutes, seconds."""
    ahead = (created.year - _FIRST_YEAR) % len(_DIGITS)
    code = "".join(_DIGITS[number] for number in (ahead, created.month, created.day, created.hour))
    return f"{code}{created:%M%S}.FIT"


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(PRIVATE_FOLDER_MODE, exist_ok=True)
    file.touch(PRIVATE_FILE_MODE)
    file.write_bytes(content)


def _description(serial: int) -> bytes:
    """Modelled: what a watch says of itself."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<Device xmlns="http://www.garmin.com/xmlschemas/GarminDevice/v2">\n'
        "  <Model><PartNumber>006-B4315-00</PartNumber><Description>Forerunner 965</Description></Model>\n"
        f"  <Id>{serial}</Id>\n"
        "</Device>\n"
    ).encode()
