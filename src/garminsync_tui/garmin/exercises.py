"""The exercises that Garmin's editor offers, out of the installed `garminconnect` package."""

from __future__ import annotations

from functools import cache


@cache
def catalogue() -> dict[str, frozenset[str]]:
    """The names of each category, both as Garmin writes them; empty where the package does not have the list."""
    try:
        from garminconnect.exercises import EXERCISES
    except ImportError:
        return {}
    found: dict[str, set[str]] = {}
    for exercise in EXERCISES:
        found.setdefault(exercise["category"], set()).update({exercise["exercise"]} - {""})
    return {category: frozenset(names) for category, names in found.items()}
