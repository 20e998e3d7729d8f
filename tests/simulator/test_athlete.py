"""The athlete: the same each time, and with everything that makes real histories difficult."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from garminsync_tui.errors import UsageProblem
from garminsync_tui.simulator import Simulator
from garminsync_tui.simulator.athlete import Athlete, Day
from garminsync_tui.simulator.samples import HEART_RATE_S, QUARTER_S, STRESS_S, measure

from .conftest import NOW, signed_in

HOME = ZoneInfo("Europe/Berlin")
LAST = date(2026, 11, 22)


def history(seed: int = 1, last: date = LAST, days: int = 60) -> list[Day]:
    athlete = Athlete(seed, last, days)
    return [athlete.day(athlete.first_day + timedelta(days=n)) for n in range(days)]


def test_the_same_in_any_order() -> None:
    forwards, backwards = Athlete(3, LAST, 60), Athlete(3, LAST, 60)
    days = [LAST - timedelta(days=back) for back in range(60)]
    assert [forwards.day(day) for day in days] == [backwards.day(day) for day in reversed(days)][::-1]
    assert [measure(forwards, forwards.day(day)) for day in days[:5]] == [
        measure(backwards, backwards.day(day)) for day in days[:5]
    ]


def test_another_seed_is_another_athlete() -> None:
    one, other = Athlete(1, LAST, 60), Athlete(2, LAST, 60)
    assert one.profile_id != other.profile_id
    assert one.display_name != other.display_name
    assert one.day(LAST) != other.day(LAST)


def test_two_simulators_answer_alike(simulator: Simulator, web: httpx2.Client) -> None:
    paths = [
        "/activitylist-service/activities/search/activities?limit=100",
        f"/sleep-service/sleep/dailySleepData?date={LAST}",
        f"/wellness-service/wellness/dailyStress/{LAST}",
        f"/download-service/files/activity/{simulator.activity_ids()[0]}",
    ]
    with Simulator(now=NOW) as twin, signed_in(twin) as other:
        for path in paths:
            assert web.get(path).content == other.get(path).content


def test_two_months_hold_what_is_difficult() -> None:
    days = history()
    assert 45 <= sum(len(day.sessions) for day in days) <= 75
    origins = {session.origin for day in days for session in day.sessions}
    assert origins == {"fit", "gpx", "tcx", "manual"}
    sports = {session.sport.key for day in days for session in day.sessions}
    assert sports >= {"running", "cycling", "lap_swimming", "strength_training", "hiking"}
    assert any(not one.worn and not next_one.worn for one, next_one in pairwise(days))  # 48 hours
    assert {(day.ends - day.starts) // timedelta(minutes=1) for day in days} - {1440}  # a flight
    weigh_ins = Athlete(1, LAST, 60)
    assert 15 <= sum(len(weigh_ins.weigh_ins(day.date)) for day in days) <= 40
    assert 8 <= sum(len(weigh_ins.pressures(day.date)) for day in days) <= 26


def test_illness_raises_the_pulse_and_stops_the_training() -> None:
    days = history()
    ill, well = [day for day in days if day.ill], [day for day in days if not day.ill]
    assert 4 <= len(ill) <= 6
    assert not any(day.sessions for day in ill)

    def mean(values: list[int]) -> float:
        return sum(values) / len(values)

    assert mean([day.resting_hr for day in ill]) > mean([day.resting_hr for day in well]) + 5
    assert mean([day.hrv for day in ill]) < mean([day.hrv for day in well]) - 12


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), last=st.dates(date(2012, 1, 1), date(2035, 12, 31)))
def test_days_fit_together(seed: int, last: date) -> None:
    days = history(seed, last, 60)
    for one, next_one in pairwise(days):
        assert one.ends == next_one.starts
        assert timedelta(hours=12) < one.ends - one.starts < timedelta(hours=36)
        if next_one.night:
            assert next_one.night.ends > next_one.starts
            assert all(session.ends < next_one.night.starts for session in one.sessions)
            assert all(session.starts > next_one.night.ends for session in next_one.sessions)
            assert 3.5 * 3600 < next_one.night.asleep_s < 11.5 * 3600
    for day in days:
        for session in day.sessions:
            assert day.starts <= session.starts < session.ends <= day.ends
        for one_session, later in pairwise(day.sessions):
            assert one_session.ends <= later.starts
    numbers = [session.activity_id for day in days for session in day.sessions]
    assert numbers == sorted(set(numbers))


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), back=st.integers(0, 3000))
def test_samples_cover_the_day_and_stay_plausible(seed: int, back: int) -> None:
    athlete = Athlete(seed, LAST, 3650)
    day = athlete.day(LAST - timedelta(days=back))
    seconds = int((day.ends - day.starts).total_seconds())
    samples = measure(athlete, day)
    assert len(samples.heart_rate) == seconds // HEART_RATE_S
    assert len(samples.stress) == len(samples.battery) == seconds // STRESS_S
    assert len(samples.steps) == seconds // QUARTER_S
    assert all(30 <= rate <= 190 for rate in samples.heart_rate if rate)
    assert all(-2 <= level <= 100 for level in samples.stress)
    assert all(5 <= level <= 100 for level in samples.battery)


def test_body_battery_goes_on_over_midnight() -> None:
    athlete = Athlete(1, LAST, 60)
    for back in range(10, 20):
        day, next_day = athlete.day(LAST - timedelta(days=back)), athlete.day(LAST - timedelta(days=back - 1))
        assert abs(measure(athlete, day).battery[-1] - measure(athlete, next_day).battery[0]) <= 3


@pytest.mark.parametrize(
    ("now", "changed", "hours"),
    [
        (datetime(2026, 11, 5, 20, tzinfo=UTC), date(2026, 10, 25), 25),
        (datetime(2026, 4, 8, 20, tzinfo=UTC), date(2026, 3, 29), 23),
    ],
)
def test_summer_time_at_home(now: datetime, changed: date, hours: int) -> None:
    with Simulator(now=now) as simulator, signed_in(simulator) as web:
        day = simulator.athlete.day(changed)
        assert simulator.athlete.whereabouts.place(changed).zone == "Europe/Berlin"
        assert day.ends - day.starts == timedelta(hours=hours)
        name = simulator.athlete.display_name
        stats = web.get(f"/usersummary-service/usersummary/daily/{name}", params={"calendarDate": str(changed)}).json()
        assert stats["durationInMilliseconds"] == hours * 3_600_000
        quarters = web.get(f"/wellness-service/wellness/dailySummaryChart/{name}", params={"date": str(changed)}).json()
        assert len(quarters) == 4 * hours


def test_local_times_are_those_of_the_place(simulator: Simulator, web: httpx2.Client) -> None:
    rows = web.get("/activitylist-service/activities/search/activities?limit=100").json()
    offsets = set()
    for row in rows:
        summary = web.get(f"/activity-service/activity/{row['activityId']}").json()
        instant = datetime.fromisoformat(f"{row['startTimeGMT']}+00:00")
        local = instant.astimezone(ZoneInfo(summary["timeZoneUnitDTO"]["timeZone"]))
        assert f"{local:%Y-%m-%d %H:%M:%S}" == row["startTimeLocal"]
        assert row["beginTimestamp"] == instant.timestamp() * 1000
        offsets.add(local.utcoffset())
    assert len(offsets) >= 3  # summer, winter, and away


@pytest.mark.parametrize("days", [1, 3650])
def test_shortest_and_longest_history(days: int) -> None:
    with Simulator(now=NOW, days=days) as simulator, signed_in(simulator) as web:
        first = simulator.athlete.first_day
        assert first == LAST - timedelta(days=days - 1)
        body = web.get(
            "/usersummary-service/v2/dailysummaries", params={"startDate": str(first), "endDate": str(first)}
        ).json()
        assert [row["calendarDate"] for row in body["data"]] == [str(first)]
        if days > 1:
            assert 2500 < len(simulator.activity_ids()) < 4500


@pytest.mark.parametrize("days", [0, -1, 3651])
def test_other_lengths_are_refused(days: int) -> None:
    with pytest.raises(UsageProblem):
        Simulator(days=days)


def test_time_needs_a_zone() -> None:
    with pytest.raises(UsageProblem):
        Simulator(now=datetime(2026, 1, 1))
