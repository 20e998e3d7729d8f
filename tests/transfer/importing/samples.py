"""Small files for imports: recordings by any door, and ZIPs of them."""

from __future__ import annotations

import gzip
import io
import zipfile
from datetime import UTC, datetime

from ...formats.recording_samples import (
    ENUM,
    FILE_ID,
    RECORD,
    SESSION,
    UINT8,
    UINT16,
    UINT32,
    UINT32Z,
    definition,
    one,
    part,
    values,
)

EPOCH_S = 631_065_600
START = datetime(2026, 3, 1, 7, 30, tzinfo=UTC)
RUNNING, CYCLING, SWIMMING, TRANSITION = 1, 2, 5, 3


def fit_seconds(moment: datetime) -> int:
    return int(moment.timestamp()) - EPOCH_S


def fit(
    start: datetime = START,
    *,
    seconds: int = 60,
    sport: int = RUNNING,
    serial: int | None = 3_900_000_001,
    file_type: int = 4,
    offset_s: int | None = 3600,
    sports: tuple[int, ...] = (),
    beat: int = 140,
) -> bytes:
    """A recording of one point every ten seconds; with `sports` a session of equal length for each."""
    begins = fit_seconds(start)
    return part(messages(begins, seconds, sports or (sport,), serial, file_type, offset_s, beat))


def messages(
    begins: int,
    seconds: int,
    sports: tuple[int, ...],
    serial: int | None,
    file_type: int,
    offset_s: int | None,
    beat: int,
) -> bytes:
    identity: dict[tuple[int, int], int] = {(0, ENUM): file_type, (1, UINT16): 1, (2, UINT16): 3_000}
    if serial is not None:
        identity[3, UINT32Z] = serial
    body = one(FILE_ID, {**identity, (4, UINT32): begins})
    fields = ((253, UINT32), (3, UINT8))
    body += definition(0, RECORD, fields)
    for at in range(0, seconds + 1, 10):
        body += values(0, fields, (begins + at, beat))
    each = seconds // len(sports)
    for number, sport in enumerate(sports):
        body += one(
            SESSION,
            {
                (253, UINT32): begins + (number + 1) * each,
                (2, UINT32): begins + number * each,
                (5, ENUM): sport,
                (7, UINT32): each * 1000,
                (8, UINT32): each * 1000,
                (9, UINT32): 20_000,
            },
        )
    if offset_s is not None:
        ends = begins + seconds
        body += one(34, {(253, UINT32): ends, (5, UINT32): ends + offset_s})
    return body


def tcx(start: datetime = START, *, seconds: int = 60, sport: str = "Running") -> bytes:
    moment = f"{start:%Y-%m-%dT%H:%M:%SZ}"
    return (
        '<?xml version="1.0"?><TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2">'
        f'<Activities><Activity Sport="{sport}"><Id>{moment}</Id><Lap StartTime="{moment}">'
        f"<TotalTimeSeconds>{seconds}</TotalTimeSeconds><DistanceMeters>200</DistanceMeters><Calories>9</Calories>"
        f"<Track><Trackpoint><Time>{moment}</Time></Trackpoint></Track>"
        "</Lap></Activity></Activities></TrainingCenterDatabase>"
    ).encode()


GPX_WITHOUT_TIMES = (
    b'<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>'
    b'<trkpt lat="47.1" lon="8.1"/><trkpt lat="47.2" lon="8.1"/></trkseg></trk></gpx>'
)


def zipped(members: dict[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", packing) as archive:
        for name, member in members.items():
            archive.writestr(name, member)
    return content.getvalue()


def gzipped(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)
