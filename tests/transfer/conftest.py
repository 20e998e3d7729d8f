"""What all tests of files that come in have in common."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from garminsync_tui.sync import figures


@pytest.fixture(scope="module", autouse=True)
def _read_in_this_process() -> Iterator[None]:
    """A few small files are read sooner than a process starts, and every import would start one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(figures, "_WORTH_A_PROCESS", 1_000)
        yield
