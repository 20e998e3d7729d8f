"""What a watch makes of the training follows from the training."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from garminsync_tui.simulator.account import Account
from garminsync_tui.simulator.athlete import Day
from garminsync_tui.simulator.form import MOST_REST_MIN, Form

from .conftest import NOW

LAST = date(2026, 11, 22)


def days(account: Account, last: date = LAST) -> list[Day]:
    first = account.athlete.first_day
    return [day for n in range((last - first).days + 1) if (day := account.worn(first + timedelta(days=n)))]


def test_the_same_in_any_order() -> None:
    account = Account(3, 60, NOW)
    forwards, backwards = Form(account), Form(Account(3, 60, NOW))
    dates = [day.date for day in days(account)]
    assert [forwards.load(day) for day in dates] == [backwards.load(day) for day in reversed(dates)][::-1]


def test_a_day_that_passes_changes_none_before_it() -> None:
    monday = date(2026, 11, 16)  # with a session in the evening, after the day's sync
    account = Account(1, 60, datetime(2026, 11, 16, 15, tzinfo=UTC))
    form = Form(account)
    before = {day.date: form.load(day.date) for day in days(account, monday)}
    account.advance(3)
    assert {day: form.load(day) for day in before if day != monday} == {
        day: load for day, load in before.items() if day != monday
    }
    tuesday = monday + timedelta(days=1)
    assert form.load(tuesday) == Form(account).load(tuesday)
    assert form.load(monday).acute > before[monday].acute


def test_a_week_of_illness_shows() -> None:
    account = Account(1, 60, NOW)
    form = Form(account)
    ill = [day for day in days(account) if day.ill]
    before = ill[0].date - timedelta(days=4)
    assert form.load(ill[-1].date).acute < 0.4 * form.load(before).acute
    assert form.oxygen(ill[-1].date) < form.oxygen(before)
    assert form.races(ill[-1].date)[0] > form.races(before)[0]
    assert {form.status(day) for day in ill} <= {"RECOVERY", "DETRAINING"}
    mornings = {
        sick: [form.readiness(day, day.night.ends) for day in days(account) if day.night and day.ill is sick]
        for sick in (True, False)
    }
    assert sum(mornings[True]) / len(mornings[True]) < sum(mornings[False]) / len(mornings[False]) - 25


def test_rest_is_asked_for_after_a_session_and_goes_by() -> None:
    account = Account(1, 60, NOW)
    form = Form(account)
    session = max((s for day in days(account) for s in form.recorded(day.date)), key=lambda session: session.load)
    after = form.rest_min(session.ends)
    assert form.rest_min(session.starts) < after <= MOST_REST_MIN
    assert form.rest_min(session.ends + timedelta(hours=3)) == after - 180
    assert form.rest_min(session.ends + timedelta(days=6)) < after


def test_height_is_got_used_to_and_lost() -> None:
    account = Account(1, 60, NOW)
    form, whereabouts = Form(account), account.athlete.whereabouts
    heights = {day.date: form.altitude(day.date) for day in days(account)}
    high = [day for day in heights if whereabouts.place(day).height > 800]
    assert all(0 < heights[day] <= whereabouts.place(day).height for day in high)
    for day, height in heights.items():
        assert -60 <= height - form.altitude(day - timedelta(days=1)) <= 250
    assert max(heights[day] for day in high) > 5 * min(heights[day] for day in heights if day > high[-1])
