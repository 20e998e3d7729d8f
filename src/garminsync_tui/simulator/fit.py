"""An activity as a FIT file: one fixed definition for each message, records packed by `struct`.

Message and field numbers and scales follow Garmin's published FIT profile.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import repeat

from ..formats.fit_encoding import Message, framed
from .athlete import MAX_HR, RESTING_HR, THRESHOLD_HR, WEIGHT_G
from .pool import lengths
from .recording import Lap, Recording, record
from .training import POOL_M, ZONE_FLOORS, Session

_DEVELOPMENT = 255  # the manufacturer number that stands for "none"
_NO_U32 = 0xFFFFFFFF
_NO_S32 = 0x7FFFFFFF
_NO_U16 = 0xFFFF
_NO_U8 = 0xFF


_FILE_ID = Message(
    0, 0, ((0, "enum"), (1, "uint16"), (2, "uint16"), (3, "uint32z"), (4, "uint32"))
)  # type, manufacturer, product, serial number, created
_DEVICE_INFO = Message(
    1, 23, ((253, "uint32"), (0, "uint8"), (2, "uint16"), (3, "uint32z"), (4, "uint16"), (5, "uint16"))
)  # time, index, manufacturer, serial number, product, software version
_EVENT = Message(2, 21, ((253, "uint32"), (3, "uint32"), (0, "enum"), (1, "enum")))  # time, data, event, kind
_RECORD = Message(
    3,
    20,
    (
        (253, "uint32"),  # time
        (0, "sint32"),  # latitude
        (1, "sint32"),  # longitude
        (2, "uint16"),  # altitude
        (3, "uint8"),  # heart rate
        (4, "uint8"),  # cadence
        (5, "uint32"),  # distance
        (6, "uint16"),  # speed
        (7, "uint16"),  # power
        (13, "sint8"),  # temperature
    ),
)
_LAP = Message(
    4,
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
        (254, "uint16"),  # index
        (11, "uint16"),  # calories
        (13, "uint16"),  # average speed mm/s
        (0, "enum"),  # event
        (1, "enum"),  # kind of event
        (15, "uint8"),  # average heart rate
        (16, "uint8"),  # maximum heart rate
        (24, "enum"),  # trigger
        (25, "enum"),  # sport
    ),
)
_SESSION = Message(
    5,
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
        (48, "uint32"),  # work J
        (168, "sint32"),  # training load in 65536ths
        (10, "uint32"),  # strokes
        (254, "uint16"),  # index
        (11, "uint16"),  # calories
        (14, "uint16"),  # average speed mm/s
        (15, "uint16"),  # maximum speed mm/s
        (20, "uint16"),  # average power
        (34, "uint16"),  # normalized power
        (45, "uint16"),  # threshold power
        (35, "uint16"),  # training stress in tenths
        (36, "uint16"),  # intensity factor in thousandths
        (44, "uint16"),  # length of the pool cm
        (47, "uint16"),  # lengths swum
        (22, "uint16"),  # ascent
        (23, "uint16"),  # descent
        (25, "uint16"),  # first lap
        (26, "uint16"),  # laps
        (0, "enum"),  # event
        (1, "enum"),  # kind of event
        (5, "enum"),  # sport
        (6, "enum"),  # sub-sport
        (16, "uint8"),  # average heart rate
        (17, "uint8"),  # maximum heart rate
        (28, "enum"),  # trigger
    ),
)
_USER_PROFILE = Message(7, 3, ((4, "uint16"), (1, "enum"), (8, "uint8")))  # weight, sex, resting heart rate
_ZONES_TARGET = Message(
    8, 7, ((3, "uint16"), (1, "uint8"), (2, "uint8"), (5, "enum"), (7, "enum"))
)  # threshold power, maximum and threshold heart rate, zones by maximum heart rate, by threshold power
_TIME_IN_ZONE = Message(
    9,
    216,
    (
        (253, "uint32"),  # time
        (2, "7 uint32"),  # ms below the zones, in each of the five, above
        (0, "uint16"),  # of which kind of message
        (1, "uint16"),  # and which of them
        (15, "uint16"),  # threshold power
        (6, "6 uint8"),  # where the zones begin, and where the last one ends
        (10, "enum"),  # zones by maximum heart rate
        (11, "uint8"),  # maximum heart rate
        (12, "uint8"),  # resting heart rate
        (13, "uint8"),  # threshold heart rate
    ),
)
_LENGTH = Message(
    10,
    101,
    (
        (253, "uint32"),  # time
        (2, "uint32"),  # start
        (3, "uint32"),  # elapsed ms
        (4, "uint32"),  # timer ms
        (254, "uint16"),  # index
        (5, "uint16"),  # strokes
        (6, "uint16"),  # average speed mm/s
        (0, "enum"),  # event
        (1, "enum"),  # kind of event
        (7, "enum"),  # stroke
        (9, "uint8"),  # strokes a minute
        (12, "enum"),  # swum or rest
    ),
)
_ACTIVITY = Message(
    6,
    34,
    ((253, "uint32"), (0, "uint32"), (5, "uint32"), (1, "uint16"), (2, "enum"), (3, "enum"), (4, "enum")),
)  # time, timer ms, local time, sessions, type, event, kind of event

_TIMER, _LAP_EVENT, _SESSION_EVENT, _ACTIVITY_EVENT, _LENGTH_EVENT = 0, 9, 8, 26, 28
_START, _STOP, _STOP_ALL = 0, 1, 4
_MALE, _BY_MAX_HR, _BY_THRESHOLD_POWER = 1, 1, 1
_LOAD_SCALE = 65_536


@lru_cache(maxsize=32)  # an archive, a watch and a sync ask for the same few
def encode(session: Session, offset_s: int, serial: int, threshold_power: int | None) -> bytes:
    """The whole file; `offset_s` is the wall clock's distance from UTC, the power is for rides that measure it.

    The same bytes each time.
    """
    recording = record(session)
    starts, ends = recording.times[0], recording.times[-1]
    pause_at, pause_s = recording.pause
    paused = recording.times[pause_at]
    parts = [
        _FILE_ID.definition(),
        _FILE_ID.pack(4, _DEVELOPMENT, 1, serial, starts),
        _DEVICE_INFO.definition(),
        _DEVICE_INFO.pack(starts, 0, _DEVELOPMENT, serial, 1, 100),
        _USER_PROFILE.definition(),
        _USER_PROFILE.pack(round(WEIGHT_G / 100), _MALE, RESTING_HR),
        _ZONES_TARGET.definition(),
        _ZONES_TARGET.pack(threshold_power or _NO_U16, MAX_HR, THRESHOLD_HR, _BY_MAX_HR, _BY_THRESHOLD_POWER),
        _EVENT.definition(),
        _EVENT.pack(starts, 0, _TIMER, _START),
        _RECORD.definition(),
        _records(recording, 0, pause_at + 1),
    ]
    if pause_s:
        parts += [
            _EVENT.pack(paused, 0, _TIMER, _STOP_ALL),
            _EVENT.pack(paused + pause_s, 0, _TIMER, _START),
        ]
    parts += [
        _records(recording, pause_at + 1, len(recording.times)),
        _EVENT.pack(ends, 0, _TIMER, _STOP_ALL),
        *_lengths(session, starts),
        _LAP.definition(),
        *(_lap(session, recording, index, lap) for index, lap in enumerate(recording.laps)),
        _SESSION.definition(),
        _session(session, recording, threshold_power),
        *_time_in_zone(session, ends, threshold_power),
        _ACTIVITY.definition(),
        _ACTIVITY.pack(ends, 1000 * session.moving_s, ends + offset_s, 1, 0, _ACTIVITY_EVENT, _STOP),
    ]
    return framed(b"".join(parts))


def _records(recording: Recording, first: int, end: int) -> bytes:
    columns = (
        recording.times,
        recording.latitudes,
        recording.longitudes,
        recording.altitudes,
        recording.heart_rates,
        recording.cadences,
        recording.distances,
        recording.speeds,
        recording.powers,
        recording.temperatures,
    )
    pack = _RECORD.layout.pack
    return b"".join(map(pack, repeat(_RECORD.local), *(column[first:end] for column in columns)))


def _lap(session: Session, recording: Recording, index: int, lap: Lap) -> bytes:
    first, last = lap.first, lap.last
    timer_s = last - first
    elapsed_s = recording.times[last] - recording.times[first]
    covered = recording.distances[last] - recording.distances[first]
    rates = recording.heart_rates[first : last + 1]
    return _LAP.pack(
        recording.times[last],
        recording.times[first],
        recording.latitudes[first],
        recording.longitudes[first],
        recording.latitudes[last],
        recording.longitudes[last],
        1000 * elapsed_s,
        1000 * timer_s,
        covered,
        index,
        round(session.calories * timer_s / session.moving_s),
        _speed(covered, timer_s),
        _LAP_EVENT,
        _STOP,
        round(sum(rates) / len(rates)),
        max(rates),
        2 if len(recording.laps) > 1 else 7,  # by distance, at the session's end
        session.sport.fit_sport,
    )


def _lengths(session: Session, starts: int) -> Iterator[bytes]:
    if not session.in_pool:
        return
    yield _LENGTH.definition()
    for index, length in enumerate(lengths(session)):
        swum = length.stroke is not None
        yield _LENGTH.pack(
            starts + length.ends_s,
            starts + length.begins_s,
            1000 * length.seconds,
            1000 * length.seconds,
            index,
            length.strokes if swum else _NO_U16,
            _speed(100 * POOL_M, length.seconds) if swum else _NO_U16,
            _LENGTH_EVENT,
            _STOP,
            _NO_U8 if length.stroke is None else length.stroke,
            round(60 * length.strokes / length.seconds) if swum else _NO_U8,
            swum,
        )


def _time_in_zone(session: Session, ends: int, threshold_power: int | None) -> tuple[bytes, ...]:
    if not session.average_hr:
        return ()
    spent = (0, *(round(1000 * seconds) for seconds in session.zone_seconds), 0)
    packed = _TIME_IN_ZONE.pack(
        ends,
        *spent,
        _SESSION.number,
        0,
        threshold_power or _NO_U16,
        *ZONE_FLOORS,
        MAX_HR,
        _BY_MAX_HR,
        MAX_HR,
        RESTING_HR,
        THRESHOLD_HR,
    )
    return _TIME_IN_ZONE.definition(), packed


def _session(session: Session, recording: Recording, threshold_power: int | None) -> bytes:
    ends = recording.times[-1]
    intensity = session.normalized_power / threshold_power if threshold_power else None
    swum = [length for length in lengths(session) if length.stroke is not None] if session.in_pool else []
    return _SESSION.pack(
        ends,
        recording.times[0],
        recording.latitudes[0],
        recording.longitudes[0],
        1000 * session.elapsed_s,
        1000 * session.moving_s,
        1000 * session.motion_s,
        recording.distances[-1],
        sum(recording.powers) if session.average_power else _NO_U32,
        round(_LOAD_SCALE * session.load) if session.average_hr else _NO_S32,
        sum(length.strokes for length in swum) if swum else _NO_U32,
        0,
        session.calories,
        _speed(recording.distances[-1], session.moving_s),
        max(recording.speeds),
        session.average_power or _NO_U16,
        session.normalized_power or _NO_U16,
        threshold_power or _NO_U16,
        _NO_U16 if intensity is None else round(10 * session.moving_s / 36 * intensity**2),
        _NO_U16 if intensity is None else round(1000 * intensity),
        100 * POOL_M if swum else _NO_U16,
        len(swum) if swum else _NO_U16,
        session.climb if recording.has_positions else _NO_U16,
        session.climb if recording.has_positions else _NO_U16,
        0,
        len(recording.laps),
        _SESSION_EVENT,
        _STOP,
        session.sport.fit_sport,
        session.sport.fit_sub_sport,
        session.average_hr or _NO_U8,
        session.max_hr or _NO_U8,
        0,
    )


def _speed(centimetres: int, seconds: int) -> int:
    return min(_NO_U16 - 1, round(10 * centimetres / seconds)) if seconds else 0
