"""Garmin's enumerations of workouts, as `GET /workout-service/workout/types` lists them: id, key, and our word.

The server believes the number alone and ignores the key beside it; both are written, and a pair that does not belong
together is refused before it is sent. What has no word here is still known by name, so that it can be shown.
"""

from __future__ import annotations

from typing import Any, NamedTuple


class Term(NamedTuple):
    """One value: the number that the server believes, its key, and what it is called here (None: no word)."""

    id: int
    key: str
    word: str | None


class Table:
    """One enumeration, and how its values look in a document: `{"stepTypeId": 3, "stepTypeKey": "interval"}`."""

    def __init__(self, field: str, *terms: tuple[int, str, str | None]) -> None:
        self.id_field, self.key_field = f"{field}Id", f"{field}Key"
        self.terms = tuple(Term(*term) for term in terms)
        self._by_id = {term.id: term for term in self.terms}
        self._by_word = {term.word: term for term in self.terms if term.word}

    def by_id(self, number: int) -> Term | None:
        """The value with this number."""
        return self._by_id.get(number)

    def by_word(self, word: str) -> Term:
        """The value with this word of ours."""
        return self._by_word[word]

    def document(self, word: str) -> dict[str, Any]:
        """The value as Garmin writes it."""
        term = self.by_word(word)
        return {self.id_field: term.id, self.key_field: term.key}


SPORTS = Table(
    "sportType",
    (1, "running", "running"),
    (2, "cycling", "cycling"),
    (3, "other", "other"),
    (4, "swimming", "swimming"),
    (5, "strength_training", "strength_training"),
    (6, "cardio_training", "cardio_training"),
    (7, "yoga", "yoga"),
    (8, "pilates", "pilates"),
    (9, "hiit", "hiit"),
    (10, "multi_sport", "multi_sport"),
    (11, "mobility", "mobility"),
    # Read back by one client in 2026, missing from the list of another: never seen recorded.
    (12, "walking", "walking"),
    (13, "rucking", "rucking"),
)
STEPS = Table(
    "stepType",
    (1, "warmup", "warmup"),
    (2, "cooldown", "cooldown"),
    (3, "interval", "interval"),
    (4, "recovery", "recovery"),
    (5, "rest", "rest"),
    (6, "repeat", "repeat"),
    (7, "other", "other"),
    (8, "main", "main"),
)
ENDS = Table(
    "conditionType",
    (1, "lap.button", "lap"),
    (2, "time", "time"),
    (3, "distance", "distance"),
    (4, "calories", "calories"),
    (5, "power", "power"),
    (6, "heart.rate", "heart_rate"),
    (7, "iterations", "iterations"),
    (8, "fixed.rest", "fixed_rest"),
    # "Repeat on": the seconds of a send-off.
    (9, "fixed.repetition", "send_off"),
    (10, "reps", "reps"),
    (11, "training.peaks.tss", None),
    (12, "repetition.time", None),
    (13, "time.at.valid.cda", None),
    (14, "power.last.lap", None),
    (15, "max.power.last.lap", None),
    (16, "repetition.swim.css.offset", None),
    (17, "velocity.loss", None),
    (18, "custom.velocity", None),
    (19, "vbt.velocity.zone", None),
    (20, "velocity.min", None),
    (21, "peak.velocity.min", None),
    (22, "peak.velocity.loss", None),
    (23, "custom.peak.velocity", None),
    (24, "power.loss", None),
)
TARGETS = Table(
    "workoutTargetType",
    (1, "no.target", "none"),
    (2, "power.zone", "power"),
    (3, "cadence", "cadence"),
    (4, "heart.rate.zone", "heart_rate"),
    (5, "speed.zone", "speed"),
    (6, "pace.zone", "pace"),
    (7, "grade", "grade"),
    (8, "heart.rate.lap", "heart_rate lap"),
    (9, "power.lap", "power lap"),
    (10, "power.3s", "power 3s"),
    (11, "power.10s", "power 10s"),
    (12, "power.30s", "power 30s"),
    (13, "speed.lap", "speed lap"),
    (14, "swim.stroke", None),
    (15, "resistance", "resistance"),
    (16, "power.curve", None),
    (17, "swim.css.offset", "css"),
    (18, "swim.instruction", "effort"),
    (19, "instruction", None),
    (20, "velocity.loss", None),
    (21, "custom.velocity", None),
    (22, "vbt.velocity.zone", None),
    (23, "power.loss", None),
    (24, "velocity.min", None),
    (25, "peak.velocity.min", None),
    (26, "peak.velocity.loss", None),
    (27, "custom.peak.velocity", None),
)
STROKES = Table(
    "strokeType",
    (1, "any_stroke", "any"),
    (2, "backstroke", "backstroke"),
    (3, "breaststroke", "breaststroke"),
    (4, "drill", "drill"),
    (5, "fly", "butterfly"),
    (6, "free", "freestyle"),
    (7, "individual_medley", "individual_medley"),
    (8, "mixed", "mixed"),
    (9, "individual_medley_by_round", "individual_medley_by_round"),
    (10, "reverse_individual_medley_by_round", "reverse_individual_medley_by_round"),
)
DRILLS = Table("drillType", (1, "kick", "kick"), (2, "pull", "pull"), (3, "drill", "drill"))
EQUIPMENT = Table(
    "equipmentType",
    (1, "fins", "fins"),
    (2, "kickboard", "kickboard"),
    (3, "paddles", "paddles"),
    (4, "pull_buoy", "pull_buoy"),
    (5, "snorkel", "snorkel"),
)
#: How hard to swim; the numbers are the value of a target, not an object.
EFFORTS = {
    "recovery": 1,
    "very_easy": 2,
    "easy": 3,
    "moderate": 4,
    "hard": 5,
    "very_hard": 6,
    "all_out": 7,
    "fast": 8,
    "ascend": 9,
    "descend": 10,
}
#: Word, Garmin's number and key, and Garmin's factor (hundredths of a metre, grams).
UNITS: dict[str, dict[str, Any]] = {
    "m": {"unitId": 1, "unitKey": "meter", "factor": 100.0},
    "km": {"unitId": 2, "unitKey": "kilometer", "factor": 100000.0},
    "mi": {"unitId": 4, "unitKey": "mile", "factor": 160934.4},
    "kg": {"unitId": 8, "unitKey": "kilogram", "factor": 1000.0},
    "lb": {"unitId": 9, "unitKey": "pound", "factor": 453.59237},
    "yd": {"unitId": 230, "unitKey": "yard", "factor": 91.44},
}
#: Categories of exercises that Garmin takes beside those of its list of names: machines, poses and moves.
CATEGORIES_WITHOUT_NAMES = frozenset({"BIKE", "INDOOR_ROW", "MOVE", "POSE", "STRETCH", "UNKNOWN"})
