"""Whose an archive is: Garmin's profile id, which its files carry in one place or another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ...errors import FileDamaged
from .json_stream import items
from .sources import Found
from .summaries import LIST, is_summaries

_KEYS = ("userProfilePK", "userProfilePk", "userProfileId", "profileId", "userProfileNumber")
_DEEPEST = 3


def profile_ids(found: Iterable[Found]) -> set[str]:
    """The profile ids that the files name, by the first item of each; one where all are one person's."""
    return {profile for each in found if (profile := _of_file(each)) is not None}


def _of_file(found: Found) -> str | None:
    try:
        first = next(iter(items(found, LIST if is_summaries(found) else "")), None)
    except FileDamaged:
        return None  # it is named when it is read
    return _in(first, _DEEPEST)


def _in(value: Any, depth: int) -> str | None:
    if not isinstance(value, Mapping):
        return None
    for key in _KEYS:
        number = value.get(key)
        if isinstance(number, int) and not isinstance(number, bool) and number > 0:
            return str(number)
        if isinstance(number, str) and number.isascii() and number.isdecimal() and int(number):
            return number
    if depth == 0:
        return None
    return next((profile for part in value.values() if (profile := _in(part, depth - 1))), None)
