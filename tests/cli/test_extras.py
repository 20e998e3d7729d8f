"""Metrics that are asked for only by name."""

from __future__ import annotations

import pytest

from garminsync_tui.metrics import EXTRAS
from garminsync_tui.simulator import Simulator

from .conftest import Run


def test_extras_count_only_where_they_are_chosen(run: Run, linked: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("sync", "health", "--since", "2d").code == 0
    assert "health complete since" in run("status").out
    monkeypatch.setenv("GARMINSYNC_EXTRAS", "lifestyle")
    assert "% complete since" in run("status").out
    monkeypatch.delenv("GARMINSYNC_EXTRAS")

    # Named for one sync, without the setting: what it brings counts for those who chose it, and takes nothing away.
    assert run("sync", "health", "--since", "2d", "--metric", "lifestyle").code == 0
    [reading, *_] = run("health", "show", "lifestyle", "--json").json["values"]
    assert reading["last"] >= 0
    assert "health complete since" in run("status").out
    monkeypatch.setenv("GARMINSYNC_EXTRAS", "lifestyle")
    assert "health complete since" in run("status").out


def test_an_extra_that_failed_needs_nobody_who_did_not_choose_it(
    run: Run, linked: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("sync", "health", "--since", "1d").code == 0
    linked.add_faults([{"path": "/lifestylelogging-service/", "kind": "garbage"}])
    assert run("sync", "health", "--since", "1d", "--metric", "lifestyle").code == 5
    assert run("status").code == 0
    assert run("status", "--json").json["failed_items"] == 0
    assert run("coverage", "--json").json["failed"], "what happened is told where one looks for it"
    monkeypatch.setenv("GARMINSYNC_EXTRAS", "lifestyle")
    assert run("status").code == 5
    assert run("status", "--json").json["failed_items"] == 2


def test_a_setting_of_an_unknown_extra_is_refused(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GARMINSYNC_EXTRAS", "lifestyle,mood")
    refused = run("status")
    assert refused.code == 2
    assert "'mood'" in refused.err and "GARMINSYNC_EXTRAS" in refused.err
    assert "menstrual_phase" in refused.err


def test_extras_are_shown_as_names(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GARMINSYNC_EXTRAS", "lifestyle,nutrition_fat")
    assert "lifestyle, nutrition_fat" in run("config", "show").out
    assert run("config", "show", "--json").json["health.extras"]["value"] == ["lifestyle", "nutrition_fat"]


def test_types_mark_extras(run: Run) -> None:
    types = run("health", "types", "--json").json
    assert {each["metric"] for each in types if each["fetched"] == "extra"} == set(EXTRAS)
