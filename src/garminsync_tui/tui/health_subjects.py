"""What Health can show: the metrics of the catalogue in groups, and the numbers that training is judged by."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from ..metrics import EXTRAS, METRICS

#: The group that begins with a metric of the catalogue.
_BEGINS = {
    "heart_rate": "Heart",
    "sleep": "Sleep",
    "respiration_rate": "Day",
    "weight": "Body",
    "vo2max_running": "Fitness",
    "blood_pressure_systolic": "Body",
    "load_low_aerobic": "Fitness",
    "hydration_sweat_loss": "Body",
    "lifestyle": "Day",
}
_GROUPS = ("Training", "Heart", "Sleep", "Day", "Body", "Fitness")
NOTHING_STORED = "Nothing stored"
#: A metric whose single readings show the day of another.
_THROUGH_THE_DAY = {
    **dict.fromkeys(("resting_heart_rate", "min_heart_rate", "max_heart_rate"), "heart_rate"),
    **dict.fromkeys((name for name in METRICS if name.startswith("hrv_")), "hrv_rmssd"),
    **dict.fromkeys(
        ("sleep", "sleep_deep", "sleep_light", "sleep_rem", "sleep_awake", "sleep_score", "sleep_need"), "sleep_stage"
    ),
    **dict.fromkeys((name for name in METRICS if name.startswith("respiration_")), "respiration_rate"),
    **dict.fromkeys(("spo2_avg", "spo2_low"), "spo2"),
    **dict.fromkeys(("stress_avg", "stress_max"), "stress_level"),
    **dict.fromkeys((name for name in METRICS if name.startswith("body_battery_")), "body_battery"),
    **dict.fromkeys(("steps_total", "step_goal"), "steps"),
    "floors_ascended_total": "floors_ascended",
    "floors_descended_total": "floors_descended",
    **dict.fromkeys(("intensity_minutes_moderate_total", "intensity_minutes_vigorous_total"), "intensity_minutes"),
    "body_battery_event": "body_battery",
}
#: Of these a day is the longest that is shown: their values are names of stages.
ONLY_A_DAY = frozenset({"sleep_stage", "breathing_disruption"})


class Subject(NamedTuple):
    """One entry of the list. `key` is a metric, or names a chart of training."""

    key: str
    title: str
    group: str
    stored: bool = True


TRAINING = (
    Subject("form", "Fitness and form", "Training"),
    Subject("load", "Load by day", "Training"),
    Subject("week", "Weekly totals", "Training"),
    Subject("month", "Monthly totals", "Training"),
    Subject("year", "Yearly totals", "Training"),
    Subject("running", "Running bests", "Training"),
    Subject("cycling", "Cycling bests", "Training"),
    Subject("swimming", "Swimming bests", "Training"),
)
TRAINING_KEYS = frozenset(subject.key for subject in TRAINING)


def _grouped() -> Mapping[str, str]:
    groups, group = {}, ""
    for name in METRICS:
        group = _BEGINS.get(name, group)
        groups[name] = group
    return groups


_GROUP_OF = _grouped()


def through_the_day(metric: str) -> str:
    """The metric whose readings show one day of it; itself where there is no other."""
    return _THROUGH_THE_DAY.get(metric, metric)


def subjects(stored: Collection[str]) -> list[Subject]:
    """The list: groups with what is stored, then what is not; what is only asked for by name where it is stored."""
    found = [
        Subject(name, metric.title, _GROUP_OF[name] if name in stored else NOTHING_STORED, name in stored)
        for name, metric in METRICS.items()
        if name in stored or name not in EXTRAS
    ]
    order = (*_GROUPS, NOTHING_STORED)
    return sorted([*found, *TRAINING], key=lambda subject: order.index(subject.group))


def title_of(key: str) -> str:
    """What a subject is called."""
    return METRICS[key].title if key in METRICS else next(each.title for each in TRAINING if each.key == key)


def matching(every: Iterable[Subject], typed: str) -> list[Subject]:
    """Those whose title, group or name holds every word that was typed, also in the plural."""
    words = [word.removesuffix("s") for word in typed.lower().split()]
    return [
        subject
        for subject in every
        if all(word in f"{subject.title} {subject.group} {subject.key}".lower() for word in words)
    ]
