"""What each figure means, for people who ask the program: words, unit, formula in one line, source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

#: To be shown wherever the terms are.
TRADEMARKS = (
    "Normalized Power, Intensity Factor, Training Stress Score, NGP, CTL, ATL and TSB are terms of Peaksware. "
    "What is shown here is computed by this program; Peaksware neither made nor approved it."
)

_ALLEN_COGGAN = "Allen & Coggan, Training and Racing with a Power Meter, 2006"
_OWN = "a judgement of this program"


@dataclass(frozen=True, slots=True)
class Explanation:
    """One figure. `unit` is None where it has none; `formula` is one line of text."""

    title: str
    words: str
    unit: str | None
    formula: str
    source: str


_TABLE = {
    "normalized_power": Explanation(
        "Normalized power",
        "The steady power that would have cost you as much as this ride with its ups and downs.",
        "W",
        "fourth root of the mean of (30 s mean power)⁴",
        _ALLEN_COGGAN,
    ),
    "average_power": Explanation(
        "Average power",
        "The mean of all seconds of timer time, coasting too.",
        "W",
        "sum of watts ÷ seconds",
        "arithmetic",
    ),
    "intensity_factor": Explanation(
        "Intensity factor",
        "How hard it was: normalized power as a part of what you can hold for about an hour.",
        None,
        "normalized power ÷ threshold power",
        _ALLEN_COGGAN,
    ),
    "training_stress": Explanation(
        "Training stress, power",
        "How much a ride took, from its length and its intensity. An hour at threshold is 100.",
        "points",
        "seconds ÷ 36 · (intensity factor)²",
        _ALLEN_COGGAN,
    ),
    "variability_index": Explanation(
        "Variability index",
        "How uneven the power was; 1 is perfectly steady.",
        None,
        "normalized power ÷ mean power",
        _ALLEN_COGGAN,
    ),
    "work": Explanation(
        "Work", "The energy that reached the pedals.", "kJ", "sum of watts of all seconds ÷ 1000", "physics"
    ),
    "power_curve": Explanation(
        "Power curve",
        "The best mean power over each duration, on the wall clock: a pause counts as 0 W.",
        "W",
        "highest (work of a window ÷ its seconds), windows without a missing second",
        _ALLEN_COGGAN,
    ),
    "power_zones": Explanation(
        "Time in power zones",
        "Seconds in seven levels of power, from recovery to sprint.",
        "s",
        "bounds at 55, 75, 90, 105, 120 and 150 % of threshold power",
        _ALLEN_COGGAN,
    ),
    "average_speed": Explanation(
        "Average speed",
        "The mean of all seconds of timer time; a pace is one over it, never a mean of paces.",
        "m/s",
        "sum of speeds ÷ seconds",
        "arithmetic",
    ),
    "graded_speed": Explanation(
        "Speed on flat ground",
        "The speed on flat ground that costs as much as yours did on the slope. Downhill credit is generous: "
        "services that fit heart rates instead will differ.",
        "m/s",
        "speed · C(slope) ÷ 3.6, C(i) = 155.4i⁵ − 30.4i⁴ − 43.3i³ + 46.3i² + 19.5i + 3.6",
        "Minetti et al. 2002, J Appl Physiol 93:1039",
    ),
    "normalized_speed": Explanation(
        "Normalized flat speed",
        "The steady speed on flat ground that would have cost as much as this run. Our own likeness of a "
        "normalized graded pace, whose formula is unpublished.",
        "m/s",
        "fourth root of the mean of (30 s mean speed on flat ground)⁴",
        f"Minetti et al. 2002; the mean of {_ALLEN_COGGAN}",
    ),
    "running_stress": Explanation(
        "Training stress, pace",
        "How much a run took, from its length and its speed. An hour at threshold pace is 100.",
        "points",
        "seconds ÷ 36 · (normalized flat speed ÷ threshold speed)²",
        f"after {_ALLEN_COGGAN}",
    ),
    "cadence": Explanation(
        "Cadence",
        "Steps a minute while you moved; below 140 they were walked and are told apart.",
        "spm",
        "2 · strides a minute",
        "FIT counts strides of one leg",
    ),
    "step_length": Explanation("Step length", "Metres of each step.", "m", "speed · 60 ÷ steps a minute", "geometry"),
    "critical_speed": Explanation(
        "Critical swim speed",
        "The speed you can keep for long, from two swims as fast as you can.",
        "m/s",
        "(longer − shorter distance) ÷ (longer − shorter time)",
        "Wakayoshi et al. 1992, Eur J Appl Physiol 64:153",
    ),
    "swim_stress": Explanation(
        "Training stress, swimming",
        "How much a swim took, rests left out. An hour at critical speed is 100.",
        "points",
        "seconds ÷ 36 · (speed ÷ critical speed)³",
        "convention; drag takes power with the cube of speed (Toussaint)",
    ),
    "swim_pace": Explanation(
        "Swim pace", "Time for 100 m, rests left out.", "s/100 m", "100 · seconds ÷ metres", "arithmetic"
    ),
    "swolf": Explanation(
        "SWOLF",
        "Strokes plus seconds of one length. Compare it in one pool and one stroke only.",
        None,
        "strokes + seconds",
        "convention",
    ),
    "heart_rate_zones": Explanation(
        "Time in heart-rate zones",
        "Seconds in each zone; seconds without a heart rate are in none.",
        "s",
        "bounds in percent of maximum, of reserve (Karvonen) or of threshold heart rate (Friel), rounded up",
        "Karvonen 1957; Friel",
    ),
    "trimp": Explanation(
        "TRIMP",
        "How much an activity took, from minutes and heart rate. High heart rates weigh more than in proportion.",
        "points",
        "sum of minutes · x · a·e^(b·x), x = (heart rate − resting) ÷ (maximum − resting); a, b = 0.64, 1.92 for "
        "men and 0.86, 1.67 for women",
        "Morton et al. 1990, J Appl Physiol 69:1171; Banister 1991",
    ),
    "edwards": Explanation(
        "Edwards' points",
        "Minutes in five zones, each weighed with its number.",
        "points",
        "sum of minutes · 1 to 5 for the zones from 50, 60, 70, 80 and 90 % of maximum",
        "Edwards 1993",
    ),
    "heart_rate_stress": Explanation(
        "Training stress, heart rate",
        "TRIMP on the scale of the other scores: an hour at threshold heart rate is 100. Not the figure of "
        "TrainingPeaks, which is made from time in zones.",
        "points",
        "100 · TRIMP ÷ TRIMP of an hour at threshold heart rate",
        "Banister 1991; the scale as in GoldenCheetah",
    ),
    "efficiency_factor": Explanation(
        "Efficiency factor",
        "What you achieve with each heartbeat; compare like with like.",
        "W/bpm or m/min/bpm",
        "normalized power (or normalized flat speed) ÷ mean heart rate",
        "Friel",
    ),
    "decoupling": Explanation(
        "Decoupling",
        "How much less each heartbeat achieved in the second half than in the first. Told of even efforts of 40 "
        "minutes and more, without their first 10. Heat, thirst and coffee move it too.",
        "%",
        "100 · (e1 − e2) ÷ e1, e = mean output ÷ mean heart rate of each half",
        "Friel; GoldenCheetah",
    ),
    "best_effort": Explanation(
        "Best effort",
        "Your fastest time over a distance within one activity, on the wall clock: stops count.",
        "s",
        "shortest time between two places that far apart along the way",
        f"exact; doubts by {_OWN}",
    ),
    "ascent": Explanation(
        "Ascent and descent",
        "Metres up and down between turning points. A device with a barometer knows better.",
        "m",
        "5 s median, 15 s mean, then turning points at least 3 m apart (10 m with GPS alone)",
        f"3 m as GoldenCheetah; 10 m {_OWN}",
    ),
    "moving_time": Explanation(
        "Moving time",
        "Timer time without stops of 3 s and more.",
        "s",
        "seconds at 0.9 m/s or more running, 0.5 walking, 1.0 cycling",
        _OWN,
    ),
    "load": Explanation(
        "Load",
        "The one score of an activity: from power, else pace, else swimming speed, else heart rate. Garmin's own "
        "load is another figure and never added to it.",
        "points",
        "the first that can be computed of power, pace, swim, heart rate",
        _OWN,
    ),
    "fitness": Explanation(
        "Fitness (CTL)",
        "The load you are used to. Too low at first: the past before your first activity is missing.",
        "points/day",
        "yesterday's + (today's load − yesterday's) ÷ 42",
        "Coggan, The Science of the Performance Manager",
    ),
    "fatigue": Explanation(
        "Fatigue (ATL)",
        "The load of about the last week.",
        "points/day",
        "yesterday's + (today's load − yesterday's) ÷ 7",
        "Coggan, The Science of the Performance Manager",
    ),
    "form": Explanation(
        "Form (TSB)",
        "Fitness less fatigue in the morning. Arithmetic with loads, no measure of how rested you are.",
        "points/day",
        "yesterday's fitness − yesterday's fatigue",
        "Coggan, The Science of the Performance Manager",
    ),
    "ramp": Explanation(
        "Ramp", "How much fitness changed in a week.", "points/week", "fitness − fitness a week ago", "Coggan"
    ),
    "monotony": Explanation(
        "Monotony",
        "How alike the days of a week were.",
        None,
        "mean of seven daily loads ÷ their standard deviation (n − 1)",
        "Foster 1998, Med Sci Sports Exerc 30:1164",
    ),
    "strain": Explanation(
        "Strain",
        "A week's load, weighed with its monotony.",
        "points",
        "load of the week · monotony",
        "Foster 1998, Med Sci Sports Exerc 30:1164",
    ),
    "load_change": Explanation(
        "Change of load",
        "This week's load against the three weeks before it. It says nothing about injuries.",
        "%",
        "100 · (this week − mean of the three before) ÷ that mean",
        "arithmetic",
    ),
    "totals": Explanation(
        "Totals",
        "Sums by week (from Monday), month and year of the local day on which an activity began.",
        None,
        "sum of what is known",
        "ISO 8601 weeks",
    ),
    "streak": Explanation(
        "Streak",
        "Days or weeks in a row with an activity. One that reached yesterday, or last week, still goes on.",
        "days or weeks",
        "longest run without a hole",
        "arithmetic",
    ),
    "coverage": Explanation(
        "Coverage",
        "The part of timer time in which a value was measured. Below 90 % there is no score, below 98 % an "
        "approximate one.",
        "%",
        "measured seconds ÷ timer seconds",
        _OWN,
    ),
}

#: By the name of the figure.
EXPLANATIONS: Mapping[str, Explanation] = MappingProxyType(_TABLE)
