"""What is asked of Garmin for health metrics: a table, not methods.

Windows are the widest ranges known to be answered (recorded calls of other clients; wider ones are refused).
Every metric has exactly one endpoint that gives it, so that a day fetched again replaces what it held.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any
from urllib.parse import quote

from .health import (
    body,
    breathing,
    cycle,
    heart,
    lifestyle,
    load,
    movement,
    nutrition,
    performance,
    sleep,
    stress,
    summaries,
    sun,
    training,
)
from .shapes import Readings, span_days

#: The endpoint that tells the bounds of days, and on which the watch was worn.
SUMMARIES = "daily_summaries"


class Tier(StrEnum):
    """How often an endpoint is asked, and so whether it is worth its requests to everybody."""

    #: A range in one request.
    DAILY = "daily"
    #: A request for each day; what most people want to see through the day.
    STANDARD = "standard"
    #: A request for each day; the rest of what a watch can measure.
    FULL = "full"
    #: Only where somebody chose it by name, in `health.extras` or for one sync.
    EXTRA = "extra"


Parse = Callable[[Any, date, date], Readings]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One kind of request.

    Path and parameters may hold {day}, {first}, {last} and {display_name}, the path also {device_id}.
    """

    name: str
    path: str
    #: How many days one request may span; 1 is a call for each day.
    window_days: int
    #: From the decoded body and the days asked for to readings; raises UnexpectedAnswer.
    parse: Parse
    #: All that `parse` may produce.
    metrics: tuple[str, ...]
    tier: Tier
    #: What has to be there for it, in at most 14 characters for people: "watch", "pulse oximeter".
    capability: str
    #: How its values come about: "measured by the watch", "entered by hand".
    origin: str
    #: Comes from a worn watch: there is nothing to fetch for days without one.
    from_watch: bool
    #: A value of the day's summary that is only there where this endpoint has readings; empty where none is known.
    #: Readings that are missing beside it are in Garmin's archive.
    seen_in: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    #: More requests of one day's answer, and what makes one body of theirs and the first (with `day`, the first day);
    #: None where the first is all there is.
    also: tuple[str, ...] = ()
    reshape: Callable[..., Any] | None = None
    #: Whether its readings are some of those that another sign-in is given: then they replace none.
    is_selection: bool = False

    @property
    def by_hand(self) -> bool:
        """Whether people enter, and delete, what it gives."""
        return not self.from_watch and self.name != SUMMARIES

    @property
    def requests(self) -> int:
        """How many requests a window takes."""
        return 1 + len(self.also)

    @property
    def needs_device(self) -> bool:
        """Whether the path names a watch by its number."""
        return "{device_id}" in self.path

    def address(self, first: date, last: date, display_name: str, device_id: str = "") -> tuple[str, dict[str, str]]:
        """Path and parameters for the days first..last. Raises ValueError for more days than the window."""
        if not 1 <= span_days(first, last) <= self.window_days:
            raise ValueError(f"{self.name} takes up to {self.window_days} days, not {first} to {last}")
        filled = {"day": first.isoformat(), "first": first.isoformat(), "last": last.isoformat()}
        names = {"display_name": quote(display_name, safe=""), "device_id": quote(device_id, safe="")}
        path = self.path.format(**filled, **names)
        return path, {key: text.format(**filled, display_name=display_name) for key, text in self.params.items()}


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        name=SUMMARIES,
        path="/usersummary-service/v2/dailysummaries",
        params={"startDate": "{first}", "endDate": "{last}"},
        window_days=31,
        parse=summaries.daily_summaries,
        metrics=summaries.METRICS_OF_A_DAY,
        tier=Tier.DAILY,
        capability="watch",
        origin="sums of what the watch measured",
        from_watch=False,
    ),
    Endpoint(
        name="resting_heart_rate",
        path="/userstats-service/wellness/daily/{display_name}",
        params={"fromDate": "{first}", "untilDate": "{last}", "metricId": "60"},
        window_days=365,
        parse=heart.resting_heart_rate,
        metrics=("resting_heart_rate",),
        tier=Tier.DAILY,
        capability="watch",
        origin="measured by the watch",
        from_watch=True,
    ),
    Endpoint(
        name="hrv_summaries",
        path="/hrv-service/hrv/daily/{first}/{last}",
        window_days=365,
        parse=heart.hrv_summaries,
        metrics=(
            "hrv_last_night_avg",
            "hrv_weekly_avg",
            "hrv_5min_high",
            "hrv_baseline_low",
            "hrv_baseline_high",
            "hrv_status",
        ),
        tier=Tier.DAILY,
        capability="watch at night",
        origin="computed from nights",
        from_watch=True,
    ),
    Endpoint(
        name="heart_rate",
        path="/wellness-service/wellness/dailyHeartRate/{display_name}",
        params={"date": "{day}"},
        window_days=1,
        parse=heart.heart_rate,
        metrics=("heart_rate",),
        tier=Tier.STANDARD,
        capability="watch",
        origin="measured by the watch",
        from_watch=True,
        seen_in="max_heart_rate",
    ),
    Endpoint(
        name="sleep",
        path="/wellness-service/wellness/dailySleepData/{display_name}",
        params={"date": "{day}", "nonSleepBufferMinutes": "60"},
        window_days=1,
        parse=sleep.sleep,
        metrics=(
            "sleep",
            "sleep_deep",
            "sleep_light",
            "sleep_rem",
            "sleep_awake",
            "sleep_score",
            "sleep_stage",
            "sleep_need",
            "sleep_movement",
            "sleep_restless_moment",
            "nap_duration",
            "skin_temp_deviation",
            "breathing_disruption",
            "hrv_rmssd",
        ),
        tier=Tier.STANDARD,
        capability="watch at night",
        origin="measured by the watch at night",
        from_watch=True,
    ),
    Endpoint(
        name="stress",
        path="/wellness-service/wellness/dailyStress/{day}",
        window_days=1,
        parse=stress.stress,
        metrics=("stress_level", "body_battery"),
        tier=Tier.STANDARD,
        capability="watch",
        origin="computed from heart rate variability",
        from_watch=True,
        seen_in="stress_max",
    ),
    Endpoint(
        name="steps",
        path="/wellness-service/wellness/dailySummaryChart/{display_name}",
        params={"date": "{day}"},
        window_days=1,
        parse=movement.steps,
        metrics=("steps",),
        tier=Tier.STANDARD,
        capability="watch",
        origin="measured by the watch",
        from_watch=True,
        seen_in="steps_total",
    ),
    Endpoint(
        name="respiration",
        path="/wellness-service/wellness/daily/respiration/{day}",
        window_days=1,
        parse=breathing.respiration,
        metrics=(
            "respiration_rate",
            "respiration_waking_avg",
            "respiration_sleep_avg",
            "respiration_low",
            "respiration_high",
        ),
        tier=Tier.STANDARD,
        capability="watch",
        origin="measured by the watch",
        from_watch=True,
    ),
    Endpoint(
        name="spo2",
        path="/wellness-service/wellness/daily/spo2/{day}",
        window_days=1,
        parse=breathing.spo2,
        metrics=("spo2", "spo2_avg", "spo2_low"),
        tier=Tier.FULL,
        capability="pulse oximeter",
        origin="measured by the watch",
        from_watch=True,
    ),
    Endpoint(
        name="floors",
        path="/wellness-service/wellness/floorsChartData/daily/{day}",
        window_days=1,
        parse=movement.floors,
        metrics=("floors_ascended", "floors_descended"),
        tier=Tier.FULL,
        capability="barometer",
        origin="measured by the watch",
        from_watch=True,
        seen_in="floors_ascended_total",
    ),
    Endpoint(
        name="intensity_minutes",
        path="/wellness-service/wellness/daily/im/{day}",
        window_days=1,
        parse=movement.intensity_minutes,
        metrics=("intensity_minutes",),
        tier=Tier.FULL,
        capability="watch",
        origin="computed from heart rate",
        from_watch=True,
    ),
    Endpoint(
        name="body_battery_events",
        path="/wellness-service/wellness/bodyBattery/events/{day}",
        window_days=1,
        parse=stress.body_battery_events,
        metrics=("body_battery_event",),
        tier=Tier.FULL,
        capability="watch",
        origin="computed from stress, sleep and activities",
        from_watch=True,
    ),
    Endpoint(
        name="weight",
        path="/weight-service/weight/range/{first}/{last}",
        params={"includeAll": "true"},
        window_days=31,
        parse=body.weight,
        metrics=(
            "weight",
            "body_composition",
            "bmi",
            "body_fat",
            "body_water",
            "bone_mass",
            "muscle_mass",
            "visceral_fat",
            "metabolic_age",
            "physique_rating",
        ),
        tier=Tier.DAILY,
        capability="scale or hand",
        origin="weighed, or entered by hand",
        from_watch=False,
    ),
    Endpoint(
        name="max_metrics",
        path="/metrics-service/metrics/maxmet/daily/{first}/{last}",
        window_days=31,
        parse=training.max_metrics,
        metrics=("vo2max_running", "vo2max_cycling", "heat_acclimation", "altitude_acclimation"),
        tier=Tier.DAILY,
        capability="training watch",
        origin="computed by the watch from training",
        from_watch=True,
    ),
    Endpoint(
        name="training_readiness",
        path="/metrics-service/metrics/trainingreadiness/{first}/{last}",
        window_days=28,
        parse=training.training_readiness,
        metrics=("training_readiness", "recovery_time"),
        tier=Tier.DAILY,
        capability="training watch",
        origin="computed from nights and training",
        from_watch=True,
    ),
    Endpoint(
        name="training_status",
        path="/mobile-gateway/usersummary/trainingstatus/weekly/{first}/{last}",
        window_days=28,
        parse=training.training_status,
        metrics=("training_status", "training_load_acute", "training_load_chronic", "acwr"),
        tier=Tier.DAILY,
        capability="training watch",
        origin="computed by the watch from training",
        from_watch=True,
    ),
    Endpoint(
        name="fitness_age",
        path="/fitnessage-service/stats/daily/{first}/{last}",
        window_days=28,
        parse=performance.fitness_age,
        metrics=("fitness_age",),
        tier=Tier.DAILY,
        capability="training watch",
        origin="computed by Garmin",
        from_watch=True,
    ),
    Endpoint(
        name="race_predictions",
        path="/metrics-service/metrics/racepredictions/daily/{display_name}",
        params={"fromCalendarDate": "{first}", "toCalendarDate": "{last}"},
        window_days=366,
        parse=performance.race_predictions,
        metrics=("race_prediction_5k", "race_prediction_10k", "race_prediction_half", "race_prediction_marathon"),
        tier=Tier.DAILY,
        capability="training watch",
        origin="computed by the watch from training",
        from_watch=True,
    ),
    Endpoint(
        name="endurance_score",
        path="/metrics-service/metrics/endurancescore/stats",
        params={"startDate": "{first}", "endDate": "{last}", "aggregation": "daily"},
        window_days=84,
        parse=performance.endurance_score,
        metrics=("endurance_score",),
        tier=Tier.DAILY,
        capability="training watch",
        origin="computed by the watch from training",
        from_watch=True,
    ),
    Endpoint(
        name="hill_score",
        path="/metrics-service/metrics/hillscore/stats",
        params={"startDate": "{first}", "endDate": "{last}", "aggregation": "daily"},
        window_days=28,
        parse=performance.hill_score,
        metrics=("hill_score",),
        tier=Tier.DAILY,
        capability="training watch",
        origin="computed by the watch from training",
        from_watch=True,
    ),
    Endpoint(
        name="running_tolerance",
        path="/metrics-service/metrics/runningtolerance/stats",
        params={"startDate": "{first}", "endDate": "{last}", "aggregation": "daily"},
        window_days=28,
        parse=performance.running_tolerance,
        metrics=("running_tolerance", "impact_load"),
        tier=Tier.DAILY,
        capability="training watch",
        origin="computed by the watch from training",
        from_watch=True,
    ),
    Endpoint(
        name="lactate_threshold_hr",
        path="/biometric-service/stats/lactateThresholdHeartRate/range/{first}/{last}",
        params={"sport": "RUNNING", "aggregation": "daily", "aggregationStrategy": "LATEST"},
        window_days=365,
        parse=performance.lactate_threshold_hr,
        metrics=("lactate_threshold_hr",),
        tier=Tier.DAILY,
        capability="training watch",
        origin="computed by the watch from training",
        from_watch=True,
    ),
    Endpoint(
        name="lactate_threshold_speed",
        path="/biometric-service/stats/lactateThresholdSpeed/range/{first}/{last}",
        params={"sport": "RUNNING", "aggregation": "daily", "aggregationStrategy": "LATEST"},
        window_days=365,
        parse=performance.lactate_threshold_speed,
        metrics=("lactate_threshold_speed",),
        tier=Tier.DAILY,
        capability="training watch",
        origin="computed by the watch from training",
        from_watch=True,
    ),
    Endpoint(
        name="ftp_cycling",
        path="/biometric-service/stats/functionalThresholdPower/range/{first}/{last}",
        params={"sport": "CYCLING", "aggregation": "daily", "aggregationStrategy": "LATEST"},
        window_days=365,
        parse=performance.ftp_cycling,
        metrics=("ftp_cycling",),
        tier=Tier.DAILY,
        capability="power meter",
        origin="computed by the watch from training",
        from_watch=True,
    ),
    Endpoint(
        name="blood_pressure",
        path="/bloodpressure-service/bloodpressure/range/{first}/{last}",
        params={"includeAll": "true"},
        window_days=31,
        parse=body.blood_pressure,
        metrics=("blood_pressure_systolic", "blood_pressure_diastolic", "blood_pressure_pulse"),
        tier=Tier.DAILY,
        capability="cuff or hand",
        origin="measured by a cuff, or entered by hand",
        from_watch=False,
    ),
    Endpoint(
        name="hydration",
        path="/usersummary-service/stats/hydration/daily/{first}/{last}",
        window_days=31,
        parse=body.hydration,
        metrics=("hydration_intake", "hydration_goal"),
        tier=Tier.DAILY,
        capability="by hand",
        origin="entered by hand",
        from_watch=False,
    ),
    Endpoint(
        name="load_focus",
        path="/metrics-service/metrics/trainingloadbalance/latest/{day}",
        window_days=1,
        parse=load.load_focus,
        metrics=("load_low_aerobic", "load_high_aerobic", "load_anaerobic"),
        tier=Tier.EXTRA,
        capability="training watch",
        origin="computed by the watch from training",
        from_watch=True,
    ),
    Endpoint(
        name="sweat_loss",
        path="/usersummary-service/usersummary/hydration/allData/{day}",
        window_days=1,
        parse=nutrition.sweat_loss,
        metrics=("hydration_sweat_loss",),
        tier=Tier.EXTRA,
        capability="training watch",
        origin="computed from activities",
        # A bike computer estimates it as well, on days without a watch.
        from_watch=False,
    ),
    Endpoint(
        name="menstrual_cycle",
        path="/periodichealth-service/menstrualcycle/dayview/{day}",
        window_days=1,
        parse=cycle.menstrual_cycle,
        metrics=("menstrual_phase", "menstrual_cycle_day"),
        tier=Tier.EXTRA,
        capability="cycle log",
        origin="counted from periods entered by hand",
        from_watch=False,
    ),
    Endpoint(
        name="nutrition",
        path="/nutrition-service/calorie/summary/daily",
        params={"startDate": "{first}", "endDate": "{last}"},
        window_days=31,
        parse=nutrition.nutrition,
        metrics=("nutrition_calories", "nutrition_protein", "nutrition_carbs", "nutrition_fat"),
        tier=Tier.EXTRA,
        capability="food log",
        origin="sums of what was entered by hand",
        from_watch=False,
    ),
    Endpoint(
        name="lifestyle",
        path="/lifestylelogging-service/dailyLog/{day}",
        window_days=1,
        parse=lifestyle.lifestyle,
        metrics=("lifestyle",),
        tier=Tier.EXTRA,
        capability="habit log",
        origin="entered by hand",
        from_watch=False,
    ),
    Endpoint(
        name="solar",
        path="/web-gateway/solar/{device_id}/{day}/{day}",
        params={"singleDayView": "True"},
        window_days=1,
        parse=sun.solar,
        metrics=("solar_intensity",),
        tier=Tier.EXTRA,
        capability="solar watch",
        origin="measured by the watch used last",
        from_watch=True,
    ),
)

#: The same, by name.
BY_NAME: Mapping[str, Endpoint] = {endpoint.name: endpoint for endpoint in ENDPOINTS}


def bring_back_path(day: date) -> str:
    """Where Garmin is asked, by POST, to bring an old day's readings back from its archive; they come later."""
    return f"/wellness-service/wellness/epoch/request/{day.isoformat()}"


_TIERS = {
    "none": {Tier.DAILY},
    "standard": {Tier.DAILY, Tier.STANDARD},
    "full": {Tier.DAILY, Tier.STANDARD, Tier.FULL},
}


def endpoints_of(samples: str, extras: Collection[str] = ()) -> list[Endpoint]:
    """What is asked for with this choice of samples (none, standard or full) and of extra metrics."""
    return [
        endpoint
        for endpoint in ENDPOINTS
        if endpoint.tier in _TIERS[samples]
        or (endpoint.tier is Tier.EXTRA and not set(extras).isdisjoint(endpoint.metrics))
    ]


def endpoint_of(metric: str) -> Endpoint:
    """The one that gives a metric of the catalogue."""
    return next(endpoint for endpoint in ENDPOINTS if metric in endpoint.metrics)
