"""The words of a workout beside those of Garmin's FIT profile."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..units import POUND_KG
from ..workouts.definition import Kind, Place, Sport, Stroke, place_words


class Lost(NamedTuple):
    """Something that the other side cannot say, and where it stood."""

    place: Place
    what: str

    def __str__(self) -> str:
        return f"Step {place_words(self.place)}: {self.what}." if self.place else f"{self.what}."


SPORTS: dict[Sport, tuple[str, str]] = {
    "running": ("running", "generic"),
    "cycling": ("cycling", "generic"),
    "swimming": ("swimming", "lap_swimming"),
    "walking": ("walking", "generic"),
    "strength_training": ("training", "strength_training"),
    "cardio_training": ("training", "cardio_training"),
    "yoga": ("training", "yoga"),
    "pilates": ("training", "pilates"),
    "mobility": ("training", "flexibility_training"),
    "hiit": ("hiit", "hiit"),
    "multi_sport": ("multisport", "generic"),
    "other": ("generic", "generic"),
    "rucking": ("walking", "generic"),
}
#: By sport and kind, then by sport alone. Rucking comes back as walking.
SPORTS_BACK: dict[tuple[str, str], Sport] = {
    fit: sport for sport, fit in reversed(SPORTS.items()) if sport != "rucking"
}
KINDS: dict[Kind, str] = {
    "warmup": "warmup",
    "cooldown": "cooldown",
    "interval": "active",
    "recovery": "recovery",
    "rest": "rest",
    "main": "active",
    "other": "other",
}
KINDS_BACK: dict[str | None, Kind] = {
    "active": "interval",
    "interval": "interval",
    **{word: kind for kind, word in KINDS.items() if word != "active"},
}
STROKES: dict[Stroke, str] = {
    "backstroke": "backstroke",
    "breaststroke": "breaststroke",
    "butterfly": "butterfly",
    "freestyle": "freestyle",
    "individual_medley": "im",
    "mixed": "mixed",
    "individual_medley_by_round": "im_by_round",
    "reverse_individual_medley_by_round": "rimo",
    "drill": "drill",
}
STROKES_BACK = {word: stroke for stroke, word in STROKES.items()}
EQUIPMENT = {
    "fins": "swim_fins",
    "kickboard": "swim_kickboard",
    "paddles": "swim_paddles",
    "pull_buoy": "swim_pull_buoy",
    "snorkel": "swim_snorkel",
}
EQUIPMENT_BACK: dict[str | None, Any] = {word: equipment for equipment, word in EQUIPMENT.items()}
WEIGHTS = {"kg": ("kilogram", 1.0), "lb": ("pound", POUND_KG)}
ON_FOOT = ("running", "walking", "rucking")
#: Steps of both legs for one turn of one: FIT counts what one leg does.
STEPS_PER_STRIDE = 2
