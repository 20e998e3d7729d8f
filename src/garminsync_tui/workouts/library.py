"""Classic sessions to start from, in text. They are in the athlete's terms, so that they fit whoever takes one."""

from __future__ import annotations

from typing import NamedTuple


class Session(NamedTuple):
    """One of them: what it is called on the command line, what it is for, and the workout in text."""

    name: str
    purpose: str
    text: str


LIBRARY: tuple[Session, ...] = (
    Session(
        "easy-strides",
        "An easy run that ends with a little speed, for the day before something hard.",
        """\
run "Easy with strides"
40:00 @easy
6x!
  20s @fast "tall and quick, no sprint"
  rec 60s @recovery
cd 5:00 @recovery
""",
    ),
    Session(
        "long-run",
        "A long run whose last part is no longer easy: tired legs learn the pace of the race.",
        """\
run "Long run, quick finish"
80:00 @easy
20:00 @88-92%tp
cd 10:00 @recovery
""",
    ),
    Session(
        "cruise-intervals",
        "Threshold in pieces: more of it than in one go, with breaks too short to cool down.",
        """\
run "Cruise intervals"
wu 15:00 @easy
4x!
  8:00 @97-101%tp
  rec 90s @recovery
cd 10:00 @recovery
""",
    ),
    Session(
        "tempo-run",
        "Half an hour just below threshold, to get used to being uncomfortable.",
        """\
run "Tempo"
wu 15:00 @easy
30:00 @92-96%tp
cd 10:00 @recovery
""",
    ),
    Session(
        "kilometre-repeats",
        "Five hard kilometres with long breaks, for the most oxygen that you can use.",
        """\
run "5 x 1 km"
wu 15:00 @easy
3x
  20s @fast
  rec 60s @recovery
5x!
  1km @103-107%tp
  rec 2:30 @recovery
cd 10:00 @recovery
""",
    ),
    Session(
        "hill-repeats",
        "Strength for runners: short and steep, walked down.",
        """\
run "Hills"
wu 15:00 @easy
10x!
  45s @rpe9 "up, from the hips"
  rec lap "walk down"
cd 10:00 @recovery
""",
    ),
    Session(
        "sweet-spot",
        "The most useful work for the time that it takes: hard enough to count, easy enough to repeat.",
        """\
bike "Sweet spot 3 x 12"
wu 10:00 @50-65%ftp
3x!
  12:00 @88-94%ftp &85-95rpm
  rec 4:00 @50-55%ftp
cd 10:00 @45-55%ftp
""",
    ),
    Session(
        "over-unders",
        "A little above threshold and a little below, so that legs learn to clear what they made.",
        """\
bike "Over-unders"
wu 15:00 @50-65%ftp
3x!
  3x
    2:00 @92-96%ftp
    60s @104-108%ftp
  rec 5:00 @45-55%ftp
cd 10:00 @45-55%ftp
""",
    ),
    Session(
        "thirty-fifteens",
        "Three sets of short hard efforts with shorter breaks: long at your limit without long efforts.",
        """\
bike "30/15"
wu 15:00 @50-70%ftp
3x!
  13x
    30s @115-125%ftp
    rec 15s @40-55%ftp
  rec 3:00 @40-55%ftp
cd 10:00 @45-55%ftp
""",
    ),
    Session(
        "css-hundreds",
        "Even hundreds at the speed that you could keep for long, with short rests.",
        """\
swim "CSS hundreds" pool 25m
wu 300m free @easy
4x
  50m drill @easy
  rest 15s
10x
  100m free @css
  rest 15s
cd 200m any @easy
""",
    ),
    Session(
        "whole-body",
        "Three rounds for the whole body, for those who rather do something else.",
        """\
strength "Whole body"
3x
  8reps SQUAT/GOBLET_SQUAT "slowly down"
  rest 60s
  10reps PUSH_UP/PUSH_UP
  rest 60s
  10reps ROW/DUMBBELL_ROW
  rest 60s
  45s PLANK/PLANK
  rest 90s
""",
    ),
    Session(
        "brick",
        "Off the bike and running within a minute: the first kilometre is the lesson.",
        """\
multi "Brick" transitions
-- bike
wu 15:00 @50-65%ftp
2x
  15:00 @80-88%ftp
  rec 5:00 @50-55%ftp
-- run
5km @90-95%tp
cd 5:00 @recovery
""",
    ),
)
