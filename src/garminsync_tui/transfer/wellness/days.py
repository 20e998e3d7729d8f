"""Many files of watches, scales and cuffs into what they tell of each local day, by Garmin's endpoints."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from statistics import fmean

from ...formats.fit_wellness import Wellness
from ...garmin.endpoints import BY_NAME, endpoint_of
from ...metrics import Reading, day_ms, plausible
from ...store.filling import ToldDay
from ..gives import FIT_GIVES, NEEDS_WHOLE_DAY
from .local_days import LocalDays
from .movement import Watched, metrics_of, movement
from .nights import Night, night_at, night_days, nights, readings_of

_HOUR_MS = 3_600_000
_OF_NIGHTS = {"hrv_rmssd"}
#: Of a day without any effort there are no readings, and none are missing.
_EFFORT = "intensity_minutes"
#: metric of a day → the readings it is of, and how.
_EXTREMES: Mapping[str, tuple[str, Callable[[Iterable[float]], float]]] = {
    "min_heart_rate": ("heart_rate", min),
    "max_heart_rate": ("heart_rate", max),
    "stress_avg": ("stress_level", fmean),
    "stress_max": ("stress_level", max),
    "body_battery_high": ("body_battery", max),
    "body_battery_low": ("body_battery", min),
}

type _Days = Mapping[tuple[str, date], ToldDay]


def told_days(files: Iterable[Wellness], local: LocalDays) -> dict[str, list[ToldDay]]:
    """By endpoint, what files tell of each day that any of them knows of.

    Of several watches the one that tells more of a day counts: added up, they would count a step twice.
    """
    by_watch: dict[int, list[Wellness]] = defaultdict(list)
    for file in files:
        by_watch[file.serial_number].append(file)
    best: dict[tuple[str, date], ToldDay] = {}
    for _, own in sorted(by_watch.items()):
        for key, told in _of_watch(own, local).items():
            other = best.get(key)
            if other is not None and BY_NAME[key[0]].by_hand:
                best[key] = other._replace(readings=[*other.readings, *told.readings])
            elif other is None or (told.whole, len(told.readings)) > (other.whole, len(other.readings)):
                best[key] = told
    found: dict[str, list[ToldDay]] = defaultdict(list)
    for (endpoint, _), told in sorted(best.items()):
        found[endpoint].append(told)
    return dict(found)


def endpoints_told(file: Wellness) -> set[str]:
    """Of which endpoints a file tells anything, whether or not it is enough."""
    metrics = {each.metric for each in (*file.readings, *file.dated)} | metrics_of(file.counts, file.gains)
    metrics |= {metric for metric, (of, _) in _EXTREMES.items() if of in metrics}
    return {_ENDPOINTS[metric] for metric in metrics} | ({"sleep"} if file.levels else set())


def _of_watch(files: Sequence[Wellness], local: LocalDays) -> _Days:
    watched = Watched(file.monitored for file in files if file.monitored)
    known = nights(
        [level for file in files for level in file.levels],
        [bedtime for file in files for bedtime in file.bedtimes],
        local,
    )
    by_day: dict[date, list[Reading]] = defaultdict(list)
    readings = {(each.metric, each.at_ms): each for file in files for each in file.readings}.values()
    for reading in readings:
        if reading.metric not in _OF_NIGHTS:
            by_day[local.day_of(reading.at_ms)].append(reading)
    for day, group in night_days((each for each in readings if each.metric in _OF_NIGHTS), known, local):
        by_day[day] += group
    for night in known:
        by_day[night.day] += readings_of(night)
    for day, reading in _dated(files, known, local):
        by_day[day].append(reading)
    days = {local.day_of(at_ms) for span in watched.spans for at_ms in range(span.starts_ms, span.ends_ms, _HOUR_MS)}
    counts = [count for file in files for count in file.counts]
    counts_effort = any(gain.what in {"moderate", "vigorous"} for file in files for gain in file.gains)
    moved = movement(counts, [gain for file in files for gain in file.gains], watched, days | by_day.keys(), local)
    for day, more in moved.items():
        by_day[day] += more
    found: dict[tuple[str, date], ToldDay] = {}
    for day, told in by_day.items():
        is_watched = watched.covers(*local.span(day))
        every = _hourly(told, local.starts_ms(day))
        if is_watched:
            every += _extremes(day, every)
        for endpoint, its in _by_endpoint(every):
            found[endpoint, day] = ToldDay(day, its, _is_whole(endpoint, its, is_watched=is_watched))
        if is_watched and counts_effort:
            found.setdefault((_EFFORT, day), ToldDay(day, (), whole=True))
    return found


def _dated(files: Iterable[Wellness], known: Sequence[Night], local: LocalDays) -> Iterator[tuple[date, Reading]]:
    """Values of days and nights at their dates; the last one written counts."""
    latest: dict[tuple[date, str], Reading] = {}
    for reading in sorted((each for file in files for each in file.dated), key=lambda reading: reading.at_ms):
        asleep = endpoint_of(reading.metric).name in {"sleep", "hrv_summaries"}
        day = (night_at(reading.at_ms, known) if asleep else None) or local.day_of(reading.at_ms)
        latest[day, reading.metric] = reading._replace(at_ms=day_ms(day))
    for (day, _), reading in latest.items():
        yield day, reading


def _hourly(readings: Iterable[Reading], starts_ms: int) -> list[Reading]:
    """Blood oxygen as Garmin tells it: the mean of an hour. A single reading keeps its instant."""
    every = [each for each in readings if each.metric != "spo2"]
    oxygen = sorted((each for each in readings if each.metric == "spo2"), key=lambda reading: reading.at_ms)
    for hour, group in groupby(oxygen, key=lambda reading: (reading.at_ms - starts_ms) // _HOUR_MS):
        its = list(group)
        at_ms = its[0].at_ms if len(its) == 1 else starts_ms + hour * _HOUR_MS
        every.append(Reading("spo2", at_ms, float(round(fmean(each.value for each in its)))))
    return every


def _extremes(day: date, readings: Sequence[Reading]) -> list[Reading]:
    found = []
    for metric, (of, make) in _EXTREMES.items():
        values = [each.value for each in readings if each.metric == of]
        if values and plausible(metric, value := float(round(make(values)))):
            found.append(Reading(metric, day_ms(day), value))
    return found


def _by_endpoint(readings: Iterable[Reading]) -> Iterator[tuple[str, list[Reading]]]:
    found: dict[str, list[Reading]] = defaultdict(list)
    for reading in readings:
        found[_ENDPOINTS[reading.metric]].append(reading)
    yield from found.items()


_ENDPOINTS = {metric: endpoint.name for endpoint in BY_NAME.values() for metric in endpoint.metrics}


def _is_whole(endpoint: str, readings: Iterable[Reading], *, is_watched: bool) -> bool:
    needed = FIT_GIVES.get(endpoint)
    if needed is None or (endpoint in NEEDS_WHOLE_DAY and not is_watched):
        return False
    return needed <= {each.metric for each in readings}
