"""The only formatter of numbers for people: what is stored in SI units, shown in the units somebody chose.

Missing values show as "—". Roundings are half up, so that what is shown never depends on whether a digit
before is even.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from math import floor, isfinite
from typing import Literal

from .metrics import METRICS, Granularity

Units = Literal["metric", "imperial"]

MISSING = "—"
#: Metres, by the international definitions of 1959.
MILE_M = 1609.344
YARD_M = 0.9144
FOOT_M = 0.3048
POUND_KG = 0.45359237

_BY_PACE = ("run", "walk", "hik")
_BY_LENGTHS = ("swim",)
_BEYOND = 1e18
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


# ── Plain numbers ────────────────────────────────────────────────────────────────────────────────────


def number(value: float | None, decimals: int = 0) -> str:
    """Like "1 384", "21.1": thousands apart, so many decimals."""
    if value is None or not isfinite(value):
        return MISSING
    if abs(value) >= _BEYOND:  # what nobody measured is told, and breaks nothing
        return f"{value:.0e}"
    rounded = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    if not rounded:
        rounded = abs(rounded)
    return f"{rounded:,f}".replace(",", " ")


def _with_unit(value: float | None, decimals: int, unit: str) -> str:
    shown = number(value, decimals)
    return shown if shown == MISSING else f"{shown} {unit}"


# ── What activities are measured in ──────────────────────────────────────────────────────────────────


def distance(metres: float | None, units: Units = "metric", decimals: int = 1) -> str:
    """Like "21.1 km", "850 m" below a kilometre; "13.1 mi", "850 yd" below a mile."""
    if metres is None:
        return MISSING
    if units == "imperial":
        if metres < MILE_M:
            return _with_unit(metres / YARD_M, 0, "yd")
        return _with_unit(metres / MILE_M, decimals, "mi")
    if metres < 999.5:
        return _with_unit(metres, 0, "m")
    return _with_unit(metres / 1000, decimals, "km")


def duration(seconds: float | None) -> str:
    """Like "1:48:20", "22:10", "0:42"."""
    if seconds is None or not isfinite(seconds):
        return MISSING
    whole = floor(abs(seconds) + 0.5)
    sign = "-" if seconds < 0 and whole else ""
    hours, rest = divmod(whole, _HOUR)
    minutes, left = divmod(rest, _MINUTE)
    return sign + (f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}")


def span(seconds: float | None) -> str:
    """Like "7 h 24 m", "24 m", "3 d 4 h": a length of time that nobody needs to the second."""
    if seconds is None or not isfinite(seconds):
        return MISSING
    minutes = floor(seconds / _MINUTE + 0.5)
    if minutes == 0 and seconds > 0:
        return f"{floor(seconds + 0.5)} s"
    hours, minutes = divmod(minutes, 60)
    if hours >= 48:
        return f"{hours // 24} d {hours % 24} h"
    return f"{hours} h {minutes} m" if hours else f"{minutes} m"


def hours(seconds: float | None) -> str:
    """Like "363 h 5 m", "24 m": what several activities took together, never in days."""
    if seconds is None or not isfinite(seconds):
        return MISSING
    whole, minutes = divmod(floor(seconds / _MINUTE + 0.5), 60)
    return f"{number(whole)} h {minutes} m" if whole else f"{minutes} m"


def pace(metres: float | None, seconds: float | None, sport: str, units: Units = "metric") -> str:
    """How fast, as the sport says it: "5:08/km" on foot, "2:04/100 m" in water, "22.7 km/h" on the rest."""
    if not metres or not seconds or metres <= 0 or seconds <= 0:
        return MISSING
    return speed(metres / seconds, sport, units)


def speed(metres_per_s: float | None, sport: str, units: Units = "metric") -> str:
    """A speed in m/s, as the sport says it; see `pace`."""
    if not metres_per_s or not isfinite(metres_per_s) or metres_per_s <= 0:
        return MISSING
    metric = units == "metric"
    sport = sport.lower()
    if any(word in sport for word in _BY_LENGTHS):
        length_m = 100 if metric else 100 * YARD_M
        return f"{duration(length_m / metres_per_s)}/100 {'m' if metric else 'yd'}"
    if any(word in sport for word in _BY_PACE):
        length_m = 1000 if metric else MILE_M
        return f"{duration(length_m / metres_per_s)}/{'km' if metric else 'mi'}"
    if metric:
        return _with_unit(metres_per_s * 3.6, 1, "km/h")
    return _with_unit(metres_per_s * _HOUR / MILE_M, 1, "mph")


def is_pace(sport: str) -> bool:
    """Whether a sport says how fast by the time for a length, and not by a speed."""
    return any(word in sport.lower() for word in (*_BY_LENGTHS, *_BY_PACE))


def elevation(metres: float | None, units: Units = "metric") -> str:
    """Like "210 m", "689 ft"."""
    if units == "imperial":
        return _with_unit(None if metres is None else metres / FOOT_M, 0, "ft")
    return _with_unit(metres, 0, "m")


def heart_rate(beats_per_min: float | None) -> str:
    """Like "148 bpm"."""
    return _with_unit(beats_per_min, 0, "bpm")


def cadence(per_min: float | None, sport: str) -> str:
    """Like "172 spm" for steps and strokes, "88 rpm" for what turns."""
    on_foot = any(word in sport.lower() for word in (*_BY_PACE, *_BY_LENGTHS))
    return _with_unit(per_min, 0, "spm" if on_foot else "rpm")


def power(watts: float | None) -> str:
    """Like "215 W"."""
    return _with_unit(watts, 0, "W")


def calories(kcal: float | None) -> str:
    """Like "1 384 kcal"."""
    return _with_unit(kcal, 0, "kcal")


def weight(kg: float | None, units: Units = "metric") -> str:
    """Like "72.4 kg", "159.6 lb"."""
    if units == "imperial":
        return _with_unit(None if kg is None else kg / POUND_KG, 1, "lb")
    return _with_unit(kg, 1, "kg")


def food(kg: float | None) -> str:
    """Like "112 g": what was eaten, in the unit that stands on every packet."""
    return _with_unit(None if kg is None else kg * 1000, 0, "g")


def temperature(celsius: float | None, units: Units = "metric") -> str:
    """Like "7 °C", "45 °F"."""
    if units == "imperial":
        return _with_unit(None if celsius is None else celsius * 9 / 5 + 32, 0, "°F")
    return _with_unit(celsius, 0, "°C")


# ── What records are of ──────────────────────────────────────────────────────────────────────────────


_NAMED_M = {
    21_097.5: "half marathon",
    42_195.0: "marathon",
    MILE_M: "1 mile",
    **{miles * MILE_M: f"{miles} miles" for miles in (2, 5, 10, 50, 100)},
}


def race(metres: float) -> str:
    """Like "400 m", "5 km", "1 mile", "half marathon": a distance that efforts are measured over, by its name."""
    named = next((name for length_m, name in _NAMED_M.items() if abs(length_m - metres) < 0.01), None)
    if named:
        return named
    shown = metres if metres < 1000 else metres / 1000
    return f"{shown:g} {'m' if metres < 1000 else 'km'}"


def interval(seconds: float) -> str:
    """Like "5 s", "20 min", "2 h", "6:52": a time that efforts are measured over, by its name."""
    if seconds % _MINUTE == 0:
        if seconds % _HOUR == 0 and seconds > _HOUR:
            return f"{seconds / _HOUR:g} h"
        if seconds <= 2 * _HOUR:
            return f"{seconds / _MINUTE:g} min"
    return f"{seconds:g} s" if seconds < 2 * _MINUTE else duration(seconds)


#: Of the times in seconds that power is measured over, those that people speak of; files for programs have them all.
SPOKEN_S = frozenset(
    {5, 10, 15, 30, 60, 120, 180, 300, 420, 600, 720, 1200, 1800, 3600, 5400, 7200, 10800, 14400, 18000}
)


def span_name(kind: str, span: float) -> str:
    """Like "5 km" of a distance, "20 min" of power: what a best effort was measured over."""
    return race(span) if kind == "distance" else interval(span)


# ── Health metrics ───────────────────────────────────────────────────────────────────────────────────


#: Units that are shown as they are named, and those that are shown without decimals.
_NAMED = ("bpm", "brpm", "ms", "kcal", "min", "W", "ml", "mmHg")
_WHOLE = frozenset({*_NAMED, "points", "count", "load", "rating", "years", None})
_BY_UNIT: dict[str | None, Callable[[float, Units], str]] = {
    "s": lambda value, units: span(value),
    "m": distance,
    "kg": weight,
    "%": lambda value, units: _with_unit(value, 1, "%"),
    "kg/m²": lambda value, units: _with_unit(value, 1, "kg/m²"),
    "index": lambda value, units: number(value, 1),
    # In the catalogue a difference of temperatures, which has no offset of 32.
    "°C": lambda value, units: (
        _with_unit(value * 9 / 5, 1, "°F") if units == "imperial" else _with_unit(value, 1, "°C")
    ),
    **{
        unit: lambda value, units, unit=unit: _with_unit(value, 0, unit)  # type: ignore[misc]
        for unit in _NAMED
    },
    "ml/kg/min": lambda value, units: number(value, 1),
    "ratio": lambda value, units: number(value, 1),
    "m/s": lambda value, units: speed(value, "running", units),
}
#: Where the unit alone would say it badly: a race time in minutes, a height in kilometres, a meal's fat in kilograms.
_BY_NAME: dict[str, Callable[[float, Units], str]] = {
    "altitude_acclimation": elevation,
    **dict.fromkeys(("nutrition_protein", "nutrition_carbs", "nutrition_fat"), lambda value, units: food(value)),
    **dict.fromkeys(
        (name for name in METRICS if name.startswith("race_prediction_")), lambda value, units: duration(value)
    ),
}


def metric_value(metric_type: str, value: float | None, units: Units = "metric") -> str:
    """A value of the catalogue with its unit: "48 bpm", "7 h 24 m", "6 412", "balanced"."""
    if value is None or not isfinite(value):
        return MISSING
    metric = METRICS.get(metric_type)
    if metric is None:
        return number(value, 0 if value == int(value) else 1)
    if metric.words and value == int(value) and 0 <= value < len(metric.words):
        return metric.words[int(value)]
    shown = _BY_NAME.get(metric_type) or _BY_UNIT.get(metric.unit)
    return shown(value, units) if shown else number(value)


def metric_mean(metric_type: str, value: float | None, units: Units = "metric") -> str:
    """The mean of a metric: as its values, but a mean of words stays a number."""
    metric = METRICS.get(metric_type)
    return number(value, 1) if metric and metric.words else metric_value(metric_type, value, units)


def metric_change(metric_type: str, value: float | None, units: Units = "metric") -> str:
    """A difference between two values, with its sign: "−0.6 bpm", "+12 m"; small ones to a tenth."""
    if value is None or not isfinite(value):
        return MISSING
    metric = METRICS.get(metric_type)
    plain = metric_type not in _BY_NAME and metric is not None and metric.unit in _WHOLE
    if plain and abs(value) < 10:
        shown = _with_unit(abs(value), 1, metric.unit if metric and metric.unit in _NAMED else "").rstrip()
    else:
        shown = metric_mean(metric_type, abs(value), units)
    if not any(digit in shown for digit in "123456789"):
        return f"±{shown}"
    return f"{'+' if value > 0 else '−'}{shown}"


def is_of_a_day(metric_type: str) -> bool:
    """Whether a metric's values belong to dates and not to instants."""
    metric = METRICS.get(metric_type)
    return metric is not None and metric.granularity is Granularity.DAY


# ── Times and sizes ──────────────────────────────────────────────────────────────────────────────────


def about(seconds: float) -> str:
    """Like "about 12 min", "about 6 h", "about 3 days": a length of time that nobody knows exactly."""
    minutes = max(seconds, 0.0) / _MINUTE
    if minutes < 1:
        return "less than a minute"
    if minutes < 90:
        return f"about {minutes:.0f} min"
    hours = minutes / 60
    return f"about {hours:.0f} h" if hours < 48 else f"about {hours / 24:.0f} days"


def ago(moment: datetime | None, now: datetime) -> str:
    """Like "3 min ago", "in 12 min", "just now"; hours up to two days, then days."""
    if moment is None:
        return "never"
    seconds = (now - moment).total_seconds()
    length = _roughly(abs(seconds))
    if not length:
        return "just now" if seconds >= 0 else "now"
    return f"{length} ago" if seconds > 0 else f"in {length}"


def _roughly(seconds: float) -> str:
    if seconds < 10:
        return ""
    if seconds < 60:
        return f"{floor(seconds)} s"
    if seconds < _HOUR:
        return f"{floor(seconds / _MINUTE)} min"
    if seconds < 2 * _DAY:
        return f"{floor(seconds / _HOUR)} h"
    return f"{floor(seconds / _DAY)} days"


def local_time(moment: datetime | None, zone: tzinfo | None = None) -> str:
    """Like "2026-11-21 08:12" by the clock of `zone`; of this machine where none is given."""
    return MISSING if moment is None else f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def clock_at(moment: datetime | None, utc_offset_s: int | None) -> str:
    """Like "2026-11-21 08:12" by the clock where it happened; in UTC where that is unknown."""
    if moment is None:
        return MISSING
    return f"{moment + timedelta(seconds=utc_offset_s or 0):%Y-%m-%d %H:%M}"


def size(count: float | None) -> str:
    """Like "214 MB": bytes in powers of a thousand."""
    if count is None:
        return MISSING
    for unit in ("B", "kB", "MB", "GB"):
        if count < 999.5:
            return _with_unit(count, 0 if unit == "B" or count >= 10 else 1, unit)
        count /= 1000
    return _with_unit(count, 1, "TB")
