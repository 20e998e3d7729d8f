"""World records as the bound of what a runner can have run; who is faster was on something else.

Men's records, outdoors, as known to the authors in the summer of 2025 and written from memory: to be checked
against the lists of World Athletics before more than a doubt is made of them. Records that fell since only
make the bound a little too strict for their holders.
"""

from __future__ import annotations

from itertools import pairwise
from math import exp, log
from typing import NamedTuple


class Record(NamedTuple):
    """A world record over a distance, and the day on which it was run (ISO date)."""

    distance_m: float
    seconds: float
    day: str
    by: str


#: By distance, ascending.
RUNNING_RECORDS = (
    Record(400.0, 43.03, "2016-08-14", "Wayde van Niekerk"),
    Record(800.0, 100.91, "2012-08-09", "David Rudisha"),
    Record(1000.0, 131.96, "1999-09-05", "Noah Ngeny"),
    Record(1500.0, 206.00, "1998-07-14", "Hicham El Guerrouj"),
    Record(1609.344, 223.13, "1999-07-07", "Hicham El Guerrouj"),
    Record(3000.0, 437.55, "2024-08-25", "Jakob Ingebrigtsen"),
    Record(5000.0, 755.36, "2020-08-14", "Joshua Cheptegei"),
    Record(10_000.0, 1571.00, "2020-10-07", "Joshua Cheptegei"),
    Record(21_097.5, 3450.0, "2024-10-27", "Yomif Kejelcha"),
    Record(42_195.0, 7235.0, "2023-10-08", "Kelvin Kiptum"),
    Record(100_000.0, 21_935.0, "2023-05-14", "Aleksandr Sorokin"),
)


def record_s(distance_m: float) -> float | None:
    """The fastest seconds over a distance; between two records on the line through their logarithms.

    None for distances shorter or longer than those of the table.
    """
    for shorter, longer in pairwise(RUNNING_RECORDS):
        if distance_m == shorter.distance_m:
            return shorter.seconds
        if shorter.distance_m < distance_m < longer.distance_m:
            along = log(distance_m / shorter.distance_m) / log(longer.distance_m / shorter.distance_m)
            return shorter.seconds * exp(along * log(longer.seconds / shorter.seconds))
    last = RUNNING_RECORDS[-1]
    return last.seconds if distance_m == last.distance_m else None
