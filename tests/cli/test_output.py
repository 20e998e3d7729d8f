from __future__ import annotations

import json
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from garminsync_tui.cli.output import Output, iso
from garminsync_tui.cli.progress import ProgressLine
from garminsync_tui.dates import months_before, parse_day
from garminsync_tui.errors import UsageProblem

HOSTILE = "\x1b]0;x\x07[/red]\x9b31m\u202eevil\n"
TODAY = date(2026, 11, 21)


@pytest.mark.parametrize("form", ["text", "plain"])
def test_nothing_printed_can_steer_a_terminal(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    out = Output(form)  # type: ignore[arg-type]
    out.table(["id", "name"], [("1", HOSTILE)])
    out.facts([("name", HOSTILE)])
    out.heading(HOSTILE)
    printed = capsys.readouterr().out
    assert not set("\x1b\x07\x9b\u202e") & set(printed)
    assert "[/red]" in printed


@settings(max_examples=50)
@given(st.text(max_size=30))
def test_json_is_ascii_and_keeps_the_text(text: str) -> None:
    import contextlib
    import io

    written = io.StringIO()
    with contextlib.redirect_stdout(written):
        Output("json").document({"name": text})
    printed = written.getvalue()
    assert printed.isascii()
    assert all(character.isprintable() or character == "\n" for character in printed)
    assert json.loads(printed)["name"] == text


def test_json_writes_times_days_and_ids(capsys: pytest.CaptureFixture[str]) -> None:
    moment = datetime(2026, 11, 21, 7, 12, tzinfo=UTC)
    Output("json").document({"at": moment, "day": TODAY, "id": UUID(int=1)})
    assert json.loads(capsys.readouterr().out) == {
        "at": "2026-11-21T07:12:00Z",
        "day": "2026-11-21",
        "id": "00000000-0000-0000-0000-000000000001",
    }
    assert iso(moment.replace(microsecond=250_000)) == "2026-11-21T07:12:00.250Z"


def test_a_table_lines_up_by_columns_of_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    Output("text").table(["name", "km"], [("東京", "5"), ("run", "21")], right=["km"])
    assert capsys.readouterr().out.splitlines() == ["name  km", "東京   5", "run   21"]


def test_plain_is_one_row_a_line_parted_by_tabs(capsys: pytest.CaptureFixture[str]) -> None:
    Output("plain").table(["name", "km"], [("a\tb", "5")])
    Output("plain").facts([("account", "me")])
    assert capsys.readouterr().out == "name\tkm\na·b\t5\naccount\tme\n"


def test_progress_elsewhere_is_a_line_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    line = ProgressLine()
    for done in range(100):
        line.show("health", done / 100, HOSTILE)
    line.clear()
    printed = capsys.readouterr().err
    assert printed.count("\n") == 1
    assert not set("\x1b\r") & set(printed)


@pytest.mark.parametrize(("columns", "bar"), [(80, 16), (120, 24), (60, 8)])
def test_a_bar_gives_way_to_what_is_said(monkeypatch: pytest.MonkeyPatch, columns: int, bar: int) -> None:
    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("COLUMNS", str(columns))
    note = "back to 2024-03-05 of 2019-01-01, about 6 h left"
    ProgressLine().show("health", 0.61, note)
    shown = terminal.getvalue().rpartition("\x1b[K")[2]
    assert shown.count("█") + shown.count("░") == bar
    assert len(shown) <= columns - 1
    assert "61%" in shown
    assert (note in shown) == (columns >= 80)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-09-15", date(2026, 9, 15)),
        ("today", TODAY),
        ("Yesterday", date(2026, 11, 20)),
        ("90d", date(2026, 8, 23)),
        ("0d", TODAY),
        ("1m", date(2026, 10, 21)),
        ("9m", date(2026, 2, 21)),
        ("5Y", date(2021, 11, 21)),
    ],
)
def test_days_as_people_type_them(text: str, day: date) -> None:
    assert parse_day(text, "--since", TODAY) == day


@pytest.mark.parametrize(
    "text",
    [
        "tomorrow",
        "2026-11-22",
        "2026-13-01",
        "soon",
        "-3d",
        "99999999999d",
        "99999999999y",
        "²y",
        "y",
        "1066-10-14",
        "",
    ],
)
def test_a_day_that_cannot_be_meant_is_refused(text: str) -> None:
    with pytest.raises(UsageProblem) as problem:
        parse_day(text, "--since", TODAY)
    assert "--since" in problem.value.message


def test_a_month_before_the_31st_is_its_last_day() -> None:
    assert months_before(date(2026, 3, 31), 1) == date(2026, 2, 28)
    assert months_before(date(2028, 2, 29), 12) == date(2027, 2, 28)
    assert months_before(date(2026, 1, 15), 1) == date(2025, 12, 15)


def test_a_home_may_hold_no_log_until_there_is_work(tmp_path: Path) -> None:
    from garminsync_tui.cli.home import Home

    Home(directory=str(tmp_path / "home")).config()
    assert not (tmp_path / "home").exists()
