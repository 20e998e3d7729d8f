"""UUID version 7 (RFC 9562, 5.7): ids that sort by the time they were made.

Random ids halve the speed of bulk inserts into a b-tree; `uuid.uuid7` arrives with Python 3.14.
"""

from __future__ import annotations

import os
import time
from uuid import UUID

_VERSION_7 = 0x7 << 76
_VARIANT_10 = 0x2 << 62
_RANDOM_BITS = (1 << 62) - 1
_last = 0  # the newest (milliseconds << 12 | counter) given out by this process


def new_id() -> UUID:
    """One new id, later than every id this process made before."""
    return UUID(bytes=new_ids(1)[0])


def new_ids(count: int) -> list[bytes]:
    """`count` new ids as 16 bytes each, ascending."""
    global _last  # noqa: PLW0603 - one clock for the process
    first = max((time.time_ns() // 1_000_000) << 12, _last + 1)
    _last = first + count - 1
    noise = int.from_bytes(os.urandom(8)) & _RANDOM_BITS
    ids = []
    for tick in range(first, first + count):
        # 48 bits of milliseconds | version | 12 bits of counter | variant | 62 bits of noise
        noise = (noise * 6364136223846793005 + 1442695040888963407) & _RANDOM_BITS
        value = (tick >> 12) << 80 | _VERSION_7 | (tick & 0xFFF) << 64 | _VARIANT_10 | noise
        ids.append(value.to_bytes(16))
    return ids


def short_id(value: UUID) -> str:
    """Eight characters for people, from the tail: the heads of one minute are equal."""
    return value.hex[-8:]


def activity_id(garmin_activity_id: str, value: UUID) -> str:
    """What an activity is called: Garmin's number, and where Garmin has none the short one of our own."""
    return garmin_activity_id if garmin_activity_id.isdecimal() else short_id(value)
