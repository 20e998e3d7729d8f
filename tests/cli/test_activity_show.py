"""`garminsync activities show`: what a file tells, beside what Garmin says, for the athlete of that day."""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from garminsync_tui.cli.drawing import bar_of, draws_blocks, line_of, narrowed
from garminsync_tui.config import Config
from garminsync_tui.formats import read_track
from garminsync_tui.paths import Paths
from garminsync_tui.simulator import Simulator
from garminsync_tui.store.database import Database
from garminsync_tui.sync.assess import assess
from garminsync_tui.sync.athlete import Athletes
from garminsync_tui.sync.measure import measure
from garminsync_tui.text import width
from garminsync_tui.training.explanations import EXPLANATIONS, TRADEMARKS
from garminsync_tui.training.power import normalized_power_w
from garminsync_tui.training.swimming import swim_stress

from .conftest import PASSWORD, Result, log_in, run_command

#: In the 20 days before there are runs, rides with power, a swim, yoga, and a run that was typed in by hand.
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
POWER, HIGHEST = "GARMINSYNC_THRESHOLD_POWER_W", "GARMINSYNC_MAX_HEART_RATE_BPM"
RESTING, SEX, ZONES = "GARMINSYNC_RESTING_HEART_RATE_BPM", "GARMINSYNC_SEX", "GARMINSYNC_ZONES"


class Shown:
    """A home, and what it shows of its activities."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.all = run_command("activities", "list", "--all", "--json", home=home).json

    def of(self, activity_type: str, *, manual: bool = False) -> Any:
        return next(
            each
            for each in self.all
            if each["activity_type"] == activity_type and (each["file_origin"] == "export") == manual
        )

    def unworn(self) -> Any:
        """A run whose file no watch wrote: it knows nothing of its wearer."""
        return next(each for each in self.all if each["file_type"] == "GPX")

    def __call__(self, activity: Any, *arguments: str) -> Result:
        result = run_command("activities", "show", str(activity["garmin_activity_id"]), *arguments, home=self.home)
        assert result.code == 0, result.err
        return result

    def json(self, activity: Any, *arguments: str) -> Any:
        return self(activity, "--json", *arguments).json

    def figures(self, activity: Any) -> dict[str, Any]:
        """What the functions say of the same file."""
        return measure(read_track(self.file(activity)), activity["activity_type"]).figures

    def file(self, activity: Any) -> Path:
        return self.home / "files" / str(activity["file_path"])


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    home = tmp_path_factory.mktemp("show") / "home"
    with Simulator(days=20, now=NOW, password=PASSWORD) as simulator:
        assert log_in(home, simulator).code == 0
        assert run_command("sync", "activities", home=home).code == 0
        yield Shown(home)


def part(text: str, heading: str) -> dict[str, list[str]]:
    """The rows below a heading of `--plain`, by their first cell."""
    found = text.split(f"\n{heading}", 1)[1].split("\n\n", 1)[0].splitlines()[1:]
    return {cells[0]: cells[1:] for cells in (line.split("\t") for line in found)}


def everything_known(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ((POWER, "250"), (HIGHEST, "187"), (RESTING, "48"), (SEX, "female")):
        monkeypatch.setenv(name, value)


# ── Numbers ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_ride_is_worth_what_the_functions_say(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    everything_known(monkeypatch)
    ride = shown.of("cycling")
    figures = shown.figures(ride)
    document = shown.json(ride)
    numbers = document["numbers"]
    assert numbers["normalized_power_w"] == figures["normalized_power_w"]
    intensity = figures["normalized_power_w"] / 250
    assert numbers["intensity_factor"] == pytest.approx(intensity)
    assert numbers["training_stress_points"] == pytest.approx(figures["timer_s"] / 36 * intensity**2)
    assert numbers["work_j"] == pytest.approx(1000 * figures["work_kj"])
    assert document["load"] == {"points": numbers["training_stress_points"], "basis": "power"}
    assert document["missing"] == []
    assert document["athlete"] == {
        "sex": "female",
        "resting_heart_rate_bpm": 48.0,
        "max_heart_rate_bpm": 187.0,
        "threshold_heart_rate_bpm": 168.0,  # by the watch
        "threshold_power_w": 250.0,
    }
    told = part(shown(ride, "--plain").out, "Numbers")
    assert told["normalized power"] == [f"{figures['normalized_power_w']:.0f} W"]
    assert told["intensity"] == [f"{intensity:.2f}"]
    assert told["load"] == [f"{numbers['training_stress_points']:.0f} from power"]
    assert "average speed" in told
    assert "swim pace" not in told
    assert document["approximate"] == []


def test_a_threshold_that_nobody_knows_makes_it_approximate(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    """85 % of reserve is taken, and that is said."""
    everything_known(monkeypatch)
    run = shown.unworn()
    document = shown.json(run)
    assert part(shown(run, "--plain").out, "Numbers")["stress, heart"][0].startswith("≈ ")
    assert "heart_rate_stress_points" in document["approximate"]


def test_the_power_of_the_file_itself(shown: Shown) -> None:
    """Without any of our own code between file and formula but the readers: the recording has a point a second."""
    ride = shown.of("cycling")
    power = list(read_track(shown.file(ride)).power_w)
    assert shown.json(ride)["numbers"]["normalized_power_w"] == pytest.approx(normalized_power_w(power), rel=0.01)


def test_a_run_has_paces_and_steps(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GARMINSYNC_THRESHOLD_PACE_S_PER_KM", "270")
    run = shown.of("running")
    figures, document = shown.figures(run), shown.json(run)
    stress = figures["timer_s"] / 36 * (figures["normalized_speed_mps"] * 270 / 1000) ** 2
    assert document["numbers"]["running_stress_points"] == pytest.approx(stress)
    assert document["load"]["basis"] == "pace"
    assert document["numbers"]["step_length_m"] == pytest.approx(
        figures["avg_speed_mps"] * 60 / figures["running_cadence_spm"], rel=0.02
    )
    told = part(shown(run, "--plain").out, "Numbers")
    assert told["normalized, flat"][0].endswith("/km")
    assert not {"average power", "intensity", "stress, power"} & set(told)
    monkeypatch.setenv("GARMINSYNC_UNITS", "imperial")
    assert part(shown(run, "--plain").out, "Numbers")["average pace"][0].endswith("/mi")


def test_what_a_threshold_would_unlock_is_said_with_its_setting(shown: Shown) -> None:
    run = shown.unworn()
    document = shown.json(run)
    assert {"running_stress_points", "trimp_points", "load_points"}.isdisjoint(document["numbers"])
    assert document["load"] is None
    assert document["heart_rate_zones"] is None
    settings = {tuple(each["settings"]): each["numbers"] for each in document["missing"]}
    assert settings == {
        ("athlete.threshold_pace_s_per_km",): ["running_stress_points"],
        ("athlete.max_heart_rate_bpm",): ["edwards_points", "heart_rate_zones"],
        ("athlete.sex", "athlete.resting_heart_rate_bpm", "athlete.max_heart_rate_bpm"): [
            "trimp_points",
            "heart_rate_stress_points",
        ],
    }
    assert ": set athlete.max_heart_rate_bpm" in shown(run, "--plain").out
    assert not shown.json(shown.of("cycling"))["missing"]  # the watch knows it all


def test_what_garmin_says_keeps_its_own_name(shown: Shown) -> None:
    ride = shown.of("cycling")
    document = shown.json(ride)
    metadata = document["metadata"]
    assert document["garmin"]["list"]["normalized_power_w"] == metadata["normPower"]
    assert document["garmin"]["list"]["training_load_points"] == metadata["activityTrainingLoad"]
    assert document["garmin"]["device"]["avg_power_w"] == pytest.approx(metadata["avgPower"], abs=1)
    told = part(shown(ride, "--plain").out, "Garmin's own figures")
    assert told["figure"] == ["the device", "Garmin", "here"]
    ours = document["numbers"]["normalized_power_w"]
    device = document["garmin"]["device"]["normalized_power_w"]
    assert told["normalized power"] == [f"{watts:.0f} W" for watts in (device, metadata["normPower"], ours)]
    assert told["training load"][2] == "—"  # another kind of load than ours
    assert told["aerobic effect"][1] == f"{metadata['aerobicTrainingEffect']:.1f}"


def test_explanations_stand_below_each_number(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    everything_known(monkeypatch)
    ride = shown.of("cycling")
    lines = shown(ride, "--explain", "--plain").out.splitlines()
    below = lines[next(n for n, line in enumerate(lines) if line.startswith("intensity\t")) + 1 :]
    assert below[:2] == [
        f"\t{EXPLANATIONS['intensity_factor'].formula}",
        f"\t{EXPLANATIONS['intensity_factor'].source}",
    ]
    assert f"\t{TRADEMARKS}" in lines
    for name in ("heart_rate_zones", "power_zones", "best_effort", "trimp", "load"):
        assert any(EXPLANATIONS[name].formula in line for line in lines)
    assert TRADEMARKS not in shown(ride, "--plain").out
    document = shown.json(ride, "--explain")
    assert set(document["explanations"]) <= set(document["numbers"])
    assert document["explanations"]["trimp_points"]["source"] == EXPLANATIONS["trimp"].source
    assert document["trademarks"] == TRADEMARKS


# ── Zones, laps, efforts ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("zones", "first", "count"), [("garmin", 94, 5), ("maximum", 94, 5), ("reserve", 118, 5), ("threshold", 130, 7)]
)
def test_zones_follow_the_setting(
    shown: Shown, monkeypatch: pytest.MonkeyPatch, zones: str, first: int, count: int
) -> None:
    everything_known(monkeypatch)
    monkeypatch.setenv(ZONES, zones)
    monkeypatch.setenv("GARMINSYNC_THRESHOLD_HEART_RATE_BPM", "160")
    ride = shown.of("cycling")
    document = shown.json(ride)
    found = document["heart_rate_zones"]
    assert found["basis"] == zones
    named = [each for each in found["zones"] if each["zone"] != "below"]
    assert len(named) == count
    assert named[0]["from_bpm"] == (0 if zones == "threshold" else first)
    assert named[-1]["below_bpm"] is None
    spent = sum(each["time_s"] for each in found["zones"]) + found["unmeasured_s"]
    assert spent == document["numbers"]["timer_s"]
    assert sum(each["time_s"] for each in document["power_zones"]["zones"]) + document["power_zones"][
        "unmeasured_s"
    ] == pytest.approx(spent)


def test_zones_are_drawn_as_bars(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    everything_known(monkeypatch)
    text = shown(shown.of("cycling")).out
    zones = text.split("Heart-rate zones, ")[1].split("\n", 1)[1].split("\n\n")[0].splitlines()
    assert zones[0].split() == ["zone", "bpm", "time", "share"]
    assert any("█" in line for line in zones)
    assert "Power zones, of threshold power (Coggan)" in text


def test_best_efforts_know_the_records(shown: Shown) -> None:
    records = {
        (each["kind"], each["distance_m"] or each["duration_s"]): each
        for each in run_command("bests", "--sport", "running", "--json", home=shown.home).json["efforts"]
    }
    holder = next(iter(records.values()))["activity"]
    efforts = shown.json(holder)["best_efforts"]
    held = [each for each in efforts if each["record"]]
    assert held
    for each in efforts:
        record = records[each["kind"], each["distance_m"] or each["duration_s"]]
        assert each["record"] == (record["activity"]["garmin_activity_id"] == holder["garmin_activity_id"])
        if each["record"]:
            assert (each["duration_s"], each["start_time"]) == (record["duration_s"], record["start_time"])
    assert "record" in {cells[-1] for cells in part(shown(holder, "--plain").out, "Best efforts").values()}


def test_laps_name_what_they_have(shown: Shown) -> None:
    ride = part(shown(shown.of("cycling"), "--plain").out, "Laps")
    assert ride["lap"][:4] == ["distance", "time", "speed", "heart rate"]
    assert "max" in ride["lap"]
    assert "climb" not in ride["lap"]


# ── Lines ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("columns", [60, 80, 132])
def test_everything_fits_the_terminal(shown: Shown, monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    everything_known(monkeypatch)
    monkeypatch.setenv("COLUMNS", str(columns))
    for kind in ("cycling", "running", "lap_swimming"):
        lines = shown(shown.of(kind), "--explain").out.splitlines()
        assert max(map(width, lines)) <= columns
        drawn = [line for line in lines[lines.index("From start to end") + 1 :] if any(sign in line for sign in "▁█")]
        assert any(line.startswith("heart rate") for line in drawn)


def test_lines_tell_their_ends_in_plain_text(shown: Shown) -> None:
    run = shown.of("running")
    told = part(shown(run, "--plain").out, "From start to end")
    beats = shown.figures(run)["heart_rate_s"]
    assert told["heart rate"] == [f"{min(map(int, beats))} bpm to {max(map(int, beats))} bpm"]
    assert told["pace"][0].count("/km") == 2


def test_signs_are_those_that_a_stream_has(monkeypatch: pytest.MonkeyPatch) -> None:
    def stream(encoding: str) -> io.TextIOWrapper:
        return io.TextIOWrapper(io.BytesIO(), encoding)

    assert draws_blocks(stream("utf-8"))
    assert not draws_blocks(stream("latin-1"))
    terminal = stream("utf-8")
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "dumb")
    assert not draws_blocks(terminal)
    monkeypatch.setattr(sys, "stdout", terminal)
    assert not draws_blocks()
    values = [0.0, 1.0, None, 7.0]
    assert line_of(values, blocks=True) == "▁▂ █"
    assert line_of(values, blocks=False).isascii()
    assert line_of(values, blocks=False) == ".: @"
    assert bar_of(0.5, 4, blocks=False) == "##.."


def test_columns_narrow_to_the_means_of_what_was_measured() -> None:
    nan = float("nan")
    assert narrowed([1.0, 3.0, nan, 5.0, nan, nan], 3) == [2.0, 5.0, None]
    assert narrowed([1.0, 2.0], 5) == [1.0, 2.0]
    assert narrowed([], 5) == []


# ── What is missing ──────────────────────────────────────────────────────────────────────────────────


def test_what_was_typed_in_says_so(shown: Shown) -> None:
    typed = shown.of("running", manual=True)
    text = shown(typed).out
    assert "by nobody: typed in by hand" in text
    assert "no numbers from seconds: its file holds no points" in text
    assert "Numbers\n" not in text
    assert "Laps" in text
    document = shown.json(typed)
    assert (document["numbers"], document["best_efforts"], document["load"]) == ({}, [], None)
    assert document["garmin"]["list"]["moving_s"] == typed["duration_s"]


def test_a_damaged_file_leaves_what_garmin_says(shown: Shown) -> None:
    ride = shown.of("cycling")
    path = shown.file(ride)
    content = path.read_bytes()
    try:
        path.write_bytes(b"\0" * len(content))
        text = shown(ride).out
        document = shown.json(ride)
    finally:
        path.write_bytes(content)
    assert "file problem" in text
    assert "Numbers\n" not in text
    assert "Garmin's own figures" in text
    assert document["file_problem"]
    assert document["numbers"] == {}
    assert set(document) >= set(shown.json(ride)) - {"explanations"}


def test_yoga_has_a_heart_and_nothing_else(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    everything_known(monkeypatch)
    document = shown.json(shown.of("yoga"))
    assert document["load"]["basis"] == "heart_rate"
    assert not {name for name in document["numbers"] if "speed" in name or "power" in name}
    assert document["best_efforts"] == []


def test_the_load_is_the_one_that_is_kept(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    """The athlete of that day, as the background takes it."""
    everything_known(monkeypatch)
    ride = shown.of("cycling")

    async def derived() -> float | None:
        config = Config.load(Paths.below(shown.home))
        async with await Database.open(config.database_url) as database:
            athletes = await Athletes.load(database, config)
        figures = shown.figures(ride)
        day = datetime.fromisoformat(ride["start_time"]).date()
        return assess(figures, "cycling", athletes.on(day, figures.get("wearer", {}))).load

    assert shown.json(ride)["load"]["points"] == asyncio.run(derived())


# ── Recordings of real devices ───────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def real(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    folder = tmp_path_factory.mktemp("real")
    recordings = folder / "recordings"
    recordings.mkdir()
    for name in ("grimbough__d685ed__garmin-fenix6-turbo.fit", "polyvertex__d9eb93__event_timestamp.fit"):
        (recordings / name).write_bytes((shared / "corpus" / "fit" / name).read_bytes())
    with Simulator(days=3650, now=NOW, password=PASSWORD, activities_dir=recordings) as simulator:
        assert log_in(folder / "home", simulator).code == 0
        assert run_command("sync", "activities", home=folder / "home").code == 0
        yield Shown(folder / "home")


def test_the_watchs_own_zones_give_the_seconds_that_it_counted(real: Shown) -> None:
    document = real.json(real.of("cycling"))
    zones = document["heart_rate_zones"]
    assert zones["basis"] == "garmin"
    assert [each["from_bpm"] for each in zones["zones"]] == [0, 89, 107, 125, 142, 160]
    # What the watch wrote into the file's message "time in zone"
    counted = [74.385, 192.014, 340.001, 351.523, 1632.001, 568.999]
    assert [each["time_s"] for each in zones["zones"]] == pytest.approx(counted, abs=1.5)
    assert document["garmin"]["device"]["normalized_power_w"] == pytest.approx(
        document["numbers"]["normalized_power_w"], rel=0.01
    )
    assert {"normalized_power_w", "load_points"} <= set(document["approximate"])  # 3 % of its power is missing


def test_a_pool_has_lengths_and_swolf(real: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GARMINSYNC_SWIM_PACE_S_PER_100M", "100")
    swim = real.of("lap_swimming")
    document = real.json(swim)
    swum = real.figures(swim)["swum"]
    assert document["numbers"]["swim_speed_mps"] == pytest.approx(swum["m"] / swum["s"])
    assert document["numbers"]["swim_stress_points"] == swim_stress(swum["m"], swum["s"], 1.0)
    assert document["load"]["basis"] == "swim"
    text = real(swim, "--plain").out
    told = part(text, "Numbers")
    assert "swim pace" in told
    assert "average pace" not in told
    laps = part(text, "Laps")
    columns = laps.pop("lap")
    assert {"lengths", "SWOLF"} <= set(columns)
    assert sum(int(cells[columns.index("lengths")]) for cells in laps.values()) == round(swum["m"] / 22.86)
