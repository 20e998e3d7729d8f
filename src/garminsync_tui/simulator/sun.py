"""Bodies about the light that charges a watch. Modelled: none was recorded."""

from __future__ import annotations

from datetime import date, timedelta
from math import pi, sin
from typing import Any

from .account import Account
from .athlete import Day
from .moments import days_between, text

_DAWN_MIN, _DUSK_MIN = 7 * 60, 18 * 60


class Sun:
    """What /web-gateway/solar answers."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def ranged(self, first: date, last: date) -> dict[str, Any]:
        """The minutes of each day with the watch, in percent of full sunlight."""
        worn = [day for date_ in days_between(first, last) if (day := self._account.worn(date_))]
        return {
            "deviceSolarInput": {
                "deviceId": self._account.athlete.device_id,
                "solarDailyDataDTOs": [self._day(day) for day in worn],
            }
        }

    def _day(self, day: Day) -> dict[str, Any]:
        athlete = self._account.athlete
        bright = athlete.dice(day.date, "sun").uniform(5, 60)
        rows = []
        for minute in range(self._account.measured_s(day) // 60):
            at = day.starts + timedelta(minutes=minute)
            local = at + timedelta(seconds=athlete.whereabouts.offset_s(at))
            height = (60 * local.hour + local.minute - _DAWN_MIN) / (_DUSK_MIN - _DAWN_MIN)
            light = round(bright * sin(pi * height), 1) if 0 < height < 1 else 0.0
            rows.append(
                {
                    "readingTimestampLocal": text(local),
                    "readingTimestampGmt": text(at),
                    "solarUtilization": light,
                    "activityTimeGainMs": round(60 * light),
                    "charging": light > 0,
                }
            )
        return {
            "localConnectDate": day.date.isoformat(),
            "userProfilePk": athlete.profile_id,
            "deviceId": athlete.device_id,
            "solarInputReadings": rows,
            "totalActivityTimeGainedMs": sum(row["activityTimeGainMs"] for row in rows),
        }
