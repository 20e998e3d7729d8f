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
    if runner is None or runner.host != socket.gethostname():
        return False
    try:
        handle = os.open(runner.lock_path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        # Shared, so that two who look at once do not take each other for the runner.
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(handle)
    return True


def lives(runner: Registered, now: datetime) -> bool:
    """Not dead on this host, and heard of within a lease before `now`, which is the database's clock."""
    return now - runner.heartbeat_at < timedelta(seconds=LEASE_S) and not is_dead(runner)
