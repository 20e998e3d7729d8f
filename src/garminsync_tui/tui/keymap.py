"""Keys of one's own: the table `[keymap]` of the config file, checked against the table of actions.

What cannot be is named with its file and line, and that action keeps the keys it has without the table.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from .. import text
from ..config import KEYMAP

if TYPE_CHECKING:
    from pathlib import Path

    from .keys import Action

HINT = 'Like "jobs.cancel" = ["x", "ctrl+x"]; `?` in the app lists the ids. Until then the usual keys hold.'

#: Terminals send these as another key.
_SENT_AS = {"ctrl+h": "backspace", "ctrl+i": "tab", "ctrl+j": "enter", "ctrl+m": "enter"}
#: Lists take these before any action hears of them.
_OF_LISTS = {"j", "k", "g", "G", "up", "down", "pageup", "pagedown", "home", "end"}
_OF_SCREENS = {"tab", "shift+tab"}
_MODIFIERS = {"ctrl", "alt", "shift"}


class Problem(NamedTuple):
    """What is wrong with one entry, and where it stands."""

    file: Path
    line: int
    words: str
    #: The id that it is about.
    name: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.words}"


class Keymap(NamedTuple):
    """The keys that hold, parted by commas as Textual has them, by the id of their action; and what was refused."""

    keys: Mapping[str, str]
    problems: tuple[Problem, ...]


class _Refused(Exception):
    """Why an entry cannot be."""


def read(file: Path, more: Mapping[str, Any] | None = None) -> Keymap:
    """What the config file says of keys, and would say with `more` in it.

    A file that cannot be read is somebody else's matter and says nothing.
    """
    try:
        written = file.read_text("utf-8")
        table = tomllib.loads(written).get(KEYMAP, {})
    except (OSError, ValueError):
        written, table = "", {}
    refused: dict[str, str] = {}
    wanted: dict[str, str] = {}
    if not isinstance(table, dict):
        refused[""] = "keymap is no table."
        table = {}
    entries = dict(_flat(table)) | dict(more or {})
    for name, value in entries.items():
        try:
            wanted[name] = _keys(name, value)
        except _Refused as problem:
            refused[name] = str(problem)
    refused |= _take_clashes(wanted)
    problems = sorted(Problem(file, _line_of(written, name), words, name) for name, words in refused.items())
    return Keymap(wanted, tuple(problems))


def written_keys(file: Path, action: str) -> list[str] | None:
    """What stands in the file for an action, where it is keys."""
    try:
        table = tomllib.loads(file.read_text("utf-8")).get(KEYMAP, {})
    except (OSError, ValueError):
        return None
    found = dict(_flat(table)).get(action) if isinstance(table, dict) else None
    if isinstance(found, str):
        return [found]
    return [str(each) for each in found] if isinstance(found, list) else None


def wrong(file: Path, action: str, wanted: list[str]) -> str:
    """Why an action cannot have these keys beside all others of the file; empty where it can."""
    return next((each.words for each in read(file, {action: wanted}).problems if each.name == action), "")


def _flat(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Entries by their whole name: `jobs.cancel` without quotes is a table in a table to TOML."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value


def _keys(name: str, value: Any) -> str:
    """The keys of an entry as Textual names them. Raises _Refused."""
    from . import keys

    called = text.clean(name, 40)
    if name not in {each.id for each in keys.ACTIONS}:
        raise _Refused(f"there is no action {called!r}.")
    found = [value] if isinstance(value, str) else value
    if not isinstance(found, list) or not found or not all(isinstance(each, str) for each in found):
        raise _Refused(f"{called} needs a list of names of keys.")
    named = list(dict.fromkeys(_key(called, each) for each in found))
    own_wins = keys.action(name).place in keys.OWN_KEYS_WIN
    for key in named:
        if key in _OF_LISTS or (key in _OF_SCREENS and not own_wins):
            raise _Refused(f"{called} cannot have {key}, which moves the cursor.")
    return ",".join(named)


def _key(called: str, word: str) -> str:
    """A key as Textual names it, from that name, from its character or from what the app shows. Raises _Refused."""
    from textual.keys import Keys, _character_to_key, key_to_character

    from . import keys

    if word in keys.BY_LABEL:
        return keys.BY_LABEL[word]
    if len(word) == 2 and word.startswith("^"):
        word = f"ctrl+{word[1]}"
    before, plus, last = word.rpartition("+") if len(word) > 1 else ("", "", word)
    modifiers = before.split("+") if plus else []
    if key := _SENT_AS.get(word):
        raise _Refused(f"{called} cannot have {word}, which terminals send as {key}.")
    if modifiers == ["shift"] and len(last) == 1:
        raise _Refused(f"{called} cannot have {word}: write {last.upper()}.")
    base = _character_to_key(last) if len(last) == 1 else last
    is_known = last.isprintable() and (base in {each.value for each in Keys} or key_to_character(base) is not None)
    if not last or not is_known or not set(modifiers) <= _MODIFIERS:
        raise _Refused(f"{called} names {text.clean(word, 40)!r}, which is no key.")
    return "+".join([*modifiers, base])


def _take_clashes(wanted: dict[str, str]) -> dict[str, str]:
    """Take away what wants a key that another action has where both work, the last first; why, by its name."""
    from . import keys

    refused: dict[str, str] = {}
    while True:
        clashing = next(_clashes(wanted), None)
        if clashing is None:
            return refused
        name, key, other = clashing
        del wanted[name]
        refused[name] = f"{name} cannot have {keys.name_of(key)}, which is the key of {other.id} ({other.words})."


def _clashes(wanted: dict[str, str]) -> Iterator[tuple[str, str, Action]]:
    from . import keys

    for name in reversed(wanted):
        mine = keys.action(name)
        for other in keys.ACTIONS:
            if other.id != name and keys.share_keys(mine, other):
                both = set(wanted[name].split(",")) & set(wanted.get(other.id, other.keys).split(","))
                yield from ((name, key, other) for key in sorted(both))


def _line_of(written: str, name: str) -> int:
    """The line that an entry begins in; tomllib tells of none, but of where a text begins to have the entry."""
    lines = [f"{line}\n" for line in written.split("\n")]
    begins = 1
    for count in range(len(lines) + 1):
        try:
            table = tomllib.loads("".join(lines[:count])).get(KEYMAP)
        except ValueError:
            continue  # an entry of several lines is not whole yet
        if table is not None and (not isinstance(table, dict) or name in dict(_flat(table))):
            return begins
        begins = count + 1
    return begins
