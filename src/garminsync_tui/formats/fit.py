"""FIT files, part by part, so that one damaged part leaves the others readable."""

from __future__ import annotations

from pathlib import Path

from ..errors import FileDamaged
from .fit_decoded import read_decoded
from .fit_messages import PartDamaged, Reading, Spent, track_of_parts
from .fit_parts import Part, fit_parts, read_fit_bytes
from .fit_plain import NotPlain, read_plain
from .track import Track


def read_fit(path: Path) -> Track:
    """The recording in a FIT file, all chained parts joined.

    Records are sorted by time; those of the same second become one that keeps the last value of each column
    that is not missing. Enhanced speed and altitude go before the plain ones; developer fields are left out,
    so that none can stand where the device's own value belongs. Raises FileDamaged where nothing is readable.
    """
    content = read_fit_bytes(path)
    parts, problems = fit_parts(content)
    notes = [problem for part in parts for problem in part.problems] + list(problems)
    readings = []
    spent = Spent()
    for part in parts:
        reading, damage = read_part(content, part, spent)
        readings.append(reading)
        # The end of what is there is no news in a part that is known to be cut off.
        if damage and not (part.problems and damage.at_end):
            notes.append("what follows its first damaged message could not be read")
    if notes and not any(reading.has_content for reading in readings):
        raise FileDamaged(path.name, notes[0])
    notes = list(dict.fromkeys(notes))  # a thousand chained files may have the same thing wrong
    del content  # a track of many points takes as much again while it is put together
    return track_of_parts(readings, notes)


def read_part(
    content: bytes, part: Part, spent: Spent | None = None, *, plainly: bool = True
) -> tuple[Reading, PartDamaged | None]:
    """What one part holds, and why its rest could not be read; `plainly=False` leaves it all to fitdecode.

    `spent` is what the file's other parts took of what is granted to all of them.
    """
    spent = Spent() if spent is None else spent
    if plainly:
        reading = Reading()
        try:
            read_plain(reading, content, part.start, part.end, spent)
        except NotPlain:
            pass
        except PartDamaged as damage:
            return reading, damage
        else:
            return reading, None
    reading = Reading()
    try:
        read_decoded(reading, content, part, spent)
    except PartDamaged as damage:
        return reading, damage
    return reading, None
