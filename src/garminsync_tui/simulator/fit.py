"""An activity as a FIT file: one fixed definition for each message, records packed by `struct`.

Message and field numbers and scales follow Garmin's published FIT profile.
"""

from __future__ import annotations

from itertools import repeat

from ..formats.fit_encoding import Message, checksum, checksum_bytes, header
from .recording import Lap, Recording, record
from .training import Session

_DEVELOPMENT = 255  # the manufacturer number that stands for "none"
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
        (9, "uint32"),  # distance cm
        (254, "uint16"),  # index
        (11, "uint16"),  # calories
        (14, "uint16"),  # average speed mm/s
        (15, "uint16"),  # maximum speed mm/s
        (20, "uint16"),  # average power
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
_ACTIVITY = Message(
    6,
    34,
    ((253, "uint32"), (0, "uint32"), (5, "uint32"), (1, "uint16"), (2, "enum"), (3, "enum"), (4, "enum")),
)  # time, timer ms, local time, sessions, type, event, kind of event

_TIMER, _LAP_EVENT, _SESSION_EVENT, _ACTIVITY_EVENT = 0, 9, 8, 26
_START, _STOP, _STOP_ALL = 0, 1, 4


def encode(session: Session, offset_s: int, serial: int) -> bytes:
    """The whole file; `offset_s` is the wall clock's distance from UTC. The same bytes each time."""
    recording = record(session)
    starts, ends = recording.times[0], recording.times[-1]
    pause_at, pause_s = recording.pause
    paused = recording.times[pause_at]
    parts = [
        _FILE_ID.definition(),
        _FILE_ID.pack(4, _DEVELOPMENT, 1, serial, starts),
        _DEVICE_INFO.definition(),
        _DEVICE_INFO.pack(starts, 0, _DEVELOPMENT, serial, 1, 100),
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
        _LAP.definition(),
        *(_lap(session, recording, index, lap) for index, lap in enumerate(recording.laps)),
        _SESSION.definition(),
        _session(session, recording),
        _ACTIVITY.definition(),
        _ACTIVITY.pack(ends, 1000 * session.moving_s, ends + offset_s, 1, 0, _ACTIVITY_EVENT, _STOP),
    ]
    body = b"".join(parts)
    framed = header(len(body)) + body
    return framed + checksum_bytes(checksum(framed))


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


def _session(session: Session, recording: Recording) -> bytes:
    ends = recording.times[-1]
    return _SESSION.pack(
        ends,
        recording.times[0],
        recording.latitudes[0],
        recording.longitudes[0],
        1000 * session.elapsed_s,
        1000 * session.moving_s,
        recording.distances[-1],
        0,
        session.calories,
        _speed(recording.distances[-1], session.moving_s),
        max(recording.speeds),
        session.average_power or _NO_U16,
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
