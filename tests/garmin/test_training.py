"""Readiness, status, VO2 max, scores and thresholds: own bodies and recorded ones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from garminsync_tui.errors import UnexpectedAnswer
from garminsync_tui.metrics import METRICS, Reading, day_ms

from . import bodies
from .bodies import DAY, NEXT
from .test_health import behind_gateway, only, parse, recorded, values

BY_DAY = day_ms(DAY)


def at(*moment: int) -> int:
    return int(datetime(*moment, tzinfo=UTC).timestamp() * 1000)  # type: ignore[arg-type,misc]


# ── Own bodies ───────────────────────────────────────────────────────────────────────────────────


def test_the_precise_oxygen_comes_before_the_rounded_one() -> None:
    found = parse("max_metrics", bodies.MAX_METRICS)
    assert values(found, "vo2max_running") == [(BY_DAY, 51.3)]
    assert values(found, "vo2max_cycling") == [(BY_DAY, 48)]
    assert values(found, "heat_acclimation") == [(BY_DAY, 35)]
    assert values(found, "altitude_acclimation") == [(BY_DAY, 1150)]


def test_each_part_of_max_metrics_is_of_its_own_date() -> None:
    row = bodies.MAX_METRICS[0]
    late = row | {"generic": row["generic"] | {"calendarDate": "2026-05-02"}, "cycling": None}
    found = parse("max_metrics", [late])
    assert values(found, "vo2max_running") == [(day_ms(NEXT), 51.3)]
    assert values(found, "heat_acclimation") == [(BY_DAY, 35)]
    assert values(found, "vo2max_cycling") == []


def test_readiness_is_several_times_a_day_each_with_its_context() -> None:
    found = parse("training_readiness", bodies.TRAINING_READINESS)
    ratings = [each for each in found[DAY] if each.metric == "training_readiness"]
    assert ratings == [
        Reading("training_readiness", at(2026, 5, 1, 7, 45), 44, {"context": "AFTER_POST_EXERCISE_RESET"}),
        Reading("training_readiness", at(2026, 5, 1, 4, 10), 71, {"context": "AFTER_WAKEUP_RESET"}),
    ]
    # Minutes, kept as seconds.
    assert values(found, "recovery_time") == [(at(2026, 5, 1, 7, 45), 90_000), (at(2026, 5, 1, 4, 10), 5_400)]


def test_recovery_that_is_over_is_zero() -> None:
    assert [
        value for _, value in values(parse("training_readiness", [bodies.rating(recoveryTime=0)]), "recovery_time")
    ] == [0]


@pytest.mark.parametrize("context", [None, "\x1b[31mRESET", 7, "after waking"])
def test_a_context_is_a_plain_word_or_nothing(context: Any) -> None:
    found = parse("training_readiness", [bodies.rating(inputContext=context)])
    assert only(found, "training_readiness").extra is None


@pytest.mark.parametrize(
    ("phrase", "word"),
    [("PRODUCTIVE_6", "productive"), ("DETRAINING", "detraining"), ("MAINTAINING_2", "maintaining")],
)
def test_a_status_is_its_word(phrase: str, word: str) -> None:
    row = bodies.status_of_day(trainingStatusFeedbackPhrase=phrase, trainingStatus=3)
    status = only(parse("training_status", bodies.training_status(a=[row])), "training_status")
    assert METRICS["training_status"].words[int(status.value)] == word
    assert status.extra == {"word": word}


@pytest.mark.parametrize("phrase", ["NO_STATUS_1", "ASTONISHING_2", None, 7, "PRODUCTIVE_6\n"])
def test_a_status_without_meaning_is_left_out_and_the_load_stays(phrase: Any) -> None:
    row = bodies.status_of_day(trainingStatusFeedbackPhrase=phrase)
    found = parse("training_status", bodies.training_status(a=[row]))
    assert values(found, "training_status") == []
    assert values(found, "training_load_acute") == [(BY_DAY, 512)]
    assert values(found, "training_load_chronic") == [(BY_DAY, 430)]
    assert values(found, "acwr") == [(BY_DAY, 1.1)]


@pytest.mark.parametrize("primary", ["first", "second"])
def test_of_several_watches_the_primary_one_counts(primary: str) -> None:
    rows = {
        name: [
            bodies.status_of_day(
                primaryTrainingDevice=name == primary,
                trainingStatusFeedbackPhrase="PEAKING_1" if name == primary else "PAUSED",
            )
        ]
        for name in ("first", "second")
    }
    assert only(parse("training_status", bodies.training_status(**rows)), "training_status").extra == {
        "word": "peaking"
    }


def test_a_failure_behind_the_gateway_is_no_empty_day() -> None:
    body = bodies.training_status()
    body["weeklyTrainingStatus"] |= {"successful": False, "statusCode": 503, "payload": None}
    with pytest.raises(UnexpectedAnswer, match="training_status"):
        parse("training_status", body)


def test_scores_by_day() -> None:
    assert values(parse("endurance_score", bodies.ENDURANCE_SCORE), "endurance_score") == [
        (BY_DAY, 5990),
        (day_ms(NEXT), 6030),
    ]
    assert values(parse("hill_score", bodies.HILL_SCORE), "hill_score") == [(BY_DAY, 42)]
    assert values(parse("running_tolerance", bodies.RUNNING_TOLERANCE), "impact_load") == [(BY_DAY, 38500)]


def test_a_tolerance_of_zero_is_none_yet() -> None:
    found = parse("running_tolerance", [bodies.RUNNING_TOLERANCE[0] | {"acuteTolerance": 0, "acuteImpactLoad": 0}])
    assert values(found, "running_tolerance") == []
    assert values(found, "impact_load") == [(BY_DAY, 0)]


@pytest.mark.parametrize(("told", "meant"), [(0.347, 3.47), (3.47, 3.47), ("0.36111", 3.6111)])
def test_threshold_speeds_are_metres_per_second(told: Any, meant: float) -> None:
    found = parse("lactate_threshold_speed", bodies.thresholds(told))
    assert values(found, "lactate_threshold_speed") == [(BY_DAY, meant)]


@pytest.mark.parametrize("told", [0, -1, 0.01, 40])
def test_speeds_that_nobody_runs_are_left_out(told: float) -> None:
    assert parse("lactate_threshold_speed", bodies.thresholds(told)) == {}


def test_a_threshold_is_of_the_day_on_which_it_was_found() -> None:
    found = parse("lactate_threshold_hr", bodies.thresholds(168, updatedDate="2026-05-02"))
    assert values(found, "lactate_threshold_hr") == [(day_ms(NEXT), 168)]
    carried = bodies.thresholds(168, updatedDate="2026-03-01")
    assert parse("lactate_threshold_hr", carried) == {}
    undated = bodies.thresholds(168, updatedDate=None)
    assert values(parse("lactate_threshold_hr", undated), "lactate_threshold_hr") == [(BY_DAY, 168)]


def test_power_on_foot_is_not_power_by_bike() -> None:
    assert parse("ftp_cycling", bodies.thresholds(310, "running")) == {}
    assert values(parse("ftp_cycling", bodies.thresholds(241, "CYCLING")), "ftp_cycling") == [(BY_DAY, 241)]


# ── Recorded bodies ──────────────────────────────────────────────────────────────────────────────


def test_recorded_days_of_status(shared: Path) -> None:
    body = recorded(shared, "mobile-gateway_usersummary_trainingstatus_weekly_2025-05-21_2025-06-11.json")
    first, last = date(2025, 5, 21), date(2025, 6, 11)
    found = parse("training_status", body, first, last)
    (rows,) = body["weeklyTrainingStatus"]["payload"]["reportData"].values()
    # The numbers of the recordings are those of our words.
    assert values(found, "training_status") == [(day_ms(day), row["trainingStatus"]) for day, row in dated(rows)]
    assert len(values(found, "training_load_acute")) == len(values(found, "acwr")) == 22
    assert len(found) == (last - first).days + 1


def dated(rows: list[dict[str, Any]]) -> list[tuple[date, dict[str, Any]]]:
    return [(date.fromisoformat(row["calendarDate"]), row) for row in rows]


@pytest.mark.parametrize(("day", "count"), [("2024-07-07", 1), ("2025-07-06", 1), ("2025-07-07", 5), ("2030-01-01", 0)])
def test_recorded_readiness(shared: Path, day: str, count: int) -> None:
    body = recorded(shared, f"metrics-service_metrics_trainingreadiness_{day}.json")
    found = parse("training_readiness", body, date.fromisoformat(day), date.fromisoformat(day))
    assert sorted(value for _, value in values(found, "training_readiness")) == sorted(row["score"] for row in body)
    assert len(values(found, "recovery_time")) == count


def test_recorded_ranges_behind_the_gateway(shared: Path) -> None:
    first, last = date(2024, 6, 11), date(2024, 7, 8)
    ratings = parse("training_readiness", behind_gateway(shared, "trainingReadinessRangeScalar"), first, last)
    assert len(ratings) == len(values(ratings, "training_readiness")) == 28
    oxygen = parse("max_metrics", behind_gateway(shared, "vo2MaxScalar"), first, last)
    assert len(values(oxygen, "vo2max_running")) == len(values(oxygen, "heat_acclimation")) == 24
    assert values(oxygen, "vo2max_running")[0] == (day_ms(first), 60.5)
    assert values(oxygen, "vo2max_cycling") == []


@pytest.mark.parametrize(("name", "score"), [("hill", 20), ("endurance", 4820)])
def test_the_recorded_answers_for_one_day_are_rows_of_the_ranges(shared: Path, name: str, score: int) -> None:
    row = recorded(shared, f"metrics-service_metrics_{name}score__calendarDate=2025-07-06.json")
    body = {"hill": {"hillScoreDTOList": [row]}, "endurance": {"enduranceScoreDTO": row, "groupMap": {}}}[name]
    day = date(2025, 7, 6)
    assert values(parse(f"{name}_score", body, day, day + timedelta(days=1)), f"{name}_score") == [(day_ms(day), score)]
