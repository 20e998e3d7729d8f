"""Whether a process that runs jobs lives."""

from __future__ import annotations

import fcntl
import os
import socket
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from ..models import RunnerRow
    from ..store.glance import Registered

#: A job's lease; its holder is heard of three times in it.
LEASE_S = 60.0


def is_dead(runner: RunnerRow | Registered | None) -> bool:
    """Whether a runner of this host has ended: its lock file is there and nobody holds it.

    A runner of another host, or whose lock file is not in sight, is not known to be dead: its lease decides.
    """
    return _is_locked(runner) is False


def is_here(runner: RunnerRow | Registered | None) -> bool:
    """Whether a runner's process is on this host and has not ended; it may stand still."""
    return _is_locked(runner) is True


def _is_locked(runner: RunnerRow | Registered | None) -> bool | None:
    """Whether somebody holds the lock file of a runner of this host; None where that cannot be seen."""
    if runner is None or runner.host != socket.gethostname():
        return None
    try:
        handle = os.open(runner.lock_path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        # Shared, so that two who look at once do not take each other for the runner.
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


def lives(runner: Registered, now: datetime) -> bool:
    """Not dead on this host, and heard of within a lease before `now`, which is the database's clock."""
    return now - runner.heartbeat_at < timedelta(seconds=LEASE_S) and not is_dead(runner)
