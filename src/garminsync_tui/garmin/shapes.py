"""Reading values out of JSON that may have drifted: what can be meant is taken, what is missing is a gap.

A number may come as text ("94"), an instant as ISO text without a zone (it is UTC then) or as milliseconds
since 1970; both are recorded. Only a body whose outline is another one raises UnexpectedAnswer, because a
whole day would be silently empty otherwise.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ..errors import UnexpectedAnswer
from ..metrics import METRICS, Reading, day_ms, plausible

#: A local day begins up to 14 hours before 00:00 UTC of its date and ends up to 36 hours after it, in any zone and
#: on any flight. A night begins the evening before.
EARLIEST_START_MS = -14 * 3_600_000
LATEST_END_MS = 36 * 3_600_000
_EARLIEST_EVENING_MS = -36 * 3_600_000
#: Garmin says "not measured" by -1 and -2 as well as by null and 0.
_LOWEST_SENTINEL = -2
#: Why something is left out, where others than `Collected` find it.
ANOTHER_TIME = "at another time"
UNREADABLE_ROWS = "in rows that cannot be read"
_LONGEST_TEXT = 2_000
_WORD = re.compile(r"[A-Za-z0-9_]{1,40}")


def unreadable(endpoint: str, what: str) -> UnexpectedAnswer:
    """The error for an answer of another shape; `what` says what was wrong with it."""
    return UnexpectedAnswer(
        f"Garmin's answer for {endpoint} cannot be read: {what}.",
        hint="Nothing stored was changed. The next sync asks again; a newer version may know this answer.",
    )


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "text", bool: "a truth value"}
    return names.get(type(value), "a number")


def mapping(value: Any, endpoint: str, what: str) -> Mapping[str, Any]:
    """`value` as an object; null is an empty one. Raises UnexpectedAnswer for anything else."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise unreadable(endpoint, f"{what} is {_kind(value)}, not an object")
    return value


def answer_with(body: Any, endpoint: str, *keys: str) -> Mapping[str, Any]:
    """The body as an object that has some of `keys`, null or not; null and {} are an empty one.

    Raises UnexpectedAnswer for anything else: what is looked for may have got another name.
    """
    answer = mapping(body, endpoint, "the body")
    if answer and not any(key in answer for key in keys):
        raise unreadable(endpoint, f"it has no {' and no '.join(keys)}")
    return answer


def sequence(value: Any, endpoint: str, what: str) -> Sequence[Any]:
    """`value` as a list; null is an empty one. Raises UnexpectedAnswer for anything else."""
    if value is None:
        return ()
    if not isinstance(value, list):
        raise unreadable(endpoint, f"{what} is {_kind(value)}, not a list")
    return value


def objects(value: Any, endpoint: str, what: str) -> Sequence[Mapping[str, Any]]:
    """The objects of a list. Raises UnexpectedAnswer where it holds other things only: that is no gap."""
    rows = sequence(value, endpoint, what)
    found = [row for row in rows if isinstance(row, dict)]
    if rows and not found:
        raise unreadable(endpoint, f"{what} holds no objects")
    return found


def number(value: Any) -> float | None:
    """A finite number, also one that came as text; None for everything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def instant_ms(value: Any) -> int | None:
    """Milliseconds since 1970 UTC, from such milliseconds or from ISO text; text without a zone is UTC."""
    milliseconds = number(value)
    if milliseconds is not None:
        return int(milliseconds)
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return round(moment.timestamp() * 1000)
    except (ValueError, OverflowError):
        return None


def is_near(day: date, at_ms: int) -> bool:
    """Whether an instant may belong to a day, in any zone, or to the night that ends on it."""
    return _EARLIEST_EVENING_MS <= at_ms - day_ms(day) < LATEST_END_MS


def storable_text(text: str) -> str:
    """`text` as both databases take it: PostgreSQL takes no NUL, neither takes a lone surrogate; and no novels."""
    return text[:_LONGEST_TEXT].replace("\x00", "").encode("utf-8", "replace").decode()


def plain_word(value: Any) -> str | None:
    """A word of Garmin's such as "GOOD_SLEEP" as "good sleep"; None for anything that is not one."""
    if not isinstance(value, str) or not _WORD.fullmatch(value):
        return None
    return value.lower().replace("_", " ")


def calendar_date(value: Any) -> date | None:
    """The date of "2025-07-06" or of "2025-07-06T00:00:00.0"."""
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None


def column(descriptors: Any, wanted: str, recorded: Sequence[str], endpoint: str, what: str) -> int:
    """Where `wanted` stands in the rows of an array that comes with descriptors.

    Descriptors are recorded in two spellings: {"key", "index"} and {"bodyBatteryValueDescriptorKey",
    "bodyBatteryValueDescriptorIndex"}. Some recorded bodies have none, or name no column but the time: those
    have the columns in the order of `recorded`. Raises UnexpectedAnswer where columns are named and `wanted`
    is not among them.
    """
    places: dict[str, int] = {}
    for descriptor in objects(descriptors, endpoint, f"the descriptors of {what}"):
        name = next((text for key, text in descriptor.items() if key.lower().endswith("key")), None)
        place = next((at for key, at in descriptor.items() if key.lower().endswith("index")), None)
        position = number(place)
        if isinstance(name, str) and position is not None and position == int(position):
            places[name] = int(position)
    if wanted in places:
        return places[wanted]
    if places.keys() & (set(recorded) - {"timestamp"}):
        raise unreadable(endpoint, f"{what} has no column {wanted}")
    return recorded.index(wanted)


class Readings(dict[date, list[Reading]]):
    """The readings of each day that has any; and what was there and could not be taken, for the ledger to say."""

    def __init__(
        self, days: Mapping[date, list[Reading]], left_out: Mapping[date, str], unread: Iterable[date] = ()
    ) -> None:
        super().__init__(days)
        #: Like "3 heart_rate out of range, 1 heart_rate as text".
        self.left_out = dict(left_out)
        #: Days that cannot be said to be empty at Garmin: all that was there of them is left out.
        self.unread = frozenset(unread)


class Collected:
    """The readings of one answer: plausible, near the day they are of, one for each metric and instant."""

    def __init__(self, first: date, last: date) -> None:
        self._days = [first + timedelta(days=n) for n in range(span_days(first, last))]
        self._found: dict[tuple[str, int], tuple[date, Reading]] = {}
        self._left_out: dict[date, Counter[str]] = {}
        #: What was left out and is of none of the days.
        self._elsewhere: Counter[str] = Counter()
        #: Days of which something was said, be it that nothing was measured.
        self._told: set[date] = set()
        self._undated = False

    def is_asked(self, day: date | None) -> bool:
        """Whether it is one of the days that were asked for."""
        return day is not None and self._days[0] <= day <= self._days[-1]

    def add(
        self,
        day: date | None,
        metric: str,
        at_ms: int | None,
        value: Any,
        extra: dict[str, Any] | None = None,
    ) -> None:
        """Take a reading of `day` at an instant; null and Garmin's other ways to say "not measured" are a gap."""
        if day is None or not self.is_asked(day):
            if value is not None or day is not None:
                self.leave_out(day, metric, "of another day" if day else "without a date")
            return
        self._told.add(day)
        if value is None:
            return
        amount = number(value)
        entry = METRICS[metric]
        if amount is None:
            self.leave_out(day, metric, f"as {_kind(value)}")
        elif at_ms is None:
            self.leave_out(day, metric, "without a time")
        elif not is_near(day, at_ms):
            self.leave_out(day, metric, ANOTHER_TIME)
        elif not plausible(metric, amount) or (entry.words and amount != int(amount)):
            if not _LOWEST_SENTINEL <= amount <= 0 or entry.lowest < 0:
                self.leave_out(day, metric, "out of range")
        else:
            self._found[metric, at_ms] = (day, Reading(metric, at_ms, amount, extra or None))

    def add_day(self, day: date | None, metric: str, value: Any, extra: dict[str, Any] | None = None) -> None:
        """Take the value of a whole day or night."""
        self.add(day, metric, None if day is None else day_ms(day), value, extra)

    def add_word(self, day: date | None, metric: str, word: Any) -> None:
        """Take a day's value that is one of the metric's words; its ordinal is stored."""
        words = METRICS[metric].words
        known = word.lower() if isinstance(word, str) else ""
        if known in words:
            self.add_day(day, metric, words.index(known), {"word": known})
        elif word is not None:
            self.leave_out(day, metric, "with an unknown word")

    def part(self, day: date | None, metric: str, value: Any) -> Mapping[str, Any]:
        """An object in a row: one that is something else is left out, and costs the rest of the row nothing."""
        if isinstance(value, dict):
            return value
        if value is not None:
            self.leave_out(day, metric, f"as {_kind(value)}")
        return {}

    def rows(self, day: date | None, metric: str, value: Any) -> Sequence[Mapping[str, Any]]:
        """The objects of a list that is one of several: what else is there is left out."""
        if value is not None and not isinstance(value, list):
            self.leave_out(day, metric, f"as {_kind(value)}")
        rows = value if isinstance(value, list) else []
        found = [row for row in rows if isinstance(row, dict)]
        if len(found) < len(rows):
            self.leave_out(day, metric, UNREADABLE_ROWS, len(rows) - len(found))
        return found

    def main(
        self, day: date | None, metric: str, value: Any, endpoint: str, what: str, *keys: str
    ) -> Sequence[Mapping[str, Any]]:
        """The objects of the list that the answer is about, which have some of `keys`; null is an empty list.

        Raises UnexpectedAnswer where it is no list, holds no objects, or none of them has any of the keys.
        """
        found = objects(value, endpoint, what)
        if found and keys and not any(key in row for row in found for key in keys):
            raise unreadable(endpoint, f"{what} has no {' and no '.join(keys)}")
        return self.rows(day, metric, value)

    def leave_out(self, day: date | None, metric: str, why: str, count: int = 1) -> None:
        """Something was there and cannot be taken. The day is None where it does not say which one it is of."""
        self._undated |= day is None
        counts = self._left_out.setdefault(day, Counter()) if day and self.is_asked(day) else self._elsewhere
        counts[f"{metric} {why}"] += count

    def by_day(self) -> Readings:
        """The readings of each day that has any, in the order they came.

        A day of which nothing is told is empty. Not so where an answer is about other days only, or where what has
        no date may be of that day.
        """
        days: dict[date, list[Reading]] = {}
        for day, reading in self._found.values():
            days.setdefault(day, []).append(reading)
        left_out = dict(self._left_out)
        unread = left_out.keys() - days.keys()
        if self._elsewhere:
            if self._undated or not (self._told or left_out):
                unread |= set(self._days) - self._told
            for day in {self._days[-1]} | (unread - left_out.keys()):
                left_out[day] = left_out.get(day, Counter()) + self._elsewhere
        return Readings(days, {day: _counted(counts) for day, counts in left_out.items()}, unread)


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {what}" for what, count in counts.most_common())


def same_day(told: Any, asked: date, endpoint: str) -> None:
    """Raise UnexpectedAnswer where an answer says that it is about another day than the one asked for."""
    day = calendar_date(told)
    if day is not None and day != asked:
        raise unreadable(endpoint, f"it is about {day}, and {asked} was asked for")


def span_days(first: date, last: date) -> int:
    """How many days first..last are, both included."""
    return (last - first) // timedelta(days=1) + 1
