"""Where the athlete is when: home with its summer time, trips, and when local days begin and end.

Episodes repeat in blocks of 56 days counted back from the day the simulator was started on, so that two
months always hold a trip, an illness and a gap of 48 hours, and a day that passes changes none before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from random import Random
from zoneinfo import ZoneInfo

_BLOCK_DAYS = 56
#: Days of a block, counted back from its last one.
_TRIP = range(22, 30)
_ILLNESS = range(41, 46)
_GAP = range(48, 50)


@dataclass(frozen=True, slots=True)
class Place:
    """A town, with the height (m) of its streets."""

    name: str
    zone: str
    latitude: float
    longitude: float
    height: float

    @property
    def tz(self) -> ZoneInfo:
        """Its time zone."""
        return ZoneInfo(self.zone)


HOME = Place("Munich", "Europe/Berlin", 48.1540, 11.5930, 515.0)
_AWAY = (
    Place("New York", "America/New_York", 40.7812, -73.9665, 30.0),
    Place("Tokyo", "Asia/Tokyo", 35.6812, 139.7560, 20.0),
    Place("Denver", "America/Denver", 39.7480, -104.9510, 1610.0),
    Place("Bengaluru", "Asia/Kolkata", 12.9763, 77.5929, 910.0),
    Place("Los Angeles", "America/Los_Angeles", 34.0259, -118.4965, 25.0),
)


class Whereabouts:
    """Places and episodes of each date, from a seed and the date the simulator was started on."""

    def __init__(self, seed: int, anchor: date) -> None:
        self.seed = seed
        self.anchor = anchor
        self._shifts = cache(self._shift_of)

    def age(self, day: date) -> int:
        """Days back from the end of the day's block, 0 to 55."""
        return (self.anchor - day).days % _BLOCK_DAYS

    def _block(self, day: date) -> int:
        return (self.anchor - day).days // _BLOCK_DAYS

    def _shift_of(self, block: int) -> tuple[int, Place | None]:
        """How many days the block's episodes move, and where its trip goes (every second block has none)."""
        dice = Random(f"{self.seed}:block {block}")
        shift, place = dice.randrange(-1, 2), dice.choice(_AWAY)
        return shift, place if block == 0 or dice.random() < 0.5 else None

    def place(self, day: date) -> Place:
        """Where the athlete is at the midnight with which the day begins."""
        shift, place = self._shifts(self._block(day))
        return place if place and self.age(day) + shift in _TRIP else HOME

    def is_flying(self, day: date) -> bool:
        """Whether the day ends in another place than it began: it has more or less than 24 hours."""
        return self.place(day) != self.place(day + timedelta(days=1))

    def is_travelling(self, day: date) -> bool:
        """Whether any of the day is away from home."""
        return self.place(day) != HOME or self.is_flying(day)

    def is_ill(self, day: date) -> bool:
        """Whether the athlete has a cold: no training, raised resting heart rate, low variability."""
        return self.age(day) + self._shifts(self._block(day))[0] in _ILLNESS

    def is_in_gap(self, day: date) -> bool:
        """Whether the day is one of the two without the watch in a row."""
        return self.age(day) in _GAP

    def begins(self, day: date) -> datetime:
        """The instant (UTC) of the midnight with which the local day begins."""
        return datetime.combine(day, time(), self.place(day).tz).astimezone(UTC)

    def ends(self, day: date) -> datetime:
        """The instant (UTC) at which the next local day begins."""
        return self.begins(day + timedelta(days=1))

    def day_of(self, instant: datetime) -> date:
        """The local day that an instant lies in."""
        day = instant.astimezone(HOME.tz).date() + timedelta(days=1)
        while self.begins(day) > instant:
            day -= timedelta(days=1)
        return day

    def offset_s(self, instant: datetime) -> int:
        """Seconds east of UTC on the athlete's wrist: a flight's zone counts from the next midnight."""
        offset = instant.astimezone(self.place(self.day_of(instant)).tz).utcoffset()
        return int(offset.total_seconds()) if offset else 0
