"""What commands say of health that came from files, before anybody signed in."""

from __future__ import annotations

from pathlib import Path

from ..formats.wellness_samples import at, watched
from .conftest import Run


def test_coverage_says_which_days_came_from_files(run: Run, tmp_path: Path) -> None:
    for name, first_h, last_h in (("1.fit", 0, 24), ("2.fit", 24, 30)):
        (tmp_path / name).write_bytes(watched(at("2026-10-18T22:00:00"), first_h, last_h))
    assert run("import", str(tmp_path / "1.fit"), str(tmp_path / "2.fit")).code == 0
    seen = run("coverage", "--json").json
    assert seen["days_from_files"]["heart_rate"] == {"fit": 2}
    assert seen["endpoints"]["heart_rate"]["fetched"]["items"] == 1
    assert seen["endpoints"]["heart_rate"]["stale"]["items"] == 1
    assert run("coverage", "--metric", "steps", "--json").json["days_from_files"] == {"steps": {"fit": 2}}
    lines = run("coverage", "--plain").out.splitlines()
    assert lines[0].split("\t")[-1] == "from files"
    assert any(line.startswith("heart_rate\t") and line.endswith("\tfit 2") for line in lines)
    day = run("health", "show", "steps_total", "--since", "2026-10-19", "--until", "2026-10-19", "--json").json
    assert [2400 in row.values() for row in day["values"]] == [True]
