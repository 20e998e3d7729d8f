"""What one day's samples add up to, as far as the watch has synced them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from .account import Account
from .athlete import Day
from .samples import ACTIVE, HEART_RATE_S, QUARTER_S, STRESS_S, UNMEASURED
from .training import Session

METRES_A_STEP = 0.79
_METRES_A_FLOOR = 3.048
_BMR_KCAL_A_DAY = 1792.0
STEP_GOAL = 9000
INTENSITY_GOAL = 150


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums and extremes of a day: metres, seconds, kcal, bpm; stress and body battery from 0 to 100."""

    seconds: int
    steps: int
    distance: int
    ascended: float
    descended: float
    active_kcal: int
    bmr_kcal: int
    moderate_min: int
    vigorous_min: int
    active_s: int
    highly_active_s: int
    sleeping_s: int
    min_hr: int
    max_hr: int
    stress_avg: int
    stress_max: int
    #: seconds at rest, low, medium, high, in activity, unmeasured
    stress_s: tuple[int, int, int, int, int, int]
    battery_high: int
    battery_low: int
    battery_last: int
    charged: int
    drained: int

    @property
    def floors_up(self) -> float:
        """Floors of three metres, as a fraction like Garmin's."""
        return round(self.ascended / _METRES_A_FLOOR, 5)

    @property
    def floors_down(self) -> float:
        """Floors of three metres, as a fraction like Garmin's."""
        return round(self.descended / _METRES_A_FLOOR, 5)

    @property
    def sedentary_s(self) -> int:
        """What is left of the day."""
        return max(0, self.seconds - self.active_s - self.highly_active_s - self.sleeping_s)


def effort(session: Session) -> int:
    """What a minute of it counts as intensity: 2 vigorous, 1 moderate, else 0."""
    return (session.average_hr >= 100) + (session.average_hr >= 126)


def totals(account: Account, day: Day) -> Totals:
    """A worn day's totals; of the day that is still running, up to the last sync."""
    samples = account.samples(day)
    seconds = account.measured_s(day)
    rates = [rate for rate in samples.heart_rate[: seconds // HEART_RATE_S] if rate] or [day.resting_hr]
    levels = samples.stress[: seconds // STRESS_S]
    measured = [level for level in levels if level >= 0] or [0]
    battery = samples.battery[: max(1, seconds // STRESS_S)]
    steps = samples.steps[: seconds // QUARTER_S]
    changes = [after - before for before, after in pairwise(battery)]
    done = account.recorded(day)
    moderate = sum(s.moving_s // 60 for s in done if effort(s) == 1)
    vigorous = sum(s.moving_s // 60 for s in done if effort(s) == 2)
    trained_s = sum(s.moving_s for s in done if s.average_hr >= 100)
    walking_s = sum(QUARTER_S // 2 for count in steps if count > 150)
    asleep_s = sum(day.night.seconds[:3]) if day.night else 0
    total_steps = sum(steps)
    return Totals(
        seconds=seconds,
        steps=total_steps,
        distance=round(total_steps * METRES_A_STEP),
        ascended=sum(samples.ascent[: len(steps)]),
        descended=sum(samples.descent[: len(steps)]),
        active_kcal=round(total_steps * 0.021 + 0.85 * sum(s.calories for s in done)),
        bmr_kcal=round(_BMR_KCAL_A_DAY * seconds / 86_400),
        moderate_min=moderate,
        vigorous_min=vigorous,
        active_s=max(0, walking_s - trained_s),
        highly_active_s=trained_s,
        sleeping_s=asleep_s + day.nap_s,
        min_hr=min(rates),
        max_hr=max(rates),
        stress_avg=round(sum(measured) / len(measured)),
        stress_max=max(measured),
        stress_s=_stress_seconds(levels.tolist()),
        battery_high=max(battery),
        battery_low=min(battery),
        battery_last=battery[-1],
        charged=sum(change for change in changes if change > 0),
        drained=-sum(change for change in changes if change < 0),
    )


def _stress_seconds(levels: list[int]) -> tuple[int, int, int, int, int, int]:
    counts = [0] * 6
    for level in levels:
        if level == ACTIVE:
            counts[4] += STRESS_S
        elif level == UNMEASURED:
            counts[5] += STRESS_S
        else:
            counts[0 if level <= 25 else 1 if level <= 50 else 2 if level <= 75 else 3] += STRESS_S
    return counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]
