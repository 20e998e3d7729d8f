"""Every figure that the package can produce is explained."""

from __future__ import annotations

import ast
import inspect
import sys
from importlib import import_module
from pathlib import Path

import pytest

from garminsync_tui import training
from garminsync_tui.training import heuristics
from garminsync_tui.training.explanations import EXPLANATIONS, TRADEMARKS

FOLDER = Path(training.__file__).parent
FIGURES = {
    "power.normalized_power_w": "normalized_power",
    "power.normalized_standing": "normalized_power",
    "power.intensity_factor": "intensity_factor",
    "power.training_stress": "training_stress",
    "power.variability_index": "variability_index",
    "power.work_kj": "work",
    "power.power_zone_seconds": "power_zones",
    "power.mean_maximal": "power_curve",
    "running.minetti_cost": "graded_speed",
    "running.graded_speeds": "graded_speed",
    "running.normalized_speed_mps": "normalized_speed",
    "running.running_stress": "running_stress",
    "running.cadence_spm": "cadence",
    "running.mean_cadence_spm": "cadence",
    "running.step_length_m": "step_length",
    "swimming.critical_speed_mps": "critical_speed",
    "swimming.swim_stress": "swim_stress",
    "swimming.pace_s_per_100m": "swim_pace",
    "swimming.swolf": "swolf",
    "swimming.mean_swolf": "swolf",
    "swimming.doubtful_lengths": "swolf",
    "heart_rate.histogram": "heart_rate_zones",
    "heart_rate.percent_of_max": "heart_rate_zones",
    "heart_rate.percent_of_reserve": "heart_rate_zones",
    "heart_rate.friel_threshold": "heart_rate_zones",
    "heart_rate.seconds_in_zones": "heart_rate_zones",
    "heart_rate.trimp": "trimp",
    "heart_rate.edwards": "edwards",
    "heart_rate.assumed_threshold_bpm": "heart_rate_stress",
    "heart_rate.heart_rate_stress": "heart_rate_stress",
    "steadiness.efficiency_factor": "efficiency_factor",
    "steadiness.decoupling_percent": "decoupling",
    "steadiness.decoupling": "decoupling",
    "efforts.best_efforts": "best_effort",
    "records.record_s": "best_effort",
    "elevation.smoothed": "ascent",
    "elevation.climbed": "ascent",
    "elevation.turning_points": "ascent",
    "moving.moving_seconds": "moving_time",
    "load.choose_load": "load",
    "load.fitness_fatigue_form": "fitness",
    "load.seed_load": "fitness",
    "load.ramp": "ramp",
    "load.monotony": "monotony",
    "load.strain": "strain",
    "load.change_percent": "load_change",
    "totals.period_start": "totals",
    "totals.totals": "totals",
    "totals.period_starts": "totals",
    "totals.streak_days": "streak",
    "totals.streak_weeks": "streak",
    "seconds.seconds_of": "coverage",
}
# Made by a function that makes another figure too.
BESIDE = {"fatigue", "form"}
NO_FIGURES = {"guards", "rolling", "sports", "heuristics", "explanations", "__init__"}


def test_every_figure_has_its_explanation() -> None:
    made = set()
    for name in sorted(path.stem for path in FOLDER.glob("*.py") if path.stem not in NO_FIGURES):
        module = import_module(f"garminsync_tui.training.{name}")
        for function, value in inspect.getmembers(module, inspect.isfunction):
            if value.__module__ == module.__name__ and not function.startswith("_"):
                made.add(f"{name}.{function}")
    assert made == set(FIGURES)
    assert set(FIGURES.values()) | BESIDE == set(EXPLANATIONS)


@pytest.mark.parametrize("name", EXPLANATIONS)
def test_an_explanation_says_all(name: str) -> None:
    entry = EXPLANATIONS[name]
    assert all((entry.title, entry.words, entry.formula, entry.source))
    assert entry.words.endswith(".")
    assert "\n" not in entry.formula
    assert entry.unit is None or entry.unit


def test_trademarks() -> None:
    assert "Peaksware" in TRADEMARKS
    assert "Training Stress Score" in TRADEMARKS


def test_every_judgement_says_that_it_is_one() -> None:
    """The comment above each constant begins with the word, or its constant shares the one above it."""
    lines = Path(heuristics.__file__).read_text().splitlines()
    statements = [node for node in ast.parse("\n".join(lines)).body if isinstance(node, ast.Assign)]
    for node in statements:
        above = node.lineno - 2
        while not lines[above].startswith("#"):
            above -= 1
        while lines[above - 1].startswith("#:"):
            above -= 1
        assert lines[above].startswith("#: Judgement: "), lines[node.lineno - 1]


def test_only_the_standard_library() -> None:
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                assert all(name.name in sys.stdlib_module_names for name in node.names)
            elif isinstance(node, ast.ImportFrom) and not node.level:
                assert (node.module or "").split(".")[0] in sys.stdlib_module_names
