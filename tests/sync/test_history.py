"""What a history costs is what the plan then asks for."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from garminsync_tui.garmin.endpoints import endpoints_of
from garminsync_tui.sync import history
from garminsync_tui.sync.health import windows

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize("samples", ["none", "standard", "full"])
@pytest.mark.parametrize("days", [1, 2, 31, 32, 366, 1827])
def test_requests_are_those_of_a_plan_of_an_empty_ledger(samples: str, days: int) -> None:
    newest_first = [TODAY - timedelta(days=n) for n in range(days)]
    planned = sum(len(windows(endpoint, newest_first)) for endpoint in endpoints_of(samples))
    assert history.requests(newest_first[-1], TODAY, samples) == planned


def test_a_day_costs_five_or_nine_and_the_ranges() -> None:
    week, day = TODAY - timedelta(days=6), TODAY
    for samples, each in (("none", 0), ("standard", 5), ("full", 9)):
        more = history.requests(week, TODAY, samples) - history.requests(day, TODAY, samples)
        assert more == 6 * each
    assert history.requests(TODAY + timedelta(days=1), TODAY, "full") == 0


def test_the_cost_is_rounded_and_no_faster_than_garmin_is_asked() -> None:
    year = date(2025, 11, 21)
    assert history.cost(year, TODAY, "standard", 1.0).replace("\u202f", ",").endswith("at one request a second")
    assert history.cost(year, TODAY, "standard", 50.0) == history.cost(year, TODAY, "standard", 1.0)
    assert history.cost(year, TODAY, "standard", 0.5).endswith("at 0.5 requests a second")
    assert history.cost(TODAY, TODAY, "standard", 1.0).startswith("about ")


def test_a_key_asks_for_less_and_more_slowly() -> None:
    week = TODAY - timedelta(days=6)
    assert history.requests(week, TODAY, "standard", "garth") == history.requests(week, TODAY, "standard")
    # Each day heart rate, fitness age and two for the night; six kinds come as ranges.
    assert history.requests(week, TODAY, "standard", "personal_api") == 4 * 7 + 6
    assert history.cost(week, TODAY, "standard", 1.0, "personal_api").endswith("at 0.5 requests a second")
