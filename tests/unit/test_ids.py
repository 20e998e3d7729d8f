from __future__ import annotations

import time
from itertools import pairwise
from uuid import RFC_4122, UUID

import pytest

from garminsync_tui import ids
from garminsync_tui.ids import new_id, new_ids, short_id


def milliseconds(value: UUID) -> int:
    return value.int >> 80


def test_an_id_is_a_version_7_uuid() -> None:
    for raw in new_ids(5000):  # more than the 12 bits of counter hold: the clock part must carry
        value = UUID(bytes=raw)
        assert value.version == 7
        assert value.variant == RFC_4122


def test_an_id_begins_with_the_time_it_was_made(monkeypatch: pytest.MonkeyPatch) -> None:
    later_ms = time.time_ns() // 1_000_000 + 86_400_000  # ids only go forwards, also within this process
    monkeypatch.setattr(time, "time_ns", lambda: later_ms * 1_000_000 + 999_999)
    assert milliseconds(new_id()) == later_ms


def test_ids_ascend_across_calls_and_do_not_repeat() -> None:
    made: list[bytes] = []
    for count in (1, 5000, 1, 1, 4096, 40_000):
        made += new_ids(count)
    made += [new_id().bytes for _ in range(51_000)]
    assert len(made) > 100_000
    assert all(earlier < later for earlier, later in pairwise(made))


def test_ids_ascend_when_the_clock_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    before = new_id()
    monkeypatch.setattr(time, "time_ns", lambda: 0)
    assert before < new_id() < new_id()


def test_processes_that_start_in_one_millisecond_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: 1_800_000_000_000_000_000)
    made = set()
    for _ in range(1000):
        monkeypatch.setattr(ids, "_last", 0)  # as a new process begins
        made.add(new_id())
    assert len(made) == 1000


def test_short_ids_come_from_the_tail() -> None:
    value = UUID("019cd1f2-aaaa-7bbb-8ccc-0123456789ab")
    assert short_id(value) == "456789ab"
    shorts = {short_id(UUID(bytes=raw)) for raw in new_ids(200)}
    assert len(shorts) > 190
