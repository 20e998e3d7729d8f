"""Objects of a long list, one at a time."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from garminsync_tui.errors import FileDamaged
from garminsync_tui.transfer.archive.items import items


class Drop(io.BytesIO):
    """A stream that gives little at a time, whatever it is asked for."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(size if size and size > 0 else 7, 7))


def every(content: bytes) -> list[Any]:
    return list(items(Drop(content), "a.json"))


def test_each_object_comes_by_itself_wherever_the_text_is_cut() -> None:
    rows = [{"name": "Zürich ✓ \\", "rows": [1, {"deep": [None, 2.5]}]}, {}, {"last": True}]
    assert every(json.dumps(rows, ensure_ascii=False, indent=2).encode()) == rows
    assert every(b"\xef\xbb\xbf" + json.dumps([1, *rows, "word"]).encode()) == rows
    assert every(b'{"one": "object"}') == [{"one": "object"}]
    assert every(b" [ ] ") == []


@pytest.mark.parametrize(
    ("content", "whole"),
    [
        (b'[{"a": 1}, {"b": 2}, {"c"', 2),
        (b'[{"a": 1}, {"b": 2}', 2),
        (b'[{"a": 1}, oops]', 1),
        (b"", 0),
        (b"7", 0),
        (b"[" * 100_000, 0),
        (b'[{"a": "\xff\xfe"}]', 0),
    ],
)
def test_what_stands_before_the_damage_stays(content: bytes, whole: int) -> None:
    found = []
    with pytest.raises(FileDamaged, match=r"a\.json"):
        for item in items(io.BytesIO(content), "a.json"):
            found.append(item)
    assert len(found) == whole
