"""How long someone really moved."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from math import isnan

from . import heuristics as judged
from .rolling import centred_mean, count_valid
from .sports import Sport


def moving_seconds(speed_mps: Sequence[float], sport: Sport) -> int | None:
    """Seconds of timer time in motion: at least 0.9 m/s running, 0.5 walking, 1.0 cycling, smoothed over 3 s.

    Less for shorter than 3 s is no stop. Seconds without a speed do not count. None where no speed is known,
    and for swimming: in water GPS speed is noise, and pools have lengths.
    """
    least = judged.MOVING_MPS.get(sport)
    if least is None or not count_valid(speed_mps):
        return None
    moving = 0
    # None is what is not known; it ends a stop and is none.
    states = (None if isnan(speed) else speed >= least for speed in centred_mean(speed_mps, judged.MOVING_MEAN_S))
    for moves, run in groupby(states):
        length = sum(1 for _ in run)
        if moves or (moves is False and length < judged.SHORTEST_STOP_S):
            moving += length
    return moving
