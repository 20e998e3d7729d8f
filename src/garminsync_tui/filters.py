"""The filter line of activity lists: ``type:run dist>10 after:2026-09 hr<150 name~long``.

One parser for the command line and the app. Words without a sign look for themselves in the name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from .errors import UsageProblem

Sign = Literal["=", "~", "<", "<=", ">", ">="]

_TERM = re.compile(r"(?P<field>[a-z]+)(?P<sign><=|>=|[:=~<>])(?P<value>\"[^\"]*\"|\S*)|(?P<word>\"[^\"]+\"|\S+)")

#: Fields that compare numbers: what a person writes times this is what is stored.
NUMBERS = {"dist": 1000.0, "time": 60.0, "hr": 1.0, "climb": 1.0, "kcal": 1.0}
_DATES = frozenset({"after", "before", "on"})
#: What each field means, for help and errors.
FIELDS = {
    "type": "activity type, also a part of it: type:run",
    "name": "part of the name: name~long",
    "after": "on or after a date, month or year: after:2026-09",
    "before": "before a date, month or year: before:2026-09-15",
    "on": "on a date, in a month or year: on:2026",
    "dist": "kilometres: dist>10",
    "time": "minutes: time>=60",
    "hr": "average heart rate: hr<150",
    "climb": "metres climbed: climb>500",
    "kcal": "kilocalories: kcal>800",
}


@dataclass(frozen=True, slots=True)
class Condition:
    """One term: metres, seconds, beats a minute or kilocalories; text in lower case; dates as given."""

    field: str
    sign: Sign
    value: float | str | date


def parse(text: str) -> list[Condition]:
    """The terms of a filter line, all of which must hold. Raises UsageProblem naming the term."""
    conditions: list[Condition] = []
    for match in _TERM.finditer(text.strip()):
        if match["word"]:
            conditions.append(Condition("name", "~", match["word"].strip('"').lower()))
        else:
            conditions.extend(_term(match["field"], match["sign"], match["value"].strip('"')))
    return conditions


def instead_of_dates(text: str, dates: str) -> str:
    """A filter line with `dates` in the place of all that it says of dates."""
    others = [match[0] for match in _TERM.finditer(text.strip()) if match["field"] not in _DATES]
    return " ".join([*others, dates]).strip()


def without_dates(conditions: Iterable[Condition]) -> list[Condition]:
    """All conditions but those of dates."""
    return [each for each in conditions if each.field != "start"]


def _term(field: str, sign: str, value: str) -> list[Condition]:
    term = f"{field}{sign}{value}"
    if field not in FIELDS:
        raise UsageProblem(f"“{term}”: there is no field “{field}”.", hint="Fields are " + ", ".join(FIELDS) + ".")
    if not value:
        raise UsageProblem(f"“{term}” has no value.", hint=FIELDS[field])
    if field in _DATES:
        first, end = _period(term, value)
        if field == "after":
            return [Condition("start", ">=", first)]
        if field == "before":
            return [Condition("start", "<", first)]
        return [Condition("start", ">=", first), Condition("start", "<", end)]
    if field in NUMBERS:
        try:
            number = float(value.replace(",", ".")) * NUMBERS[field]
        except ValueError:
            raise UsageProblem(f"“{term}”: “{value}” is no number.", hint=FIELDS[field]) from None
        return [Condition(field, "=" if sign in ":=~" else sign, number)]  # type: ignore[arg-type]
    if sign in "<>" or sign in {"<=", ">="}:
        raise UsageProblem(f"“{term}”: {field} is text.", hint=FIELDS[field])
    return [Condition(field, "=" if sign == "=" else "~", value.lower())]


def _period(term: str, value: str) -> tuple[date, date]:
    """First day of a date, month or year, and the first day after it."""
    try:
        parts = [int(part) for part in value.split("-")]
        if len(parts) == 1:
            return date(parts[0], 1, 1), date(parts[0] + 1, 1, 1)
        if len(parts) == 2:
            year, month = parts
            return date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)
        year, month, day = parts
        first = date(year, month, day)
        return first, first + timedelta(days=1)
    except ValueError:
        raise UsageProblem(f"“{term}”: “{value}” is no date.", hint="Like 2026, 2026-09 or 2026-09-15.") from None
