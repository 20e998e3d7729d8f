"""Every constant that is a judgement of this program and comes from no paper, each with what it is for.

They decide what is believed and what is shown. No formula's own constant is here.
"""

from __future__ import annotations

# The stream of seconds

#: Judgement: points further apart are a dropout and not a device that saves space; nothing lies between them.
DROPOUT_S = 10
#: Judgement: above this median distance of points the peaks of power are those of the recording, not the rider's.
SMART_RECORDING_S = 2.0
#: Judgement: a mean over fewer points than this many typical gaps says more about the gaps.
GAPS_IN_A_WINDOW = 3
#: Judgement: after this much silence the device was off, whether or not the file tells of a pause.
LONGEST_SILENCE_S = 4 * 3600
#: Judgement: a recording with more running seconds is damaged times; keeps time and memory bounded.
LONGEST_RECORDING_S = 4 * 86_400

# How much of an activity a number must have seen

#: Judgement: with less of its seconds measured, an activity gets no score.
LEAST_COVERAGE = 0.90
#: Judgement: with less of its seconds measured, a score is approximate.
FULL_COVERAGE = 0.98
#: Judgement: shorter than this a normalized power says nothing (from 20 minutes on it is Coggan's).
SHORTEST_NORMALIZED_S = 300
NORMALIZED_S = 1200

# Guards: what no body does. The sample is dropped and counted.

#: Judgement: hearts outside of this are a sensor's fault.
HEART_RATE_BPM = (30.0, 230.0)
#: Judgement: hearts do not change faster.
HEART_RATE_CHANGE_BPM_PER_S = 25.0
#: Judgement: the larger of both bounds power.
POWER_W = 2000.0
POWER_W_PER_KG = 25.0
#: Judgement: one sample so far above the medians of the seconds on both sides is a spike of the sensor.
POWER_SPIKE_W = 1000.0
POWER_SPIKE_SIDE_S = 5
#: Judgement: where there are more points in these seconds, so many beside the sample say the same.
POWER_SPIKE_SIDE_POINTS = 25
#: Judgement: faster is a lost position. A sport that is not here may be fast.
SPEED_MPS = {"running": 12.5, "walking": 12.5, "swimming": 4.0, "cycling": 35.0}
#: Judgement: nobody rises or falls faster on foot or on a bike; skis and gliders do, so other sports may.
VERTICAL_SPEED_MPS = 5.0
VERTICAL_SPORTS = frozenset({"running", "walking", "cycling"})
#: Judgement: pedals that turn on a bike that moves for longer than this without power: the meter was silent.
SILENT_POWER_S = 60
SILENT_POWER_CADENCE_RPM = 30.0
SILENT_POWER_SPEED_MPS = 3.0

# Slopes

#: Judgement: altitudes are smoothed by a median of so many seconds, then a mean of so many.
ALTITUDE_MEDIAN_S = 5
ALTITUDE_MEAN_S = 15
#: Judgement: the length on which a slope is measured, and the least that gives one.
SLOPE_WINDOW_M = 40.0
SLOPE_LEAST_M = 20.0
#: Judgement: below this speed distance is noise, so there is no slope.
SLOPE_LEAST_MPS = 0.5
#: Judgement: what GPS alone says of heights is that much worse; 3 m with a barometer is GoldenCheetah's default.
CLIMB_GPS_M = 10.0
CLIMB_BAROMETER_M = 3.0

# Moving

#: Judgement: slower is standing. (Strava's for runs is 30 minutes a mile, 0.894 m/s.)
MOVING_MPS = {"running": 0.9, "walking": 0.5, "cycling": 1.0, "other": 0.5}
#: Judgement: speed is smoothed over this before it is compared.
MOVING_MEAN_S = 3
#: Judgement: a shorter stop is none.
SHORTEST_STOP_S = 3

# Running

#: Judgement: fewer steps a minute are walked.
WALKING_BELOW_SPM = 140.0

# Swimming

#: Judgement: a length so much longer (shorter) than the median is a turn that was missed (invented).
LENGTH_TOO_LONG = 1.7
LENGTH_TOO_SHORT = 0.6

# Steadiness

#: Judgement: only long and even efforts say something about the drift of the heart.
STEADY_LEAST_S = 2400
STEADY_VARIABILITY = 1.10
STEADY_WARM_UP_S = 600

# Best efforts

#: Judgement: a silence longer than `DROPOUT_S` in which the distance grew by more makes an effort doubtful.
EFFORT_GAP_M = 30.0
#: Judgement: an effort whose end is lower than its start by more than this part of its length ran downhill.
EFFORT_DOWNHILL = 0.01
#: Judgement: distances of device and positions that differ more within an effort make it doubtful.
EFFORT_POSITIONS_DIFFER = 0.05

# Load

#: Judgement: fitness starts at 0 and is biased low for so long (95 % of a steady state after 126 days).
UNSETTLED_DAYS = 90
#: Judgement: the first days whose mean may serve as a start.
SEED_DAYS = 28
#: Judgement: monotony of fewer days with training says nothing.
MONOTONY_LEAST_DAYS = 3
