"""Editing a workout as an outline: a cursor, a selection of siblings, and one undo stack for every way of changing.

Text and form change the same value: whoever has a new workout gives it to `replace`. An operation that has nothing to
do returns False and leaves everything as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

from msgspec.structs import replace as with_

from .definition import Leg, Place, Repeat, Step, Workout, walk

Item = Step | Repeat | Leg
Change = Callable[["Editing"], bool]
#: So many changes can be taken back.
_DEEP = 200


class _Moment(NamedTuple):
    workout: Workout
    place: Place


class Editing:
    """One workout being edited. `place` is where the cursor stands: () only where there are no steps."""

    def __init__(self, workout: Workout) -> None:
        self.workout = workout
        self.place: Place = (1,) if workout.steps else ()
        #: Where a selection began; None where only the cursor's row is meant.
        self.anchor: Place | None = None
        self._saved = workout
        self._undo: list[_Moment] = []
        self._redo: list[_Moment] = []
        self._last: Change | None = None

    # ── Looking ──────────────────────────────────────────────────────────────────────────────────────

    @property
    def rows(self) -> list[tuple[Place, Item]]:
        """All rows, parents before their children."""
        return list(walk(self.workout.steps))

    @property
    def item(self) -> Item | None:
        """What the cursor stands on."""
        return self.at(self.place) if self.place else None

    @property
    def changed(self) -> bool:
        """Whether there is something to save."""
        return self.workout != self._saved

    @property
    def selection(self) -> list[Place]:
        """The rows that an operation is for: siblings, from where the selection began to the cursor."""
        if not self.place:
            return []
        if self.anchor is None:
            return [self.place]
        depth = 0
        for ours, theirs in zip(self.anchor[:-1], self.place[:-1], strict=False):
            if ours != theirs:
                break
            depth += 1
        parent = self.place[:depth]
        first, last = sorted((self.anchor[depth], self.place[depth]))
        return [(*parent, number) for number in range(first, last + 1)]

    def at(self, place: Place) -> Item:
        """What is at a place. Raises IndexError."""
        return self._items(place[:-1])[place[-1] - 1]

    def saved(self) -> None:
        """What is there now was saved."""
        self._saved = self.workout

    # ── Moving the cursor ────────────────────────────────────────────────────────────────────────────

    def go(self, place: Place) -> bool:
        """Put the cursor on a place, or on the nearest one there is."""
        before, self.place = self.place, self._nearest(place)
        return self.place != before

    def step(self, by: int) -> bool:
        """So many rows down; up where negative."""
        places = [place for place, _ in self.rows]
        if not places:
            return False
        here = places.index(self.place)
        return self.go(places[min(max(here + by, 0), len(places) - 1)])

    def out(self) -> bool:
        """To the row that this one belongs to."""
        return len(self.place) > 1 and self.go(self.place[:-1])

    def into(self) -> bool:
        """To the first row that belongs to this one."""
        return not isinstance(self.item, Step | None) and self.go((*self.place, 1))

    def select(self) -> None:
        """Begin a selection here, or end it."""
        self.anchor = self.place if self.anchor is None and self.place else None

    # ── Changing ─────────────────────────────────────────────────────────────────────────────────────

    def replace(self, workout: Workout) -> bool:
        """Another workout instead: from the text, a form, or a header field."""
        if workout == self.workout:
            return False
        self._now(workout, self.place)
        return True

    def change(self, item: Item) -> bool:
        """Another item in the place of the cursor's."""
        return self._done(
            lambda editing: (
                bool(editing.place)
                and editing.replace(editing._with(editing.place[:-1], editing.place[-1] - 1, 1, (item,)))
            )
        )

    def change_each(self, how: Callable[[Step], Step]) -> bool:
        """Change every step of the selection, those within repeats too."""
        return self._done(lambda editing: editing._change_each(how))

    def add(self, items: tuple[Item, ...], where: Literal["below", "above", "inside"] = "below") -> bool:
        """New items beside the cursor, or first within the repeat that it stands on."""
        return self._done(lambda editing: editing._add(items, where))

    def remove(self) -> tuple[Item, ...]:
        """Take the selection out; what was taken."""
        taken = tuple(self.at(place) for place in self.selection)
        if taken:
            self._done(Editing._remove)
        return taken

    def duplicate(self) -> bool:
        """The selection once more, below itself."""
        return self._done(Editing._duplicate)

    def move(self, by: Literal[-1, 1]) -> bool:
        """The selection one place up or down; at the edge of a repeat out of it, at a repeat into it."""
        return self._done(lambda editing: editing._move(by))

    def wrap(self, times: int = 2) -> bool:
        """Put the selection into a repeat."""
        return self._done(lambda editing: editing._wrap(times))

    def unwrap(self) -> bool:
        """Put what is in the cursor's repeat in its place."""
        return self._done(Editing._unwrap)

    def nest(self) -> bool:
        """Move the selection to the end of the repeat above it."""
        return self._done(Editing._nest)

    def lift(self) -> bool:
        """Move the selection out of its repeat, below it."""
        return self._done(lambda editing: editing._leave(1))

    def again(self) -> bool:
        """The last change once more, for what is selected now."""
        return self._last is not None and self._last(self)

    def undo(self) -> bool:
        """Take the last change back."""
        return self._travel(self._undo, self._redo)

    def redo(self) -> bool:
        """Make it again."""
        return self._travel(self._redo, self._undo)

    # ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _done(self, change: Change) -> bool:
        if not change(self):
            return False
        self._last = change
        return True

    def _now(self, workout: Workout, place: Place) -> None:
        self._undo.append(_Moment(self.workout, self.place))
        del self._undo[:-_DEEP]
        self._redo.clear()
        self.workout, self.anchor = workout, None
        self.place = self._nearest(place)

    def _travel(self, source: list[_Moment], target: list[_Moment]) -> bool:
        if not source:
            return False
        target.append(_Moment(self.workout, self.place))
        self.workout, place = source.pop()
        self.anchor = None
        self.place = self._nearest(place)
        return True

    def _nearest(self, place: Place) -> Place:
        """A place that is there: the same, the one before it, or what it belongs to."""
        found: Place = ()
        items: tuple[Item, ...] = self.workout.steps
        for number in place or (1,):
            if not items:
                break
            held = min(max(number, 1), len(items))
            found = (*found, held)
            item = items[held - 1]
            if isinstance(item, Step) or held != number:
                break
            items = item.steps
        return found

    def _items(self, parent: Place) -> tuple[Item, ...]:
        items: tuple[Item, ...] = self.workout.steps
        for number in parent:
            item = items[number - 1]
            assert not isinstance(item, Step), "a step has no rows of its own"
            items = item.steps
        return items

    def _with(self, parent: Place, start: int, count: int, items: tuple[Item, ...]) -> Workout:
        """The workout with `items` instead of `count` of a parent's rows, from the `start`th, counted from 0."""
        return with_(self.workout, steps=_spliced(self.workout.steps, parent, start, count, items))

    def _put(
        self, parent: Place, start: int, count: int, items: tuple[Item, ...], place: Place, selected: int = 1
    ) -> bool:
        self._now(self._with(parent, start, count, items), place)
        if selected > 1:
            self.anchor = (*self.place[:-1], self.place[-1] + selected - 1)
        return True

    def _span(self) -> tuple[Place, int, int]:
        """Parent, first row (from 0) and number of rows of the selection."""
        places = self.selection
        return places[0][:-1], places[0][-1] - 1, len(places)

    def _selected(self) -> tuple[Item, ...]:
        return tuple(self.at(place) for place in self.selection)

    def _takes(self, parent: Place, items: tuple[Item, ...]) -> bool:
        """Whether items may stand there: legs only side by side."""
        legs = self.workout.sport == "multi_sport" and not parent
        return all(isinstance(item, Leg) == legs for item in items)

    def _change_each(self, how: Callable[[Step], Step]) -> bool:
        if not self.place:
            return False
        parent, start, count = self._span()
        changed = tuple(_each(item, how) for item in self._selected())
        if changed == self._selected():
            return False
        return self._put(parent, start, count, changed, self.place)

    def _add(self, items: tuple[Item, ...], where: str) -> bool:
        if not self.place:
            return bool(items) and self._takes((), items) and self._put((), 0, 0, items, (len(items),))
        parent, start = self.place[:-1], self.place[-1] - (where == "above")
        if where == "inside":
            if isinstance(self.item, Step | None):
                return False
            parent, start = self.place, 0
        elif isinstance(self.item, Leg) and not all(isinstance(item, Leg) for item in items):
            parent, start = self.place, 0  # below a leg's title is the leg's first step
        if not items or not self._takes(parent, items):
            return False
        return self._put(parent, start, 0, items, (*parent, start + len(items)))

    def _remove(self) -> bool:
        if not self.place:
            return False
        parent, start, count = self._span()
        # A repeat without steps is none.
        while parent and count == len(self._items(parent)):
            parent, start, count = parent[:-1], parent[-1] - 1, 1
        return self._put(parent, start, count, (), (*parent, start + 1))

    def _duplicate(self) -> bool:
        if not self.place:
            return False
        parent, start, count = self._span()
        return self._put(parent, start + count, 0, self._selected(), (*parent, start + count + 1))

    def _move(self, by: int) -> bool:
        if not self.place:
            return False
        parent, start, count = self._span()
        items, moved = self._items(parent), self._selected()
        beside = start - 1 if by < 0 else start + count
        if not 0 <= beside < len(items):
            return self._leave(by)
        neighbour = items[beside]
        if not isinstance(neighbour, Step) and self._takes((*parent, beside + 1), moved):
            return self._enter(parent, start, count, beside)
        first = min(beside, start)
        swapped = (*moved, neighbour) if by < 0 else (neighbour, *moved)
        at = first + 1 if by < 0 else first + 2
        return self._put(parent, first, count + 1, swapped, (*parent, at), count)

    def _enter(self, parent: Place, start: int, count: int, beside: int) -> bool:
        """Into the repeat or leg next to the selection: at its near end."""
        moved, items = self._selected(), self._items(parent)
        neighbour = items[beside]
        assert not isinstance(neighbour, Step), "only what has rows can be entered"
        before = beside < start
        steps = (*neighbour.steps, *moved) if before else (*moved, *neighbour.steps)
        first = beside if before else start
        number = len(steps) - count + 1 if before else 1
        if parent or self.workout.sport != "multi_sport" or count < len(items):
            return self._put(parent, first, count + 1, (with_(neighbour, steps=steps),), (*parent, first + 1, number))
        return False

    def _leave(self, by: int) -> bool:
        """Out of the repeat that the selection is in: above or below it."""
        parent, start, count = self._span()
        moved = self._selected()
        if not parent or not self._takes(parent[:-1], moved):
            return False
        holder = self.at(parent)
        assert not isinstance(holder, Step), "what holds rows is no step"
        left = (*holder.steps[:start], *holder.steps[start + count :])
        kept: tuple[Item, ...] = (with_(holder, steps=left),) if left else ()
        together = (*moved, *kept) if by < 0 else (*kept, *moved)
        at = parent[-1] + (len(kept) if by > 0 else 0)
        return self._put(parent[:-1], parent[-1] - 1, 1, together, (*parent[:-1], at), count)

    def _wrap(self, times: int) -> bool:
        moved = self._selected()
        if not moved or any(isinstance(item, Leg) for item in moved):
            return False
        parent, start, count = self._span()
        steps = tuple(item for item in moved if not isinstance(item, Leg))
        return self._put(parent, start, count, (Repeat(times=times, steps=steps),), (*parent, start + 1))

    def _unwrap(self) -> bool:
        if not isinstance(self.item, Repeat):
            return False
        return self._put(self.place[:-1], self.place[-1] - 1, 1, self.item.steps, self.place)

    def _nest(self) -> bool:
        if not self.place:
            return False
        parent, start, count = self._span()
        above = self._items(parent)[start - 1] if start else None
        if isinstance(above, Step | None) or not self._takes((*parent, start), self._selected()):
            return False
        return self._enter(parent, start, count, start - 1)


def _spliced(
    steps: tuple[Item, ...], parent: Place, start: int, count: int, items: tuple[Item, ...]
) -> tuple[Item, ...]:
    if not parent:
        return (*steps[:start], *items, *steps[start + count :])
    number = parent[0] - 1
    holder = steps[number]
    assert not isinstance(holder, Step), "only what has rows can be changed within"
    inner = with_(holder, steps=_spliced(holder.steps, parent[1:], start, count, items))
    return (*steps[:number], inner, *steps[number + 1 :])


def _each(item: Item, how: Callable[[Step], Step]) -> Item:
    if isinstance(item, Step):
        return how(item)
    return with_(item, steps=tuple(_each(each, how) for each in item.steps))
