"""What is changed in Settings: written into the config file, and taken back from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, cast

from ...config import KEYMAP, Config
from ...errors import GarminSyncError
from .. import keymap

#: How the keys of an action are named among settings.
KEYS = f"{KEYMAP}."


class Change(NamedTuple):
    """What was changed, and what the file had before; None where it had nothing."""

    name: str
    before: object


class Changes:
    """All of a screen's changes, the newest last. Names are those of settings, or `keymap.` and an action's id."""

    def __init__(self, config: Callable[[], Config]) -> None:
        self._config = config
        self.made: list[Change] = []

    def make(self, name: str, value: object) -> GarminSyncError | None:
        """Write a value, or take it out where it is None; what was wrong."""
        config = self._config()
        if name.startswith(KEYS):
            before: object = keymap.written_keys(config.paths.config, name.removeprefix(KEYS))
        else:
            before = config[name] if config.values[name].origin == "file" else None
        if problem := self._write(name, value):
            return problem
        self.made.append(Change(name, before))
        return None

    def undo(self) -> tuple[str, GarminSyncError | None]:
        """Take the last change back; which it was, and what was wrong."""
        last = self.made[-1]
        problem = self._write(last.name, last.before)
        if problem is None:
            self.made.pop()
        return last.name, problem

    def _write(self, name: str, value: object) -> GarminSyncError | None:
        config = self._config()
        try:
            if name.startswith(KEYS):
                config.save_keys(name.removeprefix(KEYS), cast("list[str] | None", value))
            elif value is None:
                config.forget(name)
            else:
                config.save(name, value)
        except GarminSyncError as problem:
            return problem
        return None
