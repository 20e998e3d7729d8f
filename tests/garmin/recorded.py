"""Which recorded answers which parser claims."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from garminsync_tui.garmin.endpoints import BY_NAME, ENDPOINTS, Endpoint

from .bodies import DAY, FULL, NEXT

_DATE = re.compile(r"\d{4}-\d\d-\d\d")

#: Recorded under another address, in the shape that the endpoint answers with: endpoint, file, days.
ELSEWHERE = [
    ("sleep", "graphql/sleepScalar.json", "2024-07-08", "2024-07-08"),
    ("sleep", "sleep-service_sleep_dailySleepData__date=2025-07-06.json", "2025-07-06", "2025-07-06"),
    ("sleep", "sleep-service_sleep_dailySleepData__date=2025-07-07.json", "2025-07-07", "2025-07-07"),
    ("sleep", "sleep-service_sleep_dailySleepData__date=2030-01-01.json", "2030-01-01", "2030-01-01"),
    ("daily_summaries", "graphql/userDailySummaryV2Scalar.json", "2024-06-11", "2024-07-08"),
    ("blood_pressure", "graphql/bloodPressureScalar.json", "2024-06-11", "2024-07-08"),
    ("max_metrics", "graphql/vo2MaxScalar.json", "2024-06-11", "2024-07-08"),
    ("training_readiness", "graphql/trainingReadinessRangeScalar.json", "2024-06-11", "2024-07-08"),
    ("training_readiness", "metrics-service_metrics_trainingreadiness_2024-07-07.json", "2024-07-07", "2024-07-07"),
    ("training_readiness", "metrics-service_metrics_trainingreadiness_2025-07-06.json", "2025-07-06", "2025-07-06"),
    ("training_readiness", "metrics-service_metrics_trainingreadiness_2025-07-07.json", "2025-07-07", "2025-07-07"),
    ("training_readiness", "metrics-service_metrics_trainingreadiness_2030-01-01.json", "2030-01-01", "2030-01-01"),
]
#: Whole answers without a value.
WITHOUT_VALUES = {
    "graphql/bloodPressureScalar.json",
    "metrics-service_metrics_trainingreadiness_2030-01-01.json",
    "sleep-service_sleep_dailySleepData__date=2030-01-01.json",
    "weight-service_weight_range_2019-12-18_2020-01-01__includeAll=true.json",
    "wellness-service_wellness_bodyBattery_events_2023-07-18.json",
    "wellness-service_wellness_bodyBattery_events_2023-07-19.json",
    "wellness-service_wellness_dailyStress_2023-07-20.json",
}


@dataclass(frozen=True)
class Answer:
    """A body with what was asked."""

    endpoint: Endpoint
    name: str
    first: date
    last: date
    text: str

    @cached_property
    def body(self) -> Any:
        return json.loads(self.text)


def recorded_answers(shared: Path) -> Iterator[Answer]:
    """Every recorded answer of the endpoints in the table."""
    folder = shared / "responses"
    for endpoint in ENDPOINTS:
        address = re.escape(endpoint.path.strip("/")).replace("/", "_").replace(r"\{", "{").replace(r"\}", "}")
        address = address.replace("_{display_name}", "(?:_DISPLAYNAME)?")
        pattern = re.compile(re.sub(r"\{\w+\}", lambda _: _DATE.pattern, address) + r"(__.*)?(_\d)?(~\d)?\.json")
        for file in sorted(folder.iterdir()):
            if pattern.fullmatch(file.name):
                told = _DATE.findall(file.name)
                days = date.fromisoformat(told[0]), date.fromisoformat(told[-1])
                yield Answer(endpoint, file.name, *days, file.read_text())
    for name, file_name, first, last in ELSEWHERE:
        body = json.loads((folder / file_name).read_text())
        if file_name.startswith("graphql/"):
            body = body["response"]["data"][Path(file_name).stem]
        yield Answer(BY_NAME[name], file_name, date.fromisoformat(first), date.fromisoformat(last), json.dumps(body))


def own_answers() -> Iterator[Answer]:
    """One full answer of every endpoint, of our own making."""
    for endpoint in ENDPOINTS:
        last = DAY if endpoint.window_days == 1 else NEXT
        yield Answer(endpoint, f"own {endpoint.name}", DAY, last, json.dumps(FULL[endpoint.name]))
