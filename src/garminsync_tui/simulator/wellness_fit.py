"""What a watch writes down between activities, as FIT files: monitoring, sleep, variability, metrics.

Message and field numbers and scales follow Garmin's published FIT profile. Modelled after what readers of real files
say, as the profile is silent about it: the types of file but for monitoring, body battery as the stress message's
field 3, the day's accumulated metres of climb as fields 35 and 36, and the event 74 around a night. Times are whole
seconds since the FIT epoch.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from ..formats.fit_encoding import FIT_EPOCH_S, Message, framed

MONITORING, METRICS, SLEEP, VARIABILITY, SETTINGS = 32, 44, 49, 68, 2
WALKING, RUNNING = 6, 1
#: Stages of sleep as FIT numbers them.
UNMEASURABLE, AWAKE, LIGHT, DEEP, REM = range(5)

_GARMIN, _PRODUCT, _SOFTWARE = 1, 4315, 2119
_SLEEP_EVENT, _START, _STOP = 74, 0, 1
_CYCLES_TO_METRES_SCALE, _RESTING_KCAL = 5000, 1792
#: Two steps are a cycle on foot.
_METRES_A_CYCLE = 1.58

_FILE_ID = Message(
    0, 0, ((0, "enum"), (1, "uint16"), (2, "uint16"), (3, "uint32z"), (4, "uint32"))
)  # type, manufacturer, product, serial number, created
_DEVICE_INFO = Message(
    1, 23, ((253, "uint32"), (0, "uint8"), (2, "uint16"), (3, "uint32z"), (4, "uint16"), (5, "uint16"))
)  # time, index, manufacturer, serial number, product, software version

_MONITORING_INFO = Message(
    2, 103, ((253, "uint32"), (0, "uint32"), (3, "2 uint16"), (5, "uint16"), (1, "2 enum"))
)  # time, local time, metres a cycle, resting kcal a day, of which kinds
_COUNTER = Message(3, 55, ((253, "uint32"), (2, "uint32"), (3, "uint32"), (5, "enum")))  # time, cm, cycles, kind
_CLIMB = Message(
    4, 55, ((253, "uint32"), (31, "uint32"), (32, "uint32"), (35, "uint32"), (36, "uint32"))
)  # time, mm up and down since the last one, mm up and down since midnight
_MINUTES = Message(5, 55, ((253, "uint32"), (33, "uint16"), (34, "uint16")))  # time, moderate, vigorous
_HEART_RATE = Message(6, 55, ((26, "uint16"), (27, "uint8")))  # the time's lower 16 bits, bpm
_STRESS = Message(7, 227, ((1, "uint32"), (0, "sint16"), (3, "uint8")))  # time, level, body battery
_RESPIRATION = Message(8, 297, ((253, "uint32"), (0, "sint16")))  # time, breaths a minute in hundredths
_OXYGEN = Message(9, 269, ((253, "uint32"), (0, "uint8"), (1, "uint8"), (2, "enum")))  # time, %, confidence, mode
_RESTING = Message(10, 211, ((253, "uint32"), (0, "uint8"), (1, "uint8")))  # time, of seven days, of this one
_MONITORED = (
    _COUNTER, _CLIMB, _MINUTES, _HEART_RATE, _STRESS, _RESPIRATION, _OXYGEN, _RESTING,
)  # fmt: skip

_EVENT = Message(2, 21, ((253, "uint32"), (0, "enum"), (1, "enum")))  # time, event, kind
_LEVEL = Message(3, 275, ((253, "uint32"), (0, "enum")))  # time, stage that begins
_ASSESSMENT = Message(
    4, 346, (*((field, "uint8") for field in (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 14)), (15, "uint16"))
)  # scores of the night's parts, times awake (11), mean stress in hundredths (15)
_SKIN = Message(5, 398, ((253, "uint32"), (0, "uint32"), (1, "float32")))  # time, local time, °C from the usual
_VALUE = Message(2, 371, ((253, "uint32"), (0, "uint16")))  # time, ms in 128ths
_STATUS = Message(
    3, 370, ((253, "uint32"), *((field, "uint16") for field in range(6)), (6, "enum"))
)  # time; week, night, best five minutes, three limits (ms in 128ths); word
_OXYGEN_UPTAKE = Message(
    2, 229, ((0, "uint32"), (2, "uint16"), (5, "enum"), (6, "enum"))
)  # time, VO2 max in tenths, sport, sub-sport

#: A message and when it was written.
type Entry = tuple[int, bytes]


class Scores(NamedTuple):
    """What a watch thinks of a night, each from 0 to 100 but for the number of times awake; mean stress."""

    overall: int
    quality: int
    duration: int
    recovery: int
    deep: int
    light: int
    rem: int
    awake_time: int
    awakenings: int
    restlessness: int
    interruptions: int
    times_awake: int
    stress: float


def seconds(instant: datetime) -> int:
    """A FIT time."""
    return int(instant.timestamp()) - FIT_EPOCH_S


def file_of(kind: int, serial: int, created: int, body: bytes = b"") -> bytes:
    """A whole file of a kind, of which a watch's own beginning and these messages are all that there is."""
    head = _FILE_ID.definition() + _FILE_ID.pack(kind, _GARMIN, _PRODUCT, serial, created)
    device = _DEVICE_INFO.definition() + _DEVICE_INFO.pack(created, 0, _GARMIN, serial, _PRODUCT, _SOFTWARE)
    return framed(head + device + body)


# ── Monitoring ───────────────────────────────────────────────────────────────────────────────────────


def monitoring(serial: int, starts: int, offset_s: int, entries: Iterable[Entry]) -> bytes:
    """A stretch of a day. Short times count on from the last whole one, so the entries go in by time."""
    ordered = [packed for _, packed in sorted(entries, key=lambda entry: entry[0])]
    metres = round(_CYCLES_TO_METRES_SCALE * _METRES_A_CYCLE)
    info = _MONITORING_INFO.pack(starts, starts + offset_s, metres, metres, _RESTING_KCAL, WALKING, RUNNING)
    definitions = [message.definition() for message in (_MONITORING_INFO, *_MONITORED)]
    return file_of(MONITORING, serial, starts, b"".join([*definitions, info, *ordered]))


def counter(at: int, kind: int, steps: int, metres: float) -> Entry:
    """Steps and distance of one kind of movement since midnight."""
    # The profile's scale makes two cycles of a step's unit: on foot the number stands for steps.
    return at, _COUNTER.pack(at, round(100 * metres), steps, kind)


def climb(at: int, up: float, down: float, all_up: float, all_down: float) -> Entry:
    """Metres up and down in the quarter of an hour that ends here, and since midnight."""
    return at, _CLIMB.pack(at, *(round(1000 * metres) for metres in (up, down, all_up, all_down)))


def minutes(at: int, moderate: int, vigorous: int) -> Entry:
    """Minutes of effort in the quarter of an hour that ends here."""
    return at, _MINUTES.pack(at, moderate, vigorous)


def heart_rate(at: int, bpm: int) -> Entry:
    """A heart rate, with a short time."""
    return at, _HEART_RATE.pack(at & 0xFFFF, bpm)


def stress(at: int, level: int, battery: int) -> Entry:
    """A stress level, below 0 where it was not measured, and the body battery."""
    return at, _STRESS.pack(at, level, battery)


def respiration(at: int, breaths: float) -> Entry:
    """Breaths a minute, below 0 where they were not measured."""
    return at, _RESPIRATION.pack(at, round(100 * breaths))


def oxygen(at: int, percent: int) -> Entry:
    """Blood oxygen, measured by itself through the night."""
    confidence, periodic = 8, 3
    return at, _OXYGEN.pack(at, percent, confidence, periodic)


def resting(at: int, of_week: int, of_day: int) -> Entry:
    """The resting heart rate: the mean of seven days, and this one's."""
    return at, _RESTING.pack(at, of_week, of_day)


# ── The night and after ──────────────────────────────────────────────────────────────────────────────


def sleep(
    serial: int, levels: Sequence[tuple[int, int]], ends: int, offset_s: int, scores: Scores, skin: float
) -> bytes:
    """A night: when each stage begins and which it is, when the athlete got up, and what the watch thinks of it."""
    starts = levels[0][0]
    assessed = _ASSESSMENT.pack(
        scores.quality,
        scores.awake_time,
        scores.awakenings,
        scores.deep,
        scores.duration,
        scores.light,
        scores.overall,
        scores.quality,
        scores.recovery,
        scores.rem,
        scores.restlessness,
        scores.times_awake,
        scores.interruptions,
        round(100 * scores.stress),
    )
    parts = [
        *(message.definition() for message in (_EVENT, _LEVEL, _ASSESSMENT, _SKIN)),
        _EVENT.pack(starts, _SLEEP_EVENT, _START),
        *(_LEVEL.pack(at, stage) for at, stage in levels),
        _EVENT.pack(ends, _SLEEP_EVENT, _STOP),
        assessed,
        _SKIN.pack(ends, ends + offset_s, skin),
    ]
    return file_of(SLEEP, serial, ends, b"".join(parts))


def variability(
    serial: int, readings: Sequence[tuple[int, int]], made: int, summary: Sequence[int], word: int
) -> bytes:
    """A night's readings (ms) and, after it, what they come to: week, night, best five minutes, three limits."""
    parts = [
        *(message.definition() for message in (_VALUE, _STATUS)),
        *(_VALUE.pack(at, 128 * value) for at, value in readings),
        _STATUS.pack(made, *(128 * value for value in summary), word),
    ]
    return file_of(VARIABILITY, serial, made, b"".join(parts))


def metrics(serial: int, made: int, oxygen_uptake: float, sport: int) -> bytes:
    """What the watch makes of the training: VO2 max."""
    packed = _OXYGEN_UPTAKE.pack(made, round(10 * oxygen_uptake), sport, 0)
    return file_of(METRICS, serial, made, _OXYGEN_UPTAKE.definition() + packed)
