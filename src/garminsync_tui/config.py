"""Settings: defaults < config file < environment < flags, each value with its origin."""

from __future__ import annotations

import json
import logging
import os
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from urllib.parse import urlsplit

from .dates import within
from .errors import UsageProblem
from .metrics import EXTRAS
from .new_file import new_file
from .paths import Paths, private_folder

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: where it stands in the file, which variable overrides it, what it may be."""

    name: str
    variable: str
    default: Any
    about: str
    choices: tuple[str, ...] = ()
    lowest: float | None = None
    #: Whether it is a date, written as text; empty where the default says how it is found.
    is_day: bool = False
    #: Whether it is a time of day, written as text; empty for none.
    is_time: bool = False


SETTINGS: tuple[Setting, ...] = (
    Setting("database.url", "GARMINSYNC_DATABASE", "", "database URL; empty for the SQLite file of this home"),
    Setting(
        "sync.every_minutes",
        "GARMINSYNC_EVERY_MINUTES",
        30,
        "how often the app and the daemon sync",
        lowest=5,
    ),
    Setting(
        "sync.daily_at",
        "GARMINSYNC_DAILY_AT",
        "",
        "time of day to sync once a day instead, like 06:30, by the account's clocks; empty for every_minutes",
        is_time=True,
    ),
    Setting(
        "sync.off",
        "GARMINSYNC_OFF",
        (),
        "syncs that no schedule starts; by hand they run all the same",
        choices=("activities", "health", "workouts"),
    ),
    Setting(
        "sync.runner",
        "GARMINSYNC_RUNNER",
        "auto",
        "whether the app runs jobs itself: auto where no daemon does",
        choices=("auto", "always", "never"),
    ),
    Setting(
        "sync.requests_per_second",
        "GARMINSYNC_REQUESTS_PER_SECOND",
        1.0,
        "how fast Garmin is asked; above 1 only for a server on this machine",
        lowest=0.01,
    ),
    Setting(
        "health.samples",
        "GARMINSYNC_SAMPLES",
        "standard",
        "what is fetched through each day: standard (5 requests a day), full (9), or none",
        choices=("none", "standard", "full"),
    ),
    Setting(
        "health.since",
        "GARMINSYNC_SINCE",
        "",
        "how far back health goes by itself, like 2019-01-01; empty for a year back",
        is_day=True,
    ),
    Setting(
        "health.extras",
        "GARMINSYNC_EXTRAS",
        (),
        "metrics that are asked for only where they are named here; `health types` marks them",
        choices=EXTRAS,
    ),
    Setting(
        "health.keep_raw",
        "GARMINSYNC_KEEP_RAW",
        True,
        "whether Garmin's answers are kept, compressed, for `garminsync reparse`",
    ),
    Setting(
        "athlete.sex",
        "GARMINSYNC_SEX",
        "",
        "female or male, for the weight of heartbeats in TRIMP; empty for what the watch wrote",
        choices=("", "female", "male"),
    ),
    *(
        Setting(f"athlete.{name}", f"GARMINSYNC_{name.upper()}", 0.0, f"{about}; 0 for {otherwise}", lowest=0)
        for name, about, otherwise in (
            ("max_heart_rate_bpm", "highest heart rate", "what the watch wrote on each day"),
            ("resting_heart_rate_bpm", "heart rate at rest", "the median of the 30 days before"),
            ("threshold_heart_rate_bpm", "heart rate at threshold", "what Garmin knew on each day"),
            ("threshold_power_w", "power of an hour (FTP)", "what Garmin knew on each day"),
            ("threshold_pace_s_per_km", "running pace of an hour", "what Garmin knew on each day"),
            ("swim_pace_s_per_100m", "critical swim pace", "none: swims are scored by heart rate"),
        )
    ),
    Setting(
        "athlete.zones",
        "GARMINSYNC_ZONES",
        "garmin",
        "heart rate zones: the watch's, or by maximum, reserve (Karvonen) or threshold (Friel)",
        choices=("garmin", "maximum", "reserve", "threshold"),
    ),
    Setting(
        "keys.source",
        "GARMINSYNC_KEY_SOURCE",
        "file",
        "where the key of the stored tokens is made and kept: its file, or the operating system's keyring",
        choices=("file", "keyring"),
    ),
    Setting("hooks.on_failed", "GARMINSYNC_ON_FAILED", "", "command that the daemon runs when something failed"),
    Setting("display.units", "GARMINSYNC_UNITS", "metric", "kilometres or miles", choices=("metric", "imperial")),
    Setting("display.theme", "GARMINSYNC_THEME", "textual-dark", "the app's theme"),
    Setting(
        "display.graphs",
        "GARMINSYNC_GRAPHS",
        "braille",
        "what charts and maps are drawn with: braille dots, block characters, or plain ASCII",
        choices=("braille", "blocks", "ascii"),
    ),
)
#: The table of the app's keys.
KEYMAP = "keymap"
_BY_NAME = {setting.name: setting for setting in SETTINGS}
#: Variables and flags are text.
_FLAGS = {"true": True, "false": False}
#: Where values come from that are, or would be, in the file.
_IN_FILE = ("default", "file")


@dataclass(frozen=True, slots=True)
class Value:
    """A setting's value and where it came from: default, file, environment or flag."""

    value: Any
    origin: str


class Config:
    """The settings of one run."""

    def __init__(self, paths: Paths, values: Mapping[str, Value]) -> None:
        self.paths = paths
        self.values = dict(values)
        self._seen = _stamp(paths)

    def __getitem__(self, name: str) -> Any:
        return self.values[name].value

    @property
    def health_since(self) -> date | None:
        """How far back health goes by the settings as they are now; None for a year.

        The file is read again: what was chosen by another process, or by hand, holds from the next sync on.
        """
        text = self.latest("health.since")
        return date.fromisoformat(text) if text else None

    def latest(self, name: str) -> Any:
        """A setting as the file has it now; what a variable or flag said stays. A file that broke changes nothing."""
        if self.values[name].origin in _IN_FILE:
            try:
                found = _from_file(self.paths)
                if name in found:
                    self.values[name] = Value(_checked(name, found[name], str(self.paths.config)), "file")
                else:
                    self.values[name] = Value(_BY_NAME[name].default, "default")
            except UsageProblem as problem:
                _log.warning("%s keeps its value: %s", name, problem.message)
        return self[name]

    def follow(self) -> set[str] | None:
        """Take over what others changed in the file since the last look: the settings that are another now.

        None where the file is as it was. Raises UsageProblem once for a change that broke it; the values stay.
        """
        if (stamp := _stamp(self.paths)) == self._seen:
            return None
        self._seen = stamp
        found = _from_file(self.paths)
        values = {name: Value(_checked(name, each, str(self.paths.config)), "file") for name, each in found.items()}
        changed = set()
        for setting in SETTINGS:
            new = values.get(setting.name, Value(setting.default, "default"))
            old = self.values[setting.name]
            if old.origin in _IN_FILE:
                self.values[setting.name] = new
                if old.value != new.value:
                    changed.add(setting.name)
        return changed

    def save(self, name: str, value: Any) -> None:
        """Write one setting into the config file and go by it; the rest of the file stays, comments too.

        What a variable or flag says still goes first, and is not written. Raises UsageProblem for a value that
        cannot be or a file that is broken, GarminSyncError where it cannot be written.
        """
        value = _checked(name, value, name)
        self._write(name, value)
        if self.values[name].origin in _IN_FILE:
            self.values[name] = Value(value, "file")

    def forget(self, name: str) -> None:
        """Take one setting out of the config file, so that its default holds. Raises as `save`."""
        self._write(name, None)
        if self.values[name].origin in _IN_FILE:
            self.values[name] = Value(_BY_NAME[name].default, "default")

    def save_keys(self, action: str, keys: list[str] | None) -> None:
        """Write the keys of one of the app's actions, or take them out; whether they can be is for `keymap` to say."""
        self._write(f"{KEYMAP}.{action}", keys)

    def _write(self, name: str, value: Any) -> None:
        _write(self.paths, name, value)
        self._seen = _stamp(self.paths)

    @property
    def database_url(self) -> str:
        """The database to open; it may hold a password, so it is for opening only."""
        return self["database.url"] or f"sqlite:///{self.paths.database}"

    @classmethod
    def load(
        cls,
        paths: Paths,
        flags: Mapping[str, Any] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> Config:
        """Read everything. Raises UsageProblem naming the setting, the file and what is wrong."""
        environment = os.environ if environment is None else environment
        values = {setting.name: Value(setting.default, "default") for setting in SETTINGS}
        for name, value in _from_file(paths).items():
            values[name] = Value(_checked(name, value, str(paths.config)), "file")
        for setting in SETTINGS:
            if text := environment.get(setting.variable):
                values[setting.name] = Value(_checked(setting.name, text, setting.variable), "environment")
        for name, value in (flags or {}).items():
            if value is not None:
                values[name] = Value(_checked(name, value, "the command line"), "flag")
        if values["database.url"].origin == "flag":
            refuse_password(values["database.url"].value)
        return cls(paths, values)


def wrong(name: str, value: Any) -> str:
    """Why `value`, as a person wrote it, cannot be that setting; empty where it can."""
    try:
        _checked(name, value, name)
    except UsageProblem as problem:
        return f"{problem.message} {problem.hint}".strip()
    return ""


def commented() -> str:
    """A config file that changes nothing: every setting in a comment, with its default and what it is."""
    lines = ["# Settings of garminsync: take away the # before those that shall hold."]
    tables = dict.fromkeys(setting.name.partition(".")[0] for setting in SETTINGS)
    for table in tables:
        lines += ["", f"[{table}]"]
        for setting in SETTINGS:
            if setting.name.startswith(f"{table}."):
                # A default's JSON is its TOML.
                lines.append(f"# {setting.name.partition('.')[2]} = {json.dumps(setting.default)}  # {setting.about}")
    lines += ["", f"[{KEYMAP}]", '# "jobs.cancel" = ["x", "ctrl+x"]  # other keys; `?` in the app lists the ids']
    return "\n".join(lines) + "\n"


def refuse_password(url: str, option: str = "--database", variable: str = "GARMINSYNC_DATABASE") -> None:
    """Raise UsageProblem where a URL given as an argument holds a password: the process list shows arguments."""
    try:
        has_password = urlsplit(url).password is not None or "password=" in urlsplit(url).query.lower()
    except ValueError:
        has_password = "@" in url
    if has_password:
        raise UsageProblem(
            f"A password in {option} would show in the process list.",
            hint=f"Put the URL into {variable}, the config file (0600), or the password into ~/.pgpass."
            if option == "--database"
            else f"Put the URL into {variable}, or the password into ~/.pgpass.",
        )


def _from_file(paths: Paths) -> dict[str, Any]:
    try:
        text = paths.config.read_text("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError):
        raise UsageProblem(f"{paths.config} cannot be read.", hint="Mend its permissions or its encoding.") from None
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise UsageProblem(f"{paths.config} is no TOML: {problem}.", hint="Mend that line.") from None
    found: dict[str, Any] = {}
    tables.pop(KEYMAP, None)  # the app's, which names what is wrong with it and starts all the same
    for table, entries in tables.items():
        for key, value in entries.items() if isinstance(entries, dict) else [("", entries)]:
            name = f"{table}.{key}" if key else table
            if name not in _BY_NAME:
                raise UsageProblem(
                    f"{paths.config} has an unknown setting {name!r}.",
                    hint="Known are " + ", ".join(_BY_NAME) + ".",
                )
            found[name] = value
    url = str(found.get("database.url", ""))
    if url and urlsplit(url).password is not None and paths.config.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise UsageProblem(
            f"{paths.config} holds a password and other users can read it.",
            hint=f"Run `chmod 600 {paths.config}`.",
        )
    return found


def _write(paths: Paths, name: str, value: Any) -> None:
    # Late: only who changes settings needs it.
    import tomlkit

    _from_file(paths)  # what is broken is left to its owner
    # Where the file is a link to one that is kept elsewhere, that one is written.
    file = paths.config.resolve()
    private_folder(file.parent)
    document = tomlkit.parse(file.read_bytes() if file.exists() else "")
    table, _, key = name.partition(".")
    if value is None:
        _remove(document, name)
    else:
        if table not in document:
            if document.as_string().strip():
                document.add(tomlkit.nl())
            document.add(table, tomlkit.table())
        document[table][key] = value
    with new_file(file, replace=True) as stream:
        stream.write(document.as_string())


def _remove(table: Any, name: str) -> None:
    """Take an entry out, also one that is written as a table in a table."""
    if name in table:
        del table[name]
        return
    first, _, rest = name.partition(".")
    if rest and isinstance(table.get(first), dict):
        _remove(table[first], rest)


def _stamp(paths: Paths) -> tuple[int, ...] | None:
    """What changes whenever the file does; None without one."""
    try:
        found = paths.config.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _checked(name: str, value: Any, where: str) -> Any:
    setting = _BY_NAME[name]
    wrong = UsageProblem(f"{where}: {value!r} is no value for {name}.", hint=setting.about)
    if isinstance(setting.default, bool):
        flag = _FLAGS.get(value, value) if isinstance(value, str) else value
        if not isinstance(flag, bool):
            raise UsageProblem(wrong.message, hint="true or false.")
        return flag
    if isinstance(setting.default, tuple):
        return _names(setting, value, where)
    if isinstance(value, bool):
        raise wrong
    if setting.is_time:
        return _checked_time(value, wrong)
    if setting.is_day:
        return _checked_day(value, f"{where}: {name} {value}", wrong)
    if isinstance(setting.default, str):
        if not isinstance(value, str) or (setting.choices and value not in setting.choices):
            hint = f"One of {', '.join(setting.choices)}." if setting.choices else setting.about
            raise UsageProblem(f"{where}: {value!r} is no value for {name}.", hint=hint)
        return value
    try:
        number = type(setting.default)(value)
    except (TypeError, ValueError):
        raise wrong from None
    if setting.lowest is not None and not number >= setting.lowest:
        raise UsageProblem(f"{where}: {name} must be at least {setting.lowest}.", hint=setting.about)
    return number


def _checked_day(value: Any, what: str, wrong: UsageProblem) -> str:
    """A date as text, also where TOML read it as a date; empty stays empty."""
    if value == "":
        return ""
    try:
        day = date.fromisoformat(str(value))
    except ValueError:
        raise wrong from None
    return within(day, what).isoformat()


def _checked_time(value: Any, wrong: UsageProblem) -> str:
    """A time of day as text, also where TOML read it as a time; empty stays empty."""
    if value == "":
        return ""
    try:
        at = time.fromisoformat(str(value))
    except ValueError:
        raise wrong from None
    if at.tzinfo or at.second or at.microsecond:
        raise wrong
    return f"{at:%H:%M}"


def _names(setting: Setting, value: Any, where: str) -> tuple[str, ...]:
    """A list of a setting's choices, each once; of a variable, parted by commas."""
    known = f"Known are {', '.join(setting.choices)}."
    found = value.split(",") if isinstance(value, str) else value
    if not isinstance(found, list) or not all(isinstance(name, str) for name in found):
        raise UsageProblem(f"{where}: {value!r} is no list of names for {setting.name}.", hint=known)
    names = tuple(dict.fromkeys(name.strip() for name in found if name.strip()))
    for name in names:
        if name not in setting.choices:
            raise UsageProblem(f"{where}: {name!r} is not among what {setting.name} can name.", hint=known)
    return names
