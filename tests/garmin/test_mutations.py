"""Answers that drifted: every parser gives what is still right, or refuses by name, and never anything wrong.

`GARMINSYNC_FUZZ_CASES` sets how many changed answers are read (`just fuzz` reads 10,000).
"""

from __future__ import annotations

import copy
import json
import os
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from garminsync_tui.errors import UnexpectedAnswer
from garminsync_tui.garmin.activities import parse_activities
from garminsync_tui.garmin.endpoints import ENDPOINTS
from garminsync_tui.garmin.health.summaries import day_bounds, days_with_watch

from . import bodies
from .recorded import WITHOUT_VALUES, Answer, own_answers, recorded_answers
from .test_health import check

CASES = int(os.environ.get("GARMINSYNC_FUZZ_CASES", "500"))
GROUPS = 10

ODD = (
    None, True, False, 0, -1, 255, 10**30, -(10**30), 1e308, float("nan"), float("inf"), "", "-1", "94", "nan", "1e999",
    "1970-01-01T00:00:00.0", "9999-12-31T23:59:59.0", "2026-05-01", "\x1b[31m", "1" * 5000, [], {}, [[]], [{}], [None],
)  # fmt: skip


def read(answer: Answer, body: Any) -> set[tuple[str, int]]:
    """The metrics and instants of what the parser takes, after a look at all that must hold of it."""
    found = answer.endpoint.parse(body, answer.first, answer.last)
    check(answer.endpoint, found, answer.first, answer.last)
    if answer.endpoint.name == "daily_summaries":
        days_with_watch(body)
        for bounds in day_bounds(body):
            assert 0 < bounds.ends_ms - bounds.starts_ms <= 50 * 3_600_000
    return {(reading.metric, reading.at_ms) for readings in found.values() for reading in readings}


@pytest.fixture(scope="module")
def answers() -> list[Answer]:
    """Our own answers, and the recorded ones where they are present."""
    shared = Path(os.environ.get("GARMINSYNC_SHARED", Path(__file__).parents[3] / "shared"))
    return [*own_answers(), *(recorded_answers(shared) if (shared / "responses").is_dir() else ())]


def test_every_endpoint_is_among_the_changed_ones(answers: list[Answer]) -> None:
    assert {answer.endpoint.name for answer in answers} == {endpoint.name for endpoint in ENDPOINTS}


def test_every_recorded_answer_that_is_claimed_is_read(shared: Path) -> None:
    without_values = set()
    for answer in recorded_answers(shared):
        if not read(answer, answer.body):
            without_values.add(answer.name)
        # Garmin's own ways to say "not measured" are nothing to tell of.
        assert answer.endpoint.parse(answer.body, answer.first, answer.last).left_out == {}, answer.name
    assert without_values == WITHOUT_VALUES


def test_recorded_lists_of_activities_are_read(shared: Path) -> None:
    files = sorted((shared / "responses").glob("activitylist-service_activities_search_activities__*.json"))
    assert files
    for file in files:
        body = json.loads(file.read_text())
        rows, problems = parse_activities(body)
        assert len(rows) == len(body) and problems == []


# ── Changes ──────────────────────────────────────────────────────────────────────────────────────


def change(body: Any, how: random.Random) -> str:
    """Drop, rename, null, retype, nest or repeat what stands at some place; what was done, and to what."""
    holder, key, way = None, None, []
    here = body
    while isinstance(here, dict | list) and here and (holder is None or how.random() < 0.7):
        holder, key = here, how.choice(list(here)) if isinstance(here, dict) else how.randrange(len(here))
        here = holder[key]
        way.append(key)
    if holder is None:
        return "nothing"
    done = how.choice(("drop", "rename", "null", "retype", "odd", "nest", "repeat"))
    if done == "drop" or (done == "rename" and isinstance(holder, list)):
        del holder[key]
    elif done == "rename":
        holder[how.choice((f"{key}V2", str(key).upper(), f"x{key}"))] = holder.pop(key)
    elif done == "null":
        holder[key] = None
    elif done == "retype":
        is_number = isinstance(here, int | float)
        holder[key] = str(here) if is_number else [here] if isinstance(here, dict | str) else {"0": here}
    elif done == "nest":
        holder[key] = [[here]]
    elif done == "odd" or isinstance(holder, dict):
        holder[key] = copy.deepcopy(how.choice(ODD))
    else:
        holder.insert(how.randrange(len(holder) + 1), copy.deepcopy(here))
    return f"{done} {way}"


def reorder(body: Any, how: random.Random) -> Any:
    """The same with the fields of objects and the rows of lists in another order; what is inside a row stays."""
    if isinstance(body, dict):
        keys = list(body)
        how.shuffle(keys)
        return {key: reorder(body[key], how) for key in keys}
    if isinstance(body, list) and body and all(isinstance(row, dict | list) for row in body):
        return how.sample([reorder(row, how) for row in body], len(body))
    return body


def lists_of_rows(body: Any) -> list[list[Any]]:
    """Every list of rows, but for those that name columns: an odd row is no reason to lose others."""
    inner = body.values() if isinstance(body, dict) else body if isinstance(body, list) else ()
    found = [each for part in inner for each in lists_of_rows(part)]
    if isinstance(body, list) and body and all(isinstance(row, dict | list) for row in body):
        names_columns = isinstance(body[0], dict) and any(str(key).lower().endswith("key") for key in body[0])
        found += [] if names_columns else [body]
    return found


def cases(group: int) -> list[tuple[int, random.Random]]:
    return [(case, random.Random(case)) for case in range(group, CASES, GROUPS)]


@pytest.mark.parametrize("group", range(GROUPS))
def test_a_changed_answer_gives_less_or_is_refused_by_name(answers: list[Answer], group: int) -> None:
    for case, how in cases(group):
        answer = how.choice(answers)
        body = json.loads(answer.text)
        done = [change(body, how) for _ in range(how.randint(1, 4))]
        if how.random() < 0.2:
            body = reorder(body, how)
        try:
            read(answer, body)
        except UnexpectedAnswer as problem:
            assert answer.endpoint.name in problem.message and problem.hint
        except Exception as problem:
            problem.add_note(f"case {case}, {answer.name}: {done}")
            raise


@pytest.mark.parametrize("group", range(GROUPS))
def test_one_odd_row_costs_no_other(answers: list[Answer], group: int) -> None:
    with_rows = [(answer, lists) for answer in answers if (lists := lists_of_rows(answer.body))]
    whole = {answer.name: read(answer, answer.body) for answer in answers}
    for case, how in cases(group):
        answer, lists = how.choice(with_rows)
        rows = how.choice(lists)
        odd = [copy.deepcopy(how.choice(rows))]
        done = change(odd, how)
        place = how.randrange(len(rows) + 1)
        rows[place:place] = odd
        try:
            lost = whole[answer.name] - read(answer, answer.body)
            assert not lost, "it cost others"
        except Exception as problem:
            problem.add_note(f"case {case}, {answer.name}: {done}")
            raise
        finally:
            del rows[place : place + len(odd)]


def test_the_order_of_an_answer_means_nothing(answers: list[Answer]) -> None:
    how = random.Random(0)
    for answer in answers:
        assert read(answer, reorder(answer.body, how)) == read(answer, answer.body), answer.name


def rebuilt(body: Any, field: Callable[[str, Any], Any], more: dict[str, Any]) -> Any:
    """A copy with every field passed through `field`, and with some more in every object."""
    if isinstance(body, dict):
        return more | {key: rebuilt(field(key, part), field, more) for key, part in body.items()}
    return [rebuilt(part, field, more) for part in body] if isinstance(body, list) else body


def test_what_is_not_known_changes_nothing(answers: list[Answer]) -> None:
    for answer in answers:
        body = rebuilt(answer.body, lambda _, part: part, {"unheardOf": {"value": 1}})
        assert read(answer, body) == read(answer, answer.body), answer.name


@pytest.mark.parametrize("hours", [-7, 8])
def test_a_wall_clock_with_its_offset_applied_twice_moves_nothing(answers: list[Answer], hours: int) -> None:
    def moved(key: str, part: Any) -> Any:
        if not key.lower().endswith("local") or part is None:
            return part
        if isinstance(part, int):
            return part + hours * 3_600_000
        return (datetime.fromisoformat(part).replace(tzinfo=UTC) + timedelta(hours=hours)).isoformat()

    for answer in answers:
        body = rebuilt(answer.body, moved, {})
        assert read(answer, body) == read(answer, answer.body), answer.name


@pytest.mark.parametrize("group", range(GROUPS))
def test_changed_lists_of_activities_are_read_row_by_row(group: int) -> None:
    for case, how in cases(group):
        body = [bodies.activity(activityId=number) for number in (1, 2, 3)]
        odd = [body[1]]
        done = change(odd, how)
        body[1:2] = odd
        found, problems = parse_activities(body)
        assert {"1", "3"} <= {each.garmin_activity_id for each in found}, (case, done)
        assert len(found) + len(problems) == len(body), (case, done)
        for each in found:
            assert 1980 <= each.start_time.year < 2200
            assert 0 <= each.duration < 1e9 and 0 <= (each.distance or 0) <= 1e8 and 0 <= (each.calories or 0) <= 1e6
            json.dumps(each.extra, allow_nan=False)
