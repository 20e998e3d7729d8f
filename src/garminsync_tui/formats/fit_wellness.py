"""FIT files of a watch's days and nights, a scale and a cuff: readings at their instants, counters, stages of sleep.

What belongs to a day is told at the instant at which it was written: which local day that is, is for those to say who
know the bounds of days.
"""

from __future__ import annotations

from ..errors import FileDamaged
from .fit_fields import fields_of
from .fit_messages import PartDamaged
from .fit_parts import MAX_FIT_BYTES, fit_parts
from .fit_wellness_content import Count, Gain, Level, Reader, Wellness
from .fit_wellness_messages import OF_SEVERAL, TAKEN

__all__ = ["Count", "Gain", "Level", "Wellness", "read_wellness"]


def read_wellness(name: str, content: bytes) -> Wellness:
    """All of a file, its chained parts one after the other.

    Of a damaged one, what stands before the damage; `problems` name it. Raises FileDamaged where nothing is readable.
    """
    if len(content) > MAX_FIT_BYTES:
        raise FileDamaged(name, f"is larger than {MAX_FIT_BYTES // 2**20} MiB")
    parts, problems = fit_parts(content)
    notes = [problem for part in parts for problem in part.problems] + list(problems)
    if not parts:
        raise FileDamaged(name, "is not FIT")
    found = Wellness()
    reader = Reader(found)
    for part in parts:
        reader.begin()
        try:
            for number, fields in fields_of(content, part, TAKEN):
                TAKEN[number](reader, fields)
        except PartDamaged as damage:
            if not (part.problems and damage.at_end):
                notes.append("what follows its first damaged message could not be read")
    if notes and not found.has_content:
        raise FileDamaged(name, notes[0])
    if len(reader.people) > 1:
        found.readings = [each for each in found.readings if each.metric not in OF_SEVERAL]
        notes.append("weigh-ins or blood pressures of several people are not taken: whose is whose is not known")
    found.problems = tuple(dict.fromkeys(notes))
    return found
