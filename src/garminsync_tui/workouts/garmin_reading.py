"""A workout out of Garmin's document. The number of a value is believed, its key ignored, as the server does.

What has no words here stays in `garmin` of the step, leg or workout it was found in, or in OtherEnd and OtherTarget.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ..errors import InvalidWorkout
from .definition import (
    AVERAGED,
    Calories,
    CssOffset,
    Distance,
    Effort,
    End,
    Exercise,
    FixedRest,
    Lap,
    Leg,
    OtherEnd,
    OtherTarget,
    Place,
    Pool,
    Range,
    Repeat,
    Reps,
    SendOff,
    Step,
    Target,
    Time,
    UntilHeartRate,
    UntilPower,
    Weight,
    Workout,
    Zone,
)
from .garmin_fields import (
    LEG_FIELDS,
    REPEAT_FIELDS,
    STEP_FIELDS,
    WORKOUT_FIELDS,
    id_of,
    not_understood,
    number_of,
    term_by_key,
    unit_of,
)
from .speeds import said
from .vocabulary import DRILLS, EFFORTS, ENDS, EQUIPMENT, SPORTS, STEPS, STROKES, TARGETS, Table

_EFFORT_WORDS = {number: word for word, number in EFFORTS.items()}
_NAME = re.compile(r"[A-Z0-9_]+")
_DEEPEST = 20
_UNTIL = {"gt": "above", "lt": "below"}


def from_garmin(document: Any) -> Workout:
    """The workout that a document of Garmin's holds. Raises InvalidWorkout, with the place and the reason."""
    top = _object(document, (), "is not an object")
    sport = sport_of(top.get("sportType"), ())
    segments = in_order(top.get("workoutSegments"), "segmentOrder", (), "has no segments")
    pool = _pool(top)
    garmin = not_understood(top, WORKOUT_FIELDS)
    transitions = bool(top.get("isSessionTransitionEnabled"))
    if sport == "multi_sport":
        steps: tuple[Any, ...] = tuple(_leg(segment, pool, (n,)) for n, segment in enumerate(segments, 1))
    else:
        segment = _only(segments, sport)
        pool = pool or _pool(segment)
        steps = _steps(segment, (), _Reader(sport, pool))
        if more := not_understood(segment, LEG_FIELDS):
            garmin["workoutSegments"] = [more]
    workout = Workout(
        sport=sport,
        name=_text(top.get("workoutName")),
        note=_text(top.get("description")),
        pool=pool,
        transitions=transitions and sport == "multi_sport",
        steps=steps,
        garmin=garmin,
    )
    return Workout.read(workout.stored())


def sport_of(value: Any, place: Place) -> Any:
    """Our word for a sport. Raises InvalidWorkout where its number and key contradict each other, or name nothing."""
    number = id_of(value, SPORTS)
    key = value.get("sportTypeKey") if isinstance(value, dict) else None
    if number is None and not key:
        raise InvalidWorkout(place, "has no sport")
    term = SPORTS.by_id(number) if number is not None else None
    meant = term_by_key(key, SPORTS)
    should_be = f"; {meant.key} is {meant.id}" if meant else ""
    if term is None or term.word is None:
        raise InvalidWorkout(
            place,
            f"Garmin stores no sport for {number} ({key or 'without a name'}){should_be}",
            hint="Known are " + ", ".join(f"{term.id} {term.key}" for term in SPORTS.terms) + ".",
        )
    if key and meant != term:
        raise InvalidWorkout(
            place, f"its sport is written as {number} and {key}, but {number} is {term.key}{should_be}"
        )
    return term.word


def _only(segments: list[dict[str, Any]], sport: str) -> dict[str, Any]:
    if len(segments) != 1:
        raise InvalidWorkout((), f"has {len(segments)} segments, which only a multisport workout may have")
    if (segments[0].get("sportType") or {}) and (of_segment := sport_of(segments[0]["sportType"], ())) != sport:
        raise InvalidWorkout((), f"is {sport}, but its segment is {of_segment}")
    return segments[0]


def _leg(segment: dict[str, Any], top_pool: Pool | None, place: Place) -> Leg:
    sport = sport_of(segment.get("sportType"), place)
    pool = _pool(segment)
    return Leg(
        sport=sport,
        pool=None if pool == top_pool else pool,
        steps=_steps(segment, place, _Reader(sport, pool or top_pool)),
        garmin=not_understood(segment, LEG_FIELDS),
    )


def _steps(parent: dict[str, Any], place: Place, reader: _Reader) -> tuple[Step | Repeat, ...]:
    if len(place) > _DEEPEST:
        raise InvalidWorkout(place, f"lies more than {_DEEPEST} repeats deep")
    children = in_order(parent.get("workoutSteps"), "stepOrder", place, "has no steps")
    return tuple(reader.item(child, (*place, number)) for number, child in enumerate(children, 1))


class _Reader:
    """Reads steps of one sport: in a pool what matters lies in the second target, and paces go by the pool's unit."""

    def __init__(self, sport: str, pool: Pool | None) -> None:
        self._swims = sport == "swimming"
        self._pace = ("/100yd" if pool and pool.unit == "yd" else "/100m") if self._swims else "/km"
        self._cadence = "rpm" if sport == "cycling" else "spm"

    def item(self, node: dict[str, Any], place: Place) -> Step | Repeat:
        if node.get("type") == "RepeatGroupDTO" or node.get("workoutSteps"):
            return self._repeat(node, place)
        return self._step(node, place)

    def _repeat(self, node: dict[str, Any], place: Place) -> Repeat:
        garmin = not_understood(node, REPEAT_FIELDS)
        steps = _steps(node, place, self)
        skip = bool(node.get("skipLastRestStep"))
        condition, value = id_of(node.get("endCondition"), ENDS), number_of(node.get("endConditionValue"))
        if condition == ENDS.by_word("time").id and value and value > 0:
            return Repeat(seconds=value, skip_last_rest=skip, steps=steps, garmin=garmin)
        times = number_of(node.get("numberOfIterations")) or value
        if not times or times < 1 or times != int(times):
            raise InvalidWorkout(place, "is a repeat without a number of times")
        if condition not in {None, ENDS.by_word("iterations").id}:
            garmin |= {name: node[name] for name in ("endCondition", "endConditionValue") if node.get(name) is not None}
        return Repeat(times=int(times), skip_last_rest=skip, steps=steps, garmin=garmin)

    def _step(self, node: dict[str, Any], place: Place) -> Step:
        garmin = not_understood(node, STEP_FIELDS)
        kind: Any = _word(node, "stepType", STEPS, garmin) or "other"
        if kind == "repeat":
            raise InvalidWorkout(place, "is a repeat of no steps")
        primary, secondary = self._target(node, "", garmin), self._target(node, "secondary", garmin)
        exercise = _exercise(node, garmin)
        return Step(
            kind=kind,
            end=_end(node, garmin),
            target=secondary if self._swims else primary,
            second_target=primary if self._swims else secondary,
            note=_text(node.get("description")),
            stroke=_word(node, "strokeType", STROKES, garmin),
            drill=_word(node, "drillType", DRILLS, garmin),
            equipment=_word(node, "equipmentType", EQUIPMENT, garmin),
            exercise=exercise,
            weight=_weight(node, garmin),
            garmin=garmin,
        )

    def _target(self, node: dict[str, Any], slot: str, garmin: dict[str, Any]) -> Target | None:
        names = STEP_FIELDS[slot or "primary"]
        value = node.get(names[0])
        number = id_of(value, TARGETS)
        if number in {None, 0, 1}:
            return None
        one, two, zone = (number_of(node.get(name)) for name in names[1:4])
        target = self._known_target(number, one, two, int(zone) if zone else None)
        unit = node.get(names[4])
        if unit is not None and not (self._swims and isinstance(target, Range) and target.of == "pace"):
            garmin[names[4]] = unit
        if target is None:
            return OtherTarget(int(number or 0), _key(value, TARGETS), one, two, int(zone) if zone else None)
        return target

    def _known_target(
        self, number: int | None, one: float | None, two: float | None, zone: int | None
    ) -> Target | None:
        term = TARGETS.by_id(number or 0)
        of, _, averaged = (term.word or "" if term else "").partition(" ")
        if zone:
            most = {"heart_rate": 5, "power": 7}.get(of, 0)
            return Zone(of, zone) if not averaged and 1 <= zone <= most else None  # type: ignore[arg-type]
        if of in {"css", "effort"}:
            return self._swum(of, one, two)
        if of not in _RANGES or one is None or (averaged and averaged not in AVERAGED.get(of, ())):
            return None
        low, high = sorted((one, one if two is None else two))
        if of in {"pace", "speed"} and low <= 0:
            return None
        unit = {"pace": self._pace, "cadence": self._cadence}.get(of, _RANGES[of])
        if of == "pace":
            low, high = said(high, unit), said(low, unit)
        elif of == "speed":
            low, high = said(low, unit), said(high, unit)
        return Range(of, low, high, unit, averaged or None)  # type: ignore[arg-type]

    def _swum(self, of: str, one: float | None, two: float | None) -> Target | None:
        if not self._swims or one is None or two:
            return None
        if of == "css":
            return CssOffset(one)
        word = _EFFORT_WORDS.get(int(one)) if one == int(one) else None
        return Effort(word) if word else None  # type: ignore[arg-type]


_RANGES = {
    "heart_rate": "bpm",
    "power": "W",
    "cadence": "",
    "speed": "km/h",
    "pace": "",
    "grade": "%",
    "resistance": "",
}


_PLAIN: dict[str, Callable[[float], End]] = {
    "time": Time,
    "calories": Calories,
    "fixed_rest": FixedRest,
    "send_off": SendOff,
}


def _end(node: dict[str, Any], garmin: dict[str, Any]) -> End:
    condition = node.get("endCondition")
    number, value = id_of(condition, ENDS), number_of(node.get("endConditionValue"))
    if number in {None, 0, 1}:
        # The value beside a lap button is the watch's guess at how long it will take.
        return Lap()
    compare = node.get("endConditionCompare")
    until: Any = _UNTIL.get(str(compare))
    zone = number_of(node.get("endConditionZone"))
    word = (term.word if (term := ENDS.by_id(number or 0)) else None) or ""
    found: End | None = None
    if word == "heart_rate" and zone in {1, 2, 3, 4, 5}:
        found = UntilHeartRate(zone=int(zone or 0), until=until)
    elif value is not None and value > 0 and not zone:
        found = _valued_end(word, value, unit_of(node.get("preferredEndConditionUnit")), until)
    if found is None or (compare and getattr(found, "until", None) is None):
        garmin |= {
            name: node[name]
            for name in ("preferredEndConditionUnit", "endConditionCompare", "endConditionZone")
            if node.get(name)
        }
    return found or OtherEnd(int(number or 0), _key(condition, ENDS), value)


def _valued_end(word: str, value: float, unit: str | None, until: Any) -> End | None:
    if word == "distance":
        return Distance(value, unit if unit in {"m", "km", "mi", "yd"} else "m")  # type: ignore[arg-type]
    if word == "heart_rate":
        return UntilHeartRate(bpm=value, until=until)
    if word == "power":
        return UntilPower(value, until)
    if word == "reps":
        return Reps(int(value)) if value == int(value) else None
    return _PLAIN[word](value) if word in _PLAIN else None


def _exercise(node: dict[str, Any], garmin: dict[str, Any]) -> Exercise | None:
    category, name = node.get("category") or None, node.get("exerciseName") or None
    if category is None and name is None:
        return None
    if not isinstance(category, str) or not _NAME.fullmatch(category):
        garmin |= {key: value for key, value in (("category", category), ("exerciseName", name)) if value}
        return None
    if name is not None and not (isinstance(name, str) and _NAME.fullmatch(name)):
        garmin["exerciseName"] = name
        name = None
    return Exercise(category, name)


def _weight(node: dict[str, Any], garmin: dict[str, Any]) -> Any:
    value, unit, relative = (
        number_of(node.get("weightValue")),
        unit_of(node.get("weightUnit")),
        node.get("relativeWeight"),
    )
    # -1 stands for none.
    weight: Weight | str | None = None
    if value is not None and value > 0:
        if unit in {"kg", "lb"}:
            weight = Weight(round(value, 2), unit)  # type: ignore[arg-type]
        else:
            garmin |= {name: node[name] for name in ("weightValue", "weightUnit") if node.get(name) is not None}
    if relative == "BODY_WEIGHT" and weight is None and "weightValue" not in garmin:
        weight = "bodyweight"
    elif relative:
        garmin["relativeWeight"] = relative
    return weight


def _word(node: dict[str, Any], field: str, table: Table, garmin: dict[str, Any]) -> Any:
    """Our word for an enumerated value; one without a word is kept as it is."""
    number = id_of(node.get(field), table)
    if not number:
        return None
    term = table.by_id(number)
    if term is None or term.word is None:
        garmin[field] = node[field]
        return None
    return term.word


def _key(value: Any, table: Table) -> str | None:
    key = value.get(table.key_field) if isinstance(value, dict) else None
    return key if isinstance(key, str) else None


def _pool(node: dict[str, Any]) -> Pool | None:
    length, unit = number_of(node.get("poolLength")), unit_of(node.get("poolLengthUnit"))
    if not length or length < 0:
        return None
    return Pool(length, "yd" if unit == "yd" else "m")


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _object(value: Any, place: Place, otherwise: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InvalidWorkout(place, otherwise)
    return value


def in_order(items: Any, order: str, place: Place, otherwise: str) -> list[dict[str, Any]]:
    """Objects by their numbers; as they lie where not all have one. Raises InvalidWorkout where there are none."""
    if not isinstance(items, list) or not items:
        raise InvalidWorkout(place, otherwise)
    found = [_object(item, (*place, number), "is not an object") for number, item in enumerate(items, 1)]
    orders = [number_of(item.get(order)) for item in found]
    if any(number is None for number in orders):
        return found
    return sorted(found, key=lambda item: number_of(item[order]) or 0)
