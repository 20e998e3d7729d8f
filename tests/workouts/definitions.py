"""Made-up definitions in numbers that Garmin can hold: another one for each seed, a hundred times faster to make than
through a strategy; what fails is small enough without shrinking.
"""

from __future__ import annotations

import os
from random import Random
from typing import Any

from garminsync_tui.workouts import definition as d

#: How many are made up for a test; more of them on request.
SEEDS = range(int(os.environ.get("GARMINSYNC_FUZZ_CASES", "300")))
_TEXTS = ("easy", "Łódź\nzwei", "@5:00", '"', "\u202e", "🏃")


def made_up(seed: int) -> d.Workout:
    """A workout of any sport, without the athlete's own terms."""
    return _Making(Random(seed)).workout()


class _Making:
    def __init__(self, dice: Random) -> None:
        self._dice = dice

    def _one(self, *choices: Any) -> Any:
        return self._dice.choice(choices)

    def _whole(self, low: int = 1, high: int = 9999) -> float:
        return float(self._dice.randint(low, high))

    def _unknown(self) -> dict[str, Any]:
        return self._one({}, {}, {"stepAudioNote": {"id": 5}}, {"coachField": self._one(*_TEXTS)})

    def workout(self) -> d.Workout:
        sport = self._one("running", "cycling", "swimming", "strength_training", "hiit", "multi_sport")
        multi = sport == "multi_sport"
        legs = tuple(self._leg(self._one("swimming", "cycling", "running")) for _ in range(self._dice.randint(1, 3)))
        return d.Workout(
            sport=sport,
            name=self._one(None, *_TEXTS),
            note=self._one(None, *_TEXTS),
            pool=self._pool(sport),
            transitions=multi and self._one(True, False),
            steps=legs if multi else self._items(sport, 3),
            garmin=self._unknown(),
        )

    def _leg(self, sport: str) -> d.Leg:
        items = self._items(sport, 2)
        return d.Leg(sport=sport, pool=self._pool(sport), steps=items, garmin=self._unknown())  # type: ignore[arg-type]

    def _pool(self, sport: str) -> d.Pool | None:
        return self._one(None, d.Pool(25), d.Pool(33.33), d.Pool(50)) if sport == "swimming" else None

    def _items(self, sport: str, deep: int) -> tuple[d.Step | d.Repeat, ...]:
        return tuple(self._item(sport, deep) for _ in range(self._dice.randint(1, 4)))

    def _item(self, sport: str, deep: int) -> d.Step | d.Repeat:
        if deep and self._dice.random() < 0.3:
            times, seconds = self._one((self._dice.randint(1, 99), None), (None, self._whole()))
            inside = self._items(sport, deep - 1)
            return d.Repeat(times=times, seconds=seconds, skip_last_rest=self._one(True, False), steps=inside)
        swims = sport == "swimming"
        return d.Step(
            kind=self._one("warmup", "cooldown", "interval", "recovery", "rest", "main", "other"),
            end=self._end(),
            target=self._target(sport),
            second_target=self._target(sport),
            note=self._one(None, *_TEXTS),
            stroke=self._one(None, "freestyle", "drill") if swims else None,
            drill=self._one(None, "kick") if swims else None,
            equipment=self._one(None, "fins", "paddles") if swims else None,
            exercise=self._one(None, d.Exercise("PLANK"), d.Exercise("SQUAT", "GOBLET_SQUAT")),
            weight=self._one(None, "bodyweight", d.Weight(self._whole(), self._one("kg", "lb"))),
            garmin=self._unknown(),
        )

    def _end(self) -> d.End:
        until = self._one(None, "above", "below")
        return self._one(
            d.Lap(),
            d.Time(self._whole()),
            d.Distance(self._whole(), self._one("m", "km", "mi", "yd")),
            d.Calories(self._whole()),
            d.UntilHeartRate(bpm=self._whole(60, 220), until=until),
            d.UntilHeartRate(zone=self._dice.randint(1, 5), until=until),
            d.UntilPower(self._whole(), until),
            d.Reps(self._dice.randint(1, 99)),
            d.FixedRest(self._whole()),
            d.SendOff(self._whole()),
            d.OtherEnd(self._dice.randint(25, 40), None, self._one(None, self._whole())),
        )

    def _range(self, of: Any, unit: Any, low: int, high: int, *averaged: Any) -> d.Range:
        ends = sorted((self._whole(low, high), self._whole(low, high)))
        return d.Range(of, *ends, unit, self._one(None, *averaged))

    def _target(self, sport: str) -> d.Target | None:
        swims = sport == "swimming"
        own = (d.CssOffset(self._whole(-9, 30)), d.Effort(self._one("easy", "hard", "descend")))
        return self._one(
            None,
            d.Zone("heart_rate", self._dice.randint(1, 5)),
            d.Zone("power", self._dice.randint(1, 7)),
            self._range("heart_rate", "bpm", 60, 220, "lap"),
            self._range("power", "W", 50, 900, "3s", "10s", "30s", "lap"),
            self._range("cadence", "rpm" if sport == "cycling" else "spm", 40, 220),
            self._range("speed", "km/h", 3, 60, "lap"),
            self._range("pace", "/100m" if swims else "/km", 40, 1800),
            self._range("grade", "%", -10, 20),
            self._range("resistance", "", 1, 30),
            d.OtherTarget(self._one(16, 19, 44), None, self._one(None, self._whole())),
            *(own if swims else ()),
        )
