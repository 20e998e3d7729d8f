"""Settings as people read them: their sections, their names, their values."""

from __future__ import annotations

from typing import Any, NamedTuple

from .. import text
from ..config import SETTINGS, Setting, Value

#: Sections in their order, with the tables or settings of the config file that are in each.
SECTIONS: dict[str, tuple[str, ...]] = {
    "Account": (),
    "Athlete": ("athlete.",),
    "Sync": ("health.", "sync.requests_per_second"),
    "Schedule": ("sync.", "hooks."),
    "Display": ("display.",),
    "Keys": (),
    "Database": ("database.", "keys."),
    "About": (),
}
BY_NAME = {setting.name: setting for setting in SETTINGS}

#: Read once, when the app or the daemon starts.
_AT_START = ("database.url", "keys.source", "sync.runner", "sync.requests_per_second", "hooks.on_failed")
#: Where the name in the file says too little on a screen.
_WORDS = {
    "database.url": "database URL",
    "health.extras": "extra metrics",
    "health.keep_raw": "keep Garmin's answers",
    "health.samples": "samples of each day",
    "health.since": "health goes back to",
    "hooks.on_failed": "command on failure",
    "keys.source": "key of the tokens is in",
    "sync.daily_at": "sync daily at",
    "sync.every_minutes": "sync every (minutes)",
    "sync.off": "not by schedule",
    "sync.runner": "jobs run in the app",
    "sync.requests_per_second": "requests per second",
    "athlete.zones": "heart rate zones",
}
_UNITS = {" bpm": "bpm", " w": "W", " s per km": "s/km", " s per 100m": "s/100 m"}
_FLAGS = {True: "yes", False: "no"}
_ORIGINS = {"default": "the default", "file": "from the config file"}


class Line(NamedTuple):
    """A setting, or the keys of an action, as a row has it."""

    name: str
    words: str
    value: str
    origin: str


def section_of(name: str) -> str:
    """Where a setting is shown: where the most of its name is listed."""
    fits = [(len(part), section) for section, parts in SECTIONS.items() for part in parts if name.startswith(part)]
    return max(fits)[1]


def words(name: str) -> str:
    """A setting's name for people."""
    if name in _WORDS:
        return _WORDS[name]
    said = name.partition(".")[2].replace("_", " ")
    for ending, unit in _UNITS.items():
        if said.endswith(ending):
            return f"{said.removesuffix(ending)} ({unit})"
    return said


def value_words(name: str, value: Any) -> str:
    """A value for a row: never a password."""
    if isinstance(value, bool):
        return _FLAGS[value]
    if value == 0:
        return "—"  # none of one's own
    if isinstance(value, tuple):
        value = ", ".join(value)
    if name == "database.url" and value:
        from ..store.database import without_password

        value = without_password(value)
    return text.clean(f"{value:g}" if isinstance(value, float) else str(value), 300) or "—"


def line(name: str, value: Value) -> Line:
    """A setting's row."""
    return Line(name, _capital(words(name)), value_words(name, value.value), value.origin)


def _capital(said: str) -> str:
    return said[:1].upper() + said[1:]


def about(setting: Setting, value: Value) -> list[str]:
    """What it is, what it may be, where its value is from, and from when another would hold."""
    said = [f"{_capital(setting.about)}."]
    if setting.choices:
        said.append(f"One of: {', '.join(choice or 'empty' for choice in setting.choices)}.")
    where = _ORIGINS.get(value.origin) or held(setting, value)
    default = "" if value.origin == "default" else f" The default is {value_words(setting.name, setting.default)}."
    said.append(f"{setting.name} · {where}.{default}")
    if setting.name in _AT_START:
        said.append("A change holds from the next start on.")
    return said


def held(setting: Setting, value: Value) -> str:
    """What goes before the config file; empty where nothing does."""
    if value.origin == "environment":
        return f"{setting.variable} in the environment sets it"
    return "the command line sets it" if value.origin == "flag" else ""


def as_written(value: Any) -> str:
    """A value as a person writes it into a field."""
    if isinstance(value, tuple):
        return ", ".join(value)
    return f"{value:g}" if isinstance(value, float) else str(value)
