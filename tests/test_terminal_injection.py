"""Hostile names go through the whole program, and nothing of what they try leaves it."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import pytest
from starlette.responses import JSONResponse

from garminsync_tui.simulator import Simulator, activities
from garminsync_tui.simulator.training import Session
from garminsync_tui.tui import keys

from .cli.conftest import EMAIL, PASSWORD, Result, run_command
from .hostile import EVERYTHING, NAMES, steers
from .terminal import Terminal

NEWEST = "99"
#: XML cannot hold what is not in here; names of devices come in files.
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FORMULAS = tuple("=+-@＝＋－＠\t\r")


def recording(number: int, name: str) -> str:
    """Twenty seconds on a day of their own, by a device with that name."""
    start = datetime(2026, 3, 1, 8, tzinfo=UTC) + timedelta(days=number)
    points = "".join(
        f'<trkpt lat="{52 + second / 1e4}" lon="13.4">'
        f"<time>{start + timedelta(seconds=second):%Y-%m-%dT%H:%M:%SZ}</time></trkpt>"
        for second in range(20)
    )
    creator = quoteattr(_NOT_IN_XML.sub("", name))
    return f'<gpx version="1.1" creator={creator}><trk><trkseg>{points}</trkseg></trk></gpx>'


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, list[Result], dict[str, str]]]:
    """A home that synced hostile names, what the commands for that said, and the names by id."""
    folder = tmp_path_factory.mktemp("hostile")
    names = [*NAMES.values(), EVERYTHING]
    (folder / "files").mkdir()
    for number, name in enumerate(names):
        (folder / "files" / f"{number:02}.gpx").write_text(recording(number, name), "utf-8")
    named: dict[str, str] = {}
    row, summary = activities.Activities.row, activities.Activities.summary

    def hostile_name(session: Session) -> str:
        return names[(session.starts - datetime(2026, 3, 1, tzinfo=UTC)).days]

    def with_name(self: activities.Activities, session: Session, found: dict[str, Any]) -> dict[str, Any]:
        name = hostile_name(session)
        named[str(session.activity_id)] = name
        return found | {"activityName": name, "locationName": name, "description": name}

    with (
        pytest.MonkeyPatch.context() as patch,
        Simulator(activities_dir=folder / "files", password=PASSWORD) as simulator,
    ):
        # A lone surrogate travels as \udc9b in JSON.
        patch.setattr(JSONResponse, "render", lambda self, content: json.dumps(content).encode())
        patch.setattr(activities.Activities, "row", lambda self, each: with_name(self, each, row(self, each)))
        patch.setattr(activities.Activities, "summary", lambda self, each: with_name(self, each, summary(self, each)))
        simulator.athlete.display_name = simulator.athlete.full_name = EVERYTHING
        home = folder / "home"
        login = ("login", "--verbose", "--server", simulator.url, "--email", EMAIL, "--password-stdin")
        said = [run_command(*login, home=home, stdin=f"{PASSWORD}\n")]
        for workout, name in zip(simulator._workouts._kept.values(), [EVERYTHING, *NAMES.values()], strict=False):
            workout["workoutName"] = workout["description"] = name
            workout["workoutSegments"][0]["workoutSteps"][0]["description"] = name
        said.append(run_command("sync", "activities", "workouts", "--verbose", home=home))
        assert [result.code for result in said] == [0, 0], said
    yield home, said, named


def test_no_command_lets_anything_through(hostile: tuple[Path, list[Result], dict[str, str]]) -> None:
    home, said, named = hostile
    (everything,) = (activity_id for activity_id, name in named.items() if name == EVERYTHING)
    commands = [
        "activities list --all",
        "activities list --all --plain",
        f"activities list name~{'[/nope]'}",
        f"activities show {everything}",
        f"activities show {everything} --plain",
        "account",
        "account --plain",
        "status",
        "jobs list",
        "doctor",
        "bests",
        "coverage",
    ]
    said = said + [run_command(*command.split(), home=home) for command in commands]
    workouts = run_command("workouts", "list", "--json", home=home)
    assert workouts.out.isascii() and len(workouts.json) == 5
    said.append(run_command("workouts", "list", home=home))
    said.append(run_command("workouts", "list", "--plain", home=home))
    for workout in workouts.json:
        said.append(run_command("workouts", "show", workout["id"], home=home))
        for form in ("text", "json", "garmin"):
            said.append(run_command("workouts", "export", workout["id"], "--format", form, home=home))
    (job, *_) = run_command("jobs", "list", "--json", home=home).json
    said.append(run_command("jobs", "show", job["id"], home=home))
    said.append(run_command("logout", "--home", str(home), home=home))
    for result in said:
        assert not steers(result.out, parted_by="\t") and not steers(result.err), result
    shown = said[2].out
    assert "red·[31m·[2J" in shown and "evil·gnp.exe" in shown and "[/nope]" in shown and "$text-error" in shown
    assert max(map(len, shown.splitlines())) < 1000
    log = (home / "logs" / "garminsync.log").read_text("utf-8") if (home / "logs" / "garminsync.log").exists() else ""
    assert not steers(log)


def test_json_escapes_all_of_it_and_loses_nothing(hostile: tuple[Path, list[Result], dict[str, str]]) -> None:
    home, _, named = hostile
    for arguments in (("--json",), ("--format", "jsonl")):
        result = run_command("activities", "list", "--all", *arguments, home=home)
        assert result.out.isascii() and not steers(result.out)
        found = result.json if arguments == ("--json",) else [json.loads(line) for line in result.out.splitlines()]
        names = {each.get("garmin_activity_id") or each["id"]: each["name"] for each in found}
        expected = {
            key: name.replace("\x00", "\ufffd").replace("\udc9b", "\ufffd")[:2000] for key, name in named.items()
        }
        assert {key: name[:1990] for key, name in names.items()} == {key: n[:1990] for key, n in expected.items()}
    for command in ("account --json", "status --json", "jobs list --json"):
        result = run_command(*command.split(), home=home)
        assert result.out.isascii() and not steers(result.out)


def test_csv_holds_no_formula_and_numbers_are_numbers(
    hostile: tuple[Path, list[Result], dict[str, str]], tmp_path: Path
) -> None:
    home, _, named = hostile
    to_file = tmp_path / "out.csv"
    run_command("activities", "list", "--all", "--format", "csv", "--output", str(to_file), home=home)
    text = to_file.read_text("utf-8")
    assert text == run_command("activities", "list", "--all", "--format", "csv", home=home).out
    assert not steers(text)
    found = list(csv.DictReader(io.StringIO(text)))
    assert len(found) == len(named)
    for row in found:
        assert not row["name"].startswith(_FORMULAS), row["name"][:50]
        assert float(row["duration_s"]) >= 0
    assert {row["name"] for row in found} >= {"'=cmd|' /C calc'!A0", "'+1", "'-2+3", "'＝1+1", "·=1+1", "[/nope]"}


@pytest.mark.parametrize("form", ["tcx", "csv", "json", "fit"])
def test_exported_recordings(hostile: tuple[Path, list[Result], dict[str, str]], form: str) -> None:
    home, _, named = hostile
    (everything,) = (activity_id for activity_id, name in named.items() if name == EVERYTHING)
    result = run_command("activities", "export", everything, "--format", form, home=home)
    assert result.code == 0, result.err
    assert not steers(result.err)
    if form != "fit":
        assert not steers(result.out)
    else:
        assert EVERYTHING[:20].encode() not in result.out_bytes


def test_the_app_draws_nothing_of_it(hostile: tuple[Path, list[Result], dict[str, str]]) -> None:
    home, _, named = hostile
    with Terminal(home) as terminal:
        terminal.wait_for("[1 Today]")
        terminal.type("2")
        terminal.wait_for("[2 Activities]")
        terminal.wait_for("red·[31m·[2J")
        for _ in range(len(named)):
            terminal.type("j")
        terminal.type("G")
        terminal.until(lambda: not "\n".join(terminal.screen.display).count("red·[31m·[2J·[10A ·]0"), "the end")
        terminal.type("g")
        terminal.wait_for("red·[31m·[2J")
        terminal.type("\r")
        terminal.wait_for("Laps")
        terminal.type(keys.label("places.workouts"))
        # The header has room for all places, or names the one.
        terminal.until(lambda: re.search(r"\[4 Workouts\]|Workouts ▾", "\n".join(terminal.screen.display)), "workouts")
        terminal.wait_for("red·[31m·[2J")
        assert terminal.screen.title != "owned"
        # What comes last may be under way, and torn.
        sent = terminal.sent[: terminal.sent.rindex(b"\x1b")].decode()
    for name in NAMES.values():
        if "\x1b" in name:
            assert name[name.index("\x1b") :] not in sent
    # What Textual itself sends begins with an escape; nothing that it sends is one of these.
    drawn = re.sub(r"\x1b(\[[0-9;:?<>=]*[ !$]*[@-~]|[P\]_^].*?(\x1b\\|\x07)|[@-Z\\-_=>]|[ -/]+[0-~])", "", sent)
    drawn = re.sub(r"\x1b\[?[0-9;:?<>=]*\Z", "", drawn)  # one that was not read to its end
    assert not steers(drawn.replace("\r", ""))
