from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from garminsync_tui.errors import UsageProblem
from garminsync_tui.filters import FIELDS, Condition, parse


@pytest.mark.parametrize(
    ("text", "conditions"),
    [
        ("", []),
        ("type:run", [Condition("type", "~", "run")]),
        ("type=running", [Condition("type", "=", "running")]),
        ("dist>10", [Condition("dist", ">", 10_000.0)]),
        ("dist>=2,5", [Condition("dist", ">=", 2_500.0)]),
        ("time<90", [Condition("time", "<", 5_400.0)]),
        ("hr<=150 kcal:800", [Condition("hr", "<=", 150.0), Condition("kcal", "=", 800.0)]),
        ("after:2026-09", [Condition("start", ">=", date(2026, 9, 1))]),
        ("before:2026-09-15", [Condition("start", "<", date(2026, 9, 15))]),
        ("on:2026-12", [Condition("start", ">=", date(2026, 12, 1)), Condition("start", "<", date(2027, 1, 1))]),
        ("on:2026", [Condition("start", ">=", date(2026, 1, 1)), Condition("start", "<", date(2027, 1, 1))]),
        ("name~Long", [Condition("name", "~", "long")]),
        ('name:"Long run"', [Condition("name", "~", "long run")]),
        ('Parkrun "two words"', [Condition("name", "~", "parkrun"), Condition("name", "~", "two words")]),
    ],
)
def test_terms(text: str, conditions: list[Condition]) -> None:
    assert parse(text) == conditions


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("gear:shoes", "gear"),
        ("dist>far", "far"),
        ("dist>", "no value"),
        ("after:soon", "soon"),
        ("on:2026-13", "2026-13"),
        ("on:2026-02-30", "2026-02-30"),
        ("type>run", "text"),
        ("on:1-2-3-4", "1-2-3-4"),
    ],
)
def test_a_wrong_term_is_named(text: str, said: str) -> None:
    with pytest.raises(UsageProblem) as problem:
        parse(text)
    assert said in problem.value.message
    assert problem.value.hint or "no value" in problem.value.message


@settings(max_examples=100)
@given(
    st.lists(st.one_of(st.text(max_size=12), st.sampled_from([*FIELDS, ":", ">", "<=", '"', "2026-09"])), max_size=6)
)
def test_any_line_gives_conditions_or_a_sentence(parts: list[str]) -> None:
    try:
        conditions = parse("".join(parts))
    except UsageProblem as problem:
        assert problem.message
    else:
        assert all(isinstance(condition, Condition) for condition in conditions)
