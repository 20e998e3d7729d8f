"""Speeds as people say them and as Garmin stores them: always metres per second, the faster end of a pace first."""

from __future__ import annotations

from ..units import MILE_M, YARD_M

_LENGTH_M = {"/km": 1000.0, "/mi": MILE_M, "/100m": 100.0, "/100yd": 100 * YARD_M, "/500m": 500.0}
_MPS = {"km/h": 1 / 3.6, "mph": MILE_M / 3600}
#: Within this Garmin's numbers mean the same.
SAME_MPS = 1e-3


def mps_of(value: float, unit: str) -> float:
    """Metres per second of a pace (seconds for a length) or a speed."""
    return _LENGTH_M[unit] / value if unit in _LENGTH_M else value * _MPS[unit]


def said(mps: float, unit: str) -> float:
    """A speed in `unit`, in the roundest number that still means it."""
    exact = _LENGTH_M[unit] / mps if unit in _LENGTH_M else mps / _MPS[unit]
    for digits in range(4):
        rounded = round(exact, digits)
        if rounded > 0 and abs(mps_of(rounded, unit) - mps) <= SAME_MPS / 2:
            return rounded
    return exact
