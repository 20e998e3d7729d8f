"""Workouts of every kind, for property tests: whatever the schema takes."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from garminsync_tui.workouts import definition as d

#: Mostly numbers that people write, sometimes any number that a server may send.
PLAIN = st.integers(1, 5000).map(float) | st.integers(1, 50_000).map(lambda tenths: tenths / 10)
POSITIVE = PLAIN | st.floats(min_value=1e-3, max_value=1e7, exclude_min=True)
SIGNED = st.integers(-200, 600).map(float) | st.floats(-1e4, 1e4)
LENGTHS_M = (
    PLAIN
    | st.sampled_from([25.0, 50.0, 100.0, 400.0, 1609.344, 3218.688, 21_097.5, 91.44])
    | st.floats(min_value=1e-3, max_value=1e7)
)

NOTES = (
    st.sampled_from(
        ["easy", 'say "go"', "two\nlines", "back\\slash", "# no comment", "a; b, (c)", "é ü 漢字 👩‍🚀", "", "\x1b[31m"]
    )
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)
)  # fmt: skip
NAMES = st.from_regex(r"\A[A-Z][A-Z0-9_]{0,15}\Z") | st.from_regex(r"\A[A-Z0-9_]{1,4}\Z")

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | NOTES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8), inner, max_size=3
        )
    ),
    max_leaves=6,
)
#: What Garmin sent and nobody understands.
LEFT_OVER = st.just({}) | st.dictionaries(
    st.sampled_from(["stepId", "workoutProvider", "stepAudioNote", 'odd "key"']), JSON, max_size=2
)

# ── Ends and targets ─────────────────────────────────────────────────────────────────────────────────────────

_UNTIL = st.sampled_from([None, "above", "below"])
SAID_ENDS: st.SearchStrategy[Any] = st.one_of(
    st.builds(d.Lap),
    st.builds(d.Time, POSITIVE),
    st.builds(d.Distance, LENGTHS_M, st.sampled_from(["m", "km", "mi", "yd"])),
    st.builds(d.Calories, POSITIVE),
    st.builds(d.UntilHeartRate, bpm=POSITIVE, until=_UNTIL),
    st.builds(d.UntilHeartRate, zone=st.integers(1, 5), until=_UNTIL),
    st.builds(d.UntilPower, POSITIVE, _UNTIL),
    st.builds(d.Reps, st.integers(1, 500)),
    st.builds(d.FixedRest, POSITIVE),
    st.builds(d.SendOff, POSITIVE),
)
OTHER_ENDS = st.builds(
    d.OtherEnd, st.integers(11, 24), st.none() | st.sampled_from(["velocity.loss", "power.loss"]), st.none() | SIGNED
)


@st.composite
def ranges(draw: st.DrawFn) -> d.Range:
    """Any range, averaged or not."""
    of = draw(st.sampled_from(sorted(d.RANGE_UNITS)))
    unit = draw(st.sampled_from(d.RANGE_UNITS[of]))
    values = POSITIVE if of not in {"grade", "resistance", "rpe"} else SIGNED
    low, high = sorted((draw(values), draw(values)))
    averaged = draw(st.sampled_from([None, *d.AVERAGED.get(of, ())]))
    return d.Range(of, low, draw(st.sampled_from([low, high])), unit, averaged)  # type: ignore[arg-type]


ZONES = st.builds(d.Zone, st.just("heart_rate"), st.integers(1, 5)) | st.builds(
    d.Zone, st.just("power"), st.integers(1, 7)
)
SAID_TARGETS: st.SearchStrategy[Any] = st.one_of(
    ZONES,
    ranges(),
    ranges(),
    st.builds(d.Effort, st.sampled_from(d.EffortWord.__args__)),
    st.builds(d.RacePace, LENGTHS_M, st.just(0.0) | SIGNED),
    st.builds(d.CssOffset, st.just(0.0) | SIGNED),
)
OTHER_TARGETS = st.builds(
    d.OtherTarget,
    st.integers(14, 27),
    st.none() | st.sampled_from(["power.curve", "instruction"]),
    st.none() | SIGNED,
    st.none() | SIGNED,
    st.none() | st.integers(1, 7),
)

# ── Steps ────────────────────────────────────────────────────────────────────────────────────────────────────

WEIGHTS: st.SearchStrategy[Any] = st.just("bodyweight") | st.builds(d.Weight, POSITIVE, st.sampled_from(["kg", "lb"]))


def _maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def steps(*, opaque: bool = True) -> st.SearchStrategy[d.Step]:
    """Any step; without what only Garmin understands where `opaque` is false."""
    ends = SAID_ENDS | OTHER_ENDS if opaque else SAID_ENDS
    targets = SAID_TARGETS | OTHER_TARGETS if opaque else SAID_TARGETS
    return st.builds(
        d.Step,
        kind=st.sampled_from(d.Kind.__args__),
        end=ends,
        target=_maybe(targets),
        second_target=_maybe(targets),
        note=_maybe(NOTES),
        stroke=_maybe(st.sampled_from(d.Stroke.__args__)),
        drill=_maybe(st.sampled_from(d.Drill.__args__)),
        equipment=_maybe(st.sampled_from(d.Equipment.__args__)),
        exercise=_maybe(st.builds(d.Exercise, NAMES, _maybe(NAMES))),
        weight=_maybe(WEIGHTS),
        garmin=LEFT_OVER if opaque else st.just({}),
    )


def _repeats(inner: st.SearchStrategy[Any], opaque: bool) -> st.SearchStrategy[Any]:
    """Repeats of what is given."""
    fields: dict[str, Any] = {
        "skip_last_rest": st.booleans(),
        "steps": st.lists(inner, min_size=1, max_size=2).map(tuple),
        "garmin": LEFT_OVER if opaque else st.just({}),
    }
    return st.builds(d.Repeat, times=st.integers(1, 99), **fields) | st.builds(d.Repeat, seconds=POSITIVE, **fields)


def items(*, opaque: bool = True) -> st.SearchStrategy[tuple[d.Step | d.Repeat, ...]]:
    """Steps, and repeats of them up to three deep."""
    item: st.SearchStrategy[Any] = steps(opaque=opaque)
    for _ in range(3):
        item = steps(opaque=opaque) | _repeats(item, opaque)
    return st.lists(item, min_size=1, max_size=3).map(tuple)


# ── Workouts ─────────────────────────────────────────────────────────────────────────────────────────────────

SINGLE_SPORTS = tuple(sport for sport in d.Sport.__args__ if sport != "multi_sport")
POOLS = st.builds(d.Pool, st.sampled_from([25.0, 50.0, 33.33]) | POSITIVE, st.sampled_from(["m", "yd"]))


def workouts(*, opaque: bool = True) -> st.SearchStrategy[d.Workout]:
    """Workouts of one sport and of several; without what only Garmin understands where `opaque` is false."""
    left_over = LEFT_OVER if opaque else st.just({})
    head: dict[str, Any] = {
        "name": _maybe(NOTES),
        "note": _maybe(NOTES),
        "pool": _maybe(POOLS),
        "transitions": st.booleans(),
        "garmin": left_over,
    }
    single = st.builds(d.Workout, sport=st.sampled_from(SINGLE_SPORTS), steps=items(opaque=opaque), **head)
    leg = st.builds(
        d.Leg,
        sport=st.sampled_from(SINGLE_SPORTS),
        pool=_maybe(POOLS),
        steps=items(opaque=opaque),
        garmin=left_over,
    )
    several = st.builds(
        d.Workout, sport=st.just("multi_sport"), steps=st.lists(leg, min_size=1, max_size=2).map(tuple), **head
    )
    return single | single | several
