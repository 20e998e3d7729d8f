"""`garminsync load`: fitness, fatigue and form."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from garminsync_tui.training.load import fitness_fatigue_form

from ..trained import Trained, at
from .conftest import Run

Fill = Callable[..., None]
TODAY = date(2026, 3, 30)
#: The week of training.md's example, the last day today.
WEEK = (100.0, 0.0, 50.0, 80.0, 0.0, 120.0, 60.0)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 3, 30, 18, 30, tzinfo=UTC)):
        yield


def week(basis: str = "pace") -> list[Trained]:
    first = TODAY - timedelta(days=len(WEEK) - 1)
    return [Trained(at(first + timedelta(days=n)), load=load, basis=basis) for n, load in enumerate(WEEK) if load]


def facts(text: str) -> dict[str, str]:
    return dict(line.split("\t", 1) for line in text.split("\n\n", maxsplit=1)[0].splitlines())


def test_the_numbers_of_today(run: Run, fill: Fill) -> None:
    fill(*week())
    result = run("load", "--plain")
    assert (result.code, result.err) == (0, "")
    told = facts(result.out)
    assert told["day"] == "2026-03-30"
    assert told["fitness"] == "9.1 (CTL, — in a week)"
    assert told["fatigue"] == "40.0 (ATL)"
    assert told["last 7 days"] == "load 410, monotony 1.26, strain 518"
    assert told["computed from"] == "pace 100 % (the last 7 days)"
    assert told["note"] == "before 2026-06-22 all is too low: it starts from zero on 2026-03-24"
    table = [line.split("\t") for line in result.out.splitlines() if line.startswith(("day\tload", "2026-"))]
    assert table[0] == ["day", "load", "from", "fitness", "fatigue", "form"]
    assert table[1] == ["2026-03-24", "100", "pace", "2.4", "14.3", "0.0"]
    assert table[2][:3] == ["2026-03-25", "0", ""]
    assert len(table) == 8


def test_the_document_has_every_day(run: Run, fill: Fill) -> None:
    fill(*week(), Trained(at(TODAY, 20), load=20.0, basis="heart_rate"))
    document = run("load", "--json").json
    expected = fitness_fatigue_form([*WEEK[:-1], 80.0])
    assert [each["fitness"] for each in document["days"]] == [form.fitness for form in expected]
    assert document["days"][-1]["load_by_basis"] == {"heart_rate": 20.0, "pace": 60.0}
    assert document["form"] == expected[-1].form
    assert document["shares"] == {"pace": pytest.approx(410 / 430), "heart_rate": pytest.approx(20 / 430)}
    assert (document["load_7_days"], document["ramp_per_week"]) == (430.0, None)
    assert document["biased_low_before"] == "2026-06-22"
    since = run("load", "--since", "2026-03-29", "--json").json
    assert since["days"] == document["days"][-2:]
    assert since["fitness"] == document["fitness"]


def test_another_day_is_as_it_was_then(run: Run, fill: Fill) -> None:
    fill(*week())
    then = run("load", "--until", "2026-03-27", "--json").json
    assert then["days"][-1]["day"] == then["until"] == "2026-03-27"
    assert then["fitness"] == run("load", "--json").json["days"][3]["fitness"]
    before = run("load", "--until", "2026-01-01")
    assert (before.code, before.out) == (0, "")
    assert "No activity has a load before 2026-01-02" in before.err
    assert run("load", "--since", "2026-03-02", "--until", "2026-03-01").code == 2


def test_ninety_days_are_a_line_of_bars(run: Run, fill: Fill) -> None:
    days = [Trained(at(TODAY - timedelta(days=n)), load=50.0 + n % 3, basis="power") for n in range(120)]
    fill(*days)
    lines = run("load").out.splitlines()
    [chart] = [line for line in lines if line.startswith("90 days")]
    bars = chart.split()[2]
    assert len(bars) == 90
    assert (bars[0], bars[-1]) == ("▁", "█")
    assert "The last 14 days" in lines
    assert "+" in next(line for line in lines if line.startswith("fitness"))
    assert len(run("load", "--since", "2026-01-01", "--plain").out.splitlines()) > 89


def test_what_has_no_load_is_told_with_what_follows_from_it(run: Run, fill: Fill) -> None:
    fill(*week(), Trained(at(TODAY)), Trained(at(TODAY), problem="no FIT file"), Trained(at(TODAY), computed=False))
    result = run("load")
    assert "2 of 8 activities have no load; their days look like rest, so fitness and fatigue are too low" in result.out
    assert "1 of 8 activities not computed yet" in result.err
    assert run("load", "--json").json["activities"] == {
        "activities": 8,
        "not_computed": 1,
        "unreadable": 1,
        "without_load": 1,
    }


def test_empty_homes_say_what_to_do(run: Run) -> None:
    result = run("load")
    assert (result.code, result.out) == (0, "")
    assert "garminsync sync" in result.err
    document = run("load", "--json").json
    assert (document["days"], document["fitness"]) == ([], None)


def test_without_figures_or_thresholds_it_says_so(run: Run, fill: Fill) -> None:
    fill(Trained(at(TODAY)), Trained(at(TODAY), computed=False))
    result = run("load")
    assert "1 of 2 activities not computed yet" in result.err
    assert "takes power, pace or heart rate, and your threshold" in result.err


def test_nothing_computed_is_said_once(run: Run, fill: Fill) -> None:
    fill(Trained(at(TODAY), computed=False))
    assert run("load").err.count("\n") == 1


def test_help_names_the_formulas_and_their_sources(run: Run) -> None:
    shown = run("load", "--help").out
    for part in ("/ 42", "/ 7", "Coggan", "Foster 1998", "TrainingPeaks"):
        assert part in shown


def test_today_is_that_of_the_account(run: Run, fill: Fill) -> None:
    fill(*week(), time_zone="Pacific/Auckland")
    assert run("load", "--json").json["until"] == "2026-03-31"
