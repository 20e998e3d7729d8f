"""What a watch counts in a pool: lengths, and the rests between sets of them."""

from __future__ import annotations

from itertools import pairwise
from math import sin
from typing import NamedTuple

from .training import POOL_M, Session

_FREESTYLE, _BREASTSTROKE = 0, 2
_SET = 8
_SLOWER_SET = 3  # every third set is breaststroke


class Length(NamedTuple):
    """Seconds from the start at which it begins and ends; `stroke` by the FIT profile, None for a rest."""

    begins_s: int
    ends_s: int
    stroke: int | None = None
    strokes: int = 0

    @property
    def seconds(self) -> int:
        """How long it took."""
        return self.ends_s - self.begins_s


def lengths(session: Session) -> list[Length]:
    """Lengths and rests that add up to the session's timer and, but for the rests, to its time in motion."""
    count = round(session.distance / POOL_M)
    edges = [round(session.motion_s * (at + 0.3 * sin(at)) / count) for at in range(count)] + [session.motion_s]
    sets = -(-count // _SET)
    found: list[Length] = []
    rested_s = 0
    for at, (begins_s, ends_s) in enumerate(pairwise(edges)):
        number = at // _SET
        if at and at % _SET == 0:
            # The rests together are what is left of the session's time, to the second.
            until_s = round((session.moving_s - session.motion_s) * number / (sets - 1))
            found.append(Length(begins_s + rested_s, begins_s + until_s))
            rested_s = until_s
        stroke = _BREASTSTROKE if number % _SLOWER_SET == _SLOWER_SET - 1 else _FREESTYLE
        strokes = round((ends_s - begins_s) * (0.34 if stroke else 0.52))
        found.append(Length(begins_s + rested_s, ends_s + rested_s, stroke, strokes))
    return found
