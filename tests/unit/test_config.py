from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from garminsync_tui.config import Config, Value, commented, refuse_password
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
        ('[sync]\ndaily_at = "25:00"\n', "25:00"),
        ('[sync]\ndaily_at = "06:30:15"\n', "06:30:15"),
        ('[sync]\ndaily_at = "06:30+01:00"\n', "daily_at"),
        ("[sync]\ndaily_at = 6\n", "daily_at"),
        ('[sync]\nrunner = "maybe"\n', "maybe"),
        ("[display]\nunits = 3\n", "3"),
        ("[sync]\nrequests_per_second = nan\n", "requests_per_second"),
        ("verbose = true\n", "verbose"),
        ("[health]\nkeep_raw = 1\n", "health.keep_raw"),
        ('[health]\nkeep_raw = "no"\n', "health.keep_raw"),
        ('[health]\nsince = "long ago"\n', "long ago"),
        ("[health]\nsince = 2019\n", "2019"),
        ("[health]\nsince = 2019-01-01T00:00:00\n", "health.since"),
        ('[health]\nsince = "1066-10-14"\n', "lies before 1990"),
        ('[health]\nsince = "2999-01-01"\n', "lies in the future"),
        ("[health]\nhistory_days = 365\n", "health.history_days"),
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


def test_health_goes_back_to_a_date_or_a_year(home: Paths) -> None:
    assert Config.load(home, environment={}).health_since is None
    for written in ('"2019-01-01"', "2019-01-01"):
        write(home, f"[health]\nsince = {written}\n")
        config = Config.load(home, environment={})
        assert (config["health.since"], config.health_since) == ("2019-01-01", date(2019, 1, 1))
    assert Config.load(home, environment={"GARMINSYNC_SINCE": "2020-02-02"}).health_since == date(2020, 2, 2)
    write(home, '[health]\nsince = ""\n')
    assert Config.load(home, environment={}).health_since is None


# ── Writing ──────────────────────────────────────────────────────────────────────────────────────────

COMMENTED = """\
# Mine since 2024.
[sync]
every_minutes = 45   # not so often

[health]   # what I want
samples = "full"
# since = "2000-01-01"

[hooks]
on_failed = 'notify-send "garminsync"'
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, '[health]\nsince = "2019-01-01"\n'),
        ("# nothing\n", '# nothing\n\n[health]\nsince = "2019-01-01"\n'),
        (COMMENTED, COMMENTED.replace('2000-01-01"\n', '2000-01-01"\nsince = "2019-01-01"\n')),
        ("[health]\nsince = 2020-02-02  # once\n", '[health]\nsince = "2019-01-01"  # once\n'),
        ('health.samples = "none"\n', 'health.samples = "none"\nhealth.since = "2019-01-01"\n'),
    ],
)
def test_a_setting_is_written_beside_everything_else(home: Paths, before: str | None, after: str) -> None:
    if before is not None:
        write(home, before, 0o644)
    config = Config.load(home, environment={})
    config.save("health.since", "2019-01-01")
    assert config.health_since == date(2019, 1, 1)
    assert home.config.read_text() == after
    assert home.config.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in home.config.parent.iterdir()] == ["config.toml"]
    assert Config.load(home, environment={}).values["health.since"] == Value("2019-01-01", "file")


def test_the_folder_of_a_new_file_is_its_owners(tmp_path: Path) -> None:
    paths = Paths.below(tmp_path / "new" / "home")
    Config.load(paths, environment={}).save("health.since", "2019-01-01")
    assert paths.config.parent.stat().st_mode & 0o777 == 0o700


def test_what_overrides_a_setting_is_not_written(home: Paths) -> None:
    config = Config.load(
        home, {"sync.runner": "never"}, {"GARMINSYNC_SINCE": "2020-02-02", "GARMINSYNC_UNITS": "imperial"}
    )
    config.save("health.since", "2019-01-01")
    assert home.config.read_text() == '[health]\nsince = "2019-01-01"\n'
    assert config.health_since == date(2020, 2, 2), "the variable still goes first"


@pytest.mark.parametrize("value", ["soon", "2999-01-01", 5, True])
def test_what_cannot_be_is_not_written(home: Paths, value: object) -> None:
    write(home, COMMENTED)
    with pytest.raises(UsageProblem):
        Config.load(home, environment={}).save("health.since", value)
    assert home.config.read_text() == COMMENTED


def test_a_file_that_broke_is_left_alone_and_what_was_known_holds(home: Paths) -> None:
    write(home, '[health]\nsince = "2019-01-01"\n')
    config = Config.load(home, environment={})
    write(home, "[health\n")
    assert config.health_since == date(2019, 1, 1)
    with pytest.raises(UsageProblem, match="no TOML"):
        config.save("health.since", "2018-01-01")
    assert home.config.read_text() == "[health\n"


def test_a_file_kept_elsewhere_stays_there(home: Paths, tmp_path: Path) -> None:
    kept = tmp_path / "dotfiles" / "garminsync.toml"
    kept.parent.mkdir()
    kept.write_text("# kept in git\n")
    home.config.symlink_to(kept)
    Config.load(home, environment={}).save("health.since", "2019-01-01")
    assert home.config.is_symlink()
    assert kept.read_text().startswith("# kept in git\n")
    assert "2019-01-01" in kept.read_text()


def test_what_another_process_wrote_holds_from_then_on(home: Paths) -> None:
    config = Config.load(home, environment={})
    Config.load(home, environment={}).save("health.since", "2019-01-01")
    assert config.health_since == date(2019, 1, 1)
    home.config.unlink()
    assert config.health_since is None


def test_a_file_of_comments_changes_nothing_and_names_every_setting(home: Paths) -> None:
    write(home, commented())
    assert {value.origin for value in Config.load(home, environment={}).values.values()} == {"default"}
    without_words = "\n".join(line.removeprefix("# ").partition("  # ")[0] for line in commented().splitlines()[1:])
    write(home, without_words)
    assert {value.origin for value in Config.load(home, environment={}).values.values()} == {"file"}


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


def test_a_setting_is_taken_out_of_the_file_and_its_default_holds(home: Paths) -> None:
    write(home, '# mine\n[display]\nunits = "imperial"  # why\ntheme = "nord"\n')
    config = Config.load(home, environment={})
    config.forget("display.units")
    config.forget("display.graphs")  # is not there
    assert home.config.read_text() == '# mine\n[display]\ntheme = "nord"\n'
    assert config.values["display.units"] == Value("metric", "default")


def test_what_others_change_in_the_file_is_taken_over(home: Paths) -> None:
    config = Config.load(home, {"sync.runner": "never"}, {"GARMINSYNC_THEME": "nord"})
    assert config.follow() is None
    write(home, '[display]\nunits = "imperial"\ntheme = "dracula"\n[sync]\nrunner = "always"\nevery_minutes = 60\n')
    assert config.follow() == {"display.units", "sync.every_minutes"}  # a variable and a flag go first
    assert (config["display.units"], config["display.theme"], config["sync.runner"]) == ("imperial", "nord", "never")
    assert config.follow() is None
    config.save("display.units", "metric")
    assert config.follow() is None  # it is our own
    write(home, "[display\n")
    with pytest.raises(UsageProblem, match="no TOML"):
        config.follow()
    assert config.follow() is None
    home.config.unlink()
    assert config.follow() == {"sync.every_minutes"}
    assert config["sync.every_minutes"] == 30


def test_keys_are_written_and_taken_out_in_either_form(home: Paths) -> None:
    write(home, '[keymap]\njobs.cancel = ["x"]  # unquoted\n')
    config = Config.load(home, environment={})
    config.save_keys("jobs.cancel", None)
    config.save_keys("sync.now", ["f9", "f8"])
    assert '"sync.now" = ["f9", "f8"]' in home.config.read_text()
    assert "jobs.cancel" not in home.config.read_text()
