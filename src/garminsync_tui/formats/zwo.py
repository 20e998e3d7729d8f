"""Zwift's workout files (ZWO): their blocks as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ..errors import FileDamaged
from .vetted_xml import read_xml_text, vet

_MOST_BYTES = 2**20
_MOST_BLOCKS = 1000
_MOST_TEXTS = 1000
_LONGEST_TEXT = 2000


@dataclass(slots=True)
class ZwoBlock:
    """One element of the workout in small letters, its attributes likewise, and what is said when: (offset, text)."""

    name: str
    attributes: dict[str, str]
    texts: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class ZwoFile:
    """What stands beside the workout (name, description, sporttype, durationtype), and its blocks."""

    about: dict[str, str] = field(default_factory=dict)
    blocks: list[ZwoBlock] = field(default_factory=list)


def read_zwo(path: Path) -> ZwoFile:
    """The file. Raises FileDamaged where it is no XML that can be trusted, or no workout."""
    if path.stat().st_size > _MOST_BYTES:
        raise FileDamaged(path.name, "is larger than any workout")
    listener = _Listener(path.name)
    vet(path.name, read_xml_text(path), listener)
    if not listener.file.blocks:
        raise FileDamaged(path.name, "is no Zwift workout, or one without steps")
    return listener.file


class _Listener:
    def __init__(self, name: str) -> None:
        self.file = ZwoFile()
        self._name = name
        self._within: list[str] = []
        self._texts = 0

    def start(self, name: str, attributes: dict[str, str], namespace: str) -> None:
        name = name.lower()
        lowered = {each.lower(): text for each, text in attributes.items()}
        if self._within == ["workout_file", "workout"]:
            if len(self.file.blocks) == _MOST_BLOCKS:
                raise FileDamaged(self._name, "has more steps than any workout")
            self.file.blocks.append(ZwoBlock(name, lowered))
        elif self._within[:2] == ["workout_file", "workout"] and name == "textevent" and self.file.blocks:
            self._texts += 1
            if self._texts > _MOST_TEXTS:
                raise FileDamaged(self._name, "has more texts than any workout")
            offset = lowered.get("timeoffset") or lowered.get("distoffset") or "0"
            self.file.blocks[-1].texts.append((offset, lowered.get("message", "")[:_LONGEST_TEXT]))
        self._within.append(name)

    def end(self, name: str) -> None:
        self._within.pop()

    def data(self, text: str) -> None:
        if len(self._within) == 2 and self._within[0] == "workout_file":
            about = self.file.about
            about[self._within[1]] = (about.get(self._within[1], "") + text)[:_LONGEST_TEXT]
