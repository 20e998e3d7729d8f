"""What four weeks of training were made of."""

from __future__ import annotations

from datetime import date
from typing import Any

from ...metrics import plausible
from ..shapes import Collected, Readings, calendar_date, mapping, number, objects

#: metric → the key of its load; the same with TargetMin and TargetMax is Garmin's aim.
_FOCUS = {
    "load_low_aerobic": "monthlyLoadAerobicLow",
    "load_high_aerobic": "monthlyLoadAerobicHigh",
    "load_anaerobic": "monthlyLoadAnaerobic",
}


def load_focus(body: Any, first: date, last: date) -> Readings:
    """The load of the four weeks up to a day, easy, hard and in sprints, each with the range that Garmin aims at.

    Recorded behind the GraphQL gateway. The primary watch counts. A day without a new balance is answered with an
    older one, which is not that day's.
    """
    name = "load_focus"
    balances = mapping(mapping(body, name, "the body").get("metricsTrainingLoadBalanceDTOMap"), name, "the balances")
    found = Collected(first, last)
    rows = objects(list(balances.values()), name, "the balances")
    for row in sorted(rows, key=lambda row: row.get("primaryTrainingDevice") is True):
        day = calendar_date(row.get("calendarDate"))
        if day is not None and day < first:
            continue
        for metric, key in _FOCUS.items():
            aims = {
                word: amount
                for word, end in (("aim_low", "TargetMin"), ("aim_high", "TargetMax"))
                if (amount := number(row.get(f"{key}{end}"))) is not None and plausible(metric, amount)
            }
            found.add_day(day, metric, row.get(key), aims)
    return found.by_day()
