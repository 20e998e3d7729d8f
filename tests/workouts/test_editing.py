"""Editing an outline: what each operation does, and what none of them may do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from garminsync_tui.workouts.definition import Distance, Leg, Repeat, Step, Time, Workout, walk
from garminsync_tui.workouts.editing import Editing, Item


def step(number: int) -> Step:
    return Step(end=Time(number))


def outline(*items: Item) -> Editing:
    return Editing(Workout(sport="running", steps=items))


def shape(editing: Editing) -> list[object]:
    """Seconds of steps; repeats and legs as lists."""

    def of(items: tuple[Item, ...]) -> list[object]:
        return [of(item.steps) if not isinstance(item, Step) else getattr(item.end, "seconds", None) for item in items]

    return of(editing.workout.steps)


def test_a_row_is_added_below_above_and_inside() -> None:
    editing = outline(step(1), Repeat(times=2, steps=(step(2),)))
    assert editing.add((step(3),)) and editing.place == (2,)
    assert editing.add((step(4),), "above") and editing.place == (2,)
    assert shape(editing) == [1, 4, 3, [2]]
    editing.go((4,))
    assert editing.add((step(5),), "inside") and editing.place == (4, 1)
    assert shape(editing) == [1, 4, 3, [5, 2]]


def test_the_last_step_of_a_repeat_takes_the_repeat_with_it() -> None:
    editing = outline(step(1), Repeat(times=2, steps=(Repeat(times=3, steps=(step(2),)),)), step(3))
    editing.go((2, 1, 1))
    assert editing.remove() == (step(2),)
    assert shape(editing) == [1, 3] and editing.place == (2,)


def test_moving_goes_into_a_repeat_and_out_of_it_again() -> None:
    editing = outline(step(1), Repeat(times=2, steps=(step(2), step(3))), step(4))
    shapes = []
    for _ in range(5):
        assert editing.move(1)
        shapes.append(shape(editing))
    assert shapes == [
        [[1, 2, 3], 4],
        [[2, 1, 3], 4],
        [[2, 3, 1], 4],
        [[2, 3], 1, 4],
        [[2, 3], 4, 1],
    ]
    assert not editing.move(1), "there is nothing below the last row"
    for _ in range(5):
        assert editing.move(-1)
    assert shape(editing) == [1, [2, 3], 4] and editing.place == (1,)


def test_a_selection_moves_wraps_and_nests_as_one() -> None:
    editing = outline(step(1), step(2), step(3), Repeat(times=2, steps=(step(4),)))
    editing.select()
    editing.step(1)
    assert editing.selection == [(1,), (2,)]
    assert editing.move(1) and editing.selection == [(2,), (3,)]
    assert shape(editing) == [3, 1, 2, [4]]
    assert editing.wrap(5) and editing.place == (2,)
    assert shape(editing) == [3, [1, 2], [4]]
    assert editing.again() and shape(editing) == [3, [[1, 2]], [4]]
    assert editing.unwrap() and shape(editing) == [3, [1, 2], [4]]
    editing.go((3,))
    assert editing.nest() and shape(editing) == [3, [1, 2, [4]]]
    assert editing.lift() and shape(editing) == [3, [1, 2], [4]]


def test_a_change_is_for_all_that_is_selected_and_can_be_made_again() -> None:
    editing = outline(step(1), Repeat(times=2, steps=(step(2),)), step(3))
    editing.select()
    editing.step(1)
    assert editing.change_each(lambda each: replace(each, kind="rest"))
    kinds = [item.kind for _, item in editing.rows if isinstance(item, Step)]
    assert kinds == ["rest", "rest", "interval"]
    editing.go((3,))
    assert editing.again()
    assert isinstance(editing.item, Step) and editing.item.kind == "rest"
    assert not editing.again(), "it is so already"


def test_fifty_changes_can_be_undone_and_made_again() -> None:
    editing = outline(step(1))
    first = editing.workout
    for number in range(60):
        editing.change(step(number + 2))
    last = editing.workout
    for _ in range(60):
        assert editing.undo()
    assert editing.workout == first and not editing.changed and not editing.undo()
    for _ in range(60):
        assert editing.redo()
    assert editing.workout == last and not editing.redo()


def test_a_new_change_ends_what_could_be_redone() -> None:
    editing = outline(step(1))
    editing.change(step(2))
    editing.undo()
    editing.change(step(3))
    assert not editing.redo()
    assert shape(editing) == [3]


def test_legs_stay_side_by_side_and_steps_within_them() -> None:
    editing = Editing(
        Workout(
            sport="multi_sport", steps=(Leg(sport="cycling", steps=(step(1),)), Leg(sport="running", steps=(step(2),)))
        )
    )
    assert not editing.wrap()
    assert editing.add((step(3),)) and shape(editing) == [[3, 1], [2]] and editing.undo()
    assert editing.move(1) and shape(editing) == [[2], [1]]
    editing.go((1, 1))
    assert not editing.move(-1), "a step cannot stand beside legs"
    assert editing.move(1) is False


def test_saving_is_what_makes_unchanged() -> None:
    editing = outline(step(1))
    editing.change(step(2))
    assert editing.changed
    editing.saved()
    assert not editing.changed
    editing.undo()
    assert editing.changed


STEPS = st.builds(step, st.integers(1, 9)) | st.builds(lambda m: Step(end=Distance(m)), st.integers(1, 9))
ITEMS = st.recursive(
    STEPS,
    lambda inner: st.builds(lambda steps: Repeat(times=2, steps=tuple(steps)), st.lists(inner, min_size=1, max_size=3)),
    max_leaves=8,
)
OPERATIONS: dict[str, Callable[[Editing], object]] = {
    "down": lambda editing: editing.step(1),
    "up": lambda editing: editing.step(-1),
    "out": Editing.out,
    "into": Editing.into,
    "select": Editing.select,
    "move down": lambda editing: editing.move(1),
    "move up": lambda editing: editing.move(-1),
    "wrap": Editing.wrap,
    "unwrap": Editing.unwrap,
    "nest": Editing.nest,
    "lift": Editing.lift,
    "duplicate": Editing.duplicate,
    "remove": Editing.remove,
    "again": Editing.again,
    "undo": Editing.undo,
    "redo": Editing.redo,
}
#: These keep every step; only where it stands changes.
KEEPING = {"down", "up", "out", "into", "select", "move down", "move up", "wrap", "unwrap", "nest", "lift"}


def steps(workout: Workout) -> Counter[object]:
    return Counter(str(item) for _, item in walk(workout.steps) if isinstance(item, Step))


@given(st.lists(ITEMS, min_size=1, max_size=4), st.lists(st.sampled_from(sorted(OPERATIONS)), max_size=30))
def test_no_row_of_operations_loses_a_step_or_its_way_back(items: list[Item], names: list[str]) -> None:
    editing = outline(*items)
    first = editing.workout
    for name in names:
        before = editing.workout
        OPERATIONS[name](editing)
        if name in KEEPING:
            assert steps(editing.workout) == steps(before), name
        if editing.workout.steps:
            assert Workout.read(editing.workout.stored()) == editing.workout
            assert all(editing.at(place) for place in editing.selection)
        else:
            assert editing.place == ()
    while editing.undo():
        pass
    assert editing.workout == first
