"""Small recordings made byte by byte: the FIT protocol written out once more, apart from the code it tests."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence

START_S = 1_000_000_000  # FIT seconds: 2021-09-08 01:46:40 UTC
START_MS = (START_S + 631_065_600) * 1000

UINT8, SINT8, UINT16, SINT32, UINT32, UINT32Z, STRING, ENUM, UINT64 = (
    0x02,
    0x01,
    0x84,
    0x85,
    0x86,
    0x8C,
    0x07,
    0x00,
    0x8F,
)
FORMATS = {UINT8: "B", SINT8: "b", UINT16: "H", SINT32: "i", UINT32: "I", UINT32Z: "I", ENUM: "B", UINT64: "Q"}

FILE_ID, SESSION, LAP, RECORD, EVENT, DEVICE_INFO, DEVELOPER_ID, FIELD_DESCRIPTION = 0, 18, 19, 20, 21, 23, 207, 206

#: (field number, base type) of the records below.
RECORD_FIELDS = (
    (253, UINT32),  # timestamp
    (0, SINT32),  # position_lat, semicircles
    (1, SINT32),  # position_long
    (78, UINT32),  # enhanced_altitude, 5 a metre and 500 m up
    (5, UINT32),  # distance, cm
    (73, UINT32),  # enhanced_speed, mm/s
    (3, UINT8),  # heart_rate
    (4, UINT8),  # cadence
    (53, UINT8),  # fractional_cadence, 1/128
    (7, UINT16),  # power
    (13, SINT8),  # temperature
)


def checksum(content: bytes) -> int:
    crc = 0
    for byte in content:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0xA001 if crc & 1 else 0)
    return crc


def size_of(base_type: int) -> int:
    return struct.calcsize("<" + FORMATS[base_type])


def definition(
    local: int, number: int, fields: Sequence[tuple[int, int]], developer: Sequence[tuple[int, int, int]] = ()
) -> bytes:
    """`developer` fields are (number, size, developer index)."""
    written = struct.pack("<BBBHB", 0x40 | local | (0x20 if developer else 0), 0, 0, number, len(fields))
    for field, base_type in fields:
        written += bytes((field, size_of(base_type), base_type))
    if developer:
        written += bytes((len(developer),)) + b"".join(bytes(each) for each in developer)
    return written


def values(local: int, fields: Sequence[tuple[int, int]], numbers: Sequence[int], more: bytes = b"") -> bytes:
    formats = "".join(FORMATS[base_type] for _, base_type in fields)
    return bytes((local,)) + struct.pack("<" + formats, *numbers) + more


def one(number: int, numbers: dict[tuple[int, int], int], local: int = 15) -> bytes:
    """A definition and its only message."""
    fields = list(numbers)
    return definition(local, number, fields) + values(local, fields, list(numbers.values()))


def part(messages: bytes, *, header_checksum: int | None = None, claimed: int | None = None) -> bytes:
    head = struct.pack("<BBHI4s", 14, 0x20, 2100, len(messages) if claimed is None else claimed, b".FIT")
    head += struct.pack("<H", checksum(head) if header_checksum is None else header_checksum)
    return head + messages + struct.pack("<H", checksum(head + messages))


def file_id(kind: int = 4) -> bytes:
    """Garmin's own (manufacturer 1) fenix 6 (product 3290), serial 123; kind 4 is an activity."""
    return one(FILE_ID, {(0, ENUM): kind, (1, UINT16): 1, (2, UINT16): 3290, (3, UINT32Z): 123}, local=14)


def record(second: int, *, heart_rate: int = 140, power: int = 200, distance_m: float | None = None) -> list[int]:
    metres = 3.0 * second if distance_m is None else distance_m
    position = (622_000_000 + 300 * second, 101_000_000 + 200 * second)
    return [START_S + second, *position, 3000, round(metres * 100), 3000, heart_rate, 85, 64, power, 21]


def records(rows: Iterable[Sequence[int]]) -> bytes:
    written = definition(0, RECORD, RECORD_FIELDS)
    return written + b"".join(values(0, RECORD_FIELDS, row) for row in rows)


LAP_FIELDS = {
    (253, UINT32): START_S + 60,
    (2, UINT32): START_S,  # start_time
    (7, UINT32): 60_000,  # total_elapsed_time, ms
    (8, UINT32): 55_000,  # total_timer_time
    (9, UINT32): 18_000,  # total_distance, cm
    (11, UINT16): 12,  # total_calories
    (15, UINT8): 141,  # avg_heart_rate
    (16, UINT8): 163,  # max_heart_rate
    (19, UINT16): 210,  # avg_power
    (21, UINT16): 7,  # total_ascent
    (110, UINT32): 3272,  # enhanced_avg_speed, mm/s
}
SESSION_FIELDS = {
    (253, UINT32): START_S + 60,
    (2, UINT32): START_S,
    (5, ENUM): 1,  # running
    (6, ENUM): 3,  # trail
    (7, UINT32): 60_000,
    (8, UINT32): 55_000,
    (9, UINT32): 18_000,
    (11, UINT16): 12,
    (16, UINT8): 141,
    (17, UINT8): 163,
    (18, UINT8): 85,  # avg_running_cadence, as the sport is running
}


def activity(seconds: int = 60) -> bytes:
    """A run of so many seconds, with a lap and a session."""
    return part(
        file_id()
        + records(record(second) for second in range(seconds))
        + one(LAP, LAP_FIELDS)
        + one(SESSION, SESSION_FIELDS)
    )


GPX_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1" creator="Sample" '
    'xmlns="http://www.topografix.com/GPX/1/1" '
    'xmlns:gpxtpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v1">'
)


def gpx(points: str, kind: str = "running") -> str:
    return f"{GPX_HEAD}<trk><name>Höhe</name><type>{kind}</type><trkseg>{points}</trkseg></trk></gpx>"


def gpx_point(second: int, extensions: str = "", *, timed: bool = True) -> str:
    time = f"<time>2026-05-01T10:00:{second:02}Z</time>" if timed else ""
    inside = f"<extensions>{extensions}</extensions>" if extensions else ""
    return f'<trkpt lat="{52 + second / 1000}" lon="13.5"><ele>{100 + second}</ele>{time}{inside}</trkpt>'


TCX_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2" '
    'xmlns:ns3="http://www.garmin.com/xmlschemas/ActivityExtension/v2">'
)


def tcx(activities: str) -> str:
    return f"{TCX_HEAD}<Activities>{activities}</Activities></TrainingCenterDatabase>"


def tcx_point(time: str, more: str = "") -> str:
    return f"<Trackpoint><Time>{time}</Time>{more}</Trackpoint>"
