"""How the C library hands out memory to a program that stays open."""

from __future__ import annotations

import ctypes

#: `M_ARENA_MAX` of glibc's malloc.h.
_ARENAS_MOST = -8


def keep_one_arena() -> None:
    """Let all threads share one heap; call it before the first is started. Does nothing where there is no glibc.

    glibc gives each thread a heap of its own, and none gives back what a thread once needed for a long recording:
    they grow by a third more than one heap does. Python's threads take turns anyway, so nothing waits for it.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_ARENAS_MOST, 1)
