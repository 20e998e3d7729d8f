"""How far back a health job is, and how long it still takes at its pace: the words that people wait with."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from datetime import date
from statistics import median

from ..units import about

#: So many requests show the pace; before that only the budget is known.
_KNOWN_AFTER = 20
_REMEMBERED = 99
#: What is shorter is over before it is read.
_WORTH_SAYING_S = 120.0


class Outlook:
    """The way of one run back to `goal`, the oldest day of its plan."""

    def __init__(self, goal: date, per_request_s: float, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        """The budget allows a request every `per_request_s` at best; 0 where there is none."""
        self._goal = goal
        self._budget_s = per_request_s
        self._monotonic = monotonic
        self._sent_at: float | None = None
        self._took_s: deque[float] = deque(maxlen=_REMEMBERED)

    def request(self) -> None:
        """One more goes out now."""
        moment = self._monotonic()
        if self._sent_at is not None:
            self._took_s.append(moment - self._sent_at)
        self._sent_at = moment

    def note(self, day: date, left: int) -> str:
        """Like "back to 2024-03-05 of 2019-01-01, about 6 h left", with all newer than `day` done and `left` to do."""
        words = f"back to {day} of {self._goal}" if day > self._goal else f"back to {day}"
        left_s = self._per_request_s() * left
        return f"{words}, {about(left_s)} left" if left_s >= _WORTH_SAYING_S else words

    def _per_request_s(self) -> float:
        if len(self._took_s) < _KNOWN_AFTER:
            return self._budget_s
        # Not the mean: one long wait does not make those that follow longer. Not less than the budget: its
        # first requests may go out at once.
        return max(self._budget_s, median(self._took_s))
