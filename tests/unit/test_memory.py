"""The memory of a program that stays open."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

_THREADS = """
import ctypes, sys, threading
from garminsync_tui.memory import keep_one_arena

if sys.argv[1] == "one":
    keep_one_arena()
held, all_hold = [], threading.Barrier(8)

def hold():
    held.append(bytes(50_000))
    all_hold.wait()

threads = [threading.Thread(target=hold) for _ in range(8)]
[each.start() for each in threads]
[each.join() for each in threads]
c = ctypes.CDLL(None)
c.fdopen.restype = ctypes.c_void_p
out = ctypes.c_void_p(c.fdopen(1, b"w"))
c.malloc_info(0, out)
c.fflush(out)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has an arena for each thread")
def test_threads_share_one_arena():
    def arenas(which: str) -> int:
        told = subprocess.run(
            [sys.executable, "-c", _THREADS, which], stdout=subprocess.PIPE, text=True, check=True, timeout=60
        )
        return told.stdout.count("<heap nr=")

    assert arenas("as it is") > 1
    assert arenas("one") == 1
