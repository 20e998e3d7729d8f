"""What a watch makes of training: readiness, loads, status, VO2 max, scores, race times, ages, thresholds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from ...garmin.health import performance, training
from ...garmin.shapes import Readings
from .answers import By, Row, dated
from .when import instant_of, span_of

type _Parse = Callable[[Any, date, date], Readings]


def _read(
    endpoint: str, parse: _Parse, told: Sequence[Row], row_of: Callable[[Row], Row | None], body: Callable[[Any], Any]
) -> By:
    """Rows in the shape of an answer through its reader; of several of one day the last one counts."""
    days = [(day, answer) for day, row in dated(told) if (answer := row_of(row)) is not None]
    span = span_of(day for day, _ in days)
    if span is None:
        return {}
    return {endpoint: parse(body([{**answer, "calendarDate": day.isoformat()} for day, answer in days]), *span)}


def readiness(told: Sequence[Row]) -> By:
    """TrainingReadinessDTO: each time that readiness was rated."""
    return _read(
        "training_readiness",
        training.training_readiness,
        told,
        lambda row: {**row, "timestamp": instant_of(row.get("timestamp"))},
        list,
    )


def _status_body(rows: Sequence[Row]) -> Row:
    return {"weeklyTrainingStatus": {"payload": {"reportData": {"": rows}}}}


def loads(told: Sequence[Row]) -> By:
    """MetricsAcuteTrainingLoad: the load of a week against that of weeks."""
    return _read(
        "training_status", training.training_status, told, lambda row: {"acuteTrainingLoadDTO": dict(row)}, _status_body
    )


def history(told: Sequence[Row]) -> By:
    """TrainingHistory: Garmin's word for what training does."""
    return _read(
        "training_status",
        training.training_status,
        told,
        lambda row: {
            "trainingStatusFeedbackPhrase": row.get("trainingStatus2FeedbackPhrase") or row.get("trainingStatus")
        },
        _status_body,
    )


_SPORTS = {"RUNNING": "generic", "CYCLING": "cycling"}


def oxygen(told: Sequence[Row]) -> By:
    """MetricsMaxMetData: VO2 max, a row for each sport."""
    days = [(day, _SPORTS.get(str(row.get("sport", "RUNNING")).upper()), row) for day, row in dated(told)]
    body = [
        {sport: {"calendarDate": day.isoformat(), "vo2MaxPreciseValue": row.get("vo2MaxValue")}}
        for day, sport, row in days
        if sport
    ]
    span = span_of(day for day, _, _ in days)
    return {"max_metrics": training.max_metrics(body, *span)} if span and body else {}


def acclimation(told: Sequence[Row]) -> By:
    """MetricsHeatAltitudeAcclimation: how used to heat and height the body is."""
    days = dated(told)
    body = [{"heatAltitudeAcclimation": {**row, "calendarDate": day.isoformat()}} for day, row in days]
    span = span_of(day for day, _ in days)
    return {"max_metrics": training.max_metrics(body, *span)} if span else {}


_RACES = {
    "raceTime5K": "time5K",
    "raceTime10K": "time10K",
    "raceTimeHalf": "timeHalfMarathon",
    "raceTimeMarathon": "timeMarathon",
}


def races(told: Sequence[Row]) -> By:
    """RunRacePredictions: times in seconds."""
    return _read(
        "race_predictions",
        performance.race_predictions,
        told,
        lambda row: {ours: row[key] for key, ours in _RACES.items() if key in row} or None,
        list,
    )


def endurance(told: Sequence[Row]) -> By:
    """EnduranceScore."""
    return _read(
        "endurance_score",
        performance.endurance_score,
        told,
        lambda row: {"groupAverage": row.get("overallScore")},
        lambda rows: {"groupMap": {row["calendarDate"]: row for row in rows}},
    )


def hills(told: Sequence[Row]) -> By:
    """HillScore; some rows only have the number of a phrase."""
    return _read(
        "hill_score",
        performance.hill_score,
        told,
        lambda row: {"overallScore": row["overallScore"]} if "overallScore" in row else None,
        lambda rows: {"hillScoreDTOList": rows},
    )


def ages(told: Sequence[Row]) -> By:
    """fitnessAgeData. Its VO2 max is an estimate from weight and pulse, and is not taken."""
    return _read(
        "fitness_age",
        performance.fitness_age,
        told,
        lambda row: {"values": {"fitnessAge": row.get("currentBioAge", row.get("fitnessAge"))}},
        list,
    )


_THRESHOLDS: dict[str, tuple[_Parse, str]] = {
    "lactate_threshold_hr": (performance.lactate_threshold_hr, "lactateThresholdHeartRate"),
    "lactate_threshold_speed": (performance.lactate_threshold_speed, "lactateThresholdSpeed"),
    "ftp_cycling": (performance.ftp_cycling, "functionalThresholdPower"),
}


def thresholds(told: Sequence[Row]) -> By:
    """userBioMetrics: threshold heart rate, speed (in tenths) and power, on the dates of their changes."""
    found: By = {}
    for endpoint, (parse, key) in _THRESHOLDS.items():
        changes = [(day, row[key]) for day, row in dated(told) if row.get(key)]
        span = span_of(day for day, _ in changes)
        if span:
            body = [{"from": day.isoformat(), "value": value} for day, value in changes]
            found[endpoint] = parse(body, *span)
    return found
