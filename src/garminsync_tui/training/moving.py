"""How long someone really moved."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress, groupby, repeat
from operator import lt

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
    smooth = centred_mean(speed_mps, judged.MOVING_MEAN_S)
    moving = count_valid(smooth)
    # A second that is not known is not slower than anything: it ends a stop and is none.
    slow = compress(range(len(smooth)), map(lt, smooth, repeat(least)))
    for _, run in groupby(enumerate(slow), key=lambda place: place[1] - place[0]):
        length = len(list(run))
        if length >= judged.SHORTEST_STOP_S:
            moving -= length
    return moving
