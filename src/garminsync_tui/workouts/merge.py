"""Taking over what was changed at Garmin without losing the words that Garmin does not have."""

from __future__ import annotations

from msgspec.structs import replace

from .definition import Leg, Repeat, Step, Workout

_Item = Step | Repeat | Leg


def taken_over(ours: Workout, base: Workout, theirs: Workout) -> Workout:
    """`theirs`, with our words for every part that is at Garmin as it was.

    `base` is what Garmin made of `ours`: "88-94 %ftp" here was "220-235 W" there. Where theirs still says that, ours
    stays.
    """
    return replace(theirs, steps=_items(ours.steps, base.steps, theirs.steps))


def _items(ours: tuple[_Item, ...], base: tuple[_Item, ...], theirs: tuple[_Item, ...]) -> tuple[_Item, ...]:
    if len(ours) != len(base):
        return theirs  # what Garmin held was not ours to begin with
    left = list(range(len(base)))
    taken = [_same(each, place, base, left) for place, each in enumerate(theirs)]
    result = []
    for place, (each, found) in enumerate(zip(theirs, taken, strict=True)):
        if found is not None:
            result.append(ours[found])
        elif place in left and not isinstance(each, Step):
            result.append(_within(each, ours[place], base[place]))
        else:
            result.append(each)
    return tuple(result)


def _same(each: _Item, place: int, base: tuple[_Item, ...], left: list[int]) -> int | None:
    """Where in `base` the same is, at its own place first; each place is given once."""
    for candidate in sorted(left, key=lambda other: abs(other - place)):
        if base[candidate] == each:
            left.remove(candidate)
            return candidate
    return None


def _within(each: Repeat | Leg, ours: _Item, base: _Item) -> Repeat | Leg:
    """A repeat or leg that was changed: what is in it may still be as it was."""
    if isinstance(ours, Step) or isinstance(base, Step) or type(ours) is not type(each):
        return each
    return replace(each, steps=_items(ours.steps, base.steps, each.steps))
