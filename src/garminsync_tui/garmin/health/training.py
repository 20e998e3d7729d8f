"""What a watch makes of training: VO2 max, acclimation, readiness, status and load."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from ..shapes import Collected, Readings, answer_with, calendar_date, instant_ms, mapping, number, unreadable

_PLAIN_WORD = re.compile(r"[A-Z0-9_]{1,60}")
#: "PRODUCTIVE_6", "NO_STATUS", "DETRAINING": the word, then perhaps a number that picks a sentence.
_STATUS_PHRASE = re.compile(r"([A-Z]+(?:_[A-Z]+)*)(?:_\d+)?")


_OXYGEN = {"vo2max_running": "generic", "vo2max_cycling": "cycling"}
_USED_TO = "heatAltitudeAcclimation"


def max_metrics(body: Any, first: date, last: date) -> Readings:
    """VO2 max on foot and by bike, and how used to heat and height the body is.

    Recorded behind the GraphQL gateway, without a cyclist. Each part says itself which date it is of.
    """
    name = "max_metrics"
    found = Collected(first, last)
    for row in found.main(None, "vo2max_running", body, name, "the body", *_OXYGEN.values(), _USED_TO):
        for metric, key in _OXYGEN.items():
            part = found.part(None, metric, row.get(key))
            precise = number(part.get("vo2MaxPreciseValue"))
            value = part.get("vo2MaxValue") if precise is None else precise
            found.add_day(calendar_date(part.get("calendarDate")), metric, value)
        used_to = found.part(None, "heat_acclimation", row.get(_USED_TO))
        day = calendar_date(used_to.get("calendarDate"))
        found.add_day(day, "heat_acclimation", used_to.get("heatAcclimationPercentage"))
        found.add_day(day, "altitude_acclimation", used_to.get("altitudeAcclimation"))
    return found.by_day()


def training_readiness(body: Any, first: date, last: date) -> Readings:
    """Each time readiness was rated: after waking, after exercise, in between; and the rest still needed then."""
    name = "training_readiness"
    found = Collected(first, last)
    for row in found.main(None, name, body, name, "the body", "score", "recoveryTime"):
        day, at_ms = calendar_date(row.get("calendarDate")), instant_ms(row.get("timestamp"))
        context = row.get("inputContext")
        known = isinstance(context, str) and _PLAIN_WORD.fullmatch(context)
        found.add(day, "training_readiness", at_ms, row.get("score"), {"context": context} if known else None)
        minutes = number(row.get("recoveryTime"))
        found.add(day, "recovery_time", at_ms, row.get("recoveryTime") if minutes is None else minutes * 60)
    return found.by_day()


def training_status(body: Any, first: date, last: date) -> Readings:
    """The status of each day, and the load of the last week and weeks. The primary watch's word counts."""
    name = "training_status"
    answer = answer_with(body, name, "weeklyTrainingStatus")
    part = mapping(answer.get("weeklyTrainingStatus"), name, "weeklyTrainingStatus")
    if part.get("successful") is False:
        # The gateway asks another server, and answers 200 whatever that one said.
        raise unreadable(name, "weeklyTrainingStatus was not successful")
    report = mapping(mapping(part.get("payload"), name, "payload").get("reportData"), name, "reportData")
    found = Collected(first, last)
    rows = [row for device in report.values() for row in found.rows(None, name, device)]
    if any(report.values()) and not rows:
        raise unreadable(name, "reportData holds no days")
    for row in sorted(rows, key=lambda row: row.get("primaryTrainingDevice") is True):
        day = calendar_date(row.get("calendarDate"))
        told = row.get("trainingStatusFeedbackPhrase")
        phrase = _STATUS_PHRASE.fullmatch(told) if isinstance(told, str) else None
        # By the word: clients disagree about most of the numbers.
        found.add_word(day, "training_status", phrase[1] if phrase else told)
        load = found.part(day, "training_load_acute", row.get("acuteTrainingLoadDTO"))
        found.add_day(day, "training_load_acute", load.get("dailyTrainingLoadAcute"))
        found.add_day(day, "training_load_chronic", load.get("dailyTrainingLoadChronic"))
        found.add_day(day, "acwr", load.get("dailyAcuteChronicWorkloadRatio"))
    return found.by_day()
