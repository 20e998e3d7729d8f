"""Counters since midnight become quarters of an hour and totals of days, however often they begin anew."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from garminsync_tui.formats.fit_wellness import Count, Gain
from garminsync_tui.metrics import Reading, day_ms
from garminsync_tui.transfer.wellness.local_days import LocalDays, Span
from garminsync_tui.transfer.wellness.movement import QUARTER_MS, Watched, movement

BERLIN = ZoneInfo("Europe/Berlin")
SUNDAY = date(2026, 10, 25)  # 25 hours long
DAYS = LocalDays({}, (), BERLIN)
WALKING, RUNNING = 6, 1
MINUTE_MS = 60_000


def values(readings: list[Reading], metric: str) -> dict[int, float]:
    return {each.at_ms: each.value for each in readings if each.metric == metric}


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(st.integers(1, 60), st.integers(0, 100), st.sampled_from([WALKING, RUNNING]), st.booleans()),
        min_size=1,
        max_size=120,
    )
)
def test_quarters_and_totals_are_what_was_walked(rows: list[tuple[int, int, int, bool]]) -> None:
    """Each row: minutes later, with so many steps a minute, walking or running; and was the watch restarted before."""
    first_ms = DAYS.starts_ms(SUNDAY)
    at_ms, shown, counts = first_ms, Counter[int](), []
    walked: Counter[date] = Counter()
    day = SUNDAY
    for minutes, cadence, kind, restarted in rows:
        steps = minutes * cadence
        at_ms += minutes * MINUTE_MS
        now = DAYS.day_of(at_ms - 1)
        if now != day or (restarted and shown[kind] > steps):
            shown = Counter() if now != day else shown
            shown[kind], day = 0, now
        shown[kind] += steps
        walked[now] += steps
        counts.append(Count("steps", kind, at_ms, float(shown[kind])))
    days = [SUNDAY + timedelta(days=n) for n in range((day - SUNDAY).days + 1)]
    found = movement(counts, [], Watched([(first_ms, DAYS.span(day).ends_ms)]), days, DAYS)
    assert {each: sum(values(found.get(each, []), "steps").values()) for each in days} == {
        each: walked[each] for each in days
    }
    assert {each: values(found[each], "steps_total").get(day_ms(each), 0) for each in walked if walked[each]} == {
        each: steps for each, steps in walked.items() if steps
    }
    assert all((at - DAYS.starts_ms(each)) % QUARTER_MS == 0 for each in days for at in values(found[each], "steps"))


def test_a_watched_day_has_all_its_quarters_and_clocks_may_change_meanwhile() -> None:
    span = DAYS.span(SUNDAY)
    count = Count("steps", WALKING, span.starts_ms + 20 * MINUTE_MS, 50)
    found = movement([count], [], Watched([tuple(span)]), [SUNDAY], DAYS)
    steps = values(found[SUNDAY], "steps")
    assert len(steps) == 100
    assert [at - span.starts_ms for at, value in steps.items() if value] == [QUARTER_MS]


def test_a_day_watched_in_part_has_no_totals_and_no_quarter_takes_what_was_not_watched() -> None:
    starts_ms = DAYS.starts_ms(SUNDAY)
    noon_ms = starts_ms + 12 * 3_600_000
    counts = [
        Count("steps", WALKING, noon_ms + MINUTE_MS, 6000),  # nobody knows when
        Count("steps", WALKING, noon_ms + 30 * MINUTE_MS, 6100),
    ]
    found = movement(counts, [], Watched([(noon_ms, noon_ms + 3_600_000)]), [SUNDAY], DAYS)
    assert values(found[SUNDAY], "steps_total") == {}
    assert sum(values(found[SUNDAY], "steps").values()) == 100
    assert len(values(found[SUNDAY], "steps")) == 4


def test_what_is_read_at_midnight_and_a_little_later_is_still_of_the_day_before() -> None:
    span = DAYS.span(SUNDAY)
    monday = SUNDAY + timedelta(days=1)
    counts = [
        Count("steps", WALKING, span.ends_ms - MINUTE_MS, 3000),
        Count("steps", WALKING, span.ends_ms, 0),  # of the next file, in whatever order
        Count("steps", WALKING, span.ends_ms, 3010),
        Count("steps", RUNNING, span.ends_ms - MINUTE_MS, 5000),
        Count("steps", RUNNING, span.ends_ms + 2 * MINUTE_MS, 5000),
        Count("steps", WALKING, span.ends_ms + 20 * MINUTE_MS, 7),
    ]
    watched = Watched([(span.starts_ms, DAYS.span(monday).ends_ms)])
    found = movement(counts, [], watched, [SUNDAY, monday], DAYS)
    totals = {day: values(found[day], "steps_total")[day_ms(day)] for day in (SUNDAY, monday)}
    assert totals == {SUNDAY: 8010, monday: 7}


def test_climbs_are_floors_and_vigorous_minutes_count_twice() -> None:
    span = DAYS.span(SUNDAY)
    at_ms = span.starts_ms + 8 * 3_600_000
    gains = [
        Gain("ascent", at_ms + QUARTER_MS, 6.2),
        Gain("ascent", at_ms + 2 * QUARTER_MS, 2.944),
        Gain("moderate", at_ms + QUARTER_MS, 5),
        Gain("vigorous", at_ms + QUARTER_MS, 3),
    ]
    found = movement([], gains, Watched([tuple(span)]), [SUNDAY], DAYS)[SUNDAY]
    floors = {at: value for at, value in values(found, "floors_ascended").items() if value}
    assert floors == {at_ms: 2, at_ms + QUARTER_MS: 1}
    assert values(found, "intensity_minutes") == {at_ms: 11}
    assert {each.metric: each.value for each in found if each.metric.endswith("_total")} == {
        "floors_ascended_total": 3,
        "intensity_minutes_moderate_total": 5,
        "intensity_minutes_vigorous_total": 3,
    }


def test_the_watch_knows_where_it_was_and_garmin_knows_better() -> None:
    """Two hours east of Berlin; on Monday Garmin says that the day began an hour later."""
    monday = SUNDAY + timedelta(days=1)
    midnight = datetime(2026, 10, 24, 20, tzinfo=UTC)
    clock = [(int(midnight.timestamp() * 1000), 4 * 3600)]
    days = LocalDays({}, clock, BERLIN)
    assert datetime.fromtimestamp(days.starts_ms(SUNDAY) / 1000, UTC) == midnight
    assert days.day_of(days.starts_ms(SUNDAY)) == SUNDAY
    assert days.day_of(days.starts_ms(SUNDAY) - 1) == SUNDAY - timedelta(days=1)
    later = days.starts_ms(monday) + 3_600_000
    told = LocalDays({monday: Span(later, later + 86_400_000)}, clock, BERLIN)
    assert told.starts_ms(monday) == later
    assert told.day_of(later - 1) == SUNDAY
    assert told.starts_ms(monday + timedelta(days=1)) == later + 86_400_000
