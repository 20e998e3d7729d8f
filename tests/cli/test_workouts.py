"""Workouts on the command line: written, checked, taken in and out of files, pushed and planned."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from garminsync_tui.simulator import Simulator
from garminsync_tui.workouts.definition import Workout

from .conftest import PASSWORD, Result, Run, log_in, run_command

TEXT = "run: wu 10:00 @z2; 5x(400m @3:40-3:50/km, rest 90s); cd lap"


def at_garmin(run: Run) -> dict[str, str]:
    return {each["name"]: each["state"] for each in run("workouts", "list", "--json").json}


def test_a_workout_is_written_on_one_line_and_shown_with_what_it_takes(run: Run) -> None:
    assert "There are no workouts yet" in run("workouts", "list").err
    made = run("workouts", "new", TEXT)
    assert made.code == 0 and "Run 5 × 400 m" in made.err
    listed = run("workouts", "list")
    assert "≥ 25:00, + 1 open" in listed.out and "○ draft" in listed.out
    shown = run("workouts", "show", "run 5")
    assert "  400m @3:40-3:50/km\n" in shown.out
    assert "athlete.threshold_pace_s_per_km" in shown.out
    document = run("workouts", "show", "run 5", "--json").json
    assert document["state"] == "draft"
    assert Workout.read(document["workout_definition"]).sport == "running"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("run: wu 10m", "did you mean 10min?"),
        ("run: 10:00 @150-140bpm", "column"),
        ("", "error:"),
        ("run: 10:00; nonsense", "line 1, column 13"),
        ("fly: 10:00", "column 1"),
    ],
)
def test_text_that_cannot_be_read_is_refused_with_its_place(run: Run, words: str, said: str) -> None:
    refused = run("workouts", "new", words)
    assert refused.code == 2, refused.err
    assert said in refused.err and "hint:" in refused.err
    assert run("workouts", "list", "--json").json == []


def test_what_is_to_be_mended_before_a_push_is_said_when_it_is_kept(run: Run) -> None:
    kept = run("workouts", "new", 'swim "No pool": 100m free')
    assert kept.code == 0 and "to mend before a push: a swim needs the length of its pool" in kept.err
    kept = run("workouts", "edit", "no pool", 'swim "No pool" pool 25m: 51x(100m free, rest 10s); 100x(lap)')
    assert kept.code == 0 and "to mend before a push: step 2: 100 times is more" in kept.err
    refused = run("workouts", "new", "run: " + "2x(" * 50 + "lap" + ")" * 50)
    assert refused.code == 2 and refused.err.count("also:") < 10


def test_a_beginning_that_several_share_is_said_to_be_one(run: Run) -> None:
    for name in ("Long one", "Long two"):
        run("workouts", "new", TEXT, "--name", name)
    assert "2 workouts begin with “long”" in run("workouts", "show", "long").err


def test_check_names_file_line_and_column(run: Run, tmp_path: Path) -> None:
    good, bad, wrong = tmp_path / "good.txt", tmp_path / "bad.txt", tmp_path / "wrong.txt"
    good.write_text(TEXT)
    bad.write_text("run\n10:00 @z2\n5:00 @z9\n")
    wrong.write_text('swim "Without a pool"\n100m free\n')
    assert run("workouts", "check", str(good)).code == 0
    refused = run("workouts", "check", str(bad))
    assert refused.code == 1
    assert refused.out.startswith(f"{bad}:3:6: error: ")
    found = run("workouts", "check", str(good), str(wrong), "--json")
    assert found.code == 1
    assert [each["file"] for each in found.json if each["severity"] == "error"] == [str(wrong)]
    for name, content in (("empty.txt", b""), ("bytes.bin", b"\xff\xfe\x00\x80" * 9), ("broken.json", b'{"a": ')):
        (tmp_path / name).write_bytes(content)
        assert run("workouts", "check", str(tmp_path / name)).code == 1
    assert run("workouts", "check", str(tmp_path / "missing.txt")).code == 1


@pytest.mark.parametrize("form", ["text", "json", "garmin", "fit"])
def test_what_is_written_can_be_taken_in_again(run: Run, tmp_path: Path, form: str) -> None:
    run("workouts", "new", TEXT)
    target = tmp_path / f"out.{form}"
    written = run("workouts", "export", "run 5", "--format", form, "-o", str(target))
    assert written.code == 0, written.err
    assert target.stat().st_mode & 0o777 == 0o600
    taken = run("workouts", "new", "--file", str(target), "--name", "Again")
    assert taken.code == 0, taken.err
    first, again = (run("workouts", "show", name, "--json").json["workout_definition"] for name in ("run 5", "again"))
    assert Workout.read(again).steps == Workout.read(first).steps
    assert run("workouts", "export", "run 5", "-o", str(target)).code == 2, "it is there already"


def test_a_workout_of_a_wrong_sport_is_refused_by_name(run: Run, tmp_path: Path) -> None:
    document = json.loads(run_document(run))
    document["sportType"] = document["workoutSegments"][0]["sportType"] = {"sportTypeId": 3, "sportTypeKey": "swimming"}
    (tmp_path / "wrong.json").write_text(json.dumps(document))
    refused = run("workouts", "check", str(tmp_path / "wrong.json"))
    assert refused.code == 1 and "swimming" in refused.out


def run_document(run: Run) -> str:
    run("workouts", "new", TEXT)
    return run("workouts", "export", "run 5", "--format", "garmin").out


def test_the_library_has_sessions_to_start_from(run: Run) -> None:
    names = [each["name"] for each in run("workouts", "library", "--json").json]
    assert len(names) >= 12
    assert run("workouts", "new", "--from", names[0]).code == 0
    assert run("workouts", "library", names[0]).out.startswith(("run", "bike", "swim", "strength", "multi"))
    refused = run("workouts", "new", "--from", names[0][:-1])
    assert refused.code == 2 and f"Did you mean {names[0]}?" in refused.err


def test_the_schema_is_one_of_json(run: Run) -> None:
    schema = json.loads(run("workouts", "schema").out)
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert "Step" in schema["$defs"]


def test_edit_duplicate_and_delete(run: Run) -> None:
    run("workouts", "new", TEXT)
    assert run("workouts", "edit", "run 5", TEXT.replace("5x", "6x")).code == 0
    assert '"Run 5 × 400 m"' in run("workouts", "show", "run 5").out, "a name that it has stays"
    assert "6x" in run("workouts", "show", "run 5").out
    assert "Nothing was changed" in run("workouts", "edit", "run 5", TEXT.replace("5x", "6x")).err
    assert run("workouts", "duplicate", "run 5", "Another").code == 0
    assert set(at_garmin(run)) == {"Run 5 × 400 m", "Another"}
    assert run("workouts", "delete", "another", stdin="n\n").code == 1
    assert run("workouts", "delete", "another", "--yes").code == 0
    assert run("workouts", "show", "another").code == 2
    assert run("workouts", "edit", "run 5").code == 2, "an editor needs a terminal"


# ── With Garmin ──────────────────────────────────────────────────────────────────────────────────────────────


class Linked:
    """A home that is linked for all tests below, with Garmin's workouts in it."""

    def __init__(self, home: Path, simulator: Simulator) -> None:
        self.home, self.simulator = home, simulator

    def run(self, *arguments: str, stdin: str = "") -> Result:
        return run_command(*arguments, home=self.home, stdin=stdin)


@pytest.fixture(scope="module")
def linked_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Linked]:
    home = tmp_path_factory.mktemp("workouts") / "home"
    with Simulator(days=2, password=PASSWORD) as simulator:
        assert log_in(home, simulator).code == 0
        linked = Linked(home, simulator)
        pulled = linked.run("workouts", "pull")
        assert pulled.code == 0 and "5 new" in pulled.out, pulled.err
        yield linked


def test_push_plan_and_take_back(linked_home: Linked) -> None:
    run = linked_home.run
    run("workouts", "new", TEXT, "--name", "Mine")
    told = run("workouts", "push", "mine", "--dry-run")
    assert told.code == 0 and "a new workout" in told.out
    pushed = run("workouts", "push", "mine")
    assert pushed.code == 0 and "read back the same" in pushed.out, pushed.err
    assert run("workouts", "schedule", "mine", "tomorrow").code == 0
    assert run("workouts", "show", "mine").out.count("planned") == 1
    assert run("workouts", "unschedule", "mine", "tomorrow").code == 0
    assert run("workouts", "schedule", "mine", "yesterday").code == 2
    assert run("workouts", "edit", "mine", TEXT.replace("5x", "6x")).code == 0
    assert "was 5 times, is 6 times" in run("workouts", "push", "mine", "--dry-run").out
    assert run("workouts", "push", "--all").code == 0
    assert "was edited since" in run("workouts", "push", "--all").err
    assert run("workouts", "delete", "mine", "--yes").code == 0
    assert "Mine" not in {document["workoutName"] for document in linked_home.simulator.workouts()}


def test_what_cannot_be_pushed_says_why_and_what_to_do(linked_home: Linked) -> None:
    run = linked_home.run
    refused = run("workouts", "push", "base run")
    assert refused.code == 2 and "belongs to a training plan" in refused.out
    run("workouts", "new", "bike: 20:00 @88-94%ftp", "--name", "Terms")
    refused = run("workouts", "push", "terms")
    assert refused.code == 1 and "threshold power" in refused.out and "hint:" in refused.err
    assert run("workouts", "push").code == 2
    assert run("workouts", "push", "nothing like it").code == 2


def test_a_conflict_is_told_with_its_choices(linked_home: Linked) -> None:
    run, simulator = linked_home.run, linked_home.simulator
    number = next(each["workoutId"] for each in simulator.workouts() if each["workoutName"] == "8 x 100 m")
    simulator.edit_workout(number, description="Theirs")
    run("workouts", "edit", "8 x 100 m", 'swim "8 x 100 m" pool 25m; wu 400m; 9x(100m free, rest 15s)')
    refused = run("workouts", "push", "8 x 100 m")
    assert refused.code == 1
    assert "Theirs" in refused.out and "--choose" in refused.err
    assert run("workouts", "list", "--json").json
    pushed = run("workouts", "push", "8 x 100 m", "--choose", "mine")
    assert pushed.code == 0, pushed.err
