"""What a file of a watch, a scale or a cuff holds, and where its messages put it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from ..metrics import METRICS, Reading, plausible
from .fit_encoding import FIT_EPOCH_S
from .fit_fields import TIMESTAMP, Fields

_WIDEST_OFFSET_S = 15 * 3600
#: Smaller times count from when a device was switched on, not from 1989.
_DEVICE_CLOCK_BELOW_S = 0x1000_0000


class Count(NamedTuple):
    """A counter at an instant: steps or metres since local midnight, by type of activity."""

    what: str
    activity_type: int
    at_ms: int
    total: float


class Gain(NamedTuple):
    """What came since the last such message: metres of ascent or descent, moderate or vigorous minutes."""

    what: str
    at_ms: int
    amount: float


class Level(NamedTuple):
    """From here on a night is unmeasurable (0), awake (1), light (2), deep (3) or REM (4)."""

    at_ms: int
    level: int


@dataclass(slots=True)
class Wellness:
    """What one file holds."""

    file_type: int | None = None
    serial_number: int = 0
    created_ms: int | None = None
    #: Where the local clock was against UTC, in seconds, at some instants.
    clock: list[tuple[int, int]] = field(default_factory=list)
    #: Heart rate, stress, body battery, respiration, oxygen, variability, weigh-ins, blood pressure, naps.
    readings: list[Reading] = field(default_factory=list)
    #: Values of a day or a night, at the instant they were written.
    dated: list[Reading] = field(default_factory=list)
    counts: list[Count] = field(default_factory=list)
    gains: list[Gain] = field(default_factory=list)
    levels: list[Level] = field(default_factory=list)
    #: When nights began (True) and ended, where that is told.
    bedtimes: list[tuple[int, bool]] = field(default_factory=list)
    #: First and last instant of the monitoring in it.
    monitored: tuple[int, int] | None = None
    #: What could not be read or was not taken, in half sentences.
    problems: tuple[str, ...] = ()

    @property
    def has_content(self) -> bool:
        """Whether there is anything to store."""
        return bool(self.readings or self.dated or self.counts or self.gains or self.levels)


def unfolded(last_s: int, low_bits: int) -> int:
    """The time whose lower 16 bits these are, at or after `last_s`."""
    return last_s + ((low_bits - last_s) & 0xFFFF)


class Reader:
    """Where messages go, and the time they count on from."""

    def __init__(self, found: Wellness) -> None:
        self.found = found
        self.last_s: int | None = None
        #: Whom a shared scale or cuff measured.
        self.people: set[float] = set()

    def begin(self) -> None:
        """A chained file counts its times anew."""
        self.last_s = None

    def at(self, fields: Fields, number: int = TIMESTAMP) -> int | None:
        """The instant in a field, in milliseconds since 1970; None for none, and for a clock that was never set."""
        seconds = fields.get(number)
        if seconds is None or not _DEVICE_CLOCK_BELOW_S <= seconds <= 0xFFFF_FFFE:
            return None
        return (int(seconds) + FIT_EPOCH_S) * 1000

    def take(self, metric: str, at_ms: int | None, value: float | None, scale: float = 1) -> None:
        """A reading at its instant, where there is one that can be true."""
        if at_ms is not None and value is not None and plausible(metric, value / scale):
            self.found.readings.append(Reading(metric, at_ms, round(value / scale, 3)))

    def date(self, metric: str, at_ms: int | None, value: float | None, scale: float = 1) -> None:
        """A value of the day, or night, in which it was written."""
        if at_ms is not None and value is not None and plausible(metric, value / scale):
            words = METRICS[metric].words
            extra = {"word": words[int(value)]} if words else None
            self.found.dated.append(Reading(metric, at_ms, round(value / scale, 3), extra))

    def set_clock(self, at_ms: int | None, local_s: float | None) -> None:
        """What a local time says of the offset."""
        if at_ms is None or local_s is None:
            return
        offset_s = int(local_s) + FIT_EPOCH_S - at_ms // 1000
        if abs(offset_s) <= _WIDEST_OFFSET_S:
            self.found.clock.append((at_ms, round(offset_s / 60) * 60))
