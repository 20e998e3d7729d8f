"""A recording as a FIT activity file; numbers, scales and "not known" follow Garmin's FIT profile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import batched
from math import inf, isfinite
from typing import BinaryIO

from ..errors import GarminSyncError
from .fit_encoding import FIT_EPOCH_S, LIMITS, Message, checksum, checksum_bytes, header
from .legs import Leg, LegLap, lap_distance_m, lap_duration_s, lap_end, legs
from .track import NAN, Track, to_ms
from .writing import CHUNK_POINTS, require

# Smaller times count from when a device was switched on.
_FIRST_S, _LAST_S = 0x1000_0000, LIMITS["uint32"][1]
_SEMICIRCLES_PER_DEGREE = 2**31 / 180
# 180° itself, and 2 cm before it, are beyond the field.
_LAST_LONGITUDE = LIMITS["sint32"][1] / _SEMICIRCLES_PER_DEGREE
_CADENCE_PARTS = 128

_ACTIVITY_FILE, _DEVELOPMENT = 4, 255  # the manufacturer number that stands for "none"
_TIMER, _LAP_EVENT, _SESSION_EVENT, _ACTIVITY_EVENT = 0, 9, 8, 26
_START, _STOP, _STOP_ALL = 0, 1, 4
_MANUAL_LAP = 0
_ONE_SPORT, _SEVERAL_SPORTS = 0, 1
_SPORT_NAMES = {"biking": "cycling", "ride": "cycling", "ebiking": "e_biking", "other": "generic"}

_FILE_ID = Message(
    0, 0, ((0, "enum"), (1, "uint16"), (2, "uint16"), (4, "uint32"))
)  # type, manufacturer, product, created
_EVENT = Message(1, 21, ((253, "uint32"), (0, "enum"), (1, "enum")))  # time, event, kind
_LAP = Message(
    3,
    19,
    (
        (253, "uint32"),  # time
        (2, "uint32"),  # start
        (3, "sint32"),  # start latitude
        (4, "sint32"),  # start longitude
        (5, "sint32"),  # end latitude
        (6, "sint32"),  # end longitude
        (7, "uint32"),  # elapsed ms
        (8, "uint32"),  # timer ms
        (9, "uint32"),  # distance cm
        (110, "uint32"),  # average speed mm/s
        (254, "uint16"),  # index
        (11, "uint16"),  # calories
        (19, "uint16"),  # average power
        (21, "uint16"),  # ascent
        (15, "uint8"),  # average heart rate
        (16, "uint8"),  # maximum heart rate
        (17, "uint8"),  # average cadence
        (80, "uint8"),  # its fraction
        (0, "enum"),  # event
        (1, "enum"),  # kind of event
        (24, "enum"),  # trigger
        (25, "enum"),  # sport
    ),
)
_SESSION = Message(
    4,
    18,
    (
        (253, "uint32"),  # time
        (2, "uint32"),  # start
        (3, "sint32"),  # start latitude
        (4, "sint32"),  # start longitude
        (7, "uint32"),  # elapsed ms
        (8, "uint32"),  # timer ms
        (59, "uint32"),  # moving ms
        (9, "uint32"),  # distance cm
        (124, "uint32"),  # average speed mm/s
        (125, "uint32"),  # maximum speed mm/s
        (254, "uint16"),  # index
        (11, "uint16"),  # calories
        (20, "uint16"),  # average power
        (21, "uint16"),  # maximum power
        (22, "uint16"),  # ascent
        (23, "uint16"),  # descent
        (25, "uint16"),  # first lap
        (26, "uint16"),  # laps
        (16, "uint8"),  # average heart rate
        (17, "uint8"),  # maximum heart rate
        (18, "uint8"),  # average cadence
        (92, "uint8"),  # its fraction
        (0, "enum"),  # event
        (1, "enum"),  # kind of event
        (5, "enum"),  # sport
        (6, "enum"),  # sub-sport
        (28, "enum"),  # trigger
    ),
)
_ACTIVITY = Message(
    5, 34, ((253, "uint32"), (0, "uint32"), (1, "uint16"), (2, "enum"), (3, "enum"), (4, "enum"))
)  # time, timer ms, sessions, type, event, kind of event

#: Column → field of a record, base type, scale, offset.
_RECORD_FIELDS: dict[str, tuple[int, str, float, float]] = {
    "latitude_deg": (0, "sint32", _SEMICIRCLES_PER_DEGREE, 0),
    "longitude_deg": (1, "sint32", _SEMICIRCLES_PER_DEGREE, 0),
    "altitude_m": (78, "uint32", 5, 500),  # "enhanced": 32 bits
    "distance_m": (5, "uint32", 100, 0),
    "speed_mps": (73, "uint32", 1000, 0),  # "enhanced"
    "heart_rate_bpm": (3, "uint8", 1, 0),
    "power_w": (7, "uint16", 1, 0),
    "temperature_c": (13, "sint8", 1, 0),
}


def write_fit(track: Track, stream: BinaryIO, *, sport: str | None = None) -> int:
    """An activity file: one record a point, then laps and sessions; how many records those were.

    Times are whole seconds, the rest is as fine as the FIT profile has it; a value beyond a field's range is
    left out. `sport` (a word of Garmin's) stands in where the recording does not say its own. Raises
    GarminSyncError where the points have no times, or times of which the format knows nothing.
    """
    require(track, "FIT", times=True)
    _check_times(track)
    parts = legs(track, sport)
    record, packed = _records(track)
    before = _FILE_ID.definition() + _FILE_ID.pack(_ACTIVITY_FILE, _DEVELOPMENT, 0, _seconds(track.time_ms[0]))
    before += _EVENT.definition() + _EVENT.pack(_seconds(track.time_ms[0]), _TIMER, _START) + record.definition()
    after = _EVENT.pack(_seconds(track.time_ms[-1]), _TIMER, _STOP_ALL) + _summaries(track, parts)

    remainder = 0

    def write(octets: bytes) -> None:
        nonlocal remainder
        remainder = checksum(octets, remainder)
        stream.write(octets)

    write(header(len(before) + len(track) * record.size + len(after)))
    write(before)
    for records in batched(packed, CHUNK_POINTS):
        write(b"".join(records))
    write(after)
    stream.write(checksum_bytes(remainder))
    return len(track)


def _check_times(track: Track) -> None:
    if not _FIRST_S <= _seconds(track.time_ms[0]) <= _seconds(track.time_ms[-1]) <= _LAST_S:
        raise GarminSyncError(
            "FIT knows no times before July 1998 and after 2126, and this recording has some.",
            hint="Export it as csv, json, gpx or tcx.",
        )


# ── Points ───────────────────────────────────────────────────────────────────────────────────────────


def _records(track: Track) -> tuple[Message, Iterator[bytes]]:
    """The kind of message that holds the columns a track has, and one such message for each point."""
    names = [name for name in _RECORD_FIELDS if track.has(name)]
    fields = [(253, "uint32"), *(_RECORD_FIELDS[name][:2] for name in names)]
    columns: list[Iterator[int]] = [map(_seconds, track.time_ms)]
    columns += [map(_encoder(*_RECORD_FIELDS[name][1:]), getattr(track, name)) for name in names]
    if track.has("cadence_rpm"):
        fields += [(4, "uint8"), (53, "uint8")]
        columns += [map(_cadence, track.cadence_rpm), map(_cadence_fraction, track.cadence_rpm)]
    message = Message(2, 20, tuple(fields))
    return message, map(message.pack, *columns)


def _encoder(kind: str, scale: float, offset: float) -> Callable[[float], int]:
    """How a base type holds a number; what it cannot hold is "not known"."""
    lowest, highest, unknown = LIMITS[kind]
    most = _LAST_LONGITUDE if scale == _SEMICIRCLES_PER_DEGREE else inf

    def encode(value: float) -> int:
        if not isfinite(value):
            return unknown
        number = round((min(value, most) + offset) * scale)
        return number if lowest <= number <= highest else unknown

    return encode


def _cadence_parts(value: float) -> tuple[int, int]:
    """Whole turns, and the rest in parts of which 128 are one; both "not known" where they do not fit."""
    unknown = LIMITS["uint8"][2]
    if not isfinite(value):
        return unknown, unknown
    whole, rest = divmod(round(value * _CADENCE_PARTS), _CADENCE_PARTS)
    return (whole, rest) if 0 <= whole <= LIMITS["uint8"][1] else (unknown, unknown)


def _cadence(value: float) -> int:
    return _cadence_parts(value)[0]


def _cadence_fraction(value: float) -> int:
    return _cadence_parts(value)[1]


def _seconds(moment_ms: int) -> int:
    return moment_ms // 1000 - FIT_EPOCH_S


# ── Laps and sessions ────────────────────────────────────────────────────────────────────────────────


def _summaries(track: Track, parts: list[Leg]) -> bytes:
    """All laps, all sessions, the activity."""
    laps = [(leg, part) for leg in parts for part in leg.laps]
    written = [_LAP.definition(), *(_lap(track, number, leg, part) for number, (leg, part) in enumerate(laps))]
    written.append(_SESSION.definition())
    first_lap, timer_s = 0, 0.0
    for number, leg in enumerate(parts):
        written.append(_session(track, number, leg, first_lap))
        first_lap += len(leg.laps)
        timer_s += _session_timer_s(track, leg)
    kind = _ONE_SPORT if len(parts) == 1 else _SEVERAL_SPORTS
    end = _seconds(track.time_ms[-1])
    timer, sessions = _amount(timer_s, "uint32", 1000), _amount(len(parts), "uint16")
    written += [_ACTIVITY.definition(), _ACTIVITY.pack(end, timer, sessions, kind, _ACTIVITY_EVENT, _STOP)]
    return b"".join(written)


def _lap(track: Track, number: int, leg: Leg, part: LegLap) -> bytes:
    lap, end = part.lap, lap_end(track, part)
    return _LAP.pack(
        _moment(end),
        _moment(lap.start),
        *_position(track, part.first, part.end, 1),
        *_position(track, part.first, part.end, -1),
        _amount((end - lap.start).total_seconds(), "uint32", 1000),
        _amount(lap_duration_s(track, part), "uint32", 1000),
        _amount(lap_distance_m(track, part), "uint32", 100),
        _amount(lap.avg_speed_mps, "uint32", 1000),
        _amount(number, "uint16"),
        _amount(lap.calories_kcal, "uint16"),
        _amount(lap.avg_power_w, "uint16"),
        _amount(lap.ascent_m, "uint16"),
        _amount(lap.avg_heart_rate_bpm, "uint8"),
        _amount(lap.max_heart_rate_bpm, "uint8"),
        *_cadence_parts(NAN if lap.avg_cadence_rpm is None else lap.avg_cadence_rpm),
        _LAP_EVENT,
        _STOP,
        _MANUAL_LAP,
        _sport(leg)[0],
    )


def _session(track: Track, number: int, leg: Leg, first_lap: int) -> bytes:
    session = leg.session
    start = session.start or leg.laps[0].lap.start
    end = session.end or lap_end(track, leg.laps[-1])
    elapsed_s = (end - start).total_seconds() if session.elapsed_s is None else session.elapsed_s
    return _SESSION.pack(
        _moment(end),
        _moment(start),
        *_position(track, leg.first, leg.end, 1),
        _amount(elapsed_s, "uint32", 1000),
        _amount(_session_timer_s(track, leg), "uint32", 1000),
        _amount(session.moving_s, "uint32", 1000),
        _amount(session.distance_m, "uint32", 100),
        _amount(session.avg_speed_mps, "uint32", 1000),
        _amount(session.max_speed_mps, "uint32", 1000),
        _amount(number, "uint16"),
        _amount(session.calories_kcal, "uint16"),
        _amount(session.avg_power_w, "uint16"),
        _amount(session.max_power_w, "uint16"),
        _amount(session.ascent_m, "uint16"),
        _amount(session.descent_m, "uint16"),
        _amount(first_lap, "uint16"),
        _amount(len(leg.laps), "uint16"),
        _amount(session.avg_heart_rate_bpm, "uint8"),
        _amount(session.max_heart_rate_bpm, "uint8"),
        *_cadence_parts(NAN if session.avg_cadence_rpm is None else session.avg_cadence_rpm),
        _SESSION_EVENT,
        _STOP,
        *_sport(leg),
        0,
    )


def _session_timer_s(track: Track, leg: Leg) -> float:
    """The session's own timer time, else that of its laps."""
    if leg.session.duration_s is not None:
        return leg.session.duration_s
    return sum(lap_duration_s(track, part) for part in leg.laps)


def _position(track: Track, first: int, end: int, step: int) -> tuple[int, int]:
    """The first known position of some points, or the last one with a step of -1."""
    encode = _encoder(*_RECORD_FIELDS["latitude_deg"][1:])
    for at in range(first, end)[::step]:
        if isfinite(track.latitude_deg[at]):
            return encode(track.latitude_deg[at]), encode(track.longitude_deg[at])
    return encode(NAN), encode(NAN)


def _amount(value: float | None, kind: str, scale: float = 1) -> int:
    return _encoder(kind, scale, 0)(NAN if value is None else value)


def _moment(moment: datetime) -> int:
    seconds = _seconds(to_ms(moment))
    return seconds if _FIRST_S <= seconds <= _LAST_S else LIMITS["uint32"][2]


def _sport(leg: Leg) -> tuple[int, int]:
    """The profile's numbers of a sport and its kind, as well as the words of GPX, TCX and Garmin tell."""
    from fitdecode.profile import MESSAGE_TYPES

    sports, kinds = ({name: number for number, name in MESSAGE_TYPES[18].fields[n].type.enum.items()} for n in (5, 6))
    word = "_".join((leg.session.sport or "").lower().split())
    kind = "_".join((leg.session.sub_sport or "").lower().split())
    if _is_number(word):  # a sport for which the profile has no word yet
        return int(word), _kind(kinds, kind)
    before, _, last = word.rpartition("_")
    for candidate in (word, _SPORT_NAMES.get(word, ""), last, _SPORT_NAMES.get(last, "")):
        if candidate in sports:
            return sports[candidate], _kind(kinds, kind, word, before)
    return sports["generic"], _kind(kinds, kind, word)


def _kind(kinds: dict[str, int], *words: str) -> int:
    """The first of these words that the profile knows, or the number that a word is."""
    for word in words:
        if word in kinds:
            return kinds[word]
        if _is_number(word):
            return int(word)
    return kinds["generic"]


def _is_number(word: str) -> bool:
    return word.isdecimal() and len(word) <= 3 and int(word) <= LIMITS["enum"][1]
