"""The activities of one archive: what its summaries say, and which recording belongs to which."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from ...garmin.activities import ActivityRow
from ...store.same_activity import Traits
from ...sync.recognition import traits_of
from .recording import Recording
from .sources import Found
from .summaries import is_kilojoules, kilocalories

_APART_S = 2.0
#: Where an export keeps what was uploaded, whatever made it.
_UPLOADS = re.compile(r"Uploaded-?_?Files", re.IGNORECASE)


class Archived:
    """The summaries of an archive by their start; each is given to one recording at most."""

    def __init__(self, account_id: UUID, rows: Iterable[ActivityRow]) -> None:
        self.account_id = account_id
        unique = {row.garmin_activity_id: row for row in rows}
        self._rows = sorted(unique.values(), key=lambda row: row.start_time)
        self._starts = [row.start_time.timestamp() for row in self._rows]
        self._energy: Counter[bool] = Counter()

    def __len__(self) -> int:
        return len(self._rows)

    def match(self, recording: Recording) -> ActivityRow | None:
        """The summary of a recording: of the same start and sport, else of the same start and device."""
        start = recording.start.timestamp()
        first = bisect_left(self._starts, start - _APART_S)
        near = []
        for place in range(first, len(self._rows)):
            if self._starts[place] > start + _APART_S:
                break
            near.append(self._rows[place])
        mine = Traits(
            recording.start,
            recording.activity_type,
            tuple(each for each in (recording.duration_s, recording.elapsed_s) if each is not None),
            cut_off=recording.problem is not None,
        )
        found = [row for row in near if mine.fits(traits_of(row))]
        serial = recording.identity.serial
        found = found or [row for row in near if serial is not None and row.extra.get("deviceId") == serial]
        if not found:
            return None
        row = found[0]
        kilojoules = is_kilojoules(row.calories, recording.calories_kcal)
        if kilojoules is None:
            return self._in_kcal(row)
        self._energy[kilojoules] += 1
        assert row.calories is not None
        return replace(row, calories=kilocalories(row.calories)) if kilojoules else row

    def rest(self, taken: set[str]) -> list[ActivityRow]:
        """The summaries that no recording was found for."""
        return [self._in_kcal(row) for row in self._rows if row.garmin_activity_id not in taken]

    def _in_kcal(self, row: ActivityRow) -> ActivityRow:
        """Calories of some exports are kJ: told by the recordings that were met so far."""
        if row.calories is None or self._energy[True] <= self._energy[False]:
            return row
        return replace(row, calories=kilocalories(row.calories))


def columns_of(row: ActivityRow) -> dict[str, Any]:
    """A row of Garmin's list in columns."""
    values = asdict(row)
    del values["has_original"]
    return values


def day_of(row: ActivityRow) -> date:
    """The local day on which it started."""
    return (row.start_time + timedelta(seconds=row.utc_offset_s or 0)).date()


def is_upload(found: Found) -> bool:
    """Whether a file is what somebody once uploaded to Garmin: then it is the original, whatever its type."""
    return _UPLOADS.search(found.name) is not None
