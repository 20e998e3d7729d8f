"""What commands say where numbers are missing, because files were not read yet or hold too little."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .output import say

if TYPE_CHECKING:
    from ..store.records import Extent

_WHO_COMPUTES = "the app and the daemon do it in the background, `garminsync reparse --activities` does it now"
NO_ACTIVITIES = "There are no activities yet: `garminsync sync` fetches them, `garminsync import` takes files."


def say_missing(found: Extent) -> None:
    """Narrate what was not computed yet, if anything."""
    from ..units import number

    if not found.activities:
        say(NO_ACTIVITIES)
    elif found.not_computed == found.activities:
        say(f"None of the {number(found.activities)} activities is computed yet: {_WHO_COMPUTES}.")
    elif found.not_computed:
        say(f"{number(found.not_computed)} of {number(found.activities)} activities not computed yet: {_WHO_COMPUTES}.")
