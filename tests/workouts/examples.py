"""Workouts in canonical text, which between them use everything that text can say."""

EXAMPLES = {
    "intervals": """\
run
wu 12:00 @z2
6x
  500m @3:35-3:45/km
  rest 75s
cd lap
""",
    "skipped last rest": """\
run "Threshold 4x1k"
note "Flat, along the \\"canal\\".\\nBring water."
wu 20:00 @z2 "three strides at the end"
4x!
  1km @4:10-4:20/km &174-182spm "tall"
  rec 2:30 @115-135bpm
cd 8:00 @z1
""",
    "nested": """\
run "Ladders"
wu lap
3x
  2x
    300m @3:25-3:35/km
    rec 100m
  rest 4:00
cd 1.5km
""",
    "until": """\
run "Up and down"
wu hr>125 "until it is warm"  # no hurry
5x
  p>320w @4-7%grade
  # walk
  rec hr<115
  rest hr<z2
250kcal @z3
cd hr=110
""",
    "athlete's terms": """\
run "In my own words"
wu 15:00 @easy
20:00 @95-100%tp
10:00 @lthr
5:00 @75-80%mhr
2x
  3km @10k+5s
  rec 3:00 @rpe3
1km @hm
400m @mile-2s
cd 10:00 @recovery
""",
    "power": """\
bike "2x20"
wu 10:00 @pz2
2x
  20:00 @88-94%ftp &85-95rpm
  rec 5:00 @pz1
8:00 @240-250wlap
30s @500w3s
10km @31-33kph &5-8res
cd 10:00
""",
    "pool": """\
swim "Speed" pool 50m
wu 300m free @veryeasy
rest lap
10x
  50m free @css-2
  rest 20s
6x!
  25m back pull +pullbuoy @hard
  rest on45s
rest time:60.5s
100m breast drill +fins @1:50-1:55/100m
cd 200m mixed @descend
""",
    "strength": """\
strength "Legs"
4x
  6reps DEADLIFT/BARBELL_DEADLIFT 100kg
  rest 2:00
3x
  12reps LUNGE/DUMBBELL_LUNGE 22.5kg "slowly"
  12reps CALF_RAISE 45lb
  rest 90s
60.5s PLANK/SIDE_PLANK bodyweight
""",
    "until a time": """\
hiit "12 minutes of everything"
wu 4:00
for 12:00!
  12reps BURPEE
  3x
    20s SIT_UP
    rest 10s
cd lap
""",
    "yoga": """\
yoga "Evening"
90s POSE/CHILDS_POSE "breathe out"
2:00 POSE
rest 30s
""",
    "several sports": """\
multi "Brick" transitions
-- swim pool 25yd
wu 300yd any
-- bike
wu 10:00
2x
  10:00 @pz4 &90-95rpm
  rec 3:00
-- run
4km @4:40-4:55/km
cd lap
""",
    "other sports": """\
ruck
main 30:00 @125-145bpm
oth 10:00
2mi @12:00-13:00/mi
lap
""",
}
