"""Keys and kinds of values, with nothing of the values themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Shape:
    """What was seen at one place: kinds of scalars, keys of objects, and elements of arrays."""

    kinds: set[str] = field(default_factory=set)
    keys: dict[str, Shape] = field(default_factory=dict)
    #: keys that every object seen here had
    always: set[str] | None = None
    elements: Shape | None = None

    def see(self, value: Any) -> Shape:
        """Add one value."""
        if isinstance(value, dict):
            self.kinds.add("object")
            self.always = set(value) if self.always is None else self.always & set(value)
            for key, part in value.items():
                self.keys.setdefault(key, Shape()).see(part)
        elif isinstance(value, list):
            self.kinds.add("array")
            self.elements = self.elements or Shape()
            for part in value:
                self.elements.see(part)
        else:
            self.kinds.add(_kind(value))
        return self


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, int | float) else "text"


def differences(recorded: Shape, simulated: Shape, place: str = "") -> Iterator[str]:
    """Keys that are missing or new, and kinds that were never recorded; null goes with anything."""
    known, found = recorded.kinds - {"null"}, simulated.kinds - {"null"}
    if known and found - known:
        yield f"{place}: {sorted(found)} instead of {sorted(known)}"
    if simulated.always is not None and recorded.always is not None:
        for key in sorted(recorded.always - simulated.always):
            yield f"{place}.{key} is missing"
        for key in sorted(set(simulated.keys) - set(recorded.keys)):
            yield f"{place}.{key} is new"
    for key in sorted(set(recorded.keys) & set(simulated.keys)):
        yield from differences(recorded.keys[key], simulated.keys[key], f"{place}.{key}")
    if recorded.elements and simulated.elements:
        yield from differences(recorded.elements, simulated.elements, f"{place}[]")
