from __future__ import annotations

from pathlib import Path

import pytest

from garminsync_tui.config import Config, refuse_password
from garminsync_tui.errors import GarminSyncError, UsageProblem
from garminsync_tui.metrics import EXTRAS
from garminsync_tui.paths import Paths


@pytest.fixture
def home(tmp_path: Path) -> Paths:
    return Paths.below(tmp_path)


def write(home: Paths, text: str, mode: int = 0o600) -> None:
    home.config.write_text(text, "utf-8")
    home.config.chmod(mode)


def test_defaults_need_no_file(home: Paths) -> None:
    config = Config.load(home, environment={})
    assert config["sync.every_minutes"] == 30
    assert config.database_url == f"sqlite:///{home.database}"
    assert {value.origin for value in config.values.values()} == {"default"}


def test_each_layer_covers_the_one_below_and_says_so(home: Paths) -> None:
    write(home, '[sync]\nevery_minutes = 45\nrunner = "never"\n[display]\nunits = "imperial"\n')
    config = Config.load(
        home,
        {"database.url": "sqlite:////tmp/flag.db", "display.theme": None},
        {"GARMINSYNC_EVERY_MINUTES": "60", "GARMINSYNC_DATABASE": "sqlite:////tmp/variable.db"},
    )
    assert (config["sync.every_minutes"], config.values["sync.every_minutes"].origin) == (60, "environment")
    assert (config["sync.runner"], config.values["sync.runner"].origin) == ("never", "file")
    assert (config.database_url, config.values["database.url"].origin) == ("sqlite:////tmp/flag.db", "flag")
    assert config.values["display.theme"].origin == "default"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sync = [", "no TOML"),
        ("[sync]\nevery_hour = 1\n", "sync.every_hour"),
        ("[sync]\nevery_minutes = 1\n", "at least 5"),
        ('[sync]\nevery_minutes = "often"\n', "often"),
        ("[sync]\nevery_minutes = true\n", "True"),
        ('[sync]\nrunner = "maybe"\n', "maybe"),
        ("[display]\nunits = 3\n", "3"),
        ("[sync]\nrequests_per_second = nan\n", "requests_per_second"),
        ("verbose = true\n", "verbose"),
        ("[health]\nkeep_raw = 1\n", "health.keep_raw"),
        ('[health]\nkeep_raw = "no"\n', "health.keep_raw"),
    ],
)
def test_a_wrong_file_is_named_with_its_setting(home: Paths, text: str, said: str) -> None:
    write(home, text)
    with pytest.raises(UsageProblem) as problem:
        Config.load(home, environment={})
    assert said in problem.value.message
    assert str(home.config) in problem.value.message


def test_extras_are_a_list_of_names(home: Paths) -> None:
    assert Config.load(home, environment={})["health.extras"] == ()
    write(home, '[health]\nextras = ["lifestyle", "menstrual_phase", "lifestyle"]\n')
    assert Config.load(home, environment={})["health.extras"] == ("lifestyle", "menstrual_phase")
    found = Config.load(home, environment={"GARMINSYNC_EXTRAS": " nutrition_fat, solar_intensity,"})
    assert found["health.extras"] == ("nutrition_fat", "solar_intensity")
    assert found.values["health.extras"].origin == "environment"


@pytest.mark.parametrize("value", ['"mood"', '["heart_rate"]', "[1]", "true", "{a = 1}", "3"])
def test_extras_that_there_are_none_of_are_refused_with_the_known_ones(home: Paths, value: str) -> None:
    write(home, f"[health]\nextras = {value}\n")
    with pytest.raises(UsageProblem, match=r"health\.extras") as problem:
        Config.load(home, environment={})
    assert str(home.config) in problem.value.message
    assert all(name in problem.value.hint for name in EXTRAS)


def test_a_switch_is_true_or_false(home: Paths) -> None:
    assert Config.load(home, environment={})["health.keep_raw"] is True
    write(home, "[health]\nkeep_raw = false\n")
    assert Config.load(home, environment={})["health.keep_raw"] is False
    assert Config.load(home, environment={"GARMINSYNC_KEEP_RAW": "true"})["health.keep_raw"] is True


def test_a_wrong_variable_is_named(home: Paths) -> None:
    with pytest.raises(UsageProblem, match="GARMINSYNC_UNITS"):
        Config.load(home, environment={"GARMINSYNC_UNITS": "cubits"})


def test_a_file_with_a_password_must_be_private(home: Paths) -> None:
    text = '[database]\nurl = "postgresql://me:secret@host/garminsync"\n'
    write(home, text, 0o644)
    with pytest.raises(UsageProblem) as problem:
        Config.load(home, environment={})
    assert "secret" not in problem.value.message + problem.value.hint
    assert "chmod 600" in problem.value.hint
    write(home, text, 0o600)
    assert Config.load(home, environment={}).database_url.startswith("postgresql://")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:secret@host/db",
        "postgresql://me@host/db?password=secret",
        "postgresql://me:@host/db",
        "postgresql://me:secret@[host/db",
    ],
)
def test_a_password_among_the_arguments_is_refused(home: Paths, url: str) -> None:
    with pytest.raises(UsageProblem) as problem:
        refuse_password(url)
    assert "secret" not in problem.value.message + problem.value.hint
    with pytest.raises(UsageProblem):
        Config.load(home, {"database.url": url}, {})
    if "[" not in url:
        assert Config.load(home, environment={"GARMINSYNC_DATABASE": url}).database_url == url


def test_a_url_without_a_password_is_no_secret() -> None:
    refuse_password("postgresql://me@host:5432/garminsync")
    refuse_password("sqlite:////home/me/garminsync.db")


# ── Where files are ──────────────────────────────────────────────────────────────────────────────────


def test_a_home_holds_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named, by_variable = tmp_path / "named", tmp_path / "variable"
    monkeypatch.setenv("GARMINSYNC_HOME", str(by_variable))
    assert Paths.find() == Paths.below(by_variable)
    assert Paths.find(named) == Paths.below(named)
    Paths.find(named).prepare()
    assert {path.name for path in named.iterdir()} == {"files", "logs", "run"}
    assert all(path.stat().st_mode & 0o777 == 0o700 for path in named.iterdir())


def test_without_a_home_the_system_decides(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("GARMINSYNC_HOME", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "etc"))
    found = Paths.find()
    assert found.database == tmp_path / "share" / "garminsync" / "garminsync.db"
    assert found.config == tmp_path / "etc" / "garminsync" / "config.toml"


def test_a_home_that_cannot_be_made_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(GarminSyncError) as problem:
        Paths.below(tmp_path / "file" / "home").prepare()
    assert "cannot be written" in problem.value.message
    assert "--home" in problem.value.hint
