"""What is odd about a document of Garmin's: what the workout read from it no longer says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..text import clean
from .definition import Place
from .findings import Finding
from .garmin_fields import STEP_FIELDS, TABLES, id_of, number_of, term_by_key
from .vocabulary import ENDS


def contradictions(document: dict[str, Any]) -> list[Finding]:
    """Where a document says two things at once, and which of them Garmin believes."""
    segments = _objects(document.get("workoutSegments"))
    found = list(_of_pairs(document, ()))
    for number, segment in enumerate(segments, 1):
        place = (number,) if len(segments) > 1 else ()
        found += [*_of_pairs(segment, place), *_of_children(segment, place)]
    return found


def _of_children(parent: dict[str, Any], place: Place) -> Iterator[Finding]:
    nodes = sorted(_objects(parent.get("workoutSteps")), key=lambda node: number_of(node.get("stepOrder")) or 0)
    for number, node in enumerate(nodes, 1):
        here = (*place, number)
        yield from _of_pairs(node, here)
        if "workoutSteps" in node:
            yield from _of_repeat(node, here)
            yield from _of_children(node, here)
        else:
            yield from _of_step(node, here)


def _of_pairs(node: dict[str, Any], place: Place) -> Iterator[Finding]:
    for field, table in TABLES.items():
        value = node.get(field)
        key = value.get(table.key_field) if isinstance(value, dict) else None
        number = id_of(value, table)
        term = table.by_id(number) if number is not None else None
        if not key or number is None or (term and term_by_key(key, table) == term):
            continue
        means = f"is {term.key}, and that is what Garmin believes" if term else "is nothing that is known here"
        yield _odd(place, f"{field} is written as {number} and {clean(str(key), 40)}, but {number} {means}")


def _of_repeat(node: dict[str, Any], place: Place) -> Iterator[Finding]:
    condition = id_of(node.get("endCondition"), ENDS)
    times, value = number_of(node.get("numberOfIterations")), number_of(node.get("endConditionValue"))
    iterations, time = ENDS.by_word("iterations").id, ENDS.by_word("time").id
    if condition not in {None, iterations, time}:
        yield _odd(place, "the repeat ends by another condition than its number of times")
    elif condition == iterations and times and value and times != value:
        yield _odd(place, f"the repeat says {times:g} times and {value:g} times; the first is taken")


def _of_step(node: dict[str, Any], place: Place) -> Iterator[Finding]:
    for slot in ("primary", "secondary"):
        kind, one, two, zone, _ = STEP_FIELDS[slot]
        inside = node.get(kind)
        if number_of(node.get(zone)) and number_of(node.get(one)) is not None:
            yield _odd(place, f"{one} stands beside {zone}; Garmin takes the zone")
        if isinstance(inside, dict) and (one in inside or two in inside):
            yield _odd(place, f"{one} stands inside of {kind}, where Garmin does not look")
    if number_of(node.get("endConditionZone")) and number_of(node.get("endConditionValue")):
        yield _odd(place, "endConditionValue stands beside endConditionZone; Garmin takes the zone")


def _objects(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _odd(place: Place, message: str) -> Finding:
    return Finding(place, "warning", message)
