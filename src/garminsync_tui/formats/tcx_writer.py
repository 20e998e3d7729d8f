"""TCX (Garmin's TrainingCenterDatabase v2): a whole recording, or the little that is known without one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import batched
from math import isnan
from typing import TextIO

from .legs import LegLap, lap_distance_m, lap_duration_s, legs
from .track import Device, Lap, Track, to_ms
from .writing import CHUNK_POINTS, decimal, moment_text, require, xml_text

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_DATABASE = 'TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"'
_EXTENSION = 'xmlns="http://www.garmin.com/xmlschemas/ActivityExtension/v2"'
_CREATOR = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
_SPORTS = {"running": "Running", "cycling": "Biking", "biking": "Biking"}
# Of the schema
_MOST_BEATS, _MOST_TURNS, _MOST_CALORIES, _MOST_WATTS = 255, 254, 65_535, 65_535


def write_tcx(track: Track, stream: TextIO, *, sport: str | None = None) -> int:
    """An activity for each session, with its laps; speed, power and running cadence in the ActivityExtension.

    Temperature has no place in this format, and cadence is whole. `sport` (a word of Garmin's) stands in where the
    recording does not say its own. Returns the number of points; raises GarminSyncError where they have no times.
    """
    require(track, "TCX", times=True)
    stream.write(f"{_HEAD}<{_DATABASE}>\n<Activities>\n")
    for leg in legs(track, sport):
        word = _sport(leg.session.sport or "")
        stream.write(f'<Activity Sport="{word}">\n<Id>{_moment(leg.laps[0].lap.start)}</Id>\n')
        for part in leg.laps:
            _write_lap(track, stream, part, runs=word == "Running")
        stream.write(f"{_creator(track.device)}</Activity>\n")
    stream.write("</Activities>\n</TrainingCenterDatabase>\n")
    return len(track)


def summary_tcx(
    activity_type: str,
    start: datetime,
    duration_s: int,
    distance_m: float | None,
    calories_kcal: float | None,
) -> str:
    """An activity that was typed in by hand: one lap without a track, and nothing but what the summary says."""
    sport = _sport(activity_type)
    moment = f"{start:%Y-%m-%dT%H:%M:%SZ}"
    return (
        f"{_HEAD}"
        f"<{_DATABASE}>\n"
        f'  <Activities><Activity Sport="{sport}">\n'
        f"    <Id>{moment}</Id>\n"
        f'    <Lap StartTime="{moment}">\n'
        f"      <TotalTimeSeconds>{duration_s}</TotalTimeSeconds>\n"
        f"      <DistanceMeters>{distance_m or 0.0:.2f}</DistanceMeters>\n"
        f"      <Calories>{round(calories_kcal or 0)}</Calories>\n"
        "      <Intensity>Active</Intensity>\n"
        "      <TriggerMethod>Manual</TriggerMethod>\n"
        "    </Lap>\n"
        "  </Activity></Activities>\n"
        "</TrainingCenterDatabase>\n"
    )


def _sport(activity_type: str) -> str:
    return next((word for part, word in _SPORTS.items() if part in activity_type.lower()), "Other")


def _moment(moment: datetime) -> str:
    return moment_text(to_ms(moment))


def _write_lap(track: Track, stream: TextIO, part: LegLap, *, runs: bool) -> None:
    lap = part.lap
    # The schema asks for time, distance and calories also where nobody knows them.
    stream.write(
        f'<Lap StartTime="{_moment(lap.start)}">'
        f"<TotalTimeSeconds>{decimal(lap_duration_s(track, part), 3)}</TotalTimeSeconds>"
        f"<DistanceMeters>{decimal(lap_distance_m(track, part) or 0.0, 2)}</DistanceMeters>"
        f"<Calories>{round(min(lap.calories_kcal or 0, _MOST_CALORIES))}</Calories>"
        f"{_beats('AverageHeartRateBpm', lap.avg_heart_rate_bpm)}"
        f"{_beats('MaximumHeartRateBpm', lap.max_heart_rate_bpm)}"
        f"<Intensity>Active</Intensity>{'' if runs else _whole('Cadence', lap.avg_cadence_rpm, _MOST_TURNS)}"
        "<TriggerMethod>Manual</TriggerMethod>\n"
    )
    if part.end > part.first:
        stream.write("<Track>\n")
        for points in batched(_points(track, part, runs=runs), CHUNK_POINTS):
            stream.write("".join(points))
        stream.write("</Track>\n")
    stream.write(f"{_lap_extension(lap, runs=runs)}</Lap>\n")


def _points(track: Track, part: LegLap, *, runs: bool) -> Iterator[str]:
    for at in range(part.first, part.end):
        yield (
            f"<Trackpoint><Time>{moment_text(track.time_ms[at])}</Time>"
            + _position(track.latitude_deg[at], track.longitude_deg[at])
            + _decimal("AltitudeMeters", track.altitude_m[at], 3)
            + _decimal("DistanceMeters", track.distance_m[at], 3)
            + _beats("HeartRateBpm", track.heart_rate_bpm[at])
            + ("" if runs else _whole("Cadence", track.cadence_rpm[at], _MOST_TURNS))
            + _point_extension(track, at, runs=runs)
            + "</Trackpoint>\n"
        )


def _position(latitude: float, longitude: float) -> str:
    if isnan(latitude) or isnan(longitude):
        return ""
    return (
        f"<Position><LatitudeDegrees>{decimal(latitude, 9)}</LatitudeDegrees>"
        f"<LongitudeDegrees>{decimal(longitude, 9)}</LongitudeDegrees></Position>"
    )


def _point_extension(track: Track, at: int, *, runs: bool) -> str:
    inside = (
        _decimal("Speed", track.speed_mps[at], 3)
        + (_whole("RunCadence", track.cadence_rpm[at], _MOST_TURNS) if runs else "")
        + _whole("Watts", track.power_w[at], _MOST_WATTS)
    )
    return f"<Extensions><TPX {_EXTENSION}>{inside}</TPX></Extensions>" if inside else ""


def _lap_extension(lap: Lap, *, runs: bool) -> str:
    inside = (
        ("" if lap.avg_speed_mps is None else _decimal("AvgSpeed", lap.avg_speed_mps, 3))
        + (_whole("AvgRunCadence", lap.avg_cadence_rpm, _MOST_TURNS) if runs else "")
        + _whole("AvgWatts", lap.avg_power_w, _MOST_WATTS)
    )
    return f"<Extensions><LX {_EXTENSION}>{inside}</LX></Extensions>\n" if inside else ""


def _decimal(name: str, value: float, places: int) -> str:
    return "" if isnan(value) else f"<{name}>{decimal(value, places)}</{name}>"


def _whole(name: str, value: float | None, most: int) -> str:
    """An element with a whole number; nothing where it is missing or the schema does not allow it."""
    return f"<{name}>{round(value)}</{name}>" if value is not None and 0 <= value <= most else ""


def _beats(name: str, value: float | None) -> str:
    return (
        f"<{name}>{_whole('Value', value, _MOST_BEATS)}</{name}>" if value is not None and value <= _MOST_BEATS else ""
    )


def _creator(device: Device | None) -> str:
    """The device, where it has a name and a number; the schema wants all of it or nothing."""
    if device is None or not device.product or not (device.serial or "").isdecimal():
        return ""
    major, _, minor = (device.software or "").partition(".")
    version = [part if part.isdecimal() and len(part) <= 5 else "0" for part in (major, minor)]
    return (
        f'<Creator xsi:type="Device_t" {_CREATOR}><Name>{xml_text(device.product)}</Name>'
        f"<UnitId>{device.serial}</UnitId><ProductID>0</ProductID><Version><VersionMajor>{version[0]}</VersionMajor>"
        f"<VersionMinor>{version[1]}</VersionMinor></Version></Creator>\n"
    )
